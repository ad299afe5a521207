/** The smallest changes of facts that would turn a rule's outcome round: what would have to be different for it to fire. */
import type { FactDefinition, Facts, FactValue } from '@postdelivery/core'
import { judge } from '../operators.ts'
import type { Positive } from '../positive.ts'
import { prepareRule } from '../prepare-rule.ts'
import type { Comparison, Rule } from '../rule-set.ts'
import { type KnownFacts, knownFacts, traceConditions } from '../trace.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { type Assignment, type Goal, searchFlips } from './flip-search.ts'
import { type Changeable, type FlipOption, optionsOf } from './flip-values.ts'
import { type FactChange, sayChanges } from './say-changes.ts'
import type { SayOptions } from './say-value.ts'

/** One way to turn the outcome round. */
export interface Flip {
  /** What would have to be different, and nothing else. */
  readonly changes: readonly FactChange[]
  /** How big the changes are in sum: days, percent, pieces and whole units of money count alike, another word counts 1. */
  readonly distance: number
  /** `would fire if the due date were 7 days nearer`. */
  readonly sentence: string
}

/** The smallest ways to turn one rule's outcome round. */
export interface Flips {
  /** What the rule would do then. */
  readonly to: 'fires' | 'silent'
  /** Every set of facts of the smallest size, with its nearest values, the nearest first; none when nothing would do. */
  readonly flips: readonly Flip[]
  /** False when the rule is so large that the search was given up: then smaller changes may exist. */
  readonly isComplete: boolean
}

export interface FlipsOptions extends SayOptions {
  /** Facts that nobody can change; they stay as they are. Default: `event.type`. */
  readonly fixed?: readonly string[]
  /** How many flips are returned at most; a count. Default 3. */
  readonly maxCount?: number
}

/**
 * Finds the smallest changes of facts that would make a silent rule fire, or a rule that fires silent.
 *
 * First counts how many facts change, then how far. Each flip was evaluated: the rule then comes out as said. Facts are
 * taken as independent of one another. A rule that cannot be evaluated has no flips. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, flipsOf } from '@postdelivery/rules'
 *
 * const conditions = { all: [{ fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }] } as const
 * const found = flipsOf({ conditions }, { 'time.daysToDueDate': 20 }, builtInVocabulary())
 * expect(found.flips.map((flip) => flip.sentence)).toEqual(['would fire if the due date were 7 days nearer'])
 * ```
 */
export function flipsOf(
  { conditions }: Pick<Rule, 'conditions'>,
  facts: Facts,
  vocabulary: Vocabulary,
  options: FlipsOptions = {},
): Flips {
  const prepared = prepareRule('', { conditions } as Rule, vocabulary)
  const { definitions } = prepared
  const known = knownFacts(facts, definitions)
  const isFiring = (with_: KnownFacts): boolean =>
    traceConditions(conditions, with_, definitions).verdict === 'true'
  if (prepared.positive === null) return { to: 'fires', flips: [], isComplete: true }
  const fires = isFiring(known)
  const to = fires ? 'silent' : 'fires'

  const problem = createProblem(prepared.positive, known, definitions, options.fixed ?? FIXED)
  const goal = problem.goalOf(prepared.positive, to)
  const things = problem.things.map(({ fact, options: each }) => ({
    fact: problem.facts.indexOf(fact),
    distances: each.map(({ distance }) => distance),
  }))
  const found = searchFlips({ goal, things })
  const flips = found.assignments
    .map((assignment) => changesOf(problem.things, assignment))
    .filter((changes) => isFiring(applied(known, changes)) !== fires)
    .slice(0, options.maxCount ?? DEFAULT_MAX_COUNT)
    .map((changes) => toFlip(changes, to, vocabulary, options))
  return { to, flips, isComplete: found.isComplete && problem.isComplete }
}

const FIXED: readonly string[] = ['event.type']
const DEFAULT_MAX_COUNT = 3

interface FlipProblem {
  readonly facts: readonly string[]
  readonly things: readonly Changeable[]
  readonly isComplete: boolean
  /** What must hold so that the conditions come out so: for silence, that nothing makes them true. */
  goalOf(positive: Positive, to: Flips['to']): Goal
}

function createProblem(
  positive: Positive,
  known: KnownFacts,
  definitions: ReadonlyMap<string, FactDefinition>,
  fixed: readonly string[],
): FlipProblem {
  const leaves = leavesOf(positive)
  const facts = [...definitions.keys()]
  let isComplete = true
  const indexes = new Map<string, number>()
  const things: Changeable[] = []
  for (const leaf of leaves) {
    const key = keyOf(leaf, definitions)
    if (indexes.has(key)) continue
    indexes.set(key, things.length)
    const { fact } = leaf
    const definition = definitions.get(fact) as FactDefinition
    const alike = leaves.filter((each) => keyOf(each, definitions) === key)
    const entry = definition.type === 'textList' ? String(leaf.value) : undefined
    const seen = known.get(fact)
    const found = optionsOf(definition, seen, alike, entry)
    isComplete &&= found.isComplete
    const options = fixed.includes(fact) ? found.options.slice(0, 1) : found.options
    things.push({ fact, seen, options, ...(entry === undefined ? {} : { entry }) })
  }
  const leafGoal = (leaf: Comparison, to: Flips['to']): Goal => {
    const thing = indexes.get(keyOf(leaf, definitions)) ?? 0
    const definition = definitions.get(leaf.fact) as FactDefinition
    const { options, entry, seen } = things[thing] as Changeable
    const allowed = options.map((option) => {
      const isTrue = judge(leaf, valueUnder(option, entry, seen), definition) === 'true'
      return isTrue === (to === 'fires')
    })
    return { kind: 'leaf', thing, allowed }
  }
  const goalOf: FlipProblem['goalOf'] = (node, to) => {
    if ('fact' in node) return leafGoal(node, to)
    const isAll = 'all' in node
    const of = (isAll ? node.all : node.any).map((each) => goalOf(each, to))
    return { kind: isAll === (to === 'fires') ? 'all' : 'any', of }
  }
  return { facts, things, isComplete, goalOf }
}

const leavesOf = (positive: Positive): readonly Comparison[] =>
  'fact' in positive
    ? [positive]
    : ('all' in positive ? positive.all : positive.any).flatMap(leavesOf)

/** Entries of a list can be changed one by one. */
const keyOf = (
  { fact, value }: Comparison,
  definitions: ReadonlyMap<string, FactDefinition>,
): string =>
  definitions.get(fact)?.type === 'textList' ? JSON.stringify([fact, value]) : JSON.stringify(fact)

/** The value that a comparison sees under an option; of a list only the entry that it asks for counts. */
function valueUnder(
  option: FlipOption,
  entry: string | undefined,
  seen: FactValue | undefined,
): FactValue | undefined {
  if (option.value === undefined) return seen
  if (entry === undefined) return option.value
  return option.value === true ? [entry] : []
}

function changesOf(things: readonly Changeable[], assignment: Assignment): readonly FactChange[] {
  const changes = new Map<string, FactChange>()
  things.forEach(({ fact, entry, seen, options }, index) => {
    const option = options[assignment[index] ?? 0]
    if (option?.value === undefined) return
    const before = changes.get(fact)
    const to = entry === undefined ? option.value : listWith(before?.to ?? seen, entry, option)
    changes.set(fact, {
      fact,
      ...(seen === undefined ? {} : { from: seen }),
      to,
      distance: (before?.distance ?? 0) + option.distance,
      ...(option.isOther === undefined ? {} : { isOther: true }),
    })
  })
  return [...changes.values()]
}

function listWith(
  list: FactValue | undefined,
  entry: string,
  { value }: FlipOption,
): readonly string[] {
  const entries = Array.isArray(list) ? (list as readonly string[]) : []
  const others = entries.filter((each) => each !== entry)
  return value === true ? [...others, entry] : others
}

const applied = (known: KnownFacts, changes: readonly FactChange[]): KnownFacts =>
  new Map([...known, ...changes.map(({ fact, to }) => [fact, to] as const)])

const toFlip = (
  changes: readonly FactChange[],
  to: Flips['to'],
  vocabulary: Vocabulary,
  options: SayOptions,
): Flip => ({
  changes,
  distance: changes.reduce((all, { distance }) => all + distance, 0),
  sentence: `${to === 'fires' ? 'would fire' : 'would not fire'} if ${sayChanges(changes, vocabulary, options)}`,
})
