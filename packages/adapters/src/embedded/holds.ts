/** What failed waits before it is tried again, longer each time. Kept in memory: a new process tries at once. */
import { addMs, type Clock, type IsoInstant, laterOf } from '@postdelivery/core'

/** Waits after the first failure, the second and so on; the last one repeats. In milliseconds. */
const HOLD_WAITS_MS = [1_000, 5_000, 30_000, 120_000, 600_000] as const

export interface Holds {
  /** How many have failed and not worked since. */
  readonly count: number
  /** Notes a failure. Returns: how often it has failed in a row, and when it is tried again, `notBefore` at the earliest. */
  hold(
    key: string,
    notBefore?: IsoInstant,
  ): { readonly failureCount: number; readonly retryAt: IsoInstant }
  /** Notes that it works. Returns: whether it was held. */
  release(key: string): boolean
  /** Whether it failed and its wait is not over. */
  isWaiting(key: string): boolean
  /** Ends a wait now; the count of failures stays. */
  hurry(key: string): void
  /** Those whose wait is over. */
  due(): readonly string[]
  /** When the next wait ends, or null; waits that are over do not count. */
  nextAt(): IsoInstant | null
}

export function createHolds(clock: Clock): Holds {
  const held = new Map<string, { readonly failureCount: number; readonly retryAt: IsoInstant }>()
  return {
    get count() {
      return held.size
    },
    hold(key, notBefore) {
      const failureCount = (held.get(key)?.failureCount ?? 0) + 1
      const waitMs = HOLD_WAITS_MS[failureCount - 1] ?? HOLD_WAITS_MS[HOLD_WAITS_MS.length - 1] ?? 0
      const waitsUntil = addMs(clock.now(), waitMs)
      const retryAt = notBefore === undefined ? waitsUntil : laterOf(waitsUntil, notBefore)
      const entry = { failureCount, retryAt }
      held.set(key, entry)
      return entry
    },
    release: (key) => held.delete(key),
    isWaiting(key) {
      const entry = held.get(key)
      return entry !== undefined && entry.retryAt > clock.now()
    },
    hurry(key) {
      const entry = held.get(key)
      if (entry !== undefined) held.set(key, { ...entry, retryAt: clock.now() })
    },
    due() {
      const now = clock.now()
      return [...held].filter(([, { retryAt }]) => retryAt <= now).map(([key]) => key)
    },
    nextAt() {
      const now = clock.now()
      let next: IsoInstant | null = null
      for (const { retryAt } of held.values()) {
        if (retryAt > now && (next === null || retryAt < next)) next = retryAt
      }
      return next
    },
  }
}
