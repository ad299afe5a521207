import { createKlarnaGateway } from '@postdelivery/adapters/klarna'
import { describe, expect, it } from 'vitest'
import { dueDateOptionsFromWire, orderFromWire } from '../../src/klarna/mapping.ts'
import {
  aClient,
  aWireCapture,
  aWireOrder,
  CAPTURE_ID,
  json,
  ORDER_ID,
  REFUND_ID,
} from './builders.ts'

const read = (changes: object) => orderFromWire({ ...aWireOrder(), ...changes }, ORDER_ID)
const readCapture = (changes: object) =>
  read({ captures: [{ ...aWireCapture(), ...changes }] })?.captures[0]
const readLine = (changes: object) =>
  readCapture({ order_lines: [{ ...aWireCapture().order_lines[0], ...changes }] })?.lines

describe('an order', () => {
  it('is read into amounts, states and references', () => {
    expect(read({})).toEqual({
      orderId: ORDER_ID,
      status: 'PART_CAPTURED',
      currency: 'SEK',
      country: 'SE',
      paymentMethod: 'INVOICE',
      authorizedMinor: 8000,
      capturedMinor: 6000,
      refundedMinor: 3000,
      remainingAuthorizedMinor: 2000,
      expiresAt: '2026-11-29T10:31:17.000Z',
      captures: [
        {
          captureId: CAPTURE_ID,
          capturedMinor: 6000,
          refundedMinor: 3000,
          capturedAt: '2026-11-02T10:31:17.973Z',
          lines: [
            {
              reference: '123050',
              name: 'Tomatoes',
              type: 'physical',
              quantity: 10,
              unitPriceMinor: 600,
              totalDiscountMinor: 0,
              totalMinor: 6000,
              taxRateBasisPoints: 2500,
              totalTaxMinor: 1200,
            },
          ],
          shippingInfo: [
            { shippingCompany: 'postnord', shippingMethod: 'Home', trackingNumber: 'PN-1' },
          ],
        },
      ],
      refunds: [
        {
          refundId: REFUND_ID,
          reference: '0a2f6a0e-8c7b-5c55-9a34-4d0f8e6b7a10',
          refundedMinor: 3000,
        },
      ],
    })
  })

  it('keeps nothing personal, whatever else the answer holds', async () => {
    const wire = {
      ...aWireOrder(),
      new_field: 'canary',
      captures: [{ ...aWireCapture(), note: 'canary' }],
    }
    const { klarna } = aClient(() => json(200, wire))

    const result = await createKlarnaGateway(klarna).readOrder(ORDER_ID)

    expect(result.type).toBe('read')
    expect(JSON.stringify(wire)).toContain('canary')
    expect(JSON.stringify(result)).not.toContain('canary')
  })

  it('keeps no text in place of a constant', () => {
    const order = read({
      initial_payment_method: { type: 'Invoice of John Doe' },
      purchase_country: 'Sweden',
    })

    expect(order).toMatchObject({ paymentMethod: null, country: null })
    expect(read({ status: 'Paid by John' })).toBeNull()
  })

  it('lets new states and payment methods through', () => {
    const order = read({ status: 'PAUSED_2', initial_payment_method: { type: 'PAY_BY_MOON' } })

    expect(order).toMatchObject({ status: 'PAUSED_2', paymentMethod: 'PAY_BY_MOON' })
  })

  const unreadable: [string, object][] = [
    ['of another order', { order_id: REFUND_ID }],
    ['without an amount', { captured_amount: undefined }],
    ['with null for an amount', { refunded_amount: null }],
    ['with text for an amount', { captured_amount: '6000' }],
    ['with a fraction', { remaining_authorized_amount: 0.5 }],
    ['with a negative amount', { order_amount: -1 }],
    ['with an amount that JSON rounds', { order_amount: 2 ** 53 }],
    ['without a currency', { purchase_currency: '' }],
    ['without a status', { status: undefined }],
    ['without the captures of what was captured', { captures: undefined }],
    ['without the refunds of what was refunded', { refunds: undefined }],
    ['with a list that is none', { captures: {} }],
    ['with a refund without an amount', { refunds: [{ refund_id: 'r' }] }],
    ['with a capture without an id', { captures: [{ ...aWireCapture(), capture_id: '' }] }],
    ['with a capture without an amount', { captures: [{ capture_id: 'c', refunded_amount: 0 }] }],
    ['with a capture that is none', { captures: [null] }],
    [
      'with a capture that does not tell its part of the refunds',
      { captures: [{ ...aWireCapture(), refunded_amount: undefined }] },
    ],
  ]

  it.each(unreadable)('is unreadable %s', (_, changes) => {
    expect(read(changes)).toBeNull()
  })

  it.each([null, 'x', 7, [], undefined])('is not %j', (data) => {
    expect(orderFromWire(data, ORDER_ID)).toBeNull()
  })

  it('may leave out lists and amounts that are 0', () => {
    const order = read({
      order_id: undefined,
      captured_amount: 0,
      refunded_amount: 0,
      captures: undefined,
      refunds: null,
      expires_at: 'tomorrow',
    })
    const capture = { capture_id: 'c', captured_amount: 5 }

    expect(order).toMatchObject({ captures: [], refunds: [], expiresAt: null })
    expect(read({ refunded_amount: 0, refunds: [], captures: [capture] })?.captures).toEqual([
      {
        captureId: 'c',
        capturedMinor: 5,
        refundedMinor: 0,
        capturedAt: null,
        lines: [],
        shippingInfo: [],
      },
    ])
  })

  it('reads own members only', () => {
    const { captured_amount: _, ...rest } = aWireOrder()
    const hostile = JSON.parse(
      `{"__proto__":{"captured_amount":1},${JSON.stringify(rest).slice(1)}`,
    )

    expect(orderFromWire(hostile, ORDER_ID)).toBeNull()
  })

  it('tells refunds of others by their reference', () => {
    const refunds = [
      { refunded_amount: 1000, reference: 'portal', refund_id: '' },
      { refunded_amount: 2000, reference: '' },
    ]

    expect(read({ refunds })?.refunds).toEqual([
      { refundId: null, reference: 'portal', refundedMinor: 1000 },
      { refundId: null, reference: null, refundedMinor: 2000 },
    ])
  })
})

describe('a line', () => {
  it('loses optional members that nobody knows', () => {
    expect(readLine({ type: 'hologram', tax_rate: 99_999, total_tax_amount: null })).toEqual([
      {
        reference: '123050',
        name: 'Tomatoes',
        quantity: 10,
        unitPriceMinor: 600,
        totalDiscountMinor: 0,
        totalMinor: 6000,
      },
    ])
  })

  it('takes its reference for a missing name', () => {
    expect(readLine({ name: undefined })?.[0]?.name).toBe('123050')
  })

  it.each([
    { reference: undefined },
    { quantity: 1.5 },
    { total_amount: '6000' },
    { unit_price: undefined },
  ])('with %j is left out, since it cannot be refunded by line', (changes) => {
    expect(readLine(changes)).toEqual([])
  })
})

describe('a parcel', () => {
  it('keeps what core knows', () => {
    const infos = [
      { shipping_method: 'Drone', tracking_uri: 'https://track.example/1', driver: 'John' },
      { tracking_number: 'x'.repeat(101) },
      {},
      7,
      { return_tracking_number: 'R-1', return_shipping_company: null },
    ]

    expect(readCapture({ shipping_info: infos })?.shippingInfo).toEqual([
      { trackingUri: 'https://track.example/1' },
      { returnTrackingNumber: 'R-1' },
    ])
  })
})

describe('due-date options', () => {
  it('are read in their order', () => {
    const wire = {
      currency: 'sek',
      options: [
        { number_of_days: 2, amount: 0 },
        { number_of_days: 10, amount: 1000 },
      ],
    }

    expect(dueDateOptionsFromWire(wire)).toEqual({
      currency: 'SEK',
      options: [
        { numberOfDays: 2, feeMinor: 0 },
        { numberOfDays: 10, feeMinor: 1000 },
      ],
    })
  })

  const cases: [string, unknown, unknown][] = [
    ['an empty list', { currency: 'SEK', options: [] }, { currency: 'SEK', options: [] }],
    ['a missing list', { currency: 'SEK' }, { currency: 'SEK', options: [] }],
    ['null for a list', { currency: 'SEK', options: null }, { currency: 'SEK', options: [] }],
    ['no currency', { options: [] }, null],
    ['a list that is none', { currency: 'SEK', options: {} }, null],
    ['no object', null, null],
    [
      'offers without days or fee',
      {
        currency: 'SEK',
        options: [
          { amount: 0 },
          { number_of_days: 10 },
          { number_of_days: 0, amount: 0 },
          { number_of_days: 10, amount: -1 },
          { number_of_days: 2.5, amount: 1 },
          null,
          { number_of_days: 30, amount: 1900 },
        ],
      },
      { currency: 'SEK', options: [{ numberOfDays: 30, feeMinor: 1900 }] },
    ],
  ]

  it.each(cases)('with %s', (_, wire, wanted) => {
    expect(dueDateOptionsFromWire(wire)).toEqual(wanted)
  })
})
