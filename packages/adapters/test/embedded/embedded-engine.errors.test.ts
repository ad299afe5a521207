import { AssertionError as ForeignAssertionError } from 'node:assert'
import { type SqliteStore, StoreFailure } from '@postdelivery/adapters/sqlite'
import {
  AssertionError,
  type Change,
  instant,
  makeInboxEvent,
  SnapshotError,
  type StoredEvent,
} from '@postdelivery/core'
import { expect, test } from 'vitest'
import { captured, dispatched } from './builders.ts'
import { useRigs } from './rig.ts'
import { aGateway } from './scripted-gateway.ts'
import { createSimulatedTime } from './simulated-time.ts'

const AT = instant('2026-11-24T08:00:00.000Z')
const SICK = { orderId: 'order-sick', captureId: 'capture-sick' }
const WELL = { orderId: 'order-well', captureId: 'capture-well' }

const rigs = useRigs()

/** A store whose commits fail while `isBroken` says so. */
const withCommits =
  (isBroken: (change: Change) => boolean, error = new Error('no')) =>
  (store: SqliteStore): SqliteStore => ({
    ...store,
    commit: (change) => (isBroken(change) ? Promise.reject(error) : store.commit(change)),
  })

/** A store that hands out events through `look`, which may throw: something about the order is broken. */
const withEvents =
  (look: (event: StoredEvent) => void) =>
  (store: SqliteStore): SqliteStore => ({
    ...store,
    async firstOpenEvent(orderId, types) {
      const event = await store.firstOpenEvent(orderId, types)
      if (event !== undefined) look(event)
      return event
    },
  })

test('an order that cannot be driven stops alone, becomes work, and goes on once it can', async () => {
  const time = createSimulatedTime()
  let isBroken = true
  const wrapStore = withEvents(({ orderId, type }) => {
    if (isBroken && orderId === SICK.orderId && type === 'shipment.dispatched')
      throw new TypeError('cannot read properties of undefined')
  })
  const gateway = aGateway()
  const rig = await rigs.start({ ...time, gateway, wrapStore })
  await rig.decide(captured(SICK, AT))
  await rig.decide(captured(WELL, AT))

  const sick = await rig.engine.submit(dispatched(SICK, AT))
  const well = await rig.settle(dispatched(WELL, AT))
  await rig.engine.idle()
  const work = await rig.store.work({ kind: 'order_stopped' })
  const alarms = rig.alarms()
  isBroken = false
  await time.advance(1_000)
  const settled = await sick.settled
  await rig.engine.idle()

  expect(well.commands.map(({ state }) => state)).toEqual(['confirmed'])
  expect(work).toMatchObject([
    { orderId: 'order-sick', what: expect.stringContaining('TypeError') as unknown },
  ])
  expect(alarms).toEqual(['order_stopped'])
  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
  expect(await rig.store.work({ kind: 'order_stopped' })).toEqual([])
})

test('a stopped order is tried again with growing waits, not at each look', async () => {
  const time = createSimulatedTime()
  let tryCount = 0
  const wrapStore = withEvents(({ type }) => {
    if (type !== 'shipment.dispatched') return
    tryCount += 1
    throw new Error('no')
  })
  const rig = await rigs.start({ ...time, gateway: aGateway(), wrapStore })
  await rig.decide(captured(SICK, AT))
  await rig.engine.submit(dispatched(SICK, AT))
  await rig.engine.idle()

  const counts: number[] = [tryCount]
  for (const ms of [1_000, 5_000, 30_000, 120_000]) {
    await time.advance(ms)
    await rig.engine.idle()
    counts.push(tryCount)
  }

  expect(counts).toEqual([1, 2, 3, 4, 5])
})

test('events for a stopped order do not hurry it, a person does', async () => {
  const time = createSimulatedTime()
  let tryCount = 0
  const wrapStore = withEvents(({ type }) => {
    if (type !== 'shipment.dispatched') return
    tryCount += 1
    throw new Error('no')
  })
  const rig = await rigs.start({ ...time, gateway: aGateway(), wrapStore })
  await rig.decide(captured(SICK, AT))
  await rig.engine.submit(dispatched(SICK, AT, 'T-1'))
  await rig.engine.idle()

  await rig.engine.submit(dispatched(SICK, AT, 'T-2'))
  await rig.engine.idle()
  const afterEvent = tryCount
  rig.engine.wake(SICK.orderId)
  await rig.engine.idle()

  expect(afterEvent).toBe(1)
  expect(tryCount).toBe(2)
})

test('when the outcome of a call could not be written, the call counts as unknown and is repeated with its key', async () => {
  const time = createSimulatedTime()
  let failCount = 1
  const wrapStore = withCommits((change) => {
    if (change.attempt?.type !== 'answered' || failCount === 0) return false
    failCount -= 1
    return true
  })
  const gateway = aGateway()
  const rig = await rigs.start({ ...time, gateway, wrapStore })
  await rig.decide(captured(SICK, AT))

  const receipt = await rig.engine.submit(dispatched(SICK, AT))
  await rig.engine.idle()
  const sentBefore = gateway.sent.length
  await time.advance(1_000)
  await rig.engine.idle()
  const attempts = await rig.store.attempts(SICK.orderId)
  await time.advance(10_000)
  await rig.engine.idle()
  const settled = await receipt.settled

  expect(sentBefore).toBe(1)
  expect(attempts).toMatchObject([{ outcome: { type: 'unknown' } }])
  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
  expect(gateway.sent).toHaveLength(2)
  expect(new Set(gateway.sent.map(({ key }) => key)).size).toBe(1)
})

/** Says what is told of an error that stops an order: to the person who has the work, and to telemetry. */
const toldOf = async (error: Error): Promise<{ readonly what: string; readonly log: string }> => {
  const wrapStore = withCommits(
    (change) => change.decision?.eventType === 'shipment.dispatched',
    error,
  )
  const rig = await rigs.start({ gateway: aGateway(), wrapStore })
  await rig.decide(captured(SICK, AT))
  await rig.engine.submit(dispatched(SICK, AT))
  await rig.engine.idle()
  const [work] = await rig.store.work({ kind: 'order_stopped' })
  return { what: work?.what ?? 'nothing', log: JSON.stringify(rig.records) }
}

const SECRET = 'anna@example.com'

test.each([
  new AssertionError(SECRET),
  new SnapshotError('snapshot_unreadable', SECRET),
  new StoreFailure('store_full', 'orders.db', SECRET),
])('what our own $name says goes to people, not to telemetry', async (error) => {
  const { what, log } = await toldOf(error)

  expect(what).toContain(`: ${error.name}: ${error.message}`)
  expect(log).toContain(error.name)
  expect(log).not.toContain(SECRET)
})

test.each([
  [new TypeError(SECRET), 'TypeError'],
  [new ForeignAssertionError({ message: SECRET }), 'AssertionError'],
  [Object.assign(new Error('no'), { name: SECRET }), 'unknown'],
])('of an error that is not ours people hear the class alone: $1', async (error, name) => {
  const { what, log } = await toldOf(error)

  expect(what.endsWith(`: ${name}`)).toBe(true)
  expect(log).toContain(name)
  expect(log).not.toContain(SECRET)
})

test('a store that fails altogether brings alarms, not the process down, and everything goes on afterwards', async () => {
  const time = createSimulatedTime()
  let isBroken = false
  const fail = (): Promise<never> => Promise.reject(new Error('no disk'))
  const rig = await rigs.start({
    ...time,
    gateway: aGateway(),
    wrapStore: (store) => ({
      ...store,
      commit: (change) => (isBroken ? fail() : store.commit(change)),
      openWork: (work) => (isBroken ? fail() : store.openWork(work)),
      dueOrders: (now, limit) => (isBroken ? fail() : store.dueOrders(now, limit)),
      undeliveredNotices: (limit) => (isBroken ? fail() : store.undeliveredNotices(limit)),
    }),
  })
  await rig.decide(captured(WELL, AT))
  await rig.engine.idle()

  isBroken = true
  const receipt = await rig.engine.submit(dispatched(WELL, AT))
  await time.advance(3_000)
  const alarms = new Set(rig.alarms())
  isBroken = false
  await time.advance(6_000)
  const settled = await receipt.settled

  expect(alarms).toEqual(new Set(['order_stopped', 'work_not_opened', 'store_unreadable']))
  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
})

test('work about a stopped order that an earlier process left is closed when the order goes on', async () => {
  let isBroken = true
  const wrapStore = withEvents(({ type }) => {
    if (isBroken && type === 'shipment.dispatched') throw new Error('no')
  })
  const first = await rigs.start({ gateway: aGateway(), wrapStore })
  await first.decide(captured(SICK, AT))
  await first.engine.submit(dispatched(SICK, AT))
  await first.engine.idle()
  await first.close()

  isBroken = false
  const next = await rigs.make({ gateway: aGateway(), wrapStore, path: first.path })
  const before = await next.store.work({ kind: 'order_stopped' })
  await next.engine.start()
  await next.engine.idle()

  expect(before).toHaveLength(1)
  expect(await next.store.work({ kind: 'order_stopped' })).toEqual([])
})

test('stopped orders fill no page', async () => {
  const isSick = (orderId: string): boolean => orderId.startsWith('sick')
  const rig = await rigs.start({
    gateway: aGateway(),
    pollMs: 60_000,
    wrapStore: (store) => ({
      ...store,
      order: (orderId) =>
        isSick(orderId) ? Promise.reject(new Error('no')) : store.order(orderId),
    }),
  })
  const sick = Array.from({ length: 300 }, (_, index) => `sick-${index}`)
  await Promise.all(
    sick.map((orderId) => rig.engine.submit(captured({ orderId, captureId: 'c' }, AT))),
  )
  await rig.engine.idle()

  const event = makeInboxEvent(captured(WELL, AT), AT)
  await rig.store.accept(event)
  await rig.engine.idle()

  expect(await rig.store.work({ kind: 'order_stopped' })).toHaveLength(300)
  expect((await rig.store.event(WELL.orderId, event.eventId))?.status).toBe('decided')
})

test('an event that could not be stored is not accepted, and leaves nobody waiting', async () => {
  let isBroken = true
  const rig = await rigs.start({
    gateway: aGateway(),
    wrapStore: (store) => ({
      ...store,
      accept: (event) =>
        isBroken ? Promise.reject(new Error('the disk is full')) : store.accept(event),
    }),
  })

  const refused = rig.engine.submit(captured(WELL, AT))
  await expect(refused).rejects.toThrow('the disk is full')
  isBroken = false
  const settled = await rig.settle(captured(WELL, AT))

  expect(settled.commands).toEqual([])
})
