import { expect, test } from 'vitest'
import { createOrderRunner } from '../../src/embedded/order-runner.ts'
import { settle } from './simulated-time.ts'

/** A runner whose runs end when the test says so. */
function setUp(concurrency: number) {
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const runner = createOrderRunner({
    concurrency,
    run: (orderId) => {
      started.push(orderId)
      return new Promise((resolve) => ends.set(orderId, resolve))
    },
    onEnded: () => {},
  })
  const end = async (orderId: string): Promise<void> => {
    ends.get(orderId)?.()
    await settle()
  }
  return { runner, started, end }
}

test('runs as many orders at once as it has places, the others in the order of arrival', async () => {
  const { runner, started, end } = setUp(2)

  for (const orderId of ['a', 'b', 'c', 'd']) runner.enqueue(orderId)
  const atFirst = [...started]
  await end('b')

  expect(atFirst).toEqual(['a', 'b'])
  expect(started).toEqual(['a', 'b', 'c'])
  expect(runner.busyCount).toBe(3)
})

test('never runs one order twice at once; asked meanwhile, it runs once more', async () => {
  const { runner, started, end } = setUp(8)

  for (let time = 0; time < 5; time += 1) runner.enqueue('a')
  const atFirst = [...started]
  await end('a')
  const afterwards = [...started]
  await end('a')

  expect(atFirst).toEqual(['a'])
  expect(afterwards).toEqual(['a', 'a'])
  expect(runner.isBusy('a')).toBe(false)
})

test('an order that waits for a place is queued once', async () => {
  const { runner, started, end } = setUp(1)

  for (const orderId of ['a', 'b', 'b', 'b']) runner.enqueue(orderId)
  await end('a')
  await end('b')

  expect(started).toEqual(['a', 'b'])
})

test('is drained when nothing runs and nothing waits', async () => {
  const { runner, end } = setUp(1)
  const events: string[] = []
  await runner.drained()
  runner.enqueue('a')
  runner.enqueue('b')
  void runner.drained().then(() => events.push('drained'))

  await end('a')
  events.push('b still runs')
  await end('b')

  expect(events).toEqual(['b still runs', 'drained'])
})

test('starts nothing more once it is closed', async () => {
  const { runner, started, end } = setUp(1)
  for (const orderId of ['a', 'b', 'a']) runner.enqueue(orderId)

  runner.close()
  runner.enqueue('c')
  await end('a')
  await runner.drained()

  expect(started).toEqual(['a'])
})
