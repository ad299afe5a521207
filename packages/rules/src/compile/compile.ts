/** Rule sets compiled once, and evaluated by our own reading alone: strict, three-valued, without shared state. */
import type { Facts, RuleVerdict } from '@postdelivery/core'
import { type PreparedRule, prepareRule } from '../prepare-rule.ts'
import type { RuleSet } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { compileFired } from './compile-fired.ts'
import { askAll, compileVerdict } from './compile-verdict.ts'
import { type FactSlots, slotsOf } from './fact-row.ts'

/** A rule of a compiled set. */
export type CompiledRule = PreparedRule

/** Rule sets ready to be asked. Unchanging, and free of state: any number of evaluations can be under way. */
export interface CompiledRules {
  readonly ruleSets: readonly RuleSet[]
  /** All rules in the order in which they decide: by priority, highest first, then by set and document. */
  readonly rules: readonly CompiledRule[]
  /** Indexes into `rules` of those that wake on the event type, in order. */
  awakeOn(eventType: string): readonly number[]
  /**
   * Indexes into `rules` of those that wake on the event type and are true, in order; nothing is traced.
   *
   * Exactly the rules whose verdict is `true`. Throws: never.
   */
  fired(eventType: string, facts: Facts): readonly number[]
  /**
   * What every awake rule says, with the trace of every condition: the same as `RulesInForce.evaluate`.
   *
   * The facts are copied. A rule that cannot be evaluated says `failed` and silences no other. Throws: never.
   */
  verdicts(eventType: string, facts: Facts): readonly RuleVerdict[]
}

/**
 * Compiles rule sets, in their order.
 *
 * `vocabulary` is the one that the sets were checked with; a rule that names a fact outside it fails and acts on
 * nothing. Whether two sets have the same name is not looked at. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, compileRules, validateRuleSet } from '@postdelivery/rules'
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
 * const rules = compileRules(vocabulary, check.ok ? [check.ruleSet] : [])
 * expect(rules.fired('return.registered', { 'return.reason': 'damaged' })).toEqual([0])
 * expect(rules.verdicts('return.registered', {})[0]?.verdict).toBe('unknown')
 * ```
 */
export function compileRules(vocabulary: Vocabulary, ruleSets: readonly RuleSet[]): CompiledRules {
  // Order matters: sorting is stable, so rules of one priority stay in the order of sets and documents.
  const rules = ruleSets
    .flatMap((set) => set.rules.map((rule) => prepareRule(set.name, rule, vocabulary)))
    .toSorted((a, b) => b.rule.priority - a.rule.priority)
  const slots = slotsOf(rules.map((each) => each.definitions))
  const programs = programsOf(rules, slots)
  return Object.freeze({
    ruleSets,
    rules,
    awakeOn: (eventType: string) => programs.get(eventType)?.awake ?? [],
    fired: (eventType: string, facts: Facts) => programs.get(eventType)?.fired(facts) ?? [],
    verdicts: (eventType: string, facts: Facts) => programs.get(eventType)?.verdicts(facts) ?? [],
  })
}

/** The rules that one event type wakes. */
interface Program {
  readonly awake: readonly number[]
  fired(facts: Facts): readonly number[]
  verdicts(facts: Facts): readonly RuleVerdict[]
}

function programsOf(
  rules: readonly CompiledRule[],
  slots: FactSlots,
): ReadonlyMap<string, Program> {
  const asked = rules.map((rule) => compileVerdict(rule, slots))
  const programs = new Map<string, Program>()
  for (const type of new Set(rules.flatMap(({ rule }) => rule.on))) {
    const awake = rules.flatMap(({ rule }, index) => (rule.on.includes(type) ? [index] : []))
    const asks = awake.flatMap((index) => asked[index] ?? [])
    const wanted = [...new Set(asks.flatMap((each) => each.wanted))]
    const verdicts = (facts: Facts) => askAll(asks, wanted, { facts, slots })
    programs.set(type, { awake, verdicts, fired: firedBy({ rules, slots, awake, verdicts }) })
  }
  return programs
}

interface FiredInput {
  readonly rules: readonly CompiledRule[]
  readonly slots: FactSlots
  readonly awake: readonly number[]
  readonly verdicts: Program['verdicts']
}

/** The index is built when it is first asked: live orders never do. */
function firedBy({ rules, slots, awake, verdicts }: FiredInput): Program['fired'] {
  const compile = () =>
    compileFired(
      awake.flatMap((index) => {
        const positive = rules[index]?.positive ?? null
        return positive === null ? [] : [{ index, positive }]
      }),
      slots,
    )
  let fired: ReturnType<typeof compile> | undefined
  return (facts) => {
    fired ??= compile()
    try {
      return fired(facts)
    } catch {
      // Facts that cannot be read fail the rules that name them, and no other.
      const all = verdicts(facts)
      return awake.filter((_, place) => all[place]?.verdict === 'true')
    }
  }
}
