/** Rules are taken only with all their tests passing: at the start, and while the engine runs. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createPostDelivery, isConfigError, rulesFrom, rulesFromText } from 'postdelivery'
import { describe, expect, test, vi } from 'vitest'
import { MORE_TIME, openScene, ruleSet } from './setup.ts'

const within = (days: number) => ({
  ...MORE_TIME,
  conditions: {
    all: [
      { fact: 'return.reason', operator: 'equal', value: 'damaged' },
      { fact: 'time.daysToDueDate', operator: 'lessThan', value: days },
    ],
  },
})

const testsText = (days: number): string =>
  JSON.stringify({
    ruleSet: 'returns',
    cases: [
      {
        name: 'the last day that counts',
        on: 'return.received',
        facts: { 'return.reason': 'damaged', 'time.daysToDueDate': days },
        expect: { fires: [{ rule: 'More time', action: 'extendDueDate' }] },
      },
    ],
  })

describe('at the start', () => {
  test('a failing test refuses the configuration, and names case and place', async () => {
    await using scene = await openScene()
    const rules = rulesFromText({
      'returns.rules.json': ruleSet([within(10)]),
      'returns.tests.json': testsText(13),
    })

    const error: unknown = await createPostDelivery({ ...scene.config, rules }).catch(
      (each) => each,
    )

    expect(isConfigError(error) && error.problems).toEqual([
      {
        path: '/rules/returns.tests.json#/cases/0/expect/fires/0',
        code: 'test_failed',
        message:
          'the case `the last day that counts` fails: `More time`: fires is wanted, but is silent',
        hint: 'correct the rule, or the case when it asks for the wrong thing',
      },
    ])
  })

  test('tests of a set that is not there, or that cannot be read, refuse it as well', async () => {
    await using scene = await openScene()
    const codesOf = async (text: string): Promise<unknown> => {
      const rules = rulesFromText({ 'r.rules.json': ruleSet([MORE_TIME]), 'r.tests.json': text })
      const error: unknown = await createPostDelivery({ ...scene.config, rules }).catch(
        (each) => each,
      )
      return isConfigError(error) ? error.problems.map(({ code }) => code) : error
    }

    expect(await codesOf('{ "ruleSet": "retruns", "cases": [] }')).toEqual(['unknown_rule_set'])
    expect(await codesOf('{')).toEqual(['not_json'])
  })
})

describe('rules that were in force before', () => {
  const rulesWith = (tests: string, version = '1') =>
    rulesFromText({
      'returns.rules.json': ruleSet([within(14)], { version }),
      'returns.tests.json': tests,
    })

  test('come into force again though a test fails, and health says so', async () => {
    await using scene = await openScene()
    await (await scene.open({ rules: rulesWith(testsText(13)) })).close()

    const again = await scene.open({ rules: rulesWith(testsText(14)) })
    const { ruleSets, rulesRefused } = await again.health()

    expect(ruleSets.map(({ version }) => version)).toEqual(['1'])
    expect(rulesRefused?.issues.map(({ code }) => code)).toEqual(['test_failed'])
  })

  test('do not let a changed set in whose test fails', async () => {
    await using scene = await openScene()
    await (await scene.open({ rules: rulesWith(testsText(13)) })).close()

    const changed = scene.open({ rules: rulesWith(testsText(14), '2') })

    await expect(changed).rejects.toSatisfy(isConfigError)
  })
})

test('the backend gets its turn while many tests run', async () => {
  await using scene = await openScene()
  const one = JSON.parse(testsText(13))
  const cases = Array.from({ length: 400 }, (_, index) => ({ ...one.cases[0], name: `${index}` }))
  const text = JSON.stringify({ ruleSet: 'returns', cases })
  const names = Array.from({ length: 20 }, (_, index) => `tests-${index}.tests.json`)
  const rules = rulesFromText({
    'returns.rules.json': ruleSet([within(14)]),
    ...Object.fromEntries(names.map((name) => [name, text])),
  })

  let turnCount = 0
  const timer = setInterval(() => {
    turnCount += 1
  })
  await scene.open({ rules })
  clearInterval(timer)

  expect(turnCount).toBeGreaterThan(3)
})

test('a change with a failing test is refused, and taken when the test is corrected', async () => {
  await using scene = await openScene()
  const folder = join(scene.folder, 'rules')
  await mkdir(folder)
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  await write('returns.rules.json', ruleSet([within(14)]))
  await write('returns.tests.json', testsText(13))
  const postDelivery = await scene.open({ rules: rulesFrom(folder, { watch: true, watchMs: 20 }) })
  const refused = async () => (await postDelivery.health()).rulesRefused?.issues[0]?.code
  const version = async () => (await postDelivery.health()).ruleSets[0]?.version

  await write('returns.rules.json', ruleSet([within(10)], { version: '2' }))
  await vi.waitFor(async () => expect(await refused()).toBe('test_failed'))
  const held = await version()
  await write('returns.tests.json', testsText(9))
  await vi.waitFor(async () => expect(await version()).toBe('2'))

  expect(held).toBe('1')
  expect(await refused()).toBe(undefined)
})
