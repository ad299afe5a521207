import { expect, test } from 'vitest'
import { createHolds } from '../../src/embedded/holds.ts'
import { createSimulatedTime } from './simulated-time.ts'

test('waits longer after each failure, up to ten minutes', () => {
  const { clock } = createSimulatedTime('2026-11-24T08:00:00.000Z')
  const holds = createHolds(clock)

  const waits = [1, 2, 3, 4, 5, 6].map(() => holds.hold('order-1').retryAt.slice(11, 19))

  expect(waits).toEqual(['08:00:01', '08:00:05', '08:00:30', '08:02:00', '08:10:00', '08:10:00'])
})

test('begins anew after it has worked', () => {
  const { clock } = createSimulatedTime()
  const holds = createHolds(clock)
  for (let failure = 0; failure < 4; failure += 1) holds.hold('order-1')

  const wasHeld = holds.release('order-1')

  expect(wasHeld).toBe(true)
  expect(holds.release('order-1')).toBe(false)
  expect(holds.hold('order-1').failureCount).toBe(1)
})

test('is due when the wait is over, and then no longer counts as the next one', async () => {
  const time = createSimulatedTime()
  const holds = createHolds(time.clock)
  const { retryAt } = holds.hold('order-1')

  const before = { isWaiting: holds.isWaiting('order-1'), due: holds.due(), next: holds.nextAt() }
  await time.advance(1_000)

  expect(before).toEqual({ isWaiting: true, due: [], next: retryAt })
  expect(holds.isWaiting('order-1')).toBe(false)
  expect(holds.due()).toEqual(['order-1'])
  expect(holds.nextAt()).toBeNull()
  expect(holds.count).toBe(1)
})

test('a hurried one is due at once and keeps its count of failures', () => {
  const { clock } = createSimulatedTime()
  const holds = createHolds(clock)
  holds.hold('order-1')

  holds.hurry('order-1')

  expect(holds.due()).toEqual(['order-1'])
  expect(holds.hold('order-1').failureCount).toBe(2)
})
