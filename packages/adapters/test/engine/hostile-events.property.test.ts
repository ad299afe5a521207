import { captureBooks, parseEvent, type ReportedEvent } from '@postdelivery/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACTIONS, type Captured, DAY_MS, type RuleSpec } from './builders.ts'
import { aRig } from './rig.ts'

/** Texts that a shape lets pass and that something behind it may not like. */
const id = fc.oneof(
  fc.constantFrom(
    'order-1',
    'a b',
    'å'.repeat(200),
    '💥'.repeat(100),
    '../x',
    '%2e%2e',
    '{"a":1}',
    '__proto__',
  ),
  fc.string({ minLength: 1, maxLength: 200 }),
)
const amount = fc.oneof(fc.constantFrom(0, 1, 3, 6000, 200_000_000), fc.nat({ max: 20_000 }))
/** So that something is left to pay back. */
const small = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat({ max: 500 }) },
  amount,
)
const signed = fc.oneof(
  amount,
  amount.map((value) => -value),
)
const quantity = fc.oneof(fc.constantFrom(0, 1, 3, 1_000_000), fc.nat({ max: 10 }))
/** Mostly what shops send, now and then what nobody should: else no history gets far. */
const mostly = <Value>(sane: Value, ...odd: readonly Value[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(sane) }, fc.constantFrom(...odd))
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })

/** Lines as shops send them, beside those that nobody would. */
const saneLine = fc
  .record({
    reference: fc.constantFrom('a', 'b'),
    name: fc.constant('Tomatoes'),
    quantity: fc.integer({ min: 1, max: 10 }),
    unitPriceMinor: fc.constantFrom(100, 333, 600),
    totalDiscountMinor: fc.constantFrom(0, 1, 50),
    taxRateBasisPoints: fc.constantFrom(0, 2500),
  })
  .map((each) => ({
    ...each,
    totalMinor: each.quantity * each.unitPriceMinor - each.totalDiscountMinor,
  }))
const oddLine = fc.record({
  reference: fc.constantFrom('a', 'b', 'return_fee'),
  name: fc.constantFrom('Tomatoes', 'x'.repeat(255)),
  type: maybe(fc.constantFrom('physical', 'discount', 'sales_tax', 'return_fee')),
  quantity,
  unitPriceMinor: signed,
  totalDiscountMinor: maybe(amount),
  totalMinor: signed,
  taxRateBasisPoints: maybe(fc.constantFrom(0, 2500, 10_000)),
  totalTaxMinor: maybe(signed),
})
const capture = fc.record({
  captureId: fc.constantFrom('c1', 'c2', 'å'.repeat(200)),
  capturedMinor: amount,
  capturedAt: fc.constantFrom('2026-11-14T08:00:00Z', '1970-01-01T00:00:00Z'),
  refundedMinor: maybe(small),
  lines: fc.array(fc.oneof({ weight: 3, arbitrary: saneLine }, oddLine), { maxLength: 4 }),
  dueOn: maybe(mostly<string | null>('2026-12-14', null, '2999-12-31', '9999-12-31', '0001-01-01')),
  returnWindowEndsOn: maybe(mostly('2026-12-10', '2999-12-31', '9999-12-31')),
  shippingInfo: maybe(fc.array(fc.record({ trackingNumber: maybe(fc.string({ minLength: 1 })) }))),
})
const captured = fc.record({
  type: fc.constant('order.captured'),
  order: fc.record({
    currency: mostly('SEK', 'eur', 'JPY', '123', 'S€K'),
    country: maybe(mostly('SE', 'xx', '??')),
    paymentMethod: maybe(mostly('INVOICE', 'CARD', '')),
    payLater: maybe(fc.boolean()),
    klarnaStatus: maybe(fc.constantFrom('CLOSED', 'x')),
    authorizedMinor: amount,
    remainingAuthorizedMinor: amount,
    authorizationExpiresAt: maybe(fc.constantFrom(null, '2026-12-20T08:00:00Z')),
    refundedMinor: maybe(small),
    customer: maybe(fc.dictionary(fc.string({ maxLength: 5 }), fc.boolean())),
  }),
  captures: fc.array(capture, { minLength: 1, maxLength: 3 }),
})
const captureId = maybe(fc.constantFrom('c1', 'c2', 'å'.repeat(200), 'none'))
const others = fc.oneof(
  fc.record({
    type: fc.constantFrom('return.registered', 'return.received', 'return.inspected'),
    returnId: fc.constantFrom('R', '__proto__'),
    captureId,
    reason: maybe(fc.oneof(fc.string(), fc.constantFrom('\ud800', 'a\u0000b'))),
    lines: fc.array(fc.record({ reference: fc.constantFrom('a', 'b', 'c'), quantity }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  fc.record({
    type: fc.constant('action.requested'),
    captureId,
    returnId: maybe(fc.constantFrom('R', 'S')),
    by: fc.string({ minLength: 1, maxLength: 10 }),
    why: fc.constantFrom('x'),
    action: fc.record({
      type: fc.constantFrom(...Object.values(ACTIONS).map((each) => each.type), 'review', 'notify'),
      params: maybe(
        fc.oneof(
          fc.constantFrom(...Object.values(ACTIONS).map((each) => each.params as object)),
          fc.record({ basis: fc.constant('percent'), percent: fc.integer({ min: 1, max: 100 }) }),
          fc.record({ basis: fc.constant('remaining'), returnFeeMinor: amount }),
          fc.record({ basis: fc.constant('returned_items') }),
          fc.dictionary(fc.string(), fc.anything()),
        ),
      ),
    }),
  }),
  fc.record({
    type: fc.constant('shipment.dispatched'),
    captureId,
    shippingInfo: fc.array(fc.record({ trackingNumber: maybe(fc.string({ minLength: 1 })) }), {
      minLength: 1,
    }),
  }),
  fc.record({
    type: fc.constant('shipment.delivered'),
    captureId,
    deliveredAt: fc.constantFrom('2026-12-01T00:00:00Z', '9999-12-31T23:59:59Z'),
  }),
  fc.record({ type: fc.constant('customer.reported'), captureId, problem: fc.constant('damaged') }),
  fc.record({ type: fc.constantFrom('delivery.accepted', 'order.observed', 'shop.own') }),
)
const head = fc.record({
  id: fc.oneof(fc.string({ minLength: 1, maxLength: 200 }), fc.constantFrom('\udc00', 'x', 'y')),
  at: fc.constantFrom('2026-12-08T08:00:00Z', '1970-01-01T00:00:00Z', '2999-12-31T23:59:59.999Z'),
})
const withHead = (rest: fc.Arbitrary<object>) =>
  fc
    .tuple(head, rest)
    .map(([first, rest]) => JSON.parse(JSON.stringify({ ...first, ...rest })) as object)

/** Most histories begin with an order. */
const histories = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: withHead(captured) }, withHead(others)),
    fc.array(withHead(fc.oneof({ weight: 4, arbitrary: others }, captured)), { maxLength: 8 }),
  )
  .map(([first, rest]) => [first, ...rest])

const RULES: readonly RuleSpec[] = [
  'order.captured',
  'return.received',
  'return.inspected',
  'shipment.dispatched',
  'shipment.delivered',
  'customer.reported',
  'delivery.accepted',
  'shop.own',
  'deadline.approaching',
].flatMap((on) => [
  { on, name: `${on} items`, action: { type: 'refund', params: { basis: 'returned_items' } } },
  { on, name: `${on} half`, action: { type: 'refund', params: { basis: 'percent', percent: 50 } } },
  ...Object.values(ACTIONS).map((action) => ({ on, action })),
])

/** More of them for a release: `POSTDELIVERY_HISTORIES=10000`. */
const runCount = Number(process.env['POSTDELIVERY_HISTORIES'] ?? 60)

test('no event that the public door lets in makes the engine throw, loop or break the books', async () => {
  let acceptedCount = 0
  let refundCount = 0
  await fc.assert(
    fc.asyncProperty(id, histories, async (orderId, events) => {
      const rig = await aRig({ rules: RULES })
      for (const each of events) {
        const parsed = parseEvent({ ...each, orderId })
        if (!parsed.ok) continue
        acceptedCount += 1
        const reported: ReportedEvent = parsed.value
        if (reported.type === 'order.captured' && (await rig.store.order(orderId)) === undefined)
          rig.klarna.open(reported as Captured)
        await rig.tell(reported)
      }
      await rig.play(8 * DAY_MS)

      // A defect would be put off like a source that is down; here it must not come to that.
      const defects = rig.records.filter((each) => each.attributes?.['code'] === 'deciding_failed')
      expect(defects).toEqual([])
      const stored = await rig.store.order(orderId)
      if (stored === undefined) return
      const order = await rig.order(orderId)
      for (const capture of order.captures) {
        const { refundedMinor, reservedMinor, capturedMinor } = captureBooks(order, capture)
        expect(refundedMinor + reservedMinor).toBeLessThanOrEqual(capturedMinor)
      }
      for (const { command } of order.commands) {
        if (command.body.operation !== 'refundOrder') continue
        const totals = command.body.lines.map((each) => each.totalMinor)
        expect(totals.reduce((all, each) => all + each, 0)).toBe(command.body.refundMinor)
        refundCount += 1
      }
      await rig.store.close()
    }),
    { numRuns: runCount },
  )
  // A generator that reaches nothing proves nothing.
  expect(acceptedCount).toBeGreaterThan(runCount)
  expect(refundCount).toBeGreaterThan(runCount / 20)
}, 600_000)
