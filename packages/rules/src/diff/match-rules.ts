/** Finds the rule of one version that became a rule of the other: by its name, else by what it means. */
import { canonicalJson } from '@postdelivery/core'
import { covers } from '../analyse/regions.ts'
import { keyOf, type PlacedRule, regionOfRule, type Version } from './version.ts'
import type { Workshop } from './workshop.ts'

/** A rule of both versions, or of one when it was added or removed. */
export interface RulePair {
  readonly before: PlacedRule | null
  readonly after: PlacedRule | null
}

/**
 * Pairs the rules of two versions, in the order of the version after; removed rules come last.
 *
 * A rule under another name is the same one when it asks for the same on the same orders.
 */
export function matchRules(
  before: Version,
  after: Version,
  workshop: Workshop,
): readonly RulePair[] {
  const byKey = new Map(before.rules.map((placed) => [keyOf(placed), placed]))
  const pairs = after.rules.map((placed) => {
    const same = byKey.get(keyOf(placed)) ?? null
    byKey.delete(keyOf(placed))
    return { before: same, after: placed }
  })
  const rest = [...byKey.values()]
  const matched = pairs.map((pair): RulePair => {
    if (pair.before !== null) return pair
    const index = rest.findIndex((each) => isSameRule(each, pair.after, workshop))
    const [same = null] = index === -1 ? [] : rest.splice(index, 1)
    return { before: same, after: pair.after }
  })
  return [...matched, ...rest.map((placed) => ({ before: placed, after: null }))]
}

function isSameRule(a: PlacedRule, b: PlacedRule, workshop: Workshop): boolean {
  if (a.ask !== b.ask) return false
  const [on, onAfter] = [a.rule.on.toSorted(), b.rule.on.toSorted()]
  if (canonicalJson(on) !== canonicalJson(onAfter)) return false
  if (canonicalJson(a.rule.conditions) === canonicalJson(b.rule.conditions)) return true
  const isSame = workshop.try((analysisOf) =>
    on.every((eventType) => {
      const analysis = analysisOf(eventType)
      const left = regionOfRule(a, eventType, analysis)
      const right = regionOfRule(b, eventType, analysis)
      return covers(left, right, analysis) && covers(right, left, analysis)
    }),
  )
  return isSame === true
}
