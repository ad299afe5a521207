import { FACTS } from '@postdelivery/core'
import {
  createVocabulary,
  defineFact,
  factsWithWords,
  OPERATORS,
  type Rule,
  renderComparison,
  renderRule,
  sayEvent,
  wordsOf,
} from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { damaged, type Json, ruleSetOf, vocabulary, withRule } from './builders.ts'

const ruleOf = (changes: Json): Rule => {
  const [rule] = ruleSetOf(withRule(changes)).rules
  if (rule === undefined) throw new Error('a rule set has a rule')
  return rule
}
const render = (changes: Json, options = {}): string =>
  renderRule(ruleOf(changes), vocabulary, options)

const payLater = { fact: 'order.payLater', operator: 'equal', value: true }
const days = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }

const conditionCases: readonly (readonly [title: string, conditions: unknown, want: string])[] = [
  ['one comparison', { all: [damaged] }, "the return's reason is damaged"],
  [
    'a group of one inside another',
    { any: [{ all: [{ any: [damaged] }] }] },
    "the return's reason is damaged",
  ],
  ['a negated flag', { not: payLater }, 'the order is not pay later'],
  [
    'a flag that is compared with its opposite',
    { all: [{ ...payLater, operator: 'notEqual', value: false }] },
    'the order is pay later',
  ],
  [
    'groups in groups, in brackets',
    { all: [damaged, { any: [payLater, { all: [days, { not: damaged }] }] }] },
    "the return's reason is damaged, and (the order is pay later, or (the due date is fewer than 14 days away, and the return's reason is not damaged))",
  ],
  [
    'a negated group, as what it asks for',
    { not: { any: [damaged, days] } },
    "the return's reason is not damaged, and the due date is at least 14 days away",
  ],
  [
    'a list, each entry once and sorted',
    { all: [{ ...damaged, operator: 'in', value: ['late', 'damaged', 'a b'] }] },
    `the return's reason is "a b", damaged or late`,
  ],
  [
    'a list of one, as a value',
    { all: [{ ...damaged, operator: 'notIn', value: ['late'] }] },
    "the return's reason is not late",
  ],
  [
    'two that are excluded',
    { all: [{ ...days, operator: 'notIn', value: [2, 1] }] },
    'the due date is neither 1 day nor 2 days away',
  ],
  [
    'three that are excluded',
    { all: [{ ...damaged, operator: 'notIn', value: ['a', 'b', 'c'] }] },
    "the return's reason is none of a, b and c",
  ],
  [
    'an amount',
    { all: [{ fact: 'return.valueMinor', operator: 'lessThanInclusive', value: 5050 }] },
    "the value of the returned goods is at most 50.50 in the order's currency",
  ],
  [
    'a share',
    { all: [{ fact: 'return.sharePercent', operator: 'greaterThan', value: 50 }] },
    'the returned share of the capture is more than 50 percent',
  ],
  [
    'a list that lacks an entry',
    { all: [{ fact: 'return.references', operator: 'doesNotContain', value: '1' }] },
    'the returned lines do not include "1"',
  ],
  [
    'one of the listed values in words',
    { all: [{ fact: 'event.problem', operator: 'equal', value: 'invoice_missing' }] },
    'what the customer reported is a missing invoice',
  ],
]

const cap = { maxFeeMinor: { SEK: 1000, EUR: 100 } }
const actionCases: readonly (readonly [type: string, params: Json, want: string])[] = [
  ['refund', { basis: 'returned_items' }, 'pay back the returned items'],
  [
    'refund',
    { basis: 'returned_items', stage: 'inspected', returnFeeMinor: 4900, description: 'Sorry!' },
    `pay back the returned items that were inspected, keeping a return fee of 49.00 in the order's currency, with the text "Sorry!"`,
  ],
  ['refund', { basis: 'remaining' }, 'pay back all that is left'],
  ['refund', { basis: 'amount', amountMinor: 5 }, "pay back 0.05 in the order's currency"],
  ['refund', { basis: 'percent', percent: 20 }, 'pay back 20 percent of the captured amount'],
  ['releaseAuthorization', {}, 'release what is authorized and not captured'],
  [
    'extendDueDate',
    { days: 1, ...cap },
    'extend the due date by 1 day at a fee of at most 1.00 EUR or 10.00 SEK',
  ],
  [
    'extendDueDate',
    { choose: 'cheapest', atLeastDays: 10, again: 'yes', ...cap },
    'extend the due date by the cheapest option of at least 10 days at a fee of at most 1.00 EUR or 10.00 SEK, also when it was extended before',
  ],
  ['addShippingInfo', {}, 'tell Klarna the parcels that the event carries'],
  [
    'addShippingInfo',
    { shippingInfo: [{ shippingCompany: 'PostNord', trackingNumber: '1' }, { trackingUri: 'u' }] },
    'tell Klarna of 2 parcels: (carrier "PostNord", tracking number "1"), (tracking page "u")',
  ],
  ['sendOut', {}, 'send the customer the invoice again'],
  ['extendAuthorization', {}, 'extend the authorization'],
  [
    'review',
    { question: 'Refund?', suggest: { type: 'refund', params: { basis: 'remaining' } } },
    'ask a person "Refund?", suggesting to pay back all that is left',
  ],
  ['notify', { channel: 'ops', message: 'Look.' }, 'send the message "Look." to ops'],
]

describe('a rule as one sentence', () => {
  it.each(conditionCases)('says %s', (_title, conditions, want) => {
    expect(render({ conditions })).toBe(
      `When a return is registered: if ${want}, then ask a person "Refund at once?" (live).`,
    )
  })

  it.each(actionCases)('says the action %s with %j', (type, params, want) => {
    expect(render({ event: { type, params } })).toBe(
      `When a return is registered: if the return's reason is damaged, then ${want} (live).`,
    )
  })

  it('says events in their order of life, and its brakes', () => {
    const on = ['shop.vip_called', 'return.received', 'return.registered']

    expect(render({ on, mode: 'approval', limits: { perOrder: 3, perDay: 9 } })).toBe(
      `When a return is registered, or a return is received, or the shop reports "vip_called": if the return's reason is damaged, then ask a person "Refund at once?" (waits for approval each time, at most 3 times per order, 9 a day).`,
    )
    expect(render({ mode: 'shadow', limits: { perOrder: 2 } })).toContain(
      '(shadow, only watches, at most twice per order).',
    )
    expect(render({ mode: 'draft', limits: { perDay: 5 } })).toContain(
      '(draft, never acts, at most 5 a day).',
    )
  })

  it('says amounts in the currency of an order', () => {
    const conditions = { all: [{ fact: 'return.valueMinor', operator: 'equal', value: 5000 }] }

    expect(render({ conditions }, { currency: 'SEK' })).toContain('is 50.00 SEK,')
  })

  it('calls facts of the shop by their sentence, and by their name where two have the same', () => {
    const facts = [
      defineFact({ name: 'customer.tier', type: 'text', sentence: 'how good {} they are' }),
      defineFact({ name: 'customer.vip', type: 'flag', sentence: 'same' }),
      defineFact({ name: 'shop.vip', type: 'flag', sentence: 'same' }),
    ]
    const made = createVocabulary(facts)
    if (!made.ok) throw new Error('the facts are good')
    const say = (fact: string, value: unknown) =>
      renderComparison({ fact, operator: 'equal', value }, made.value)

    expect(say('customer.tier', 'gold')).toBe('"how good {} they are" is gold')
    expect(say('customer.vip', true)).toBe('"same" (customer.vip) is yes')
    expect(say('shop.vip', false)).toBe('"same" (shop.vip) is no')
    expect(say('customer.gone', 'a')).toBe('the fact "customer.gone" is a')
  })
})

describe('the table of words', () => {
  it('has an entry for every built-in fact and no other', () => {
    expect(factsWithWords().toSorted()).toEqual(FACTS.map(({ name }) => name).toSorted())
  })

  it('says both ways of every flag and list, and a place for every value', () => {
    for (const { name, type } of FACTS) {
      const words = wordsOf(name, vocabulary)
      if (type === 'flag') expect([words.yes, words.no]).not.toContain(undefined)
      else if (type === 'textList') expect([words.has, words.lacks]).not.toContain(undefined)
      else expect(words.is).toContain('{}')
    }
  })

  it('uses no name that only files have', () => {
    for (const { name, type, values } of FACTS) {
      for (const operator of OPERATORS.filter((each) => each.types.includes(type))) {
        const value = type === 'integer' ? 1 : type === 'flag' ? true : (values?.[0] ?? 'x')
        const wanted = operator.takes === 'list' ? [value] : value
        const said = renderComparison(
          { fact: name, operator: operator.name, value: wanted },
          vocabulary,
        )

        expect(said).not.toMatch(/[a-z]\.[a-z]|[a-z][A-Z]|_/)
      }
    }
  })

  it('says events that it does not know', () => {
    expect(sayEvent('toString')).toBe('the shop reports "toString"')
  })
})
