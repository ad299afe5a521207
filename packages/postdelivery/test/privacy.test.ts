/** No credential and no personal field reaches telemetry, errors, views or the file, whatever Klarna and senders say. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createPostDelivery, renderTimeline } from 'postdelivery'
import { pinoTelemetry } from 'postdelivery/pino'
import { SIGNATURE_HEADER, signEvent } from 'postdelivery/testing'
import { expect, test } from 'vitest'
import { DUE_ON, damagedReturn, openScene, START } from './setup.ts'

const PASSWORD = 'c4n4ry-password'
const EVENT_SECRET = 'c4n4ry-event-secret-0123456789abcdef'
const PERSONAL = ['alva@shop.example', 'Alva', 'Exempel', 'Provgatan', '+46700000000'] as const

test('a whole life with failures leaves no canary anywhere', async () => {
  await using scene = await openScene()
  const { twin } = scene
  const logged: unknown[] = []
  const log = (...line: unknown[]) => void logged.push(line)
  const postDelivery = await scene.open({
    klarna: {
      baseUrl: twin.url,
      credentials: () => ({ username: twin.username, password: PASSWORD }),
    },
    events: { secrets: [EVENT_SECRET] },
    fetch: (request) => {
      // The twin's own password goes in here, so that ours is a canary that works.
      const headers = new Headers(request.headers)
      const basic = Buffer.from(`${twin.username}:${twin.password}`).toString('base64')
      headers.set('authorization', `Basic ${basic}`)
      return fetch(new Request(request, { headers }))
    },
    telemetry: {
      record(event) {
        logged.push(event)
        pinoTelemetry({ info: log, warn: log, error: log } as never).record(event)
      },
    },
  })
  const caught: unknown[] = []
  const keep = (error: unknown) => void caught.push(error)

  await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
  twin.setFaults([
    { kind: 'server_error', operation: 'extendDueDate' },
    { kind: 'bare_403', operation: 'refundOrder' },
  ])
  await (await postDelivery.submit(damagedReturn(scene))).decision
  await postDelivery.submit(damagedReturn(scene, { quantity: 1 })).catch(keep)
  await postDelivery.submit({ ...damagedReturn(scene), reason: 'x'.repeat(200) }).catch(keep)
  await postDelivery.viewCapture(scene.orderId, 'none').catch(keep)
  await postDelivery.track('00000000-0000-4000-8000-000000000000').catch(keep)
  const body = JSON.stringify({ ...damagedReturn(scene), email: PERSONAL[0] })
  const answer = await postDelivery.handler(
    new Request('http://shop.example', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [SIGNATURE_HEADER]: signEvent(body, EVENT_SECRET, START),
      },
      body,
    }),
  )
  await createPostDelivery({
    ...scene.config,
    klarna: { ...scene.config.klarna, credentials: { password: PASSWORD } as never },
  }).catch(keep)
  await postDelivery.idle()
  const shown = {
    order: await postDelivery.order(scene.orderId),
    timeline: await postDelivery.timeline(scene.orderId),
    lines: renderTimeline(await postDelivery.timeline(scene.orderId)),
    why: await postDelivery.why(scene.orderId),
    work: await postDelivery.work(),
    health: await postDelivery.health(),
    view: await postDelivery.viewCapture(scene.orderId, scene.captureId),
    answer: await answer.text(),
  }
  const itself = inspect(postDelivery, { depth: 20, showHidden: true })
  await postDelivery.close()
  const files = await Promise.all(
    (await readdir(scene.folder)).map((name) => readFile(join(scene.folder, name), 'latin1')),
  )

  const everything = [
    inspect(logged, { depth: 20 }),
    inspect(caught, { depth: 20, showHidden: true }),
    caught.map(String).join('\n'),
    JSON.stringify(shown),
    itself,
    ...files,
  ]
    .join('\n')
    // The city stays in a masked view, and holds the name.
    .replaceAll('Exempelstad', '')
  expect(caught).toHaveLength(5)
  expect(logged.length).toBeGreaterThan(10)
  const basicOfOurs = Buffer.from(`${twin.username}:${PASSWORD}`).toString('base64')
  for (const canary of ['c4n4ry', basicOfOurs, ...PERSONAL]) {
    expect(everything.includes(canary), canary).toBe(false)
  }
})
