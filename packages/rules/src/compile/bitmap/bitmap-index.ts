/** Many lists of comparisons answered at once: each fact says which rows are possible, and what all say is true. */
import type { FactDefinition } from '@postdelivery/core'
import { BITS_PER_WORD, type Bits, setBit, wordCountOf } from './bits.ts'
import type { Conjunct } from './conjuncts.ts'
import { type FactTable, operandsOf, type TableInput } from './fact-table.ts'
import { createListTable } from './list-table.ts'
import { createOrderedTable } from './ordered-table.ts'
import { createValueTable } from './value-table.ts'

/** One list of comparisons, and what is said when all of them hold. Rows of one answer stand together. */
export interface IndexRow {
  readonly conjunct: Conjunct
  readonly answer: number
}

/** Gives the answers of the rows that hold, in order and once each. Throws: only what a getter among the facts throws. */
export type BitmapIndex = (facts: Readonly<Record<string, unknown>>) => number[]

/**
 * Builds the index of some rows.
 *
 * Returns: null when it would take more than `wordMaxCount` words of 32 bits; nothing is built then.
 */
export function createBitmapIndex(
  rows: readonly IndexRow[],
  definitions: readonly FactDefinition[],
  wordMaxCount: number,
): BitmapIndex | null {
  const wordCount = wordCountOf(rows.length)
  const operandCount = rows.reduce(
    (count, { conjunct }) => count + conjunct.flatMap(operandsOf).length,
    0,
  )
  if ((2 * operandCount + definitions.length) * wordCount > wordMaxCount) return null
  const tables = definitions
    .map((definition) => inputOf(definition, rows, wordCount))
    .filter(({ mentions }) => mentions.length > 0)
    // What most rows mention leaves the fewest possible, so that there is little left to look at.
    .toSorted((a, b) => b.mentions.length - a.mentions.length)
    .map((input): NamedTable => ({ name: input.definition.name, table: createFactTable(input) }))
  const answers = Int32Array.from(rows, ({ answer }) => answer)
  return (facts) => answersIn(possibleRows(tables, facts), wordCount, answers)
}

interface NamedTable {
  readonly name: string
  readonly table: FactTable
}

function inputOf(
  definition: FactDefinition,
  rows: readonly IndexRow[],
  wordCount: number,
): TableInput {
  const others: Bits = new Int32Array(wordCount)
  const mentions = rows.flatMap(({ conjunct }, row) => {
    const comparisons = conjunct.filter(({ fact }) => fact === definition.name)
    setBit(others, row, comparisons.length === 0)
    return comparisons.length === 0 ? [] : [{ row, comparisons }]
  })
  return { definition, mentions, others }
}

function createFactTable(input: TableInput): FactTable {
  switch (input.definition.type) {
    case 'integer':
    case 'date':
      return createOrderedTable(input)
    case 'text':
    case 'flag':
      return createValueTable(input)
    case 'textList':
      return createListTable(input)
  }
}

function possibleRows(
  tables: readonly NamedTable[],
  facts: Readonly<Record<string, unknown>>,
): readonly Bits[] {
  const isPlain = inheritsNothing(facts)
  const sets: Bits[] = []
  for (const { name, table } of tables)
    sets.push(table(isPlain || Object.hasOwn(facts, name) ? facts[name] : undefined))
  return sets
}

/** Looking at the prototype once is quicker than asking for each fact whether it is the facts' own. */
function inheritsNothing(facts: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(facts)
  if (prototype !== null && prototype !== Object.prototype) return false
  for (const _ in Object.prototype) return false
  return true
}

/** The answers of the rows that are in all sets. */
function answersIn(sets: readonly Bits[], wordCount: number, answers: Int32Array): number[] {
  const found: number[] = []
  let last = -1
  for (let word = 0; word < wordCount; word += 1) {
    let bits = -1
    for (const set of sets) {
      bits &= set[word] ?? 0
      if (bits === 0) break
    }
    for (; bits !== 0; bits &= bits - 1) {
      const answer = answers[word * BITS_PER_WORD + 31 - Math.clz32(bits & -bits)] ?? -1
      if (answer !== last) found.push(answer)
      last = answer
    }
  }
  return found
}
