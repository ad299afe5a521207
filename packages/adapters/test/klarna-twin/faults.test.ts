import { connect } from 'node:net'
import {
  FAULT_KINDS,
  type Fault,
  type Twin,
  TwinInputError,
} from '@postdelivery/adapters/klarna-twin'
import { describe, expect, it } from 'vitest'
import { aTwin, basic, call, captureId, codeOf, GUIDE, SEVERAL } from './a-twin.ts'

const refund = (
  twin: Twin,
  refunded_amount = 100,
  options: { key?: string; signal?: AbortSignal } = {},
) => call(twin, `POST ${GUIDE}`, { rest: '/refunds', body: { refunded_amount }, ...options })

interface Want {
  readonly fault: Fault
  /** `broken` for a connection that breaks, else the status. */
  readonly seen: number | 'broken'
  readonly refundedMinor: number
  readonly code?: string
  readonly text?: string
  readonly headers?: Readonly<Record<string, string | null>>
}

/** One row for each fault, and for both values of `work` where the kind leaves it open. */
const table: Readonly<Record<string, Want>> = {
  'answer lost after the work': {
    fault: { kind: 'answer_lost' },
    seen: 'broken',
    refundedMinor: 100,
  },
  'dropped before the work': { fault: { kind: 'dropped' }, seen: 'broken', refundedMinor: 0 },
  'a hang, then the answer': {
    fault: { kind: 'hang', hangMs: 20 },
    seen: 201,
    refundedMinor: 100,
  },
  'a hang, then nothing': {
    fault: { kind: 'hang', hangMs: 20, work: 'not_done' },
    seen: 'broken',
    refundedMinor: 0,
  },
  '500 without work': {
    fault: { kind: 'server_error' },
    seen: 500,
    code: 'INTERNAL_SERVER_ERROR',
    refundedMinor: 0,
  },
  '500 TIMEOUT after the work': {
    fault: { kind: 'server_error', work: 'done', code: 'TIMEOUT' },
    seen: 500,
    code: 'TIMEOUT',
    refundedMinor: 100,
  },
  '503 without work': {
    fault: { kind: 'server_error', status: 503 },
    seen: 503,
    code: 'TEMPORARILY_UNAVAILABLE',
    refundedMinor: 0,
  },
  'an error of choice': {
    fault: { kind: 'error', status: 403, code: 'NOT_ALLOWED' },
    seen: 403,
    code: 'NOT_ALLOWED',
    refundedMinor: 0,
  },
  'a conflict': { fault: { kind: 'error' }, seen: 409, code: 'CONFLICT', refundedMinor: 0 },
  'a used-up quota': {
    fault: { kind: 'rate_limited' },
    seen: 429,
    code: 'TOO_MANY_REQUESTS',
    refundedMinor: 0,
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' },
  },
  'a bare 403': {
    fault: { kind: 'bare_403' },
    seen: 403,
    text: '',
    refundedMinor: 0,
    headers: { 'klarna-correlation-id': null, 'content-type': null },
  },
  'a page in HTML': {
    fault: { kind: 'html' },
    seen: 502,
    refundedMinor: 0,
    headers: { 'content-type': 'text/html; charset=utf-8', 'klarna-correlation-id': null },
  },
  'a page in HTML that says 200, after the work': {
    fault: { kind: 'html', status: 200, work: 'done' },
    seen: 200,
    refundedMinor: 100,
  },
  'a redirect': {
    fault: { kind: 'redirect' },
    seen: 307,
    refundedMinor: 0,
    headers: { location: '/moved' },
  },
  'a redirect elsewhere': {
    fault: { kind: 'redirect', location: 'http://127.0.0.1:9/x', status: 302 },
    seen: 302,
    refundedMinor: 0,
    headers: { location: 'http://127.0.0.1:9/x' },
  },
  'an answer that breaks off': {
    fault: { kind: 'truncated' },
    seen: 'broken',
    refundedMinor: 100,
  },
  'a body that is no JSON': {
    fault: { kind: 'malformed' },
    seen: 200,
    text: '{"order_id": "1',
    refundedMinor: 100,
  },
}

describe('a fault on a refund', () => {
  it.each(Object.entries(table))('shows %s', async (_, { fault, seen, refundedMinor, ...want }) => {
    await using twin = await aTwin()
    twin.setFaults([fault])

    const answer = await refund(twin).catch(() => 'broken' as const)

    expect(answer === 'broken' ? answer : answer.status).toBe(seen)
    expect(twin.books(GUIDE).refundedMinor).toBe(refundedMinor)
    expect(twin.requests[0]).toMatchObject({
      fault: fault.kind,
      status: seen === 'broken' ? null : seen,
    })
    if (answer !== 'broken') {
      expect(codeOf(answer)).toBe(want.code)
      if (want.text !== undefined) expect(answer.text).toBe(want.text)
      for (const [name, value] of Object.entries(want.headers ?? {}))
        expect(answer.headers.get(name)).toBe(value)
    }
    expect((await refund(twin)).status).toBe(201)
  })

  it('is in the table for every kind', () => {
    const kinds = new Set(Object.values(table).map(({ fault }) => fault.kind))

    expect(Object.keys(FAULT_KINDS).filter((kind) => ![...kinds, 'stale'].includes(kind))).toEqual(
      [],
    )
  })
})

describe('a repeat under the same key', () => {
  it.each([
    ['answer_lost', 'done'],
    ['dropped', 'not_done'],
    ['server_error', 'done'],
    ['server_error', 'not_done'],
    ['truncated', 'done'],
  ] as const)('after %s (%s) refunds once in all', async (kind, work) => {
    await using twin = await aTwin()
    twin.setFaults([{ kind, work, times: 2 }])
    const key = 'k'

    await refund(twin, 100, { key }).catch(() => undefined)
    await refund(twin, 100, { key }).catch(() => undefined)
    const answer = await refund(twin, 100, { key })

    expect(answer.status).toBe(201)
    expect(answer.headers.get('refund-id')).toBe(twin.books(GUIDE).refunds[0]?.refundId)
    expect(twin.books(GUIDE).refunds).toHaveLength(1)
  })

  it('while the first hangs is a conflict, for the work is in hand', async () => {
    await using twin = await aTwin()
    twin.setFaults([{ kind: 'hang' }])
    const stop = new AbortController()
    const first = refund(twin, 100, { key: 'k', signal: stop.signal }).catch(() => 'gone')
    await expect.poll(() => twin.books(GUIDE).refundedMinor).toBe(100)

    const second = await refund(twin, 100, { key: 'k' })
    stop.abort()

    expect(second.status).toBe(409)
    expect(await first).toBe('gone')
  })
})

describe('truncation', () => {
  const rawRead = (twin: Twin, method: string, path: string): Promise<string> =>
    new Promise((resolve) => {
      const { port, hostname } = new URL(twin.url)
      const socket = connect(Number(port), hostname)
      let seen = ''
      socket.on('data', (chunk) => {
        seen += chunk.toString()
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(seen))
      socket.write(
        `${method} /ordermanagement/v1/orders/${path} HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\nAuthorization: ${basic(twin.username, twin.password)}\r\n\r\n`,
      )
    })

  it('sends half of a body under its whole length', async () => {
    await using twin = await aTwin()
    twin.setFaults([{ kind: 'truncated' }])

    const seen = await rawRead(twin, 'GET', GUIDE)

    const length = Number(/content-length: (\d+)/i.exec(seen)?.[1])
    const body = seen.slice(seen.indexOf('\r\n\r\n') + 4)
    expect(seen).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(body.length).toBe(Math.floor(length / 2))
    expect(body).toMatch(/^\{"order_id"/)
  })

  it('sends half of a head where there is no body', async () => {
    await using twin = await aTwin()
    twin.setFaults([{ kind: 'truncated' }])

    const seen = await rawRead(twin, 'POST', `${GUIDE}/release-remaining-authorization`)

    expect(seen).toMatch(/^HTTP\/1\.1 204/)
    expect(seen).not.toContain('\r\n\r\n')
    expect(twin.books(GUIDE).released).toBe(true)
  })
})

describe('a stale read', () => {
  const refundedOf = async (twin: Twin) => {
    const { json } = await call(twin, `GET ${GUIDE}`)
    return typeof json === 'object' && json !== null && 'refunded_amount' in json
      ? json.refunded_amount
      : undefined
  }

  it('shows the order as it was', async () => {
    await using twin = await aTwin()
    await refund(twin, 100)
    twin.advance(60_000)
    await refund(twin, 200)
    twin.setFaults([
      { kind: 'stale', staleMs: 30_000, operation: 'getOrder' },
      { kind: 'stale', operation: 'getOrder' },
    ])

    expect([await refundedOf(twin), await refundedOf(twin), await refundedOf(twin)]).toEqual([
      100, 0, 300,
    ])
  })

  it('is every read where the setting says so, until time has passed', async () => {
    await using twin = await aTwin({ settings: { staleReadMs: 5000 } })
    const made = await refund(twin, 100)
    const read = () =>
      call(twin, `GET ${GUIDE}`, { rest: `/refunds/${made.headers.get('refund-id')}` })

    const early = [await refundedOf(twin), (await read()).status]
    twin.advance(5000)

    expect(early).toEqual([0, 404])
    expect([await refundedOf(twin), (await read()).status]).toEqual([100, 200])
  })

  it('never makes a write forget', async () => {
    await using twin = await aTwin({ settings: { staleReadMs: 60_000 } })
    await refund(twin, 6000)

    expect((await refund(twin, 1)).status).toBe(403)
  })

  it('reaches back to the oldest state that is kept', async () => {
    await using twin = await aTwin()
    for (let count = 0; count < 40; count += 1) await refund(twin, 1)
    twin.setFaults([{ kind: 'stale' }])

    expect(await refundedOf(twin)).toBe(25)
  })
})

describe('which calls a fault hits', () => {
  const statuses = async (twin: Twin, count: number) => {
    const seen: number[] = []
    for (let index = 0; index < count; index += 1) seen.push((await refund(twin, 1)).status)
    return seen
  }

  it.each([
    ['the first', {}, [500, 201, 201, 201, 201]],
    ['as many as it says', { times: 3 }, [500, 500, 500, 201, 201]],
    ['all without end', { times: null }, [500, 500, 500, 500, 500]],
    ['some after others', { skip: 2, times: 2 }, [201, 201, 500, 500, 201]],
    ['every second after the first', { skip: 1, every: 2, times: null }, [201, 201, 500, 201, 500]],
    ['every second', { every: 2, times: null }, [201, 500, 201, 500, 201]],
  ])('is %s', async (_, counts, wanted) => {
    await using twin = await aTwin()
    twin.setFaults([{ kind: 'server_error', ...counts }])

    expect(await statuses(twin, 5)).toEqual(wanted)
  })

  it('is of an operation, an order, a capture', async () => {
    await using twin = await aTwin()
    const capture = captureId(twin, SEVERAL, 1)
    twin.setFaults([
      { kind: 'server_error', operation: ['refundOrder', 'getRefund'], orderId: SEVERAL },
      { kind: 'server_error', status: 503, captureId: capture },
    ])
    const sendOut = (index: number) =>
      call(twin, `POST ${SEVERAL}`, {
        rest: `/captures/${captureId(twin, SEVERAL, index)}/trigger-send-out`,
      })

    const other = [await refund(twin), await call(twin, `GET ${SEVERAL}`), await sendOut(0)]
    const hit = [
      await call(twin, `POST ${SEVERAL}`, { rest: '/refunds', body: { refunded_amount: 1 } }),
      await sendOut(1),
    ]

    expect(other.map(({ status }) => status)).toEqual([201, 200, 204])
    expect(hit.map(({ status }) => status)).toEqual([500, 503])
    expect(twin.faults.map(({ matchedCount, hitCount }) => [matchedCount, hitCount])).toEqual([
      [1, 1],
      [1, 1],
    ])
  })

  it('is of the guide’s form as well', async () => {
    await using twin = await aTwin()
    twin.setFaults([{ kind: 'server_error', operation: 'extendDueDate' }])
    const rest = `/capture/${captureId(twin, GUIDE)}/extend-due-date`

    const { status } = await call(twin, `POST ${GUIDE}`, { rest, body: { number_of_days: 2 } })

    expect(status).toBe(500)
  })
})

describe('a fault that is wrong', () => {
  it.each([
    [{ kind: 'explode' }, /`kind` is one of/],
    [{}, /`kind` is missing/],
    [{ kind: 'hang', hangMs: -1 }, /`hangMs`/],
    [{ kind: 'hang', operation: 'refund' }, /`operation` is one or several of getOrder/],
    [{ kind: 'dropped', times: 0 }, /`times`/],
    [{ kind: 'html', status: 99 }, /`status`/],
    [{ kind: 'dropped', probability: 0.5 }, /`probability` is no member/],
    ['dropped', /is an object/],
  ])('is refused: %j', async (fault, message) => {
    await using twin = await aTwin()
    twin.setFaults([{ kind: 'dropped' }])

    const set = () => twin.setFaults([fault as Fault])

    expect(set).toThrow(TwinInputError)
    expect(set).toThrow(message)
    expect(twin.faults).toHaveLength(1)
  })
})

describe('closing', () => {
  it('does not wait for a request that never ends', async () => {
    const twin = await aTwin()
    const { port, hostname } = new URL(twin.url)
    const socket = connect(Number(port), hostname)
    const gone = new Promise((resolve) => {
      socket.once('close', resolve)
    })
    socket.on('error', () => undefined)
    await new Promise((resolve) => {
      socket.write(
        `POST /ordermanagement/v1/orders/${GUIDE}/refunds HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\n{`,
        resolve,
      )
    })
    await call(twin, `GET ${GUIDE}`)

    await twin.close()
    await gone

    expect(twin.books(GUIDE).refundedMinor).toBe(0)
  })

  it('ends a call that hangs for ever', async () => {
    const twin = await aTwin()
    twin.setFaults([{ kind: 'hang' }])
    const hanging = refund(twin).catch(() => 'broken')
    await expect.poll(() => twin.requests.length).toBe(1)

    await twin.close()
    await twin.close()

    expect(await hanging).toBe('broken')
    await expect(call(twin, `GET ${GUIDE}`)).rejects.toThrow()
  })
})
