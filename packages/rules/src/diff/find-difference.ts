/** Looks for an order to which two versions answer differently, in a region where they might; exact, both ways. */
import type { Facts } from '@postdelivery/core'
import {
  type Analysis,
  intersectRegions,
  isEmpty,
  overlapOf,
  type Region,
  subtractRegions,
  witnessOf,
} from '../analyse/regions.ts'
import { answerOf, canAct, type PlacedRule, regionOfRule, type Version } from './version.ts'

/** The two versions, and how rules are named alike in both. */
export interface Versions {
  readonly before: Version
  readonly after: Version
  readonly idOf: (placed: PlacedRule) => string
}

/** Where is searched. */
export interface Where {
  readonly eventType: string
  readonly analysis: Analysis
}

/**
 * Finds facts in a region to which the versions answer differently.
 *
 * One point is tried after another; with each that makes no difference goes all of its box for which the very same
 * rules fire, so that the search ends. What is found was seen to differ by evaluating both versions.
 * Returns: null when there are none. Throws: what `withinBudget` catches.
 */
export function findDifference(
  { before, after, idOf }: Versions,
  { eventType, analysis }: Where,
  region: Region,
): Facts | null {
  if (isEmpty(region)) return null
  const sides = [before, after].map((version) =>
    relevantRules(version, { eventType, analysis }, region),
  )
  const named = sides.flat().flatMap(({ facts }) => facts)
  let left = region
  for (;;) {
    const [box] = left
    if (box === undefined) return null
    const facts = witnessOf(box, analysis.space, named)
    const answer = answerOf(before, eventType, facts, idOf)
    const other = answerOf(after, eventType, facts, idOf)
    if (answer.length !== other.length || answer.some((text, index) => text !== other[index]))
      return facts
    const cell = [before, after].reduce<Region>(
      (all, version, side) => {
        const fired = new Set(version.compiled.fired(eventType, facts))
        return cellOf(
          (sides[side] ?? []).map((rule) => ({ ...rule, isFired: fired.has(rule.index) })),
          analysis,
          all,
        )
      },
      [box],
    )
    left = subtractRegions(left, cell, analysis)
  }
}

interface RelevantRule {
  readonly index: number
  readonly region: Region
  readonly facts: readonly string[]
}

/** Rules that can act somewhere in the region. */
function relevantRules(
  version: Version,
  { eventType, analysis }: Where,
  within: Region,
): readonly RelevantRule[] {
  return version.rules.filter(canAct).flatMap((placed): readonly RelevantRule[] => {
    const region = regionOfRule(placed, eventType, analysis)
    if (overlapOf(region, within, analysis) === undefined) return []
    const facts = [...(version.compiled.rules[placed.index]?.definitions.keys() ?? [])]
    return [{ index: placed.index, region, facts }]
  })
}

/** All points of a region for which exactly these of the rules fire. */
function cellOf(
  rules: readonly (RelevantRule & { readonly isFired: boolean })[],
  analysis: Analysis,
  start: Region,
): Region {
  const inside = rules
    .filter(({ isFired }) => isFired)
    .reduce((all, { region }) => intersectRegions(all, region, analysis), start)
  return rules
    .filter(({ isFired }) => !isFired)
    .reduce((all, { region }) => subtractRegions(all, region, analysis), inside)
}
