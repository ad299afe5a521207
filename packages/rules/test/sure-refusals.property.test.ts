/** What the analysis takes for granted, against orders that core carries through random stories. */
import {
  type Action,
  DEFAULT_DEADLINE_DAYS,
  DEFAULT_UNUSUAL_RATE,
  type DecidedAction,
  type Decision,
  type Facts,
  parseAction,
  parseEvent,
  type ReportedEvent,
  type Settings,
  type SimulatedOutcome,
  simulateOrder,
} from '@postdelivery/core'
import { type Condition, compileRules, createSpace, simulatedRulesOf } from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasValue } from '../src/analyse/fact-set.ts'
import { sureRefusalsOf } from '../src/analyse/refused-where.ts'
import { knownFacts, traceConditions } from '../src/trace.ts'
import { aRule, aRuleSet, type Json, ruleSetOf, vocabulary } from './builders.ts'

const amounts = { SEK: 1_000_000, NOK: 1_000_000, USD: 1_000_000 }
const money = { refundMaxMinor: amounts, extensionFeeMaxMinor: amounts }
const counted = { commandMaxCount: 1000, ...money }
const settings: Settings = {
  timeZone: 'UTC',
  limits: {
    perCommand: money,
    perOrder: counted,
    perRuleAndDay: counted,
    perMerchantAndDay: counted,
  },
  approval: {
    refundAboveMinor: amounts,
    extensionFeeAboveMinor: amounts,
    approvers: 1,
    expiresAfterHours: 24,
  },
  deadlineDays: DEFAULT_DEADLINE_DAYS,
  unusualRate: DEFAULT_UNUSUAL_RATE,
  observe: false,
}

const ACTIONS: readonly (readonly [string, Json])[] = [
  ['refund', { basis: 'returned_items' }],
  ['refund', { basis: 'remaining' }],
  ['refund', { basis: 'percent', percent: 60 }],
  ['refund', { basis: 'amount', amountMinor: 7000 }],
  ['refund', { basis: 'amount', amountMinor: 7000, returnFeeMinor: 2000 }],
  ['refund', { basis: 'returned_items', returnFeeMinor: 500 }],
  ['extendDueDate', { choose: 'longest', maxFeeMinor: { SEK: 100_000 } }],
  ['extendDueDate', { choose: 'cheapest', atLeastDays: 40, maxFeeMinor: { SEK: 100_000 } }],
  ['extendDueDate', { days: 60, again: 'yes', maxFeeMinor: { SEK: 100_000, NOK: 0 } }],
  ['releaseAuthorization', {}],
  ['extendAuthorization', {}],
  ['addShippingInfo', {}],
  ['sendOut', {}],
]

/** Fires on every event, and names facts so that they are looked up. */
const always: Condition = {
  any: [
    { fact: 'event.type', operator: 'notEqual', value: 'none' },
    { fact: 'extension.available', operator: 'equal', value: true },
  ],
}
const WAKING = [
  'order.captured',
  'shipment.dispatched',
  'shipment.delivered',
  'return.registered',
  'return.received',
  'return.inspected',
  'customer.reported',
  'delivery.accepted',
  'deadline.approaching',
]

const captures = fc
  .array(fc.constantFrom(5000, 10_000), { minLength: 1, maxLength: 2 })
  .map((list) =>
    list.map((capturedMinor, index) => ({
      captureId: `c-${index}`,
      capturedMinor,
      capturedAt: '2026-11-01T10:00:00Z',
      dueOn: '2026-12-01',
      lines: [
        {
          reference: 'shirt',
          name: 'Shirt',
          quantity: 2,
          unitPriceMinor: capturedMinor / 2,
          totalMinor: capturedMinor,
        },
      ],
    })),
  )

const orders: fc.Arbitrary<Json> = fc
  .record({
    captures,
    payLater: fc.constantFrom(true, false, undefined),
    leftMinor: fc.constantFrom<number>(0, 3000),
    currency: fc.constantFrom('SEK', 'NOK', 'USD'),
    country: fc.constantFrom('SE', 'US', 'NO'),
    expires: fc.constantFrom('2026-11-05T00:00:00Z', '2027-01-01T00:00:00Z', null),
  })
  .map(({ captures: list, payLater, leftMinor, expires, ...more }) => ({
    type: 'order.captured',
    order: {
      ...more,
      ...(payLater === undefined ? {} : { payLater }),
      authorizedMinor: list.reduce((sum, each) => sum + each.capturedMinor, leftMinor),
      remainingAuthorizedMinor: leftMinor,
      authorizationExpiresAt: expires,
    },
    captures: list,
  }))

const returned = fc.record({
  type: fc.constantFrom('return.registered', 'return.received', 'return.inspected'),
  returnId: fc.constantFrom('R-1', 'R-2'),
  captureId: fc.constantFrom('c-0', 'c-1'),
  lines: fc.constant([{ reference: 'shirt', quantity: 1 }]),
})
const captureId = fc.constantFrom('c-0', 'c-1')
const later: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: returned, weight: 4 },
  fc.record({
    type: fc.constant('customer.reported'),
    captureId,
    problem: fc.constantFrom('damaged'),
  }),
  fc.record({
    type: fc.constant('shipment.dispatched'),
    captureId,
    shippingInfo: fc.constant([{ trackingNumber: 'T1' }]),
  }),
  fc.record({
    type: fc.constant('shipment.delivered'),
    captureId,
    deliveredAt: fc.constant('2026-11-04T10:00:00Z'),
  }),
  fc.constant({ type: 'delivery.accepted' }),
)

interface Story {
  readonly events: readonly ReportedEvent[]
  readonly outcome: SimulatedOutcome
  /** Days of the longest extension that Klarna offers; 0: none. */
  readonly offeredDays: number
}

const stories: fc.Arbitrary<Story> = fc
  .record({
    order: orders,
    more: fc.array(later, { maxLength: 6 }),
    outcome: fc.constantFrom<SimulatedOutcome>('confirmed', 'refused', 'pending'),
    offeredDays: fc.constantFrom(0, 14, 90),
  })
  .map(({ order, more, ...world }) => ({ ...world, events: [order, ...more].flatMap(eventFrom) }))

function eventFrom(fields: Json, index: number): readonly ReportedEvent[] {
  const at = `2026-11-${String(1 + index * 2).padStart(2, '0')}T12:00:00Z`
  const event = parseEvent({ id: `e-${index}`, orderId: 'o-1', at, ...fields })
  if (!event.ok) throw new Error(JSON.stringify(event.error))
  return [event.value]
}

function decisionsOf({ events, outcome, offeredDays }: Story, event: Json): readonly Decision[] {
  const rule = aRule({ on: WAKING, conditions: always, event, limits: { perOrder: 100 } })
  const compiled = compileRules(vocabulary, [ruleSetOf(aRuleSet({ rules: [rule] }))])
  const options = [{ numberOfDays: offeredDays, feeMinor: 900 }].filter(() => offeredDays > 0)
  const { steps } = simulateOrder(events, simulatedRulesOf(compiled), {
    settings,
    outcomeOf: () => outcome,
    offersOf: ({ currency }) => ({ currency, options }),
  })
  // An event that is refused is not decided: rules are not asked.
  return steps.flatMap(({ decision }) => (decision?.refusal === undefined ? (decision ?? []) : []))
}

const definitions = new Map(vocabulary.definitions.map((each) => [each.name, each]))
const holds = (condition: Condition, facts: Facts): boolean =>
  traceConditions(condition, knownFacts(facts, definitions), definitions).verdict === 'true'

const actionOf = ([type, params]: readonly [string, Json]): Action => {
  const action = parseAction(type, params)
  if (!action.ok) throw new Error(JSON.stringify(action.error))
  return action.value
}

const REFUSED: readonly DecidedAction['outcome'][] = ['refused', 'superseded']

describe('the analysis', () => {
  it('calls an action refused only where core refuses it', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(stories, fc.constantFrom(...ACTIONS), (story, [type, params]) => {
        const sure = sureRefusalsOf(actionOf([type, params]))
        for (const { facts, actions } of decisionsOf(story, { type, params })) {
          const held = sure.filter(({ where }) => holds(where, facts))
          if (held.length === 0) continue
          for (const { refusal } of held) seen.add(`${type} ${refusal}`)
          for (const { outcome } of actions) expect(REFUSED).toContain(outcome)
        }
      }),
      { numRuns: 1500 },
    )

    // Every sure refusal that these stories can reach was met.
    expect([...seen].toSorted()).toEqual([
      'addShippingInfo no_shipping_info',
      'extendAuthorization authorization_expired',
      'extendAuthorization authorization_unknown',
      'extendDueDate currency_not_listed',
      'extendDueDate extended_before',
      'extendDueDate no_option_offered',
      'extendDueDate no_option_within_cap',
      'extendDueDate not_pay_later',
      'refund nothing_to_refund',
      'refund refund_exceeds_captured',
      'refund return_fee_not_allowed',
      'refund unknown_return',
      'releaseAuthorization nothing_to_release',
    ])
  })

  it('takes no value for impossible that an order has', () => {
    fc.assert(
      fc.property(stories, fc.constantFrom(...ACTIONS), (story, [type, params]) => {
        for (const { eventType, facts } of decisionsOf(story, { type, params })) {
          const space = createSpace(vocabulary, eventType)
          for (const definition of vocabulary.definitions) {
            const { name } = definition
            const isPossible = hasValue(space.domainOf(name), facts[name], definition)
            expect({ name, eventType, value: facts[name], isPossible }).toMatchObject({
              isPossible: true,
            })
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
