import {
  type EngineEvent,
  instant,
  instantToMs,
  makeInboxEvent,
  msToInstant,
} from '@postdelivery/core'
import { expect, test } from 'vitest'
import { aRuleBook, captured, dispatched, SETTINGS, TELL_PARCELS } from './builders.ts'
import { useRigs } from './rig.ts'
import { aGateway, DONE } from './scripted-gateway.ts'
import { createSimulatedTime } from './simulated-time.ts'

const ORDER = { orderId: 'order-1', captureId: 'capture-1' }
const AT = instant('2026-11-24T08:00:00.000Z')
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const rigs = useRigs()

test('a deadline wakes its order on the day, without any event', async () => {
  const time = createSimulatedTime('2026-11-24T08:00:00.000Z')
  const gateway = aGateway()
  const rig = await rigs.start({
    ...time,
    gateway,
    pollMs: 30 * DAY_MS,
    ruleBook: aRuleBook([{ on: 'deadline.approaching', type: 'sendOut' }]),
    settings: { ...SETTINGS, deadlineDays: { ...SETTINGS.deadlineDays, due_date: [3] } },
  })
  await rig.decide(captured(ORDER, AT, { dueOn: '2026-12-14' }))
  await rig.engine.idle()

  // Three days left begin at midnight of the 11th in Stockholm, which is 23:00 UTC on the 10th.
  await time.advance(16 * DAY_MS + 15 * HOUR_MS - 1_000)
  await rig.engine.idle()
  const before = gateway.sent.length
  await time.advance(1_000)
  await rig.engine.idle()

  expect(before).toBe(0)
  expect(gateway.sent.map(({ path }) => path.split('/').at(-1))).toEqual(['trigger-send-out'])
})

test('a command in doubt is repeated when its wait is over, by the alarm clock and not by a poll', async () => {
  const time = createSimulatedTime()
  const gateway = aGateway((_request, index) =>
    index === 0 ? { type: 'no_answer', reason: 'timeout', mayHaveReached: true } : DONE,
  )
  const rig = await rigs.start({ ...time, gateway, pollMs: DAY_MS })
  await rig.decide(captured(ORDER, AT))
  const receipt = await rig.engine.submit(dispatched(ORDER, AT))
  await rig.engine.idle()

  await time.advance(4_999)
  await rig.engine.idle()
  const before = gateway.sent.length
  await time.advance(2_501)
  const settled = await receipt.settled

  expect(before).toBe(1)
  expect(gateway.sent).toHaveLength(2)
  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
})

test('a wait that an earlier process began ends on time, by the alarm clock and not by a poll', async () => {
  const time = createSimulatedTime()
  const gateway = aGateway((_request, index) =>
    index === 0 ? { type: 'no_answer', reason: 'timeout', mayHaveReached: true } : DONE,
  )
  const first = await rigs.start({ ...time, gateway })
  await first.decide(captured(ORDER, AT))
  await first.engine.submit(dispatched(ORDER, AT))
  await first.engine.idle()
  await first.close()

  const next = await rigs.start({ ...time, gateway, path: first.path, pollMs: DAY_MS })
  await next.engine.idle()
  await time.advance(4_999)
  const before = gateway.sent.length
  await time.advance(2_501)

  // Nobody asks the engine to look: it wakes by itself.
  expect(before).toBe(1)
  await expect.poll(() => gateway.sent.length).toBe(2)
  await next.engine.idle()
})

test('what became due while the last step ran is done at once, without a timer', async () => {
  let nowMs = instantToMs(AT)
  const gateway = aGateway((_request, index) =>
    index === 0 ? { type: 'no_answer', reason: 'not_connected', mayHaveReached: false } : DONE,
  )
  const rig = await rigs.start({
    gateway,
    clock: { now: () => msToInstant(nowMs) },
    timers: { set: () => null, clear: () => {} },
    wrapStore: (store) => ({
      ...store,
      // The machine sleeps for a minute while an order is put to rest.
      rearm: (...given) => {
        nowMs += 60_000
        return store.rearm(...given)
      },
    }),
  })
  await rig.decide(captured(ORDER, AT))

  const settled = await rig.settle(dispatched(ORDER, AT))

  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
  expect(gateway.sent).toHaveLength(2)
})

test('an event whose order stays unknown is given up after seven days, and whoever waits is told', async () => {
  const time = createSimulatedTime()
  const rig = await rigs.start({ ...time, gateway: aGateway(), pollMs: HOUR_MS })
  const receipt = await rig.engine.submit(dispatched(ORDER, AT))
  await rig.engine.idle()

  await time.advance(7 * DAY_MS - HOUR_MS)
  const before = await rig.store.event('order-1', receipt.eventId)
  await time.advance(3 * HOUR_MS)
  const after = await rig.store.event('order-1', receipt.eventId)

  expect(before?.status).toBe('parked')
  expect(after?.status).toBe('dead_lettered')
  await expect(receipt.decision).rejects.toMatchObject({ code: 'event_dead_lettered' })
  await expect(receipt.settled).rejects.toMatchObject({ code: 'event_dead_lettered' })
  expect(await rig.store.work({ kind: 'dead_letter' })).toHaveLength(1)

  const again = await rig.engine.submit(dispatched(ORDER, AT))
  await expect(again.decision).rejects.toMatchObject({ code: 'event_dead_lettered' })
})

test('an event whose fact stays out of reach is given up, and whoever waits is told', async () => {
  const time = createSimulatedTime()
  const rules = aRuleBook([TELL_PARCELS])
  const rig = await rigs.start({
    ...time,
    gateway: aGateway(),
    pollMs: HOUR_MS,
    ruleBook: {
      inForce: () => ({
        ...rules.inForce(),
        factsWanted: () => [],
        factsNeeded: (type) => (type === 'shipment.dispatched' ? ['customer.tier'] : []),
      }),
    },
    factSource: {
      definitions: [
        { name: 'customer.tier', type: 'text', source: 'on_demand', description: 'tier' } as never,
      ],
      load: async () => ({ type: 'failed', reason: 'the loyalty system is down' }),
    },
  })
  await rig.store.accept(makeInboxEvent(captured(ORDER, AT), AT))
  const receipt = await rig.engine.submit(dispatched(ORDER, AT))
  await rig.engine.idle()

  await time.advance(3 * DAY_MS)
  await rig.engine.idle()

  await expect(receipt.decision).rejects.toMatchObject({ code: 'event_dead_lettered' })
})

test('notices are delivered once the notifier works again, each once', async () => {
  const time = createSimulatedTime()
  const delivered: string[] = []
  let isBroken = true
  const rig = await rigs.start({
    ...time,
    gateway: aGateway(),
    ruleBook: aRuleBook([
      { on: 'customer.reported', type: 'notify', params: { channel: 'support', message: 'call' } },
    ]),
    notifier: {
      notify: async ({ id }) => {
        if (isBroken) throw new Error('no connection')
        delivered.push(id)
      },
    },
  })
  await rig.decide(captured(ORDER, AT))
  for (const number of [1, 2, 3]) {
    const event: EngineEvent = {
      id: `reported-${number}`,
      type: 'customer.reported',
      orderId: 'order-1',
      at: AT,
      problem: 'damaged',
    }
    await rig.decide(event)
  }
  await rig.engine.idle()

  const before = [...delivered]
  isBroken = false
  await time.advance(10_000)
  await rig.engine.idle()
  await time.advance(DAY_MS / 24)
  await rig.engine.idle()

  expect(before).toEqual([])
  expect(delivered).toHaveLength(3)
  expect(new Set(delivered).size).toBe(3)
  expect(await rig.store.undeliveredNotices(10)).toEqual([])
})

test('a notice is delivered as soon as its decision is stored', async () => {
  const notify = { on: 'customer.reported', type: 'notify' as const }
  const rig = await rigs.start({
    gateway: aGateway(),
    pollMs: HOUR_MS,
    ruleBook: aRuleBook([{ ...notify, params: { channel: 'support', message: 'call' } }]),
  })
  await rig.decide(captured(ORDER, AT))

  await rig.decide({
    id: 'reported-1',
    type: 'customer.reported',
    orderId: 'order-1',
    at: AT,
    problem: 'damaged',
  })

  await expect.poll(() => rig.notices.map(({ message }) => message)).toEqual(['call'])
})

test('notices that an earlier process left are delivered at the start', async () => {
  const notify = { on: 'customer.reported', type: 'notify' as const }
  const ruleBook = aRuleBook([{ ...notify, params: { channel: 'support', message: 'call' } }])
  const first = await rigs.start({
    gateway: aGateway(),
    ruleBook,
    notifier: { notify: () => Promise.reject(new Error('no connection')) },
  })
  await first.decide(captured(ORDER, AT))
  await first.decide({
    id: 'reported-1',
    type: 'customer.reported',
    orderId: 'order-1',
    at: AT,
    problem: 'damaged',
  })
  await first.close()

  const next = await rigs.start({ gateway: aGateway(), ruleBook, path: first.path })

  await expect.poll(() => next.notices.map(({ message }) => message)).toEqual(['call'])
})

test('a quota that is used up holds back all orders until it opens', async () => {
  const time = createSimulatedTime()
  const gateway = aGateway((_request, index) =>
    index === 0 ? { ...DONE, status: 429, rateLimitResetMs: 2_000 } : DONE,
  )
  const rig = await rigs.start({ ...time, gateway })
  const orders = [1, 2, 3].map((number) => ({
    orderId: `order-${number}`,
    captureId: `capture-${number}`,
  }))
  for (const order of orders) await rig.decide(captured(order, AT))
  const [first, ...others] = orders
  const receipts = [await rig.engine.submit(dispatched(first ?? ORDER, AT))]
  await expect.poll(() => rig.alarms()).toEqual(['rate_limited'])

  for (const order of others) receipts.push(await rig.engine.submit(dispatched(order, AT)))
  await time.advance(1_999)
  const before = gateway.sent.length
  await time.advance(1)
  await rig.engine.idle()
  const after = gateway.sent.length
  // The order that met the quota comes back by itself, a little later.
  await time.advance(1_000)
  const settled = await Promise.all(receipts.map((receipt) => receipt.settled))

  expect([before, after]).toEqual([1, 3])
  expect(gateway.sent).toHaveLength(4)
  expect(settled.map(({ commands }) => commands[0]?.state)).toEqual(Array(3).fill('confirmed'))
})
