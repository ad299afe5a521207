import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { SCENARIOS } from '../../src/crashes/scenarios.ts'
import { runHistories } from '../../src/sim/run-histories.ts'
import { CALL_FAULT_NAMES } from '../../src/world/call-faults.ts'
import { drawHistory } from '../../src/world/draw-history.ts'
import type { History } from '../../src/world/history.ts'
import { INVARIANTS } from '../../src/world/invariants.ts'
import { deathsAt } from '../../src/world/mortality.ts'
import { tellStory } from '../../src/world/tell-story.ts'

const REGRESSIONS = new URL('../../regressions/', import.meta.url)

describe('stories', () => {
  test('follow from their seed, whatever is told in between', async () => {
    const story = drawHistory('same/1')
    const first = await tellStory(story)
    await tellStory(drawHistory('same/2'))

    const second = await tellStory(drawHistory('same/1'))

    expect(drawHistory('same/1')).toEqual(story)
    expect(second.trace).toBe(first.trace)
    expect(second.stepCount).toBe(first.stepCount)
    expect((await tellStory(drawHistory('same/2'))).trace).not.toBe(first.trace)
  })

  test('a handful of them break nothing', { timeout: 120_000 }, async () => {
    for (let index = 0; index < 12; index += 1) {
      const seed = `handful/${index}`
      expect((await tellStory(drawHistory(seed))).violations, seed).toEqual([])
    }
  })

  test.each(readdirSync(REGRESSIONS))('%s went wrong once and does no more', async (file) => {
    const { history } = JSON.parse(readFileSync(new URL(file, REGRESSIONS), 'utf8')) as {
      readonly history: History
    }
    expect((await tellStory(history)).violations).toEqual([])
  })

  test('every invariant and every fault has a name of its own', () => {
    expect(new Set(INVARIANTS.map((each) => each.id)).size).toBe(INVARIANTS.length)
    expect(CALL_FAULT_NAMES.length).toBeGreaterThan(25)
  })
})

describe('a process that dies', () => {
  const [story] = SCENARIOS
  const history = story?.history ?? drawHistory('none')

  test('passes the same places each time, and dies where it is told', async () => {
    const counting = deathsAt([])
    await tellStory(history, { mortality: counting })
    const again = deathsAt([20])
    const told = await tellStory(history, { mortality: again })

    expect(counting.placeCount).toBeGreaterThan(50)
    expect(again.places).toMatchObject([{ index: 20 }])
    expect(told.deathCount).toBe(1)
    expect(told.violations).toEqual([])
  })
})

describe('a bug in the product', () => {
  test.each([
    ['other_days_are_booked', 'I10'],
    ['attempt_recorded_after_the_call', 'I3'],
    ['password_in_a_trace', 'I13'],
  ])('%s is seen by %s', { timeout: 120_000 }, async (bug, invariant) => {
    const { broken } = await runHistories({
      historyCount: 60,
      seed: '1',
      bug,
      endsAtViolation: true,
    })
    expect(broken[0]?.violations.map((each) => each.invariant)).toContain(invariant)
  })
})
