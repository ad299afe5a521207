/** `lint`, `fmt` and `schema` as people and CI call them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runHere } from './cli.ts'

const ATTACKS = fileURLToPath(new URL('../../../rules/test/fixtures/attacks', import.meta.url))

const rule = {
  name: 'Damaged goods',
  on: ['return.registered'],
  mode: 'live',
  conditions: { all: [{ fact: 'return.reason', operator: 'equal', value: 'damaged' }] },
  event: { type: 'review', params: { question: 'Refund at once?' } },
}
const set = (changes: object = {}, name = 'returns') => ({
  name,
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [{ ...rule, ...changes }],
})

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postdelivery-lint-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, document: unknown) =>
  writeFileSync(join(folder, name), JSON.stringify(document, null, 2))
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const lint = (...args: readonly string[]) => runHere(['lint', ...args], { cwd: folder })

describe('lint', () => {
  it('says nothing of good rules', async () => {
    write('a.rules.json', set())

    expect(await lint()).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '0 errors, 0 warnings in 1 file\n',
    })
  })

  it('shows the place, the reason, what to do and the line', async () => {
    write('a.rules.json', set({ mode: 'livee' }))
    const { exitCode, stdout } = await lint()

    expect(exitCode).toBe(1)
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'a.rules.json',
      '  11:15   error   not_listed  `livee` is none of `draft`, `shadow`, `approval`, `live`',
      '          did you mean `live`?',
      '          "mode": "livee",',
      '                  ^',
    ])
  })

  for (const file of readdirSync(ATTACKS)) {
    it(`refuses the attack ${file}`, async () => {
      const { exitCode, stdout } = await lint(join(ATTACKS, file), '--format', 'ndjson')
      const [issue] = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

      expect(exitCode).toBe(1)
      expect(issue).toMatchObject({ severity: 'error', message: expect.any(String) })
      expect(issue.line).toBeGreaterThan(1)
    })
  }

  it('says which rules an engine does not read: those in a folder below others', async () => {
    for (const name of ['rules/below', 'other']) mkdirSync(join(folder, name), { recursive: true })
    for (const name of ['rules/a', 'rules/below/b', 'other/c']) write(`${name}.rules.json`, set())

    expect(await lint()).toEqual({
      exitCode: 0,
      stdout: '',
      stderr:
        '0 errors, 0 warnings in 3 files\nnote: an engine that reads `rules` does not read `rules/below` below it\n',
    })
  })

  it('fails for warnings when they are too many', async () => {
    write('a.rules.json', { ...set(), publishedBy: null })

    expect((await lint()).exitCode).toBe(0)
    expect((await lint('--max-warnings', '1')).exitCode).toBe(0)
    expect((await lint('--max-warnings', '0')).exitCode).toBe(1)
  })

  it('mends what is certain, also what comes to light by that, and leaves the rest', async () => {
    const conditions = { all: [{ fact: 'return.raeson', operator: 'equal', value: 5 }] }
    write('a.rules.json', { ...set({ conditons: conditions, conditions: undefined }), version: 2 })
    const { exitCode, stderr } = await lint('--fix')

    expect(exitCode).toBe(1)
    expect(stderr).toBe('1 error, 0 warnings in 1 file; 3 fixed\n')
    expect(JSON.parse(read('a.rules.json'))).toEqual({
      ...set({ conditions: { all: [{ fact: 'return.reason', operator: 'equal', value: 5 }] } }),
      version: '2',
    })
  })

  it('changes no file when there is nothing to mend', async () => {
    const text = `${JSON.stringify(set())}\n\n`
    writeFileSync(join(folder, 'a.rules.json'), text)
    await lint('--fix')

    expect(read('a.rules.json')).toBe(text)
  })

  it('compares the sets of one folder, and no others', async () => {
    write('a.rules.json', set())
    write('b.rules.json', set())

    expect((await lint('a.rules.json')).exitCode).toBe(0)
    expect((await lint('--json')).stdout).toContain('duplicate_rule_set')
  })

  it('leaves out tests and schemas that are named with the rules', async () => {
    write('a.rules.json', set())
    write('a.tests.json', {})

    expect((await lint('a.rules.json', 'a.tests.json')).exitCode).toBe(0)
    expect((await lint('a.tests.json')).exitCode).toBe(2)
  })

  it('refuses a file that is too large without reading all of it', async () => {
    writeFileSync(join(folder, 'a.rules.json'), ' '.repeat(3_000_000))

    expect((await lint('--format', 'github')).stdout).toMatch(
      /^::error file=a.rules.json,line=1,col=1,title=too_large::/,
    )
  })

  it('writes SARIF 2.1.0', async () => {
    write('a b.rules.json', set({ mode: 'livee' }))
    const { stdout } = await lint('--format', 'sarif')

    expect(JSON.parse(stdout)).toEqual({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'postdelivery',
              rules: [
                {
                  id: 'not_listed',
                  shortDescription: { text: expect.any(String) },
                  defaultConfiguration: { level: 'error' },
                },
              ],
            },
          },
          columnKind: 'utf16CodeUnits',
          results: [
            {
              ruleId: 'not_listed',
              ruleIndex: 0,
              level: 'error',
              message: { text: expect.stringContaining('`livee` is none of') },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'a%20b.rules.json' },
                    region: { startLine: 11, startColumn: 15 },
                  },
                  logicalLocations: [{ fullyQualifiedName: '/rules/0/mode', kind: 'member' }],
                },
              ],
              fixes: [
                {
                  description: { text: 'did you mean `live`?' },
                  artifactChanges: [
                    {
                      artifactLocation: { uri: 'a%20b.rules.json' },
                      replacements: [
                        {
                          deletedRegion: { charOffset: expect.any(Number), charLength: 7 },
                          insertedContent: { text: '"live"' },
                        },
                      ],
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it('writes JUnit with one failure for each issue, and one pass for a file without', async () => {
    write('a.rules.json', set({ mode: '<&"' }))
    write('b.rules.json', set({}, 'other'))
    const { stdout } = await lint('--format', 'junit')

    expect(stdout).toContain('<testsuite name="a.rules.json" tests="1" failures="1" errors="0">')
    expect(stdout).toContain('<failure message="`&lt;&amp;&quot;` is none of')
    expect(stdout).toContain('<testcase name="lint" classname="b.rules.json"/>')
  })
})

describe('fmt', () => {
  const fmt = (...args: readonly string[]) => runHere(['fmt', ...args], { cwd: folder })

  it('formats rules and tests, and changes nothing the second time', async () => {
    writeFileSync(join(folder, 'a.rules.json'), JSON.stringify(set()))
    writeFileSync(join(folder, 'a.tests.json'), '{"cases":[],"ruleSet":"returns"}')

    expect(await fmt('--check')).toMatchObject({
      exitCode: 1,
      stdout: 'a.rules.json\na.tests.json\n',
    })
    expect((await fmt()).exitCode).toBe(0)
    expect(read('a.tests.json')).toBe('{\n  "ruleSet": "returns",\n  "cases": []\n}\n')
    expect(JSON.parse(read('a.rules.json'))).toEqual(set())
    expect(await fmt('--check')).toMatchObject({ exitCode: 0, stdout: '' })
  })

  it('leaves alone what it cannot read', async () => {
    writeFileSync(join(folder, 'a.rules.json'), '{ "a": 1, }')
    const { exitCode, stderr } = await fmt()

    expect(exitCode).toBe(1)
    expect(stderr).toContain('a.rules.json: ')
    expect(read('a.rules.json')).toBe('{ "a": 1, }')
  })
})

describe('schema', () => {
  it('writes both schemas', async () => {
    const { exitCode, stdout } = await runHere(['schema', '--out', 'rules'], { cwd: folder })

    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      `${join('rules', 'rule-set.schema.json')}\n${join('rules', 'rule-tests.schema.json')}\n`,
    )
    expect(JSON.parse(read('rules/rule-tests.schema.json')).title).toBe('Postdelivery rule tests')
  })
})
