import {
  addMs,
  type EngineEvent,
  type IsoInstant,
  instant,
  type OrderEvent,
  type OrderState,
  plainDate,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { deadlinesOf, dueDeadlines, nextDeadlineAt } from '../../src/lifecycle/deadlines.ts'
import { nextStep, wakeAt } from '../../src/lifecycle/next-step.ts'
import {
  aCapture,
  anOrder,
  apply,
  attempt,
  done,
  fired,
  returned,
  settings,
  settle,
  T0,
  unknown,
} from '../builders.ts'

const quiet = {
  ...settings,
  deadlineDays: { due_date: [], authorization_expiry: [], return_window: [] },
}
const ask = {
  id: 'crm-1',
  type: 'customer.reported',
  orderId: 'order-1',
  at: T0,
  problem: 'other',
} as OrderEvent
const refund = (amountMinor: number, rule: string) =>
  fired('refund', { basis: 'amount', amountMinor }, { rule })

/** An order with commands for two refunds (asked by two events), a send-out and shipping info. */
function busy(): { readonly order: OrderState; readonly ids: readonly string[] } {
  const first = settle(anOrder(), ask, [refund(1000, 'a'), fired('sendOut')])
  const second = settle(first.routed.order, { ...ask, id: 'crm-2' }, [
    refund(500, 'b'),
    fired('addShippingInfo', { shippingInfo: [{ trackingNumber: 'P' }] }),
  ])
  const ids = [...first.commands, ...second.commands].map(({ command }) => command.id)
  return { order: second.routed.order, ids }
}

const step = (
  order: OrderState,
  now: IsoInstant = T0,
  isHeld: (id: string) => boolean = () => false,
) => {
  const next = nextStep(order, quiet, now, ({ command }) => isHeld(command.id))
  return 'command' in next ? [next.type, next.command.command.id] : [next.type]
}

describe('the next step', () => {
  const { order, ids } = busy()
  const [refund1 = '', sendOut = '', refund2 = '', shipping = ''] = ids

  it('is the first command, in the order decided', () => {
    expect(step(order)).toEqual(['attempt', refund1])
    expect(step(apply(order, ...attempt(refund1, done)))).toEqual(['attempt', sendOut])
  })

  it('is nothing while an attempt is on its way', () => {
    const [started] = attempt(refund1, done)
    expect(step(apply(order, started as EngineEvent))).toEqual(['nothing'])
    expect(wakeAt(apply(order, started as EngineEvent), quiet, T0)).toBeNull()
  })

  it('lets other operations pass a command in doubt, not the same one', () => {
    const doubtful = apply(order, ...attempt(refund1, unknown))
    expect(step(doubtful)).toEqual(['attempt', sendOut])
    const rest = apply(doubtful, ...attempt(sendOut, done), ...attempt(shipping, done))
    expect(step(rest)).toEqual(['nothing'])
    expect(rest.commands.find((each) => each.command.id === refund2)?.chart.value).toEqual({
      requested: 'ready',
    })
    const retryAt = wakeAt(rest, quiet, T0) as IsoInstant
    expect(retryAt >= addMs(T0, 5000) && retryAt <= addMs(T0, 7500)).toBe(true)
    expect(step(rest, retryAt)).toEqual(['attempt', refund1])
  })

  it('lets everything pass a stuck command', () => {
    const stuck = apply(
      order,
      ...attempt(refund1, { type: 'needs_person', reason: 'http_400' }),
      ...attempt(sendOut, done),
    )
    expect(step(stuck)).toEqual(['attempt', refund2])
  })

  it('is held by a paused command, which waits for the merchant', () => {
    const paused = apply(order, ...attempt(refund1, { type: 'configuration', reason: 'http_401' }))
    expect(step(paused)).toEqual(['nothing'])
    expect(wakeAt(paused, quiet, T0)).toBeNull()
    const resumed = apply(paused, {
      id: 'r',
      type: 'command.resumed',
      by: 'lead@shop.example',
      orderId: 'order-1',
      at: T0,
      commandId: refund1,
    })
    expect(step(resumed)).toEqual(['attempt', refund1])
  })

  it('passes what the kill switch holds and says so', () => {
    expect(step(order, T0, (id) => id === refund1)).toEqual(['attempt', sendOut])
    expect(nextStep(order, quiet, T0, () => true)).toEqual({ type: 'nothing' })
    expect(wakeAt(order, quiet, T0, () => true)).toBe(addMs(T0, 60_000))
  })

  it('is an audit once no repeat is left, even under the kill switch', () => {
    let doubtful = order
    let now = T0
    for (let number = 1; number <= 4; number += 1) {
      doubtful = apply(doubtful, ...attempt(refund1, unknown, now, number))
      now = addMs(now, 8 * 3_600_000)
    }
    expect(step(doubtful, now, () => true)).toEqual(['audit', refund1])
  })

  it('is the end of an approval that nobody gave', () => {
    const approval = settle(anOrder(), ask, [
      fired('refund', { basis: 'remaining' }, { mode: 'approval' }),
    ]).routed.order
    expect(step(approval)).toEqual(['nothing'])
    const expiry = wakeAt(approval, quiet, T0) as IsoInstant
    expect(expiry).toBe('2026-12-09T08:00:00.000Z')
    expect(step(approval, expiry)[0]).toBe('expireApproval')
  })
})

/** What the engine records when deadlines fire. */
const firedAt = (order: OrderState, at: IsoInstant): readonly EngineEvent[] =>
  dueDeadlines(order, settings, at).map((reports) => ({
    id: `fire:${reports.id}`,
    type: 'deadline.fired',
    orderId: order.orderId,
    at,
    reports,
  }))

describe('deadlines', () => {
  const order = anOrder({ captures: [aCapture({ returnWindowEndsOn: plainDate('2026-12-20') })] })
  const fire = (given: OrderState, now: IsoInstant) =>
    dueDeadlines(given, settings, now).map((each) => each.id)

  it('are the due date, the return window and the expiry of what is authorized', () => {
    expect(deadlinesOf(order, settings).map((each) => `${each.deadline} ${each.on}`)).toEqual([
      'due_date 2026-12-14',
      'return_window 2026-12-20',
      'authorization_expiry 2026-12-20',
    ])
    expect(
      deadlinesOf(anOrder({ order: { remainingAuthorizedMinor: 0 } }), settings).map(
        (each) => each.deadline,
      ),
    ).toEqual(['due_date'])
  })

  it("fire once per number of days, in the merchant's zone", () => {
    const at = instant('2026-12-06T23:00:00Z')
    expect(fire(order, instant('2026-12-06T22:59:00Z'))).toEqual([])
    expect(nextDeadlineAt(order, settings, instant('2026-12-01T00:00:00Z'))).toBe(at)
    expect(fire(order, at)).toEqual(['due:due_date:capture-1:2026-12-14:7'])
    const fired7 = apply(order, ...firedAt(order, at))
    expect(fire(fired7, at)).toEqual([])
    expect(nextDeadlineAt(fired7, settings, at)).toBe('2026-12-10T23:00:00.000Z')
  })

  it('fire only the nearest after an outage, and nothing once the date has passed', () => {
    expect(fire(order, instant('2026-12-12T12:00:00Z'))).toEqual([
      'due:due_date:capture-1:2026-12-14:2',
    ])
    const late = instant('2026-12-21T12:00:00Z')
    expect([fire(order, late), nextDeadlineAt(order, settings, late)]).toEqual([[], null])
  })

  it('that fire late make no earlier one fire again', () => {
    const at = instant('2026-12-11T12:00:00Z')
    const late = instant('2026-12-07T12:00:00Z')
    const both = apply(order, ...firedAt(order, at), ...firedAt(order, late))
    expect(fire(both, at)).toEqual([])
  })

  it('move with a confirmed extension, and fire again for the new date', () => {
    const at = instant('2026-12-07T12:00:00Z')
    const fired7 = apply(order, ...firedAt(order, at))
    const settled = settle(fired7, ask, [
      fired('extendDueDate', { choose: 'longest', maxFeeMinor: { SEK: 1000 } }),
    ])
    const extended = apply(
      settled.routed.order,
      ...attempt(settled.commands[0]?.command.id ?? '', done),
    )
    expect(fire(extended, instant('2026-12-17T12:00:00Z'))).toContain(
      'due:due_date:capture-1:2026-12-24:7',
    )
  })

  it('are none for a closed order', () => {
    const accepted = {
      id: 'ok',
      type: 'delivery.accepted',
      orderId: 'order-1',
      at: T0,
    } as OrderEvent
    const whole = anOrder({ order: { remainingAuthorizedMinor: 0 } })
    const closed = settle(apply(whole, accepted as EngineEvent), accepted, []).routed.order
    expect([closed.chart.value, deadlinesOf(closed, settings)]).toEqual(['closed', []])
    expect(deadlinesOf(apply(closed, returned() as EngineEvent), settings)).toHaveLength(1)
  })
})
