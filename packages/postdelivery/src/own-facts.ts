/** The merchant's own facts as core's port: loaders with a time limit, whose failures say no more than their class. */
import { errorName, type FactSource, type LoadedFact } from '@postdelivery/core'
import type { OwnFacts } from './event-input.ts'

/** Milliseconds that a loader has; an event waits and is tried again when it takes longer. */
const FACT_TIMEOUT_MS = 10_000

/**
 * Makes the source of declared facts.
 *
 * A loader that throws or takes too long has `failed`: the event waits. Null or undefined is `absent`: the fact is
 * unknown. What a loader throws is not passed on, since its text may hold anything.
 */
export const createFactSource = (facts: OwnFacts, timeoutMs = FACT_TIMEOUT_MS): FactSource => ({
  definitions: facts,
  async load(name, subject, known): Promise<LoadedFact> {
    const load = facts.find((fact) => fact.name === name)?.load
    if (load === undefined) return { type: 'absent' }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<LoadedFact>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, { type: 'failed', reason: 'timeout' })
    })
    const loaded = (async (): Promise<LoadedFact> => {
      try {
        const value = await load(subject, known)
        return value === null || value === undefined
          ? { type: 'absent' }
          : { type: 'loaded', value }
      } catch (error) {
        return { type: 'failed', reason: errorName(error) }
      }
    })()
    const first = await Promise.race([loaded, late])
    clearTimeout(timer)
    return first
  },
})
