import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../../src/sim/main.ts', import.meta.url))
const ARGS = ['--disable-warning=ExperimentalWarning', PROGRAM]
const sim = (...args: readonly string[]) =>
  spawnSync(process.execPath, [...ARGS, ...args], { encoding: 'utf8' })

const folder = mkdtempSync(join(tmpdir(), 'sim-test-'))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('the program', () => {
  test('the last line with --json is the report, and --report keeps it', {
    timeout: 60_000,
  }, () => {
    const path = join(folder, 'report.json')
    const { status, stdout } = sim('--histories', '3', '--workers', '1', '--json', '--report', path)

    const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
    expect(status).toBe(0)
    expect(report).toMatchObject({
      histories: 3,
      violations: 0,
      seed: '1',
      toldTwice: 1,
      differing: 0,
    })
    expect(report.simulatedYears).toBeGreaterThan(0)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(report)
  })

  test.each([
    ['a bug that it does not know', ['--bugs', 'nothing'], 'there is no bug `nothing`'],
    ['a file that is not there', ['--replay', 'nowhere.json'], '`nowhere.json` cannot be read'],
    ['a file that is no JSON', ['--replay', file('bad.json', '{')], 'cannot be read'],
    ['a file without a story', ['--replay', file('empty.json', '{}')], 'holds no story'],
    ['a report that cannot be written', ['--report', join(folder, 'no', 'r.json')], 'ENOENT'],
    ['an option that it does not know', ['--what'], 'Usage: npx pnpm sim'],
  ] as const)('refuses %s before it runs anything', (_, args, said) => {
    const { status, stdout, stderr } = sim(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(said)
    expect(stderr).not.toContain('    at ')
  })

  test('plants a bug also for a story that is told again', { timeout: 60_000 }, () => {
    const { status, stdout } = sim('--replay', '1/0', '--bugs', 'other_days_are_booked')
    expect(status).toBe(1)
    expect(stdout).toContain('VIOLATED I10')
  })

  test('leaves nothing behind when it is ended half-way', { timeout: 60_000 }, async () => {
    const place = mkdtempSync(join(tmpdir(), 'sim-test-'))
    const env = { ...process.env, POSTDELIVERY_PROOF_FOLDER: place }
    const child = spawn(process.execPath, [...ARGS, '--histories', '500'], { stdio: 'ignore', env })
    while (readdirSync(place).length === 0) await new Promise((resolve) => setTimeout(resolve, 100))

    child.kill('SIGINT')
    const [code] = await once(child, 'exit')

    expect(code).toBe(130)
    expect(readdirSync(place)).toEqual([])
  })
})
