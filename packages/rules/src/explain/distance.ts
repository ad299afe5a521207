/** How far a comparison is from the other verdict. */
import { addDays, daysBetween, plainDate } from '@postdelivery/core'
import { comparer } from '../compile/comparer.ts'
import type { Operand, OperatorName } from '../operators.ts'
import type { ComparisonTrace } from '../trace.ts'

/** The smallest change of one value that turns a comparison round. */
export interface Distance {
  /** How much the value changes: whole units of the fact, days of a date. At least 1. */
  readonly by: number
  /** The nearest value with the other verdict; of two as near, the smaller. */
  readonly flipsAt: number | string
}

/**
 * Tells how far a comparison of a whole number or a date is from the other verdict.
 *
 * Returns: null when it is unknown, when there is no such value, and for what has no distances: texts, flags, lists,
 * and dates that are compared for equality (a trace does not tell them from texts).
 *
 * @example
 * ```ts
 * import { distanceOf } from '@postdelivery/rules'
 *
 * const trace = { kind: 'condition', fact: 'time.daysToDueDate', operator: 'lessThan', wanted: 14 } as const
 * expect(distanceOf({ ...trace, seen: 16, verdict: 'false' })).toEqual({ by: 3, flipsAt: 13 })
 * expect(distanceOf({ ...trace, seen: 6, verdict: 'true' })).toEqual({ by: 8, flipsAt: 14 })
 * ```
 */
export function distanceOf(trace: ComparisonTrace): Distance | null {
  const { operator, wanted, seen, verdict } = trace
  if (verdict === 'unknown') return null
  const holds = comparer(operator as OperatorName, wanted as Operand)
  const wantsTrue = verdict === 'false'
  if (typeof seen === 'number') {
    const flipsAt = nearest(seen, numbersIn(wanted), (value) => holds(value) === wantsTrue)
    return flipsAt === null ? null : { by: Math.abs(flipsAt - seen), flipsAt }
  }
  if (typeof seen !== 'string' || typeof wanted !== 'string' || !ORDERED.has(operator)) return null
  const day = dayOf(seen)
  const flips = (value: number): boolean => isDay(value) && holds(textOf(value)) === wantsTrue
  const flipsAt = nearest(day, [dayOf(wanted)], flips)
  return flipsAt === null ? null : { by: Math.abs(flipsAt - day), flipsAt: textOf(flipsAt) }
}

/** Operators whose texts are dates. */
const ORDERED: ReadonlySet<string> = new Set([
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
])

/** A verdict changes beside an operand or at it, so only these values need a look. */
function nearest(
  seen: number,
  operands: readonly number[],
  flips: (value: number) => boolean,
): number | null {
  const values = operands
    .flatMap((operand) => [operand - 1, operand, operand + 1])
    .filter((value) => Number.isSafeInteger(value) && flips(value))
    .toSorted((a, b) => Math.abs(a - seen) - Math.abs(b - seen) || a - b)
  return values[0] ?? null
}

const numbersIn = (wanted: unknown): readonly number[] =>
  (Array.isArray(wanted) ? wanted : [wanted]).filter((each) => typeof each === 'number')

const FIRST_DAY = plainDate('0000-01-01')
const LAST_DAY = plainDate('9999-12-31')

const dayOf = (date: string): number => daysBetween(FIRST_DAY, plainDate(date))
const textOf = (day: number): string => addDays(FIRST_DAY, day)
const isDay = (day: number): boolean => day >= 0 && day <= daysBetween(FIRST_DAY, LAST_DAY)
