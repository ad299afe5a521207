/** What the tests of a rule set have seen: each rule firing and silent, each comparison true and false. */
import type { Verdict } from '@postdelivery/core'
import type { Comparison, Condition, RuleSet } from '../rule-set.ts'
import { comparisonsOf } from '../trace.ts'
import type { RuleTestsRun } from './run-rule-tests.ts'

/** How often tests saw each verdict. */
export type SeenVerdicts = Readonly<Record<Verdict, number>>

/** One comparison with what tests saw of it. */
export interface ComparisonCoverage extends Comparison {
  /** JSON Pointer into the rule set. */
  readonly path: string
  readonly seen: SeenVerdicts
}

/** One rule with what tests saw of it: `true` is firing, `false` silent. */
export interface RuleCoverage {
  readonly rule: string
  readonly path: string
  readonly seen: SeenVerdicts
  readonly comparisons: readonly ComparisonCoverage[]
}

/** What tests have seen of a rule set. Unknown is counted apart: it adds nothing to the percentage. */
export interface Coverage {
  readonly rules: readonly RuleCoverage[]
  /** Of every rule firing and silent, and every comparison true and false, how many were seen. */
  readonly seenCount: number
  readonly allCount: number
  /** Whole percent, rounded down; 100 of a set without rules. */
  readonly percent: number
}

/**
 * Sums up runs of tests of one rule set. Failed cases count as well: the rules did say what they said.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, coverageOf, validateRuleSet } from '@postdelivery/rules'
 *
 * const damaged = { fact: 'return.reason', operator: 'equal', value: 'damaged' }
 * const rule = { name: 'Damaged', on: ['return.registered'], mode: 'live', conditions: { all: [damaged] } }
 * const event = { type: 'review', params: { question: 'Pay back at once?' } }
 * const text = JSON.stringify({ name: 'returns', version: '1', rules: [{ ...rule, event }] })
 * const set = validateRuleSet(text, builtInVocabulary())
 *
 * const coverage = set.ok ? coverageOf(set.ruleSet, []) : undefined
 * expect([coverage?.seenCount, coverage?.allCount, coverage?.percent]).toEqual([0, 4, 0])
 * ```
 */
export function coverageOf(ruleSet: RuleSet, runs: readonly RuleTestsRun[]): Coverage {
  const counts = new Map(
    ruleSet.rules.map((rule, index) => [rule.name, countersOf(rule.conditions, index)]),
  )
  const verdicts = runs.flatMap(({ results }) => results.flatMap((each) => each.verdicts))
  for (const { rule, verdict, trace } of verdicts) {
    const counters = counts.get(rule)
    if (counters === undefined || verdict === 'failed' || trace === null) continue
    counters.seen[verdict] += 1
    for (const [index, comparison] of comparisonsOf(trace).entries()) {
      const seen = counters.comparisons[index]?.seen
      if (seen !== undefined) seen[comparison.verdict] += 1
    }
  }
  const rules = [...counts].map(([rule, counters]) => ({ rule, ...counters }))
  const points = rules.flatMap(({ seen, comparisons }) =>
    [seen, ...comparisons.map((each) => each.seen)].flatMap((each) => [each.true, each.false]),
  )
  const seenCount = points.filter((count) => count > 0).length
  const allCount = points.length
  const percent = allCount === 0 ? 100 : Math.floor((seenCount * 100) / allCount)
  return { rules, seenCount, allCount, percent }
}

/** Comparisons of a condition with their places, in the author's order. */
function comparisonPlaces(
  condition: Condition,
  path: string,
): readonly (Comparison & { readonly path: string })[] {
  if ('fact' in condition) return [{ ...condition, path }]
  if ('not' in condition) return comparisonPlaces(condition.not, `${path}/not`)
  const [group, inner] =
    'all' in condition ? (['all', condition.all] as const) : (['any', condition.any] as const)
  return inner.flatMap((each, index) => comparisonPlaces(each, `${path}/${group}/${index}`))
}

const countersOf = (condition: Condition, index: number) => ({
  path: `/rules/${index}`,
  seen: nothingSeen(),
  comparisons: comparisonPlaces(condition, `/rules/${index}/conditions`).map((each) => ({
    ...each,
    seen: nothingSeen(),
  })),
})

const nothingSeen = (): Record<Verdict, number> => ({ true: 0, false: 0, unknown: 0 })
