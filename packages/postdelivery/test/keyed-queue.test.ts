/** One after another for one key, side by side for different ones. */
import { expect, test } from 'vitest'
import { createKeyedQueue } from '../src/keyed-queue.ts'

test('runs what shares a key in turn, also after one failed', async () => {
  const inTurn = createKeyedQueue()
  const heard: string[] = []
  const step = (name: string, isBad = false) =>
    inTurn('key', async () => {
      heard.push(`${name} begins`)
      await Promise.resolve()
      heard.push(`${name} ends`)
      if (isBad) throw new Error(name)
      return name
    })

  const all = await Promise.allSettled([step('a'), step('b', true), step('c')])

  expect(heard).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('lets different keys pass each other', async () => {
  const inTurn = createKeyedQueue()
  let open = () => {}
  const slow = inTurn('slow', () => new Promise<void>((resolve) => (open = resolve)))

  const fast = await inTurn('fast', async () => 'done')
  open()
  await slow

  expect(fast).toBe('done')
})
