import { createVocabulary, defineFact, flipsOf } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { damaged, type Json, vocabulary } from './builders.ts'

const days = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }
const payLater = { fact: 'order.payLater', operator: 'equal', value: true }
const worth = { fact: 'return.valueMinor', operator: 'lessThanInclusive', value: 5000 }
const stage = { fact: 'return.stage', operator: 'equal', value: 'inspected' }
const entry = (operator: string, value: string) => ({ fact: 'return.references', operator, value })

const ask = (conditions: unknown, facts: Json, options = {}) =>
  flipsOf({ conditions } as never, facts as never, vocabulary, options)
const sentences = (conditions: unknown, facts: Json, options = {}) =>
  ask(conditions, facts, options).flips.map((flip) => flip.sentence)

const held = { 'return.reason': 'damaged', 'order.payLater': true, 'time.daysToDueDate': 6 }

const cases: readonly (readonly [string, unknown, Json, readonly string[]])[] = [
  [
    'a date that is too far away',
    { all: [damaged, days] },
    { ...held, 'time.daysToDueDate': 20 },
    ['would fire if the due date were 7 days nearer'],
  ],
  [
    'an amount that is too high',
    { all: [worth] },
    { 'return.valueMinor': 7550 },
    ["would fire if the value of the returned goods were 25.50 in the order's currency lower"],
  ],
  [
    'another word',
    { all: [damaged, days] },
    { ...held, 'return.reason': 'late' },
    ["would fire if the return's reason were damaged"],
  ],
  [
    'a flag',
    { all: [payLater, damaged] },
    { ...held, 'order.payLater': false },
    ['would fire if the order were pay later'],
  ],
  [
    'a fact that is not known',
    { all: [days, payLater] },
    { 'order.payLater': true },
    ['would fire if it were known that the due date is 13 days away'],
  ],
  [
    'several facts, when one does not do',
    { all: [damaged, days] },
    { 'return.reason': 'late', 'time.daysToDueDate': 15 },
    ["would fire if the return's reason were damaged, and the due date were 2 days nearer"],
  ],
  [
    'one fact instead of two',
    { any: [{ all: [damaged, payLater] }, days] },
    { 'return.reason': 'late', 'order.payLater': false, 'time.daysToDueDate': 400 },
    ['would fire if the due date were 387 days nearer'],
  ],
  [
    'every smallest set, the nearest first',
    { any: [days, stage] },
    { 'time.daysToDueDate': 20, 'return.stage': 'received' },
    [
      "would fire if the return's stage were inspected",
      'would fire if the due date were 7 days nearer',
    ],
  ],
  [
    'the value that two comparisons of one fact allow together',
    { all: [{ ...days, operator: 'greaterThan', value: 3 }, days] },
    { 'time.daysToDueDate': 1 },
    ['would fire if the due date were 3 days further away'],
  ],
  [
    'entries of a list',
    { all: [entry('contains', 'A'), entry('doesNotContain', 'B')] },
    { 'return.references': ['B', 'C'] },
    [
      'would fire if it were so that the returned lines include "A", and the returned lines do not include "B"',
    ],
  ],
  [
    'what would have kept a rule from firing',
    { all: [damaged, days, payLater] },
    held,
    [
      "would not fire if the return's reason were something else",
      'would not fire if the order were not pay later',
      'would not fire if the due date were 8 days further away',
    ],
  ],
  [
    'all that made a choice hold',
    { any: [damaged, days] },
    held,
    [
      "would not fire if the return's reason were something else, and the due date were 8 days further away",
    ],
  ],
  ['nothing, where nothing would do', { all: [damaged, { not: damaged }] }, held, []],
]

describe('the smallest change that flips a rule', () => {
  it.each(cases)('names %s', (_title, conditions, facts, want) => {
    expect(sentences(conditions, facts)).toEqual(want)
  })

  it('says what changes from what to what', () => {
    expect(ask({ all: [days] }, { 'time.daysToDueDate': 20 })).toEqual({
      to: 'fires',
      isComplete: true,
      flips: [
        {
          changes: [{ fact: 'time.daysToDueDate', from: 20, to: 13, distance: 7 }],
          distance: 7,
          sentence: 'would fire if the due date were 7 days nearer',
        },
      ],
    })
  })

  it('leaves alone what nobody can change', () => {
    const conditions = { any: [damaged, days] }
    const facts = { 'return.reason': 'late', 'time.daysToDueDate': 20 }

    expect(sentences(conditions, facts, { fixed: ['time.daysToDueDate'] })).toEqual([
      "would fire if the return's reason were damaged",
    ])
    expect(
      ask({ all: [{ fact: 'event.type', operator: 'equal', value: 'shop.a' }] }, {}).flips,
    ).toEqual([])
  })

  it('counts dates in days', () => {
    const made = createVocabulary([
      defineFact({ name: 'customer.since', type: 'date', sentence: 'customer since' }),
    ])
    if (!made.ok) throw new Error('the facts are good')
    const conditions = {
      all: [{ fact: 'customer.since', operator: 'lessThan', value: '2026-03-01' }],
    } as const
    const found = flipsOf({ conditions }, { 'customer.since': '2026-03-02' }, made.value)

    expect(found.flips).toMatchObject([
      { distance: 2, sentence: 'would fire if "customer since" were 2 days earlier' },
    ])
  })

  it('proposes no amount below nothing, and nothing for a rule that cannot be evaluated', () => {
    const below = { all: [{ ...worth, operator: 'lessThan', value: 0 }] }

    expect(ask(below, { 'return.valueMinor': 5 }).flips).toEqual([])
    expect(ask({ all: [{ ...worth, fact: 'gone' }] }, {}).flips).toEqual([])
  })

  it('gives up on a rule that is too large, and says so', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const either = (index: number) => ({
      any: names.map((name) => entry('contains', `${name}${index % 30}`)),
    })
    const conditions = {
      all: [...names.keys(), ...Array.from({ length: 30 }, (_, index) => index)].map(either),
    }

    expect(ask(conditions, { 'return.references': [] }).isComplete).toBe(false)
  })
})
