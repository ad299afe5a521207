/** The rule sets in force: core's port over checked sets, replaced as a whole or not at all. */
import { err, ok, type Result, type RuleBook, type RulesInForce } from '@postdelivery/core'
import { compileRules } from './compile/compile.ts'
import { evaluateChecked } from './evaluate.ts'
import { type Issue, makeIssue } from './issues.ts'
import { EVALUATOR } from './json-rules-engine.ts'
import type { RuleSet } from './rule-set.ts'
import { inForceBy } from './rules-in-force.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A rule book whose sets can be replaced while it is in use. */
export interface ReplaceableRuleBook extends RuleBook {
  /**
   * Puts other sets in force; a decision that is being made keeps the rules that it began with.
   *
   * Refuses: `duplicate_rule_set`; then the sets that were in force stay.
   */
  replace(ruleSets: readonly RuleSet[]): Result<RulesInForce, readonly Issue[]>
}

/**
 * Makes a rule book with sets in force, in their order.
 *
 * `vocabulary` is the one that the sets were checked with; a rule that names a fact outside it fails and acts on nothing.
 * Refuses: `duplicate_rule_set`, with the set's place in the list. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, createRuleBook, validateRuleSet } from '@postdelivery/rules'
 *
 * const vocabulary = builtInVocabulary()
 * const check = validateRuleSet(
 *   JSON.stringify({
 *     name: 'returns',
 *     version: '1',
 *     publishedBy: 'ops@shop.example',
 *     rules: [
 *       {
 *         name: 'Damaged',
 *         on: ['return.registered'],
 *         mode: 'live',
 *         conditions: { all: [{ fact: 'return.reason', operator: 'equal', value: 'damaged' }] },
 *         event: { type: 'review', params: { question: 'Refund at once?' } },
 *       },
 *     ],
 *   }),
 *   vocabulary,
 * )
 * const book = createRuleBook(vocabulary, check.ok ? [check.ruleSet] : [])
 * const rules = book.ok ? book.value.inForce() : undefined
 * const verdicts = await rules?.evaluate('return.registered', { 'return.reason': 'damaged' })
 * expect(verdicts?.map((verdict) => verdict.verdict)).toEqual(['true'])
 * ```
 */
export function createRuleBook(
  vocabulary: Vocabulary,
  ruleSets: readonly RuleSet[] = [],
): Result<ReplaceableRuleBook, readonly Issue[]> {
  const first = putInForce(vocabulary, ruleSets)
  if (!first.ok) return first
  let current = first.value
  return ok({
    inForce: () => current,
    replace(next) {
      const replaced = putInForce(vocabulary, next)
      if (replaced.ok) current = replaced.value
      return replaced
    },
  })
}

function putInForce(
  vocabulary: Vocabulary,
  ruleSets: readonly RuleSet[],
): Result<RulesInForce, readonly Issue[]> {
  const issues = ruleSets.flatMap(({ name }, index) => {
    if (ruleSets.findIndex((other) => other.name === name) === index) return []
    const message = `another set is named \`${name}\` too`
    return [makeIssue('duplicate_rule_set', `/${index}/name`, message, 'keep one of them')]
  })
  if (issues.length > 0) return err(issues)
  const compiled = compileRules(vocabulary, ruleSets)
  return ok(
    inForceBy(compiled, EVALUATOR, (eventType, facts) =>
      evaluateChecked(compiled, eventType, facts),
    ),
  )
}
