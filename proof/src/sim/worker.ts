/** A thread of the simulation: tells one story after another, with a bug in the product if it is told so. */
import { parentPort, workerData } from 'node:worker_threads'
import { plantBug } from './plant-bug.ts'

export interface SimTask {
  readonly seed: string
  /** Tells it again, to see that everything is the same. */
  readonly isTwice: boolean
}

export interface SimResult {
  readonly seed: string
  readonly violations: readonly {
    readonly invariant: string
    readonly what: string
    readonly at: string
  }[]
  readonly marks: readonly (readonly [string, number])[]
  readonly simulatedMs: number
  readonly deathCount: number
  readonly callCount: number
  readonly effectCount: number
  readonly eventCount: number
  /** Whether a second telling went the same way; null when there was none. */
  readonly isSame: boolean | null
}

const { bug } = workerData as { readonly bug?: string }
if (bug !== undefined) plantBug(bug)
// Order matters: the product is loaded after the bug is planted.
const { tellSeed } = await import('./tell-seed.ts')

parentPort?.on('message', async (task: SimTask) => {
  parentPort?.postMessage(await tellSeed(task))
})
