import { addMs } from '@postdelivery/core'
import { expect, test } from 'vitest'
import { createAlarmClock } from '../../src/embedded/timers.ts'
import { createSimulatedTime } from './simulated-time.ts'

function setUp() {
  const time = createSimulatedTime()
  const rings: string[] = []
  const start = time.clock.now()
  const alarmClock = createAlarmClock({ ...time, ring: () => rings.push(time.clock.now()) })
  const setIn = (ms: number): void => alarmClock.setAt(addMs(time.clock.now(), ms))
  return { time, rings, start, alarmClock, setIn }
}

test('rings at the earliest of the instants it was set to, with one timer', async () => {
  const { time, rings, start, setIn } = setUp()

  for (const ms of [5_000, 2_000, 9_000]) setIn(ms)
  const timerCount = time.timerCount
  await time.advance(10_000)

  expect(timerCount).toBe(1)
  expect(rings).toEqual([addMs(start, 2_000)])
})

test('rings at once for an instant that has passed', async () => {
  const { time, rings, setIn } = setUp()

  setIn(-60_000)
  await time.advance(0)

  expect(rings).toHaveLength(1)
})

test('rings on time after days, although it waits in pieces', async () => {
  const { time, rings, start, setIn } = setUp()
  const tenDaysMs = 10 * 86_400_000

  setIn(tenDaysMs)
  await time.advance(tenDaysMs - 1)
  const before = rings.length
  await time.advance(1)

  expect(before).toBe(0)
  expect(rings).toEqual([addMs(start, tenDaysMs)])
})

test('can be set anew after it rang', async () => {
  const { time, rings, setIn } = setUp()

  setIn(1_000)
  await time.advance(1_000)
  setIn(1_000)
  await time.advance(1_000)

  expect(rings).toHaveLength(2)
})

test('leaves no timer behind once it is closed, and takes no new instant', async () => {
  const { time, rings, alarmClock, setIn } = setUp()

  setIn(1_000)
  alarmClock.close()
  setIn(1_000)
  const timerCount = time.timerCount
  await time.advance(5_000)

  expect(timerCount).toBe(0)
  expect(rings).toEqual([])
})
