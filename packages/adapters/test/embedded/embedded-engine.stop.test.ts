import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { guideOrder, startTwin } from '@postdelivery/adapters/klarna-twin'
import { type GatewayAnswer, instant } from '@postdelivery/core'
import { expect, test } from 'vitest'
import { aRuleBook, captured, dispatched, returned, TELL_PARCELS } from './builders.ts'
import { useRigs } from './rig.ts'
import { aGateway, DONE } from './scripted-gateway.ts'
import { createSimulatedTime, settle } from './simulated-time.ts'
import { twinGateway } from './twin-gateway.ts'

const ORDER = { orderId: 'order-1', captureId: 'capture-1' }
const AT = instant('2026-11-24T08:00:00.000Z')

const CHILD = fileURLToPath(new URL('stop-child.ts', import.meta.url))

const rigs = useRigs()

/** A gateway whose answers wait until the test gives them. */
function aSlowGateway() {
  const answers: ((answer: GatewayAnswer) => void)[] = []
  const gateway = aGateway(() => new Promise((resolve) => answers.push(resolve)))
  return { gateway, answers }
}

test('a stop waits for the call under way and records its outcome', async () => {
  const { gateway, answers } = aSlowGateway()
  const rig = await rigs.start({ gateway })
  await rig.decide(captured(ORDER, AT))
  const receipt = await rig.engine.submit(dispatched(ORDER, AT))
  await expect.poll(() => answers.length).toBe(1)

  const stopped = rig.engine.stop({ graceMs: 5_000 })
  await settle()
  answers[0]?.(DONE)
  await stopped

  expect((await receipt.settled).commands.map(({ state }) => state)).toEqual(['confirmed'])
  expect(rig.records.at(-1)).toMatchObject({
    name: 'engine_stopped',
    attributes: { unansweredCount: 0 },
  })
})

test('a stop leaves a call that hangs to the next start, as an unknown outcome', async () => {
  await using twin = await startTwin({ orders: [guideOrder({ nowMs: Date.now() })] })
  const [summary] = twin.orders
  const order = { orderId: summary?.orderId ?? '', captureId: summary?.captureIds[0] ?? '' }
  twin.setFaults([{ kind: 'hang', operation: 'refundOrder', work: 'done' }])
  const timeoutMs = 300
  const first = await rigs.start({ gateway: twinGateway(twin, { timeoutMs }) })
  await first.decide(captured(order, AT))
  const receipt = await first.engine.submit(returned(order, AT))
  await expect.poll(() => twin.books(order.orderId).refunds.length).toBe(1)

  const beganMs = performance.now()
  await first.engine.stop({ graceMs: 50 })
  const tookMs = performance.now() - beganMs
  await first.close()
  const time = createSimulatedTime(new Date(Date.now() + 60_000).toISOString())
  const next = await rigs.start({ ...time, gateway: twinGateway(twin), path: first.path })
  const [attempt] = await next.store.attempts(order.orderId)
  // The call of the first engine ends; until then the key is in use.
  await new Promise((resolve) => setTimeout(resolve, timeoutMs))
  await time.advance(10_000)
  await next.engine.idle()

  expect(tookMs).toBeLessThan(1_000)
  expect(first.records.at(-1)).toMatchObject({ attributes: { unansweredCount: 1 } })
  await expect(receipt.settled).rejects.toMatchObject({ code: 'engine_stopped' })
  expect(attempt).toMatchObject({ outcome: { type: 'unknown' } })
  expect((await next.order(order.orderId)).commands[0]?.chart.value).toBe('confirmed')
  expect(twin.books(order.orderId).refunds).toHaveLength(1)
})

test('an answer that comes after the stop brings no alarm and no error', async () => {
  const { gateway, answers } = aSlowGateway()
  const rig = await rigs.start({ gateway })
  await rig.decide(captured(ORDER, AT))
  await rig.engine.submit(dispatched(ORDER, AT))
  await expect.poll(() => answers.length).toBe(1)
  await rig.engine.stop({ graceMs: 0 })
  await rig.close()

  answers[0]?.(DONE)
  await settle()

  expect(rig.alarms()).toEqual([])
})

test('nothing is sent after a stop has begun', async () => {
  const { gateway, answers } = aSlowGateway()
  const rig = await rigs.start({ gateway, concurrency: 1 })
  const orders = [1, 2, 3].map((number) => ({
    orderId: `order-${number}`,
    captureId: `capture-${number}`,
  }))
  for (const order of orders) await rig.decide(captured(order, AT))
  for (const order of orders) await rig.engine.submit(dispatched(order, AT))
  await expect.poll(() => answers.length).toBe(1)

  const stopped = rig.engine.stop()
  answers[0]?.(DONE)
  await stopped
  await settle()

  expect(gateway.sent).toHaveLength(1)
})

test('an event that is being decided when the stop begins is decided, and its call is left to the next start', async () => {
  let isAsked = false
  let answer: () => void = () => {}
  const rules = aRuleBook([TELL_PARCELS])
  const gateway = aGateway()
  const rig = await rigs.start({
    gateway,
    ruleBook: {
      inForce: () => ({
        ...rules.inForce(),
        async evaluate(type, facts) {
          if (type === 'shipment.dispatched') {
            isAsked = true
            await new Promise<void>((resolve) => {
              answer = resolve
            })
          }
          return rules.inForce().evaluate(type, facts)
        },
      }),
    },
  })
  await rig.decide(captured(ORDER, AT))
  const receipt = await rig.engine.submit(dispatched(ORDER, AT))
  await expect.poll(() => isAsked).toBe(true)

  const stopped = rig.engine.stop()
  answer()
  await stopped

  expect((await receipt.decision).actions.map(({ outcome }) => outcome)).toEqual(['queued'])
  expect(await rig.store.attempts(ORDER.orderId)).toEqual([])
  expect(gateway.sent).toEqual([])
})

test('a call that waits for the quota is not made, and is recorded as not started', async () => {
  const time = createSimulatedTime()
  const gateway = aGateway(() => ({ ...DONE, status: 429, rateLimitResetMs: 30_000 }))
  const rig = await rigs.start({ ...time, gateway })
  const other = { orderId: 'order-2', captureId: 'capture-2' }
  for (const order of [ORDER, other]) await rig.decide(captured(order, AT))
  await rig.engine.submit(dispatched(ORDER, AT))
  await expect.poll(() => rig.alarms()).toEqual(['rate_limited'])
  await rig.engine.submit(dispatched(other, AT))
  await expect.poll(async () => (await rig.store.attempts('order-2')).length).toBe(1)

  await rig.engine.stop()

  expect(gateway.sent).toHaveLength(1)
  expect(await rig.store.attempts('order-2')).toMatchObject([
    { outcome: { type: 'not_started', reason: 'not_connected' } },
  ])
})

test('receipts that wait in vain are rejected at the stop, listened to or not', async () => {
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown): void => {
    unhandled.push(reason)
  }
  process.on('unhandledRejection', onUnhandled)
  const rig = await rigs.start({ gateway: aGateway() })
  const listened = await rig.engine.submit(dispatched(ORDER, AT, 'T-1'))
  await rig.engine.submit(dispatched(ORDER, AT, 'T-2'))
  await rig.engine.idle()

  await rig.engine.stop()
  await settle()
  process.off('unhandledRejection', onUnhandled)

  await expect(listened.decision).rejects.toMatchObject({ code: 'engine_stopped' })
  expect(unhandled).toEqual([])
})

test('whoever waits for idle is told that the engine stops', async () => {
  const { gateway, answers } = aSlowGateway()
  const rig = await rigs.start({ gateway })
  await rig.decide(captured(ORDER, AT))
  await rig.engine.submit(dispatched(ORDER, AT))
  await expect.poll(() => answers.length).toBe(1)

  const idle = expect(rig.engine.idle()).rejects.toMatchObject({ code: 'engine_stopped' })
  await rig.engine.stop({ graceMs: 10 })

  await idle
})

test('leaves no timer behind, and a second stop is the first', async () => {
  const time = createSimulatedTime()
  const gateway = aGateway(() => ({ ...DONE, status: 429, rateLimitResetMs: 30_000 }))
  const rig = await rigs.start({
    ...time,
    gateway,
    notifier: { notify: () => new Promise(() => {}) },
  })
  await rig.decide(captured(ORDER, AT))
  await rig.engine.submit(dispatched(ORDER, AT))
  await expect.poll(() => rig.alarms()).toEqual(['rate_limited'])
  const running = time.timerCount

  const first = rig.engine.stop()
  const second = rig.engine.stop()
  await Promise.all([first, second])
  const stopped = time.timerCount
  await time.advance(3_600_000)

  expect(running).toBeGreaterThan(0)
  expect(second).toBe(first)
  expect(stopped).toBe(0)
  expect(rig.records.filter(({ name }) => name === 'engine_stopped')).toHaveLength(1)
})

test('a process ends by itself once the engine has stopped', async () => {
  await using twin = await startTwin({ orders: [guideOrder({ nowMs: Date.now() })] })
  const { path } = await rigs.make({ gateway: aGateway() }).then(async (rig) => {
    await rig.close()
    return rig
  })
  const address = [twin.url, twin.username, twin.password]

  const { stdout } = await promisify(execFile)(
    process.execPath,
    [CHILD, path, ...address, JSON.stringify(twin.orders[0])],
    { timeout: 20_000 },
  )

  expect(stdout).toBe('stopped\n')
}, 30_000)

test('a start that is stopped while it recovers says so', async () => {
  const rig = await rigs.make({ gateway: aGateway() })

  const start = expect(rig.engine.start()).rejects.toMatchObject({ code: 'engine_stopped' })
  await rig.engine.stop()

  await start
})
