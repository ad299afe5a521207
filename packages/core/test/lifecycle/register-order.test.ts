import {
  type EngineEvent,
  instant,
  isOwnEventType,
  type OrderState,
  plainDate,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import {
  aCapture,
  anOrder,
  apply,
  attempt,
  captured,
  done,
  fired,
  settle,
  T0,
} from '../builders.ts'

const later = instant('2026-12-09T08:00:00Z')
const ask = {
  id: 'crm-1',
  type: 'customer.reported',
  orderId: 'order-1',
  at: T0,
  problem: 'other',
} as const

describe('a refresh', () => {
  it('tells what was unknown, and leaves what it does not tell', () => {
    const bare = apply(null, {
      ...captured(),
      order: { currency: 'sek', authorizedMinor: 8000, remainingAuthorizedMinor: 2000 },
    })
    expect(bare).toMatchObject({
      country: null,
      paymentMethod: null,
      payLater: null,
      klarnaStatus: null,
      authorizationExpiresAt: null,
    })

    const told = apply(
      bare,
      captured({
        id: 'shop-2',
        at: later,
        order: { klarnaStatus: 'CAPTURED', customer: { tier: 'gold' } },
      }),
    )
    expect(told).toMatchObject({
      currency: 'SEK',
      country: 'SE',
      paymentMethod: 'INVOICE',
      payLater: true,
      klarnaStatus: 'CAPTURED',
      customer: { tier: 'gold' },
    })

    const quiet = {
      ...captured({ id: 'shop-3', at: later }),
      order: { currency: 'SEK', authorizedMinor: 8000, remainingAuthorizedMinor: 2000 },
    }
    const again = apply(told, {
      ...quiet,
      captures: [{ captureId: 'capture-1', capturedMinor: 6000, capturedAt: T0, lines: [] }],
    })
    expect({
      ...again,
      registeredAt: told.registeredAt,
      lastDecidedAt: told.lastDecidedAt,
    }).toEqual(told)
  })

  it('tells when a capture was delivered, when its return window ends, and that nobody knows a due date', () => {
    const order = apply(
      anOrder(),
      captured({
        id: 'shop-2',
        captures: [
          aCapture({ dueOn: null, deliveredAt: T0, returnWindowEndsOn: plainDate('2026-12-30') }),
        ],
      }),
    )
    expect(order.captures).toMatchObject([
      { baseDueOn: null, deliveredAt: T0, returnWindowEndsOn: '2026-12-30' },
    ])
  })

  it('does not tell what is left while a release is on its way', () => {
    const releasing = settle(anOrder(), ask as never, [fired('releaseAuthorization')]).routed.order
    const refreshed = apply(
      releasing,
      captured({ id: 'shop-2', at: later, order: { remainingAuthorizedMinor: 500 } }),
    )
    expect(refreshed.remainingAuthorizedMinor).toBe(2000)
  })

  it('that is older than our release does not bring the authorization back', () => {
    const settled = settle(anOrder(), ask as never, [fired('releaseAuthorization')])
    const released = apply(
      settled.routed.order,
      ...attempt(settled.commands[0]?.command.id ?? '', done),
    )
    const refreshed = apply(released, captured({ id: 'shop-2', at: later }))
    expect(refreshed.remainingAuthorizedMinor).toBe(0)
  })

  it('counts no refund as foreign while one of ours is on its way', () => {
    const refunding = settle(anOrder(), ask as never, [fired('refund', { basis: 'remaining' })])
      .routed.order
    expect(
      apply(refunding, captured({ id: 'shop-2', at: later, order: { refundedMinor: 6000 } }))
        .booksDiffer,
    ).toBeNull()
  })
})

describe('a registration', () => {
  it('knows the parcels that Klarna knows', () => {
    const order = anOrder({ captures: [aCapture({ shippingInfo: [{ trackingNumber: 'P' }] })] })
    expect(order.captures[0]?.chart.value).toMatchObject({ parcel: 'tracked' })
  })

  it('of an order that Klarna has closed holds nothing back', () => {
    const order = anOrder({ order: { klarnaStatus: 'CLOSED', remainingAuthorizedMinor: 0 } })
    expect(order.chart.value).toEqual({ open: 'released' })
  })

  it('stops refunds once, however often books that differ are seen', () => {
    const stop = (order: OrderState, id: string, refundedMinor: number) =>
      apply(order, captured({ id, at: later, order: { refundedMinor } }) as EngineEvent)
    const once = stop(anOrder(), 'shop-2', 700)
    expect(stop(once, 'shop-3', 900).booksDiffer).toEqual(once.booksDiffer)
  })
})

it.each([
  ['shop.fraud', true],
  ['shop.', false],
  ['Shop.x', false],
  [7, false],
])('%s as an own event type: %s', (type, want) => {
  expect(isOwnEventType(type)).toBe(want)
})
