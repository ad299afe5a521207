/** Events over HTTP: signed, bounded, harmless when repeated; over the fetch API and over a real socket. */
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { PostDelivery } from 'postdelivery'
import { StoreFailure } from 'postdelivery/sqlite'
import { SIGNATURE_HEADER, signEvent } from 'postdelivery/testing'
import { describe, expect, test } from 'vitest'
import { DUE_ON, damagedReturn, openScene, type Scene, START } from './setup.ts'

const SECRET = 'a-secret-of-the-warehouse-0123456789abcdef'
const OTHER = 'another-secret-while-they-change-0123456789'
const URL = 'http://shop.example/events'

interface Sent {
  readonly body?: string | Uint8Array | ReadableStream
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly signature?: string | null
  readonly secret?: string
  readonly at?: string
}

function requestOf(scene: Scene, sent: Sent = {}): Request {
  const body = sent.body ?? JSON.stringify(damagedReturn(scene))
  const signed = body instanceof ReadableStream ? '' : body
  const signature =
    sent.signature === undefined
      ? signEvent(signed, sent.secret ?? SECRET, sent.at ?? scene.clock.now())
      : sent.signature
  return new Request(URL, {
    method: sent.method ?? 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { [SIGNATURE_HEADER]: signature }),
      ...sent.headers,
    },
    ...(sent.method === 'GET' ? {} : { body: body as string, duplex: 'half' }),
  })
}

const openDoor = (scene: Scene): Promise<PostDelivery<readonly []>> =>
  scene.open({ events: { secrets: [OTHER, SECRET] } })

async function send(postDelivery: PostDelivery<readonly []>, request: Request) {
  const { handler } = postDelivery
  const answer = await handler(request)
  const text = await answer.text()
  const json = JSON.parse(text) as { error?: { code: string; problems?: unknown[] } }
  return { status: answer.status, code: json.error?.code, json, text, headers: answer.headers }
}

test('takes a signed event once: 202, then 200 as `repeated`', async () => {
  await using scene = await openScene()
  const postDelivery = await openDoor(scene)
  await postDelivery.track(scene.orderId, { dueOn: DUE_ON })

  const first = await send(postDelivery, requestOf(scene))
  await postDelivery.idle()
  const again = await send(postDelivery, requestOf(scene))
  await postDelivery.idle()

  expect(first).toMatchObject({ status: 202, json: { accepted: 'accepted', eventId: 'wms-881' } })
  expect(again).toMatchObject({ status: 200, json: { accepted: 'repeated', eventId: 'wms-881' } })
  expect(scene.twin.books(scene.orderId).extensionDays).toBe(10)
})

test('refuses a reused id with 409, and a person is told', async () => {
  await using scene = await openScene()
  const postDelivery = await openDoor(scene)
  await send(postDelivery, requestOf(scene))

  const body = JSON.stringify(damagedReturn(scene, { quantity: 9 }))
  const refused = await send(postDelivery, requestOf(scene, { body }))

  expect(refused).toMatchObject({ status: 409, code: 'event_id_reused' })
  expect(await postDelivery.work({ kind: 'event_id_reused' })).toHaveLength(1)
})

describe('a signature', () => {
  const cases: readonly (readonly [string, (scene: Scene) => Sent])[] = [
    ['that is missing', () => ({ signature: null })],
    ['that is empty', () => ({ signature: '' })],
    ['of another secret', () => ({ secret: 'a-secret-that-nobody-uses-0123456789abcdef' })],
    ['of another body', () => ({ signature: signEvent('{}', SECRET, START) })],
    ['older than five minutes', () => ({ at: '2026-12-08T07:54:59Z' })],
    ['from more than five minutes ahead', () => ({ at: '2026-12-08T08:05:01Z' })],
    [
      'whose time was changed afterwards',
      (scene) => {
        const old = signEvent(JSON.stringify(damagedReturn(scene)), SECRET, '2026-12-08T06:00:00Z')
        const now = signEvent('', SECRET, START).split(',')[0]
        return { signature: `${now},${old.split(',')[1]}` }
      },
    ],
    ['without a time', () => ({ signature: `v1=${'0'.repeat(64)}` })],
    [
      'with two times',
      (scene) => ({
        signature: `t=1,${signEvent(JSON.stringify(damagedReturn(scene)), SECRET, START)}`,
      }),
    ],
    ['of another scheme only', () => ({ signature: `t=1,v0=${'0'.repeat(64)}` })],
    ['that is cut', () => ({ signature: `t=1,v1=${'0'.repeat(63)}` })],
    ['that is endless', () => ({ signature: `t=1${`,v1=${'0'.repeat(64)}`.repeat(100)}` })],
  ]
  test.for(cases)('%s is refused with 401 and leaves nothing', async ([, sentOf]) => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)

    const refused = await send(postDelivery, requestOf(scene, sentOf(scene)))

    expect(refused).toMatchObject({ status: 401, code: 'not_signed' })
    expect(await postDelivery.timeline(scene.orderId)).toEqual([])
  })

  test('of either active secret is taken, at the edges of the tolerance, and beside one of a secret to come', async () => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)
    const body = (id: string) => JSON.stringify(damagedReturn(scene, { id }))
    const unknownMac = signEvent('x', SECRET, START).split(',')[1]

    const statuses = [
      await send(postDelivery, requestOf(scene, { body: body('a'), secret: OTHER })),
      await send(postDelivery, requestOf(scene, { body: body('b'), at: '2026-12-08T07:55:00Z' })),
      await send(postDelivery, requestOf(scene, { body: body('c'), at: '2026-12-08T08:05:00Z' })),
      await send(
        postDelivery,
        requestOf(scene, {
          body: body('d'),
          signature: `${signEvent(body('d'), SECRET, START)},${unknownMac}`,
        }),
      ),
    ].map(({ status }) => status)

    expect(statuses).toEqual([202, 202, 202, 202])
  })

  test('is checked against the secrets of the moment, and never against a short one', async () => {
    await using scene = await openScene()
    let secrets: readonly string[] = [SECRET]
    const postDelivery = await scene.open({ events: { secrets: async () => secrets } })

    const before = await send(postDelivery, requestOf(scene))
    secrets = [OTHER]
    const after = await send(postDelivery, requestOf(scene))
    secrets = ['short']
    const short = await send(postDelivery, requestOf(scene, { secret: 'short' }))

    expect([before.status, after.status, short.status]).toEqual([202, 401, 503])
  })
})

describe('a request that is no event', () => {
  const cases: readonly (readonly [string, Sent, number, string])[] = [
    ['another method', { method: 'GET' }, 405, 'method_not_allowed'],
    ['PUT', { method: 'PUT' }, 405, 'method_not_allowed'],
    ['another content type', { headers: { 'content-type': 'text/plain' } }, 415, 'not_json'],
    [
      'another charset',
      { headers: { 'content-type': 'application/json; charset=latin1' } },
      415,
      'not_json',
    ],
    ['a compressed body', { headers: { 'content-encoding': 'gzip' } }, 415, 'not_json'],
    ['no JSON', { body: '{"id":' }, 400, 'bad_json'],
    ['an empty body', { body: '' }, 400, 'bad_json'],
    ['bytes that are no UTF-8', { body: new Uint8Array([0x22, 0xff, 0x22]) }, 400, 'bad_json'],
    ['a list', { body: '[]' }, 422, 'event_invalid'],
    ['an unknown type', { body: '{"type":"refund.now"}' }, 422, 'event_invalid'],
    [
      'a forged answer',
      { body: '{"type":"command.answered","id":"answer:c:0:1"}' },
      422,
      'event_invalid',
    ],
    [
      'an id of the engine',
      { body: `{"type":"delivery.accepted","id":"answer:c:0:1","orderId":"o","at":"${START}"}` },
      422,
      'event_invalid',
    ],
    [
      'a key that reaches a prototype',
      {
        body: `{"type":"delivery.accepted","id":"x","orderId":"o","at":"${START}","__proto__":{}}`,
      },
      422,
      'event_invalid',
    ],
    ['brackets without end', { body: '['.repeat(200_000) }, 400, 'bad_json'],
  ]
  test.for(cases)('%s', async ([, sent, status, code]) => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)

    const refused = await send(postDelivery, requestOf(scene, sent))

    expect(refused).toMatchObject({ status, code })
    expect(refused.headers.get('cache-control')).toBe('no-store')
  })

  test('says which method is meant, and all problems with pointers, never the values', async () => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)
    const body = JSON.stringify({ ...damagedReturn(scene), at: 'jane@private.example', extra: 1 })

    const get = await send(postDelivery, requestOf(scene, { method: 'GET' }))
    const refused = await send(postDelivery, requestOf(scene, { body }))

    expect(get.headers.get('allow')).toBe('POST')
    expect(refused.json.error?.problems).toMatchObject([{ path: '/at' }, { path: '/extra' }])
    expect(refused.text).not.toContain('jane@private.example')
    expect(refused.text).not.toContain(SECRET)
  })

  test('takes JSON with a charset, and no other engine answers without secrets', async () => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)
    const headers = { 'content-type': 'application/json; charset=UTF-8' }
    const taken = await send(postDelivery, requestOf(scene, { headers }))
    await postDelivery.close()
    const closed = await send(postDelivery, requestOf(scene))
    const without = await scene.open()

    expect(taken.status).toBe(202)
    expect(closed).toMatchObject({ status: 503, code: 'unavailable' })
    expect(closed.headers.get('retry-after')).toBe('5')
    expect(await send(without, requestOf(scene))).toMatchObject({
      status: 503,
      code: 'door_closed',
    })
  })

  test('says 503 when the disk is full, so that the sender comes again', async () => {
    await using scene = await openScene()
    const { store } = scene.config
    const full = {
      open: async () => ({
        ...(await store.open()),
        accept: () =>
          Promise.reject(new StoreFailure('store_full', 'orders.db', 'the disk is full')),
      }),
    }
    const postDelivery = await scene.open({ store: full, events: { secrets: [SECRET] } })

    const refused = await send(postDelivery, requestOf(scene))

    expect(refused).toMatchObject({ status: 503, code: 'unavailable' })
    expect(refused.headers.get('retry-after')).toBe('5')
  })

  test('says 500 when the secrets cannot be had, and tells telemetry only what it was', async () => {
    await using scene = await openScene()
    const secrets = () => Promise.reject(new RangeError(`vault says ${SECRET}`))
    const postDelivery = await scene.open({ events: { secrets } })

    const refused = await send(postDelivery, requestOf(scene))

    expect(refused).toMatchObject({ status: 500, code: 'failed' })
    expect(scene.events.at(-1)).toMatchObject({
      name: 'alarm',
      attributes: { code: 'event_door_failed', error: 'RangeError' },
    })
    expect(refused.text + JSON.stringify(scene.events)).not.toContain(SECRET)
  })
})

describe('a body above the limit', () => {
  const tooLong = 262_145

  test('is refused with 413 before it is parsed, one byte less is not', async () => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)

    const above = await send(postDelivery, requestOf(scene, { body: ' '.repeat(tooLong) }))
    const below = await send(postDelivery, requestOf(scene, { body: ' '.repeat(tooLong - 1) }))

    expect(above).toMatchObject({ status: 413, code: 'too_large' })
    expect(below).toMatchObject({ status: 400, code: 'bad_json' })
  })

  test('is refused by what it says of itself, without reading', async () => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)
    let pulledCount = 0
    const body = new ReadableStream(
      {
        pull(controller) {
          pulledCount += 1
          controller.enqueue(new Uint8Array(1))
        },
      },
      { highWaterMark: 0 },
    )

    const headers = { 'content-length': '1000000000' }
    const refused = await send(postDelivery, requestOf(scene, { body, headers }))

    expect(refused.status).toBe(413)
    expect(pulledCount).toBe(0)
  })

  test('is not read at all for somebody who does not sign', async () => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)
    let pulledCount = 0
    const body = new ReadableStream(
      {
        pull(controller) {
          pulledCount += 1
          controller.enqueue(new Uint8Array(1))
        },
      },
      { highWaterMark: 0 },
    )

    const refused = await send(postDelivery, requestOf(scene, { body, signature: null }))

    expect(refused.status).toBe(401)
    expect(pulledCount).toBe(0)
  })

  test('that never ends is given up soon, also in pieces without a length', async () => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)
    let pulledBytes = 0
    let isCancelled = false
    const body = new ReadableStream(
      {
        pull(controller) {
          pulledBytes += 65_536
          controller.enqueue(new Uint8Array(65_536))
        },
        cancel() {
          isCancelled = true
        },
      },
      { highWaterMark: 0 },
    )

    const refused = await send(postDelivery, requestOf(scene, { body }))

    expect(refused.status).toBe(413)
    expect(pulledBytes).toBeLessThan(400_000)
    expect(isCancelled).toBe(true)
  })

  test('over a real socket, chunked, is refused as well', async () => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)
    const server = createServer(async (incoming, outgoing) => {
      const headers = new Headers()
      for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
      const body = Readable.toWeb(incoming) as ReadableStream
      const request = new Request(URL, { method: 'POST', headers, body, duplex: 'half' })
      const answer = await postDelivery.handler(request)
      outgoing.writeHead(answer.status, { connection: 'close' }).end(await answer.text())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const post = async (body: string): Promise<number | undefined> => {
      const headers = {
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
        [SIGNATURE_HEADER]: signEvent(body, SECRET, scene.clock.now()),
      }
      const sent = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers, agent: false })
      sent.on('error', () => {})
      for (let at = 0; at < body.length; at += 50_000) sent.write(body.slice(at, at + 50_000))
      sent.end()
      const [answer] = await once(sent, 'response')
      answer.resume()
      return answer.statusCode
    }

    const good = await post(JSON.stringify(damagedReturn(scene)))
    const large = await post(JSON.stringify({ ...damagedReturn(scene), pad: 'x'.repeat(300_000) }))
    server.close()
    server.closeAllConnections()
    await once(server, 'close')

    expect([good, large]).toEqual([202, 413])
  })

  test('that breaks off is refused with 400', async () => {
    await using scene = await openScene()
    const postDelivery = await openDoor(scene)
    const body = new ReadableStream({
      pull: (controller) => controller.error(new Error('connection lost')),
    })

    expect(await send(postDelivery, requestOf(scene, { body }))).toMatchObject({
      status: 400,
      code: 'body_broken',
    })
  })
})
