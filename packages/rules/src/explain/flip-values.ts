/** The values that a changed fact may take: enough of them that the nearest change of every kind is among them. */
import {
  addDays,
  daysBetween,
  FACTS,
  type FactDefinition,
  type FactValue,
  plainDate,
} from '@postdelivery/core'
import { isKnownValue } from '../operators.ts'
import type { Comparison } from '../rule-set.ts'

/** One value that a fact, or one entry of a list, may take. */
export interface FlipOption {
  /** Absent: the fact stays as it is. For an entry of a list: whether it is in it. */
  readonly value?: FactValue
  /** How big the change is: days, percent, pieces and whole units of money count alike; another word counts 1. */
  readonly distance: number
  /** A text that stands for all that no comparison names. */
  readonly isOther?: true
}

/** What can be changed by itself: a fact, or one entry of a list. */
export interface Changeable {
  readonly fact: string
  /** The entry of a list; absent for other facts. */
  readonly entry?: string
  readonly seen: FactValue | undefined
  /** By distance, beginning with what leaves the fact as it is. */
  readonly options: readonly FlipOption[]
}

/** Beyond so many values of one fact the search is not complete. */
const OPTION_MAX_COUNT = 1000

/** The options of a fact (or of an entry of a list) that these comparisons look at. */
export function optionsOf(
  definition: FactDefinition,
  seen: FactValue | undefined,
  comparisons: readonly Comparison[],
  entry?: string,
): { readonly options: readonly FlipOption[]; readonly isComplete: boolean } {
  const operands = [...new Set(comparisons.flatMap(({ value }) => value))]
  const all = distinct(candidatesOf(definition, operands, entry))
    .filter(({ value }) => !isSame(value, seen, entry))
    .map((option) => ({ ...option, distance: distanceTo(option.value, seen, definition) }))
    .toSorted((a, b) => a.distance - b.distance)
  const options = [{ distance: 0 }, ...all.slice(0, OPTION_MAX_COUNT)]
  return { options, isComplete: all.length <= OPTION_MAX_COUNT }
}

interface Candidate {
  readonly value: FactValue
  readonly isOther?: true
}

function candidatesOf(
  definition: FactDefinition,
  operands: readonly (string | number | boolean)[],
  entry: string | undefined,
): readonly Candidate[] {
  if (entry !== undefined || definition.type === 'flag') return [{ value: true }, { value: false }]
  if (definition.type === 'integer') return numbersAround(operands, definition)
  if (definition.type === 'date') return datesAround(operands)
  const listed = definition.values ?? operands.filter((each) => typeof each === 'string')
  const named = listed.map((value) => ({ value }))
  return definition.values === undefined
    ? [...named, { value: textBeside(operands), isOther: true }]
    : named
}

/** A verdict changes at an operand or beside it, so the nearest value of every kind is one of these. */
const numbersAround = (
  operands: readonly unknown[],
  definition: FactDefinition,
): readonly Candidate[] =>
  operands
    .filter((each) => typeof each === 'number')
    .flatMap((operand) => [operand, operand - 1, operand + 1])
    .filter((value) => Number.isSafeInteger(value) && value >= lowestOf(definition))
    .map((value) => ({ value }))

/** Built-in amounts, counts and shares are never negative; days to a date are. */
function lowestOf({ name }: FactDefinition): number {
  const isBuiltIn = FACTS.some((fact) => fact.name === name)
  return isBuiltIn && !name.startsWith('time.') ? 0 : Number.MIN_SAFE_INTEGER
}

const datesAround = (operands: readonly unknown[]): readonly Candidate[] =>
  operands
    .filter((each) => typeof each === 'string')
    .flatMap((operand) => [operand, dayBeside(operand, -1), dayBeside(operand, 1)])
    .flatMap((value) => (value === undefined ? [] : [{ value }]))

/** The first and the last day have a neighbour on one side only. */
function dayBeside(date: string, days: number): string | undefined {
  const isEdge = days < 0 ? date === '0000-01-01' : date === '9999-12-31'
  return isEdge ? undefined : addDays(plainDate(date), days)
}

/** A text that no comparison names. */
function textBeside(operands: readonly unknown[]): string {
  let text = 'other'
  while (operands.includes(text)) text = `${text}_`
  return text
}

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Set<FactValue>()
  return candidates.filter(({ value }) => {
    if (seen.has(value)) return false
    seen.add(value)
    return true
  })
}

const isSame = (
  value: FactValue,
  seen: FactValue | undefined,
  entry: string | undefined,
): boolean =>
  entry === undefined ? value === seen : Array.isArray(seen) && seen.includes(entry) === value

function distanceTo(
  value: FactValue,
  seen: FactValue | undefined,
  definition: FactDefinition,
): number {
  if (typeof value === 'number' && typeof seen === 'number') {
    const by = Math.abs(value - seen)
    return definition.unit === 'minor' ? by / 100 : by
  }
  if (definition.type === 'date' && isKnownValue(seen, definition))
    return Math.abs(daysBetween(plainDate(String(seen)), plainDate(String(value))))
  return 1
}
