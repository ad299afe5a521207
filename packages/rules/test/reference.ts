/** A second reading of conditions, written apart from the package: lower and upper bound instead of three values. */
import type { Condition } from '@postdelivery/rules'
import type { Json } from './builders.ts'

/** Whether a condition holds at worst and at best, over all that the unknown facts could be. */
interface Bounds {
  readonly atWorst: boolean
  readonly atBest: boolean
}

const LISTED: Readonly<Record<string, readonly string[]>> = {
  'return.stage': ['registered', 'received', 'inspected'],
  'customer.tier': ['constructor', 'gold'],
}
const NUMBERS = ['time.daysToDueDate', 'return.valueMinor']
const FLAGS = ['order.payLater']
const LISTS = ['return.references']
const DATES = ['shop.boughtOn']

/** True, false or unknown, by bounds. */
export function readingOf(condition: Condition, facts: Json): 'true' | 'false' | 'unknown' {
  const { atWorst, atBest } = boundsOf(condition, facts)
  return atWorst === atBest ? (atWorst ? 'true' : 'false') : 'unknown'
}

function boundsOf(condition: Condition, facts: Json): Bounds {
  if ('not' in condition) {
    const inner = boundsOf(condition.not, facts)
    return { atWorst: !inner.atBest, atBest: !inner.atWorst }
  }
  if ('all' in condition) {
    const inner = condition.all.map((each) => boundsOf(each, facts))
    return {
      atWorst: inner.every((each) => each.atWorst),
      atBest: inner.every((each) => each.atBest),
    }
  }
  if ('any' in condition) {
    const inner = condition.any.map((each) => boundsOf(each, facts))
    return {
      atWorst: inner.some((each) => each.atWorst),
      atBest: inner.some((each) => each.atBest),
    }
  }
  const seen = facts[condition.fact]
  if (!isKnown(condition.fact, seen)) return { atWorst: false, atBest: true }
  const isHeld = compares(condition.operator, seen, condition.value)
  return { atWorst: isHeld, atBest: isHeld }
}

function isKnown(fact: string, seen: unknown): boolean {
  if (NUMBERS.includes(fact)) return Number.isSafeInteger(seen)
  if (FLAGS.includes(fact)) return seen === true || seen === false
  if (LISTS.includes(fact))
    return Array.isArray(seen) && seen.filter((each) => typeof each !== 'string').length === 0
  if (DATES.includes(fact)) return typeof seen === 'string' && isDay(seen)
  return typeof seen === 'string' && (LISTED[fact]?.some((word) => word === seen) ?? true)
}

/** Days are texts that name the same day after a way through the calendar. */
function isDay(text: string): boolean {
  const [year = '', month = '', day = '', ...rest] = text.split('-')
  if (rest.length > 0 || year.length !== 4) return false
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return !Number.isNaN(date.getTime()) && date.toISOString() === `${text}T00:00:00.000Z`
}

const size = (value: unknown): number =>
  typeof value === 'string' ? Date.parse(value) / 86_400_000 : Number(value)

function compares(operator: string, seen: unknown, wanted: unknown): boolean {
  const difference = size(seen) - size(wanted)
  const table: Readonly<Record<string, () => boolean>> = {
    equal: () => seen === wanted,
    notEqual: () => !(seen === wanted),
    in: () => (wanted as readonly unknown[]).some((each) => each === seen),
    notIn: () => !(wanted as readonly unknown[]).some((each) => each === seen),
    lessThan: () => difference < 0,
    lessThanInclusive: () => difference <= 0,
    greaterThan: () => difference > 0,
    greaterThanInclusive: () => difference >= 0,
    contains: () => (seen as readonly unknown[]).some((each) => each === wanted),
    doesNotContain: () => !(seen as readonly unknown[]).some((each) => each === wanted),
  }
  return table[operator]?.() ?? false
}
