/** Tries all packed packages on the Node.js that runs this: an order is refunded at the twin, durably, by a rule. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@postdelivery/adapters/embedded'
import '@postdelivery/adapters/klarna'
import '@postdelivery/adapters/opentelemetry'
import '@postdelivery/adapters/pino'
import { createPostDelivery, rulesFromText } from 'postdelivery'
import 'postdelivery/klarna'
import 'postdelivery/opentelemetry'
import 'postdelivery/pino'
import { sqlite } from 'postdelivery/sqlite'
import { sampleOrderId, startTwin } from 'postdelivery/testing'

const rules = JSON.stringify({
  name: 'returns',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [
    {
      name: 'Damaged goods',
      on: ['return.received'],
      mode: 'live',
      conditions: { all: [{ fact: 'return.reason', operator: 'equal', value: 'damaged' }] },
      event: { type: 'refund', params: { basis: 'returned_items' } },
      limits: { perOrder: 1 },
    },
  ],
})
const amounts = { SEK: 1_000_000 }
const folder = mkdtempSync(join(tmpdir(), 'postdelivery-packed-'))
const twin = await startTwin()
const orderId = sampleOrderId('guide')
const captureId = twin.orders.find((order) => order.orderId === orderId)?.captureIds[0]
const postDelivery = await createPostDelivery({
  klarna: {
    baseUrl: twin.url,
    credentials: () => ({ username: twin.username, password: twin.password }),
  },
  store: sqlite(join(folder, 'orders.db')),
  rules: rulesFromText({ 'returns.rules.json': rules }),
  timeZone: 'Europe/Stockholm',
  limits: {
    perCommand: { refundMaxMinor: amounts, extensionFeeMaxMinor: amounts },
    perOrder: { refundMaxMinor: amounts, extensionFeeMaxMinor: amounts, commandMaxCount: 10 },
    perRuleAndDay: {
      commandMaxCount: 10,
      refundMaxMinor: amounts,
      extensionFeeMaxMinor: amounts,
    },
    perMerchantAndDay: {
      commandMaxCount: 10,
      refundMaxMinor: amounts,
      extensionFeeMaxMinor: amounts,
    },
  },
  approval: {
    refundAboveMinor: amounts,
    extensionFeeAboveMinor: amounts,
    approvers: 1,
    expiresAfterHours: 1,
  },
})
try {
  await (await postDelivery.track(orderId)).settled
  const before = twin.books(orderId).refundedMinor
  const receipt = await postDelivery.submit({
    id: 'wms-1',
    type: 'return.received',
    orderId,
    captureId,
    at: new Date().toISOString(),
    returnId: 'R-1',
    reason: 'damaged',
    lines: [{ reference: '123050', quantity: 1 }],
  })
  const settled = await receipt.settled
  assert.deepEqual(
    settled.commands.map(({ state }) => state),
    ['confirmed'],
  )
  assert.ok(twin.books(orderId).refundedMinor > before)
} finally {
  await postDelivery.close()
  await twin.close()
  rmSync(folder, { recursive: true })
}
