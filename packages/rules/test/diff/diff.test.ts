import { diffRuleSets, type RuleSet } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { aRule, aRuleSet, damaged, type Json, ruleSetOf, vocabulary } from '../builders.ts'

const days = (operator: string, value: number) => ({
  fact: 'time.daysToDueDate',
  operator,
  value,
})
const sendOut = { event: { type: 'sendOut' }, limits: { perOrder: 1 } }
const setOf = (...rules: readonly Json[]): RuleSet => ruleSetOf(aRuleSet({ rules }))
const brief = (before: RuleSet, after: RuleSet) =>
  diffRuleSets([before], [after], vocabulary).changes.map(
    ({ name, parts, effect }) => `${name}: ${parts.join(' ')} (${effect})`,
  )

const plain = setOf(aRule(sendOut))

const cases: readonly (readonly [string, RuleSet, RuleSet, readonly string[]])[] = [
  [
    'a condition said in other words',
    setOf(aRule({ ...sendOut, conditions: { all: [days('lessThan', 14)] } })),
    setOf(aRule({ ...sendOut, conditions: { not: { all: [days('greaterThanInclusive', 14)] } } })),
    ['returns/Damaged goods: rewritten (none)'],
  ],
  [
    'a wider condition',
    setOf(aRule({ ...sendOut, conditions: { all: [damaged, days('lessThan', 7)] } })),
    setOf(aRule({ ...sendOut, conditions: { all: [damaged, days('lessThan', 14)] } })),
    ['returns/Damaged goods: widened (changes)'],
  ],
  [
    'a condition that moved',
    setOf(aRule({ ...sendOut, conditions: { all: [days('equal', 7)] } })),
    setOf(aRule({ ...sendOut, conditions: { all: [days('equal', 8)] } })),
    ['returns/Damaged goods: widened narrowed (changes)'],
  ],
  [
    'another name, even of a rule that counts its firings',
    plain,
    setOf(aRule({ ...sendOut, name: 'Broken goods' })),
    ['returns/Broken goods: renamed (none)'],
  ],
  [
    'a rule in parts that mean the same together',
    setOf(
      aRule({ event: { type: 'sendOut' }, conditions: { any: [damaged, days('lessThan', 3)] } }),
    ),
    setOf(
      aRule({ event: { type: 'sendOut' } }),
      aRule({
        name: 'Nearly due',
        event: { type: 'sendOut' },
        conditions: { all: [days('lessThan', 3)] },
      }),
    ),
    ['returns/Damaged goods: narrowed (none)', 'returns/Nearly due: added (none)'],
  ],
  [
    'parts of a rule that counts its firings, which count apart',
    setOf(aRule({ ...sendOut, conditions: { any: [damaged, days('lessThan', 3)] } })),
    setOf(
      aRule(sendOut),
      aRule({ ...sendOut, name: 'Nearly due', conditions: { all: [days('lessThan', 3)] } }),
    ),
    ['returns/Damaged goods: narrowed (changes)', 'returns/Nearly due: added (changes)'],
  ],
  [
    'a draft that is added and one that goes',
    setOf(aRule(sendOut), aRule({ name: 'Old', mode: 'draft' })),
    setOf(
      aRule(sendOut),
      aRule({ name: 'New', mode: 'draft', conditions: { all: [days('equal', 1)] } }),
    ),
    ['returns/New: added (none)', 'returns/Old: removed (none)'],
  ],
  [
    'a draft that goes live',
    setOf(aRule({ ...sendOut, mode: 'draft' })),
    plain,
    ['returns/Damaged goods: mode (changes)'],
  ],
  [
    'an event that wakes it no more',
    setOf(aRule({ ...sendOut, on: ['return.registered', 'return.received'] })),
    plain,
    ['returns/Damaged goods: events (changes)'],
  ],
  [
    'a limit',
    plain,
    setOf(aRule({ event: { type: 'sendOut' } })),
    ['returns/Damaged goods: limits (changes)'],
  ],
  [
    'places in the document of rules that never fire together',
    setOf(aRule(sendOut), aRule({ ...sendOut, name: 'Other', on: ['return.received'] })),
    setOf(aRule({ ...sendOut, name: 'Other', on: ['return.received'] }), aRule(sendOut)),
    [],
  ],
  [
    'a priority that decides between two rules',
    setOf(aRule(sendOut), aRule({ name: 'Ask' })),
    setOf(aRule(sendOut), aRule({ name: 'Ask', priority: 2 })),
    ['returns/Ask: priority order (changes)'],
  ],
  [
    'a hit policy where several rules fire',
    ruleSetOf(aRuleSet({ rules: [aRule(sendOut), aRule({ name: 'Ask' })] })),
    ruleSetOf(aRuleSet({ rules: [aRule(sendOut), aRule({ name: 'Ask' })], hitPolicy: 'first' })),
    ['returns: hit_policy (changes)'],
  ],
  [
    'a hit policy where one rule can fire',
    plain,
    ruleSetOf(aRuleSet({ rules: [aRule(sendOut)], hitPolicy: 'unique' })),
    ['returns: hit_policy (none)'],
  ],
  [
    'a publisher',
    plain,
    ruleSetOf(aRuleSet({ rules: [aRule(sendOut)], publishedBy: 'other@shop.example' })),
    ['returns: publisher (none)'],
  ],
  [
    'nothing but version, description and layout',
    plain,
    ruleSetOf(aRuleSet({ version: '2', rules: [aRule({ ...sendOut, description: 'Now said.' })] })),
    [],
  ],
]

describe('diffRuleSets', () => {
  for (const [name, before, after, wanted] of cases)
    it(`tells of ${name}`, () => expect(brief(before, after)).toEqual(wanted))

  it('shows the nearest order that is new to a rule, and what each version says to it', () => {
    const before = setOf(aRule({ ...sendOut, conditions: { all: [damaged, days('lessThan', 7)] } }))
    const after = setOf(aRule({ ...sendOut, conditions: { all: [damaged, days('lessThan', 14)] } }))

    expect(diffRuleSets([before], [after], vocabulary).changes[0]?.witnesses).toEqual([
      {
        eventType: 'return.registered',
        facts: { 'return.reason': 'damaged', 'time.daysToDueDate': 7 },
        before: [],
        after: [
          {
            rule: 'returns/Damaged goods',
            action: { type: 'sendOut', params: {} },
            mode: 'live',
            standing: 'stands',
          },
        ],
      },
    ])
  })

  it('says unknown, soon, when a comparison would take too long', () => {
    const contains = (value: string) => ({ fact: 'return.references', operator: 'contains', value })
    const wide = (last: string) => ({
      all: Array.from({ length: 20 }, (_, index) => ({
        any: [contains(`a${index}`), contains(index === 0 ? last : `b${index}`)],
      })),
    })

    const { effect, changes } = diffRuleSets(
      [setOf(aRule({ ...sendOut, conditions: wide('x') }))],
      [setOf(aRule({ ...sendOut, conditions: wide('y') }))],
      vocabulary,
    )

    expect(effect).toBe('unknown')
    expect(changes[0]?.parts).toEqual(['conditions'])
  })
})
