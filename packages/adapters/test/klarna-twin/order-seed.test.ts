import {
  DEFAULT_SETTINGS,
  guideOrder,
  manyGuideOrders,
  type OrderSeed,
  sampleOrders,
  startTwin,
  TwinInputError,
} from '@postdelivery/adapters/klarna-twin'
import { describe, expect, it } from 'vitest'
import {
  anOrder,
  aTwin,
  CARD,
  call,
  GERMAN,
  GUIDE,
  line,
  REFUNDED,
  SEVERAL,
  START_MS,
  UNCAPTURED,
} from './a-twin.ts'

describe('the sample orders', () => {
  it('are the same in every run', () => {
    expect(sampleOrders(START_MS)).toEqual(sampleOrders(START_MS))
    expect(sampleOrders(START_MS).map(({ order_id }) => order_id)).toEqual([
      GUIDE,
      SEVERAL,
      CARD,
      UNCAPTURED,
      REFUNDED,
      GERMAN,
    ])
    expect([GUIDE, GERMAN]).toEqual([
      '0db6b66c-2085-4ee5-bd2c-12831e943dc2',
      '1d703403-e44c-4e00-9b65-f557447a2c5d',
    ])
  })

  it('have lines whose amounts add up', () => {
    for (const order of sampleOrders(START_MS)) {
      const lines = order.order_lines ?? []
      expect(lines.reduce((sum, each) => sum + each.total_amount, 0)).toBe(order.order_amount)
      for (const { captured_amount, order_lines = [] } of order.captures ?? [])
        expect(order_lines.reduce((sum, each) => sum + each.total_amount, 0)).toBe(captured_amount)
      for (const { total_amount, total_tax_amount = 0, tax_rate = 0 } of lines)
        expect(
          Math.abs(
            total_tax_amount - (total_amount - (total_amount * 10_000) / (10_000 + tax_rate)),
          ),
        ).toBeLessThanOrEqual(0.5)
    }
  })

  it('show a German order with shipping and a discount', async () => {
    await using twin = await aTwin()

    const { json } = await call(twin, `GET ${GERMAN}`)

    expect(json).toMatchObject({
      purchase_currency: 'EUR',
      purchase_country: 'DE',
      order_lines: [
        { type: 'physical' },
        { type: 'shipping_fee' },
        { type: 'discount', total_amount: -1000 },
      ],
    })
  })

  it('can be copied by the thousand', async () => {
    await using twin = await aTwin({ orders: manyGuideOrders(1000, START_MS) })

    const ids = twin.orders.map(({ orderId }) => orderId)

    expect(new Set(ids).size).toBe(1000)
    expect(twin.books(ids[999] ?? '')).toMatchObject({ capturedMinor: 6000 })
  })
})

describe('an order of a test’s own', () => {
  it('may be what a read answered', async () => {
    await using first = await aTwin()
    const read = await call(first, `GET ${REFUNDED}`)
    await using second = await aTwin({ orders: [read.json as OrderSeed] })

    expect((await call(second, `GET ${REFUNDED}`)).json).toEqual(read.json)
  })

  it('keeps its given ids, dates and references', async () => {
    const order = anOrder({
      klarna_reference: 'REF',
      merchant_reference1: 'shop-1',
      expires_at: '2027-01-01T00:00:00.000Z',
      captures: [
        {
          capture_id: 'c-1',
          captured_amount: 600,
          captured_at: '2026-11-20T00:00:00.000Z',
          due_on: '2027-02-01',
          reference: 'parcel',
          description: 'First parcel',
          shipping_info: [{ tracking_number: 'T' }],
          order_lines: [line('A', 600)],
        },
      ],
      refunds: [
        {
          refund_id: 'r-1',
          refunded_amount: 100,
          capture_id: null,
          reference: 'x',
          description: 'y',
        },
      ],
    })
    await using twin = await aTwin({ orders: [order] })

    const { json } = await call(twin, `GET ${order.order_id}`)

    expect(json).toMatchObject({
      klarna_reference: 'REF',
      merchant_reference1: 'shop-1',
      expires_at: '2027-01-01T00:00:00.000Z',
      status: 'PART_CAPTURED',
      captures: [
        { capture_id: 'c-1', klarna_reference: 'REF-1', reference: 'parcel', refunded_amount: 0 },
      ],
      refunds: [{ refund_id: 'r-1', reference: 'x' }],
    })
    expect(twin.books(order.order_id ?? '')).toMatchObject({
      unallocatedMinor: 100,
      captures: [{ dueOn: '2027-02-01', shippingEntries: [{ tracking_number: 'T' }] }],
    })
  })

  it.each([
    [
      'released',
      { order_amount: 1500, remaining_authorized_amount: 0 },
      { released: true, status: 'CAPTURED' },
    ],
    ['cancelled', { captures: [], status: 'CANCELLED' }, { status: 'CANCELLED' }],
    ['closed', { status: 'CLOSED' }, { status: 'CLOSED' }],
    ['fully captured', { remaining_authorized_amount: 0 }, { released: false, status: 'CAPTURED' }],
  ] as const)('may be %s', async (_, changes, wanted) => {
    await using twin = await aTwin({ orders: [anOrder(changes)] })

    expect(twin.books(twin.orders[0]?.orderId ?? '')).toMatchObject(wanted)
  })

  it.each<[string, Partial<OrderSeed>, RegExp]>([
    ['an id that is no UUID', { order_id: 'order-1' }, /`order_id` is a UUID/],
    ['a currency in words', { purchase_currency: 'kronor' }, /`purchase_currency`/],
    ['no country', { purchase_country: '' }, /`purchase_country`/],
    ['an amount in major units', { order_amount: 10.5 }, /`order_amount`/],
    ['a wrong date', { created_at: 'yesterday' }, /`created_at`/],
    ['another wrong date', { expires_at: 'later' }, /`expires_at`/],
    ['captures above the order', { order_amount: 999 }, /`captures` sum to/],
    [
      'refunds above the captures',
      { refunds: [{ refunded_amount: 1001, capture_id: null }] },
      /`refunds` sum/,
    ],
    [
      'refunds above their capture',
      { refunds: [{ refunded_amount: 1001 }] },
      /the refunds of `captures\[0\]`/,
    ],
    [
      'a refund of no capture of its own',
      { refunds: [{ refunded_amount: 1, capture_id: 'x' }] },
      /`refunds\[0\].capture_id`/,
    ],
    [
      'a refund id that is a number',
      { refunds: [{ refunded_amount: 1, capture_id: 5 as unknown as string }] },
      /`capture_id` of a refund/,
    ],
    [
      'two captures of one id',
      {
        captures: [
          { capture_id: 'c', captured_amount: 1 },
          { capture_id: 'c', captured_amount: 1 },
        ],
      },
      /once/,
    ],
    ['a capture without amount', { captures: [{}] }, /`captures\[0\].captured_amount`/],
    [
      'a capture with a wrong date',
      { captures: [{ captured_amount: 1, captured_at: 'x' }] },
      /`captures\[0\].captured_at`/,
    ],
    [
      'a due date that is none',
      { captures: [{ captured_amount: 1, due_on: '14 December' }] },
      /`captures\[0\].due_on`/,
    ],
    [
      'a due date that is a number',
      { captures: [{ captured_amount: 1, due_on: 5 as unknown as string }] },
      /`due_on`/,
    ],
    [
      'a refund with a wrong date',
      { refunds: [{ refunded_amount: 1, refunded_at: 'x' }] },
      /`refunds\[0\].refunded_at`/,
    ],
    ['a captured sum that differs', { captured_amount: 5 }, /`captured_amount` is the sum/],
    ['a refunded sum that differs', { refunded_amount: 5 }, /`refunded_amount` is the sum/],
    [
      'a capture’s refunded sum that differs',
      { captures: [{ captured_amount: 1000, refunded_amount: 5 }] },
      /name `capture_id`/,
    ],
    ['a cancelled order with captures', { status: 'CANCELLED' }, /a CANCELLED order/],
    [
      'a text where the contract has a number',
      { order_amount: '5' as unknown as number },
      /`order_amount` must be integer/,
    ],
    ['options without amounts', { extension_options: [{} as never] }, /`extension_options`/],
  ])('is refused for %s', async (_, changes, message) => {
    const start = startTwin({ orders: [anOrder(changes)] })

    await expect(start).rejects.toThrow(TwinInputError)
    await expect(start).rejects.toThrow(message)
  })

  it('is refused when its id is there already', async () => {
    await using twin = await aTwin({ orders: [anOrder()] })

    expect(() => twin.addOrders([anOrder()])).toThrow(/is already there/)
    expect(() =>
      twin.addOrders([guideOrder({ nowMs: START_MS }), guideOrder({ nowMs: START_MS })]),
    ).toThrow(/orders\[1\].*already there/)
    expect(twin.orders).toHaveLength(1)
  })

  it('names every problem at once', async () => {
    const start = startTwin({ orders: [anOrder({ order_id: 'x' }), anOrder({ order_amount: 1 })] })

    await expect(start).rejects.toMatchObject({
      problems: [expect.stringMatching(/^orders\[0\]/), expect.stringMatching(/^orders\[1\]/)],
    })
  })
})

describe('a setting that is wrong', () => {
  it.each(Object.keys(DEFAULT_SETTINGS))('is refused: %s', async (name) => {
    await expect(startTwin({ settings: { [name]: { wrong: true } } })).rejects.toThrow(
      `\`${name}\` is`,
    )
  })
})
