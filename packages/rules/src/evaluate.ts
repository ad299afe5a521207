/** Evaluates one rule: json-rules-engine decides, our own reading watches it, and a difference acts on nothing. */
import type {
  ConditionTrace,
  FactDefinition,
  Facts,
  RuleVerdict,
  Verdict,
} from '@postdelivery/core'
import { type EngineRun, runEngine } from './json-rules-engine.ts'
import { isOperand, operatorOf } from './operators.ts'
import { type PositiveGroup, withoutNegations } from './positive.ts'
import type { Condition, Rule } from './rule-set.ts'
import { comparisonsOf, type Definitions, knownFacts, traceConditions } from './trace.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A rule made ready for evaluation: what does not change from run to run. */
export interface PreparedRule {
  readonly ruleSet: string
  readonly rule: Rule
  /** The definitions of the facts that it names. */
  readonly definitions: Definitions
  readonly positive: PositiveGroup | null
  /** Why it cannot be evaluated, although it got here; null when it can. */
  readonly failure: string | null
}

/**
 * Makes a rule ready.
 *
 * Rules come checked; this looks once more, because what is evaluated here moves money: a rule with a fact that this
 * vocabulary does not have, or an operator or operand that does not fit, fails and silences no other. Throws: never.
 */
export function prepareRule(ruleSet: string, rule: Rule, vocabulary: Vocabulary): PreparedRule {
  const definitions = new Map<string, FactDefinition>()
  try {
    collectDefinitions(rule.conditions, vocabulary, definitions, 0)
    const positive = withoutNegations(rule.conditions)
    return { ruleSet, rule, definitions, positive, failure: null }
  } catch (cause) {
    return { ruleSet, rule, definitions, positive: null, failure: messageOf(cause) }
  }
}

/**
 * Asks one rule.
 *
 * The facts are copied before anything is awaited. Throws: never; a rule that cannot be evaluated says `failed`.
 */
export async function evaluateRule(prepared: PreparedRule, facts: Facts): Promise<RuleVerdict> {
  const { rule, definitions, positive } = prepared
  if (positive === null) return toVerdict(prepared, null, prepared.failure ?? 'not ready')
  try {
    const known = knownFacts(facts, definitions)
    const trace = traceConditions(rule.conditions, known, definitions)
    const positiveTrace = traceConditions(positive, known, definitions)
    const run = await runEngine(positive, known, definitions)
    return toVerdict(prepared, trace, differenceOf(run, trace, positiveTrace))
  } catch (cause) {
    return toVerdict(prepared, null, messageOf(cause))
  }
}

function toVerdict(
  { ruleSet, rule }: PreparedRule,
  trace: ConditionTrace | null,
  failure: string | null,
): RuleVerdict {
  const { name, mode, priority, event } = rule
  const head = { ruleSet, rule: name, mode, priority }
  const action = { type: event.type, params: event.params as Readonly<Record<string, unknown>> }
  if (failure !== null || trace === null)
    return { ...head, verdict: 'failed', failure: failure ?? 'no trace', trace, action }
  return { ...head, verdict: trace.verdict, trace, action }
}

/**
 * Says where the engine and our reading differ, or null.
 *
 * Compared are the outcome and, comparison by comparison, the value seen, the value wanted and the result.
 */
export function differenceOf(
  run: EngineRun,
  trace: ConditionTrace,
  positiveTrace: ConditionTrace,
): string | null {
  if (trace.verdict !== positiveTrace.verdict)
    return `without negations the conditions read ${positiveTrace.verdict}, not ${trace.verdict}`
  const comparisons = comparisonsOf(positiveTrace)
  if (comparisons.length !== run.sights.length)
    return `json-rules-engine looked at ${run.sights.length} of ${comparisons.length} comparisons`
  for (const [index, { fact, operator, seen, wanted, verdict }] of comparisons.entries()) {
    const sight = run.sights[index]
    if (!isSame(sight?.seen, seen) || !isSame(sight?.wanted, wanted))
      return `json-rules-engine compared other values at \`${fact}\` \`${operator}\``
    if (sight?.result !== isTrue(verdict))
      return `json-rules-engine and we differ at \`${fact}\` \`${operator}\``
  }
  if (run.fired !== isTrue(trace.verdict))
    return `json-rules-engine says ${run.fired}, we say ${trace.verdict}`
  return null
}

const isTrue = (verdict: Verdict): boolean => verdict === 'true'

/** Equal values; lists by their entries, because the engine hands out copies of them. */
function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b)
  return a.length === b.length && a.every((entry, index) => Object.is(entry, b[index]))
}

/** No checked rule is nested deeper. */
const DEPTH_MAX = 16

function collectDefinitions(
  condition: Condition,
  vocabulary: Vocabulary,
  definitions: Map<string, FactDefinition>,
  depth: number,
): void {
  if (depth > DEPTH_MAX) throw new Error('the conditions are nested too deep')
  const inner =
    'all' in condition
      ? condition.all
      : 'any' in condition
        ? condition.any
        : 'not' in condition
          ? [condition.not]
          : null
  if (inner !== null) {
    if (inner.length === 0) throw new Error('a group has no conditions')
    for (const each of inner) collectDefinitions(each, vocabulary, definitions, depth + 1)
    return
  }
  if (!('fact' in condition)) throw new Error('a condition compares nothing')
  const definition = vocabulary.definitionOf(condition.fact)
  if (definition === undefined) throw new Error(`the vocabulary has no fact \`${condition.fact}\``)
  const operator = operatorOf(condition.operator)
  if (operator === undefined) throw new Error(`there is no operator \`${condition.operator}\``)
  const fits = operator.types.includes(definition.type)
  if (!fits || !isOperand(condition.value, operator, definition))
    throw new Error(`\`${condition.operator}\` cannot compare \`${condition.fact}\` with its value`)
  definitions.set(condition.fact, definition)
}

/** The engine rejects with texts as well as with errors. */
const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : 'an unknown failure'
