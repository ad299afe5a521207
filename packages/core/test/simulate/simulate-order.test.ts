import {
  addMs,
  commandPhase,
  createLedger,
  type Decision,
  type PromptRules,
  type ReportedEvent,
  type RuleVerdict,
  type SimulatedWorld,
  simulateOrder,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { captured, fired, returned, settings, T0 } from '../builders.ts'

const HOUR_MS = 3_600_000

/** Rules that fire on an event type, whatever the facts. */
const rulesOn = (
  verdicts: Readonly<Record<string, readonly RuleVerdict[]>>,
  names: readonly string[] = [],
): PromptRules => ({
  ruleSets: [
    { name: 'returns', version: '1', hash: 'h', hitPolicy: 'collect', publishedBy: 'ops' },
  ],
  evaluator: 'test',
  factsNeeded: () => names,
  factsWanted: () => [],
  limitsOf: () => ({}),
  verdicts: (eventType) => verdicts[eventType] ?? [],
})

const quiet = {
  ...settings,
  deadlineDays: { due_date: [], authorization_expiry: [], return_window: [] },
}
const received = (id: string, hours: number) =>
  returned({ id, at: addMs(T0, hours * HOUR_MS) }) as ReportedEvent
const refunds = rulesOn({ 'return.received': [fired('refund', { basis: 'returned_items' })] })

const simulate = (
  events: readonly ReportedEvent[],
  rules: PromptRules,
  world: Partial<SimulatedWorld> = {},
) => simulateOrder(events, rules, { settings: quiet, ...world })

const outcomes = (decision: Decision | null | undefined) =>
  decision?.actions.map((action) => action.refusal?.code ?? action.outcome)

describe('a simulated order', () => {
  it('pays a return that is reported twice once, since the first refund changed the order', () => {
    const { steps, order } = simulate([captured(), received('a', 1), received('b', 2)], refunds)

    expect(steps.map(({ decision }) => outcomes(decision))).toEqual([
      [],
      ['queued'],
      ['already_refunded'],
    ])
    expect(order?.captures[0]?.chart.context.refundedMinor).toBe(3000)
    expect(steps[1]?.commands[0]?.body).toMatchObject({ refundMinor: 3000 })
  })

  it('does nothing for an event whose id was decided before', () => {
    const { steps } = simulate([captured(), received('a', 1), received('a', 2)], refunds)
    expect(steps[2]).toMatchObject({ decision: null, commands: [] })
  })

  it('lets an approval that nobody gives expire, and then pays nothing', () => {
    const world = {
      settings: { ...quiet, approval: { ...quiet.approval, refundAboveMinor: { SEK: 1 } } },
    }
    const told = [captured(), received('a', 1)]

    const waiting = simulate(told, refunds, world)
    const expired = simulate(told, refunds, { ...world, until: addMs(T0, 30 * HOUR_MS) })
    const approved = simulate(told, refunds, { ...world, approvalOf: () => 'approved' })

    expect(outcomes(waiting.steps[1]?.decision)).toEqual(['awaiting_approval'])
    const phases = [waiting, expired, approved].map(({ order }) =>
      order?.commands.map(commandPhase),
    )
    expect(phases).toEqual([['awaitingApproval'], ['rejected'], ['confirmed']])
  })

  it('gives back what Klarna refuses, and keeps reserved what Klarna does not answer', () => {
    const told = [captured(), received('a', 1), received('b', 2)]

    const refused = simulate(told, refunds, { outcomeOf: () => 'refused' })
    const pending = simulate(told, refunds, { outcomeOf: () => 'pending' })

    expect(refused.steps.map(({ decision }) => outcomes(decision)?.[0])).toEqual([
      undefined,
      'queued',
      'queued',
    ])
    expect(outcomes(pending.steps[2]?.decision)).toEqual(['already_refunded'])
    expect(pending.order?.commands.map(commandPhase)).toEqual(['requested'])
  })

  it('fires deadlines in between, each at its own instant', () => {
    const rules = rulesOn({ 'deadline.approaching': [fired('sendOut')] })
    const world = { settings, until: addMs(T0, 5 * 24 * HOUR_MS) }

    const { steps } = simulate([captured()], rules, world)

    expect(steps.map(({ event, decision }) => [event.id, decision?.decidedAt])).toEqual([
      ['shop-1', T0],
      ['due:due_date:capture-1:2026-12-14:6', T0],
      ['due:due_date:capture-1:2026-12-14:3', '2026-12-10T23:00:00.000Z'],
      ['due:due_date:capture-1:2026-12-14:1', '2026-12-12T23:00:00.000Z'],
      ['due:authorization_expiry::2026-12-20:7', '2026-12-12T23:00:00.000Z'],
    ])
  })

  it('shares limits with other orders through a ledger', () => {
    const ledger = createLedger()
    const perMerchantAndDay = { ...quiet.limits.perMerchantAndDay, refundMaxMinor: { SEK: 4000 } }
    const world = { ledger, settings: { ...quiet, limits: { ...quiet.limits, perMerchantAndDay } } }
    const other = [captured(), received('a', 1)].map((event) => ({ ...event, orderId: 'order-2' }))

    simulate([captured(), received('a', 1)], refunds, world)
    const second = simulate(other as readonly ReportedEvent[], refunds, world)

    const commands = second.order?.commands ?? []
    expect(commands.map(({ chart }) => chart.context.why)).toEqual([
      'limit:merchant:refund:SEK:2026-12-08',
    ])
  })

  it("reads Klarna's price list unless other offers are given, and the merchant's own facts", () => {
    const seen: unknown[] = []
    const rules: PromptRules = {
      ...rulesOn({}, ['extension.longestFeeMinor', 'customer.tier']),
      verdicts: (_, facts) => {
        seen.push([facts['extension.longestFeeMinor'], facts['customer.tier']])
        return []
      },
    }
    const ownFactsOf = () => ({ 'customer.tier': 'gold' })
    const offersOf = () => ({ currency: 'SEK', options: [{ numberOfDays: 7, feeMinor: 3 }] })

    simulate([captured()], rules)
    simulate([captured()], rules, { ownFactsOf, offersOf })

    expect(seen).toEqual([
      [4900, undefined],
      [3, 'gold'],
    ])
  })

  it('refuses an event of an order that was not registered, and takes no events of several', () => {
    const { steps, order } = simulate([received('a', 0), captured()], refunds)
    expect(steps.map(({ decision }) => decision?.refusal?.code)).toEqual([
      'unknown_order',
      undefined,
    ])
    expect(order?.orderId).toBe('order-1')

    const other = { ...captured({ id: 'shop-2' }), orderId: 'order-2' }
    expect(() => simulate([captured(), other], refunds)).toThrow('is of the same order')
  })
})
