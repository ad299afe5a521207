/** Everything that a backtest came to, for people and programs. */
import { dateInZone } from '@postdelivery/core'
import {
  type BacktestReport,
  type CostBudget,
  type Exceeded,
  exceededBudgets,
  refOf,
  reportOf,
} from '@postdelivery/rules'
import { type BacktestPlan, compileVersions } from './backtest-plan.ts'
import type { Counted, LineProblem } from './count-blocks.ts'
import { type ExplainedOrder, explainExamples } from './explain-examples.ts'

/** One version, as a decision would record it. */
export interface VersionName {
  readonly name: string
  readonly version: string
  readonly hash: string
}

export interface BacktestResult extends Omit<BacktestReport, 'examples' | 'schemaVersion'> {
  readonly before: readonly VersionName[]
  readonly after: readonly VersionName[]
  /** `lifecycle`: what is done changes what is decided later. `once`: one decision an order. */
  readonly mode: 'lifecycle' | 'once'
  /** Whether people agree to what waits for them, or nobody answers. */
  readonly people: 'silent' | 'agree'
  /** Until when orders were told, those with later events to the last of them; null: all to their last event. */
  readonly until: string | null
  /** The day of `until` where the merchant is. */
  readonly untilOn: string | null
  /** Lines that were not counted. */
  readonly problemCount: number
  /** The first of them. */
  readonly problems: readonly LineProblem[]
  readonly examples: readonly ExplainedOrder[]
  /** Budgets that are exceeded. */
  readonly exceeded: readonly Exceeded[]
}

/** Turns what was counted into the result. */
export function resultOf(
  plan: BacktestPlan,
  { tally, problemCount, problems }: Counted,
  budgets: readonly CostBudget[],
): BacktestResult {
  const versions = compileVersions(plan)
  const perDay = (side: 'before' | 'after') =>
    new Map(
      versions[side].rules.flatMap(({ ruleSet, rule }) =>
        rule.limits.perDay === undefined ? [] : [[`${ruleSet}/${rule.name}`, rule.limits.perDay]],
      ),
    )
  const report = reportOf(tally, {
    limits: plan.settings.limits,
    ruleLimits: { before: perDay('before'), after: perDay('after') },
  })
  const { schemaVersion: _, examples, ...rows } = report
  const until = plan.once ? null : plan.until
  return {
    before: versions.before.ruleSets.map(refOf),
    after: versions.after.ruleSets.map(refOf),
    mode: plan.once ? 'once' : 'lifecycle',
    people: plan.peopleAgree ? 'agree' : 'silent',
    until,
    untilOn: until === null ? null : dateInZone(until, plan.settings.timeZone),
    ...rows,
    problemCount,
    problems,
    exceeded: exceededBudgets(report, budgets),
    examples: explainExamples(plan, examples),
  }
}
