import {
  applyEvent,
  type ObservedOrder,
  type OrderEvent,
  type OrderState,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { anOrder, apply, attempt, captured, done, fired, settle, T0 } from '../builders.ts'

const observed: ObservedOrder = {
  orderId: 'order-1',
  status: 'PART_CAPTURED',
  currency: 'SEK',
  country: 'SE',
  paymentMethod: 'INVOICE',
  authorizedMinor: 8000,
  capturedMinor: 6000,
  refundedMinor: 0,
  remainingAuthorizedMinor: 2000,
  expiresAt: null,
  captures: [],
  refunds: [],
}

/** The order after a read that shows this. */
function see(order: OrderState, changes: Partial<ObservedOrder>): OrderState {
  const push = { id: 'push', type: 'order.observed', orderId: 'order-1', at: T0 } as const
  const applied = applyEvent(order, push, T0, { order: { ...observed, ...changes } })
  if (!applied.ok) throw new Error(applied.error.code)
  return applied.value.order
}

const reported = (id: string): OrderEvent => ({
  id,
  type: 'customer.reported',
  orderId: 'order-1',
  at: T0,
  problem: 'other',
})

describe('a read after our own release', () => {
  const release = settle(anOrder(), reported('crm-1'), [fired('releaseAuthorization')])
  const id = release.commands[0]?.command.id ?? ''
  const releasing = release.routed.order
  const released = apply(releasing, ...attempt(id, done))
  const raised = { authorizedMinor: 9000, remainingAuthorizedMinor: 1000 }

  it('that shows what was left before it is older, and changes nothing', () => {
    expect(see(released, {}).remainingAuthorizedMinor).toBe(0)
  })

  it('takes over an authorization that was raised since: it is held, and may be released again', () => {
    const held = see(released, raised)
    expect(held).toMatchObject({ ...raised, chart: { value: { open: 'held' } } })

    const again = settle(held, reported('crm-2'), [fired('releaseAuthorization')])
    expect(again.commands.map(({ command }) => command.body)).toEqual([
      { operation: 'releaseRemainingAuthorization', remainingMinor: 1000 },
    ])
  })

  it("follows Klarna's reads from then on, until the next release", () => {
    const held = see(released, raised)
    expect(see(held, { ...raised, remainingAuthorizedMinor: 400 }).remainingAuthorizedMinor).toBe(
      400,
    )
    expect(see(held, { ...raised, remainingAuthorizedMinor: 0 }).chart.value).toEqual({
      open: 'released',
    })
  })

  it('that is on its way: our books speak until it is settled', () => {
    expect(see(releasing, raised).remainingAuthorizedMinor).toBe(2000)
  })

  it('is told by a refresh as well', () => {
    const known = captured()
    const refreshed = apply(released, {
      ...known,
      id: 'shop-2',
      at: T0,
      order: { ...known.order, ...raised },
    })
    expect(refreshed).toMatchObject({ ...raised, chart: { value: { open: 'held' } } })
  })
})
