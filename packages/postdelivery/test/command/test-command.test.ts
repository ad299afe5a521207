/** Tests of rules from a shell: what is said, and how it ends. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MORE_TIME, PAY_BACK, ruleSet } from '../setup.ts'
import { runHere, runProcess, startProcess } from './cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'))
})
afterEach(() => rm(folder, { recursive: true }))

const write = (name: string, text: string) => writeFile(join(folder, name), text)
const run = (...args: readonly string[]) => runHere(args, { cwd: folder })

const facts = { 'return.reason': 'damaged', 'time.daysToDueDate': 6 }
const aCase = (changes: object = {}) => ({
  name: 'six days',
  on: 'return.received',
  facts,
  expect: { fires: [{ rule: 'More time' }] },
  ...changes,
})
const late = aCase({ name: 'too early', facts: { ...facts, 'time.daysToDueDate': 14 } })
const testsOf = (...cases: readonly object[]) =>
  JSON.stringify({ ruleSet: 'returns', cases }, null, 2)

const writeRules = () => write('returns.rules.json', ruleSet([MORE_TIME, PAY_BACK]))

describe('test', () => {
  test('says that all is well, and ends with 0', async () => {
    await writeRules()
    await write('returns.tests.json', testsOf(aCase()))

    expect(await run('test')).toEqual({
      exitCode: 0,
      stdout: 'pass  returns.tests.json  1 of 1 cases pass\n',
      stderr: '1 passed, 0 failed\n',
    })
  })

  test('says which rules have no tests, and how to get some', async () => {
    await writeRules()

    expect(await run('test')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr:
        '0 passed, 0 failed\nno tests stand beside returns.rules.json; to see some: postdelivery test returns.rules.json --propose\n',
    })
  })

  test('says what fails, why and where, and ends with 1', async () => {
    await writeRules()
    await write('returns.tests.json', testsOf(aCase(), late))

    const { exitCode, stdout } = await run('test')

    expect(exitCode).toBe(1)
    expect(stdout.split('\n')).toEqual([
      'FAIL  returns.tests.json  1 of 2 cases pass',
      '  ✗ too early',
      '      More time',
      '      wanted  fires',
      '      got     is silent',
      '      why     did not fire: the due date is 14 days away, and has to be fewer than 14 days away (1 day nearer)',
      '      at      returns.tests.json:28:11',
      '',
    ])
  })

  test('names mistakes in rules and in tests with their places, and ends with 1', async () => {
    await write('returns.rules.json', ruleSet([{ ...MORE_TIME, mode: 'alive' }]))
    await write('returns.tests.json', testsOf(aCase()))
    const rules = await run('test')
    await writeRules()
    await write('returns.tests.json', testsOf(aCase({ on: 'return.recieved' })))
    const tests = await run('test')

    expect([rules.exitCode, tests.exitCode]).toEqual([1, 1])
    expect(rules.stdout).toContain('returns.rules.json:1:')
    expect(rules.stdout).toContain('did you mean `live`?')
    expect(tests.stdout).toMatch(/^returns\.tests\.json:6:13 error unknown_event\n/)
  })

  test('fails for every file of the folder that must fail', async () => {
    const mustFail = fileURLToPath(new URL('../../../rules/test/cases/must-fail', import.meta.url))
    await cp(mustFail, folder, { recursive: true })
    const names = (await readdir(folder)).filter((name) => name.endsWith('.tests.json'))

    for (const name of names) expect((await run('test', name)).exitCode, name).toBe(1)
    const { files, passedCount } = JSON.parse((await run('test', '--json')).stdout)

    expect(passedCount).toBe(0)
    expect(files).toHaveLength(names.length)
  })

  test('takes a rule file with its tests, a test file with its rules, or one rule', async () => {
    await writeRules()
    await write('other.rules.json', ruleSet([MORE_TIME], { name: 'other' }))
    await write('returns.tests.json', testsOf(aCase()))
    await write('other.tests.json', testsOf(aCase()).replace('returns', 'other'))
    const filesOf = async (...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await run('test', ...args, '--json')).stdout).files.map(
        (each: { file: string; cases: readonly unknown[] }) => `${each.file} ${each.cases.length}`,
      )

    expect(await filesOf('returns.rules.json')).toEqual(['returns.tests.json 1'])
    expect(await filesOf('other.tests.json')).toEqual(['other.tests.json 1'])
    await write('draft.json', ruleSet([MORE_TIME], { name: 'draft' }))
    await write('draft.tests.json', testsOf(aCase()).replace('returns', 'draft'))
    expect(await filesOf('draft.json')).toEqual(['draft.tests.json 1'])
    await rm(join(folder, 'draft.tests.json'))
    expect(await filesOf()).toEqual(['other.tests.json 1', 'returns.tests.json 1'])
    expect(await filesOf('--rule', 'Pay back')).toEqual([
      'other.tests.json 0',
      'returns.tests.json 0',
    ])
    const misspelt = await run('test', '--rule', 'More tme')
    expect([misspelt.exitCode, misspelt.stderr]).toEqual([
      1,
      expect.stringContaining('did you mean `More time`?'),
    ])
  })

  test('keeps folders apart, where sets have the same name', async () => {
    for (const name of ['a', 'b']) {
      const shop = join(folder, name)
      await mkdir(shop, { recursive: true })
      await writeFile(join(shop, 'r.rules.json'), ruleSet([MORE_TIME]))
      await writeFile(join(shop, 'r.tests.json'), testsOf(aCase()))
    }

    expect((await run('test', '.')).stderr).toBe('2 passed, 0 failed\n')
    await write('returns.rules.json', ruleSet([MORE_TIME]))
    await write('returns.tests.json', testsOf(aCase()))
    expect((await run('test', '.')).stderr).toBe(
      `3 passed, 0 failed\n${['a', 'b'].map((name) => `note: an engine that reads \`.\` does not read \`${name}\` below it\n`).join('')}`,
    )
  })

  test('writes for CI: JUnit, GitHub, lines of JSON', async () => {
    await writeRules()
    await write('returns.tests.json', testsOf(aCase(), { ...late, name: 'a "late" <one>' }))
    const [junit, github, lines] = await Promise.all(
      ['junit', 'github', 'ndjson'].map(
        async (format) => (await run('test', '--format', format)).stdout,
      ),
    )

    expect(junit).toContain('<testsuites tests="2" failures="1" errors="0">')
    expect(junit).toContain('<testcase name="a &quot;late&quot; &lt;one&gt;"')
    expect(github).toBe(
      '::error file=returns.tests.json,line=28,col=11,title=a "late" <one>::More time: wanted fires, got is silent%0Adid not fire: the due date is 14 days away, and has to be fewer than 14 days away (1 day nearer)\n',
    )
    expect(
      lines
        ?.trim()
        .split('\n')
        .map((line) => JSON.parse(line).passed),
    ).toEqual([true, false])
  })

  test('knows the facts of a configuration', async () => {
    const gold = { fact: 'customer.tier', operator: 'equal', value: 'gold' }
    const own = { 'customer.tier': 'gold' }
    await write('returns.rules.json', ruleSet([{ ...MORE_TIME, conditions: { all: [gold] } }]))
    await write('returns.tests.json', testsOf(aCase({ facts: own })))
    const before = await runProcess(['test'], { cwd: folder })
    await write(
      'postdelivery.config.ts',
      `import { defineFact } from 'postdelivery'
       export default { facts: [defineFact({ name: 'customer.tier', type: 'text', sentence: 'how good' })] }`,
    )
    const after = await runProcess(['test'], { cwd: folder })

    expect(before.exitCode).toBe(1)
    expect(after).toMatchObject({ exitCode: 0, stderr: '1 passed, 0 failed\n' })
  })

  test('runs again when a file changes, until it is interrupted', async () => {
    await writeRules()
    await write('returns.tests.json', testsOf(late))
    const child = startProcess(['test', '--watch'], { cwd: folder })
    let said = ''
    const heard = (words: string) =>
      new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString()
          if (said.includes(words)) resolve()
        })
      })
    await heard('FAIL')
    await write('returns.tests.json', testsOf(aCase()))
    await heard('pass')
    const ended = new Promise((resolve) => child.on('close', resolve))
    child.kill('SIGINT')

    expect(await ended).toBe(130)
  })

  test('refuses options that say nothing together', async () => {
    await writeRules()
    const exits = await Promise.all(
      [['--write'], ['--propose', '--yes'], ['--propose', '--format', 'junit']].map(
        async (args) => (await run('test', ...args)).exitCode,
      ),
    )

    expect(exits).toEqual([2, 2, 2])
  })
})

describe('test --propose', () => {
  test('shows what the rules say at boundaries, and writes it with a yes', async () => {
    await writeRules()
    const shown = await run('test', '--propose')
    const unanswered = await run('test', '--propose', '--write')
    const written = await run('test', '--propose', '--write', '--yes')
    const tested = await run('test')
    const again = await run('test', '--propose', '--json')
    const nothing = await run('test', '--propose', '--write', '--yes')

    expect(shown.exitCode).toBe(0)
    expect(shown.stdout).toContain('given   return.reason "damaged", time.daysToDueDate 14')
    expect(shown.stdout).toContain('because did not fire: the due date is 14 days away')
    expect(unanswered).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('nobody is here'),
    })
    expect(written.stderr).toMatch(/^\d+ cases are written to returns\.tests\.json\n$/)
    expect(tested.exitCode).toBe(0)
    expect(JSON.parse(again.stdout).proposals).toEqual([])
    expect(nothing.stderr).toBe('no case is missing; nothing is written\n')
  })

  test('adds to the tests that are there, and only what they lack', async () => {
    await writeRules()
    await write('returns.tests.json', testsOf(aCase()))
    await run('test', '--propose', '--write', '--yes')
    const { cases } = JSON.parse(await readFile(join(folder, 'returns.tests.json'), 'utf8'))

    expect(cases[0]).toEqual(aCase())
    expect((await run('test')).exitCode).toBe(0)
  })

  test('proposes nothing while a test fails', async () => {
    await writeRules()
    await write('returns.tests.json', testsOf(late))

    expect((await run('test', '--propose')).exitCode).toBe(1)
  })
})

describe('coverage', () => {
  test('lists what was not seen, and fails below a share', async () => {
    await writeRules()
    await write('returns.tests.json', testsOf(aCase()))
    const fine = await run('coverage')
    const below = await run('coverage', '--min', '80')
    const { coverage } = JSON.parse((await run('coverage', '--json')).stdout)

    expect(fine.exitCode).toBe(0)
    expect(fine.stdout).toContain('30 %  3 of 10 seen')
    expect(fine.stdout).toMatch(/- the return's reason is damaged +1 +0 +0 +never false/)
    expect(below.exitCode).toBe(1)
    expect(coverage[0]).toMatchObject({ file: 'returns.rules.json', percent: 30 })
  })

  test('counts the mistakes that tests would notice', async () => {
    await writeRules()
    await write('returns.tests.json', testsOf(aCase()))
    const { stdout } = await run('coverage', '--mutation')

    expect(stdout).toMatch(/mutation {2}returns\.rules\.json {2}\d+ %/)
    expect(stdout).toContain('More time: `15` in place of `14`')
    expect(stdout).toContain(
      'tell: return.received {"return.reason":"damaged","time.daysToDueDate":14}',
    )
  })
})
