import {
  appendShippingInfo,
  captureOrder,
  extendAuthorizationTime,
  extendDueDate,
  getCapture,
  getCaptures,
  getOptionsForExtendDueDate,
  getOrder,
  getRefund,
  isKlarnaError,
  type KlarnaAnswer,
  type KlarnaClient,
  refundOrder,
  releaseRemainingAuthorization,
  triggerSendOut,
} from '@postdelivery/adapters/klarna'
import { describe, expect, it } from 'vitest'
import {
  aClient,
  aWireOrder,
  CAPTURE_ID,
  json,
  KEY,
  ORDER_ID,
  PASSWORD,
  REFUND_ID,
  USERNAME,
} from './builders.ts'

const base = `/ordermanagement/v1/orders/${ORDER_ID}`
const order = { orderId: ORDER_ID }
const capture = { ...order, captureId: CAPTURE_ID }
const key = { idempotencyKey: KEY }

interface Case {
  readonly call: (klarna: KlarnaClient) => Promise<KlarnaAnswer>
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly dialect?: 'guide'
}

const reads: [string, Case][] = [
  ['getOrder', { call: (k) => getOrder(k, order), method: 'GET', path: base }],
  ['getCaptures', { call: (k) => getCaptures(k, order), method: 'GET', path: `${base}/captures` }],
  [
    'getCapture',
    { call: (k) => getCapture(k, capture), method: 'GET', path: `${base}/captures/${CAPTURE_ID}` },
  ],
  [
    'getRefund',
    {
      call: (k) => getRefund(k, { ...order, refundId: REFUND_ID }),
      method: 'GET',
      path: `${base}/refunds/${REFUND_ID}`,
    },
  ],
  [
    'getOptionsForExtendDueDate',
    {
      call: (k) => getOptionsForExtendDueDate(k, capture),
      method: 'GET',
      path: `${base}/captures/${CAPTURE_ID}/extend-due-date-options`,
    },
  ],
  [
    'getOptionsForExtendDueDate in the guide’s dialect',
    {
      call: (k) => getOptionsForExtendDueDate(k, capture),
      method: 'GET',
      path: `${base}/capture/${CAPTURE_ID}/extend-due-date-options`,
      dialect: 'guide',
    },
  ],
]

const writes: [string, Case][] = [
  [
    'captureOrder',
    {
      call: (k) => captureOrder(k, { ...order, ...key, body: { captured_amount: 6000 } }),
      method: 'POST',
      path: `${base}/captures`,
      body: { captured_amount: 6000 },
    },
  ],
  [
    'refundOrder',
    {
      call: (k) => refundOrder(k, { ...order, ...key, body: { refunded_amount: 3000 } }),
      method: 'POST',
      path: `${base}/refunds`,
      body: { refunded_amount: 3000 },
    },
  ],
  [
    'releaseRemainingAuthorization',
    {
      call: (k) => releaseRemainingAuthorization(k, { ...order, ...key }),
      method: 'POST',
      path: `${base}/release-remaining-authorization`,
    },
  ],
  [
    'extendAuthorizationTime',
    {
      call: (k) => extendAuthorizationTime(k, { ...order, ...key }),
      method: 'POST',
      path: `${base}/extend-authorization-time`,
    },
  ],
  [
    'appendShippingInfo',
    {
      call: (k) =>
        appendShippingInfo(k, { ...capture, ...key, shippingInfo: [{ tracking_number: 'PN-1' }] }),
      method: 'POST',
      path: `${base}/captures/${CAPTURE_ID}/shipping-info`,
      body: { shipping_info: [{ tracking_number: 'PN-1' }] },
    },
  ],
  [
    'triggerSendOut',
    {
      call: (k) => triggerSendOut(k, { ...capture, ...key }),
      method: 'POST',
      path: `${base}/captures/${CAPTURE_ID}/trigger-send-out`,
    },
  ],
  [
    'extendDueDate',
    {
      call: (k) => extendDueDate(k, { ...capture, ...key, numberOfDays: 10 }),
      method: 'PATCH',
      path: `${base}/captures/${CAPTURE_ID}/extend-due-date`,
      body: { number_of_days: 10 },
    },
  ],
  [
    'extendDueDate in the guide’s dialect',
    {
      call: (k) => extendDueDate(k, { ...capture, ...key, numberOfDays: 10 }),
      method: 'POST',
      path: `${base}/capture/${CAPTURE_ID}/extend-due-date`,
      body: { number_of_days: 10 },
      dialect: 'guide',
    },
  ],
]

describe('calls', () => {
  it.each([...reads, ...writes])('%s makes one signed request', async (_, given) => {
    const { klarna, calls } = aClient(
      () => json(200, {}),
      given.dialect === undefined ? {} : { dialect: given.dialect },
    )

    await given.call(klarna)

    expect(calls).toHaveLength(1)
    const [call] = calls
    expect(call).toMatchObject({ method: given.method, path: given.path })
    expect(call?.body === '' ? undefined : JSON.parse(call?.body ?? '')).toEqual(given.body)
    expect(call?.headers['content-type']).toBe(
      given.body === undefined ? undefined : 'application/json',
    )
    const signed = Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')
    expect(call?.headers['authorization']).toBe(`Basic ${signed}`)
  })

  it.each(reads)('%s carries no key', async (_, given) => {
    const { klarna, calls } = aClient(() => json(200, {}))

    await given.call(klarna)

    expect(calls[0]?.headers).not.toHaveProperty('klarna-idempotency-key')
  })

  it.each(writes)('%s carries the key, and takes 201 and 204 for success', async (_, given) => {
    for (const status of [200, 201, 202, 204]) {
      const { klarna, calls } = aClient(() => new Response(null, { status }))

      const answer = await given.call(klarna)

      expect(answer.status).toBe(status)
      expect(calls[0]?.headers['klarna-idempotency-key']).toBe(KEY)
    }
  })

  it.each(writes)('%s refuses a key that no header can carry', async (_, given) => {
    const { klarna, calls } = aClient(() => new Response(null, { status: 204 }))
    const bad = { ...capture, idempotencyKey: 'a\r\nX-Injected: 1' }

    await expect(triggerSendOut(klarna, bad)).rejects.toThrow('idempotency key')
    await expect(triggerSendOut(klarna, { ...capture, idempotencyKey: '' })).rejects.toThrow()
    await expect(
      triggerSendOut(klarna, { ...capture, idempotencyKey: undefined as unknown as string }),
    ).rejects.toThrow()

    expect(given.method).not.toBe('GET')
    expect(calls).toHaveLength(0)
  })

  it('tells the integrator’s name when there is one', async () => {
    const { klarna, calls } = aClient(() => json(200, {}))

    await getOrder(klarna, { ...order, integrator: 'shop-suite' })

    expect(calls[0]?.headers['klarna-integrator']).toBe('shop-suite')
  })
})

describe('path segments', () => {
  it('encodes what could leave the segment', async () => {
    const { klarna, calls } = aClient(() => json(200, {}))

    await getCapture(klarna, { orderId: 'a/../b?c#d', captureId: '%2e%2e' })

    expect(calls[0]?.path).toBe('/ordermanagement/v1/orders/a%2F..%2Fb%3Fc%23d/captures/%252e%252e')
  })

  it.each(['', '.', '..', 'x'.repeat(256), '\ud800'])('refuses the id %j', async (orderId) => {
    const { klarna, calls } = aClient(() => json(200, {}))

    await expect(getOrder(klarna, { orderId })).rejects.toThrow('no id that a path can carry')

    expect(calls).toHaveLength(0)
  })
})

describe('answers', () => {
  it('gives the body, the correlation id and the quota of a read', async () => {
    const { klarna } = aClient(() =>
      json(200, aWireOrder(), {
        'klarna-correlation-id': 'c-1',
        'x-ratelimit-limit': '200, 200;w=1',
        'x-ratelimit-remaining': '15',
        'x-ratelimit-reset': '1',
      }),
    )

    const answer = await getOrder(klarna, order)

    expect(answer.body.captures?.[0]?.captured_amount).toBe(6000)
    expect(answer).toMatchObject({
      status: 200,
      correlationId: 'c-1',
      rateLimit: { limitCount: 200, remainingCount: 15, resetMs: 1000 },
    })
  })

  it('gives the id of what a write made', async () => {
    const { klarna } = aClient(
      () => new Response(null, { status: 201, headers: { 'refund-id': REFUND_ID } }),
    )

    const answer = await refundOrder(klarna, { ...order, ...key, body: { refunded_amount: 1 } })

    expect(answer.resultId).toBe(REFUND_ID)
  })

  it('does not take a page under a 2xx for an order', async () => {
    const { klarna } = aClient(
      () => new Response('<html>sign in</html>', { headers: { 'content-type': 'text/html' } }),
    )

    const error = await getOrder(klarna, order).catch((thrown: unknown) => thrown)

    expect(isKlarnaError(error) && error.code).toBe('klarna_no_answer')
  })

  it('refuses a client that it did not make', async () => {
    await expect(getOrder({ baseUrl: 'https://x', dialect: 'guide' }, order)).rejects.toThrow(
      'createKlarnaClient',
    )
  })
})
