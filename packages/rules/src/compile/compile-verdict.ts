/** Turns one prepared rule into a function from facts to what the rule says, with the full trace. */
import type { Facts, RuleVerdict } from '@postdelivery/core'
import { messageOf, type PreparedRule } from '../prepare-rule.ts'
import { compileTrace } from './compile-conditions.ts'
import { type FactRow, type FactSlots, readFacts } from './fact-row.ts'

/** A rule that can be asked. */
export interface AskedRule {
  /** The slots of the facts that it names. */
  readonly wanted: readonly number[]
  /** What it says to facts that were read. */
  ask(row: FactRow): RuleVerdict
  /** What it says when it cannot be evaluated. */
  fail(failure: string): RuleVerdict
}

/** Compiles one rule. A rule that could not be prepared says so whenever it is asked. Throws: never. */
export function compileVerdict(prepared: PreparedRule, { slotOf }: FactSlots): AskedRule {
  const { ruleSet, rule, definitions, failure } = prepared
  const { name, mode, priority, event } = rule
  const action = Object.freeze({
    type: event.type,
    params: event.params as Readonly<Record<string, unknown>>,
  })
  const fail = (reason: string): RuleVerdict => ({
    ruleSet,
    rule: name,
    mode,
    priority,
    verdict: 'failed',
    failure: reason,
    trace: null,
    action,
  })
  if (failure !== null) return { wanted: [], ask: () => fail(failure), fail }
  const traceOf = compileTrace(rule.conditions, slotOf)
  return {
    wanted: [...definitions.keys()].flatMap((fact) => slotOf.get(fact) ?? []),
    ask(row) {
      const trace = traceOf(row)
      return { ruleSet, rule: name, mode, priority, verdict: trace.verdict, trace, action }
    },
    fail,
  }
}

/**
 * Asks rules, in their order.
 *
 * The facts are read once for all; where reading them fails, each rule is asked for itself, so that only those fail
 * that name what cannot be read. Throws: never.
 */
export function askAll(
  rules: readonly AskedRule[],
  wanted: readonly number[],
  { facts, slots }: { readonly facts: Facts; readonly slots: FactSlots },
): readonly RuleVerdict[] {
  const row = rowOf(facts, slots, wanted)
  if (typeof row !== 'string') return rules.map((rule) => rule.ask(row))
  return rules.map((rule) => {
    const own = rowOf(facts, slots, rule.wanted)
    return typeof own === 'string' ? rule.fail(own) : rule.ask(own)
  })
}

/** The facts in slots, or why they cannot be read. */
function rowOf(facts: Facts, slots: FactSlots, wanted: readonly number[]): FactRow | string {
  try {
    return readFacts(facts, slots, wanted)
  } catch (cause) {
    return messageOf(cause)
  }
}
