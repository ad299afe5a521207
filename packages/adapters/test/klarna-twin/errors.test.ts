import type { Twin } from '@postdelivery/adapters/klarna-twin'
import { describe, expect, it } from 'vitest'
import {
  aTwin,
  basic,
  CARD,
  type CallOptions,
  call,
  captureId,
  codeOf,
  GERMAN,
  GUIDE,
  REFUNDED,
  SEVERAL,
  send,
  tomatoes,
  UNCAPTURED,
  UNKNOWN,
} from './a-twin.ts'

type Request = readonly [
  method: 'GET' | 'POST' | 'PATCH',
  orderId: string,
  rest: string,
  body?: unknown,
]

interface Case {
  readonly request: (twin: Twin) => Request
  readonly status: number
  readonly code: string
  readonly message?: RegExp
}

const guide = (twin: Twin) => captureId(twin, GUIDE)

const eachOperation: readonly [
  string,
  (captureId: string) => readonly [Request[0], string, unknown?],
][] = [
  ['getOrder', () => ['GET', '']],
  ['getCaptures', () => ['GET', '/captures']],
  ['getCapture', (id) => ['GET', `/captures/${id}`]],
  ['captureOrder', () => ['POST', '/captures', { captured_amount: 1 }]],
  ['refundOrder', () => ['POST', '/refunds', { refunded_amount: 1 }]],
  ['getRefund', () => ['GET', `/refunds/${UNKNOWN}`]],
  ['releaseRemainingAuthorization', () => ['POST', '/release-remaining-authorization']],
  [
    'appendShippingInfo',
    (id) => ['POST', `/captures/${id}/shipping-info`, { shipping_info: [{}] }],
  ],
  ['triggerSendOut', (id) => ['POST', `/captures/${id}/trigger-send-out`]],
  ['getOptionsForExtendDueDate', (id) => ['GET', `/captures/${id}/extend-due-date-options`]],
  ['getOptionsForExtendDueDate (guide)', (id) => ['GET', `/capture/${id}/extend-due-date-options`]],
  ['extendDueDate', (id) => ['PATCH', `/captures/${id}/extend-due-date`, { number_of_days: 2 }]],
  [
    'extendDueDate (guide)',
    (id) => ['POST', `/capture/${id}/extend-due-date`, { number_of_days: 2 }],
  ],
  ['extendAuthorizationTime', () => ['POST', '/extend-authorization-time']],
]

const run = (twin: Twin, [method, orderId, rest, body]: Request, options: CallOptions = {}) =>
  call(twin, `${method} ${orderId}`, { rest, ...(body === undefined ? {} : { body }), ...options })

describe.each(eachOperation)('%s', (name, parts) => {
  const isRefund = name === 'refundOrder' || name === 'getRefund'

  it('answers 401 to wrong credentials', async () => {
    await using twin = await aTwin()
    const [method, rest, body] = parts(guide(twin))

    for (const authorization of [
      null,
      'Basic !!',
      'Bearer x',
      basic('K000000_twin', 'twin-password').replace('Basic', 'Bearer'),
      basic('K000000_twin', 'wrong'),
    ]) {
      const answer = await run(twin, [method, GUIDE, rest, body], { authorization })
      expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHORIZED'])
    }
    expect(twin.violations).toEqual([])
  })

  it('answers that there is no such order', async () => {
    await using twin = await aTwin()
    const [method, rest, body] = parts(guide(twin))

    const answer = await run(twin, [method, UNKNOWN, rest, body])

    expect(answer.status).toBe(404)
    expect(codeOf(answer)).toBe(isRefund ? 'NOT_FOUND' : 'NO_SUCH_ORDER')
    expect(answer.text).toContain(UNKNOWN)
  })

  it('answers that an order id is no UUID', async () => {
    await using twin = await aTwin()
    const [method, rest, body] = parts(guide(twin))

    const answer = await run(twin, [method, 'order-1', rest, body])

    expect([answer.status, codeOf(answer)]).toEqual([400, 'INVALID_ORDER_ID'])
  })
})

describe.each(
  eachOperation.filter(
    ([, parts]) => parts(UNKNOWN)[1].includes('/capture') && parts(UNKNOWN)[1].includes(UNKNOWN),
  ),
)('%s', (_, parts) => {
  it('answers that there is no such capture', async () => {
    await using twin = await aTwin()
    const [method, rest, body] = parts(UNKNOWN)

    const answer = await run(twin, [method, GUIDE, rest, body])

    expect([answer.status, codeOf(answer)]).toEqual([404, 'NO_SUCH_CAPTURE'])
    expect(answer.json).toEqual({
      error_code: 'NO_SUCH_CAPTURE',
      error_messages: [expect.stringContaining(UNKNOWN)],
      correlation_id: answer.headers.get('klarna-correlation-id'),
    })
  })
})

const refusals: Readonly<Record<string, Case>> = {
  'a capture above the remaining authorization': {
    request: () => ['POST', GUIDE, '/captures', { captured_amount: 2001 }],
    status: 403,
    code: 'CAPTURE_NOT_ALLOWED',
    message: /higher than the remaining authorized amount.*2000/,
  },
  'a capture of a fully captured order': {
    request: () => ['POST', CARD, '/captures', { captured_amount: 1 }],
    status: 403,
    code: 'CAPTURE_NOT_ALLOWED',
  },
  'a capture of nothing': {
    request: () => ['POST', GUIDE, '/captures', { captured_amount: 0 }],
    status: 403,
    code: 'CAPTURE_NOT_ALLOWED',
  },
  'a capture with a shipping delay': {
    request: () => ['POST', GUIDE, '/captures', { captured_amount: 1, shipping_delay: 2 }],
    status: 403,
    code: 'CAPTURE_NOT_ALLOWED',
  },
  'a refund above what was captured': {
    request: () => ['POST', GUIDE, '/refunds', { refunded_amount: 6001 }],
    status: 403,
    code: 'REFUND_NOT_ALLOWED',
    message: /over refund/i,
  },
  'a refund of an order without captures': {
    request: () => ['POST', UNCAPTURED, '/refunds', { refunded_amount: 1 }],
    status: 403,
    code: 'REFUND_NOT_ALLOWED',
    message: /no captures/,
  },
  'a refund of a fully refunded order': {
    request: () => ['POST', REFUNDED, '/refunds', { refunded_amount: 1 }],
    status: 403,
    code: 'REFUND_NOT_ALLOWED',
    message: /fully refunded/,
  },
  'a refund of nothing': {
    request: () => ['POST', GUIDE, '/refunds', { refunded_amount: 0 }],
    status: 403,
    code: 'REFUND_NOT_ALLOWED',
  },
  'an unknown refund': {
    request: () => ['GET', GUIDE, `/refunds/${UNKNOWN}`],
    status: 404,
    code: 'NOT_FOUND',
    message: /refund/i,
  },
  'a release when nothing was captured': {
    request: () => ['POST', UNCAPTURED, '/release-remaining-authorization'],
    status: 403,
    code: 'NOT_ALLOWED',
    message: /no captures/,
  },
  'a release when everything was captured': {
    request: () => ['POST', CARD, '/release-remaining-authorization'],
    status: 403,
    code: 'NOT_ALLOWED',
    message: /fully captured/,
  },
  'shipping information for an order without captures': {
    request: () => [
      'POST',
      UNCAPTURED,
      `/captures/${UNKNOWN}/shipping-info`,
      { shipping_info: [{}] },
    ],
    status: 403,
    code: 'NOT_ALLOWED',
    message: /no captures/,
  },
  'a send-out for an order without captures': {
    request: () => ['POST', UNCAPTURED, `/captures/${UNKNOWN}/trigger-send-out`],
    status: 403,
    code: 'NOT_ALLOWED',
  },
  'an extension that is not offered': {
    request: (twin) => [
      'PATCH',
      GUIDE,
      `/captures/${guide(twin)}/extend-due-date`,
      { number_of_days: 11 },
    ],
    status: 403,
    code: 'NOT_ALLOWED',
    message: /11 days.*2, 10, 30, 60/,
  },
  'an extension that is not offered, in the guide’s form': {
    request: (twin) => [
      'POST',
      GUIDE,
      `/capture/${guide(twin)}/extend-due-date`,
      { number_of_days: 0 },
    ],
    status: 403,
    code: 'NOT_ALLOWED',
  },
  'an extension of a card order': {
    request: (twin) => [
      'PATCH',
      CARD,
      `/captures/${captureId(twin, CARD)}/extend-due-date`,
      { number_of_days: 10 },
    ],
    status: 403,
    code: 'NOT_ALLOWED',
  },
  'an authorization by card that is to be extended': {
    request: () => ['POST', CARD, '/extend-authorization-time'],
    status: 403,
    code: 'NOT_ALLOWED',
    message: /CARD/,
  },
  'a return fee on a partial capture': {
    request: () => [
      'POST',
      GUIDE,
      '/refunds',
      {
        refunded_amount: 550,
        order_lines: [
          tomatoes(1),
          { name: 'Fee', type: 'return_fee', quantity: 1, unit_price: -50, total_amount: -50 },
        ],
      },
    ],
    status: 403,
    code: 'REFUND_NOT_ALLOWED',
    message: /return fee/i,
  },
  'bad JSON': {
    request: () => ['POST', GUIDE, '/refunds', '{"refunded_amount": 1'],
    status: 400,
    code: 'BAD_VALUE',
    message: /JSON/,
  },
  'no body where one is needed': {
    request: () => ['POST', GUIDE, '/refunds'],
    status: 400,
    code: 'BAD_VALUE',
    message: /no body/,
  },
  'a body over 1 MB': {
    request: () => ['POST', GUIDE, '/refunds', `{"description":"${'x'.repeat(1_000_001)}"}`],
    status: 413,
    code: 'REQUEST_TOO_LARGE',
  },
  'a missing member': {
    request: () => ['POST', GUIDE, '/refunds', {}],
    status: 422,
    code: 'UNPROCESSABLE_ENTITY',
    message: /^refunded_amount/,
  },
  'an amount that is no whole number': {
    request: () => ['POST', GUIDE, '/refunds', { refunded_amount: 1.5 }],
    status: 422,
    code: 'UNPROCESSABLE_ENTITY',
    message: /^refunded_amount/,
  },
  'an amount above the limit': {
    request: () => ['POST', GUIDE, '/refunds', { refunded_amount: 200_000_001 }],
    status: 422,
    code: 'UNPROCESSABLE_ENTITY',
    message: /^refunded_amount/,
  },
  'a carrier of more than 100 characters': {
    request: (twin) => [
      'POST',
      GUIDE,
      `/captures/${guide(twin)}/shipping-info`,
      { shipping_info: [{}, { shipping_company: 'x'.repeat(101) }] },
    ],
    status: 422,
    code: 'UNPROCESSABLE_ENTITY',
    message: /^shipping_info\[1\]\.shipping_company/,
  },
  'a shipping method that does not exist': {
    request: (twin) => [
      'POST',
      GUIDE,
      `/captures/${guide(twin)}/shipping-info`,
      { shipping_info: [{ shipping_method: 'Pigeon' }] },
    ],
    status: 422,
    code: 'UNPROCESSABLE_ENTITY',
    message: /^shipping_info\[0\]\.shipping_method/,
  },
  'shipping information without an entry': {
    request: (twin) => [
      'POST',
      GUIDE,
      `/captures/${guide(twin)}/shipping-info`,
      { shipping_info: [] },
    ],
    status: 422,
    code: 'UNPROCESSABLE_ENTITY',
    message: /^shipping_info/,
  },
  'a line without its name': {
    request: () => [
      'POST',
      GUIDE,
      '/refunds',
      { refunded_amount: 1, order_lines: [{ quantity: 1, unit_price: 1, total_amount: 1 }] },
    ],
    status: 422,
    code: 'UNPROCESSABLE_ENTITY',
    message: /^order_lines\[0\]\.name/,
  },
  'a member that is not known': {
    request: () => ['POST', GUIDE, '/refunds', { refunded_amount: 1, amuont: 1 }],
    status: 422,
    code: 'UNPROCESSABLE_ENTITY',
    message: /^amuont: is not known/,
  },
  'a body that is no object': {
    request: () => ['POST', GUIDE, '/refunds', '5'],
    status: 422,
    code: 'UNPROCESSABLE_ENTITY',
    message: /^body/,
  },
}

describe('a documented error', () => {
  it.each(Object.entries(refusals))('answers %s', async (_, { request, status, code, message }) => {
    await using twin = await aTwin()
    const before = JSON.stringify(twin.orders.map(({ orderId }) => twin.books(orderId)))

    const answer = await run(twin, request(twin))

    expect([answer.status, codeOf(answer)]).toEqual([status, code])
    expect(answer.json).toMatchObject({
      error_messages: [expect.stringMatching(message ?? /./)],
      correlation_id: answer.headers.get('klarna-correlation-id'),
    })
    expect(twin.violations).toEqual([])
    expect(JSON.stringify(twin.orders.map(({ orderId }) => twin.books(orderId)))).toBe(before)
  })

  it('answers a second release', async () => {
    await using twin = await aTwin()
    const request: Request = ['POST', GUIDE, '/release-remaining-authorization']
    await run(twin, request)

    const answer = await run(twin, request)

    expect([answer.status, codeOf(answer)]).toEqual([403, 'NOT_ALLOWED'])
  })

  it.each([
    ['release', '/release-remaining-authorization', undefined, 'NOT_ALLOWED'],
    ['capture', '/captures', { captured_amount: 1 }, 'CAPTURE_NOT_ALLOWED'],
    ['refund', '/refunds', { refunded_amount: 1 }, 'REFUND_NOT_ALLOWED'],
    ['extension of the authorization', '/extend-authorization-time', undefined, 'NOT_ALLOWED'],
  ])('answers a %s of a cancelled order', async (_, rest, body, code) => {
    await using twin = await aTwin()
    twin.actInPortal(UNCAPTURED, { action: 'cancel' })

    const answer = await run(twin, ['POST', UNCAPTURED, rest, body])

    expect([answer.status, codeOf(answer)]).toEqual([403, code])
    expect(answer.text).toMatch(/cancelled/i)
  })

  it('answers the sum of refunds that goes too far, not each alone', async () => {
    await using twin = await aTwin()
    const refund = (refunded_amount: number) =>
      run(twin, ['POST', GUIDE, '/refunds', { refunded_amount }])

    const statuses = [await refund(4000), await refund(2001), await refund(2000), await refund(1)]

    expect(statuses.map(({ status }) => status)).toEqual([201, 403, 201, 403])
    expect(twin.books(GUIDE).refundedMinor).toBe(6000)
  })

  it('answers a capture whose fraud check is not accepted', async () => {
    await using twin = await aTwin()
    const order_id = UNKNOWN
    twin.addOrders([
      {
        order_id,
        purchase_currency: 'SEK',
        purchase_country: 'SE',
        order_amount: 10,
        fraud_status: 'PENDING',
      },
    ])

    const answer = await run(twin, ['POST', UNKNOWN, '/captures', { captured_amount: 10 }])

    expect([answer.status, codeOf(answer)]).toEqual([403, 'CAPTURE_NOT_ALLOWED'])
  })

  it('answers a path that Klarna does not have, and a method', async () => {
    await using twin = await aTwin()

    const nowhere = await send(twin, 'GET', '/ordermanagement/v2/orders')
    const method = await call(twin, `DELETE ${GUIDE}`)
    const tooLong = await call(twin, `GET ${GUIDE}`, { rest: '/captures/x/y/z' })

    expect([nowhere.status, codeOf(nowhere)]).toEqual([404, 'NOT_FOUND'])
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET'])
    expect(tooLong.status).toBe(404)
    expect(twin.requests.map(({ operation }) => operation)).toEqual([null, null, null])
  })
})

describe('what is possible nevertheless', () => {
  it('refunds after a release', async () => {
    await using twin = await aTwin()
    await run(twin, ['POST', GUIDE, '/release-remaining-authorization'])

    expect((await run(twin, ['POST', GUIDE, '/refunds', { refunded_amount: 100 }])).status).toBe(
      201,
    )
  })

  it('keeps a return fee from the refund of one full capture', async () => {
    await using twin = await aTwin()
    const mug = twin.books(GERMAN).captures[0]
    const lines = [
      { name: 'Becher', reference: 'MUG-2', quantity: 1, unit_price: 4990, total_amount: 4990 },
      { name: 'Fee', type: 'return_fee', quantity: 1, unit_price: -490, total_amount: -490 },
    ]

    const answer = await run(twin, [
      'POST',
      GERMAN,
      '/refunds',
      { refunded_amount: 4500, order_lines: lines },
    ])

    expect(answer.status).toBe(201)
    expect(twin.books(GERMAN).refunds[0]?.captureId).toBe(mug?.captureId)
  })

  it('reads an order by its id in upper case', async () => {
    await using twin = await aTwin()

    expect((await call(twin, `GET ${SEVERAL.toUpperCase()}`)).status).toBe(200)
  })

  it('takes a body of just the greatest size', async () => {
    const body = JSON.stringify({ refunded_amount: 1 })
    await using twin = await aTwin({ settings: { bodyMaxBytes: body.length } })

    const well = await call(twin, `POST ${GUIDE}`, { rest: '/refunds', body })
    const over = await call(twin, `POST ${GUIDE}`, { rest: '/refunds', body: `${body} ` })

    expect([well.status, over.status]).toEqual([201, 413])
  })

  it('takes a newer key as it is', async () => {
    await using twin = await aTwin({ apiKey: 'klarna_test_api_abc' })

    const answer = await call(twin, `GET ${GUIDE}`, { authorization: 'Basic klarna_test_api_abc' })

    expect(answer.status).toBe(200)
  })
})
