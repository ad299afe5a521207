/** A thread that tells canonical stories, dying at the places that it is told. */
import { parentPort } from 'node:worker_threads'
import { deathsAt, type Place } from '../world/mortality.ts'
import { tellStory } from '../world/tell-story.ts'
import { SCENARIOS } from './scenarios.ts'

export interface CrashTask {
  readonly scenarioIndex: number
  /** Places at which the process dies, counted from 1. */
  readonly indexes: readonly number[]
}

export interface CrashResult extends CrashTask {
  readonly violations: readonly { readonly invariant: string; readonly what: string }[]
  readonly places: readonly Place[]
  /** Places that the story has. */
  readonly placeCount: number
  readonly effects: readonly string[]
}

parentPort?.on('message', async (task: CrashTask) => {
  const scenario = SCENARIOS[task.scenarioIndex]
  if (scenario === undefined) throw new RangeError(`there is no story ${task.scenarioIndex}`)
  const mortality = deathsAt(task.indexes)
  const { violations, effects } = await tellStory(scenario.history, { mortality })
  const { places, placeCount } = mortality
  parentPort?.postMessage({
    ...task,
    violations,
    places,
    placeCount,
    effects,
  } satisfies CrashResult)
})
