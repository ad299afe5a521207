/** Replayed orders for tests of the tally, small and random. */
import type { Limits } from '@postdelivery/core'
import type { ReplayedAction, ReplayedDecision, ReplayedOrder } from '@postdelivery/rules'
import fc from 'fast-check'

export const anAction = (changes: Partial<ReplayedAction> = {}): ReplayedAction => ({
  rule: 'returns/Pay back',
  type: 'refund',
  outcome: 'queued',
  why: '',
  commandCount: 1,
  refundMinor: 1000,
  feeMinor: 0,
  ...changes,
})

export const aDecision = (
  actions: readonly ReplayedAction[] = [anAction()],
  changes: Partial<ReplayedDecision> = {},
): ReplayedDecision => ({
  eventId: 'e-1',
  eventType: 'return.received',
  on: '2026-03-01',
  actions,
  ...changes,
})

export const anOrder = (changes: Partial<ReplayedOrder> = {}): ReplayedOrder => ({
  orderId: 'o-1',
  currency: 'SEK',
  firstOn: '2026-02-01',
  lastOn: '2026-03-01',
  eventCount: 2,
  before: [],
  after: [],
  source: '{}',
  ...changes,
})

export const limits: Limits = {
  perCommand: { refundMaxMinor: { SEK: 9000 }, extensionFeeMaxMinor: { SEK: 900 } },
  perOrder: {
    commandMaxCount: 5,
    refundMaxMinor: { SEK: 9000 },
    extensionFeeMaxMinor: { SEK: 900 },
  },
  perRuleAndDay: {
    commandMaxCount: 2,
    refundMaxMinor: { SEK: 2500 },
    extensionFeeMaxMinor: { SEK: 900 },
  },
  perMerchantAndDay: {
    commandMaxCount: 3,
    refundMaxMinor: { SEK: 100_000 },
    extensionFeeMaxMinor: { SEK: 900 },
  },
}

const actions = fc.record({
  rule: fc.constantFrom('returns/A', 'returns/B', null),
  type: fc.constantFrom('refund', 'extendDueDate', 'review'),
  outcome: fc.constantFrom('queued', 'awaiting_approval', 'refused', 'not_live', 'superseded'),
  why: fc.constantFrom('', 'limit:order:refund'),
  commandCount: fc.integer({ min: 0, max: 2 }),
  refundMinor: fc.integer({ min: 0, max: 3 }),
  feeMinor: fc.integer({ min: 0, max: 3 }),
}) as fc.Arbitrary<ReplayedAction>

const decisions = fc.uniqueArray(
  fc.record({
    eventId: fc.constantFrom('e-1', 'e-2', 'e-3'),
    eventType: fc.constant('return.received'),
    on: fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-03'),
    actions: fc.array(actions, { maxLength: 3 }),
  }),
  { selector: ({ eventId }) => eventId, maxLength: 3 },
)

/** Orders with few ids and amounts, so that ties between examples are frequent. The source of an order says all of it. */
export const orders: fc.Arbitrary<ReplayedOrder> = fc
  .record({
    orderId: fc.constantFrom('o-1', 'o-2', 'o-3'),
    currency: fc.constantFrom('SEK', 'EUR'),
    firstOn: fc.constantFrom('2026-02-01', '2026-02-03'),
    lastOn: fc.constantFrom('2026-03-01', '2026-03-04'),
    eventCount: fc.integer({ min: 1, max: 4 }),
    before: decisions,
    after: decisions,
  })
  .map((order) => ({ ...order, source: JSON.stringify(order) }))
