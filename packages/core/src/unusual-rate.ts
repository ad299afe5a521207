/** Notices that a rule fires far more often than it is used to. It warns and stops nothing: that is what limits are for. */
import { integer, record, type Shaped } from './shape.ts'

/** From when on a rule's day is unusual. */
export const unusualRateShape = record({
  /** How many times its usual count a rule must have fired on one day. */
  factor: integer({ min: 2, max: 1_000 }),
  /** Below this count of a day nothing is unusual. */
  minCount: integer({ min: 1, max: 1_000_000 }),
})
export type UnusualRate = Shaped<typeof unusualRateShape>

/** What is unusual when the merchant does not say: five times the mean, from 20 firings of a day on. */
export const DEFAULT_UNUSUAL_RATE: UnusualRate = { factor: 5, minCount: 20 }

/** How many of a rule's last days are looked at: those on which it fired. */
export const USUAL_DAYS_MAX = 14

/** Fewer days say nothing about what is usual. */
const USUAL_DAYS_MIN = 3

/** One rule that fired, to be counted in the transaction of its decision. */
export interface Firing {
  /** `set/rule` */
  readonly rule: string
  /** `YYYY-MM-DD` in the merchant's time zone. */
  readonly day: string
  readonly unusualRate: UnusualRate
}

/**
 * Says whether a day of a rule is unusual.
 *
 * Units: `firedCount` of this day so far, `earlierCounts` of the days before it on which the rule fired.
 * Source: the mean of those days, held in whole numbers, so that no rounding decides.
 */
export const isUnusual = (
  firedCount: number,
  earlierCounts: readonly number[],
  { factor, minCount }: UnusualRate,
): boolean =>
  firedCount >= minCount &&
  earlierCounts.length >= USUAL_DAYS_MIN &&
  firedCount * earlierCounts.length > factor * earlierCounts.reduce((all, each) => all + each, 0)

/** The id of the work that tells people of a rule's unusual day: one for each rule and day. */
export const unusualRateWorkId = ({ rule, day }: Firing): string => `rate:${rule}:${day}`
