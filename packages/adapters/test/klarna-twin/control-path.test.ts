import { describe, expect, it } from 'vitest'
import {
  anOrder,
  aTwin,
  call,
  captureId,
  control,
  GUIDE,
  send,
  UNCAPTURED,
  UNKNOWN,
} from './a-twin.ts'

describe('the control path', () => {
  it('says what there is', async () => {
    await using twin = await aTwin()

    const { status, headers, json } = await control(twin, 'GET ')

    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json')
    expect(json).toMatchObject({
      now: '2026-11-24T08:00:00.000Z',
      orders: twin.orders,
      paths: expect.arrayContaining([
        'GET /__twin',
        'PUT /__twin/faults',
        'POST /__twin/orders/*/portal/*',
      ]),
    })
  })

  it('answers every path that it lists', async () => {
    await using twin = await aTwin()
    const { json } = await control(twin, 'GET ')
    const paths = (json as { paths: string[] }).paths

    const statuses = await Promise.all(
      paths.map(async (place) => {
        const [method = '', path = ''] = place.split(' ')
        const real = path.replace('*', GUIDE).replace('*', 'release')
        const body = method === 'GET' ? {} : { body: {} }
        return [place, (await send(twin, method, real, body)).status] as const
      }),
    )

    expect(statuses.filter(([, status]) => status === 404 || status >= 500)).toEqual([])
  })

  it('shows the books, alike in three places', async () => {
    await using twin = await aTwin()

    const one = await control(twin, `GET /books/${GUIDE}`)
    const order = await control(twin, `GET /orders/${GUIDE}`)
    const all = await control(twin, 'GET /books')
    const state = await control(twin, 'GET /state')

    expect(one.json).toEqual(twin.books(GUIDE))
    expect(order.json).toEqual(one.json)
    expect(all.json).toContainEqual(one.json)
    expect(state.json).toMatchObject({
      settings: twin.settings,
      faults: [],
      violations: [],
      orders: all.json,
    })
  })

  it('sets faults, shows their counts and takes them away', async () => {
    await using twin = await aTwin()
    const fault = { kind: 'server_error', operation: 'getOrder', times: 2 }

    const set = await control(twin, 'PUT /faults', [fault])
    const hit = await call(twin, `GET ${GUIDE}`)
    const shown = await control(twin, 'GET /faults')
    await control(twin, 'DELETE /faults')
    const well = await call(twin, `GET ${GUIDE}`)

    expect([set.status, hit.status, well.status]).toEqual([200, 500, 200])
    expect(shown.json).toEqual([{ ...fault, matchedCount: 1, hitCount: 1 }])
  })

  it('changes settings', async () => {
    await using twin = await aTwin()

    const { status, json } = await control(twin, 'PUT /settings', { shippingInfoStatus: 201 })

    expect(status).toBe(200)
    expect(json).toMatchObject({ shippingInfoStatus: 201, rateLimitPerSecond: null })
    expect((await control(twin, 'GET /settings')).json).toEqual(json)
  })

  it('moves the clock forward and never back', async () => {
    await using twin = await aTwin()

    const moved = [
      await control(twin, 'POST /clock', { advanceMs: 1000 }),
      await control(twin, 'POST /clock', { advanceDays: 2 }),
      await control(twin, 'POST /clock', { setTo: '2026-12-01T00:00:00Z' }),
    ]
    const back = await control(twin, 'POST /clock', { setTo: '2026-11-30T00:00:00Z' })

    expect(moved.map(({ json }) => json)).toEqual([
      { now: '2026-11-24T08:00:01.000Z' },
      { now: '2026-11-26T08:00:01.000Z' },
      { now: '2026-12-01T00:00:00.000Z' },
    ])
    expect(back.status).toBe(409)
    expect(back.text).toContain('never set backwards')
    expect((await control(twin, 'GET /clock')).json).toEqual({ now: '2026-12-01T00:00:00.000Z' })
  })

  it('adds one order or several, and makes up ids', async () => {
    await using twin = await aTwin({ orders: [] })
    const { order_id: _, ...nameless } = anOrder()

    const one = await control(twin, 'POST /orders', anOrder())
    const more = await control(twin, 'POST /orders', [nameless, nameless])

    expect([one.status, more.status]).toEqual([201, 201])
    expect(one.json).toEqual([twin.orders[0]])
    expect(new Set(twin.orders.map(({ orderId }) => orderId)).size).toBe(3)
    expect((await call(twin, `GET ${twin.orders[2]?.orderId}`)).status).toBe(200)
  })

  it('lets a person refund, capture, release, cancel and close', async () => {
    await using twin = await aTwin()
    const act = (orderId: string, action: string, body?: unknown) =>
      control(twin, `POST /orders/${orderId}/portal/${action}`, body)

    const answers = [
      await act(GUIDE, 'refund', { amountMinor: 500, reference: 'by hand', description: 'Sorry' }),
      await act(GUIDE, 'refund', { amountMinor: 500, captureId: captureId(twin, GUIDE) }),
      await act(GUIDE, 'capture', { amountMinor: 1500, reference: 'rest' }),
      await act(GUIDE, 'release'),
      await act(GUIDE, 'close', {}),
      await act(UNCAPTURED, 'cancel'),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(twin.books(GUIDE)).toMatchObject({
      status: 'CLOSED',
      capturedMinor: 7500,
      refundedMinor: 1000,
      refunds: [
        { by: 'person', reference: 'by hand' },
        { by: 'person', captureId: captureId(twin, GUIDE) },
      ],
    })
    expect(answers[4]?.json).toEqual(twin.books(GUIDE))
    expect(twin.books(UNCAPTURED).status).toBe('CANCELLED')
  })

  it('says why a person cannot', async () => {
    await using twin = await aTwin()
    const act = (action: string, body?: unknown) =>
      control(twin, `POST /orders/${GUIDE}/portal/${action}`, body)

    const answers = [
      await act('refund', { amountMinor: 6001 }),
      await act('refund', { amountMinor: 1, captureId: UNKNOWN }),
      await act('cancel'),
      await act('capture', { amountMinor: 2001 }),
    ]
    twin.actInPortal(GUIDE, { action: 'capture', amountMinor: 2000 })
    const overCapture = await act('refund', {
      amountMinor: 2001,
      captureId: captureId(twin, GUIDE, 1),
    })

    expect([...answers, overCapture].map(({ status, json }) => [status, json])).toEqual([
      [403, expect.objectContaining({ error_code: 'REFUND_NOT_ALLOWED' })],
      [404, expect.objectContaining({ error_code: 'NO_SUCH_CAPTURE' })],
      [403, expect.objectContaining({ error_code: 'CANCEL_NOT_ALLOWED' })],
      [403, expect.objectContaining({ error_code: 'CAPTURE_NOT_ALLOWED' })],
      [403, expect.objectContaining({ error_code: 'REFUND_NOT_ALLOWED' })],
    ])
  })

  it('offers other extensions', async () => {
    await using twin = await aTwin()
    const path = `/orders/${GUIDE}/extension-options`
    const read = async () =>
      (
        await call(twin, `GET ${GUIDE}`, {
          rest: `/captures/${captureId(twin, GUIDE)}/extend-due-date-options`,
        })
      ).json

    await control(twin, `PUT ${path}`, { options: [{ number_of_days: 7, amount: 50 }] })
    const own = await read()
    await control(twin, `PUT ${path}`, { options: null })

    expect(own).toEqual({ currency: 'SEK', options: [{ number_of_days: 7, amount: 50 }] })
    expect(await read()).toMatchObject({ options: { length: 4 } })
  })

  it('shows and clears what was received, in Klarna’s API alone', async () => {
    await using twin = await aTwin()
    await call(twin, `POST ${GUIDE}`, {
      rest: '/refunds',
      body: { refunded_amount: 1 },
      key: 'k-1',
    })

    const { json } = await control(twin, 'GET /requests')
    await control(twin, 'DELETE /requests')

    expect(json).toEqual([
      {
        at: '2026-11-24T08:00:00.000Z',
        method: 'POST',
        path: `/ordermanagement/v1/orders/${GUIDE}/refunds`,
        operation: 'refundOrder',
        orderId: GUIDE,
        captureId: null,
        idempotencyKey: 'k-1',
        body: '{"refunded_amount":1}',
        correlationId: expect.any(String),
        status: 201,
        replayed: false,
        fault: null,
      },
    ])
    expect(twin.requests).toEqual([])
    expect((await control(twin, 'GET /violations')).json).toEqual([])
  })

  it('begins anew', async () => {
    await using twin = await aTwin({ settings: { shippingInfoStatus: 201 } })
    const refund = () =>
      call(twin, `POST ${GUIDE}`, { rest: '/refunds', body: { refunded_amount: 1 }, key: 'k' })
    const first = await refund()
    twin.setSettings({ shippingInfoStatus: 204, staleReadMs: 5 })
    twin.setFaults([{ kind: 'dropped' }])
    twin.advance(1000)

    const { status } = await control(twin, 'POST /reset')

    expect(status).toBe(200)
    expect(twin.books(GUIDE).refundedMinor).toBe(0)
    expect(twin.settings).toMatchObject({ shippingInfoStatus: 201, staleReadMs: 0 })
    expect([twin.faults, twin.requests, twin.violations]).toEqual([[], [], []])
    expect(twin.now).toBe('2026-11-24T08:00:01.000Z')
    expect((await refund()).status).toBe(first.status)
    expect(twin.books(GUIDE).refundedMinor).toBe(1)
  })
})

describe('the control path refuses', () => {
  it.each([
    ['PUT /settings', { keyLife: 1 }, 400, /`keyLife` is no setting/],
    ['PUT /settings', { shippingInfoStatus: 200 }, 400, /`shippingInfoStatus` is one of 201, 204/],
    ['PUT /settings', [], 400, /settings are an object/],
    ['PUT /settings', '{', 400, /no valid JSON/],
    ['PUT /faults', [{ kind: 'hang', ms: 1 }], 400, /\[0\]: `ms`/],
    ['PUT /faults', {}, 400, /faults are a list/],
    ['POST /clock', {}, 400, /give one of/],
    ['POST /clock', { advanceMs: 1, advanceDays: 1 }, 400, /give one of/],
    ['POST /clock', { advanceMs: -1 }, 400, /`advanceMs` is a whole number/],
    ['POST /clock', { setTo: 'tomorrow' }, 400, /`setTo` is an ISO 8601 instant/],
    ['POST /clock', { minutes: 1 }, 400, /`minutes` is not known/],
    ['POST /clock', undefined, 400, /the body is a JSON object/],
    ['POST /orders', anOrder({ order_id: 'x' }), 400, /orders\[0\]: `order_id` is a UUID/],
    ['POST /orders', [5], 400, /an order is an object/],
    [`GET /books/${UNKNOWN}`, undefined, 400, /no order/],
    [`POST /orders/${GUIDE}/portal/refund`, {}, 400, /`amountMinor` is missing/],
    [`POST /orders/${GUIDE}/portal/refund`, { amountMinor: 'x' }, 400, /`amountMinor` is a whole/],
    [`POST /orders/${GUIDE}/portal/steal`, {}, 400, /a person can refund, capture/],
    [`POST /orders/${UNKNOWN}/portal/release`, {}, 400, /no order/],
    [`PUT /orders/${GUIDE}/extension-options`, { options: 5 }, 400, /`options` is a list/],
    [`PUT /orders/${GUIDE}/extension-options`, { options: [{}] }, 400, /an option has/],
    [
      `PUT /orders/${GUIDE}/extension-options`,
      { options: [{ number_of_days: 0, amount: 1 }] },
      400,
      /`number_of_days`/,
    ],
    ['GET /nothing', undefined, 404, /GET \/__twin lists/],
    ['POST /books', {}, 405, /takes GET/],
  ] as const)('%s %j', async (request, body, status, message) => {
    await using twin = await aTwin()
    const before = (await control(twin, 'GET /state')).text

    const answer = await control(twin, request, body)

    expect(answer.status).toBe(status)
    expect(answer.json).toMatchObject({
      error: expect.any(String),
      problems: [expect.stringMatching(message)],
    })
    expect((await control(twin, 'GET /state')).text).toBe(before)
  })

  it('pages in a browser', async () => {
    await using twin = await aTwin()

    const { status } = await send(twin, 'POST', '/__twin/reset', {
      headers: { origin: 'https://shop.example' },
    })

    expect(status).toBe(403)
  })

  it('nobody for a lack of credentials', async () => {
    await using twin = await aTwin()

    expect((await send(twin, 'GET', '/__twin/clock', { authorization: null })).status).toBe(200)
  })
})
