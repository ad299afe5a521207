/** Looks at the conditions of one rule: what can never hold, what always holds, and what changes nothing. */

import { shown } from '../fields.ts'
import { operatorOf } from '../operators.ts'
import type { Condition, ConditionGroup } from '../rule-set.ts'
import { type AnalysedRule, type Analyser, sayTooComplex, withinBudgetOf } from './analysed-rule.ts'
import type { Budget } from './budget.ts'
import {
  type Analysis,
  covers,
  EVERYWHERE,
  intersectRegions,
  isEmpty,
  isEverywhere,
  type Region,
  regionWhere,
} from './regions.ts'

/** The way from the conditions of a rule to one of its parts. */
type Way = readonly (string | number)[]

interface Part {
  readonly way: Way
  readonly condition: Condition
}

/** A rule while its parts are looked at. */
interface Looking {
  readonly analysed: AnalysedRule
  readonly analyses: readonly Analysis[]
  readonly regions: readonly Region[]
}

/** Adds what is to be said of the conditions of one rule. */
export function checkParts(analysed: AnalysedRule, analyser: Analyser): void {
  addUnlikelyValues(analysed, analyser)
  if (analysed.wakings.length === 0) return
  const isDone = withinBudgetOf(analyser, (budget) => {
    checkRegions(lookAt(analysed, analyser, budget))
    return true
  })
  if (isDone === undefined) sayTooComplex(analysed)
}

const lookAt = (analysed: AnalysedRule, analyser: Analyser, budget: Budget): Looking => ({
  analysed,
  analyses: analysed.wakings.map(({ eventType }) => ({
    space: analyser.spaceOn(eventType),
    budget,
  })),
  regions: analysed.wakings.map(({ region }) => region),
})

function checkRegions(looking: Looking): void {
  const { analysed, analyses, regions } = looking
  const { issues, path, rule, wakings } = analysed
  if (regions.every(isEmpty)) {
    addNeverTrue(looking)
    return
  }
  wakings.forEach(({ eventType, region }, index) => {
    if (!isEmpty(region)) return
    const message = `\`${eventType}\` wakes the rule, and its conditions can never hold then`
    issues.add('event_in_vain', `${path}/on/${index}`, message, 'take the event out')
  })
  if (analyses.every((analysis, index) => isEverywhere(regions[index] ?? [], analysis))) {
    const message = 'the conditions hold whenever an event wakes the rule'
    issues.add('always_true', `${path}/conditions`, message, 'say when the rule should not fire')
    return
  }
  if (!isPlain(looking)) checkSides(looking, rule.conditions, [])
}

/** Comparisons of different facts that must all hold, none of which always does: each is needed. Most rules are so. */
function isPlain({ analysed, analyses }: Looking): boolean {
  const { conditions } = analysed.rule
  if (!('all' in conditions)) return false
  const facts = new Set(conditions.all.map((each) => ('fact' in each ? each.fact : '')))
  if (facts.has('') || facts.size < conditions.all.length) return false
  return analyses.every((analysis) =>
    conditions.all.every((each) => regionWhere(each, 'true', analysis) !== EVERYWHERE),
  )
}

/** Takes out one part after the other, the last first, and says which of them are not missed. */
function checkSides(looking: Looking, root: ConditionGroup, way: Way): ConditionGroup {
  const group = partAt(root, way)
  if ('fact' in group) return root
  if ('not' in group) return checkSides(looking, root, [...way, 'not'])
  const kind = 'all' in group ? 'all' : 'any'
  const inner = 'all' in group ? group.all : group.any
  let current = root
  for (let index = inner.length - 1; index >= 0; index -= 1) {
    const partWay = [...way, kind, index]
    const without = withoutPart(current, partWay)
    if (without === undefined || !isSame(looking, without)) {
      current = checkSides(looking, current, partWay)
      continue
    }
    addUnneeded(looking, { way: partWay, condition: partAt(current, partWay) })
    current = without
  }
  return current
}

/** Whether a rule with other conditions would fire for the same orders. */
const isSame = ({ analyses, regions }: Looking, conditions: Condition): boolean =>
  analyses.every((analysis, index) => {
    const [before, after] = [regions[index] ?? [], regionWhere(conditions, 'true', analysis)]
    return covers(before, after, analysis) && covers(after, before, analysis)
  })

function partAt(condition: Condition, way: Way): Condition {
  return way.reduce<Condition>((at, step) => childOf(at, step) ?? at, condition)
}

/** A step goes into a group by its name, and then to one of its list by its index. */
function childOf(condition: Condition, step: string | number): Condition | undefined {
  if (step === 'not' && 'not' in condition) return condition.not
  if (typeof step !== 'number') return undefined
  return 'all' in condition
    ? condition.all[step]
    : 'any' in condition
      ? condition.any[step]
      : undefined
}

/** The conditions without one part, or undefined when nothing would be left of its group. */
function withoutPart(root: ConditionGroup, way: Way): ConditionGroup | undefined {
  const [kind, index, ...rest] = way
  if (kind === 'not' && 'not' in root) {
    const inner = root.not
    if ('fact' in inner) return undefined
    const not = withoutPart(inner, way.slice(1))
    return not === undefined ? undefined : { not }
  }
  const inner = 'all' in root ? root.all : 'any' in root ? root.any : []
  const changed = inner.flatMap((each, at) => {
    if (at !== index) return [each]
    const next = rest.length === 0 || 'fact' in each ? undefined : withoutPart(each, rest)
    return next === undefined ? [] : [next]
  })
  const isCut = rest.length === 0 || changed.length === inner.length
  if (!isCut || changed.length === 0) return undefined
  return kind === 'all' ? { all: changed } : { any: changed }
}

function addUnneeded({ analysed, analyses }: Looking, { way, condition }: Part): void {
  const { issues, path } = analysed
  const place = placeOf(path, way)
  const words = wordsFor(condition)
  const regions = analyses.map((analysis) => regionWhere(condition, 'true', analysis))
  if (regions.every(isEmpty)) {
    if (isNeverKnown(condition, analyses)) return
    const hint = 'take it out, or correct it'
    issues.add('part_never_true', place, `${words} can never hold`, hint)
  } else if (analyses.every((analysis, index) => isEverywhere(regions[index] ?? [], analysis))) {
    issues.add('always_true', place, `${words} always holds`, 'take it out, or correct it')
  } else {
    const message = `${words} changes nothing: without it the rule fires for the same orders`
    issues.add('redundant_condition', place, message, 'take it out, or correct it')
  }
}

/** Said as `fact_never_known` already. */
const isNeverKnown = (condition: Condition, analyses: readonly Analysis[]): boolean =>
  'fact' in condition &&
  analyses.every(({ space }) => space.domainOf(condition.fact).known === null)

const placeOf = (path: string, way: Way): string => [`${path}/conditions`, ...way].join('/')

function wordsFor(condition: Condition): string {
  if (!('fact' in condition)) return 'the group'
  const { fact, operator, value } = condition
  const phrase = operatorOf(operator)?.phrase || 'equal to '
  return `\`${fact}\` ${phrase}\`${shown(value)}\``
}

function addNeverTrue({ analysed, analyses }: Looking): void {
  const { issues, path, rule } = analysed
  const [analysis] = analyses
  const clash =
    analysis === undefined ? undefined : clashIn(necessaryIn(rule.conditions, []), analysis)
  if (clash === undefined) {
    const message = 'the conditions can never hold together, so the rule never fires'
    issues.add(
      'never_true',
      `${path}/conditions`,
      message,
      'correct or take out what excludes the rest',
    )
    return
  }
  const [first, second] = clash
  const words = [first, ...(second === undefined ? [] : [second])].map((part) =>
    wordsFor(part.condition),
  )
  const message =
    second === undefined
      ? `${words[0]} can never hold, so the rule never fires`
      : `${words.join(' and ')} exclude each other, so the rule never fires`
  const place = placeOf(path, (second ?? first).way)
  issues.add('never_true', place, message, 'correct one of them')
}

/** The comparisons that must all hold. */
function necessaryIn(condition: Condition, way: Way): readonly Part[] {
  if ('fact' in condition) return [{ way, condition }]
  if (!('all' in condition)) return []
  return condition.all.flatMap((each, index) => necessaryIn(each, [...way, 'all', index]))
}

/** The first comparison that can never hold, or the first two that exclude each other. */
function clashIn(parts: readonly Part[], analysis: Analysis): readonly [Part, Part?] | undefined {
  const regions = parts.map(({ condition }) => regionWhere(condition, 'true', analysis))
  const never = parts.find((_, index) => isEmpty(regions[index] ?? []))
  if (never !== undefined) return [never]
  for (const [index, part] of parts.entries()) {
    const before = parts.findIndex(
      (_, at) =>
        at < index && isEmpty(intersectRegions(regions[at] ?? [], regions[index] ?? [], analysis)),
    )
    const other = parts[before]
    if (other !== undefined) return [other, part]
  }
  return undefined
}

/** A share can be below zero or above a hundred, of discounts, but nobody asks for it. */
function addUnlikelyValues({ rule, path, issues }: AnalysedRule, { spaceOn }: Analyser): void {
  const space = spaceOn(rule.on[0] ?? '')
  const parts = partsOf(rule.conditions, [])
  for (const { way, condition } of parts) {
    if (!('fact' in condition) || space.definitionOf(condition.fact).unit !== 'percent') continue
    const values = Array.isArray(condition.value) ? condition.value : [condition.value]
    const odd = values.find((value) => Number(value) < 0 || Number(value) > 100)
    if (odd === undefined) continue
    const message = `\`${condition.fact}\` is compared with ${odd}, and percentages lie between 0 and 100`
    issues.add('unlikely_value', `${placeOf(path, way)}/value`, message, 'write whole percent')
  }
}

function partsOf(condition: Condition, way: Way): readonly Part[] {
  if ('fact' in condition) return [{ way, condition }]
  if ('not' in condition) return partsOf(condition.not, [...way, 'not'])
  const kind = 'all' in condition ? 'all' : 'any'
  const inner = 'all' in condition ? condition.all : condition.any
  return inner.flatMap((each, index) => partsOf(each, [...way, kind, index]))
}
