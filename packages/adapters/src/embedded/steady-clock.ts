/** A clock that never runs backwards, whatever the machine's clock does: spans stay true while a process runs. */
import { type Clock, instantToMs, msToInstant } from '@postdelivery/core'

export interface SteadyClockOptions {
  readonly clock: Clock
  /** Milliseconds that pass whatever is done to the clock. */
  readonly monotonicMs: () => number
  /** The clock was set back by so much; called once each time. */
  readonly onSetBack: (setBackMs: number) => void
}

/** Less than this is how machines correct their clocks all the time: nothing is said, time stands still for a moment. */
const NOISE_MS = 1_000

/**
 * Puts a steady clock before the merchant's.
 *
 * A clock that is set back goes on from what was seen, by the time that has really passed; when it is set forward
 * again, it is followed. Without a set-back it is exactly the merchant's clock. It cannot tell whether a clock that is set
 * forward was right before or is right now, so it follows that at once.
 */
export function createSteadyClock(options: SteadyClockOptions): Clock {
  let seen: Reading | null = null
  /** How far the steady clock is ahead of the merchant's. */
  let aheadMs = 0

  return {
    now() {
      const wallMs = instantToMs(options.clock.now())
      const reading = { wallMs, monotonicMs: options.monotonicMs() }
      if (seen === null) {
        seen = { ...reading, steadyMs: wallMs }
        return msToInstant(wallMs)
      }
      const passedMs = Math.max(0, Math.floor(reading.monotonicMs - seen.monotonicMs))
      const setForwardMs = wallMs - seen.wallMs - passedMs
      if (aheadMs > 0 && setForwardMs > NOISE_MS) aheadMs = Math.max(0, aheadMs - setForwardMs)

      const setBackMs = seen.steadyMs - (wallMs + aheadMs)
      // Time stands still; the reading stays that of the last instant that was new.
      if (setBackMs > 0 && setBackMs <= NOISE_MS) return msToInstant(seen.steadyMs)
      if (setBackMs > NOISE_MS) aheadMs = seen.steadyMs + passedMs - wallMs
      const steadyMs = wallMs + aheadMs
      seen = { ...reading, steadyMs }
      // Order matters: whoever hears of it may ask what time it is.
      if (setBackMs > NOISE_MS) options.onSetBack(setBackMs + passedMs)
      return msToInstant(steadyMs)
    },
  }
}

interface Reading {
  readonly wallMs: number
  readonly monotonicMs: number
  readonly steadyMs: number
}
