import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import {
  createKlarnaClient,
  createKlarnaGateway,
  type KlarnaOptions,
} from '@postdelivery/adapters/klarna'
import type { GatewayAnswer, NoAnswer } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { aCommand, aRefund, KEY, ORDER_ID, PASSWORD, REFUND_ID, USERNAME } from './builders.ts'
import { serve } from './server.ts'

const credentials = () => ({ username: USERNAME, password: PASSWORD })
const gatewayTo = (options: Omit<KlarnaOptions & { baseUrl: string }, 'credentials'>) =>
  createKlarnaGateway(createKlarnaClient({ credentials, timeoutMs: 5000, ...options }))

async function refund(options: Omit<KlarnaOptions & { baseUrl: string }, 'credentials'>) {
  const gateway = gatewayTo(options)
  return gateway.perform(gateway.prepare(aCommand(aRefund())), KEY)
}

const unknown = (reason: NoAnswer['reason']): NoAnswer => ({
  type: 'no_answer',
  reason,
  mayHaveReached: true,
})

describe('over real connections, a refund', () => {
  const cases: [string, RequestListener, Partial<GatewayAnswer>, number?][] = [
    [
      'is answered',
      (_, response) =>
        response.writeHead(201, { 'refund-id': REFUND_ID, 'klarna-correlation-id': 'c-1' }).end(),
      { type: 'answered', status: 201, resultId: REFUND_ID, correlationId: 'c-1' },
    ],
    [
      'is not sent on to where a redirect points, not even to the same server',
      (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
      { type: 'answered', status: 307, hasErrorObject: false },
    ],
    [
      'takes a page of a proxy as data',
      (_, response) =>
        response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'),
      { type: 'answered', status: 502, hasErrorObject: false, errorMessage: null },
    ],
    [
      'takes broken JSON as data',
      (_, response) =>
        response.writeHead(403, { 'content-type': 'application/json' }).end('{"error_code":"REF'),
      { type: 'answered', status: 403, hasErrorObject: false },
    ],
    ['does not know when no answer comes in time', () => {}, unknown('timeout'), 100],
    [
      'does not know when the connection is lost before an answer',
      (request) => request.socket.destroy(),
      unknown('connection_lost'),
    ],
    [
      'does not know when the connection is lost within the headers',
      (request) => request.socket.end('HTTP/1.1 201 Crea'),
      unknown('connection_lost'),
    ],
    [
      'does not know when the answer is no HTTP',
      (request) => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
      unknown('connection_lost'),
    ],
    [
      'is answered by the status when the body is lost',
      (request, response) => {
        response.writeHead(201, { 'refund-id': REFUND_ID, 'content-length': '100' })
        response.write('{"half":')
        setTimeout(() => request.socket.destroy(), 20)
      },
      { type: 'answered', status: 201, resultId: REFUND_ID },
    ],
    [
      'is answered by the status when the body does not end in time',
      (_, response) => {
        response.writeHead(403, { 'content-type': 'application/json' })
        response.write('{"error_code":"REFUND_NOT_ALLOWED"')
      },
      { type: 'answered', status: 403, hasErrorObject: false },
      200,
    ],
    [
      'reads no more than a megabyte',
      (_, response) => {
        response.writeHead(500, { 'content-type': 'application/json' })
        response.end(`{"error_code":"UNEXPECTED_ERROR","x":"${'x'.repeat(1_100_000)}"}`)
      },
      { type: 'answered', status: 500, hasErrorObject: false },
    ],
    [
      'counts what a packed body unpacks to',
      (_, response) => {
        response.writeHead(500, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        response.end(gzipSync(`{"error_code":"UNEXPECTED_ERROR","x":"${'x'.repeat(50_000_000)}"}`))
      },
      { type: 'answered', status: 500, hasErrorObject: false },
    ],
    [
      'reads a packed body within the limit',
      (_, response) => {
        response.writeHead(403, { 'content-encoding': 'gzip' })
        response.end(gzipSync('\ufeff{"error_code":"REFUND_NOT_ALLOWED"}'))
      },
      { type: 'answered', status: 403, errorCode: 'REFUND_NOT_ALLOWED' },
    ],
  ]

  it.each(cases)('%s', async (_, listener, wanted, timeoutMs = 5000) => {
    await using server = await serve(listener)

    const answer = await refund({ baseUrl: server.url, timeoutMs })

    expect(answer).toMatchObject(wanted)
    expect(server.count()).toBe(1)
  })

  it('is sent with the exact stored bytes', async () => {
    const received: Buffer[] = []
    await using server = await serve(async (request, response) => {
      for await (const chunk of request) received.push(chunk)
      response.writeHead(204).end()
    })
    const gateway = gatewayTo({ baseUrl: server.url })
    const request = gateway.prepare(aCommand({ ...aRefund(), description: 'Tomater, å 💥 "mos"' }))

    const answer = await gateway.perform(request, KEY)

    expect(answer).toMatchObject({ type: 'answered', status: 204 })
    expect(Buffer.concat(received).toString('utf8')).toBe(request.body)
  })

  it('is sent once on a kept connection that the server closes at that moment', async () => {
    let first = true
    await using server = await serve((request, response) => {
      if (!first) return void request.socket.destroy()
      first = false
      response.writeHead(204).end()
    })
    const gateway = gatewayTo({ baseUrl: server.url })
    const request = gateway.prepare(aCommand(aRefund()))

    await gateway.perform(request, KEY)
    const answer = await gateway.perform(request, KEY)

    expect(answer).toEqual(unknown('connection_lost'))
    expect(server.count()).toBe(2)
  })
})

describe('nothing reaches Klarna', () => {
  const unsent = { type: 'no_answer', reason: 'not_connected', mayHaveReached: false }

  it('when nobody listens', async () => {
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as { port: number }
    listener.close()
    await once(listener, 'close')

    expect(await refund({ baseUrl: `http://127.0.0.1:${port}` })).toEqual(unsent)
    expect(await refund({ baseUrl: `http://localhost:${port}` })).toEqual(unsent)
  })

  const causes: [string, unknown, boolean][] = [
    ['the name is not found', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, true],
    ['connecting takes too long', { code: 'UND_ERR_CONNECT_TIMEOUT' }, true],
    ['the certificate is not trusted', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, true],
    ['every address refuses', { errors: [{ syscall: 'connect' }, { syscall: 'connect' }] }, true],
    ['reading times out', { code: 'ETIMEDOUT', syscall: 'read' }, false],
    ['writing breaks', { code: 'EPIPE', syscall: 'write' }, false],
    ['TLS breaks', { code: 'ECONNRESET' }, false],
    [
      'one address of two was reached',
      { errors: [{ syscall: 'connect' }, { syscall: 'read' }] },
      false,
    ],
    ['the failure says nothing', undefined, false],
  ]

  it.each(causes)('is certain or not when %s', async (_, cause, isCertain) => {
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }))

    const answer = await refund({ baseUrl: 'https://klarna.example', fetch })

    expect(answer).toEqual(isCertain ? unsent : unknown('connection_lost'))
  })
})

describe('credentials', () => {
  const noCredentials = { type: 'no_answer', reason: 'no_credentials', mayHaveReached: false }
  const providers: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('vault sealed')
      },
    ],
    ['rejects', () => Promise.reject(new Error('vault sealed'))],
    ['gives nothing', () => undefined],
    ['gives no password', () => ({ username: 'u', password: '' })],
    ['gives a user name with a colon', () => ({ username: 'a:b', password: 'p' })],
    ['gives a key that no header can carry', () => ({ apiKey: 'klarna_live_api_a\nb' })],
    ['never answers', () => new Promise(() => {})],
  ]

  it.each(providers)('a provider that %s sends nothing', async (_, provider) => {
    await using server = await serve((__, response) => response.end())
    const gateway = createKlarnaGateway(
      createKlarnaClient({
        baseUrl: server.url,
        credentials: provider as KlarnaOptions['credentials'],
        timeoutMs: 100,
      }),
    )

    const answer = await gateway.perform(gateway.prepare(aCommand(aRefund())), KEY)

    expect(answer).toEqual(noCredentials)
    expect(server.count()).toBe(0)
  })

  it('are asked for before every call, so that they can change', async () => {
    const seen: unknown[] = []
    await using server = await serve((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(404).end()
    })
    const keys = ['klarna_test_api_one', 'klarna_test_api_two']
    const client = createKlarnaClient({
      baseUrl: server.url,
      credentials: async () => ({ apiKey: keys.shift() ?? '' }),
    })
    const gateway = createKlarnaGateway(client)

    await gateway.readOrder(ORDER_ID)
    await gateway.readOrder(ORDER_ID)

    expect(seen).toEqual(['Basic klarna_test_api_one', 'Basic klarna_test_api_two'])
  })
})

it('gives up on a fetch that does not heed its signal', async () => {
  const fetch = () => new Promise<Response>(() => {})

  const answer = await refund({ baseUrl: 'https://klarna.example', fetch, timeoutMs: 50 })

  expect(answer).toEqual(unknown('timeout'))
})

it('gives up on a body that does not heed the signal', async () => {
  const body = new ReadableStream({ pull: () => new Promise<void>(() => {}) })
  const fetch = async () => new Response(body, { status: 500 })

  const answer = await refund({ baseUrl: 'https://klarna.example', fetch, timeoutMs: 50 })

  expect(answer).toMatchObject({ type: 'answered', status: 500, hasErrorObject: false })
})

it('lets go of a body that is too large', async () => {
  let cancelled = 0
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(600_000)),
    cancel: () => {
      cancelled += 1
    },
  })
  const fetch = async () => new Response(body, { status: 500 })

  const answer = await refund({ baseUrl: 'https://klarna.example', fetch })

  expect(answer).toMatchObject({ type: 'answered', status: 500 })
  expect(cancelled).toBe(1)
})

it('closes the connection when the time is over', async () => {
  let closed: Promise<unknown> = Promise.reject(new Error('no request came'))
  closed.catch(() => {})
  await using server = await serve((request) => {
    closed = once(request.socket, 'close')
  })

  await refund({ baseUrl: server.url, timeoutMs: 100 })

  await expect(closed).resolves.toBeDefined()
})

it('leaves no timer behind', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const fetch = async () => new Response(null, { status: 204 })

  await refund({ baseUrl: 'https://klarna.example', fetch, timeoutMs: 60_000 })

  const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  expect(after).toBe(before)
})
