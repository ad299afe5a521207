import type { Notice, TelemetryEvent } from '@postdelivery/core'
import { expect, test } from 'vitest'
import { createCourier } from '../../src/embedded/courier.ts'
import { createSimulatedTime, settle } from './simulated-time.ts'

const aNotice = (id: string): Notice => ({
  id,
  orderId: 'order-1',
  channel: 'ops',
  message: 'look',
})

/** A courier over a list of notices, with a notifier that the test writes. */
function setUp(ids: readonly string[], notify: (notice: Notice) => Promise<void>) {
  const time = createSimulatedTime()
  const undelivered = new Map(ids.map((id) => [id, aNotice(id)]))
  const records: TelemetryEvent[] = []
  const courier = createCourier({
    store: {
      undeliveredNotices: async (limit) => [...undelivered.values()].slice(0, limit),
      markDelivered: async (id) => {
        undelivered.delete(id)
      },
    },
    notifier: { notify },
    clock: time.clock,
    timers: time.timers,
    telemetry: { record: (event) => records.push(event) },
  })
  return { time, courier, undelivered, records }
}

test('delivers all in their order and marks them', async () => {
  const seen: string[] = []
  const { time, courier, undelivered } = setUp(['a', 'b', 'c'], async ({ id }) => {
    seen.push(id)
  })

  await courier.deliver()

  expect(seen).toEqual(['a', 'b', 'c'])
  expect(undelivered.size).toBe(0)
  expect(time.timerCount).toBe(0)
})

test('one that fails blocks no other and is tried again later', async () => {
  const seen: string[] = []
  let isBroken = true
  const { time, courier, undelivered, records } = setUp(['a', 'b'], async ({ id }) => {
    if (id === 'a' && isBroken) throw new Error('no route to anna@example.com')
    seen.push(id)
  })

  await courier.deliver()
  const first = { seen: [...seen], nextAt: courier.nextAt(), isDue: courier.isDue() }
  isBroken = false
  await time.advance(1_000)
  await courier.deliver()

  expect(first).toEqual({ seen: ['b'], nextAt: '2026-11-24T08:00:01.000Z', isDue: false })
  expect(seen).toEqual(['b', 'a'])
  expect(undelivered.size).toBe(0)
  expect(JSON.stringify(records)).toContain('notice_failed')
  expect(JSON.stringify(records)).not.toContain('anna')
})

test('one that keeps failing fills no page', async () => {
  const ids = Array.from({ length: 250 }, (_, index) => `notice-${index}`)
  const seen: string[] = []
  const { courier } = setUp(ids, async ({ id }) => {
    if (id !== 'notice-249') throw new Error('no')
    seen.push(id)
  })

  await courier.deliver()

  expect(seen).toEqual(['notice-249'])
})

test('a notifier that never answers is given up and tried again', async () => {
  const { time, courier, undelivered } = setUp(['a'], () => new Promise(() => {}))

  const delivered = courier.deliver()
  await settle()
  await time.advance(30_000)
  await delivered

  expect(undelivered.size).toBe(1)
  expect(courier.nextAt()).not.toBeNull()
  expect(time.timerCount).toBe(0)
})

test('a call while it delivers makes it look again, not deliver twice', async () => {
  const seen: string[] = []
  const { courier, undelivered } = setUp(['a'], async ({ id }) => {
    await settle()
    seen.push(id)
  })

  const first = courier.deliver()
  undelivered.set('b', aNotice('b'))
  await Promise.all([first, courier.deliver(), courier.deliver()])

  expect(seen).toEqual(['a', 'b'])
})

test('begins no delivery once it is closed', async () => {
  const seen: string[] = []
  const { courier } = setUp(['a', 'b'], async ({ id }) => {
    seen.push(id)
    courier.close()
  })

  await courier.deliver()
  await courier.deliver()

  expect(seen).toEqual(['a'])
})
