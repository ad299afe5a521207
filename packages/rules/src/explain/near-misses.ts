/** Rules that stayed silent and would have fired if one fact had been different. */
import type { ConditionTrace, Facts, RuleMode, RuleVerdict } from '@postdelivery/core'
import type { Operand, OperatorName } from '../operators.ts'
import type { Condition, ConditionGroup } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { type Flip, type FlipsOptions, flipsOf } from './flips.ts'

/** A rule that one fact kept from firing. */
export interface NearMiss {
  readonly ruleSet: string
  readonly rule: string
  readonly mode: RuleMode
  readonly action: RuleVerdict['action']
  /** The nearest change that would have made it fire; of one fact. */
  readonly flip: Flip
}

/**
 * Finds the silent rules that are one fact away from firing, the nearest first.
 *
 * `facts` are those of the decision. Rules whose record does not fit them any more are left out. Throws: never.
 */
export function nearMissesOf(
  verdicts: readonly RuleVerdict[],
  facts: Facts,
  vocabulary: Vocabulary,
  options: FlipsOptions = {},
): readonly NearMiss[] {
  const misses = verdicts.flatMap((verdict): readonly NearMiss[] => {
    if (verdict.verdict !== 'false' && verdict.verdict !== 'unknown') return []
    const conditions = conditionsOf(verdict.trace)
    if (conditions === undefined) return []
    const { ruleSet, rule, mode, action } = verdict
    const { to, flips } = flipsOf({ conditions }, facts, vocabulary, { ...options, maxCount: 1 })
    const [flip] = flips
    const isNear = to === 'fires' && flip?.changes.length === 1
    return isNear ? [{ ruleSet, rule, mode, action, flip }] : []
  })
  // Order matters: sorting is stable, so rules that are as near stay in the order in which they decide.
  return misses.toSorted((a, b) => a.flip.distance - b.flip.distance)
}

/** The conditions that a trace is of; undefined when it is none of a group. */
export function conditionsOf(trace: ConditionTrace | null): ConditionGroup | undefined {
  if (trace === null || trace.kind === 'condition') return undefined
  return groupOf(trace)
}

type GroupTrace = Exclude<ConditionTrace, { readonly kind: 'condition' }>

function groupOf(trace: GroupTrace): ConditionGroup | undefined {
  const of = trace.of.map(conditionOf)
  const known = of.filter((each) => each !== undefined)
  const [first] = known
  if (first === undefined || known.length < of.length) return undefined
  if (trace.kind === 'not') return { not: first }
  return trace.kind === 'all' ? { all: known } : { any: known }
}

/** The record says what the rule said; whether it can be evaluated is looked at by who evaluates it. */
function conditionOf(trace: ConditionTrace): Condition | undefined {
  if (trace.kind !== 'condition') return groupOf(trace)
  const { fact, operator, wanted } = trace
  return { fact, operator: operator as OperatorName, value: wanted as Operand }
}
