import type { OrderSeed, Twin, TwinSettings } from '@postdelivery/adapters/klarna-twin'
import { applyEvent, instant, listedOffers } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import {
  anOrder,
  aTwin,
  CARD,
  call,
  captureId,
  codeOf,
  DAY_MS,
  GUIDE,
  SEVERAL,
  START_MS,
} from './a-twin.ts'

const optionsOf = async (twin: Twin, orderId: string, index = 0): Promise<unknown> => {
  const rest = `/captures/${captureId(twin, orderId, index)}/extend-due-date-options`
  const { json } = await call(twin, `GET ${orderId}`, { rest })
  return typeof json === 'object' && json !== null && 'options' in json
    ? (json.options as { number_of_days: number; amount: number }[]).map((option) => [
        option.number_of_days,
        option.amount,
      ])
    : json
}

const extend = (twin: Twin, orderId: string, number_of_days: number, index = 0) =>
  call(twin, `PATCH ${orderId}`, {
    rest: `/captures/${captureId(twin, orderId, index)}/extend-due-date`,
    body: { number_of_days },
  })

/** What core's price list says of such an order. */
function listed(currency: string, country: string, authorizedMinor: number): unknown {
  const at = instant('2026-12-08T08:00:00Z')
  const capture = { captureId: 'c', capturedMinor: 100, capturedAt: at, lines: [] }
  const order = { currency, country, authorizedMinor, remainingAuthorizedMinor: 0 }
  const event = { id: 'e', type: 'order.captured', orderId: 'o', at } as const
  const applied = applyEvent(null, { ...event, order, captures: [capture] }, at)
  return applied.ok
    ? listedOffers(applied.value.order, 'c').options.map((each) => [
        each.numberOfDays,
        each.feeMinor,
      ])
    : applied.error
}

describe('the fees', () => {
  const cases: readonly [string, string, number, readonly number[]][] = [
    ['SEK', 'SE', 300_000, [0, 1000, 1900, 4900]],
    ['SEK', 'SE', 300_001, [0, 1000, 4900, 9900]],
    ['NOK', 'NO', 750_000, [0, 1000, 4900, 9900]],
    ['DKK', 'DK', 750_001, [0, 1000, 7900, 12_900]],
    ['EUR', 'DE', 30_000, [0, 100, 199, 499]],
    ['EUR', 'FI', 75_000, [0, 100, 499, 999]],
    ['GBP', 'GB', 75_001, [0, 100, 799, 1299]],
  ]

  it.each(cases)(
    'in %s (%s) for an order of %i follow the price list',
    async (currency, country, amount, fees) => {
      const order = anOrder({
        purchase_currency: currency,
        purchase_country: country,
        order_amount: amount,
        captures: [{ captured_amount: 100 }],
      })
      await using twin = await aTwin({ orders: [order] })

      expect(await optionsOf(twin, order.order_id ?? '')).toEqual(
        [2, 10, 30, 60].map((days, index) => [days, fees[index]]),
      )
      expect(await optionsOf(twin, order.order_id ?? '')).toEqual(listed(currency, country, amount))
    },
  )

  it('follow the capture where the setting says so', async () => {
    const order = anOrder({ order_amount: 900_000, captures: [{ captured_amount: 100 }] })
    await using twin = await aTwin({ orders: [order], settings: { feeTierBasis: 'capture' } })

    expect(await optionsOf(twin, order.order_id ?? '')).toContainEqual([30, 1900])
  })
})

describe('nothing is offered', () => {
  const cases: readonly [string, Partial<OrderSeed>, Partial<TwinSettings>][] = [
    ['to a card', { initial_payment_method: { type: 'CARD' } }, {}],
    ['in a country without extensions', { purchase_currency: 'EUR', purchase_country: 'FR' }, {}],
    ['in another currency', { purchase_currency: 'CHF' }, {}],
    ['for a capture that is refunded', { refunds: [{ refunded_amount: 1000 }] }, {}],
    ['where the setting allows none', {}, { extensionMaxCount: 0 }],
    ['for a closed order', { status: 'CLOSED' }, {}],
    [
      'for a partly captured order under the portal’s rules',
      { order_amount: 1001 },
      { portalExtensionRules: true },
    ],
  ]

  it.each(cases)('%s', async (_, order, settings) => {
    await using twin = await aTwin({ orders: [anOrder(order)], settings })
    const orderId = twin.orders[0]?.orderId ?? ''

    expect(await optionsOf(twin, orderId)).toEqual([])
    const refused = await extend(twin, orderId, 10)
    expect([refused.status, codeOf(refused)]).toEqual([403, 'NOT_ALLOWED'])
    expect(twin.books(orderId).extensionDays).toBe(0)
  })

  it('20 days past the due date, under the portal’s rules', async () => {
    const order = anOrder({
      captures: [
        { captured_amount: 1000, captured_at: '2026-10-01T00:00:00Z', due_on: '2026-11-05' },
      ],
    })
    await using twin = await aTwin({ orders: [order], settings: { portalExtensionRules: true } })
    const orderId = order.order_id ?? ''

    const before = await optionsOf(twin, orderId)
    twin.advance(DAY_MS)

    expect(before).toHaveLength(4)
    expect(await optionsOf(twin, orderId)).toEqual([])
  })

  it.each([
    ['not_allowed', 403, 'NOT_ALLOWED'],
    ['not_found', 404, 'NOT_FOUND'],
  ] as const)('to a card, said as %s by setting', async (optionsWhenNotPayLater, status, code) => {
    await using twin = await aTwin({ settings: { optionsWhenNotPayLater } })

    const answer = await call(twin, `GET ${CARD}`, {
      rest: `/captures/${captureId(twin, CARD)}/extend-due-date-options`,
    })

    expect([answer.status, codeOf(answer)]).toEqual([status, code])
    expect(twin.violations).toEqual([])
  })
})

describe('an extension', () => {
  it('adds up with the one before it', async () => {
    await using twin = await aTwin()

    await extend(twin, GUIDE, 10)
    await extend(twin, GUIDE, 30)

    expect(twin.books(GUIDE)).toMatchObject({ extensionDays: 40, extensionFeeMinor: 2900 })
    expect(twin.books(GUIDE).captures[0]?.extensions).toEqual([
      { days: 10, feeMinor: 1000, at: new Date(START_MS).toISOString() },
      { days: 30, feeMinor: 1900, at: new Date(START_MS).toISOString() },
    ])
  })

  it('is of one capture', async () => {
    await using twin = await aTwin()

    await extend(twin, SEVERAL, 10, 1)

    expect(twin.books(SEVERAL).captures.map(({ extensionDays }) => extensionDays)).toEqual([
      0, 10, 0,
    ])
  })

  it('is free once per order only', async () => {
    await using twin = await aTwin()

    const first = await extend(twin, SEVERAL, 2, 0)
    const again = await extend(twin, SEVERAL, 2, 0)
    const elsewhere = await extend(twin, SEVERAL, 2, 1)

    expect([first.status, again.status, elsewhere.status]).toEqual([204, 403, 403])
    expect(await optionsOf(twin, SEVERAL, 2)).toEqual([
      [10, 1000],
      [30, 1900],
      [60, 4900],
    ])
  })

  it('ends with the number that the setting allows', async () => {
    await using twin = await aTwin({ settings: { extensionMaxCount: 1 } })

    const statuses = [await extend(twin, GUIDE, 10), await extend(twin, GUIDE, 30)]

    expect(statuses.map(({ status }) => status)).toEqual([204, 403])
    expect(await optionsOf(twin, GUIDE)).toEqual([])
  })

  it('is one per order under the portal’s rules', async () => {
    const captures = [{ captured_amount: 400 }, { captured_amount: 600 }]
    await using twin = await aTwin({
      orders: [anOrder({ captures })],
      settings: { portalExtensionRules: true },
    })
    const orderId = twin.orders[0]?.orderId ?? ''

    const statuses = [await extend(twin, orderId, 10, 0), await extend(twin, orderId, 10, 1)]

    expect(statuses.map(({ status }) => status)).toEqual([204, 403])
  })

  it('is refused with the code of the setting', async () => {
    await using twin = await aTwin({ settings: { extensionRefusalCode: 'EXTENSION_NOT_ALLOWED' } })

    expect(codeOf(await extend(twin, GUIDE, 3))).toBe('EXTENSION_NOT_ALLOWED')
  })

  it('follows what a test offers instead of the price list', async () => {
    await using twin = await aTwin()
    twin.offerExtensions(GUIDE, [{ number_of_days: 14, amount: 777 }])

    const [listed, special] = [await extend(twin, GUIDE, 10), await extend(twin, GUIDE, 14)]

    expect([listed.status, special.status]).toEqual([403, 204])
    expect(twin.books(GUIDE).extensionFeeMinor).toBe(777)
    twin.offerExtensions(GUIDE, null)
    expect(await optionsOf(twin, GUIDE)).toHaveLength(4)
  })
})
