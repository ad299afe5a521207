/** The twin's time: a clock from outside, moved forward on demand, never backwards. */

/** Where time comes from: milliseconds since 1970, or ISO 8601 text. */
export interface TimeSource {
  readonly now: () => number | string
}

export interface TwinClock {
  /** Milliseconds since 1970; never less than before. */
  readonly nowMs: () => number
  /** Moves the clock forward for good. Throws: `RangeError` when the span is no whole number from 0 on. */
  readonly advance: (spanMs: number) => void
  /** Moves the clock forward to an instant. Throws: `RangeError` when that lies in the past. */
  readonly setTo: (ms: number) => void
}

/** The machine's clock. */
export const systemTime: TimeSource = { now: () => Date.now() }

/** Puts an offset on a source of time. */
export function createTwinClock(source: TimeSource): TwinClock {
  let offsetMs = 0
  let latestMs = Number.NEGATIVE_INFINITY
  const nowMs = (): number => {
    latestMs = Math.max(latestMs, msOf(source.now()) + offsetMs)
    return latestMs
  }
  const advance = (spanMs: number): void => {
    if (!Number.isSafeInteger(spanMs) || spanMs < 0)
      throw new RangeError(`the clock moves forward by whole milliseconds, not by ${spanMs}`)
    const target = nowMs() + spanMs
    offsetMs += target - (msOf(source.now()) + offsetMs)
  }

  return {
    nowMs,
    advance,
    setTo(ms) {
      const now = nowMs()
      if (!(ms >= now))
        throw new RangeError(
          `the clock is at ${new Date(now).toISOString()} and is never set backwards`,
        )
      advance(ms - now)
    },
  }
}

const msOf = (at: number | string): number => (typeof at === 'string' ? Date.parse(at) : at)
