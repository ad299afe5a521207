/** Texts and flags: each value that a row names has its set of rows, and all other values share one. */
import { comparer } from '../comparer.ts'
import { type Bits, makeSets, setBit } from './bits.ts'
import { type FactTable, operandsOf, type TableInput } from './fact-table.ts'

/** A value that equals no other. */
const OTHER: readonly string[] = Object.freeze([])

/** Makes the table of a text or a flag. */
export function createValueTable({ definition, mentions, others }: TableInput): FactTable {
  const named = mentions.flatMap(({ comparisons }) => comparisons.flatMap(operandsOf))
  const words = [...new Set(definition.type === 'flag' ? [true, false] : named)]
  const [rest = others, ...sets] = makeSets(words.length + 1, others.length)
  const setByWord = new Map<unknown, Bits>(words.map((word, index) => [word, sets[index] ?? rest]))
  const tests = mentions.map(({ row, comparisons }) => {
    const parts = comparisons.map((each) => comparer(each.operator, each.value))
    return {
      row,
      comparisons,
      holds: (value: typeof OTHER | string | number | boolean) =>
        parts.every((part) => part(value)),
    }
  })

  rest.set(others)
  for (const { row, holds } of tests) setBit(rest, row, holds(OTHER))
  for (const set of sets) set.set(rest)
  // A row treats every value that it does not name as it treats any other.
  for (const { row, comparisons, holds } of tests) {
    const own = definition.type === 'flag' ? words : comparisons.flatMap(operandsOf)
    for (const word of own) {
      const set = setByWord.get(word)
      if (set !== undefined) setBit(set, row, holds(word))
    }
  }

  for (const listed of definition.values ?? []) {
    if (!setByWord.has(listed)) setByWord.set(listed, rest)
  }
  const isOpen = definition.type === 'text' && definition.values === undefined
  return (value) => setByWord.get(value) ?? (isOpen && typeof value === 'string' ? rest : others)
}
