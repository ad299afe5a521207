/** Random stories of one order, the rules that are asked, and who says what: for an engine and for a simulation alike. */
import {
  addMs,
  type Command,
  instant,
  type ReportedEvent,
  type Settings,
  type SimulatedApproval,
  type SimulatedOutcome,
} from '@postdelivery/core'
import {
  builtInVocabulary,
  compileRules,
  rulesInForceOf,
  simulatedRulesOf,
  validateRuleSet,
} from '@postdelivery/rules'
import fc from 'fast-check'
import { aCapture, asked, captured, DAY_MS, HOUR_MS, ORDER_ID, SETTINGS, T0 } from './builders.ts'

export interface Story {
  /** Places in `POOL` of the rules in force. */
  readonly rules: readonly number[]
  readonly hitPolicy: 'collect' | 'first' | 'unique'
  readonly events: readonly ReportedEvent[]
  readonly settings: Settings
  /** What Klarna refuses. */
  readonly refused: readonly Command['body']['operation'][]
  readonly approval: SimulatedApproval
  readonly until: ReportedEvent['at']
}

const all = (...conditions: readonly object[]) => ({ all: conditions })
const is = (fact: string, operator: string, value: unknown) => ({ fact, operator, value })

/** Rules of every operation and mode, on every kind of event; several want the same. */
const POOL = [
  {
    on: ['return.registered'],
    conditions: all(
      is('return.reason', 'equal', 'damaged'),
      is('time.daysToDueDate', 'lessThan', 14),
    ),
    event: { type: 'extendDueDate', params: { choose: 'longest', maxFeeMinor: { SEK: 1900 } } },
  },
  {
    on: ['return.registered', 'return.received'],
    conditions: all(is('extension.longestDays', 'greaterThan', 10)),
    event: {
      type: 'extendDueDate',
      params: { choose: 'cheapest', maxFeeMinor: { SEK: 100 }, again: 'yes' },
    },
  },
  {
    on: ['return.received', 'return.inspected'],
    conditions: all(is('return.valueMinor', 'lessThan', 4000)),
    event: { type: 'refund', params: { basis: 'returned_items' } },
    limits: { perOrder: 1 },
  },
  {
    on: ['return.received'],
    conditions: all(is('order.refundedMinor', 'lessThan', 2000)),
    event: { type: 'refund', params: { basis: 'percent', percent: 20 } },
  },
  {
    on: ['return.inspected'],
    mode: 'approval',
    conditions: all(is('capture.refundableMinor', 'greaterThan', 0)),
    event: { type: 'refund', params: { basis: 'remaining' } },
  },
  {
    on: ['customer.reported', 'deadline.approaching'],
    conditions: {
      any: [is('event.problem', 'equal', 'invoice_missing'), is('event.daysLeft', 'lessThan', 4)],
    },
    event: { type: 'sendOut', params: {} },
  },
  {
    on: ['delivery.accepted', 'deadline.approaching'],
    conditions: all(is('order.remainingAuthorizedMinor', 'greaterThan', 0)),
    event: { type: 'releaseAuthorization', params: {} },
  },
  {
    on: ['deadline.approaching'],
    conditions: all(is('event.deadline', 'equal', 'authorization_expiry')),
    event: { type: 'extendAuthorization', params: {} },
    priority: 5,
  },
  {
    on: ['shipment.dispatched'],
    conditions: all(is('capture.tracked', 'equal', false)),
    event: { type: 'addShippingInfo', params: {} },
  },
  {
    on: ['customer.reported'],
    conditions: all(is('order.status', 'in', ['captured', 'partlyRefunded'])),
    event: { type: 'review', params: { question: 'what now?' } },
  },
  {
    on: ['customer.reported'],
    conditions: all(is('time.daysSinceCapture', 'greaterThan', 0)),
    event: { type: 'notify', params: { channel: 'ops', message: 'look' } },
  },
  {
    on: ['return.received'],
    mode: 'shadow',
    conditions: all(is('return.lineCount', 'greaterThan', 0)),
    event: { type: 'refund', params: { basis: 'amount', amountMinor: 500 } },
  },
] as const

/** The rules of a story, as an engine has them and as simulations ask them: by the same evaluator. */
export function rulesOf({ rules, hitPolicy }: Story) {
  const vocabulary = builtInVocabulary()
  const check = validateRuleSet(
    JSON.stringify({
      name: 'stories',
      version: '1',
      hitPolicy,
      publishedBy: 'ops@shop.example',
      rules: rules.map((index) => ({ name: `rule ${index}`, mode: 'live', ...POOL[index] })),
    }),
    vocabulary,
  )
  if (!check.ok) throw new Error(JSON.stringify(check))
  const compiled = compileRules(vocabulary, [check.ruleSet])
  return { live: rulesInForceOf(compiled), simulated: simulatedRulesOf(compiled) }
}

const LINES = [
  { reference: 'tomato', name: 'Tomatoes', quantity: 3, unitPriceMinor: 1000, totalMinor: 3000 },
  { reference: 'leek', name: 'Leek', quantity: 2, unitPriceMinor: 1501, totalMinor: 3000 },
]

const registration = fc
  .record({
    isTwice: fc.boolean(),
    payLater: fc.boolean(),
    dueInDays: fc.integer({ min: 4, max: 20 }),
  })
  .map(({ isTwice, payLater, dueInDays }) => {
    const capture = (captureId: string) =>
      aCapture({
        captureId,
        lines: LINES,
        dueOn: addMs(T0, dueInDays * DAY_MS).slice(0, 10) as never,
        returnWindowEndsOn: '2026-12-17' as never,
      })
    return captured({
      order: {
        authorizedMinor: isTwice ? 14_000 : 8000,
        paymentMethod: payLater ? 'INVOICE' : 'CARD',
        authorizationExpiresAt: instant('2026-12-15T09:00:00Z'),
      },
      captures: isTwice ? [capture('capture-1'), capture('capture-2')] : [capture('capture-1')],
    })
  })

const lines = fc.uniqueArray(
  fc.record({
    reference: fc.constantFrom('tomato', 'leek'),
    quantity: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 2, selector: (line) => line.reference },
)

const returnOf = (type: 'return.registered' | 'return.received' | 'return.inspected') =>
  fc.record({
    type: fc.constant(type),
    returnId: fc.constantFrom('R-1', 'R-2'),
    captureId: fc.constantFrom('capture-1', 'capture-1', 'capture-2', undefined),
    reason: fc.constantFrom('damaged', 'too small'),
    lines,
  })

const happening = fc.oneof(
  returnOf('return.registered'),
  returnOf('return.received'),
  returnOf('return.received'),
  returnOf('return.inspected'),
  fc.record({
    type: fc.constant('customer.reported'),
    captureId: fc.constantFrom('capture-1', undefined),
    problem: fc.constantFrom('invoice_missing', 'late'),
  }),
  fc.constant({ type: 'delivery.accepted' }),
  fc.constantFrom('A', 'B').map((trackingNumber) => ({
    type: 'shipment.dispatched',
    captureId: 'capture-1',
    shippingInfo: [{ trackingNumber }],
  })),
  fc.constant({ type: 'shop.nothing', captureId: 'capture-1' }),
  fc
    .constantFrom(
      ['refund', { basis: 'amount', amountMinor: 700 }] as const,
      ['extendDueDate', { days: 10, maxFeeMinor: { SEK: 2000 } }] as const,
      ['releaseAuthorization', {}] as const,
    )
    .map(([type, params]) => asked(type, params)),
)

const told = fc.array(
  fc.record({
    happening,
    waitHours: fc.constantFrom(0, 1, 5, 30, 80),
    isRepeat: fc.nat({ max: 8 }),
  }),
  { minLength: 2, maxLength: 9 },
)

const limits = fc
  .record({
    orderRefundMinor: fc.constantFrom(2500, 200_000),
    ruleDayCount: fc.constantFrom(1, 100),
    merchantDayMinor: fc.constantFrom(1500, 5_000_000),
    refundAboveMinor: fc.constantFrom(900, 50_000),
    approvers: fc.constantFrom(1 as const, 2 as const),
    observe: fc.constantFrom(false, false, false, true),
  })
  .map(
    (drawn): Settings => ({
      ...SETTINGS,
      observe: drawn.observe,
      limits: {
        ...SETTINGS.limits,
        perOrder: { ...SETTINGS.limits.perOrder, refundMaxMinor: { SEK: drawn.orderRefundMinor } },
        perRuleAndDay: { ...SETTINGS.limits.perRuleAndDay, commandMaxCount: drawn.ruleDayCount },
        perMerchantAndDay: {
          ...SETTINGS.limits.perMerchantAndDay,
          refundMaxMinor: { SEK: drawn.merchantDayMinor },
        },
      },
      approval: {
        ...SETTINGS.approval,
        refundAboveMinor: { SEK: drawn.refundAboveMinor },
        approvers: drawn.approvers,
      },
    }),
  )

/** Stories in which events come one after the other, some of them twice under one id. */
export const story: fc.Arbitrary<Story> = fc
  .record({
    rules: fc.subarray([...POOL.keys()], { minLength: 3 }),
    hitPolicy: fc.constantFrom(
      'collect' as const,
      'collect' as const,
      'first' as const,
      'unique' as const,
    ),
    registration,
    told,
    settings: limits,
    refused: fc.subarray(
      ['refundOrder', 'extendDueDate', 'releaseRemainingAuthorization'] as const,
      {
        maxLength: 1,
      },
    ),
    approval: fc.constantFrom('none' as const, 'approved' as const, 'rejected' as const),
  })
  .map(({ registration: first, told: rest, ...drawn }) => {
    const events: ReportedEvent[] = [first]
    let at = T0
    for (const [index, { happening: what, waitHours, isRepeat }] of rest.entries()) {
      at = addMs(at, waitHours * HOUR_MS)
      const { captureId, ...given } = what as { readonly captureId?: string }
      const named = captureId === undefined ? {} : { captureId }
      const event = { ...given, ...named, id: `event-${index}`, orderId: ORDER_ID, at }
      events.push((isRepeat === 0 ? events.at(-1) : event) as ReportedEvent)
    }
    return { ...drawn, events, until: addMs(at, 10 * DAY_MS) }
  })

export const outcomeOf =
  ({ refused }: Story) =>
  ({ body }: Command): SimulatedOutcome =>
    refused.includes(body.operation as Story['refused'][number]) ? 'refused' : 'confirmed'
