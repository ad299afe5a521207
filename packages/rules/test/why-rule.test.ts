import { nearMissesOf, whyRule } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import {
  aRule,
  aRuleSet,
  damaged,
  forcedVerdict,
  inForce,
  type Json,
  ruleSetOf,
  verdictOf,
  vocabulary,
} from './builders.ts'

const days = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }
const payLater = { fact: 'order.payLater', operator: 'equal', value: true }
const stage = { fact: 'return.stage', operator: 'in', value: ['received', 'inspected'] }
const lines = { fact: 'return.references', operator: 'doesNotContain', value: '123' }
const worth = { fact: 'return.valueMinor', operator: 'lessThanInclusive', value: 5000 }

const cases: readonly (readonly [string, unknown, Json, string])[] = [
  [
    'all that made it fire',
    { all: [damaged, days, payLater] },
    { 'return.reason': 'damaged', 'time.daysToDueDate': 6, 'order.payLater': true },
    "fired: the return's reason is damaged; the due date is 6 days away (wanted: fewer than 14 days away); the order is pay later",
  ],
  [
    'what held of a choice',
    { any: [damaged, days] },
    { 'return.reason': 'late', 'time.daysToDueDate': 6 },
    'fired: the due date is 6 days away (wanted: fewer than 14 days away)',
  ],
  [
    'what held below a negation, as its opposite',
    { not: { any: [damaged, { not: days }, payLater] } },
    { 'return.reason': 'late', 'time.daysToDueDate': 6, 'order.payLater': false },
    "fired: the return's reason is late (wanted: not damaged); the due date is 6 days away (wanted: fewer than 14 days away); the order is not pay later",
  ],
  [
    'only what was false, and by how much',
    { all: [damaged, days, worth] },
    { 'return.reason': 'damaged', 'time.daysToDueDate': 20, 'return.valueMinor': 5050 },
    'did not fire: the due date is 20 days away, and has to be fewer than 14 days away (7 days nearer); the value of the returned goods is 50.50 SEK, and has to be at most 50.00 SEK (0.50 SEK lower)',
  ],
  [
    'what was not known, and why',
    { all: [payLater, days] },
    { 'order.payLater': true },
    'did not fire: the due date is not known, because nobody has told the due date of this capture (wanted: the due date is fewer than 14 days away)',
  ],
  [
    'a choice of which nothing held',
    { all: [{ any: [days, payLater] }] },
    { 'time.daysToDueDate': 14, 'order.payLater': false },
    'did not fire: none of these holds (the due date is 14 days away, and has to be fewer than 14 days away (1 day nearer); the order is not pay later)',
  ],
  [
    'a negated word',
    { not: { all: [damaged] } },
    { 'return.reason': 'damaged' },
    "did not fire: the return's reason is damaged, and has to be not damaged",
  ],
  [
    'an entry of a list',
    { all: [lines] },
    { 'return.references': ['123', '4'] },
    'did not fire: the returned lines include "123"',
  ],
  [
    'a text that is none of the listed',
    { all: [stage] },
    { 'return.stage': 'lost' },
    "did not fire: the return's stage is lost, which is not a value that the rule can compare",
  ],
]

describe('why a rule fired or not', () => {
  it.each(cases)('names %s', async (_title, conditions, facts, want) => {
    const verdict = await verdictOf(conditions, facts)

    expect(whyRule(verdict, vocabulary, { currency: 'SEK' }).sentence).toBe(want)
  })

  it('gives the reasons as data, as they counted', async () => {
    const verdict = await verdictOf(
      { not: { any: [days, damaged] } },
      { 'time.daysToDueDate': 10, 'return.reason': 'late' },
    )

    expect(whyRule(verdict, vocabulary)).toMatchObject({
      outcome: 'silent',
      reasons: [
        {
          fact: 'time.daysToDueDate',
          operator: 'greaterThanInclusive',
          wanted: 14,
          seen: 10,
          verdict: 'false',
          distance: { by: 4, flipsAt: 14 },
        },
      ],
    })
  })

  it('reads records without a reason, a trace or known words', async () => {
    const failed = await forcedVerdict({ conditions: { all: [] } }, {})
    const { failure: _, ...silent } = failed
    const leaf = { kind: 'condition', fact: 'gone', operator: 'was', wanted: 1, verdict: 'unknown' }

    expect(whyRule(failed, vocabulary).sentence).toBe(
      'could not be evaluated: a group has no conditions',
    )
    expect(whyRule(silent, vocabulary).sentence).toContain('no reason is recorded')
    expect(whyRule({ ...silent, verdict: 'false' }, vocabulary).sentence).toBe(
      'did not fire: no trace is recorded',
    )
    expect(
      whyRule({ ...silent, verdict: 'unknown', trace: leaf as never }, vocabulary).sentence,
    ).toBe(
      'did not fire: the fact "gone" is not known, because nobody has told it (wanted: the fact "gone" is was 1)',
    )
  })
})

describe('near misses', () => {
  const rules = [
    aRule({ name: 'far', conditions: { all: [days] } }),
    aRule({ name: 'two facts', conditions: { all: [damaged, payLater] } }),
    aRule({ name: 'near', conditions: { all: [{ ...days, value: 18 }] }, mode: 'shadow' }),
    aRule({ name: 'fires', conditions: { all: [{ ...days, value: 99 }] } }),
    aRule({ name: 'never', conditions: { all: [days, { not: days }] } }),
  ]
  const facts = { 'time.daysToDueDate': 20, 'return.reason': 'late', 'order.payLater': false }

  it('are the silent rules that one fact kept, the nearest first', async () => {
    const verdicts = await inForce(ruleSetOf(aRuleSet({ rules }))).evaluate(
      'return.registered',
      facts,
    )

    expect(
      nearMissesOf(verdicts, facts, vocabulary).map(({ rule, mode, flip }) => [
        rule,
        mode,
        flip.sentence,
      ]),
    ).toEqual([
      ['near', 'shadow', 'would fire if the due date were 3 days nearer'],
      ['far', 'live', 'would fire if the due date were 7 days nearer'],
    ])
  })

  it('leave out records that do not fit their facts or the vocabulary', async () => {
    const verdict = await verdictOf({ all: [days] }, facts)
    const gone = await forcedVerdict({ conditions: { all: [{ ...days, fact: 'gone' }] } }, {})
    const silent = { ...gone, verdict: 'false' as const, trace: verdict.trace }

    expect(nearMissesOf([verdict], { 'time.daysToDueDate': 3 }, vocabulary)).toEqual([])
    expect(nearMissesOf([{ ...silent, trace: null }, gone], facts, vocabulary)).toEqual([])
  })
})
