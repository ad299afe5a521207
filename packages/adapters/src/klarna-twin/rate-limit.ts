/** Klarna's quota: so many calls in a window of a second, then every call fails until the window ends. */

/** What the quota says to one call. */
export interface Quota {
  readonly passes: boolean
  /** Sent with the answer. Source: Klarna's page on rate limits, for the names. */
  readonly headers: Readonly<Record<string, string>>
}

export interface RateLimit {
  /** Counts a call. `limit` is calls per second; null counts nothing and sends no headers. */
  readonly take: (nowMs: number, limit: number | null) => Quota
}

const WINDOW_MS = 1000

/** Starts counting. The clock is the caller's: where it stands still, so does the window. */
export function createRateLimit(): RateLimit {
  let startedMs = Number.NEGATIVE_INFINITY
  let count = 0

  return {
    take(nowMs, limit) {
      if (limit === null) return { passes: true, headers: {} }
      if (nowMs >= startedMs + WINDOW_MS) {
        startedMs = nowMs
        count = 0
      }
      count += 1
      return { passes: count <= limit, headers: quotaHeaders(limit, Math.max(0, limit - count)) }
    },
  }
}

/** The three headers. The window is a second, so what is left of it is a second, rounded up. */
export const quotaHeaders = (limit: number, left: number): Readonly<Record<string, string>> => ({
  'X-Ratelimit-Limit': `${limit}, ${limit};w=1`,
  'X-Ratelimit-Remaining': String(left),
  'X-Ratelimit-Reset': '1',
})
