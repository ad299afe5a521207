/** One rule that was asked, explained: what it says, why it fired or not, and what would have turned it round. */
import type { ConditionTrace, Facts, RuleVerdict } from '@postdelivery/core'
import {
  conditionsOf,
  explainVerdict,
  type Flip,
  flipsOf,
  type Reason,
  type Rule,
  renderRule,
  type SayOptions,
  type Vocabulary,
  whyRule,
} from '@postdelivery/rules'

/** What one rule said. */
export interface RuleExplanation {
  readonly ruleSet: string
  readonly rule: string
  /** `draft` and `shadow` rules are asked, and never act. */
  readonly mode: string
  /** `true`: it fired. `unknown`: a fact was not known, so it did not. `failed`: it could not be evaluated. */
  readonly verdict: 'true' | 'false' | 'unknown' | 'failed'
  /** What it asks for. */
  readonly action: RuleVerdict['action']
  /** One plain sentence, with the facts by their names. */
  readonly sentence: string
  /** The same for ops, in words, with what is not known and why. */
  readonly why: string
  /** The rule as it stood when it decided, in its one sentence; null when its set was not kept. */
  readonly says: string | null
  /** The conditions that made it fire, or kept it from firing and by how much. */
  readonly reasons: readonly Reason[]
  /** The smallest changes of facts that would have turned it round; none when nothing would. */
  readonly flips: readonly Flip[]
  /** Every condition with the value that it saw. */
  readonly conditions: readonly {
    readonly fact: string
    readonly operator: string
    readonly wanted: unknown
    /** Absent when the fact was unknown. */
    readonly seen?: unknown
    readonly verdict: 'true' | 'false' | 'unknown'
  }[]
}

/** What a verdict is explained with. */
export interface VerdictContext {
  /** The facts that the rule saw, with those that it did not look at. */
  readonly facts: Facts
  /** The rule as it stood; undefined when its set was not kept. */
  readonly rule: Rule | undefined
  readonly vocabulary: Vocabulary
}

/** Explains what one rule said. The rule is not asked again, except for what would turn it round. Pure. */
export function explainRule(
  verdict: RuleVerdict,
  { facts, rule, vocabulary }: VerdictContext,
): RuleExplanation {
  const options = sayOptionsOf(facts)
  const { reasons, sentence: why } = whyRule(verdict, vocabulary, options)
  return {
    ruleSet: verdict.ruleSet,
    rule: verdict.rule,
    mode: verdict.mode,
    verdict: verdict.verdict,
    action: verdict.action,
    sentence: explainVerdict(verdict),
    why,
    says: rule === undefined ? null : renderRule(rule, vocabulary, options),
    reasons,
    flips: flipsOfVerdict(verdict, facts, vocabulary),
    conditions: verdict.trace === null ? [] : leavesOf(verdict.trace),
  }
}

/** Amounts are said in the order's currency, which every decision by rules has seen. */
export function sayOptionsOf(facts: Facts): SayOptions {
  const currency = facts['order.currency']
  return typeof currency === 'string' ? { currency } : {}
}

/** Facts that were declared otherwise since, and so come out otherwise, make no flips. */
function flipsOfVerdict(
  verdict: RuleVerdict,
  facts: Facts,
  vocabulary: Vocabulary,
): readonly Flip[] {
  const conditions = conditionsOf(verdict.trace)
  if (conditions === undefined || verdict.verdict === 'failed') return []
  const found = flipsOf({ conditions }, facts, vocabulary, sayOptionsOf(facts))
  return (found.to === 'silent') === (verdict.verdict === 'true') ? found.flips : []
}

function leavesOf(trace: ConditionTrace): RuleExplanation['conditions'] {
  if (trace.kind !== 'condition') return trace.of.flatMap(leavesOf)
  const { fact, operator, wanted, seen, verdict } = trace
  return [{ fact, operator, wanted, verdict, ...(seen === undefined ? {} : { seen }) }]
}
