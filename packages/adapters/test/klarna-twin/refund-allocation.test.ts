import type { OrderSeed, TwinSettings } from '@postdelivery/adapters/klarna-twin'
import { describe, expect, it } from 'vitest'
import { anOrder, aTwin, call, line } from './a-twin.ts'

const CAPTURE_A = 'aaaaaaaa-0000-4000-8000-000000000000'
const CAPTURE_B = 'bbbbbbbb-0000-4000-8000-000000000000'

const twoCaptures: Partial<OrderSeed> = {
  captures: [
    { capture_id: CAPTURE_A, captured_amount: 400, order_lines: [line('A', 300), line('S', 100)] },
    { capture_id: CAPTURE_B, captured_amount: 600, order_lines: [line('B', 500), line('S', 100)] },
  ],
}

interface Case {
  readonly order?: Partial<OrderSeed>
  readonly settings?: Partial<TwinSettings>
  readonly refund: { readonly refunded_amount: number; readonly order_lines?: unknown }
  /** Index of the capture; null when it is booked on the order in general. */
  readonly capture: number | null
}

const cases: Readonly<Record<string, Case>> = {
  'lines of one capture': {
    order: twoCaptures,
    refund: { refunded_amount: 500, order_lines: [line('B', 500)] },
    capture: 1,
  },
  'a reference of both captures, for the first that has room': {
    order: twoCaptures,
    refund: { refunded_amount: 100, order_lines: [line('S', 100)] },
    capture: 0,
  },
  'a part of a line': {
    order: twoCaptures,
    refund: { refunded_amount: 1, order_lines: [line('A', 1)] },
    capture: 0,
  },
  'lines of both captures': {
    order: twoCaptures,
    refund: { refunded_amount: 800, order_lines: [line('A', 300), line('B', 500)] },
    capture: null,
  },
  'an unknown reference': {
    refund: { refunded_amount: 500, order_lines: [line('X', 500)] },
    capture: null,
  },
  'a line without reference': {
    refund: {
      refunded_amount: 500,
      order_lines: [{ name: 'A', quantity: 1, unit_price: 500, total_amount: 500 }],
    },
    capture: null,
  },
  'lines that do not sum to the amount': {
    refund: { refunded_amount: 500, order_lines: [line('A', 499)] },
    capture: null,
  },
  'more than the capture holds': {
    order: twoCaptures,
    refund: { refunded_amount: 401, order_lines: [line('A', 401)] },
    capture: null,
  },
  'no lines': { refund: { refunded_amount: 500 }, capture: null },
  'no lines, where one capture is enough': {
    settings: { allocatesWithoutLines: true },
    refund: { refunded_amount: 500 },
    capture: 0,
  },
  'no lines and several captures': {
    order: twoCaptures,
    settings: { allocatesWithoutLines: true },
    refund: { refunded_amount: 300 },
    capture: null,
  },
  'a return fee beside the lines of one full capture': {
    refund: {
      refunded_amount: 450,
      order_lines: [line('A', 500), line('fee', -50, 'return_fee')],
    },
    capture: 0,
  },
  'a return fee in a market without them': {
    order: { purchase_country: 'GB', purchase_currency: 'GBP' },
    settings: { returnFeeOutsideRules: 'unallocated' },
    refund: {
      refunded_amount: 450,
      order_lines: [line('A', 500), line('fee', -50, 'return_fee')],
    },
    capture: null,
  },
}

describe('a refund', () => {
  it.each(Object.entries(cases))('with %s', async (_, { order, settings, refund, capture }) => {
    await using twin = await aTwin({
      orders: [anOrder(order)],
      ...(settings === undefined ? {} : { settings }),
    })
    const [summary] = twin.orders
    const orderId = summary?.orderId ?? ''

    const { status } = await call(twin, `POST ${orderId}`, { rest: '/refunds', body: refund })

    const wanted = capture === null ? null : summary?.captureIds[capture]
    const books = twin.books(orderId)
    expect(status).toBe(201)
    expect(books.refunds.map((each) => each.captureId)).toEqual([wanted])
    expect(books.unallocatedMinor).toBe(capture === null ? refund.refunded_amount : 0)
    const { json } = await call(twin, `GET ${orderId}`)
    expect(json).toMatchObject({
      refunded_amount: refund.refunded_amount,
      captures: (summary?.captureIds ?? []).map((_id, index) => ({
        refunded_amount: index === capture ? refund.refunded_amount : 0,
      })),
    })
  })

  it('is no longer allocated once one of the order was not', async () => {
    await using twin = await aTwin({ orders: [anOrder(twoCaptures)] })
    const orderId = twin.orders[0]?.orderId ?? ''
    const well = { refunded_amount: 100, order_lines: [line('A', 100)] }

    for (const body of [well, { refunded_amount: 1 }, well])
      await call(twin, `POST ${orderId}`, { rest: '/refunds', body })

    expect(twin.books(orderId).refunds.map(({ captureId }) => captureId)).toEqual([
      CAPTURE_A,
      null,
      null,
    ])
  })

  it('is not allocated above what is left of the capture', async () => {
    await using twin = await aTwin({ orders: [anOrder(twoCaptures)] })
    const orderId = twin.orders[0]?.orderId ?? ''
    const refund = (amount: number) =>
      call(twin, `POST ${orderId}`, {
        rest: '/refunds',
        body: { refunded_amount: amount, order_lines: [line('A', amount)] },
      })

    const statuses = [(await refund(300)).status, (await refund(101)).status]

    expect(statuses).toEqual([201, 201])
    expect(twin.books(orderId)).toMatchObject({
      refunds: [{ captureId: CAPTURE_A }, { captureId: null }],
      captures: [{ refundedMinor: 300 }, { refundedMinor: 0 }],
    })
  })

  it('with a return fee is refused when its lines do not sum to the amount', async () => {
    await using twin = await aTwin({ orders: [anOrder()] })
    const orderId = twin.orders[0]?.orderId ?? ''

    const { status } = await call(twin, `POST ${orderId}`, {
      rest: '/refunds',
      body: {
        refunded_amount: 449,
        order_lines: [line('A', 500), line('fee', -50, 'return_fee')],
      },
    })

    expect(status).toBe(403)
  })

  it('by a person stays within what is left of the capture', async () => {
    await using twin = await aTwin({ orders: [anOrder(twoCaptures)] })
    const orderId = twin.orders[0]?.orderId ?? ''
    const refund = (amountMinor: number) =>
      twin.actInPortal(orderId, { action: 'refund', amountMinor, captureId: CAPTURE_A }).status

    expect([refund(300), refund(101), refund(100)]).toEqual([201, 403, 201])
  })

  it('by a person is shown beside those by the API', async () => {
    await using twin = await aTwin({ orders: [anOrder(twoCaptures)] })
    const orderId = twin.orders[0]?.orderId ?? ''

    const answer = twin.actInPortal(orderId, {
      action: 'refund',
      amountMinor: 200,
      captureId: CAPTURE_B,
    })

    expect(answer.status).toBe(201)
    const { json } = await call(twin, `GET ${orderId}`)
    expect(json).toMatchObject({
      refunded_amount: 200,
      refunds: [{ refunded_amount: 200 }],
      captures: [{ refunded_amount: 0 }, { refunded_amount: 200 }],
    })
    expect(twin.books(orderId).refunds[0]).toMatchObject({ by: 'person', captureId: CAPTURE_B })
  })
})
