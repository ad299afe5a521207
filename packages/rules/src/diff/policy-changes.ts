/** Says what changed about the sets as such: how rules that fire together are treated, and who published them. */

import { type Analysis, intersectRegions, type Region } from '../analyse/regions.ts'
import type { RuleSet } from '../rule-set.ts'
import type { Change, Effect, Witness } from './change.ts'
import { witnessFor } from './changes-of-rule.ts'
import { findDifference, type Versions } from './find-difference.ts'
import { canAct, type PlacedRule, regionOfRule } from './version.ts'
import type { Workshop } from './workshop.ts'

/** Lists the sets of both versions whose hit policy or publisher changed. */
export function policyChanges(versions: Versions, workshop: Workshop): readonly Change[] {
  return versions.after.ruleSets.flatMap((set) => {
    const former = versions.before.ruleSets.find(({ name }) => name === set.name)
    return former === undefined ? [] : changesOfSet(former, set, { versions, workshop })
  })
}

interface Comparison {
  readonly versions: Versions
  readonly workshop: Workshop
}

function changesOfSet(before: RuleSet, after: RuleSet, comparison: Comparison): readonly Change[] {
  const { name } = after
  const publisher: readonly Change[] =
    before.publishedBy === after.publishedBy
      ? []
      : [{ about: 'rule_set', name, parts: ['publisher'], effect: 'none', witnesses: [] }]
  if (before.hitPolicy === after.hitPolicy) return publisher
  const { effect, witnesses } = effectOfPolicy(after, comparison)
  return [...publisher, { about: 'rule_set', name, parts: ['hit_policy'], effect, witnesses }]
}

/** Hit policies matter only where several acting rules of the set fire together. */
function effectOfPolicy(
  { name }: RuleSet,
  { versions, workshop }: Comparison,
): { readonly effect: Effect; readonly witnesses: readonly Witness[] } {
  const rules = versions.after.rules.filter((each) => each.ruleSet === name && canAct(each))
  let effect: Effect = 'none'
  for (const eventType of new Set(rules.flatMap(({ rule }) => rule.on))) {
    const awake = rules.filter(({ rule }) => rule.on.includes(eventType))
    const found = workshop.try((analysisOf) => {
      const analysis = analysisOf(eventType)
      for (const region of overlapsOf(awake, eventType, analysis)) {
        const facts = findDifference(versions, { eventType, analysis }, region)
        if (facts !== null) return facts
      }
      return null
    })
    if (found === undefined) effect = 'unknown'
    else if (found !== null)
      return { effect: 'changes', witnesses: [witnessFor(versions, eventType, found)] }
  }
  return { effect, witnesses: [] }
}

function* overlapsOf(
  rules: readonly PlacedRule[],
  eventType: string,
  analysis: Analysis,
): Iterable<Region> {
  const all = rules.map((each) => regionOfRule(each, eventType, analysis))
  for (const [index, region] of all.entries())
    for (const other of all.slice(index + 1)) yield intersectRegions(region, other, analysis)
}
