/** The strict three-valued reading of conditions: what each one saw, and true, false or unknown. */
import {
  type ConditionTrace,
  type FactDefinition,
  type FactValue,
  isFactValue,
  type Verdict,
} from '@postdelivery/core'
import { judge } from './operators.ts'
import type { Comparison, Condition } from './rule-set.ts'

/** The known facts of one evaluation by name: own copies, of the vocabulary's types. What is not there is unknown. */
export type KnownFacts = ReadonlyMap<string, FactValue>

/** The definition of a fact that a rule names. */
export type Definitions = ReadonlyMap<string, FactDefinition>

/**
 * Reads conditions with strong Kleene logic, in the author's own shape.
 *
 * Pure. Every condition is looked at, also where its group is decided already. `not unknown` is unknown; `all` is
 * false as soon as one is false; `any` is true as soon as one is true.
 */
export function traceConditions(
  condition: Condition,
  facts: KnownFacts,
  definitions: Definitions,
): ConditionTrace {
  if ('all' in condition || 'any' in condition) {
    const kind = 'all' in condition ? 'all' : 'any'
    const inner = 'all' in condition ? condition.all : condition.any
    const of = inner.map((each) => traceConditions(each, facts, definitions))
    const verdict = (kind === 'all' ? everyOf : someOf)(of.map((each) => each.verdict))
    return { kind, verdict, of }
  }
  if ('not' in condition) {
    const inner = traceConditions(condition.not, facts, definitions)
    return { kind: 'not', verdict: oppositeOf(inner.verdict), of: [inner] }
  }
  return traceComparison(condition, facts, definitions)
}

function traceComparison(
  comparison: Comparison,
  facts: KnownFacts,
  definitions: Definitions,
): ConditionTrace {
  const { fact, operator, value } = comparison
  const seen = facts.get(fact)
  const definition = definitions.get(fact)
  const verdict = definition === undefined ? 'unknown' : judge(comparison, seen, definition)
  const head = { kind: 'condition', fact, operator, wanted: value, verdict } as const
  return seen === undefined ? head : { ...head, seen }
}

/** One comparison of a trace. */
export type ComparisonTrace = Extract<ConditionTrace, { readonly kind: 'condition' }>

/** All comparisons of a trace, in the author's order. */
export function comparisonsOf(trace: ConditionTrace): readonly ComparisonTrace[] {
  return trace.kind === 'condition' ? [trace] : trace.of.flatMap(comparisonsOf)
}

/**
 * Copies the facts that rules name: own values of the vocabulary's types only, lists frozen.
 *
 * Inherited names, NaN, fractions, functions and objects do not pass, and what does not pass is unknown.
 */
export function knownFacts(
  facts: Readonly<Record<string, unknown>>,
  definitions: Definitions,
): KnownFacts {
  const known = new Map<string, FactValue>()
  for (const [name, definition] of definitions) {
    const value = Object.hasOwn(facts, name) ? facts[name] : undefined
    if (!isFactValue(value, definition)) continue
    known.set(name, typeof value === 'object' ? Object.freeze([...value]) : value)
  }
  return known
}

/** The least of the verdicts, in the order false, unknown, true. */
const everyOf = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes('false') ? 'false' : verdicts.includes('unknown') ? 'unknown' : 'true'

/** The greatest of the verdicts, in the same order. */
const someOf = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes('true') ? 'true' : verdicts.includes('unknown') ? 'unknown' : 'false'

const oppositeOf = (verdict: Verdict): Verdict =>
  verdict === 'true' ? 'false' : verdict === 'false' ? 'true' : 'unknown'
