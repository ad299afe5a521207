/** Builders of orders, events and decisions for tests: the guide's order unless a test says otherwise. */
import {
  type ActionType,
  applyEvent,
  type CaptureDetails,
  type Command,
  canonicalJson,
  DEFAULT_UNUSUAL_RATE,
  type DueDateOptions,
  type EngineEvent,
  instant,
  type OrderEvent,
  type OrderLine,
  type OrderState,
  type PreparedRequest,
  type PublicEvent,
  type RuleMode,
  type RulesInForce,
  type RuleVerdict,
  type Settings,
  type Settled,
  type SettleInput,
  settleDecision,
  sha256Hex,
} from '@postdelivery/core'

export const T0 = instant('2026-12-08T08:00:00Z')

export const tomatoes: OrderLine = {
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
  captureId: 'capture-1',
  capturedMinor: 6000,
  capturedAt: instant('2026-11-14T08:00:00Z'),
  lines: [tomatoes],
  dueOn: '2026-12-14' as NonNullable<CaptureDetails['dueOn']>,
  ...changes,
})

type Captured = Extract<PublicEvent, { readonly type: 'order.captured' }>

export const captured = (
  changes: {
    readonly order?: Partial<Captured['order']>
    readonly captures?: readonly CaptureDetails[]
    readonly id?: string
    readonly at?: Captured['at']
  } = {},
): Captured => ({
  id: changes.id ?? 'shop-1',
  type: 'order.captured',
  orderId: 'order-1',
  at: changes.at ?? T0,
  order: {
    currency: 'SEK',
    country: 'SE',
    paymentMethod: 'INVOICE',
    authorizedMinor: 8000,
    remainingAuthorizedMinor: 2000,
    authorizationExpiresAt: instant('2026-12-20T08:00:00Z'),
    ...changes.order,
  },
  captures: changes.captures ?? [aCapture()],
})

/** Applies events in turn; a refusal fails the test. */
export function apply(order: OrderState | null, ...events: readonly EngineEvent[]): OrderState {
  return events.reduce<OrderState | null>((state, event) => {
    const applied = applyEvent(state, event, event.at)
    if (!applied.ok) throw new Error(`refused: ${canonicalJson(applied.error)}`)
    return applied.value.order
  }, order) as OrderState
}

export const anOrder = (changes: Parameters<typeof captured>[0] = {}): OrderState =>
  apply(null, captured(changes))

type Returned = Extract<PublicEvent, { readonly type: 'return.received' }>

export const returned = (
  changes: Partial<Omit<Returned, 'type'>> & {
    readonly type?: 'return.registered' | 'return.received' | 'return.inspected'
  } = {},
): OrderEvent =>
  ({
    id: 'wms-881',
    type: 'return.received',
    orderId: 'order-1',
    at: T0,
    returnId: 'R-881',
    reason: 'damaged',
    lines: [{ reference: '123050', quantity: 5 }],
    ...changes,
  }) as OrderEvent

export const settings: Settings = {
  timeZone: 'Europe/Stockholm',
  limits: {
    perCommand: { refundMaxMinor: { SEK: 100_000 }, extensionFeeMaxMinor: { SEK: 5_000 } },
    perOrder: {
      commandMaxCount: 20,
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
    extensionFeeAboveMinor: { SEK: 2_000 },
    approvers: 1,
    expiresAfterHours: 24,
  },
  deadlineDays: { due_date: [7, 3, 1], authorization_expiry: [7, 1], return_window: [3] },
  unusualRate: DEFAULT_UNUSUAL_RATE,
  observe: false,
}

/** What a gateway would prepare; the bytes follow from the command alone. */
const prepare = (command: Command): PreparedRequest => {
  const body = canonicalJson(command.body)
  return { method: 'POST', path: `/${command.orderId}`, body, hash: sha256Hex(body) }
}

export const guideOptions: DueDateOptions = {
  currency: 'SEK',
  options: [
    { numberOfDays: 2, feeMinor: 0 },
    { numberOfDays: 10, feeMinor: 1000 },
    { numberOfDays: 30, feeMinor: 1900 },
    { numberOfDays: 60, feeMinor: 4900 },
  ],
}

export const fired = (
  type: ActionType,
  params: Readonly<Record<string, unknown>> = {},
  changes: {
    readonly rule?: string
    readonly mode?: RuleMode
    readonly ruleSet?: string
    readonly verdict?: RuleVerdict['verdict']
  } = {},
): RuleVerdict => ({
  ruleSet: changes.ruleSet ?? 'returns',
  rule: changes.rule ?? `rule for ${type}`,
  mode: changes.mode ?? 'live',
  priority: 1,
  verdict: changes.verdict ?? 'true',
  trace: null,
  action: { type, params },
})

export const rules = (
  hitPolicy: 'collect' | 'first' | 'unique' = 'collect',
  limits: { perOrder?: number; perDay?: number } = {},
): RulesInForce => ({
  ruleSets: [
    { name: 'returns', version: '1', hash: 'h', hitPolicy, publishedBy: 'ops@shop.example' },
  ],
  evaluator: 'test',
  factsWanted: () => [],
  factsNeeded: () => [],
  limitsOf: () => limits,
  evaluate: () => Promise.resolve([]),
})

/** Settles what rules said to an event. */
export const settle = (
  order: OrderState,
  event: OrderEvent,
  verdicts: readonly RuleVerdict[],
  changes: Partial<SettleInput> = {},
): Settled =>
  settleDecision({
    order,
    event,
    now: event.at,
    quotes: new Map(order.captures.map((capture) => [capture.captureId, guideOptions])),
    verdicts,
    rules: rules(),
    settings,
    prepare,
    denied: new Map(),
    ...changes,
  })

/** An attempt of a command with its outcome, as two events. */
export function attempt(
  commandId: string,
  outcome: Extract<EngineEvent, { type: 'command.answered' }>['outcome'],
  at = T0,
  number = 1,
): readonly EngineEvent[] {
  const about = { orderId: 'order-1', at, commandId, generation: 0, attempt: number }
  return [
    { ...about, id: `start:${commandId}:0:${number}`, type: 'command.started' },
    {
      ...about,
      id: `answer:${commandId}:0:${number}`,
      type: 'command.answered',
      outcome,
      correlationId: null,
    },
  ]
}

export const done = { type: 'done', resultId: 'klarna-1', evidence: 'answer' } as const
export const unknown = { type: 'unknown', reason: 'timeout' } as const
