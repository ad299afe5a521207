/** Tries the packed core and rules on the Node.js that runs this: a rule set is checked and asked, an order is stepped. */
import assert from 'node:assert/strict'
import * as core from '@postdelivery/core'
import * as rules from '@postdelivery/rules'

const text = JSON.stringify({
  name: 'returns',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [
    {
      name: 'Damaged goods',
      on: ['return.registered'],
      mode: 'live',
      conditions: { all: [{ fact: 'return.reason', operator: 'equal', value: 'damaged' }] },
      event: { type: 'refund', params: { basis: 'returned_items' } },
      limits: { perOrder: 1 },
    },
  ],
})
const vocabulary = rules.builtInVocabulary()
const check = rules.validateRuleSet(text, vocabulary)
assert.deepEqual(check.issues, [])
const book = rules.createRuleBook(vocabulary, [check.ruleSet])
assert.ok(book.ok)
const [verdict] = await book.value
  .inForce()
  .evaluate('return.registered', { 'event.type': 'return.registered', 'return.reason': 'damaged' })
assert.equal(verdict?.verdict, 'true')

const captured = core.parseEvent({
  id: 'shop-1',
  type: 'order.captured',
  orderId: 'order-1',
  at: '2026-11-24T08:00:00Z',
  order: { currency: 'SEK', authorizedMinor: 8000, remainingAuthorizedMinor: 2000 },
  captures: [
    {
      captureId: 'capture-1',
      capturedMinor: 6000,
      capturedAt: '2026-11-24T08:00:00Z',
      lines: [
        {
          reference: '123050',
          name: 'Tomatoes',
          quantity: 10,
          unitPriceMinor: 600,
          totalMinor: 6000,
        },
      ],
    },
  ],
})
assert.ok(captured.ok)
const applied = core.applyEvent(null, captured.value, core.instant('2026-11-24T08:00:01Z'))
assert.ok(applied.ok)
const stored = core.encodeSnapshot(applied.value.order)
assert.equal(core.orderWord(core.decodeSnapshot(stored)), 'captured')
