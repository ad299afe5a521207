import { viewCapture } from '@postdelivery/adapters/klarna'
import { describe, expect, it } from 'vitest'
import { aClient, aWireCapture, CAPTURE_ID, json, ORDER_ID } from './builders.ts'

const ref = { orderId: ORDER_ID, captureId: CAPTURE_ID }
const address = {
  given_name: 'John',
  family_name: '𝒟oe',
  email: 'john.doe@mail.example',
  phone: '+46 70 123 45 67',
  street_address: '123 Fake St',
  postal_code: '12345',
  city: 'Stockholm',
  country: 'se',
}
const viewOf = async (changes: object) => {
  const { klarna } = aClient(() => json(200, { ...aWireCapture(), ...changes }))
  return viewCapture(klarna, ref)
}

describe('a view of a capture', () => {
  it('shows amounts, and addresses masked', async () => {
    const view = await viewOf({ billing_address: address, shipping_address: undefined })

    expect(view).toMatchObject({
      type: 'read',
      value: {
        capture: { captureId: CAPTURE_ID, capturedMinor: 6000, refundedMinor: 3000 },
        klarnaReference: '4K7Q6QF6-1',
        billingAddress: {
          name: 'J. 𝒟.',
          email: 'j***@mail.example',
          phone: '***67',
          postalCode: '12***',
          city: 'Stockholm',
          country: 'SE',
        },
        shippingAddress: null,
      },
    })
    for (const part of ['John', '𝒟oe', 'john', '123 45', 'Fake', '12345'])
      expect(JSON.stringify(view)).not.toContain(part)
  })

  const masks: [string, object, object][] = [
    [
      'an empty address',
      {},
      { name: null, email: null, phone: null, postalCode: null, city: null },
    ],
    ['one name', { given_name: 'Ada' }, { name: 'A.' }],
    ['an e-mail that is none', { email: '@x' }, { email: '***' }],
    ['a phone without digits', { phone: 'none' }, { phone: '***' }],
  ]

  it.each(masks)('masks %s', async (_, billing, wanted) => {
    expect(await viewOf({ billing_address: billing })).toMatchObject({
      value: { billingAddress: wanted },
    })
  })

  const failing: [string, () => Response, object][] = [
    [
      'an error',
      () => json(404, { error_code: 'NO_SUCH_CAPTURE' }),
      { errorCode: 'NO_SUCH_CAPTURE' },
    ],
    ['no capture', () => json(200, {}), { reason: 'body_unreadable' }],
    ['a page', () => new Response('<p>'), { reason: 'body_unreadable' }],
    [
      'no refunded amount, as no order says that it is 0',
      () => json(200, { ...aWireCapture(), refunded_amount: undefined }),
      { reason: 'body_unreadable' },
    ],
  ]

  it.each(failing)('fails with %s', async (_, answer, wanted) => {
    const { klarna } = aClient(answer)

    expect(await viewCapture(klarna, ref)).toMatchObject({ type: 'failed', answer: wanted })
  })
})
