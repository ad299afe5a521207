/** The live evaluation: json-rules-engine and our own reading are both asked, and a difference acts on nothing. */
import type { ConditionTrace, Facts, RuleVerdict, Verdict } from '@postdelivery/core'
import type { CompiledRules } from './compile/compile.ts'
import { type EngineRun, runEngine } from './json-rules-engine.ts'
import { messageOf, type PreparedRule } from './prepare-rule.ts'
import { comparisonsOf, knownFacts, traceConditions } from './trace.ts'

/**
 * Asks every rule that is awake on the event type, twice: compiled, and with json-rules-engine.
 *
 * The facts are copied before anything is awaited. Returns: verdicts in the order of `compiled.rules`; a rule about
 * which the two differ says `failed`. Throws (rejects): never.
 */
export async function evaluateChecked(
  compiled: CompiledRules,
  eventType: string,
  facts: Facts,
): Promise<readonly RuleVerdict[]> {
  const awake = compiled.awakeOn(eventType)
  const checks = compiled.verdicts(eventType, facts).map((verdict, place) => {
    const rule = compiled.rules[awake[place] ?? -1]
    return rule === undefined ? Promise.resolve(verdict) : checkVerdict(rule, verdict, facts)
  })
  return Promise.all(checks)
}

/** Lets a verdict stand when json-rules-engine agrees with it, comparison by comparison. */
async function checkVerdict(
  { positive, definitions }: PreparedRule,
  verdict: RuleVerdict,
  facts: Facts,
): Promise<RuleVerdict> {
  if (positive === null || verdict.trace === null) return verdict
  try {
    const known = knownFacts(facts, definitions)
    const positiveTrace = traceConditions(positive, known, definitions)
    const run = await runEngine(positive, known, definitions)
    const difference = differenceOf(run, verdict.trace, positiveTrace)
    return difference === null ? verdict : failed(verdict, difference, verdict.trace)
  } catch (cause) {
    return failed(verdict, messageOf(cause), null)
  }
}

const failed = (
  { ruleSet, rule, mode, priority, action }: RuleVerdict,
  failure: string,
  trace: ConditionTrace | null,
): RuleVerdict => ({ ruleSet, rule, mode, priority, verdict: 'failed', failure, trace, action })

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
