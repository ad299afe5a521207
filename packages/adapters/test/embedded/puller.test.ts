import { addMs, type RuntimeStore, type WakeUp } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { createPuller, PULL_PAGE_COUNT, PULL_PAGE_MS } from '../../src/embedded/puller.ts'
import { createSimulatedTime, settle } from './simulated-time.ts'

/** A puller over so many waiting orders, under a clock that the test moves. */
function aPuller(waitingCount: number) {
  const time = createSimulatedTime()
  const waiting: readonly WakeUp[] = Array.from({ length: waitingCount }, (_, index) => ({
    orderId: `order-${String(index).padStart(4, '0')}`,
    wakeAt: addMs(time.clock.now(), 3_600_000),
  }))
  const pulled: string[] = []
  const failures: unknown[] = []
  const state = { isHealthy: true, isBroken: false, readCount: 0 }
  const waitingOrders: RuntimeStore['waitingOrders'] = async ({ after, until, limit }) => {
    state.readCount += 1
    if (state.isBroken) throw new Error('no disk')
    return waiting
      .filter(
        ({ orderId, wakeAt }) =>
          wakeAt <= until && (wakeAt > after.wakeAt || orderId > after.orderId),
      )
      .slice(0, limit)
  }
  const puller = createPuller({
    store: { waitingOrders },
    ...time,
    isHealthy: () => state.isHealthy,
    pull: (orderId) => pulled.push(orderId),
    onFailed: (error) => failures.push(error),
  })
  return { time, puller, pulled, failures, state }
}

describe('orders in doubt are pulled forward', () => {
  test('a page a second, each once, and then no more', async () => {
    const { time, puller, pulled, state } = aPuller(120)
    puller.begin()
    await settle()
    expect(pulled).toHaveLength(PULL_PAGE_COUNT)
    await time.advance(PULL_PAGE_MS - 1)
    expect(pulled).toHaveLength(PULL_PAGE_COUNT)
    await time.advance(1)
    expect(pulled).toHaveLength(2 * PULL_PAGE_COUNT)

    await time.advance(60_000)

    expect(pulled).toHaveLength(120)
    expect(new Set(pulled).size).toBe(120)
    expect(state.readCount).toBe(3)
    expect(time.timerCount).toBe(0)
  })

  test('no faster when Klarna comes and goes', async () => {
    const { time, puller, pulled, state } = aPuller(1_000)
    for (let turn = 0; turn < 100; turn += 1) {
      state.isHealthy = false
      await time.advance(10)
      state.isHealthy = true
      puller.begin()
      await settle()
    }

    expect(pulled.length).toBeLessThanOrEqual(2 * PULL_PAGE_COUNT)
  })

  test('only while Klarna answers, and on from there when it does again', async () => {
    const { time, puller, pulled, state } = aPuller(2 * PULL_PAGE_COUNT)
    puller.begin()
    await settle()
    state.isHealthy = false
    await time.advance(60_000)
    expect(pulled).toHaveLength(PULL_PAGE_COUNT)

    state.isHealthy = true
    puller.begin()
    await settle()

    expect(pulled).toHaveLength(2 * PULL_PAGE_COUNT)
    expect(new Set(pulled).size).toBe(2 * PULL_PAGE_COUNT)
    // What went ill again meanwhile is seen in a round of its own.
    await time.advance(60_000)
    expect(pulled).toHaveLength(4 * PULL_PAGE_COUNT)
  })

  test('not at all while nobody says that Klarna answers again', async () => {
    const { time, pulled, state } = aPuller(3)

    await time.advance(60_000)

    expect(pulled).toEqual([])
    expect(state.readCount).toBe(0)
  })

  test('no more after the end', async () => {
    const { time, puller, pulled } = aPuller(120)
    puller.begin()
    await settle()

    puller.close()
    await time.advance(60_000)

    expect(pulled).toHaveLength(PULL_PAGE_COUNT)
    expect(time.timerCount).toBe(0)
  })

  test('after a store that could not be read, as soon as it can be', async () => {
    const { time, puller, pulled, failures, state } = aPuller(3)
    state.isBroken = true
    puller.begin()
    await settle()
    await time.advance(PULL_PAGE_MS)
    expect(failures).toHaveLength(2)
    state.isBroken = false

    await time.advance(PULL_PAGE_MS)

    expect(pulled).toHaveLength(3)
    expect(failures).toHaveLength(2)
  })
})
