/**
 * Where conditions hold, as a union of boxes: per fact a set of values, and unknown as a value of its own.
 *
 * Exact over the strict three-valued reading. It knows one fact at a time: that one fact is always less than another is
 * not in it. How large a region may grow is bounded by a budget.
 */
import type { Facts, FactValue, Verdict } from '@postdelivery/core'
import { operatorOf } from '../operators.ts'
import type { Comparison, Condition } from '../rule-set.ts'
import { type Budget, spend } from './budget.ts'
import {
  type FactSet,
  hasValue,
  intersectSets,
  isEmptySet,
  isSubset,
  pickValue,
  setOf,
  subtractSets,
  uniteSets,
} from './fact-set.ts'
import type { Box, Region, Space } from './space.ts'

export type { Box, Region } from './space.ts'

/** A region and what it lies in. */
export interface Analysis {
  readonly space: Space
  readonly budget: Budget
}

/** Everything that the space allows. */
export const EVERYWHERE: Region = [new Map()]
/** Nothing. */
export const NOWHERE: Region = []

/**
 * The facts for which checked conditions come to a verdict.
 *
 * Throws: what `withinBudget` catches, when the region grows beyond the budget.
 */
export function regionWhere(condition: Condition, verdict: Verdict, analysis: Analysis): Region {
  if (verdict !== 'unknown') return regionOf(condition, verdict === 'true', analysis)
  const known = [...regionOf(condition, true, analysis), ...regionOf(condition, false, analysis)]
  return subtractRegions(EVERYWHERE, known, analysis)
}

/** Negations are pushed down to the comparisons, where each operator has its opposite. */
function regionOf(condition: Condition, isWanted: boolean, analysis: Analysis): Region {
  if ('not' in condition) return regionOf(condition.not, !isWanted, analysis)
  if ('fact' in condition) return regionOfComparison(condition, isWanted, analysis)
  const inner = 'all' in condition ? condition.all : condition.any
  const regions = inner.map((each) => regionOf(each, isWanted, analysis))
  return 'all' in condition === isWanted
    ? regions.reduce((all, each) => intersectRegions(all, each, analysis), EVERYWHERE)
    : regions.reduce((all, each) => uniteRegions(all, each, analysis), NOWHERE)
}

/** Regions are asked for again and again while parts of conditions are taken out, so they are kept with their space. */
function regionOfComparison(
  comparison: Comparison,
  isWanted: boolean,
  { space, budget }: Analysis,
): Region {
  spend(budget, 1)
  const kept = isWanted ? space.trueIn : space.falseIn
  const known = kept.get(comparison)
  if (known !== undefined) return known
  const found = findRegion(comparison, isWanted, space)
  kept.set(comparison, found)
  return found
}

function findRegion(comparison: Comparison, isWanted: boolean, space: Space): Region {
  const operator = isWanted
    ? comparison.operator
    : (operatorOf(comparison.operator)?.negation ?? comparison.operator)
  const { fact } = comparison
  const wanted = setOf({ ...comparison, operator }, space.definitionOf(fact))
  const domain = space.domainOf(fact)
  const set = intersectSets(wanted, domain)
  if (isEmptySet(set)) return NOWHERE
  return isSubset(domain, set) ? EVERYWHERE : [new Map([[fact, set]])]
}

/** What is in both boxes, or undefined when nothing is. */
function intersectBoxes(a: Box, b: Box): Box | undefined {
  const [few, many] = a.size < b.size ? [a, b] : [b, a]
  let both: Map<string, FactSet> | undefined
  for (const [fact, set] of few) {
    const other = many.get(fact)
    const common = other === undefined ? set : intersectSets(set, other)
    if (isEmptySet(common)) return undefined
    both ??= new Map(many)
    both.set(fact, common)
  }
  return both ?? many
}

/** What is in both regions. */
export function intersectRegions(a: Region, b: Region, analysis: Analysis): Region {
  if (a === EVERYWHERE) return b
  if (b === EVERYWHERE) return a
  spend(analysis.budget, a.length * b.length * (1 + (a[0]?.size ?? 0) + (b[0]?.size ?? 0)))
  const common = a.flatMap((left) => b.flatMap((right) => intersectBoxes(left, right) ?? []))
  return uniteRegions(NOWHERE, common, analysis)
}

/** Whether anything is in both regions, and one box of it. */
export function overlapOf(a: Region, b: Region, { budget }: Analysis): Box | undefined {
  for (const left of a) {
    for (const right of b) {
      spend(budget, 1)
      const common = intersectBoxes(left, right)
      if (common !== undefined) return common
    }
  }
  return undefined
}

/** What is in one of the regions, in as few boxes as joining neighbours gives. */
export function uniteRegions(a: Region, b: Region, { budget, space }: Analysis): Region {
  const united = [...a]
  const waiting = [...b]
  for (let added = waiting.pop(); added !== undefined; added = waiting.pop()) {
    spend(budget, (united.length + 1) * (added.size + 1))
    const joined = takeJoined(united, added, space)
    if (joined === undefined) united.push(added)
    else waiting.push(joined)
  }
  return united
}

/**
 * Joins a box with the first of the others that it can be joined with, and takes that one out.
 *
 * Returns: undefined when there is none.
 */
function takeJoined(others: Box[], added: Box, space: Space): Box | undefined {
  for (const [index, other] of others.entries()) {
    const joined = joinBoxes(other, added, space)
    if (joined === undefined) continue
    others.splice(index, 1)
    return joined
  }
  return undefined
}

/** One box for both, when one is in the other or they differ in one fact alone. */
function joinBoxes(a: Box, b: Box, space: Space): Box | undefined {
  const different: string[] = []
  let isWithinA = true
  let isWithinB = true
  for (const fact of new Set([...a.keys(), ...b.keys()])) {
    const [left, right] = [setIn(a, fact, space), setIn(b, fact, space)]
    const isLess = isSubset(left, right)
    const isMore = isSubset(right, left)
    isWithinB &&= isLess
    isWithinA &&= isMore
    if (!isLess || !isMore) different.push(fact)
    if (different.length > 1 && !isWithinA && !isWithinB) return undefined
  }
  if (isWithinA || isWithinB) return isWithinA ? a : b
  const [fact = ''] = different
  const united = uniteSets(setIn(a, fact, space), setIn(b, fact, space))
  return united === undefined ? undefined : withSet(a, fact, united, space)
}

const setIn = (box: Box, fact: string, space: Space): FactSet =>
  box.get(fact) ?? space.domainOf(fact)

function withSet(box: Box, fact: string, set: FactSet, space: Space): Box {
  const next = new Map(box)
  if (isSubset(space.domainOf(fact), set)) next.delete(fact)
  else next.set(fact, set)
  return next
}

/** What is in `a` and not in `b`. */
export function subtractRegions(a: Region, b: Region, analysis: Analysis): Region {
  return b.reduce<Region>((left, box) => {
    spend(analysis.budget, (left.length + 1) * (box.size + 1))
    return left.flatMap((from) => subtractBoxes(from, box, analysis.space))
  }, a)
}

/** A point is outside `b` where, for one fact, all facts before it lie in `b` and this one does not. */
function subtractBoxes(a: Box, b: Box, space: Space): Region {
  if (intersectBoxes(a, b) === undefined) return [a]
  const pieces: Box[] = []
  let inside = a
  for (const [fact, set] of b) {
    const from = setIn(a, fact, space)
    for (const rest of subtractSets(from, set)) pieces.push(new Map([...inside, [fact, rest]]))
    inside = new Map([...inside, [fact, intersectSets(from, set)]])
  }
  return pieces
}

/** Whether all that is in `inner` is in `outer`. */
export const covers = (outer: Region, inner: Region, analysis: Analysis): boolean =>
  inner.every((box) => subtractRegions([box], outer, analysis).length === 0)

/** Whether nothing is in the region. */
export const isEmpty = (region: Region): boolean => region.length === 0

/** Whether every point of the space is in the region. */
export const isEverywhere = (region: Region, analysis: Analysis): boolean =>
  covers(region, EVERYWHERE, analysis)

/**
 * Facts that lie in a box: a value for each fact that the box names, and for each of `others` that is always known.
 *
 * A fact that only unknown is left for is not there. To see conditions come to their verdict, name their facts.
 */
export function witnessOf(box: Box, space: Space, others: Iterable<string> = []): Facts {
  const facts = new Map<string, FactValue>()
  for (const fact of new Set([...box.keys(), ...others])) {
    const set = setIn(box, fact, space)
    if (!box.has(fact) && set.canBeUnknown) continue
    const value = pickValue(set, space.definitionOf(fact))
    if (value !== undefined) facts.set(fact, value)
  }
  return Object.fromEntries(facts)
}

/** Whether facts lie in a region. What is not there is unknown. */
export const contains = (region: Region, facts: Facts, space: Space): boolean =>
  region.some((box) =>
    [...box].every(([fact, set]) =>
      hasValue(set, Object.hasOwn(facts, fact) ? facts[fact] : undefined, space.definitionOf(fact)),
    ),
  )
