/** Time that passes: the one alarm clock that the engine keeps. */
import { type Clock, type IsoInstant, instantToMs } from '@postdelivery/core'
import type { Timers } from '../timers.ts'

/** One timer, set to the earliest instant that anybody asked for. */
export interface AlarmClock {
  /** Rings at an instant, at once when it has passed; an earlier one that is set already stays. */
  setAt(at: IsoInstant): void
  /** Rings no more. */
  close(): void
}

/** A wait is cut into pieces of an hour, so that a clock that was set does not make a wake-up late for long. */
const PIECE_MS = 3_600_000

/** Makes an alarm clock that calls `ring` each time it is due; `ring` asks for the next one itself. */
export function createAlarmClock(options: {
  readonly clock: Clock
  readonly timers: Timers
  readonly ring: () => void
}): AlarmClock {
  const { clock, timers, ring } = options
  let dueMs = Number.POSITIVE_INFINITY
  let handle: unknown
  let isClosed = false

  const arm = (): void => {
    const leftMs = Math.max(0, dueMs - instantToMs(clock.now()))
    handle = timers.set(Math.min(leftMs, PIECE_MS), () => {
      if (leftMs > PIECE_MS) return arm()
      dueMs = Number.POSITIVE_INFINITY
      ring()
    })
  }

  return {
    setAt(at) {
      const atMs = instantToMs(at)
      if (isClosed || atMs >= dueMs) return
      if (dueMs !== Number.POSITIVE_INFINITY) timers.clear(handle)
      dueMs = atMs
      arm()
    },
    close() {
      isClosed = true
      if (dueMs !== Number.POSITIVE_INFINITY) timers.clear(handle)
      dueMs = Number.POSITIVE_INFINITY
    },
  }
}
