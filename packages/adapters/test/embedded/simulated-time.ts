/** A clock and timers that a test moves: nothing passes by itself. */

import type { Timers } from '@postdelivery/adapters/embedded'
import { addMs, type Clock, type IsoInstant, instant, instantToMs } from '@postdelivery/core'

export interface SimulatedTime {
  readonly clock: Clock
  readonly timers: Timers
  /** Timers that are set. */
  readonly timerCount: number
  /** Moves the clock, ringing each timer at its instant; lets what it began go on before the next one. */
  advance(spanMs: number): Promise<void>
}

export function createSimulatedTime(start = '2026-11-24T08:00:00.000Z'): SimulatedTime {
  let now: IsoInstant = instant(start)
  let nextHandle = 1
  const pending = new Map<number, { readonly at: IsoInstant; readonly run: () => void }>()

  const nextUpTo = (end: IsoInstant): number | undefined => {
    let found: number | undefined
    for (const [handle, { at }] of pending) {
      const best = found === undefined ? undefined : pending.get(found)?.at
      if (at <= end && (best === undefined || at < best)) found = handle
    }
    return found
  }

  return {
    clock: { now: () => now },
    timers: {
      set(delayMs, run) {
        const handle = nextHandle
        nextHandle += 1
        pending.set(handle, { at: addMs(now, Math.max(0, Math.ceil(delayMs))), run })
        return handle
      },
      clear: (handle) => {
        pending.delete(handle as number)
      },
    },
    get timerCount() {
      return pending.size
    },
    async advance(spanMs) {
      const end = addMs(now, spanMs)
      for (let handle = nextUpTo(end); handle !== undefined; handle = nextUpTo(end)) {
        const timer = pending.get(handle)
        pending.delete(handle)
        if (timer === undefined) continue
        if (instantToMs(timer.at) > instantToMs(now)) now = timer.at
        timer.run()
        await settle()
      }
      now = end
    },
  }
}

/** Lets everything go on that waits for no timer: promises, and commits that a real disk makes. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
