/** The shop's rules, as merchants write them: one for each kind of call that Klarna can be asked for after delivery. */
import type { RuleBook } from '@postdelivery/core'
import { builtInVocabulary, createRuleBook, validateRuleSet } from '@postdelivery/rules'

const rule = (name: string, on: string, fact: string, value: unknown, event: object) => ({
  name,
  on: [on],
  mode: 'live',
  conditions: {
    all: [
      { fact: 'order.currency', operator: 'equal', value: 'SEK' },
      { fact, operator: 'equal', value },
    ],
  },
  event,
})

const RULE_SET = {
  name: 'shop',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [
    rule('Tell Klarna the parcels', 'shipment.dispatched', 'order.country', 'SE', {
      type: 'addShippingInfo',
      params: {},
    }),
    rule('Damaged: more time to pay', 'return.registered', 'return.reason', 'damaged', {
      type: 'extendDueDate',
      params: { days: 10, maxFeeMinor: { SEK: 1000 } },
    }),
    rule('Damaged goods are back', 'return.received', 'return.reason', 'damaged', {
      type: 'refund',
      params: { basis: 'returned_items', stage: 'received' },
    }),
    rule('Send the invoice again', 'customer.reported', 'order.payLater', true, {
      type: 'sendOut',
      params: {},
    }),
    rule('Nothing more is sent', 'shipment.delivered', 'order.country', 'SE', {
      type: 'releaseAuthorization',
      params: {},
    }),
  ],
}

/** The rule book over the shop's rules. Throws: when the rules are wrong, which is a defect of this file. */
export function shopRuleBook(): RuleBook {
  const vocabulary = builtInVocabulary()
  const check = validateRuleSet(JSON.stringify(RULE_SET), vocabulary)
  if (!check.ok) throw new Error(JSON.stringify(check))
  const book = createRuleBook(vocabulary, [check.ruleSet])
  if (!book.ok) throw new Error(JSON.stringify(book.error))
  return book.value
}
