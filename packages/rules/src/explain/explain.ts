/** Says in one plain sentence why a rule fired, or what kept it from firing. */
import type { ConditionTrace, RuleVerdict } from '@postdelivery/core'
import { operatorOf } from '../operators.ts'

/**
 * Explains what one rule said.
 *
 * A rule that fired names the conditions that made it fire; a silent one names those that were false or unknown.
 *
 * @example
 * ```ts
 * import { explainVerdict } from '@postdelivery/rules'
 *
 * const sentence = explainVerdict({
 *   ruleSet: 'returns',
 *   rule: 'More time',
 *   mode: 'live',
 *   priority: 1,
 *   verdict: 'false',
 *   action: { type: 'sendOut', params: {} },
 *   trace: {
 *     kind: 'all',
 *     verdict: 'false',
 *     of: [
 *       { kind: 'condition', fact: 'time.daysToDueDate', operator: 'lessThan', wanted: 14, seen: 20, verdict: 'false' },
 *     ],
 *   },
 * })
 * expect(sentence).toBe('did not fire: time.daysToDueDate is 20 (wanted less than 14)')
 * ```
 */
export function explainVerdict(verdict: RuleVerdict): string {
  if (verdict.verdict === 'failed')
    return `could not be evaluated: ${verdict.failure ?? 'no reason is recorded'}`
  if (verdict.trace === null) return 'no trace is recorded'
  if (verdict.verdict === 'true') return explainHolding(verdict.trace, false)
  return `did not fire: ${explainMissing(verdict.trace, false)}`
}

/** Names the conditions that make a trace hold; below a `not` it is their opposites that hold. */
function explainHolding(trace: ConditionTrace, isNegated: boolean): string {
  if (trace.kind === 'condition') return explainComparison(trace, isNegated)
  const inner = trace.kind === 'not' ? !isNegated : isNegated
  return trace.of
    .filter((each) => holds(each, inner))
    .map((each) => explainHolding(each, inner))
    .join(', ')
}

/** Names the conditions that keep a trace from holding, false or unknown. */
function explainMissing(trace: ConditionTrace, isNegated: boolean): string {
  if (trace.kind === 'condition') return explainComparison(trace, isNegated)
  const inner = trace.kind === 'not' ? !isNegated : isNegated
  const missing = trace.of
    .filter((each) => !holds(each, inner))
    .map((each) => explainMissing(each, inner))
  // Below a `not`, `all` asks for one of the opposites, and `any` for all of them.
  const isChoice = trace.kind !== 'not' && (trace.kind === 'any') !== isNegated
  return isChoice && missing.length > 1 ? `none of (${missing.join(', ')})` : missing.join(', ')
}

const holds = (trace: ConditionTrace, isNegated: boolean): boolean =>
  trace.verdict === (isNegated ? 'false' : 'true')

function explainComparison(
  trace: Extract<ConditionTrace, { readonly kind: 'condition' }>,
  isNegated: boolean,
): string {
  const known = operatorOf(trace.operator)
  const operator = isNegated ? operatorOf(known?.negation ?? '') : known
  const wanted = `wanted ${operator?.phrase ?? `${trace.operator} `}${written(trace.wanted)}`
  if (trace.seen === undefined) return `${trace.fact} is unknown (${wanted})`
  const unknown = trace.verdict === 'unknown' ? ', which is not one of its values' : ''
  return `${trace.fact} is ${written(trace.seen)}${unknown} (${wanted})`
}

const written = (value: unknown): string =>
  Array.isArray(value) && value.length > 0
    ? value.map((entry) => JSON.stringify(entry)).join(', ')
    : (JSON.stringify(value) ?? 'nothing')
