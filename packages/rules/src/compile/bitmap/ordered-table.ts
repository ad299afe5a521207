/** Whole numbers and dates: the axis is cut wherever a row changes, and each piece has its set of rows. */
import type { FactDefinition } from '@postdelivery/core'
import { isKnownValue, type Operand } from '../../operators.ts'
import type { Comparison } from '../../rule-set.ts'
import { comparer } from '../comparer.ts'
import { makeSets, setBit, toggleAll, toggleBit } from './bits.ts'
import { type FactTable, type Mention, operandsOf, type TableInput } from './fact-table.ts'

/** Makes the table of an integer or a date. */
export function createOrderedTable({ definition, mentions, others }: TableInput): FactTable {
  const changes = mentions.map(changesOf)
  const cuts = Float64Array.from(new Set(changes.flatMap(({ at }) => at))).sort()
  const pieces = makeSets(cuts.length + 1, others.length)
  const pieceAt = new Map([...cuts].map((cut, index) => [cut, pieces[index + 1]]))
  pieces[0]?.set(others)
  for (const { row, startsIn, at } of changes) {
    if (startsIn && pieces[0] !== undefined) setBit(pieces[0], row, true)
    for (const cut of at) {
      const piece = pieceAt.get(cut)
      if (piece !== undefined) toggleBit(piece, row)
    }
  }
  // Until here a piece holds what changes at its beginning; added up they hold what is possible.
  pieces.forEach((piece, index) => {
    const before = pieces[index - 1]
    if (before !== undefined) toggleAll(piece, before)
  })
  return definition.type === 'integer'
    ? (value) =>
        Number.isSafeInteger(value) ? (pieces[pieceIndex(cuts, value as number)] ?? others) : others
    : (value) =>
        isKnownDate(value, definition)
          ? (pieces[pieceIndex(cuts, dayNumber(value))] ?? others)
          : others
}

/** Where one row changes from not holding to holding and back, along the axis. */
interface Changes {
  readonly row: number
  /** Whether it holds before the first change. */
  readonly startsIn: boolean
  readonly at: readonly number[]
}

function changesOf({ row, comparisons }: Mention): Changes {
  const tests = comparisons.map((each) => comparer(each.operator, onAxis(each)))
  const holds = (value: number): boolean => tests.every((test) => test(value))
  // A comparison changes at an operand or right behind it, nowhere else.
  const places = comparisons.flatMap((each) => operandsOf(each).map(placeOf))
  const points = [...new Set(places.flatMap((place) => [place, place + 1]))].sort((a, b) => a - b)
  const startsIn = holds((points[0] ?? 0) - 1)
  let held = startsIn
  const at: number[] = []
  for (const point of points) {
    if (holds(point) === held) continue
    held = !held
    at.push(point)
  }
  return { row, startsIn, at }
}

/** How many cuts are at the value or below it: the index of its piece. */
function pieceIndex(cuts: Float64Array, value: number): number {
  let low = 0
  let high = cuts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((cuts[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low
}

const isKnownDate = (value: unknown, definition: FactDefinition): value is string =>
  isKnownValue(value, definition)

/** A date as a whole number in the same order: 2026-12-14 is 20261214. */
const dayNumber = (date: string): number => Number(date.replaceAll('-', ''))

const placeOf = (operand: string | number | boolean): number =>
  typeof operand === 'string' ? dayNumber(operand) : Number(operand)

function onAxis(comparison: Comparison): Operand {
  const places = operandsOf(comparison).map(placeOf)
  return typeof comparison.value === 'object' ? places : (places[0] ?? 0)
}
