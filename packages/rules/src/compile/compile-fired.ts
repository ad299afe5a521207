/** Turns the rules that one event type wakes into a function that only says which of them are true. */
import type { Facts } from '@postdelivery/core'
import type { PositiveGroup } from '../positive.ts'
import { type BitmapIndex, createBitmapIndex, type IndexRow } from './bitmap/bitmap-index.ts'
import { conjunctsOf } from './bitmap/conjuncts.ts'
import { compileHolds } from './compile-conditions.ts'
import { type FactSlots, readFacts } from './fact-row.ts'

/** Conditions with the index of their rule. */
export interface IndexedRule {
  readonly index: number
  readonly positive: PositiveGroup
}

/** A rule with more alternatives than this is asked by itself. */
const CONJUNCT_MAX_COUNT = 16

/** 16 MB; rules that would take more are asked one by one. */
const WORD_MAX_COUNT = 4_194_304

/**
 * Compiles rules, in their order.
 *
 * Rules that can be written as a few lists of comparisons are answered by an index of bits; all others one by one.
 * Returns: a function to the indexes of the rules that are true, in order.
 * Throws (the function): only what a getter among the facts throws.
 */
export function compileFired(
  rules: readonly IndexedRule[],
  slots: FactSlots,
): (facts: Facts) => readonly number[] {
  const { index, single } = split(rules, slots)
  if (single.length === 0) return index
  const asked = single.map((each) => ({
    index: each.index,
    holds: compileHolds(each.positive, slots.slotOf),
  }))
  const wanted = slots.definitions.map((_, slot) => slot)
  return (facts) => {
    const found = index(facts)
    const row = readFacts(facts, slots, wanted)
    for (const { index: at, holds } of asked) if (holds(row)) found.push(at)
    return found.sort((a, b) => a - b)
  }
}

/** The rules that the index answers, and those that are asked by themselves. */
function split(
  rules: readonly IndexedRule[],
  { definitions }: FactSlots,
): { readonly index: BitmapIndex; readonly single: readonly IndexedRule[] } {
  const rows: IndexRow[] = []
  const single: IndexedRule[] = []
  for (const rule of rules) {
    const conjuncts = conjunctsOf(rule.positive, CONJUNCT_MAX_COUNT)
    if (conjuncts === null) single.push(rule)
    else rows.push(...conjuncts.map((conjunct) => ({ conjunct, answer: rule.index })))
  }
  const index = createBitmapIndex(rows, definitions, WORD_MAX_COUNT)
  return index === null ? { index: () => [], single: rules } : { index, single }
}
