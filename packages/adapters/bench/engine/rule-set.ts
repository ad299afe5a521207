/** Five rules that are awake on the cycle's event; the first fires, the others are asked and do not. */
import type { RuleBook } from '@postdelivery/core'
import { builtInVocabulary, createRuleBook, validateRuleSet } from '@postdelivery/rules'

interface Condition {
  readonly fact: string
  readonly operator: string
  readonly value: unknown
}

const rule = (name: string, all: readonly Condition[], event: object) => ({
  name,
  on: ['shipment.dispatched'],
  mode: 'live',
  conditions: { all },
  event,
})

const review = (question: string) => ({ type: 'review', params: { question } })

const RULE_SET = {
  name: 'parcels',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [
    rule(
      'Tell Klarna the parcels',
      [
        { fact: 'order.currency', operator: 'equal', value: 'SEK' },
        { fact: 'capture.capturedMinor', operator: 'greaterThan', value: 0 },
      ],
      { type: 'addShippingInfo', params: {} },
    ),
    rule(
      'Ask about large orders',
      [{ fact: 'order.capturedMinor', operator: 'greaterThan', value: 1_000_000 }],
      review('Send this one insured?'),
    ),
    rule(
      'Ask about refunded orders',
      [
        { fact: 'order.refundedMinor', operator: 'greaterThan', value: 0 },
        { fact: 'order.payLater', operator: 'equal', value: true },
      ],
      review('Why is it sent although it was paid back?'),
    ),
    rule(
      'Ask about foreign orders',
      [
        { fact: 'order.country', operator: 'notIn', value: ['SE', 'NO', 'DK', 'FI'] },
        { fact: 'order.captureCount', operator: 'greaterThanInclusive', value: 1 },
      ],
      review('Are the customs papers with it?'),
    ),
    rule(
      'Ask about late parcels',
      [
        { fact: 'time.daysSinceCapture', operator: 'greaterThan', value: 10_000 },
        { fact: 'capture.tracked', operator: 'equal', value: false },
      ],
      review('Where has it been?'),
    ),
  ],
}

/** The rule book as merchants have it: both evaluators are asked, and only what they agree on acts. */
export function benchRuleBook(): RuleBook {
  const vocabulary = builtInVocabulary()
  const check = validateRuleSet(JSON.stringify(RULE_SET), vocabulary)
  if (!check.ok) throw new Error(JSON.stringify(check))
  const book = createRuleBook(vocabulary, [check.ruleSet])
  if (!book.ok) throw new Error(JSON.stringify(book.error))
  return book.value
}
