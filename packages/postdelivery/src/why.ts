/** Why something was decided, and why something else was not: every rule that was asked, with what it saw. */
import type { ConditionTrace, Decision } from '@postdelivery/core'
import { explainVerdict } from '@postdelivery/rules'

/** What one rule said. */
export interface RuleExplanation {
  readonly ruleSet: string
  readonly rule: string
  /** `draft` and `shadow` rules are asked, and never act. */
  readonly mode: string
  /** `true`: it fired. `unknown`: a fact was not known, so it did not. `failed`: it could not be evaluated. */
  readonly verdict: 'true' | 'false' | 'unknown' | 'failed'
  /** One plain sentence. */
  readonly sentence: string
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

/** One decision, explained. */
export interface Explanation {
  readonly eventId: string
  readonly eventType: string
  readonly decidedAt: string
  readonly summary: string
  /** The code with which the event itself was refused, or null. */
  readonly refusal: string | null
  /** What evaluated, with its version. */
  readonly evaluator: string
  readonly ruleSets: Decision['ruleSets']
  readonly fired: readonly RuleExplanation[]
  readonly silent: readonly RuleExplanation[]
  /** What became of each action that was asked for. */
  readonly actions: Decision['actions']
}

/** Explains a decision from its record alone; rules are not asked again. Pure. */
export function explainDecision(decision: Decision): Explanation {
  const rules = decision.rules.map(
    (verdict): RuleExplanation => ({
      ruleSet: verdict.ruleSet,
      rule: verdict.rule,
      mode: verdict.mode,
      verdict: verdict.verdict,
      sentence: explainVerdict(verdict),
      conditions: verdict.trace === null ? [] : leavesOf(verdict.trace),
    }),
  )
  return {
    eventId: decision.eventId,
    eventType: decision.eventType,
    decidedAt: decision.decidedAt,
    summary: decision.summary,
    refusal: decision.refusal?.code ?? null,
    evaluator: decision.evaluator,
    ruleSets: decision.ruleSets,
    fired: rules.filter((rule) => rule.verdict === 'true'),
    silent: rules.filter((rule) => rule.verdict !== 'true'),
    actions: decision.actions,
  }
}

function leavesOf(trace: ConditionTrace): RuleExplanation['conditions'] {
  if (trace.kind !== 'condition') return trace.of.flatMap(leavesOf)
  const { fact, operator, wanted, seen, verdict } = trace
  return [{ fact, operator, wanted, verdict, ...(seen === undefined ? {} : { seen }) }]
}
