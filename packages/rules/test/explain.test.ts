import { explainVerdict } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { damaged, forcedVerdict, type Json, verdictOf } from './builders.ts'

const days = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }
const payLater = { fact: 'order.payLater', operator: 'equal', value: true }
const stage = { fact: 'return.stage', operator: 'in', value: ['received', 'inspected'] }
const lines = { fact: 'return.references', operator: 'doesNotContain', value: '123' }

const cases: readonly (readonly [string, unknown, Json, string])[] = [
  [
    'all that held',
    { all: [damaged, days] },
    { 'return.reason': 'damaged', 'time.daysToDueDate': 6 },
    'return.reason is "damaged" (wanted "damaged"), time.daysToDueDate is 6 (wanted less than 14)',
  ],
  [
    'only what held of a choice',
    { any: [damaged, days] },
    { 'return.reason': 'late', 'time.daysToDueDate': 6 },
    'time.daysToDueDate is 6 (wanted less than 14)',
  ],
  [
    'what held below a negation, as its opposite',
    { not: { any: [damaged, { not: days }] } },
    { 'return.reason': 'late', 'time.daysToDueDate': 6 },
    'return.reason is "late" (wanted not "damaged"), time.daysToDueDate is 6 (wanted less than 14)',
  ],
  [
    'lists on both sides',
    { all: [stage, lines] },
    { 'return.stage': 'received', 'return.references': ['1', '2'] },
    'return.stage is "received" (wanted one of "received", "inspected"), return.references is "1", "2" (wanted a list without "123")',
  ],
  [
    'only what was false, with what was seen',
    { all: [damaged, days] },
    { 'return.reason': 'damaged', 'time.daysToDueDate': 20 },
    'did not fire: time.daysToDueDate is 20 (wanted less than 14)',
  ],
  [
    'what was unknown',
    { all: [payLater, days] },
    { 'time.daysToDueDate': 6 },
    'did not fire: order.payLater is unknown (wanted true)',
  ],
  [
    'a choice of which nothing held',
    { all: [damaged, { any: [days, payLater] }] },
    { 'return.reason': 'damaged', 'time.daysToDueDate': 20 },
    'did not fire: none of (time.daysToDueDate is 20 (wanted less than 14), order.payLater is unknown (wanted true))',
  ],
  [
    'a negated group that held',
    { not: { all: [damaged, payLater] } },
    { 'return.reason': 'damaged', 'order.payLater': true },
    'did not fire: none of (return.reason is "damaged" (wanted not "damaged"), order.payLater is true (wanted not true))',
  ],
  [
    'a text that is none of the listed',
    { all: [stage] },
    { 'return.stage': 'lost' },
    'did not fire: return.stage is "lost", which is not one of its values (wanted one of "received", "inspected")',
  ],
  [
    'an empty list',
    { all: [{ ...lines, operator: 'contains' }] },
    { 'return.references': [] },
    'did not fire: return.references is [] (wanted a list with "123")',
  ],
]

describe('explaining a verdict', () => {
  for (const [title, conditions, facts, sentence] of cases) {
    it(`names ${title}`, async () => {
      expect(explainVerdict(await verdictOf(conditions, facts))).toBe(sentence)
    })
  }

  it('says why a rule could not be evaluated', async () => {
    const verdict = await forcedVerdict({ conditions: { all: [] } }, {})

    expect(explainVerdict(verdict)).toBe('could not be evaluated: a group has no conditions')
  })

  it('reads records without a reason or a trace', () => {
    const head = { ruleSet: 'a', rule: 'b', mode: 'live', priority: 1, trace: null } as const
    const action = { type: 'sendOut', params: {} } as const

    expect(explainVerdict({ ...head, action, verdict: 'failed' })).toBe(
      'could not be evaluated: no reason is recorded',
    )
    expect(explainVerdict({ ...head, action, verdict: 'true' })).toBe('no trace is recorded')
  })

  it('shows an operator that is not known any more by its name', () => {
    const condition = {
      kind: 'condition',
      fact: 'a',
      operator: 'was',
      wanted: 1,
      verdict: 'unknown',
    } as const
    const verdict = {
      ruleSet: 'a',
      rule: 'b',
      mode: 'live',
      priority: 1,
      verdict: 'unknown',
      action: { type: 'sendOut', params: {} },
      trace: { kind: 'not', verdict: 'unknown', of: [condition] },
    } as const

    expect(explainVerdict(verdict)).toBe('did not fire: a is unknown (wanted was 1)')
  })
})
