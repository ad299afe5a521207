/** Orders, events, rules and settings for tests of the engine: the guide's order unless a test says otherwise. */
import {
  type ActionType,
  addMs,
  DEFAULT_UNUSUAL_RATE,
  type Facts,
  type IsoInstant,
  type PublicEvent,
  plainDate,
  type RuleBook,
  type RuleVerdict,
  type Settings,
} from '@postdelivery/core'

/** Wide limits, approval for nobody. */
export const SETTINGS: Settings = {
  timeZone: 'Europe/Stockholm',
  limits: {
    perCommand: { refundMaxMinor: { SEK: 1_000_000 }, extensionFeeMaxMinor: { SEK: 10_000 } },
    perOrder: {
      commandMaxCount: 1000,
      refundMaxMinor: { SEK: 1_000_000 },
      extensionFeeMaxMinor: { SEK: 1_000_000_000 },
    },
    perRuleAndDay: {
      commandMaxCount: 100_000,
      refundMaxMinor: { SEK: 1_000_000_000 },
      extensionFeeMaxMinor: { SEK: 1_000_000_000 },
    },
    perMerchantAndDay: {
      commandMaxCount: 1_000_000,
      refundMaxMinor: { SEK: 1_000_000_000 },
      extensionFeeMaxMinor: { SEK: 1_000_000_000 },
    },
  },
  approval: {
    refundAboveMinor: { SEK: 1_000_000 },
    extensionFeeAboveMinor: { SEK: 10_000 },
    approvers: 1,
    expiresAfterHours: 24,
  },
  deadlineDays: { due_date: [], authorization_expiry: [], return_window: [] },
  unusualRate: DEFAULT_UNUSUAL_RATE,
  observe: false,
}

/** What a test's rule asks for, by the type of the event that wakes it. */
export interface TestRule {
  readonly on: string
  readonly type: ActionType
  readonly params?: Readonly<Record<string, unknown>>
  readonly mode?: RuleVerdict['mode']
}

export const REFUND_RETURNED: TestRule = {
  on: 'return.received',
  type: 'refund',
  params: { basis: 'returned_items' },
}
export const TELL_PARCELS: TestRule = { on: 'shipment.dispatched', type: 'addShippingInfo' }

/** Rules that fire whenever their event comes. `onEvaluate` may throw, to break a decision. */
export const aRuleBook = (
  rules: readonly TestRule[],
  onEvaluate: (eventType: string, facts: Facts) => void = () => {},
): RuleBook => ({
  inForce: () => ({
    ruleSets: [
      { name: 'test', version: '1', hash: 'h'.repeat(64), hitPolicy: 'collect', publishedBy: null },
    ],
    evaluator: 'always true',
    factsWanted: () => [],
    factsNeeded: () => [],
    limitsOf: () => ({}),
    async evaluate(eventType, facts) {
      onEvaluate(eventType, facts)
      return rules
        .filter(({ on }) => on === eventType)
        .map(({ type, params = {}, mode = 'live' }, index) => ({
          ruleSet: 'test',
          rule: `${type} ${index}`,
          mode,
          priority: 1,
          verdict: 'true',
          trace: null,
          action: { type, params },
        }))
    },
  }),
})

type EventOf<Type extends PublicEvent['type']> = Extract<PublicEvent, { readonly type: Type }>

/** An order to tell events about. */
export interface OrderRef {
  readonly orderId: string
  readonly captureId: string
}

/** The registration of the guide's order: 10 kg tomatoes at 6.00, 80.00 authorized, 60.00 captured. */
export const captured = (
  { orderId, captureId }: OrderRef,
  at: IsoInstant,
  rest: { readonly id?: string; readonly dueOn?: string } = {},
): EventOf<'order.captured'> => ({
  id: rest.id ?? 'captured-1',
  type: 'order.captured',
  orderId,
  at,
  order: {
    currency: 'SEK',
    country: 'SE',
    paymentMethod: 'INVOICE',
    payLater: true,
    authorizedMinor: 8000,
    remainingAuthorizedMinor: 2000,
  },
  captures: [
    {
      captureId,
      capturedMinor: 6000,
      capturedAt: addMs(at, -8 * 86_400_000),
      lines: [
        {
          reference: '123050',
          name: 'Tomatoes',
          type: 'physical',
          quantity: 10,
          unitPriceMinor: 600,
          totalMinor: 6000,
          taxRateBasisPoints: 2500,
          totalTaxMinor: 1200,
        },
      ],
      ...(rest.dueOn === undefined ? {} : { dueOn: plainDate(rest.dueOn) }),
    },
  ],
})

/** Half of the tomatoes came back. */
export const returned = (
  { orderId, captureId }: OrderRef,
  at: IsoInstant,
  rest: { readonly id?: string; readonly returnId?: string; readonly quantity?: number } = {},
): EventOf<'return.received'> => ({
  id: rest.id ?? 'return-1',
  type: 'return.received',
  orderId,
  captureId,
  at,
  returnId: rest.returnId ?? 'R-1',
  reason: 'damaged',
  lines: [{ reference: '123050', quantity: rest.quantity ?? 5 }],
})

/** A parcel left. */
export const dispatched = (
  { orderId, captureId }: OrderRef,
  at: IsoInstant,
  trackingNumber = 'T-1',
): EventOf<'shipment.dispatched'> => ({
  id: `dispatched-${trackingNumber}`,
  type: 'shipment.dispatched',
  orderId,
  captureId,
  at,
  shippingInfo: [{ shippingCompany: 'PostNord', shippingMethod: 'Home', trackingNumber }],
})
