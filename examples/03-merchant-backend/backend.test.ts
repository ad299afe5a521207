import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { SIGNATURE_HEADER, signEvent } from 'postdelivery'
import { afterEach, expect, it } from 'vitest'
import { type RunningBackend, start } from './main.ts'

let backend: RunningBackend | undefined

afterEach(async () => {
  await backend?.stop()
  backend = undefined
})

const order = (running: RunningBackend) =>
  running.twin?.orders[0] ?? { orderId: '', captureIds: [''] }
const staff = (running: RunningBackend) => ({
  headers: { authorization: `Bearer ${running.staffToken}` },
})

function report(
  running: RunningBackend,
  event: object,
  secret = running.eventSecret,
): Promise<Response> {
  const body = JSON.stringify(event)
  const signature = signEvent(body, secret, new Date())
  return fetch(`${running.url}/events`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature },
  })
}

it('takes a signed event to Klarna and shows staff what happened', async () => {
  const running = await start({})
  backend = running
  const { orderId, captureIds } = order(running)
  await fetch(`${running.url}/staff/orders/${orderId}/track`, { method: 'POST', ...staff(running) })
  const event = {
    id: 'crm-1',
    type: 'customer.reported',
    orderId,
    at: new Date().toISOString(),
    problem: 'invoice_missing',
  }

  const first = await report(running, event)
  const again = await report(running, event)
  for (let tries = 0; tries < 200 && running.twin?.books(orderId).sendOutCount === 0; tries += 1)
    await wait(20)

  expect([first.status, again.status]).toEqual([202, 200])
  expect(running.twin?.books(orderId).sendOutCount).toBe(1)
  const timeline = await (
    await fetch(`${running.url}/staff/orders/${orderId}/timeline`, staff(running))
  ).text()
  expect(timeline).toContain('send the invoice again')
  const decisions = await (
    await fetch(`${running.url}/staff/orders/${orderId}/decisions`, staff(running))
  ).json()
  expect(decisions).toContainEqual(expect.objectContaining({ eventId: 'crm-1' }))
  const capture = await fetch(
    `${running.url}/staff/orders/${orderId}/captures/${captureIds[0]}`,
    staff(running),
  )
  expect(await capture.json()).toMatchObject({ capture: { capturedMinor: 6000 } })
})

it('lets nobody in who is not signed in or does not sign', async () => {
  const running = await start({})
  backend = running
  const { orderId } = order(running)
  const event = { id: 'crm-1', type: 'delivery.accepted', orderId, at: new Date().toISOString() }

  const unsigned = await fetch(`${running.url}/events`, {
    method: 'POST',
    body: JSON.stringify(event),
    headers: { 'content-type': 'application/json' },
  })
  const wrong = await report(running, event, 'x'.repeat(40))
  const stranger = await fetch(`${running.url}/staff/work`)

  expect([unsigned.status, wrong.status, stranger.status]).toEqual([401, 401, 401])
})

it('says what it expects when it is started, and stops at a signal', {
  timeout: 20_000,
}, async () => {
  const child = fork(new URL('main.ts', import.meta.url), [], {
    silent: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  while (!output.includes('Klarna ')) await wait(50)

  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')

  const masked = output
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/[0-9a-f]{48}/g, 'SECRET')
  expect(code).toBe(0)
  expect(masked).toBe(await readFile(new URL('expected.txt', import.meta.url), 'utf8'))
})
