/** What becomes of one call on a bad network, drawn from its key and how often it came before. */
import type { Random } from '../../random.ts'

/**
 * Every fate, with its share of writes and of reads (out of 100), and whether Klarna does the work and its answer is lost.
 *
 * `passes`: as it should be. `slow`: the answer comes late and in time. `lost_before`: the connection breaks before Klarna
 * hears of it. `lost_after`: Klarna answers and the connection breaks. `reset_after`: the same by a reset. `cut`: the answer
 * breaks off. `too_late`: the answer comes when nobody waits any more. `late_request`: Klarna gets the call when nobody waits
 * any more. `repeated`: Klarna gets the call twice, one after the other. `at_once_twice`: it gets it twice at the same time.
 * `echoed`: it gets it once more long after. `replaced`: Klarna does it, and somebody on the way answers with a page of HTML.
 */
export const FATES = {
  passes: { writes: 40, reads: 84, isLost: false },
  slow: { writes: 5, reads: 3, isLost: false },
  lost_before: { writes: 6, reads: 4, isLost: false },
  lost_after: { writes: 13, reads: 3, isLost: true },
  reset_after: { writes: 5, reads: 1, isLost: true },
  cut: { writes: 5, reads: 2, isLost: true },
  too_late: { writes: 4, reads: 1, isLost: true },
  late_request: { writes: 4, reads: 1, isLost: true },
  repeated: { writes: 6, reads: 0, isLost: false },
  at_once_twice: { writes: 4, reads: 0, isLost: false },
  echoed: { writes: 4, reads: 0, isLost: false },
  replaced: { writes: 4, reads: 1, isLost: true },
} as const
export type Fate = keyof typeof FATES

// The keys are the fates.
export const FATE_NAMES = Object.keys(FATES) as readonly Fate[]

/** Draws the fate of a call. */
export function drawFate(random: Random, kind: 'writes' | 'reads'): Fate {
  let place = random.fraction('fate') * 100
  return (
    FATE_NAMES.find((fate) => {
      place -= FATES[fate][kind]
      return place < 0
    }) ?? 'passes'
  )
}
