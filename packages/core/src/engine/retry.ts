/** When a call is repeated, and when that ends. All waits in milliseconds; nothing here reads a clock. */
import { sha256Hex } from '../ids.ts'
import type { CommandChartContext } from '../order-state.ts'
import { addMs, type IsoInstant, instantToMs } from '../time.ts'

/** Klarna's own waits before a repeat with the same key: 5 s, 5 min, 5 h. Source: Klarna's escalation and retry policy. */
export const REPEAT_WAITS_MS: readonly number[] = [5_000, 300_000, 18_000_000]

/**
 * No attempt with the same key starts later than this after the first that could have reached Klarna.
 * Source: Klarna honours a key for 24 h; four hours are kept for clocks that differ.
 */
export const SAME_KEY_STOP_MS = 20 * 3_600_000

/** Klarna's books are read this long after the last attempt, and once more. Source: docs/decisions/0003-unknown-outcomes.md. */
export const AUDIT_WAITS_MS: readonly number[] = [600_000, 1_800_000]

/** Looks before paying that may come back older than our books before a person is asked. */
export const STALE_LOOKS_MAX = 5
export const STALE_LOOK_WAIT_MS = 60_000
/** A read of Klarna's is no older than this: what it lacks of before is not there. */
export const STALE_READ_MS = 10 * 60_000
export const AUDIT_RETRY_WAIT_MS = 60_000
export const RATE_LIMIT_WAIT_MS = 1_000
export const UNSENT_WAIT_MS = 5_000
export const NO_CREDENTIALS_WAIT_MS = 60_000
/** A command that the kill switch holds is looked at again after this. */
export const STOPPED_WAIT_MS = 60_000
/** A fact's source that is down is asked again after these; then a person is. */
export const FACT_WAITS_MS: readonly number[] = [
  5_000, 30_000, 300_000, 1_800_000, 7_200_000, 21_600_000,
]
/** Events of an unknown order are kept this long. */
export const PARKED_DAYS = 7

/**
 * Lengthens a wait by up to half, never shortens it, the same for the same name: so that commands that failed together
 * do not all come back together, and a replay waits as long.
 */
export function lengthen(waitMs: number, name: string): number {
  const fraction = Number.parseInt(sha256Hex(name).slice(0, 8), 16) / 0xffffffff
  return waitMs + Math.floor((waitMs / 2) * fraction)
}

/** A call that something keeps holding back waits twice as long each time, up to this. */
const DEFER_WAIT_MAX_MS = 300_000
/** After so many waits, a day and more, a person is asked. */
const DEFER_MAX_COUNT = 300

/**
 * How long a call waits that was not started for the (`deferCount` + 1)th time in a row, or null when a person is due.
 *
 * Never shorter than `waitMs`, which may come from Klarna's rate limit; 0 from there would be a hot loop.
 */
export function deferWaitMs(waitMs: number, deferCount: number, name: string): number | null {
  if (deferCount >= DEFER_MAX_COUNT) return null
  const grownMs = Math.min(DEFER_WAIT_MAX_MS, RATE_LIMIT_WAIT_MS * 2 ** Math.min(deferCount, 20))
  return lengthen(Math.max(waitMs, grownMs), `${name}:defer:${deferCount}`)
}

/** An order that was changed later than this after the clock's now is not worked on: one of the two times is wrong. */
export const CLOCK_AHEAD_MAX_MS = 3_600_000

/** What is known of a command's attempts when one of them ended in doubt. */
export interface Doubt {
  readonly commandId: string
  /** Attempts of this generation with an unknown outcome, this one included. */
  readonly unknownCount: number
  readonly firstReachableAt: IsoInstant
  readonly now: IsoInstant
}

/** When to repeat with the same key, or null when no repeat is left. */
export function repeatAt(doubt: Doubt): IsoInstant | null {
  const waitMs = REPEAT_WAITS_MS[doubt.unknownCount - 1]
  if (waitMs === undefined) return null
  const at = addMs(doubt.now, lengthen(waitMs, `${doubt.commandId}:${doubt.unknownCount}`))
  return isWithinKeyLife(doubt.firstReachableAt, at) ? at : null
}

/** No repeat comes sooner than this after the attempt before it, whatever pulls it forward. */
export const shortestRepeatAt = (commandId: string, since: IsoInstant): IsoInstant =>
  addMs(since, lengthen(REPEAT_WAITS_MS[0] ?? 0, `${commandId}:1`))

/** What a command remembers of its waits. */
type Waits = Pick<CommandChartContext, 'regularAt' | 'deferCount' | 'notBefore'>

/**
 * Whether a repeat may be pulled forward to `at`: once for each regular wait, and to an earlier instant. What only waits
 * for a call that was held back comes soon by itself.
 */
export const isPullAllowed = (
  { regularAt, deferCount, notBefore }: Waits,
  at: IsoInstant,
): boolean => regularAt === null && deferCount === 0 && notBefore !== null && at < notBefore

/** Whether an attempt with the same key may still start. */
export const isSameKeyAllowed = (
  { firstReachableAt, keyEnded }: Pick<CommandChartContext, 'firstReachableAt' | 'keyEnded'>,
  now: IsoInstant,
): boolean => !keyEnded && isWithinKeyLife(firstReachableAt, now)

const isWithinKeyLife = (firstReachableAt: IsoInstant | null, now: IsoInstant): boolean =>
  firstReachableAt === null || instantToMs(now) - instantToMs(firstReachableAt) <= SAME_KEY_STOP_MS

/** When Klarna's books are read after `auditCount` reads that did not find it, or null when that was often enough. */
export function auditAt(auditCount: number, now: IsoInstant): IsoInstant | null {
  const waitMs = AUDIT_WAITS_MS[auditCount]
  if (waitMs === undefined) return null
  // The second read is 30 minutes after the last attempt, not after the first read.
  const sinceLastMs = auditCount === 0 ? 0 : (AUDIT_WAITS_MS[auditCount - 1] ?? 0)
  return addMs(now, waitMs - sinceLastMs)
}
