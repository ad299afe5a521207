/** Conditions without `not`: negations pushed down to the comparisons, where each operator has its opposite. */
import { operatorOf } from './operators.ts'
import type { Comparison, Condition } from './rule-set.ts'

/** Conditions that say nothing by negation, so that a two-valued reading fires exactly when it should. */
export type Positive =
  | Comparison
  | { readonly all: readonly Positive[] }
  | { readonly any: readonly Positive[] }

/** A group at the root. */
export type PositiveGroup = Exclude<Positive, Comparison>

/**
 * Rewrites conditions without `not`, comparisons in the same order.
 *
 * Strong Kleene logic keeps De Morgan's laws, so the three-valued reading is the same; and where nothing is negated
 * unknown can be read as false without making anything true.
 */
export function withoutNegations(condition: Condition): PositiveGroup {
  const positive = rewrite(condition, false)
  return 'fact' in positive ? { all: [positive] } : positive
}

function rewrite(condition: Condition, isNegated: boolean): Positive {
  if ('not' in condition) return rewrite(condition.not, !isNegated)
  if ('all' in condition || 'any' in condition) {
    const inner = 'all' in condition ? condition.all : condition.any
    const of = inner.map((each) => rewrite(each, isNegated))
    return 'all' in condition === isNegated ? { any: of } : { all: of }
  }
  const { fact, operator, value } = condition
  const negation = operatorOf(operator)?.negation ?? operator
  return { fact, operator: isNegated ? negation : operator, value }
}
