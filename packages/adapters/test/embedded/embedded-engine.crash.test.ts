import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { guideOrder, startTwin, type Twin } from '@postdelivery/adapters/klarna-twin'
import { type EngineEvent, msToInstant } from '@postdelivery/core'
import { afterEach, expect, test } from 'vitest'
import { captured, returned } from './builders.ts'
import { useRigs } from './rig.ts'
import { createSimulatedTime } from './simulated-time.ts'
import { twinGateway } from './twin-gateway.ts'

const CHILD = fileURLToPath(new URL('crash-child.ts', import.meta.url))

const folders: string[] = []
const twins: Twin[] = []
const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const twin of twins.splice(0)) await twin.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})
const rigs = useRigs()

/** An engine in a process of its own. */
async function aChild(path: string, twin: Twin) {
  const child = spawn(process.execPath, [CHILD, path, twin.url, twin.username, twin.password], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  await once(child.stdout, 'data')
  return {
    async submit(event: EngineEvent): Promise<void> {
      child.stdin.write(`${JSON.stringify(event)}\n`)
      await once(child.stdout, 'data')
    },
    async kill(): Promise<void> {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'postdelivery-'))
  folders.push(folder)
  const time = createSimulatedTime(new Date(Date.now() + 60_000).toISOString())
  const twin = await startTwin({ orders: [guideOrder({ nowMs: Date.now() })] })
  twins.push(twin)
  const [summary] = twin.orders
  const order = { orderId: summary?.orderId ?? '', captureId: summary?.captureIds[0] ?? '' }
  const path = join(folder, 'orders.db')
  return { time, twin, order, path, child: await aChild(path, twin) }
}

const moments = [
  ['after Klarna has done it and before its answer', 'done', 1],
  ['before Klarna has done it', 'not_done', 0],
] as const

for (const [name, work, refundsAtKill] of moments) {
  test(`killed ${name}, the next process finishes with one refund under one key`, async () => {
    const { time, twin, order, path, child } = await setUp()
    const at = msToInstant(Date.now())
    twin.setFaults([{ kind: 'hang', operation: 'refundOrder', work }])
    const writes = () => twin.requests.filter(({ operation }) => operation === 'refundOrder')
    await child.submit(captured(order, at))
    await child.submit(returned(order, at))
    await expect.poll(() => writes().length, { timeout: 5_000 }).toBe(1)

    const atKill = twin.books(order.orderId).refunds.length
    await child.kill()
    const rig = await rigs.start({ ...time, gateway: twinGateway(twin), path })
    await rig.engine.idle()
    const recovered = await rig.store.attempts(order.orderId)
    await time.advance(10_000)
    await rig.engine.idle()

    expect(atKill).toBe(refundsAtKill)
    expect(recovered).toMatchObject([{ attempt: 1, outcome: { type: 'unknown' } }])
    expect((await rig.order(order.orderId)).commands[0]?.chart.value).toBe('confirmed')
    expect(new Set(writes().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
    expect(twin.books(order.orderId).refunds).toMatchObject([{ refundedMinor: 3000 }])
  })
}

test('killed right after an event was accepted, the next process decides it', async () => {
  const { time, twin, order, path, child } = await setUp()
  const at = msToInstant(Date.now())
  await child.submit(captured(order, at))
  await child.submit(returned(order, at))
  await child.kill()

  const rig = await rigs.start({ ...time, gateway: twinGateway(twin), path })
  await rig.engine.idle()
  await time.advance(10_000)
  await rig.engine.idle()

  expect((await rig.order(order.orderId)).commands[0]?.chart.value).toBe('confirmed')
  expect(twin.books(order.orderId).refunds).toHaveLength(1)
})
