import {
  compileRules,
  mutantsOf,
  proposeCases,
  type RuleSet,
  runRuleTests,
  scoreMutants,
} from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import {
  aCase,
  aFile,
  aReturn,
  aStory,
  damagedFacts,
  type Json,
  RULES,
  read,
  returns,
  ruleSetFrom,
  testsFrom,
  vocabulary,
} from './builders.ts'

const soon = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 } as const
const later = { fact: 'order.payLater', operator: 'equal', value: true } as const

const withRule = (changes: Json): RuleSet => {
  const rule = {
    name: 'Ask',
    on: ['return.registered'],
    mode: 'live',
    conditions: { all: [soon] },
    event: { type: 'review', params: { question: 'Well?' } },
    ...changes,
  }
  return ruleSetFrom({ ...RULES, rules: [rule] })
}

const changesOf = (changes: Json): readonly string[] =>
  mutantsOf(withRule(changes)).map(
    ({ path, change }) => `${path.replace('/rules/0', '')} ${change}`,
  )

describe('small mistakes', () => {
  const cases: readonly (readonly [string, Json, readonly string[]])[] = [
    [
      'of a threshold',
      {},
      [
        '/conditions/all/0 without `time.daysToDueDate`',
        '/conditions/all/0/operator `greaterThanInclusive` in place of `lessThan`',
        '/conditions/all/0/value `13` in place of `14`',
        '/conditions/all/0/value `15` in place of `14`',
      ],
    ],
    [
      'of groups',
      { conditions: { not: { any: [later, { not: later }] } } },
      [
        '/conditions without `not`',
        '/conditions/not `all` in place of `any`',
        '/conditions/not/any/0 without `order.payLater`',
        '/conditions/not/any/0/operator `notEqual` in place of `equal`',
        '/conditions/not/any/1 without the group',
        '/conditions/not/any/1 without `not`',
        '/conditions/not/any/1/not/operator `notEqual` in place of `equal`',
      ],
    ],
    [
      'of a list',
      {
        conditions: {
          any: [{ fact: 'return.reason', operator: 'in', value: ['damaged', 'wrong'] }],
        },
      },
      [
        '/conditions/any/0 without `return.reason`',
        '/conditions/any/0/operator `notIn` in place of `in`',
        '/conditions/any/0/value/0 without `damaged`',
        '/conditions/any/0/value/1 without `wrong`',
      ],
    ],
  ]
  for (const [title, changes, wanted] of cases) {
    it(title, () => {
      expect(changesOf(changes)).toEqual(wanted)
    })
  }

  it('of events, params and limits, none of which could not be asked for', () => {
    const changes = changesOf({
      on: ['return.registered', 'return.received'],
      event: {
        type: 'refund',
        params: { basis: 'percent', percent: 100, description: 'Sorry' },
      },
      limits: { perOrder: 1, perDay: 200 },
    }).filter((each) => !each.startsWith('/conditions'))

    expect(changes).toEqual([
      '/on/0 without `return.registered`',
      '/on/1 without `return.received`',
      '/event/params/percent `percent`: `99` in place of `100`',
      '/event/params/description without `description`',
      '/limits/perOrder `perOrder`: `2` in place of `1`',
      '/limits/perOrder without `perOrder`',
    ])
  })

  it('of amounts, per currency', () => {
    const params = { choose: 'longest', maxFeeMinor: { SEK: 1000, EUR: 0 } }

    expect(changesOf({ event: { type: 'extendDueDate', params } }).slice(4)).toEqual([
      '/event/params/choose `choose`: `shortest` in place of `longest`',
      '/event/params/choose `choose`: `cheapest` in place of `longest`',
      '/event/params/maxFeeMinor/SEK `maxFeeMinor`: `999` in place of `1000`',
      '/event/params/maxFeeMinor/SEK `maxFeeMinor`: `1001` in place of `1000`',
      '/event/params/maxFeeMinor/EUR `maxFeeMinor`: `1` in place of `0`',
    ])
  })
})

const survivorsOf = (ruleSet: RuleSet, cases: readonly Json[]) => {
  const score = scoreMutants(ruleSet, [testsFrom(cases, {}, ruleSet)], vocabulary)
  if (score === null) throw new Error('all tests pass')
  const survivors = score.survivors.map(({ path, change }) => `${path} ${change}`)
  return { ...score, survivors }
}

describe('the score', () => {
  it('names what no test notices, with facts that would', () => {
    const tests = testsFrom([
      aCase(),
      aCase({
        name: 'b',
        facts: { ...damagedFacts, 'time.daysToDueDate': 20 },
        expect: { fires: [] },
      }),
    ])
    const score = scoreMutants(returns, [tests], vocabulary)
    const threshold = score?.survivors.filter(({ path }) => path.endsWith('/all/2/value'))

    expect(threshold?.map(({ change, killer }) => [change, killer?.facts])).toEqual([
      ['`13` in place of `14`', { ...damagedFacts, 'time.daysToDueDate': 13 }],
      ['`15` in place of `14`', { ...damagedFacts, 'time.daysToDueDate': 14 }],
    ])
  })

  it('does not ask tests for what makes no difference', () => {
    const doubled = withRule({ conditions: { all: [soon, soon] } })
    const cases = [
      aCase({ facts: { 'time.daysToDueDate': 13 }, expect: { fires: [{ rule: 'Ask' }] } }),
      aCase({ name: 'b', facts: { 'time.daysToDueDate': 14 }, expect: { fires: [] } }),
    ]
    const { survivors, equivalentCount, percent } = survivorsOf(doubled, cases)

    // Either of the two left out, `any` in place of `all`, and a looser one beside the other.
    expect({ survivors, equivalentCount, percent }).toEqual({
      survivors: [],
      equivalentCount: 5,
      percent: 100,
    })
  })

  it('notices limits and amounts by stories', () => {
    const returned = (day: number, outcome: string) => ({
      event: aReturn('return.received', `2026-11-2${day}T10:00:00Z`, { returnId: `R-${day}` }),
      expect: { actions: [{ type: 'refund', outcome, refundMinor: 5000 }] },
    })
    const quarter = withRule({
      on: ['return.received'],
      conditions: { all: [later] },
      event: { type: 'refund', params: { basis: 'percent', percent: 25 } },
      limits: { perOrder: 1, perDay: 200 },
    })
    const left = (story: Json) =>
      survivorsOf(quarter, [story]).survivors.filter((each) => !each.includes('/conditions/'))
    const once = left(aStory([returned(0, 'queued')]))
    const twice = aStory([returned(0, 'queued'), returned(1, 'awaiting_approval')])

    expect(once).toEqual([
      '/rules/0/limits/perOrder `perOrder`: `2` in place of `1`',
      '/rules/0/limits/perOrder without `perOrder`',
    ])
    expect(left(twice)).toEqual([])
  })

  it('is not given while a test fails', () => {
    const failing = testsFrom([aCase({ expect: { fires: [] } })])

    expect(scoreMutants(returns, [failing], vocabulary)).toBe(null)
    expect(proposeCases(returns, [failing], vocabulary)).toBe(null)
  })
})

describe('proposals', () => {
  it('stand at each boundary, pass, and leave nothing for facts to notice', () => {
    const proposals = proposeCases(returns, [], vocabulary) ?? []
    const written = proposals.map((each) => each.written)
    const check = read(aFile(written as unknown as readonly Json[]))
    const tests = check.ok ? check.tests : undefined
    const run = tests && runRuleTests(tests, returns, vocabulary)
    const score = tests && scoreMutants(returns, [tests], vocabulary)
    const days = written.map(({ facts }) => facts['time.daysToDueDate'])

    expect(check.issues).toEqual([])
    expect(run?.failed).toEqual([])
    expect(score?.survivors.filter(({ part }) => part !== 'limits')).toEqual([])
    expect(days).toEqual(expect.arrayContaining([13, 14]))
    expect(new Set(written.map(({ name }) => name)).size).toBe(written.length)
  })

  it('are few: a case is proposed only where the others let a mistake pass', () => {
    const before = proposeCases(returns, [], vocabulary) ?? []
    const tests = testsFrom(before.slice(0, 2).map(({ written }) => written as unknown as Json))

    expect(proposeCases(returns, [tests], vocabulary)).toHaveLength(before.length - 2)
  })

  it('say what the rules say now', () => {
    const compiled = compileRules(vocabulary, [returns])
    for (const { written } of proposeCases(returns, [], vocabulary) ?? []) {
      const fired = compiled.fired(written.on, written.facts)

      expect(written.expect.fires.map(({ rule }) => rule)).toEqual(
        fired.map((index) => compiled.rules[index]?.rule.name),
      )
    }
  })
})
