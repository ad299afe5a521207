/** Says what changed about one rule, and finds an order for each way in which that changes the answers. */
import { canonicalJson, type Facts } from '@postdelivery/core'
import {
  type Analysis,
  intersectRegions,
  isEmpty,
  NOWHERE,
  type Region,
  subtractRegions,
} from '../analyse/regions.ts'
import { type Change, type ChangedPart, type Effect, gravest, type Witness } from './change.ts'
import { findDifference, type Versions } from './find-difference.ts'
import type { RulePair } from './match-rules.ts'
import { canAct, keyOf, type PlacedRule, regionOfRule, sayingsOf } from './version.ts'
import type { Workshop } from './workshop.ts'

/** What a rule is compared within. */
export interface Comparison {
  readonly pairs: readonly RulePair[]
  readonly versions: Versions
  readonly workshop: Workshop
}

/** Lists the change of one rule, or nothing when it is as it was. */
export function changesOfRule(pair: RulePair, comparison: Comparison): readonly Change[] {
  const { before, after } = pair
  const placed = after ?? before
  if (placed === null) return []
  const parts = [...partsOf(pair, comparison)]
  const searches = parts.includes('conditions')
    ? [TOO_COMPLEX]
    : waysToDiffer(pair).map((way) =>
        search(pair, comparison, (analysis, type) => regions[way](pair, type, analysis)),
      )
  const order = searchOrder(pair, comparison)
  if (order !== null) {
    parts.push('order')
    searches.push(order)
  }
  if (parts.length === 0) return []
  const change: Change = {
    about: 'rule',
    name: keyOf(placed),
    ...(before !== null && keyOf(before) !== keyOf(placed) ? { formerName: keyOf(before) } : {}),
    parts,
    effect: gravest(searches.map(({ effect }) => effect)),
    witnesses: searches.flatMap(({ witness }) => witness ?? []),
  }
  return [change]
}

/** The parts of a rule that differ. */
function partsOf(pair: RulePair, comparison: Comparison): readonly ChangedPart[] {
  const { before, after } = pair
  if (before === null) return ['added']
  if (after === null) return ['removed']
  const [left, right] = [before.rule, after.rule]
  const isOther = (a: unknown, b: unknown) => canonicalJson(a) !== canonicalJson(b)
  const differs: readonly (readonly [ChangedPart, boolean])[] = [
    ['renamed', keyOf(before) !== keyOf(after)],
    ['events', isOther(left.on.toSorted(), right.on.toSorted())],
    ['action', left.event.type !== right.event.type],
    [
      'params',
      left.event.type === right.event.type && isOther(left.event.params, right.event.params),
    ],
    ['mode', left.mode !== right.mode],
    ['limits', isOther(left.limits, right.limits)],
    ['priority', left.priority !== right.priority],
  ]
  const conditions = isOther(left.conditions, right.conditions)
    ? conditionParts(before, after, comparison)
    : []
  return [...conditions, ...differs.flatMap(([part, isDifferent]) => (isDifferent ? [part] : []))]
}

function conditionParts(
  before: PlacedRule,
  after: PlacedRule,
  { workshop }: Comparison,
): readonly ChangedPart[] {
  const common = after.rule.on.filter((type) => before.rule.on.includes(type))
  // Without an event in common the conditions are compared where either of them is asked.
  const types = common.length > 0 ? common : eventTypesOf({ before, after })
  const parts = workshop.try((analysisOf) => {
    const isSomewhere = (way: 'gained' | 'lost') =>
      types.some((type) => !isEmpty(regions[way]({ before, after }, type, analysisOf(type))))
    return [
      ...(isSomewhere('gained') ? (['widened'] as const) : []),
      ...(isSomewhere('lost') ? (['narrowed'] as const) : []),
    ]
  })
  if (parts === undefined) return ['conditions']
  return parts.length === 0 ? ['rewritten'] : parts
}

const eventTypesOf = ({ before, after }: RulePair): readonly string[] => [
  ...new Set([...(before?.rule.on ?? []), ...(after?.rule.on ?? [])]),
]

const regionOrNone = (placed: PlacedRule | null, eventType: string, analysis: Analysis): Region =>
  placed === null ? NOWHERE : regionOfRule(placed, eventType, analysis)

/** Orders for which the rule fires now, fires no more, or fires as it did. */
const regions = {
  gained: ({ before, after }: RulePair, type: string, analysis: Analysis): Region =>
    subtractRegions(
      regionOrNone(after, type, analysis),
      regionOrNone(before, type, analysis),
      analysis,
    ),
  lost: ({ before, after }: RulePair, type: string, analysis: Analysis): Region =>
    subtractRegions(
      regionOrNone(before, type, analysis),
      regionOrNone(after, type, analysis),
      analysis,
    ),
  kept: ({ before, after }: RulePair, type: string, analysis: Analysis): Region =>
    intersectRegions(
      regionOrNone(before, type, analysis),
      regionOrNone(after, type, analysis),
      analysis,
    ),
}

/** A rule that never acts changes no answer, and one that asks for the same changes none where it fires as before. */
function waysToDiffer(pair: RulePair): readonly (keyof typeof regions)[] {
  const { before, after } = pair
  if (!(before !== null && canAct(before)) && !(after !== null && canAct(after))) return []
  return isAskChanged(pair) ? ['gained', 'lost', 'kept'] : ['gained', 'lost']
}

/** A rule that moved to another set has other rivals. */
const isAskChanged = ({ before, after }: RulePair): boolean =>
  before !== null &&
  after !== null &&
  (before.ask !== after.ask || before.ruleSet !== after.ruleSet)

interface Found {
  readonly effect: Effect
  readonly witness: Witness | null
}

const TOO_COMPLEX: Found = { effect: 'unknown', witness: null }

/** Looks for one order, over all types of event that wake the rule. */
function search(
  pair: RulePair,
  { versions, workshop }: Pick<Comparison, 'versions' | 'workshop'>,
  regionOf: (analysis: Analysis, eventType: string) => Region,
): Found {
  let effect: Effect = 'none'
  for (const eventType of eventTypesOf(pair)) {
    const facts = workshop.try((analysisOf) => {
      const analysis = analysisOf(eventType)
      return findDifference(versions, { eventType, analysis }, regionOf(analysis, eventType))
    })
    if (facts === undefined) effect = 'unknown'
    else if (facts !== null)
      return { effect: 'changes', witness: witnessFor(versions, eventType, facts) }
  }
  return { effect, witness: null }
}

/** What both versions say to an order. */
export const witnessFor = (
  { before, after }: Versions,
  eventType: string,
  facts: Facts,
): Witness => ({
  eventType,
  facts,
  before: sayingsOf(before, eventType, facts),
  after: sayingsOf(after, eventType, facts),
})

/**
 * Looks for an order to which it matters that this rule and another changed places.
 *
 * Returns: null when no order is answered otherwise for that reason.
 */
function searchOrder(pair: RulePair, comparison: Comparison): Found | null {
  let found: Found | null = null
  for (const other of comparison.pairs) {
    if (!isSwapped(pair, other)) continue
    const { after } = other
    const next = search(pair, comparison, (analysis, eventType) =>
      intersectRegions(
        regionOrNone(pair.after, eventType, analysis),
        regionOrNone(after, eventType, analysis),
        analysis,
      ),
    )
    if (next.effect === 'changes') return next
    if (next.effect === 'unknown') found = next
  }
  return found
}

/** Tells whether two acting rules changed places, and the first is the one to blame: it has another priority, or leads now. */
function isSwapped(pair: RulePair, other: RulePair): boolean {
  const { before, after } = pair
  if (before === null || after === null || other.before === null || other.after === null)
    return false
  if (![before, after, other.before, other.after].every(canAct)) return false
  const isFirst = after.index < other.after.index
  if (isFirst === before.index < other.before.index || pair === other) return false
  const isMoved = before.rule.priority !== after.rule.priority
  const isOtherMoved = other.before.rule.priority !== other.after.rule.priority
  return isMoved === isOtherMoved ? isFirst : isMoved
}
