import { expect, test } from 'vitest'
import { shrink } from '../../src/sim/shrink.ts'
import { drawHistory } from '../../src/world/draw-history.ts'
import type { History } from '../../src/world/history.ts'

/** Breaks while a capture and a kill are there, whatever else is. */
const breaks = async ({ steps }: History): Promise<readonly string[]> =>
  ['capture', 'kill'].every((type) => steps.some((step) => step.type === type)) ? ['I2'] : ['I9']

const longStory = (): History => {
  for (let index = 0; ; index += 1) {
    const history = drawHistory(`long ${index}`)
    const hasAll = history.steps.length > 30 && Object.keys(history.faults).length > 1
    if (hasAll && history.steps.some((step) => step.type === 'kill')) return history
  }
}

test('a story is made as short as it can be while it breaks the same', async () => {
  const story = longStory()

  const shortest = await shrink(story, { breaks, invariant: 'I2', triesMax: 1_000 })

  expect(shortest.steps.map((step) => step.type).toSorted()).toEqual(['capture', 'kill'])
  expect(shortest).toMatchObject({ seed: story.seed, faults: {}, deathRate: 0, clockDrift: 0 })
  expect(shortest.orders).toHaveLength(1)
})

test('no more stories are told than allowed', async () => {
  let toldCount = 0
  await shrink(longStory(), {
    breaks: async (history) => {
      toldCount += 1
      return breaks(history)
    },
    invariant: 'I2',
    triesMax: 12,
  })
  expect(toldCount).toBe(12)
})

test('a story that breaks in another way is not taken', async () => {
  const story = longStory()
  expect(
    await shrink(story, { breaks: async () => ['I9'], invariant: 'I2', triesMax: 50 }),
  ).toEqual(story)
})
