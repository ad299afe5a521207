/** Looks at rules against one another: which never decide, which repeat one, and which compete, under the hit policies. */
import type { FactValue } from '@postdelivery/core'
import { shown } from '../fields.ts'
import {
  type AnalysedRule,
  type Analyser,
  isActing,
  sayTooComplex,
  withinBudgetOf,
} from './analysed-rule.ts'
import { type Budget, spend } from './budget.ts'
import { comparisonsIn } from './cells.ts'
import {
  type Analysis,
  type Box,
  contains,
  isEmpty,
  overlapOf,
  type Region,
  subtractRegions,
  witnessOf,
} from './regions.ts'

/** Two rules that fire together, and where. */
interface Meeting {
  readonly earlier: AnalysedRule
  readonly eventType: string
  readonly box: Box
}

/**
 * Adds what is to be said of rules against one another.
 *
 * `rules` are in the order in which they decide. Drafts and shadows never win or block, so they are left out.
 */
export function checkPairs(rules: readonly AnalysedRule[], analyser: Analyser): void {
  const acting = rules.filter(isActing)
  const rivalsByKey = groupBy(acting, (each) => each.rule.event.type)
  const sets = groupBy(acting, (each) => each.ruleSet.name)
  acting.forEach((later) => {
    const inSet = sets.get(later.ruleSet.name) ?? []
    const earlierInSet = inSet.slice(0, inSet.indexOf(later))
    const sameAction = rivalsByKey.get(later.rule.event.type) ?? []
    const earlier = sameAction.slice(0, sameAction.indexOf(later))
    const isDone = withinBudgetOf(analyser, (budget) => {
      checkRule(
        later,
        { inSet, earlierInSet, earlier },
        { spaceOn: analyser.spaceOn, total: budget },
      )
      return true
    })
    if (isDone === undefined) sayTooComplex(later)
  })
}

interface Others {
  readonly inSet: readonly AnalysedRule[]
  readonly earlierInSet: readonly AnalysedRule[]
  /** Rules of any set that decide before it and ask for the same type of action. */
  readonly earlier: readonly AnalysedRule[]
}

function checkRule(later: AnalysedRule, others: Others, analyser: Analyser): void {
  const { hitPolicy } = later.ruleSet
  const rivals =
    hitPolicy === 'first'
      ? others.earlierInSet
      : hitPolicy === 'unique'
        ? others.inSet.filter((each) => each !== later)
        : []
  if (rivals.length > 0 && isCovered(later, rivals, analyser)) {
    addNeverActs(later, rivals, analyser)
    return
  }
  const meeting =
    hitPolicy === 'unique' ? meetingWith(later, others.earlierInSet, analyser) : undefined
  if (meeting !== undefined) {
    const message = `it can fire together with \`${shown(meeting.earlier.rule.name)}\`, and \`unique\` then lets neither act`
    addMeeting(later, meeting, message, analyser)
    return
  }
  checkSameAction(
    later,
    others.earlier.filter((each) => isMet(each, later)),
    analyser,
  )
}

/** Rules of one set that stand side by side only under `collect`; rules of other sets always do. */
const isMet = (earlier: AnalysedRule, later: AnalysedRule): boolean =>
  earlier.ruleSet.name !== later.ruleSet.name || later.ruleSet.hitPolicy === 'collect'

function checkSameAction(
  later: AnalysedRule,
  earlier: readonly AnalysedRule[],
  analyser: Analyser,
): void {
  const same = earlier.filter(({ asked }) => asked === later.asked)
  const repeated = same.find((each) => isCovered(later, [each], analyser))
  if (repeated !== undefined) {
    const message = `\`${shown(repeated.rule.name)}\` asks for the same action whenever this rule does`
    later.issues.add(
      'repeats_rule',
      later.path,
      message,
      'take one of them out, or correct its conditions',
    )
    return
  }
  if (later.rule.event.type === 'review' || later.rule.event.type === 'notify') return
  // Rules of different priority were put in order by their author.
  const equals = earlier.filter(
    ({ asked, rule }) => rule.priority === later.rule.priority && asked !== later.asked,
  )
  const meeting = meetingWith(later, equals, analyser)
  if (meeting === undefined) return
  const message = `it can fire together with \`${shown(meeting.earlier.rule.name)}\`, which asks for another \`${later.rule.event.type}\` and decides first`
  addMeeting(later, meeting, message, analyser)
}

function addMeeting(
  later: AnalysedRule,
  meeting: Meeting,
  message: string,
  analyser: Analyser,
): void {
  const space = analyser.spaceOn(meeting.eventType)
  const named = [later, meeting.earlier].flatMap(({ rule }) =>
    comparisonsIn(rule.conditions).map(({ fact }) => fact),
  )
  const facts = Object.entries(witnessOf(meeting.box, space, named))
  const words = facts
    .slice(0, SHOWN_MAX_COUNT)
    .map(([fact, value]) => `\`${fact}\` ${wordsOf(value)}`)
  const example = [`on \`${meeting.eventType}\``, ...words].join(', ')
  const hint = `for example ${example}; make the conditions exclude each other, or give one rule a higher priority`
  const isUnique = later.ruleSet.hitPolicy === 'unique'
  later.issues.add(
    'rules_compete',
    later.path,
    message,
    isUnique ? hint.replace(', or give one rule a higher priority', '') : hint,
  )
}

const SHOWN_MAX_COUNT = 5

const wordsOf = (value: FactValue): string =>
  typeof value === 'object' ? `\`${shown(JSON.stringify(value))}\`` : `\`${shown(value)}\``

function addNeverActs(
  later: AnalysedRule,
  rivals: readonly AnalysedRule[],
  analyser: Analyser,
): void {
  const alone = rivals.find((each) => isCovered(later, [each], analyser))
  const name = alone === undefined ? 'other rules' : `\`${shown(alone.rule.name)}\``
  const isFirst = later.ruleSet.hitPolicy === 'first'
  const message = isFirst
    ? `${name} always ${alone === undefined ? 'decide' : 'decides'} before it, and \`first\` lets only one act`
    : `${name} always ${alone === undefined ? 'fire' : 'fires'} together with it, and \`unique\` then lets none act`
  const hint = isFirst
    ? 'put it before them with a higher priority'
    : 'make the conditions exclude each other'
  later.issues.add('never_acts', later.path, message, hint)
}

/** Whether wherever a rule fires one of the others fires as well. */
function isCovered(
  rule: AnalysedRule,
  others: readonly AnalysedRule[],
  analyser: Analyser,
): boolean {
  return rule.wakings.every(({ eventType, region }) => {
    const analysis = analysisOn(eventType, analyser)
    const regions = others.map((other) => regionOn(other, eventType))
    if (!isSampleCovered(region, regions, analysis)) return false
    let left: Region = region
    for (const other of regions) {
      if (isEmpty(left)) break
      left = subtractRegions(left, other, analysis)
    }
    return isEmpty(left)
  })
}

/** One point of each box tells most rules apart, and much sooner than taking regions from one another. */
function isSampleCovered(
  region: Region,
  others: readonly Region[],
  { space, budget }: Analysis,
): boolean {
  const facts = new Set(others.flatMap((other) => other.flatMap((box) => [...box.keys()])))
  return region.every((box) => {
    spend(budget, others.length)
    const point = witnessOf(box, space, facts)
    return others.some((other) => contains(other, point, space))
  })
}

function meetingWith(
  rule: AnalysedRule,
  others: readonly AnalysedRule[],
  analyser: Analyser,
): Meeting | undefined {
  for (const { eventType, region } of rule.wakings) {
    const analysis = analysisOn(eventType, analyser)
    for (const earlier of others) {
      const box = overlapOf(region, regionOn(earlier, eventType), analysis)
      if (box !== undefined) return { earlier, eventType, box }
    }
  }
  return undefined
}

const analysisOn = (eventType: string, { spaceOn, total }: Analyser): Analysis => ({
  space: spaceOn(eventType),
  budget: total satisfies Budget,
})

const regionOn = ({ wakings }: AnalysedRule, eventType: string): Region =>
  wakings.find((each) => each.eventType === eventType)?.region ?? []

function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
