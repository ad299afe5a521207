/** One version of rule sets as a comparison sees it: what each rule asks for, where it fires, and what all of them answer. */
import {
  type Action,
  canonicalJson,
  type Facts,
  type HitPolicy,
  type RuleMode,
} from '@postdelivery/core'
import { type Analysis, NOWHERE, type Region, regionWhere } from '../analyse/regions.ts'
import { type CompiledRules, compileRules } from '../compile/compile.ts'
import type { Rule, RuleSet } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'

/** What one rule of a version says to an order. */
export interface Said {
  /** `set/name`. */
  readonly rule: string
  readonly action: Action
  readonly mode: RuleMode
  /** `stands`: it is done. Otherwise why it is not: another rule decides, several fired where one may, or it never acts. */
  readonly standing: 'stands' | 'superseded' | 'conflict' | 'not_live'
}

/** A rule at its place in the order of deciding. */
export interface PlacedRule {
  /** Where it fires, by type of event, as far as anybody asked. */
  readonly regions: Map<string, Region>
  readonly index: number
  readonly ruleSet: string
  readonly rule: Rule
  /** Everything that it asks for, as one text; equal texts ask for the same. */
  readonly ask: string
}

export interface Version {
  readonly ruleSets: readonly RuleSet[]
  readonly rules: readonly PlacedRule[]
  readonly compiled: CompiledRules
}

/** Makes a version ready to be compared. */
export function versionOf(vocabulary: Vocabulary, ruleSets: readonly RuleSet[]): Version {
  const compiled = compileRules(vocabulary, ruleSets)
  const rules = compiled.rules.map(({ ruleSet, rule }, index) => {
    const { event, mode, limits } = rule
    return { index, ruleSet, rule, ask: canonicalJson({ event, mode, limits }), regions: new Map() }
  })
  return { ruleSets, rules, compiled }
}

export const keyOf = ({ ruleSet, rule }: PlacedRule): string => `${ruleSet}/${rule.name}`

/** Only these do anything. */
export const canAct = ({ rule }: PlacedRule): boolean =>
  rule.mode === 'live' || rule.mode === 'approval'

/** Where a rule fires on one type of event. Throws: what `withinBudget` catches. */
export function regionOfRule(
  { rule, regions }: PlacedRule,
  eventType: string,
  analysis: Analysis,
): Region {
  if (!rule.on.includes(eventType)) return NOWHERE
  const known = regions.get(eventType)
  if (known !== undefined) return known
  const region = regionWhere(rule.conditions, 'true', analysis)
  regions.set(eventType, region)
  return region
}

/** The rules that fire, in the order of deciding, with what the hit policies of their sets make of them. */
export function sayingsOf(version: Version, eventType: string, facts: Facts): readonly Said[] {
  const fired = version.compiled
    .fired(eventType, facts)
    .flatMap((index) => version.rules[index] ?? [])
  return fired.map((each) => {
    const { rule } = each
    const standing = standingOf(each, fired, hitPolicyOf(version, each.ruleSet))
    return { rule: keyOf(each), action: rule.event, mode: rule.mode, standing }
  })
}

const hitPolicyOf = ({ ruleSets }: Version, name: string): HitPolicy =>
  ruleSets.find((set) => set.name === name)?.hitPolicy ?? 'collect'

function standingOf(
  placed: PlacedRule,
  fired: readonly PlacedRule[],
  hitPolicy: HitPolicy,
): Said['standing'] {
  if (!canAct(placed)) return 'not_live'
  const rivals = fired.filter((each) => canAct(each) && each.ruleSet === placed.ruleSet)
  if (hitPolicy === 'first' && rivals[0] !== placed) return 'superseded'
  return hitPolicy === 'unique' && rivals.length > 1 ? 'conflict' : 'stands'
}

/**
 * What is done about an order, as texts that are equal where two versions do the same.
 *
 * The order counts, since what is done first can keep what follows from being done. A call at Klarna that is asked for
 * twice in the same words is made once. `idOf` names rules that count their own firings, the same in both versions.
 */
export function answerOf(
  version: Version,
  eventType: string,
  facts: Facts,
  idOf: (placed: PlacedRule) => string,
): readonly string[] {
  const fired = version.compiled
    .fired(eventType, facts)
    .flatMap((index) => version.rules[index] ?? [])
  const answer: string[] = []
  const conflicts = new Set<string>()
  for (const placed of fired) {
    const { rule, ruleSet, ask } = placed
    const standing = standingOf(placed, fired, hitPolicyOf(version, ruleSet))
    if (standing === 'conflict' && !conflicts.has(ruleSet)) answer.push('a person decides')
    if (standing === 'conflict') conflicts.add(ruleSet)
    if (standing !== 'stands') continue
    const hasLimits = Object.keys(rule.limits).length > 0
    const text = hasLimits ? `${ask} of ${idOf(placed)}` : ask
    if (!isCall(rule.event) || !answer.includes(text)) answer.push(text)
  }
  return answer
}

const isCall = ({ type }: Action): boolean => type !== 'review' && type !== 'notify'
