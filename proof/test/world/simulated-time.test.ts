import { expect, test } from 'vitest'
import { createRandom } from '../../src/random.ts'
import { createSimulatedTime } from '../../src/world/simulated-time.ts'

const aTime = (seed = '1') => createSimulatedTime(1_000, createRandom(seed))

test('things happen in the order of their instants, each when what came before has come to rest', async () => {
  const time = aTime()
  const seen: string[] = []
  time.timers.set(30, () => seen.push(`c ${time.nowMs}`))
  time.timers.set(10, async () => {
    seen.push(`a ${time.nowMs}`)
    await new Promise(setImmediate)
    seen.push('a is over')
  })
  const dropped = time.timers.set(20, () => seen.push('never'))
  time.timers.clear(dropped)

  await time.runUntil(2_000, () => seen.push('rest'))

  expect(seen).toEqual(['a 1010', 'a is over', 'rest', 'c 1030', 'rest'])
  expect(time.nowMs).toBe(2_000)
})

test('work that is busy holds everything back, a wait for time does not', async () => {
  const time = aTime()
  const seen: string[] = []
  const turns = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
    seen.push('worked')
  }
  time.timers.set(1, () => void time.busy(turns))
  time.timers.set(2, () => void time.sleep(100).then(() => seen.push('slept')))
  time.timers.set(3, () => seen.push('next'))

  await time.runUntil(5_000, () => {})

  expect(seen).toEqual(['worked', 'next', 'slept'])
})

test('what is due at one instant runs in an order that the seed decides', async () => {
  const orderOf = async (seed: string) => {
    const time = aTime(seed)
    const seen: number[] = []
    for (let index = 0; index < 6; index += 1) time.timers.set(5, () => seen.push(index))
    await time.runUntil(2_000, () => {})
    return seen.join('')
  }

  expect(await orderOf('1')).toBe(await orderOf('1'))
  const orders = await Promise.all(['1', '2', '3', '4'].map(orderOf))
  expect(new Set(orders).size).toBeGreaterThan(1)
})
