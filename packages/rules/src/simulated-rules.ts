/** Compiled rules as core's simulations ask them: all at once with a trace, or only which fire. */
import type { CountedRules, PromptRules } from '@postdelivery/core'
import type { CompiledRules } from './compile/compile.ts'
import { rulesInForceOf } from './rules-in-force.ts'

/**
 * Gives compiled rules to `simulateOrder` and `createTally`, evaluated by our own reading alone.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, compileRules, simulatedRulesOf } from '@postdelivery/rules'
 *
 * const rules = simulatedRulesOf(compileRules(builtInVocabulary(), []))
 * expect(rules.verdicts('return.registered', {})).toEqual([])
 * expect(rules.fired('return.registered', {})).toEqual([])
 * ```
 */
export function simulatedRulesOf(compiled: CompiledRules): PromptRules & CountedRules {
  const { evaluate: _, ...inForce } = rulesInForceOf(compiled)
  return Object.freeze({
    ...inForce,
    rules: compiled.rules.map(({ ruleSet, rule: { name, mode, priority, event } }) => ({
      ruleSet,
      rule: name,
      mode,
      priority,
      action: { type: event.type, params: event.params as Readonly<Record<string, unknown>> },
    })),
    awakeOn: compiled.awakeOn,
    fired: compiled.fired,
    verdicts: compiled.verdicts,
  })
}
