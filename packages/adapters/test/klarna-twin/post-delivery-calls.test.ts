import { describe, expect, it } from 'vitest'
import { aTwin, call, captureId, GUIDE, tomatoes } from './a-twin.ts'

/** The guide's story: part of the tomatoes came back; the guide prints every call of it. */
describe.each([
  ['reference', 'captures', 'PATCH', 204],
  ['guide', 'capture', 'POST', 201],
] as const)(
  'the calls of the post-delivery guide in the %s dialect',
  (_, part, method, shipped) => {
    const settings = { shippingInfoStatus: shipped }

    it('refunds a part', async () => {
      await using twin = await aTwin({ settings })

      const { status, headers, text } = await call(twin, `POST ${GUIDE}`, {
        rest: '/refunds',
        body: { refunded_amount: 3000, description: 'Half came back', order_lines: [tomatoes(5)] },
      })

      expect(status).toBe(201)
      expect(text).toBe('')
      expect(headers.get('location')).toBe(
        `/ordermanagement/v1/orders/${GUIDE}/refunds/${headers.get('refund-id')}`,
      )
      expect(twin.books(GUIDE)).toMatchObject({ capturedMinor: 6000, refundedMinor: 3000 })
    })

    it('releases the remaining authorization', async () => {
      await using twin = await aTwin({ settings })

      const { status, text } = await call(twin, `POST ${GUIDE}`, {
        rest: '/release-remaining-authorization',
      })

      expect([status, text]).toEqual([204, ''])
      expect(twin.books(GUIDE)).toMatchObject({ released: true, remainingAuthorizedMinor: 0 })
    })

    it('offers extensions with their fees', async () => {
      await using twin = await aTwin({ settings })

      const { status, json } = await call(twin, `GET ${GUIDE}`, {
        rest: `/${part}/${captureId(twin, GUIDE)}/extend-due-date-options`,
      })

      expect(status).toBe(200)
      expect(json).toEqual({
        currency: 'SEK',
        options: [
          { number_of_days: 2, amount: 0 },
          { number_of_days: 10, amount: 1000 },
          { number_of_days: 30, amount: 1900 },
          { number_of_days: 60, amount: 4900 },
        ],
      })
    })

    it('extends the due date for the fee', async () => {
      await using twin = await aTwin({ settings })
      const before = twin.books(GUIDE).captures[0]?.dueOn

      const { status, text } = await call(twin, `${method} ${GUIDE}`, {
        rest: `/${part}/${captureId(twin, GUIDE)}/extend-due-date`,
        body: { number_of_days: 10 },
      })

      expect([status, text]).toEqual([204, ''])
      expect(before).toBe('2026-12-16')
      expect(twin.books(GUIDE).captures[0]).toMatchObject({
        dueOn: '2026-12-26',
        extensionDays: 10,
        extensionFeeMinor: 1000,
      })
    })

    it('appends shipping information', async () => {
      await using twin = await aTwin({ settings })
      const entry = {
        shipping_company: 'dhl-sweden',
        shipping_method: 'Home',
        tracking_number: '63456415674545679874',
        tracking_uri: 'https://shipper.example/63456415674545679874',
        return_shipping_company: 'dhl-sweden',
        return_tracking_number: '93456415674545679888',
        return_tracking_uri: 'https://shipper.example/93456415674545679888',
      }
      const rest = `/captures/${captureId(twin, GUIDE)}/shipping-info`

      const first = await call(twin, `POST ${GUIDE}`, { rest, body: { shipping_info: [entry] } })
      await call(twin, `POST ${GUIDE}`, { rest, body: { shipping_info: [{}, {}] } })

      expect([first.status, first.text]).toEqual([shipped, ''])
      expect(twin.books(GUIDE).shippingEntryCount).toBe(3)
      const { json } = await call(twin, `GET ${GUIDE}`, {
        rest: `/captures/${captureId(twin, GUIDE)}`,
      })
      expect(json).toMatchObject({ shipping_info: [entry, {}, {}] })
    })

    it('sends the invoice again', async () => {
      await using twin = await aTwin({ settings })

      const { status, text } = await call(twin, `POST ${GUIDE}`, {
        rest: `/captures/${captureId(twin, GUIDE)}/trigger-send-out`,
      })

      expect([status, text]).toEqual([204, ''])
      expect(twin.books(GUIDE).sendOutCount).toBe(1)
    })

    it('shows the order afterwards', async () => {
      await using twin = await aTwin({ settings })
      const body = { refunded_amount: 3000, order_lines: [tomatoes(5)] }
      await call(twin, `POST ${GUIDE}`, { rest: '/refunds', body })
      await call(twin, `POST ${GUIDE}`, { rest: '/release-remaining-authorization' })

      const { json } = await call(twin, `GET ${GUIDE}`)

      expect(json).toMatchObject({
        status: 'CAPTURED',
        captured_amount: 6000,
        refunded_amount: 3000,
        remaining_authorized_amount: 0,
        refunds: [{ refunded_amount: 3000, order_lines: [{ reference: '123050', quantity: 5 }] }],
        captures: [{ refunded_amount: 3000 }],
      })
    })
  },
)

describe('a body where none is needed', () => {
  it('is ignored', async () => {
    await using twin = await aTwin()

    const { status } = await call(twin, `POST ${GUIDE}`, {
      rest: '/release-remaining-authorization',
      body: '{no json',
    })

    expect(status).toBe(204)
  })
})

describe('captureOrder', () => {
  it('captures what is left', async () => {
    await using twin = await aTwin()

    const { status, headers, text } = await call(twin, `POST ${GUIDE}`, {
      rest: '/captures',
      body: {
        captured_amount: 2000,
        reference: 'parcel-2',
        shipping_info: [{ tracking_number: 'T' }],
      },
    })

    const made = headers.get('capture-id')
    expect([status, text]).toEqual([201, ''])
    expect(headers.get('location')).toBe(`/ordermanagement/v1/orders/${GUIDE}/captures/${made}`)
    const { json } = await call(twin, `GET ${GUIDE}`)
    expect(json).toMatchObject({
      status: 'CAPTURED',
      captured_amount: 8000,
      captures: [
        {},
        { capture_id: made, reference: 'parcel-2', klarna_reference: expect.stringMatching(/-2$/) },
      ],
    })
  })

  it('takes two equal calls without a key for two captures', async () => {
    await using twin = await aTwin()
    const request = { rest: '/captures', body: { captured_amount: 1000 } }

    await call(twin, `POST ${GUIDE}`, request)
    await call(twin, `POST ${GUIDE}`, request)

    expect(twin.books(GUIDE)).toMatchObject({ capturedMinor: 8000, remainingAuthorizedMinor: 0 })
  })
})
