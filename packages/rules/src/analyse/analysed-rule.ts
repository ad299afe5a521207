/** A rule as the analysis sees it: where it fires, event by event, or that this is too complex to say. */

import { canonicalJson } from '@postdelivery/core'
import type { IssueList } from '../issues.ts'
import type { Rule, RuleSet } from '../rule-set.ts'
import { type Budget, withinBudget } from './budget.ts'
import { comparisonsIn } from './cells.ts'
import { type Analysis, isEmpty, type Region, regionWhere } from './regions.ts'
import type { Space } from './space.ts'

/** What an analysis of several sets works with. */
export interface Analyser {
  /** The space of one type of event. */
  spaceOn(eventType: string): Space
  /** What is left of all that the analysis may do. */
  readonly total: Budget
}

/** Where a rule fires on one type of event. */
export interface Waking {
  readonly eventType: string
  readonly region: Region
}

/** A rule with its place and its regions. */
export interface AnalysedRule {
  readonly ruleSet: Pick<RuleSet, 'name' | 'hitPolicy'>
  readonly rule: Rule
  /** Its place in its file. */
  readonly path: string
  /** Where what is found of it is said. */
  readonly issues: IssueList
  /** Its action as canonical JSON: equal for equal actions. */
  readonly asked: string
  /** Empty when the rule is too complex to be analysed. */
  readonly wakings: readonly Waking[]
}

/** Steps that the analysis of one rule may take, and of all rules together: seconds at most, whatever the rules say. */
const RULE_STEP_MAX_COUNT = 100_000
const TOTAL_STEP_MAX_COUNT = 20_000_000

/** The budget of a whole analysis. */
export const totalBudget = (): Budget => ({ left: TOTAL_STEP_MAX_COUNT })

/**
 * Runs the analysis of one rule within its own bound and what is left of the whole.
 *
 * Returns: undefined when it is too complex.
 */
export function withinBudgetOf<Found>(
  { total }: Analyser,
  analyse: (budget: Budget) => Found,
): Found | undefined {
  const bound = Math.min(RULE_STEP_MAX_COUNT, total.left)
  let spent: Budget | undefined
  const found = withinBudget(bound, (budget) => {
    spent = budget
    return analyse(budget)
  })
  total.left -= bound - Math.max(0, spent?.left ?? 0)
  return found
}

/** Finds where a rule fires. Says `too_complex` when that cannot be found within the budget. */
export function analyseRule(
  head: Omit<AnalysedRule, 'wakings' | 'asked'>,
  analyser: Analyser,
): AnalysedRule {
  const wakings = withinBudgetOf(analyser, (budget) =>
    head.rule.on.map((eventType): Waking => {
      const analysis: Analysis = { space: analyser.spaceOn(eventType), budget }
      return { eventType, region: regionWhere(head.rule.conditions, 'true', analysis) }
    }),
  )
  if (wakings === undefined) sayTooComplex(head)
  return { ...head, asked: canonicalJson(head.rule.event), wakings: wakings ?? [] }
}

/** Says that a rule is too complex to be analysed. */
export function sayTooComplex({
  path,
  rule,
  issues,
}: Pick<AnalysedRule, 'path' | 'rule' | 'issues'>): void {
  const count = comparisonsIn(rule.conditions).length
  const message = `the rule has ${count} comparisons in too many combinations to say where it fires`
  issues.add('too_complex', `${path}/conditions`, message, 'split the rule, or compare with `in`')
}

/** Whether the rule can act, and fires for some order. */
export const isActing = ({ rule, wakings }: AnalysedRule): boolean =>
  (rule.mode === 'live' || rule.mode === 'approval') &&
  wakings.some(({ region }) => !isEmpty(region))
