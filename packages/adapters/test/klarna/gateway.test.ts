import {
  createKlarnaGateway,
  type KlarnaDialect,
  prepareRequest,
} from '@postdelivery/adapters/klarna'
import { AssertionError, type CommandBody, type PreparedRequest } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import {
  aClient,
  aCommand,
  aRefund,
  aWireOrder,
  CAPTURE_ID,
  json,
  KEY,
  ORDER_ID,
} from './builders.ts'

const base = `/ordermanagement/v1/orders/${ORDER_ID}`
const extension: CommandBody = {
  operation: 'extendDueDate',
  captureId: CAPTURE_ID,
  numberOfDays: 10,
  feeMinor: 1000,
  feeMaxMinor: 1000,
}
const shipping: CommandBody = {
  operation: 'appendShippingInfo',
  captureId: CAPTURE_ID,
  shippingInfo: [
    {
      shippingCompany: 'postnord',
      shippingMethod: 'Home',
      trackingNumber: 'PN-1',
      trackingUri: 'https://track.example/PN-1',
      returnShippingCompany: 'dhl',
      returnTrackingNumber: 'R-1',
      returnTrackingUri: 'https://track.example/R-1',
    },
  ],
}

/** Golden: these bytes and hashes are stored by running engines and must never change. */
const golden: [string, CommandBody, KlarnaDialect, PreparedRequest][] = [
  [
    'a refund',
    aRefund(),
    'reference',
    {
      method: 'POST',
      path: `${base}/refunds`,
      body: '{"description":"Damaged tomatoes","order_lines":[{"name":"Tomatoes","quantity":5,"reference":"123050","tax_rate":2500,"total_amount":3000,"total_tax_amount":600,"type":"physical","unit_price":600}],"reference":"0a2f6a0e-8c7b-5c55-9a34-4d0f8e6b7a10","refunded_amount":3000}',
      hash: '1070f2736d1e555dad3c2c9290372c65c1d5bdb1ac738d82e6224b5347994d0d',
    },
  ],
  [
    'a release',
    { operation: 'releaseRemainingAuthorization', remainingMinor: 2000 },
    'reference',
    {
      method: 'POST',
      path: `${base}/release-remaining-authorization`,
      body: null,
      hash: 'ba5821f1ad5e5222aeeec5d12583ad0a02600a4574017b5c2e3517abaa21e02c',
    },
  ],
  [
    'an extension',
    extension,
    'reference',
    {
      method: 'PATCH',
      path: `${base}/captures/${CAPTURE_ID}/extend-due-date`,
      body: '{"number_of_days":10}',
      hash: '541e2df4d03c08ca47996716c252c55b9edb15eea9997a0320d8adb82acd38d1',
    },
  ],
  [
    'an extension in the guide’s dialect',
    extension,
    'guide',
    {
      method: 'POST',
      path: `${base}/capture/${CAPTURE_ID}/extend-due-date`,
      body: '{"number_of_days":10}',
      hash: 'afe19c437aef485edfb7fb79c28827dabf4d9add142f2f638e1bfef8209f2695',
    },
  ],
  [
    'shipping information',
    shipping,
    'guide',
    {
      method: 'POST',
      path: `${base}/captures/${CAPTURE_ID}/shipping-info`,
      body: '{"shipping_info":[{"return_shipping_company":"dhl","return_tracking_number":"R-1","return_tracking_uri":"https://track.example/R-1","shipping_company":"postnord","shipping_method":"Home","tracking_number":"PN-1","tracking_uri":"https://track.example/PN-1"}]}',
      hash: '6d7c3820517f5e87706008d6b15558b5bd113c49fbd3e4003a634a2dd4275df7',
    },
  ],
  [
    'a send-out',
    { operation: 'triggerSendOut', captureId: CAPTURE_ID, reason: 'invoice_missing' },
    'reference',
    {
      method: 'POST',
      path: `${base}/captures/${CAPTURE_ID}/trigger-send-out`,
      body: null,
      hash: 'e909f8717c5716bd73e8ddc2097be0031bf55c0a713ca32f776a397340dcd44d',
    },
  ],
  [
    'an extension of the authorization',
    { operation: 'extendAuthorizationTime' },
    'reference',
    {
      method: 'POST',
      path: `${base}/extend-authorization-time`,
      body: null,
      hash: '0c9cd1011a8276c9f18961ae8363bbe2b59b2f325b6c6c9223255d60f5922e15',
    },
  ],
]

describe('prepare', () => {
  it.each(golden)('writes %s', (_, body, dialect, wanted) => {
    expect(prepareRequest(aCommand(body), dialect)).toEqual(wanted)
  })

  it('writes a refund without lines when there are none', () => {
    const { body } = prepareRequest(aCommand({ ...aRefund(), lines: [] }), 'reference')

    expect(JSON.parse(body ?? '')).not.toHaveProperty('order_lines')
  })

  it('writes a return fee and a discount as negative lines', () => {
    const fee = {
      reference: 'return-fee',
      name: 'Return fee',
      type: 'return_fee',
      quantity: 1,
      unitPriceMinor: -500,
      totalMinor: -500,
    } as const
    const refund = { ...aRefund(), refundMinor: 2500, lines: [...aRefund().lines, fee] }

    const { body } = prepareRequest(aCommand(refund), 'reference')

    expect(JSON.parse(body ?? '').order_lines[1]).toEqual({
      name: 'Return fee',
      quantity: 1,
      reference: 'return-fee',
      total_amount: -500,
      type: 'return_fee',
      unit_price: -500,
    })
  })

  it('encodes ids', () => {
    const command = { ...aCommand(extension), orderId: 'a/b' }

    expect(prepareRequest(command, 'reference').path).toContain('/orders/a%2Fb/captures/')
  })

  const line = aRefund().lines[0]
  const broken: [string, CommandBody][] = [
    ['a refund of nothing', { ...aRefund(), refundMinor: 0, lines: [] }],
    ['a refund of a fraction', { ...aRefund(), refundMinor: 0.5, lines: [] }],
    ['a refund above the most', { ...aRefund(), refundMinor: 200_000_001, lines: [] }],
    ['lines that do not sum', { ...aRefund(), refundMinor: 2999 }],
    ['too many lines', { ...aRefund(), lines: line === undefined ? [] : Array(1001).fill(line) }],
    ['a long description', { ...aRefund(), description: 'x'.repeat(256) }],
    ['an extension of no days', { ...extension, numberOfDays: 0 } as CommandBody],
    ['no parcel', { ...shipping, shippingInfo: [] } as CommandBody],
    ['a capture that climbs', { operation: 'triggerSendOut', captureId: '..', reason: 'x' }],
  ]

  it.each(broken)('does not write %s', (_, body) => {
    expect(() => prepareRequest(aCommand(body), 'reference')).toThrow(AssertionError)
  })
})

describe('perform', () => {
  it('sends the stored bytes under the key', async () => {
    const { klarna, calls } = aClient(() => new Response(null, { status: 204 }))
    const gateway = createKlarnaGateway(klarna)
    const request = gateway.prepare(aCommand(extension))

    await gateway.perform(request, KEY)

    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({ method: 'PATCH', path: request.path, body: request.body })
    expect(calls[0]?.headers['klarna-idempotency-key']).toBe(KEY)
  })

  it('sends no body and no content type for a call without one', async () => {
    const { klarna, calls } = aClient(() => new Response(null, { status: 204 }))
    const gateway = createKlarnaGateway(klarna)

    await gateway.perform(gateway.prepare(aCommand({ operation: 'extendAuthorizationTime' })), KEY)

    expect(calls[0]?.body).toBe('')
    expect(calls[0]?.headers).not.toHaveProperty('content-type')
  })

  it('sends nothing when stored bytes and hash differ', async () => {
    const { klarna, calls } = aClient(() => new Response(null, { status: 204 }))
    const gateway = createKlarnaGateway(klarna)
    const request = gateway.prepare(aCommand(extension))

    const forged = { ...request, body: '{"number_of_days":60}' }
    await expect(gateway.perform(forged, KEY)).rejects.toThrow('matches its hash')
    await expect(gateway.perform({ ...request, method: 'POST' }, KEY)).rejects.toThrow()
    await expect(gateway.perform({ ...request, path: `${base}/x` }, KEY)).rejects.toThrow()
    await expect(gateway.perform(request, '')).rejects.toThrow('idempotency key')

    expect(calls).toHaveLength(0)
  })

  it('gives a refusal as data', async () => {
    const { klarna } = aClient(() =>
      json(403, { error_code: 'REFUND_NOT_ALLOWED', error_messages: ['no'], correlation_id: 'c' }),
    )
    const gateway = createKlarnaGateway(klarna)

    expect(await gateway.perform(gateway.prepare(aCommand(aRefund())), KEY)).toEqual({
      type: 'answered',
      status: 403,
      errorCode: 'REFUND_NOT_ALLOWED',
      hasErrorObject: true,
      errorMessage: 'no',
      correlationId: 'c',
      resultId: null,
      rateLimitResetMs: null,
    })
  })
})

describe('reads', () => {
  const unreadable = { type: 'no_answer', reason: 'body_unreadable', mayHaveReached: true }

  it('give the order, with no key and no body', async () => {
    const { klarna, calls } = aClient(() => json(200, aWireOrder()))

    const result = await createKlarnaGateway(klarna).readOrder(ORDER_ID)

    expect(result).toMatchObject({ type: 'read', value: { capturedMinor: 6000 } })
    expect(calls[0]).toMatchObject({ method: 'GET', path: base, body: '' })
    expect(calls[0]?.headers).not.toHaveProperty('klarna-idempotency-key')
  })

  const dialects: [KlarnaDialect, string][] = [
    ['reference', 'captures'],
    ['guide', 'capture'],
  ]

  it.each(dialects)('give the options in the dialect %s', async (dialect, word) => {
    const { klarna, calls } = aClient(() => json(200, { currency: 'SEK', options: [] }), {
      dialect,
    })

    const result = await createKlarnaGateway(klarna).readDueDateOptions(ORDER_ID, CAPTURE_ID)

    expect(result).toEqual({ type: 'read', value: { currency: 'SEK', options: [] } })
    expect(calls[0]?.path).toBe(`${base}/${word}/${CAPTURE_ID}/extend-due-date-options`)
  })

  const failing: [string, () => Response, object][] = [
    [
      'the error of Klarna',
      () => json(404, { error_code: 'NO_SUCH_ORDER' }),
      { type: 'answered', status: 404, errorCode: 'NO_SUCH_ORDER' },
    ],
    ['an order that cannot be read', () => json(200, { status: 'CAPTURED' }), unreadable],
    ['a page', () => new Response('<p>hello</p>'), unreadable],
    ['nothing', () => new Response(null, { status: 204 }), unreadable],
  ]

  it.each(failing)('fail with %s', async (_, answer, wanted) => {
    const { klarna } = aClient(answer)

    const result = await createKlarnaGateway(klarna).readOrder(ORDER_ID)

    expect(result).toMatchObject({ type: 'failed', answer: wanted })
  })

  it('fail without an answer', async () => {
    const { klarna } = aClient(() => Promise.reject(new TypeError('fetch failed')))

    const result = await createKlarnaGateway(klarna).readDueDateOptions(ORDER_ID, CAPTURE_ID)

    expect(result).toEqual({
      type: 'failed',
      answer: { type: 'no_answer', reason: 'connection_lost', mayHaveReached: true },
    })
  })
})
