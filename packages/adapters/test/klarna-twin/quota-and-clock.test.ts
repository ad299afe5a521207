import { startTwin } from '@postdelivery/adapters/klarna-twin'
import { describe, expect, it } from 'vitest'
import { aTwin, call, codeOf, GUIDE, START_MS, UNKNOWN } from './a-twin.ts'

const quotaOf = (headers: Headers) =>
  ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`))

describe('the quota', () => {
  it('is 200 calls a second unless told otherwise, and every answer tells', async () => {
    await using twin = await startTwin({ clock: { now: () => START_MS } })

    const well = await call(twin, `GET ${GUIDE}`)
    const wrong = await call(twin, `GET ${UNKNOWN}`)

    expect(quotaOf(well.headers)).toEqual(['200, 200;w=1', '199', '1'])
    expect(quotaOf(wrong.headers)).toEqual(['200, 200;w=1', '198', '1'])
  })

  it('refuses every further call until the window ends', async () => {
    await using twin = await aTwin({ settings: { rateLimitPerSecond: 2 } })
    const read = () => call(twin, `GET ${GUIDE}`)
    const refund = () =>
      call(twin, `POST ${GUIDE}`, { rest: '/refunds', body: { refunded_amount: 1 } })

    const first = [await read(), await read(), await read(), await refund()]
    twin.advance(999)
    const late = await read()
    twin.advance(1)
    const fresh = await refund()

    expect([...first, late, fresh].map(({ status }) => status)).toEqual([
      200, 200, 429, 429, 429, 201,
    ])
    expect(codeOf(late)).toBe('TOO_MANY_REQUESTS')
    expect(quotaOf(late.headers)).toEqual(['2, 2;w=1', '0', '1'])
    expect(late.headers.get('retry-after')).toBeNull()
    expect(twin.books(GUIDE).refundedMinor).toBe(1)
  })

  it('keeps no answer of a call under its key that it refused', async () => {
    await using twin = await aTwin({ settings: { rateLimitPerSecond: 1 } })
    const refund = () =>
      call(twin, `POST ${GUIDE}`, { rest: '/refunds', body: { refunded_amount: 1 }, key: 'k' })
    await call(twin, `GET ${GUIDE}`)

    const refused = await refund()
    twin.advance(1000)

    expect([refused.status, (await refund()).status]).toEqual([429, 201])
  })

  it('is silent when switched off', async () => {
    await using twin = await aTwin()

    expect(quotaOf((await call(twin, `GET ${GUIDE}`)).headers)).toEqual([null, null, null])
  })
})

describe('the clock', () => {
  it('is the one that was given, and moves forward on demand', async () => {
    let ms = START_MS
    await using twin = await aTwin({ clock: { now: () => new Date(ms).toISOString() } })

    twin.advance(1500)
    const first = twin.now
    ms += 500
    const second = twin.now
    twin.setClock(START_MS + 10_000)

    expect([first, second, twin.now]).toEqual([
      '2026-11-24T08:00:01.500Z',
      '2026-11-24T08:00:02.000Z',
      '2026-11-24T08:00:10.000Z',
    ])
  })

  it('never runs backwards', async () => {
    let ms = START_MS
    await using twin = await aTwin({ clock: { now: () => ms } })
    twin.advance(1000)
    const before = twin.now

    expect(() => twin.advance(-1)).toThrow(RangeError)
    expect(() => twin.advance(0.5)).toThrow(RangeError)
    expect(() => twin.setClock(START_MS)).toThrow(/never set backwards/)
    expect(() => twin.setClock(Number.NaN)).toThrow(RangeError)
    ms -= 60_000

    expect(twin.now).toBe(before)
    twin.advance(5)
    expect(twin.now).toBe('2026-11-24T08:00:01.005Z')
  })

  it('is the machine’s when none is given', async () => {
    const before = Date.now()
    await using twin = await startTwin()

    const now = Date.parse(twin.now)

    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })
})
