/** A clock that stands still until it is moved, so that what a test sees is the same every time. */
import { addMs, instant, instantToMs } from '@postdelivery/core'
import type { ConfigClock } from './config.ts'

export interface FixedClock extends ConfigClock {
  /** ISO 8601 UTC with milliseconds. */
  now(): string
  /** Milliseconds since 1970; the twin takes this as its `clock`. */
  nowMs(): number
  /** Moves forward, in milliseconds. */
  advance(spanMs: number): void
  /** Moves to an instant. */
  set(at: string): void
}

/**
 * Makes a clock that stands at an instant. Timers stay real: the engine looks at the clock at least twice a second.
 *
 * @example
 * ```ts
 * import { fixedClock } from 'postdelivery/testing'
 *
 * const clock = fixedClock('2026-11-24T08:00:00Z')
 * clock.advance(3_600_000)
 * expect(clock.now()).toBe('2026-11-24T09:00:00.000Z')
 * ```
 */
export function fixedClock(at: string): FixedClock {
  let now = instant(at)
  return {
    now: () => now,
    nowMs: () => instantToMs(now),
    advance(spanMs) {
      now = addMs(now, spanMs)
    },
    set(next) {
      now = instant(next)
    },
  }
}
