import { describe, expect, it } from 'vitest'
import {
  aTwin,
  call,
  captureId,
  codeOf,
  DAY_MS,
  GUIDE,
  SEVERAL,
  tomatoes,
  UNCAPTURED,
} from './a-twin.ts'

const refund = (refunded_amount: number) => ({ rest: '/refunds', body: { refunded_amount } })

describe('an idempotency key', () => {
  it('gives the first answer again and changes nothing', async () => {
    await using twin = await aTwin()

    const first = await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k-1' })
    const again = await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k-1' })

    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.headers.get('refund-id')).toBe(first.headers.get('refund-id'))
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(twin.books(GUIDE).refunds).toHaveLength(1)
    expect(twin.requests.map(({ replayed, idempotencyKey }) => [replayed, idempotencyKey])).toEqual(
      [
        [false, 'k-1'],
        [true, 'k-1'],
      ],
    )
  })

  it('counts alone: another body gets the old answer without a word', async () => {
    await using twin = await aTwin()

    const first = await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })
    const other = await call(twin, `POST ${GUIDE}`, { ...refund(2500), key: 'k' })
    const broken = await call(twin, `POST ${GUIDE}`, { rest: '/refunds', body: '{', key: 'k' })

    expect([other.status, broken.status]).toEqual([201, 201])
    expect(other.headers.get('refund-id')).toBe(first.headers.get('refund-id'))
    expect(twin.books(GUIDE).refundedMinor).toBe(1000)
  })

  it('is remembered however many others come after it', async () => {
    await using twin = await aTwin()
    const keys = Array.from({ length: 20 }, (_, index) => `k-${index}`)
    for (const key of keys) {
      await call(twin, `POST ${GUIDE}`, { ...refund(100), key })
      twin.advance(60_000)
    }

    for (const key of keys) await call(twin, `POST ${GUIDE}`, { ...refund(100), key })

    expect(twin.books(GUIDE).refunds).toHaveLength(20)
  })

  it('is of the merchant by default: another order gets the old answer as well', async () => {
    await using twin = await aTwin()

    await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })
    const other = await call(twin, `POST ${SEVERAL}`, { ...refund(1000), key: 'k' })

    expect(other.headers.get('location')).toContain(GUIDE)
    expect(twin.books(SEVERAL).refundedMinor).toBe(0)
  })

  it('is of one path where the setting says so', async () => {
    await using twin = await aTwin({ settings: { keyScope: 'path' } })

    await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })
    await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })
    await call(twin, `POST ${SEVERAL}`, { ...refund(1000), key: 'k' })

    expect(twin.books(GUIDE).refundedMinor).toBe(1000)
    expect(twin.books(SEVERAL).refundedMinor).toBe(1000)
  })

  it('is honoured for 24 hours after the first attempt, and then forgotten', async () => {
    await using twin = await aTwin()
    const attempt = () => call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })

    await attempt()
    twin.advance(DAY_MS / 2)
    await attempt()
    twin.advance(DAY_MS / 2 - 1)
    await attempt()
    expect(twin.books(GUIDE).refundedMinor).toBe(1000)
    twin.advance(1)
    await attempt()

    expect(twin.books(GUIDE).refundedMinor).toBe(2000)
  })

  it('lives as long as the setting says', async () => {
    await using twin = await aTwin({ settings: { keyLifeHours: 1 } })

    await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })
    twin.advance(3_600_000)
    await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })

    expect(twin.books(GUIDE).refundedMinor).toBe(2000)
  })

  it('makes equal calls without it separate calls', async () => {
    await using twin = await aTwin()

    await call(twin, `POST ${GUIDE}`, refund(1000))
    await call(twin, `POST ${GUIDE}`, refund(1000))

    expect(twin.books(GUIDE).refunds).toHaveLength(2)
  })

  it('means nothing on a read', async () => {
    await using twin = await aTwin()

    await call(twin, `GET ${GUIDE}`, { key: 'k' })
    const { status } = await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })

    expect(status).toBe(201)
  })

  it.each([
    ['repeats', true, 403],
    ['does not repeat', false, 201],
  ])('%s an error where the setting says so', async (_, replaysErrors, wanted) => {
    await using twin = await aTwin({ settings: { replaysErrors } })
    const attempt = () => call(twin, `POST ${UNCAPTURED}`, { ...refund(100), key: 'k' })
    const refused = await attempt()
    await call(twin, `POST ${UNCAPTURED}`, { rest: '/captures', body: { captured_amount: 100 } })

    const again = await attempt()

    expect(refused.status).toBe(403)
    expect(again.status).toBe(wanted)
  })

  it('keeps no answer of the gates before the books', async () => {
    await using twin = await aTwin()
    const key = 'k'
    const refused = [
      await call(twin, `POST ${GUIDE}`, { ...refund(1), key, authorization: null }),
      await call(twin, `POST ${GUIDE}`, { rest: '/refunds', body: '{', key }),
      await call(twin, `POST ${GUIDE}`, { rest: '/refunds', body: ' '.repeat(1_000_001), key }),
    ]

    const { status } = await call(twin, `POST ${GUIDE}`, { ...refund(1), key })

    expect(refused.map((each) => each.status)).toEqual([401, 400, 413])
    expect(status).toBe(201)
  })

  it('is refused when empty, or longer than the setting allows', async () => {
    await using twin = await aTwin({ settings: { keyMaxLength: 36 } })

    const empty = await call(twin, `POST ${GUIDE}`, { ...refund(1), key: '' })
    const long = await call(twin, `POST ${GUIDE}`, { ...refund(1), key: 'x'.repeat(37) })
    const well = await call(twin, `POST ${GUIDE}`, { ...refund(1), key: 'x'.repeat(36) })

    expect([empty.status, long.status, well.status]).toEqual([400, 400, 201])
    expect(codeOf(long)).toBe('BAD_VALUE')
  })

  it.each([
    ['/release-remaining-authorization', undefined],
    ['/extend-authorization-time', undefined],
    ['/captures', { captured_amount: 500 }],
    ['/refunds', { refunded_amount: 600, order_lines: [tomatoes(1)] }],
    ['/captures/*/shipping-info', { shipping_info: [{ tracking_number: 'T' }] }],
    ['/captures/*/trigger-send-out', undefined],
    ['/capture/*/extend-due-date', { number_of_days: 10 }],
  ])('makes a repeat of %s harmless', async (path, body) => {
    await using twin = await aTwin()
    const rest = path.replace('*', captureId(twin, GUIDE))
    const attempt = () => call(twin, `POST ${GUIDE}`, { rest, body, key: 'k' })
    const first = await attempt()
    const books = twin.books(GUIDE)

    const again = await attempt()

    expect(first.status).toBeLessThan(300)
    expect([again.status, again.text]).toEqual([first.status, first.text])
    expect(twin.books(GUIDE)).toEqual(books)
  })
})

describe('two calls of one key at the same time', () => {
  const atOnce = (twin: Awaited<ReturnType<typeof aTwin>>) =>
    Promise.all([1, 2, 3].map(() => call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })))

  it('conflict, and only one is carried out', async () => {
    await using twin = await aTwin({ settings: { latencyMs: 50 } })

    const answers = await atOnce(twin)

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    const conflict = answers.find(({ status }) => status === 409)
    expect(conflict?.json).toMatchObject({ error_code: 'CONFLICT', error_messages: [] })
    expect(twin.books(GUIDE).refundedMinor).toBe(1000)
    const later = await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })
    expect(later.status).toBe(201)
  })

  it('wait for the first answer where the setting says so', async () => {
    await using twin = await aTwin({ settings: { latencyMs: 30, concurrentKey: 'wait' } })

    const answers = await atOnce(twin)

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map(({ headers }) => headers.get('refund-id'))).size).toBe(1)
    expect(twin.books(GUIDE).refundedMinor).toBe(1000)
  })

  it('no longer conflict once the first client has gone', async () => {
    await using twin = await aTwin()
    twin.setFaults([{ kind: 'hang' }])
    const gone = call(twin, `POST ${GUIDE}`, {
      ...refund(1000),
      key: 'k',
      signal: AbortSignal.timeout(50),
    })
    await expect(gone).rejects.toThrow()

    await expect
      .poll(async () => (await call(twin, `POST ${GUIDE}`, { ...refund(1000), key: 'k' })).status)
      .toBe(201)
    expect(twin.books(GUIDE).refundedMinor).toBe(1000)
  })
})
