/** Why a rule fired, or what kept it from firing and by how much, in words for ops and as data. */
import type { ConditionTrace, FactValue, RuleVerdict } from '@postdelivery/core'
import { operatorOf } from '../operators.ts'
import type { ComparisonTrace } from '../trace.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { type Distance, distanceOf } from './distance.ts'
import { wordsOf } from './fact-words.ts'
import {
  type AnyComparison,
  renderComparison,
  renderSeen,
  renderUnknown,
  renderWanted,
} from './render-conditions.ts'
import { sayDifference } from './say-changes.ts'
import type { SayOptions } from './say-value.ts'

/** One comparison that counted: it made the rule fire, or kept it from firing. */
export interface Reason {
  readonly fact: string
  /** The operator as it counted: the opposite of the written one below a `not`. */
  readonly operator: string
  readonly wanted: unknown
  /** Absent when the fact was not known. */
  readonly seen?: FactValue
  /** `true` when it held, as it counted. */
  readonly verdict: 'true' | 'false' | 'unknown'
  /** How far a number or a date was from the other verdict; null for other facts and for what is not known. */
  readonly distance: Distance | null
  /** `the due date is 20 days away, and has to be fewer than 14 days away (7 days nearer)`. */
  readonly sentence: string
}

/** What one rule said, and why. */
export interface RuleReasons {
  readonly outcome: 'fired' | 'silent' | 'failed'
  /** In the author's order. */
  readonly reasons: readonly Reason[]
  /** One sentence for ops. */
  readonly sentence: string
}

/**
 * Says why one rule fired, or why not.
 *
 * Looks at the record of the evaluation alone; the rule is not asked again. A rule that fired names the conditions that
 * made it fire; a silent one those that were false, each with its distance, or not known, each with the reason. Total:
 * records of facts and operators that nobody knows any more are named as they are written. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, whyRule } from '@postdelivery/rules'
 *
 * const days = { kind: 'condition', fact: 'time.daysToDueDate', operator: 'lessThan', wanted: 14 } as const
 * const why = whyRule(
 *   {
 *     ruleSet: 'returns',
 *     rule: 'More time',
 *     mode: 'live',
 *     priority: 1,
 *     verdict: 'false',
 *     action: { type: 'sendOut', params: {} },
 *     trace: { kind: 'all', verdict: 'false', of: [{ ...days, seen: 20, verdict: 'false' }] },
 *   },
 *   builtInVocabulary(),
 * )
 * expect(why.sentence).toBe(
 *   'did not fire: the due date is 20 days away, and has to be fewer than 14 days away (7 days nearer)',
 * )
 * ```
 */
export function whyRule(
  verdict: RuleVerdict,
  vocabulary: Vocabulary,
  options: SayOptions = {},
): RuleReasons {
  if (verdict.verdict === 'failed') {
    const failure = verdict.failure ?? 'no reason is recorded'
    return { outcome: 'failed', reasons: [], sentence: `could not be evaluated: ${failure}` }
  }
  const outcome = verdict.verdict === 'true' ? 'fired' : 'silent'
  const said = outcome === 'fired' ? 'fired' : 'did not fire'
  if (verdict.trace === null)
    return { outcome, reasons: [], sentence: `${said}: no trace is recorded` }
  const tree = reasonsOf(verdict.trace, { isNegated: false, wantsHolding: outcome === 'fired' })
  const say = (leaf: Leaf): Reason => toReason(leaf, vocabulary, options)
  const sentence = `${said}: ${sayTree(tree, (leaf) => say(leaf).sentence)}`
  return { outcome, reasons: leavesOf(tree).map(say), sentence }
}

interface Leaf {
  readonly kind: 'leaf'
  readonly trace: ComparisonTrace
  readonly isNegated: boolean
}

/** What counted: `choice` is a group of which one would have been enough. */
type Tree = Leaf | { readonly kind: 'every' | 'choice'; readonly of: readonly Tree[] }

/** Keeps of a trace what made it hold, or what kept it from holding; below a `not` it is the opposites that count. */
function reasonsOf(
  trace: ConditionTrace,
  way: { readonly isNegated: boolean; readonly wantsHolding: boolean },
): Tree {
  const { isNegated, wantsHolding } = way
  if (trace.kind === 'condition') return { kind: 'leaf', trace, isNegated }
  const inner = { ...way, isNegated: trace.kind === 'not' ? !isNegated : isNegated }
  const counted = trace.of
    .filter((each) => holds(each, inner.isNegated) === wantsHolding)
    .map((each) => reasonsOf(each, inner))
  const [only] = counted
  if (counted.length === 1 && only !== undefined) return only
  const isChoice = !wantsHolding && trace.kind !== 'not' && (trace.kind === 'any') !== isNegated
  return { kind: isChoice ? 'choice' : 'every', of: counted }
}

const holds = (trace: ConditionTrace, isNegated: boolean): boolean =>
  trace.verdict === (isNegated ? 'false' : 'true')

const leavesOf = (tree: Tree): readonly Leaf[] =>
  tree.kind === 'leaf' ? [tree] : tree.of.flatMap(leavesOf)

function sayTree(tree: Tree, say: (leaf: Leaf) => string): string {
  if (tree.kind === 'leaf') return say(tree)
  const said = tree.of.map((each) => sayTree(each, say)).join('; ')
  return tree.kind === 'choice' ? `none of these holds (${said})` : said
}

function toReason({ trace, isNegated }: Leaf, vocabulary: Vocabulary, options: SayOptions): Reason {
  const { fact, wanted, seen, verdict } = trace
  const operator = isNegated
    ? (operatorOf(trace.operator)?.negation ?? trace.operator)
    : trace.operator
  const counted = isNegated ? OPPOSITES[verdict] : verdict
  const distance = distanceOf(trace)
  const comparison: AnyComparison = { fact, operator, value: wanted }
  return {
    fact,
    operator,
    wanted,
    ...(seen === undefined ? {} : { seen }),
    verdict: counted,
    distance,
    sentence: sayReason({ comparison, seen, verdict: counted, distance }, vocabulary, options),
  }
}

const OPPOSITES = { true: 'false', false: 'true', unknown: 'unknown' } as const

interface Said {
  readonly comparison: AnyComparison
  readonly seen: FactValue | undefined
  readonly verdict: Reason['verdict']
  readonly distance: Distance | null
}

function sayReason(
  { comparison, seen, verdict, distance }: Said,
  vocabulary: Vocabulary,
  options: SayOptions,
): string {
  const { fact, operator, value } = comparison
  const wanted = renderWanted(comparison, vocabulary, options)
  if (seen === undefined) {
    const why = wordsOf(fact, vocabulary).unknown
    return `${renderUnknown(fact, vocabulary)}, because ${why} (wanted: ${renderComparison(comparison, vocabulary, options)})`
  }
  const said = renderSeen(fact, seen, vocabulary, options)
  if (verdict === 'unknown') return `${said}, which is not a value that the rule can compare`
  // A flag has two values and a list has its entry or not: what is seen says it all.
  if (wanted === null) {
    const negation = operatorOf(operator)?.negation ?? operator
    const shown = verdict === 'true' ? operator : negation
    return renderComparison({ fact, operator: shown, value }, vocabulary, options)
  }
  if (verdict === 'true') return operator === 'equal' ? said : `${said} (wanted: ${wanted})`
  const by =
    distance === null
      ? ''
      : ` (${sayDifference(fact, { from: seen, to: distance.flipsAt }, vocabulary, options)})`
  return `${said}, and has to be ${wanted}${by}`
}
