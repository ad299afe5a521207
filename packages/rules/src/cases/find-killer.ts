/** Finds the facts for which a rule and a mutant of it differ, or that there are none. */
import type { Facts } from '@postdelivery/core'
import { withinBudget } from '../analyse/budget.ts'
import { comparisonsIn } from '../analyse/cells.ts'
import { pickValue } from '../analyse/fact-set.ts'
import {
  type Analysis,
  type Box,
  type Region,
  regionWhere,
  subtractRegions,
  witnessOf,
} from '../analyse/regions.ts'
import { createSpace, type Space } from '../analyse/space.ts'
import type { ConditionGroup } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import type { Mutant } from './mutants.ts'

/** Facts on an event for which a mistake makes a difference. */
export interface Killer {
  readonly on: string
  /** `event.type` is left out: `on` says it. */
  readonly facts: Facts
}

/** Steps that the analysis of one mutant may take. */
const STEP_MAX_COUNT = 200_000

/**
 * Finds facts that show the difference between a rule and its mutant.
 *
 * Exact over the regions in which the two fire. Known values are preferred to unknown ones.
 * Returns: `equivalent` when they fire for the same facts on every event; null when it takes a story to show the
 *   difference; `too_complex` when it cannot be told.
 */
export function killerOf(
  { rule, mutated, part }: Mutant,
  vocabulary: Vocabulary,
): Killer | null | 'equivalent' | 'too_complex' {
  if (part === 'limits') return null
  const found = withinBudget(STEP_MAX_COUNT, (budget) => {
    for (const on of rule.on) {
      const space = createSpace(vocabulary, on)
      const analysis: Analysis = { space, budget }
      const before = firingRegion(rule, on, analysis)
      const region =
        part === 'event'
          ? before
          : differenceOf(before, firingRegion(mutated, on, analysis), analysis)
      const box = mostKnown(region)
      if (box === undefined) continue
      return { on, facts: factsIn(box, rule.conditions, space) }
    }
    return 'equivalent' as const
  })
  return found ?? 'too_complex'
}

/** Facts in a box, as the rule names them, with those that are never unknown; `event.type` goes without saying. */
function factsIn(box: Box, conditions: ConditionGroup, space: Space): Facts {
  const facts = witnessOf(box, space)
  const names = [...new Set(comparisonsIn(conditions).map(({ fact }) => fact))]
  return Object.fromEntries(
    names.flatMap((name) => {
      if (name === 'event.type') return []
      const domain = space.domainOf(name)
      const isLeftOpen = box.has(name) || domain.canBeUnknown
      const value = isLeftOpen ? facts[name] : pickValue(domain, space.definitionOf(name))
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

const firingRegion = (
  { on, conditions }: { readonly on: readonly string[]; readonly conditions: ConditionGroup },
  eventType: string,
  analysis: Analysis,
): Region => (on.includes(eventType) ? regionWhere(conditions, 'true', analysis) : [])

/** Where one of the two fires and the other does not. */
const differenceOf = (a: Region, b: Region, analysis: Analysis): Region => [
  ...subtractRegions(a, b, analysis),
  ...subtractRegions(b, a, analysis),
]

/** The box with the fewest facts that can only be unknown. */
function mostKnown(region: Region): Box | undefined {
  const unknowns = (box: Box): number =>
    [...box.values()].filter(({ known }) => known === null).length
  return region.toSorted((a, b) => unknowns(a) - unknowns(b))[0]
}
