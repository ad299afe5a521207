/** Events, rules and settings of the engine's stories: the guide's order unless a story says otherwise. */
import {
  type ActionType,
  type CaptureDetails,
  DEFAULT_UNUSUAL_RATE,
  type Facts,
  type HitPolicy,
  instant,
  type OrderLine,
  type PublicEvent,
  type ReportedEvent,
  type RuleBook,
  type RuleLimits,
  type RuleMode,
  type RuleVerdict,
  type Settings,
} from '@postdelivery/core'

export const T0 = instant('2026-12-08T08:00:00Z')
export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

export const ORDER_ID = 'order-1'
const CAPTURE_ID = 'capture-1'

export const TOMATOES: OrderLine = {
  reference: '123050',
  name: 'Tomatoes',
  type: 'physical',
  quantity: 10,
  unitPriceMinor: 600,
  totalMinor: 6000,
  taxRateBasisPoints: 2500,
  totalTaxMinor: 1200,
}

export const aCapture = (changes: Partial<CaptureDetails> = {}): CaptureDetails => ({
  captureId: CAPTURE_ID,
  capturedMinor: 6000,
  capturedAt: instant('2026-11-14T08:00:00Z'),
  lines: [TOMATOES],
  ...changes,
})

export type Captured = Extract<PublicEvent, { readonly type: 'order.captured' }>

/** Registers an order of 80.00 of which 60.00 is captured; it has no deadline unless a story gives it one. */
export const captured = (
  changes: {
    readonly id?: string
    readonly orderId?: string
    readonly at?: Captured['at']
    readonly order?: Partial<Captured['order']>
    readonly captures?: readonly CaptureDetails[]
  } = {},
): Captured => ({
  id: changes.id ?? 'shop-1',
  type: 'order.captured',
  orderId: changes.orderId ?? ORDER_ID,
  at: changes.at ?? T0,
  order: {
    currency: 'SEK',
    country: 'SE',
    paymentMethod: 'INVOICE',
    authorizedMinor: 8000,
    remainingAuthorizedMinor: 2000,
    ...changes.order,
  },
  captures: changes.captures ?? [aCapture()],
})

type Returned = Extract<PublicEvent, { readonly type: 'return.received' }>

/** Five of ten tomatoes come back: 30.00. */
export const returned = (changes: Partial<Returned> = {}): Returned => ({
  id: 'wms-1',
  type: 'return.received',
  orderId: ORDER_ID,
  at: T0,
  captureId: CAPTURE_ID,
  returnId: 'R-1',
  reason: 'damaged',
  lines: [{ reference: '123050', quantity: 5 }],
  ...changes,
})

/** An action that a person asks for. */
export const asked = (
  type: ActionType,
  params: Readonly<Record<string, unknown>> = {},
  changes: Partial<Extract<PublicEvent, { readonly type: 'action.requested' }>> = {},
): ReportedEvent => ({
  id: `ask-${type}`,
  type: 'action.requested',
  orderId: ORDER_ID,
  at: T0,
  captureId: CAPTURE_ID,
  by: 'agent@shop.example',
  why: 'the customer called',
  action: { type, params },
  ...changes,
})

/** A merchant's own event, which changes nothing by itself. */
export const told = (name: string, changes: { readonly orderId?: string } = {}): ReportedEvent => ({
  id: `own-${name}`,
  type: `shop.${name}`,
  orderId: changes.orderId ?? ORDER_ID,
  at: T0,
  captureId: CAPTURE_ID,
})

/** What six rules ask for, one per operation, with what the action needs. */
export const ACTIONS = {
  refund: { type: 'refund', params: { basis: 'amount', amountMinor: 1000 } },
  release: { type: 'releaseAuthorization', params: {} },
  extend: { type: 'extendDueDate', params: { choose: 'longest', maxFeeMinor: { SEK: 1000 } } },
  ship: {
    type: 'addShippingInfo',
    params: { shippingInfo: [{ shippingCompany: 'PostNord', trackingNumber: 'PN-1' }] },
  },
  sendOut: { type: 'sendOut', params: {} },
  extendAuthorization: { type: 'extendAuthorization', params: {} },
} as const satisfies Record<string, RuleSpec['action']>

/** One rule of a story. */
export interface RuleSpec {
  readonly on: string
  readonly action: {
    readonly type: ActionType
    readonly params: Readonly<Record<string, unknown>>
  }
  readonly name?: string
  readonly mode?: RuleMode
  readonly needs?: readonly string[]
  readonly limits?: RuleLimits
  /** Default: it fires. */
  readonly when?: (facts: Facts) => RuleVerdict['verdict']
}

/** A rule book over plain functions, so that a story says what its rules do. */
export const ruleBook = (
  rules: readonly RuleSpec[],
  set: { readonly hitPolicy?: HitPolicy; readonly version?: string } = {},
): RuleBook => {
  const nameOf = (rule: RuleSpec) => rule.name ?? `${rule.on}: ${rule.action.type}`
  const namesOf = (type: string, isActing: boolean) =>
    rules
      .filter((rule) => rule.on === type)
      .filter((rule) => ['live', 'approval'].includes(rule.mode ?? 'live') === isActing)
      .flatMap((rule) => rule.needs ?? [])
  return {
    inForce: () => ({
      ruleSets: [
        {
          name: 'stories',
          version: set.version ?? '1',
          hash: `hash of ${set.version ?? '1'}`,
          hitPolicy: set.hitPolicy ?? 'collect',
          publishedBy: 'ops@shop.example',
        },
      ],
      evaluator: 'stories 1',
      factsNeeded: (type) => namesOf(type, true),
      factsWanted: (type) => namesOf(type, false),
      limitsOf: (_, name) => rules.find((rule) => nameOf(rule) === name)?.limits ?? {},
      evaluate: async (type, facts) =>
        rules
          .filter((rule) => rule.on === type)
          .map((rule) => ({
            ruleSet: 'stories',
            rule: nameOf(rule),
            mode: rule.mode ?? 'live',
            priority: 1,
            verdict: rule.when?.(facts) ?? 'true',
            trace: null,
            action: rule.action,
          })),
    }),
  }
}

export const SETTINGS: Settings = {
  timeZone: 'Europe/Stockholm',
  limits: {
    perCommand: { refundMaxMinor: { SEK: 100_000 }, extensionFeeMaxMinor: { SEK: 5_000 } },
    perOrder: {
      commandMaxCount: 50,
      refundMaxMinor: { SEK: 200_000 },
      extensionFeeMaxMinor: { SEK: 100_000 },
    },
    perRuleAndDay: {
      commandMaxCount: 100,
      refundMaxMinor: { SEK: 1_000_000 },
      extensionFeeMaxMinor: { SEK: 100_000 },
    },
    perMerchantAndDay: {
      commandMaxCount: 1000,
      refundMaxMinor: { SEK: 5_000_000 },
      extensionFeeMaxMinor: { SEK: 100_000 },
    },
  },
  approval: {
    refundAboveMinor: { SEK: 50_000 },
    extensionFeeAboveMinor: { SEK: 5_000 },
    approvers: 1,
    expiresAfterHours: 24,
  },
  deadlineDays: { due_date: [7, 3, 1], authorization_expiry: [7, 1], return_window: [3] },
  unusualRate: DEFAULT_UNUSUAL_RATE,
  observe: false,
}
