/** Conditions as alternatives, each of which is a list of comparisons that must all hold. */
import type { Positive } from '../../positive.ts'
import type { Comparison } from '../../rule-set.ts'

/** Comparisons that must all hold. */
export type Conjunct = readonly Comparison[]

/**
 * Rewrites conditions without negations as alternatives (disjunctive normal form).
 *
 * Returns: null when there are more than `maxCount`; their number can grow exponentially, and no more are ever made.
 */
export function conjunctsOf(condition: Positive, maxCount: number): readonly Conjunct[] | null {
  if ('fact' in condition) return [[condition]]
  const isAll = 'all' in condition
  let alternatives: readonly Conjunct[] = isAll ? [[]] : []
  for (const each of isAll ? condition.all : condition.any) {
    const inner = conjunctsOf(each, maxCount)
    if (inner === null) return null
    const count = isAll ? alternatives.length * inner.length : alternatives.length + inner.length
    if (count > maxCount) return null
    alternatives = isAll
      ? alternatives.flatMap((head) => inner.map((tail) => [...head, ...tail]))
      : [...alternatives, ...inner]
  }
  return alternatives
}
