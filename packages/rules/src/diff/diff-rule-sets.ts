/** Compares two versions of rule sets by what they mean, with an order to which they answer differently for each change. */
import type { RuleSet } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { gravest, type RuleSetsDiff } from './change.ts'
import { changesOfRule } from './changes-of-rule.ts'
import type { Versions } from './find-difference.ts'
import { matchRules, type RulePair } from './match-rules.ts'
import { policyChanges } from './policy-changes.ts'
import { keyOf, type PlacedRule, versionOf } from './version.ts'
import { createWorkshop } from './workshop.ts'

/**
 * Compares two versions of the rule sets that are in force together.
 *
 * Two versions mean the same when they do the same to every order and event: the same actions with the same params,
 * modes and limits, in the same order, under the sets' hit policies. Names, descriptions, drafts and shadows do nothing.
 * Every witness was evaluated in both versions. Pure; bounded: what would take too long says `unknown`. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, diffRuleSets, validateRuleSet } from '@postdelivery/rules'
 *
 * const vocabulary = builtInVocabulary()
 * const setWith = (days: number) => {
 *   const check = validateRuleSet(
 *     JSON.stringify({
 *       name: 'returns',
 *       version: String(days),
 *       publishedBy: 'ops@shop.example',
 *       rules: [
 *         {
 *           name: 'Nearly due',
 *           on: ['return.registered'],
 *           mode: 'live',
 *           conditions: { all: [{ fact: 'time.daysToDueDate', operator: 'lessThan', value: days }] },
 *           event: { type: 'review', params: { question: 'More time?' } },
 *         },
 *       ],
 *     }),
 *     vocabulary,
 *   )
 *   return check.ok ? [check.ruleSet] : []
 * }
 * const [change] = diffRuleSets(setWith(7), setWith(14), vocabulary).changes
 * expect(change?.parts).toEqual(['widened'])
 * expect(change?.witnesses[0]?.facts).toEqual({ 'time.daysToDueDate': 7 })
 * expect(change?.witnesses[0]?.before).toEqual([])
 * ```
 */
export function diffRuleSets(
  before: readonly RuleSet[],
  after: readonly RuleSet[],
  vocabulary: Vocabulary,
): RuleSetsDiff {
  const workshop = createWorkshop(vocabulary)
  const versions = { before: versionOf(vocabulary, before), after: versionOf(vocabulary, after) }
  const pairs = matchRules(versions.before, versions.after, workshop)
  const idOf = namesOf(pairs)
  const comparison: Versions = { ...versions, idOf }
  const changes = [
    ...policyChanges(comparison, workshop),
    ...pairs.flatMap((pair) => changesOfRule(pair, { pairs, versions: comparison, workshop })),
  ]
  return { effect: gravest(changes.map(({ effect }) => effect)), changes }
}

/** One name for a rule of both versions, whatever it is called in either. */
function namesOf(pairs: readonly RulePair[]): (placed: PlacedRule) => string {
  const names = new Map<PlacedRule, string>()
  for (const [index, { before, after }] of pairs.entries()) {
    if (before !== null) names.set(before, `rule ${index}`)
    if (after !== null) names.set(after, `rule ${index}`)
  }
  return (placed) => names.get(placed) ?? keyOf(placed)
}
