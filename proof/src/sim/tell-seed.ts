/** Tells the story of one seed and says what came of it, in a form that passes between threads. */
import { drawHistory } from '../world/draw-history.ts'
import type { History } from '../world/history.ts'
import { type Told, tellStory } from '../world/tell-story.ts'
import type { SimResult, SimTask } from './worker.ts'

/** Tells the story of a seed, twice when asked to. Never throws: what stops the simulation is a violation of its own. */
export async function tellSeed({ seed, isTwice }: SimTask): Promise<SimResult> {
  const history = drawHistory(seed)
  const told = await tellSafely(history)
  const isSame = isTwice ? (await tellSafely(history)).trace === told.trace : null
  const { violations, simulatedMs, deathCount, callCount, effects, eventCount } = told
  const effectCount = effects.length
  const marks = [...told.marks]
  return {
    seed,
    violations,
    marks,
    simulatedMs,
    deathCount,
    callCount,
    effectCount,
    eventCount,
    isSame,
  }
}

/** Tells a story; an error of the telling itself counts as a violation, so that it is found, replayed and made shorter. */
export async function tellSafely(history: History, onLine?: (line: string) => void): Promise<Told> {
  try {
    return await tellStory(history, onLine === undefined ? {} : { onLine })
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { ...NOTHING, violations: [{ invariant: 'SIM', what, at: history.beginsAt }] }
  }
}

const NOTHING: Omit<Told, 'violations'> = {
  marks: new Map(),
  simulatedMs: 0,
  stepCount: 0,
  deathCount: 0,
  callCount: 0,
  effects: [],
  eventCount: 0,
  placeCount: 0,
  trace: '',
}
