/** The twin without a socket answers as the one behind a socket does. */
import {
  createLocalTwin,
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  guideOrder,
  startTwin,
  type TwinControl,
} from '@postdelivery/adapters/klarna-twin'
import { describe, expect, test } from 'vitest'

const NOW = '2026-11-24T08:00:00.000Z'
const seed = guideOrder({ nowMs: Date.parse(NOW) })
const options = { orders: [seed], clock: { now: () => NOW } }
const orderPath = `/ordermanagement/v1/orders/${seed.order_id}`

interface Call {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly key?: string
}

const read: Call = { method: 'GET', path: orderPath }
const refund = (key: string, amount = 1000): Call => ({
  method: 'POST',
  path: `${orderPath}/refunds`,
  key,
  body: JSON.stringify({ refunded_amount: amount }),
})
const release: Call = {
  method: 'POST',
  path: `${orderPath}/release-remaining-authorization`,
  key: 'k',
}
const calls: readonly Call[] = [
  read,
  refund('a'),
  refund('a', 2000),
  refund('b', 999_999),
  { ...refund('c'), body: '{' },
  { ...refund('d'), key: '' },
  release,
  release,
  { method: 'PUT', path: orderPath },
  { method: 'GET', path: '/ordermanagement/v1/orders/nobody' },
  { method: 'GET', path: '/elsewhere' },
  read,
]

type Send = (call: Call) => Promise<Response>

/** What a caller sees: status, body and Klarna's headers, or that the connection broke. */
async function seen(send: Send, call: Call): Promise<unknown> {
  try {
    const answer = await send(call)
    const text = await answer.text()
    const names = [
      'content-type',
      'location',
      'refund-id',
      'klarna-correlation-id',
      'x-ratelimit-remaining',
    ]
    return [answer.status, text, ...names.map((name) => answer.headers.get(name))]
  } catch (error) {
    return error instanceof Error ? 'the connection broke' : error
  }
}

const requestOf = (
  {
    url,
    username,
    password,
  }: { readonly url: string; readonly username: string; readonly password: string },
  { method, path, body, key }: Call,
  signal?: AbortSignal,
): Request =>
  new Request(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Basic ${btoa(`${username}:${password}`)}`,
      ...(key === undefined ? {} : { 'klarna-idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })

const kinds = (Object.keys(FAULT_KINDS) as FaultKind[]).filter((kind) => kind !== 'hang')
const cases: readonly (readonly [string, readonly Fault[]])[] = [
  ['no fault', []],
  ...kinds.map((kind): [string, readonly Fault[]] => [kind, [{ kind, times: null, every: 2 }]]),
]

describe('the local twin answers as the one behind a socket', () => {
  test.each(cases)('%s', async (_, faults) => {
    await using server = await startTwin({ ...options, faults })
    const local = createLocalTwin({ ...options, faults })

    for (const call of calls) {
      const overSocket = await seen((each) => fetch(requestOf(server, each)), call)
      expect(await seen((each) => local.fetch(requestOf(local, each)), call)).toEqual(overSocket)
    }
    const booksOf = (twin: TwinControl) => twin.books(seed.order_id ?? '')
    expect(booksOf(local)).toEqual(booksOf(server))
    expect(local.violations).toEqual([])
  })

  test('a call that hangs has done its work, and ends with its own signal', async () => {
    const local = createLocalTwin({ ...options, faults: [{ kind: 'hang' }] })
    const controller = new AbortController()
    const call = local.fetch(requestOf(local, refund('h'), controller.signal))
    call.catch(() => {})
    await new Promise(setImmediate)
    expect(local.books(seed.order_id ?? '').refundedMinor).toBe(1000)

    controller.abort(new Error('the caller gave up'))

    await expect(call).rejects.toThrow('the caller gave up')
  })

  test('wrong credentials are refused', async () => {
    const local = createLocalTwin(options)
    const answer = await local.fetch(
      requestOf({ ...local, password: 'wrong' } as typeof local, read),
    )
    expect(answer.status).toBe(401)
  })
})
