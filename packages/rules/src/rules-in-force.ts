/** Compiled rules behind core's port: what is in force, which facts it needs, and who evaluates. */
import type { RuleLimits, RuleSetRef, RulesInForce } from '@postdelivery/core'
import type { CompiledRule, CompiledRules } from './compile/compile.ts'
import { refOf } from './rule-set.ts'

/** What decisions record when our own reading evaluated alone. */
const OWN_EVALUATOR = 'postdelivery 1'

/**
 * Puts compiled rules in force with our own evaluator alone: for tests, backtests and simulations.
 *
 * Live orders are decided by `createRuleBook`, where json-rules-engine must agree. Sets of different names are expected.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, compileRules, rulesInForceOf } from '@postdelivery/rules'
 *
 * const rules = rulesInForceOf(compileRules(builtInVocabulary(), []))
 * expect(rules.evaluator).toBe('postdelivery 1')
 * expect(await rules.evaluate('return.registered', {})).toEqual([])
 * ```
 */
export const rulesInForceOf = (compiled: CompiledRules): RulesInForce =>
  inForceBy(compiled, OWN_EVALUATOR, async (eventType, facts) =>
    compiled.verdicts(eventType, facts),
  )

/** Puts compiled rules in force with any evaluator. */
export function inForceBy(
  compiled: CompiledRules,
  evaluator: string,
  evaluate: RulesInForce['evaluate'],
): RulesInForce {
  const { rules, ruleSets } = compiled
  const refs = ruleSets.map((set) => ({
    ...(refOf(set) satisfies RuleSetRef),
    hitPolicy: set.hitPolicy,
    publishedBy: set.publishedBy,
  }))
  const limits = new Map(
    rules.map((each) => [keyOf(each.ruleSet, each.rule.name), each.rule.limits]),
  )
  const awakeOn = (eventType: string) =>
    compiled.awakeOn(eventType).flatMap((index) => rules[index] ?? [])
  return Object.freeze({
    ruleSets: Object.freeze(refs),
    evaluator,
    factsNeeded: (eventType: string) => factsOf(awakeOn(eventType).filter(canAct)),
    factsWanted: (eventType: string) => factsOf(awakeOn(eventType).filter((each) => !canAct(each))),
    limitsOf: (ruleSet: string, rule: string): RuleLimits => limits.get(keyOf(ruleSet, rule)) ?? {},
    evaluate,
  })
}

/** Drafts and shadows are asked as well, but nothing waits for their facts. */
const canAct = ({ rule }: CompiledRule): boolean => rule.mode === 'live' || rule.mode === 'approval'

/** Names of sets have no slash, so the key is one for one pair. */
const keyOf = (ruleSet: string, rule: string): string => `${ruleSet}/${rule}`

const factsOf = (rules: readonly CompiledRule[]): readonly string[] =>
  [...new Set(rules.flatMap((each) => [...each.definitions.keys()]))].toSorted()
