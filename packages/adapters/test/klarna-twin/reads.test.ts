import { describe, expect, it } from 'vitest'
import { aTwin, CARD, call, captureId, GUIDE, REFUNDED, UNCAPTURED } from './a-twin.ts'

describe('getOrder', () => {
  it('shows the order of the guide', async () => {
    await using twin = await aTwin()

    const { status, headers, json } = await call(twin, `GET ${GUIDE}`)

    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('klarna-correlation-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(json).toMatchObject({
      order_id: GUIDE,
      status: 'PART_CAPTURED',
      fraud_status: 'ACCEPTED',
      purchase_currency: 'SEK',
      purchase_country: 'SE',
      order_amount: 8000,
      captured_amount: 6000,
      refunded_amount: 0,
      remaining_authorized_amount: 2000,
      created_at: '2026-11-14T08:00:00.000Z',
      expires_at: '2026-12-12T08:00:00.000Z',
      initial_payment_method: { type: 'INVOICE' },
      captures: [
        {
          capture_id: captureId(twin, GUIDE),
          captured_amount: 6000,
          refunded_amount: 0,
          order_lines: [
            {
              reference: '123050',
              quantity: 10,
              quantity_unit: 'kg',
              unit_price: 600,
              tax_rate: 2500,
              total_amount: 6000,
              total_tax_amount: 1200,
            },
          ],
        },
      ],
    })
  })

  it('keeps what Klarna tells nobody out of sight', async () => {
    await using twin = await aTwin()
    const capture = captureId(twin, GUIDE)
    await call(twin, `PATCH ${GUIDE}`, {
      rest: `/captures/${capture}/extend-due-date`,
      body: { number_of_days: 10 },
    })
    await call(twin, `POST ${GUIDE}`, { rest: `/captures/${capture}/trigger-send-out` })

    const { text } = await call(twin, `GET ${GUIDE}`)

    expect(text).not.toMatch(/due|extension|send_?out/i)
    expect(twin.books(GUIDE)).toMatchObject({ extensionDays: 10, sendOutCount: 1 })
  })

  it.each([
    ['authorized', UNCAPTURED, 'AUTHORIZED'],
    ['fully captured', CARD, 'CAPTURED'],
    ['fully refunded', REFUNDED, 'CAPTURED'],
  ])('shows the status of an order that is %s', async (_, orderId, status) => {
    await using twin = await aTwin()

    expect((await call(twin, `GET ${orderId}`)).json).toMatchObject({ status })
  })
})

describe('getCaptures and getCapture', () => {
  it('lists the captures', async () => {
    await using twin = await aTwin()

    const all = await call(twin, `GET ${GUIDE}`, { rest: '/captures' })
    const one = await call(twin, `GET ${GUIDE}`, { rest: `/captures/${captureId(twin, GUIDE)}` })

    expect([all.status, one.status]).toEqual([200, 200])
    expect(all.json).toEqual([one.json])
  })

  it('lists none of an order that has none', async () => {
    await using twin = await aTwin()

    expect(await call(twin, `GET ${UNCAPTURED}`, { rest: '/captures' })).toMatchObject({
      status: 200,
      json: [],
    })
  })
})

describe('getRefund', () => {
  it('shows a refund without naming a capture', async () => {
    await using twin = await aTwin()
    const made = await call(twin, `POST ${GUIDE}`, {
      rest: '/refunds',
      body: { refunded_amount: 600, reference: 'r-1', description: 'One kilo' },
    })
    const refundId = made.headers.get('refund-id')

    const { status, json } = await call(twin, `GET ${GUIDE}`, { rest: `/refunds/${refundId}` })

    expect(status).toBe(200)
    expect(json).toEqual({
      refund_id: refundId,
      refunded_amount: 600,
      refunded_at: '2026-11-24T08:00:00.000Z',
      reference: 'r-1',
      description: 'One kilo',
      order_lines: [],
    })
  })
})
