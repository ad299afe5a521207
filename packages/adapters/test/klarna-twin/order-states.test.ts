import type { Twin, TwinSettings } from '@postdelivery/adapters/klarna-twin'
import { describe, expect, it } from 'vitest'
import {
  anOrder,
  aTwin,
  call,
  codeOf,
  DAY_MS,
  GUIDE,
  line,
  REFUNDED,
  UNCAPTURED,
} from './a-twin.ts'

const statusOf = (twin: Twin, orderId: string) => twin.books(orderId).status
const release = (twin: Twin) =>
  call(twin, `POST ${GUIDE}`, { rest: '/release-remaining-authorization' })
const refund = (twin: Twin, orderId: string, refunded_amount: number) =>
  call(twin, `POST ${orderId}`, { rest: '/refunds', body: { refunded_amount } })

describe('after a release the order', () => {
  it.each(['CAPTURED', 'PART_CAPTURED', 'CLOSED'] as const)('is %s by setting', async (status) => {
    await using twin = await aTwin({ settings: { statusAfterRelease: status } })

    await release(twin)

    expect(statusOf(twin, GUIDE)).toBe(status)
  })

  it('takes no capture', async () => {
    await using twin = await aTwin({ settings: { statusAfterRelease: 'PART_CAPTURED' } })
    await release(twin)

    const answer = await call(twin, `POST ${GUIDE}`, {
      rest: '/captures',
      body: { captured_amount: 1 },
    })

    expect([answer.status, codeOf(answer)]).toEqual([403, 'CAPTURE_NOT_ALLOWED'])
  })
})

describe('once the authorization has run out the order', () => {
  it('is EXPIRED when nothing was captured, and takes nothing more', async () => {
    await using twin = await aTwin()
    twin.advance(26 * DAY_MS - 1)
    const before = statusOf(twin, UNCAPTURED)
    twin.advance(1)

    const capture = await call(twin, `POST ${UNCAPTURED}`, {
      rest: '/captures',
      body: { captured_amount: 1 },
    })
    const extension = await call(twin, `POST ${UNCAPTURED}`, { rest: '/extend-authorization-time' })

    expect([before, statusOf(twin, UNCAPTURED)]).toEqual(['AUTHORIZED', 'EXPIRED'])
    expect([capture.status, extension.status]).toEqual([403, 403])
  })

  it.each(['EXPIRED', 'PART_CAPTURED', 'CAPTURED', 'CLOSED'] as const)(
    'is %s by setting when a part was captured',
    async (status) => {
      await using twin = await aTwin({ settings: { statusAfterExpiry: status } })
      twin.advance(18 * DAY_MS)

      const { json } = await call(twin, `GET ${GUIDE}`)

      expect(json).toMatchObject({ status, remaining_authorized_amount: 0 })
    },
  )

  it('is released no more', async () => {
    await using twin = await aTwin()
    twin.advance(18 * DAY_MS)

    expect((await release(twin)).status).toBe(403)
  })

  it.each([
    ['EXPIRED', { refundsWhenExpired: true }, 201],
    ['EXPIRED', { refundsWhenExpired: false }, 403],
    ['CLOSED', { refundsWhenClosed: true }, 201],
    ['CLOSED', { refundsWhenClosed: false }, 403],
  ] as const)('and is %s is refunded as %o says', async (status, settings, wanted) => {
    await using twin = await aTwin({ settings: { ...settings, statusAfterExpiry: status } })
    twin.advance(18 * DAY_MS)

    expect((await refund(twin, GUIDE, 100)).status).toBe(wanted)
  })
})

describe('extendAuthorizationTime', () => {
  const extend = (twin: Twin, orderId = UNCAPTURED) =>
    call(twin, `POST ${orderId}`, { rest: '/extend-authorization-time' })

  it('counts the period from today, and a repeat on the same day changes nothing', async () => {
    await using twin = await aTwin()
    const before = twin.books(UNCAPTURED).expiresAt
    twin.advance(10 * DAY_MS)

    const first = await extend(twin)
    const after = twin.books(UNCAPTURED).expiresAt
    twin.advance(3_600_000)
    await extend(twin)

    expect(first.status).toBe(204)
    expect(before).toBe('2026-12-20T08:00:00.000Z')
    expect(after).toBe('2027-01-01T00:00:00.000Z')
    expect(twin.books(UNCAPTURED).expiresAt).toBe(after)
  })

  it('never shortens', async () => {
    await using twin = await aTwin({ settings: { authorizationPeriodDays: 28 } })
    const before = twin.books(UNCAPTURED).expiresAt
    twin.setSettings({ authorizationPeriodDays: 1 })

    await extend(twin)

    expect(twin.books(UNCAPTURED).expiresAt).toBe(before)
  })

  it('is possible within 180 days of the purchase', async () => {
    await using twin = await aTwin({ settings: { authorizationPeriodDays: 365 } })
    twin.advance(178 * DAY_MS)
    const last = await extend(twin)
    twin.advance(1)

    expect([last.status, (await extend(twin)).status]).toEqual([204, 403])
  })

  it('needs something left to capture, unless the setting says otherwise', async () => {
    await using twin = await aTwin()

    const strict = await extend(twin, REFUNDED)
    twin.setSettings({ extendsSpentAuthorization: true })

    expect(strict.status).toBe(403)
    expect((await extend(twin, REFUNDED)).status).toBe(204)
  })

  it('is refused for a closed order', async () => {
    await using twin = await aTwin()
    twin.actInPortal(GUIDE, { action: 'close' })

    expect((await extend(twin, GUIDE)).status).toBe(403)
  })
})

describe('a setting for what Klarna leaves open', () => {
  it('closes an order that is refunded', async () => {
    await using twin = await aTwin({ settings: { closesWhenRefunded: true } })

    expect([statusOf(twin, REFUNDED), statusOf(twin, GUIDE)]).toEqual(['CLOSED', 'PART_CAPTURED'])
  })

  it('lets amounts of 0 pass', async () => {
    await using twin = await aTwin({ settings: { acceptsZeroAmounts: true } })

    const refunded = await refund(twin, GUIDE, 0)
    const captured = await call(twin, `POST ${GUIDE}`, {
      rest: '/captures',
      body: { captured_amount: 0 },
    })

    expect([refunded.status, captured.status]).toEqual([201, 201])
    expect((await call(twin, `GET ${GUIDE}`)).status).toBe(200)
  })

  it.each([
    ['total_amount', { ...line('A', 100), total_amount: 102 }],
    ['total_tax_amount', { ...line('A', 100), tax_rate: 2500, total_tax_amount: 22 }],
  ])('recalculates the %s of lines', async (member, bad) => {
    await using twin = await aTwin({ settings: { lineArithmetic: 'checked' } })
    const send = (rest: string, order_lines: readonly unknown[]) =>
      call(twin, `POST ${GUIDE}`, { rest, body: { refunded_amount: 100, order_lines } })

    const refused = await send('/refunds', [line('A', 1), bad])
    const captured = await call(twin, `POST ${GUIDE}`, {
      rest: '/captures',
      body: { captured_amount: 100, order_lines: [bad] },
    })
    const well = await send('/refunds', [
      {
        ...line('A', 100),
        tax_rate: 2500,
        total_tax_amount: 21,
        total_discount_amount: 1,
        unit_price: 101,
      },
    ])

    expect([refused.status, codeOf(refused)]).toEqual([400, 'BAD_VALUE'])
    expect(refused.text).toContain(`order_lines[1].${member}`)
    expect(captured.status).toBe(400)
    expect(well.status).toBe(201)
  })

  it('ignores members that are not known', async () => {
    await using twin = await aTwin({ settings: { unknownMembers: 'ignored' } })

    const answer = await call(twin, `POST ${GUIDE}`, {
      rest: '/refunds',
      body: { refunded_amount: 100, note: 'x' },
    })

    expect(answer.status).toBe(201)
  })

  it('lets a shipping delay pass', async () => {
    await using twin = await aTwin({ settings: { shippingDelayEnabled: true } })
    const body = { captured_amount: 1, shipping_delay: 2 }

    expect((await call(twin, `POST ${GUIDE}`, { rest: '/captures', body })).status).toBe(201)
  })

  it('limits the captures, refunds and shipping entries of an order', async () => {
    const settings: Partial<TwinSettings> = {
      captureMaxCount: 1,
      refundMaxCount: 1,
      shippingEntryMaxCount: 2,
    }
    await using twin = await aTwin({ settings })
    const shipping = { rest: `/captures/${twin.books(GUIDE).captures[0]?.captureId}/shipping-info` }
    await refund(twin, GUIDE, 1)

    const capture = await call(twin, `POST ${GUIDE}`, {
      rest: '/captures',
      body: { captured_amount: 1 },
    })
    const second = await refund(twin, GUIDE, 1)
    const parcels = [
      await call(twin, `POST ${GUIDE}`, { ...shipping, body: { shipping_info: [{}, {}] } }),
      await call(twin, `POST ${GUIDE}`, { ...shipping, body: { shipping_info: [{}] } }),
    ]

    expect([capture, second, ...parcels].map((answer) => [answer.status, codeOf(answer)])).toEqual([
      [403, 'CAPTURE_NOT_ALLOWED'],
      [403, 'REFUND_NOT_ALLOWED'],
      [204, undefined],
      [403, 'NOT_ALLOWED'],
    ])
  })

  it('chooses statuses and codes of what is not found', async () => {
    await using twin = await aTwin({
      settings: {
        invalidOrderIdStatus: 404,
        unknownOrderOnRefund: 'NO_SUCH_ORDER',
        unknownRefundStatus: 400,
      },
    })
    const unknown = '11111111-2222-4333-8444-555555555555'

    const answers = [
      await call(twin, 'GET order-1'),
      await refund(twin, unknown, 1),
      await call(twin, `GET ${GUIDE}`, { rest: '/refunds/x' }),
    ]

    expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual([
      [404, 'INVALID_ORDER_ID'],
      [404, 'NO_SUCH_ORDER'],
      [400, 'NOT_FOUND'],
    ])
    expect(twin.violations).toEqual([])
  })

  it('counts the due date from the capture', async () => {
    await using twin = await aTwin({ settings: { paymentTermDays: 14 }, orders: [anOrder()] })
    const orderId = twin.orders[0]?.orderId ?? ''

    expect(twin.books(orderId).captures[0]?.dueOn).toBe('2026-11-28')
  })
})
