/**
 * What one fact can be: a set of values, and perhaps unknown.
 *
 * Exact: whole numbers as ranges (flags are 0 and 1, dates count their days), texts as a list or as all but a list,
 * lists of texts by what they have and what they lack.
 */
import {
  addDays,
  daysBetween,
  type FactDefinition,
  type FactValue,
  plainDate,
} from '@postdelivery/core'
import { isKnownValue } from '../operators.ts'
import type { Comparison } from '../rule-set.ts'
import { intersectRanges, type Range, type Ranges, subtractRanges, uniteRanges } from './ranges.ts'

/** A set of values of one fact. */
export type ValueSet =
  | { readonly kind: 'numbers'; readonly ranges: Ranges }
  /** The texts, or with `isExcept` all others. */
  | { readonly kind: 'texts'; readonly isExcept: boolean; readonly texts: readonly string[] }
  | { readonly kind: 'list'; readonly has: readonly string[]; readonly lacks: readonly string[] }

/** What one fact can be. With neither values nor unknown it is empty. */
export interface FactSet {
  /** Null when the fact cannot be known. */
  readonly known: ValueSet | null
  readonly canBeUnknown: boolean
}

const INTEGERS: Ranges = [{ from: -Number.MAX_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }]
const EPOCH = plainDate('1970-01-01')
const DAYS: Ranges = [{ from: dayOf('0000-01-01'), to: dayOf('9999-12-31') }]
const FLAGS: Ranges = [{ from: 0, to: 1 }]

/** Everything that a fact of this definition can be. */
export function domainOf(definition: FactDefinition): FactSet {
  return { known: valuesOf(definition), canBeUnknown: definition.nullable }
}

function valuesOf({ type, values }: FactDefinition): ValueSet {
  switch (type) {
    case 'integer':
      return { kind: 'numbers', ranges: INTEGERS }
    case 'date':
      return { kind: 'numbers', ranges: DAYS }
    case 'flag':
      return { kind: 'numbers', ranges: FLAGS }
    case 'textList':
      return { kind: 'list', has: [], lacks: [] }
    case 'text':
      return values === undefined
        ? { kind: 'texts', isExcept: true, texts: [] }
        : { kind: 'texts', isExcept: false, texts: values.toSorted() }
  }
}

/** The values for which a checked comparison is true; what the fact cannot be is not taken out yet. */
export function setOf(comparison: Comparison, definition: FactDefinition): FactSet {
  const known = valuesWhere(comparison, definition)
  return { known: isNothing(known) ? null : known, canBeUnknown: false }
}

function valuesWhere({ operator, value }: Comparison, definition: FactDefinition): ValueSet {
  if (operator === 'contains') return { kind: 'list', has: [String(value)], lacks: [] }
  if (operator === 'doesNotContain') return { kind: 'list', has: [], lacks: [String(value)] }
  const entries = Array.isArray(value) ? value : [value]
  const isExcept = operator === 'notEqual' || operator === 'notIn'
  if (definition.type === 'text')
    return { kind: 'texts', isExcept, texts: [...new Set(entries.map(String))].toSorted() }
  return { kind: 'numbers', ranges: rangesWhere(operator, entries.map(numberOf)) }
}

function rangesWhere(operator: string, numbers: readonly number[]): Ranges {
  const points = numbers.reduce<Ranges>((all, at) => uniteRanges(all, [{ from: at, to: at }]), [])
  const [number = 0] = numbers
  const [lowest, highest] = [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
  switch (operator) {
    case 'lessThan':
      return properRange({ from: lowest, to: number - 1 })
    case 'lessThanInclusive':
      return properRange({ from: lowest, to: number })
    case 'greaterThan':
      return properRange({ from: number + 1, to: highest })
    case 'greaterThanInclusive':
      return properRange({ from: number, to: highest })
    case 'notEqual':
    case 'notIn':
      return subtractRanges(INTEGERS, points)
    default:
      return points
  }
}

const properRange = (range: Range): Ranges => (range.from <= range.to ? [range] : [])

/** A value as the number that stands for it. */
export const numberOf = (value: unknown): number =>
  typeof value === 'string' ? dayOf(value) : Number(value)

function dayOf(date: string): number {
  return daysBetween(EPOCH, plainDate(date))
}

/** The value that a number stands for. */
export function valueFrom(number: number, { type }: Pick<FactDefinition, 'type'>): FactValue {
  if (type === 'flag') return number === 1
  return type === 'date' ? addDays(EPOCH, number) : number
}

/** Whether a value is in the set; what is no value of the fact is unknown. */
export function hasValue(
  { known, canBeUnknown }: FactSet,
  value: unknown,
  definition: FactDefinition,
): boolean {
  if (!isKnownValue(value, definition)) return canBeUnknown
  if (known === null) return false
  if (known.kind === 'texts') return known.texts.includes(String(value)) !== known.isExcept
  if (known.kind === 'numbers') {
    const number = numberOf(value)
    return known.ranges.some(({ from, to }) => from <= number && number <= to)
  }
  const entries = value as readonly string[]
  return (
    known.has.every((text) => entries.includes(text)) &&
    !known.lacks.some((text) => entries.includes(text))
  )
}

/** Whether nothing is in the set. */
export const isEmptySet = ({ known, canBeUnknown }: FactSet): boolean =>
  known === null && !canBeUnknown

/** What is in both. */
export function intersectSets(a: FactSet, b: FactSet): FactSet {
  return {
    known: a.known === null || b.known === null ? null : intersectValues(a.known, b.known),
    canBeUnknown: a.canBeUnknown && b.canBeUnknown,
  }
}

function intersectValues(a: ValueSet, b: ValueSet): ValueSet | null {
  const both = commonValues(a, b)
  return both === null || isNothing(both) ? null : both
}

function commonValues(a: ValueSet, b: ValueSet): ValueSet | null {
  if (a.kind === 'numbers' && b.kind === 'numbers')
    return { kind: 'numbers', ranges: intersectRanges(a.ranges, b.ranges) }
  if (a.kind === 'texts' && b.kind === 'texts') {
    if (a.isExcept && b.isExcept) return { ...a, texts: unique([...a.texts, ...b.texts]) }
    const [listed, other] = a.isExcept ? [b, a] : [a, b]
    return {
      kind: 'texts',
      isExcept: false,
      texts: listed.texts.filter((text) => other.texts.includes(text) !== other.isExcept),
    }
  }
  if (a.kind === 'list' && b.kind === 'list')
    return {
      kind: 'list',
      has: unique([...a.has, ...b.has]),
      lacks: unique([...a.lacks, ...b.lacks]),
    }
  return null
}

function isNothing(values: ValueSet): boolean {
  if (values.kind === 'numbers') return values.ranges.length === 0
  if (values.kind === 'texts') return !values.isExcept && values.texts.length === 0
  return values.has.some((text) => values.lacks.includes(text))
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].toSorted()

/** What is in `a` and not in `b`, in pieces apart from one another. */
export function subtractSets(a: FactSet, b: FactSet): readonly FactSet[] {
  const canBeUnknown = a.canBeUnknown && !b.canBeUnknown
  const pieces = a.known === null ? [] : b.known === null ? [a.known] : restOf(a.known, b.known)
  const [first, ...others] = pieces.filter((piece) => !isNothing(piece))
  const sets = [
    { known: first ?? null, canBeUnknown },
    ...others.map((known) => ({ known, canBeUnknown: false })),
  ]
  return sets.filter((set) => !isEmptySet(set))
}

function restOf(a: ValueSet, b: ValueSet): readonly ValueSet[] {
  if (a.kind === 'numbers' && b.kind === 'numbers')
    return [{ kind: 'numbers', ranges: subtractRanges(a.ranges, b.ranges) }]
  if (a.kind === 'texts' && b.kind === 'texts') {
    const rest = commonValues(a, { ...b, isExcept: !b.isExcept })
    return rest === null ? [] : [rest]
  }
  return a.kind === 'list' && b.kind === 'list' ? listRestOf(a, b) : [a]
}

type ListSet = Extract<ValueSet, { readonly kind: 'list' }>

/** A list is outside `b` where, for one entry, all before it are as `b` wants and this one is not. */
function listRestOf(a: ListSet, b: ListSet): readonly ListSet[] {
  const pieces: ListSet[] = []
  let { has, lacks } = a
  for (const text of b.has) {
    pieces.push({ kind: 'list', has, lacks: unique([...lacks, text]) })
    has = unique([...has, text])
  }
  for (const text of b.lacks) {
    pieces.push({ kind: 'list', has: unique([...has, text]), lacks })
    lacks = unique([...lacks, text])
  }
  return pieces
}

/** Whether all that is in `a` is in `b`. */
export function isSubset(a: FactSet, b: FactSet): boolean {
  if (a === b) return true
  if (a.canBeUnknown && !b.canBeUnknown) return false
  if (a.known === null || a.known === b.known) return true
  return b.known !== null && areWithin(a.known, b.known)
}

function areWithin(a: ValueSet, b: ValueSet): boolean {
  if (a.kind === 'numbers' && b.kind === 'numbers')
    return a.ranges.every((inner) =>
      b.ranges.some((outer) => outer.from <= inner.from && inner.to <= outer.to),
    )
  if (a.kind === 'texts' && b.kind === 'texts')
    return a.isExcept
      ? b.isExcept && b.texts.every((text) => a.texts.includes(text))
      : a.texts.every((text) => b.texts.includes(text) !== b.isExcept)
  return (
    a.kind === 'list' &&
    b.kind === 'list' &&
    b.has.every((text) => a.has.includes(text)) &&
    b.lacks.every((text) => a.lacks.includes(text))
  )
}

/** What is in one of them, or undefined where one set cannot say it: lists. */
export function uniteSets(a: FactSet, b: FactSet): FactSet | undefined {
  const canBeUnknown = a.canBeUnknown || b.canBeUnknown
  if (a.known === null || b.known === null) return { known: a.known ?? b.known, canBeUnknown }
  const known = uniteValues(a.known, b.known)
  return known === undefined ? undefined : { known, canBeUnknown }
}

function uniteValues(a: ValueSet, b: ValueSet): ValueSet | undefined {
  if (a.kind === 'numbers' && b.kind === 'numbers')
    return { kind: 'numbers', ranges: uniteRanges(a.ranges, b.ranges) }
  if (a.kind !== 'texts' || b.kind !== 'texts') return undefined
  if (!a.isExcept && !b.isExcept) return { ...a, texts: unique([...a.texts, ...b.texts]) }
  const [except, other] = a.isExcept ? [a, b] : [b, a]
  const texts = except.texts.filter((text) => other.texts.includes(text) === other.isExcept)
  return { kind: 'texts', isExcept: true, texts }
}

/**
 * One value of the set, the one that people would name: a bound that the set has, a text that it lists.
 *
 * Returns: undefined when only unknown is in it.
 */
export function pickValue({ known }: FactSet, definition: FactDefinition): FactValue | undefined {
  if (known === null) return undefined
  if (known.kind === 'numbers') return valueFrom(pickNumber(known.ranges), definition)
  if (known.kind === 'list') return known.has
  if (!known.isExcept) return known.texts[0]
  return freeText(known.texts)
}

function freeText(taken: readonly string[]): string {
  let text = 'other'
  for (let count = 2; taken.includes(text); count += 1) text = `other ${count}`
  return text
}

/** The nearest to zero of the bounds that a rule set, so that examples look like what people know. */
function pickNumber(ranges: Ranges): number {
  const ends = ranges
    .flatMap(({ from, to }) => [from, to])
    .filter((end) => Math.abs(end) < Number.MAX_SAFE_INTEGER)
  const nearest = ends.toSorted((a, b) => Math.abs(a) - Math.abs(b) || b - a)[0]
  if (nearest !== undefined) return nearest
  return ranges.some(({ from, to }) => from <= 0 && to >= 0) ? 0 : (ranges[0]?.from ?? 0)
}
