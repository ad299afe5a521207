/** Lists of texts: for each entry the rows that want it, and those that do not bear it. */
import { isFactValue } from '@postdelivery/core'
import { type Bits, makeSets, removeAll, setBit } from './bits.ts'
import type { FactTable, TableInput } from './fact-table.ts'

/** Rows by an entry. */
type RowsByEntry = ReadonlyMap<unknown, Bits>

/** The first entries that rows want, or their second ones, and so on. */
interface Layer {
  /** The rows that want so many entries. */
  readonly wanting: Bits
  readonly byEntry: RowsByEntry
}

interface ListRows {
  readonly all: Bits
  readonly layers: readonly Layer[]
  /** The rows that do not bear an entry. */
  readonly barred: RowsByEntry
}

/** Makes the table of a list of texts. */
export function createListTable(input: TableInput): FactTable {
  const { definition, others } = input
  const rows = listRows(input)
  // Most lists have one entry that rules name, or none, so that their sets are made before.
  const named = new Set(
    input.mentions.flatMap(({ comparisons }) => comparisons.map(({ value }) => value)),
  )
  const withNone = possibleWith([], rows)
  const withOne = new Map([...named].map((entry) => [entry, possibleWith([entry], rows)]))
  return (value) => {
    if (!isFactValue(value, definition) || typeof value !== 'object') return others
    let possible = withNone
    let count = 0
    for (const entry of value) {
      const alone = withOne.get(entry)
      if (alone === undefined || alone === possible) continue
      possible = alone
      count += 1
    }
    return count < 2 ? possible : possibleWith(value, rows)
  }
}

/** Leaves, layer by layer, the rows that want nothing more or find an entry that they want; then those without a bar. */
function possibleWith(list: readonly unknown[], { all, layers, barred }: ListRows): Bits {
  const possible = all.slice()
  for (const { wanting, byEntry } of layers) {
    const unmet = wanting.slice()
    for (const entry of list) {
      const rows = byEntry.get(entry)
      if (rows !== undefined) removeAll(unmet, rows)
    }
    removeAll(possible, unmet)
  }
  for (const entry of list) {
    const rows = barred.get(entry)
    if (rows !== undefined) removeAll(possible, rows)
  }
  return possible
}

function listRows({ mentions, others }: TableInput): ListRows {
  const wordCount = others.length
  const wants = mentions.map(({ row, comparisons }) => ({
    row,
    entries: comparisons.flatMap((each) => (each.operator === 'contains' ? [each.value] : [])),
  }))
  const depth = Math.max(0, ...wants.map(({ entries }) => entries.length))
  const layers = Array.from({ length: depth }, (_, level): Layer => {
    const pairs = wants.flatMap(({ row, entries }) =>
      level < entries.length ? [{ row, entry: entries[level] }] : [],
    )
    return { wanting: unionOf(pairs, wordCount), byEntry: rowsByEntry(pairs, wordCount) }
  })
  const bars = mentions.flatMap(({ row, comparisons }) =>
    comparisons.flatMap((each) =>
      each.operator === 'doesNotContain' ? [{ row, entry: each.value }] : [],
    ),
  )
  const all = others.slice()
  for (const { row } of mentions) setBit(all, row, true)
  return { all, layers, barred: rowsByEntry(bars, wordCount) }
}

interface Pair {
  readonly row: number
  readonly entry: unknown
}

function rowsByEntry(pairs: readonly Pair[], wordCount: number): RowsByEntry {
  const entries = [...new Set(pairs.map(({ entry }) => entry))]
  const sets = makeSets(entries.length, wordCount)
  const byEntry = new Map(entries.map((entry, index) => [entry, sets[index] ?? new Int32Array(0)]))
  for (const { row, entry } of pairs) {
    const set = byEntry.get(entry)
    if (set !== undefined) setBit(set, row, true)
  }
  return byEntry
}

function unionOf(pairs: readonly Pair[], wordCount: number): Bits {
  const union = new Int32Array(wordCount)
  for (const { row } of pairs) setBit(union, row, true)
  return union
}
