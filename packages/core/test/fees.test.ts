import { listedOffers, type OrderState } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { anOrder, apply, attempt, done, fired, returned, settle } from './builders.ts'

const feesOf = (order: OrderState, captureId = 'capture-1') =>
  listedOffers(order, captureId).options.map(({ numberOfDays, feeMinor }) => [
    numberOfDays,
    feeMinor,
  ])

type OrderChanges = NonNullable<NonNullable<Parameters<typeof anOrder>[0]>['order']>

const low = [
  [2, 0],
  [10, 1000],
  [30, 1900],
  [60, 4900],
]

describe("Klarna's price list", () => {
  it.each([
    ["the guide's sample is the lowest tier", {}, low],
    ['a bound belongs to the lower tier', { authorizedMinor: 300_000 }, low],
    [
      'the middle tier',
      { authorizedMinor: 300_001 },
      [
        [2, 0],
        [10, 1000],
        [30, 4900],
        [60, 9900],
      ],
    ],
    [
      'the highest tier, in euro',
      { authorizedMinor: 75_001, currency: 'EUR', country: 'DE' },
      [
        [2, 0],
        [10, 100],
        [30, 799],
        [60, 1299],
      ],
    ],
    ['a country that nobody told', { country: undefined }, low],
    ['a country where Klarna does not extend', { country: 'US' }, []],
    ['a currency without a list', { currency: 'CHF' }, []],
    ['an order that is paid at once', { payLater: false }, []],
  ] as const)('%s', (_, order, fees) => {
    expect(feesOf(anOrder({ order: order as OrderChanges }))).toEqual(fees)
  })

  it('offers nothing for a capture that the order does not have, or that is paid back', () => {
    const event = returned({ lines: [{ reference: '123050', quantity: 10 }] })
    const asked = settle(apply(anOrder(), event as never), event, [
      fired('refund', { basis: 'returned_items' }),
    ])
    const id = asked.commands[0]?.command.id ?? ''

    expect(feesOf(anOrder(), 'capture-9')).toEqual([])
    expect(feesOf(asked.routed.order)).toEqual(low)
    expect(feesOf(apply(asked.routed.order, ...attempt(id, done)))).toEqual([])
  })

  it('offers the free days once', () => {
    const event = returned()
    const asked = settle(apply(anOrder(), event as never), event, [
      fired('extendDueDate', { choose: 'cheapest', maxFeeMinor: { SEK: 0 } }),
    ])
    const id = asked.commands[0]?.command.id ?? ''
    expect(feesOf(apply(asked.routed.order, ...attempt(id, done)))).toEqual(low.slice(1))
  })
})
