/** Small mistakes that an author could make in a rule, one at a time: tests are good when they notice them. */
import { type Action, addDays, isPlainDate, parseAction } from '@postdelivery/core'
import { ACTION_PARAMS } from '../action-params.ts'
import { type Operand, operatorOf } from '../operators.ts'
import type { Comparison, Condition, ConditionGroup, Rule, RuleSet } from '../rule-set.ts'

/** A rule with one mistake. It is for tests alone and never in force. */
export interface Mutant {
  readonly ruleSet: string
  /** The rule as it is. */
  readonly rule: Rule
  /** The rule with the mistake. */
  readonly mutated: Rule
  /** JSON Pointer into the rule set of what is changed. */
  readonly path: string
  /** What is changed, in a few words. */
  readonly change: string
  /** What the mistake is in: when it acts, what it asks for, or how often. */
  readonly part: 'conditions' | 'on' | 'event' | 'limits'
}

type Change<Of> = Pick<Mutant, 'path' | 'change'> & { readonly to: Of }

/**
 * All mistakes of one kind at a time, in the order of the rules.
 *
 * Numbers and dates one less and one more (which is `<=` for `<` as well), operators turned round, conditions, entries
 * of lists, events, params and limits left out, `all` and `any` exchanged, other words of a param. A limit above
 * `LIMIT_TOLD_MAX` is left alone: no story of one order reaches it.
 */
export const mutantsOf = (ruleSet: RuleSet): readonly Mutant[] =>
  ruleSet.rules.flatMap((rule, index) => {
    const at = `/rules/${index}`
    const mutantsIn = <Part extends Mutant['part']>(
      part: Part,
      changes: readonly Change<Rule[Part]>[],
    ) =>
      changes.map(({ path, change, to }): Mutant => {
        const mutated = { ...rule, [part]: to }
        return { ruleSet: ruleSet.name, rule, mutated, path, change, part }
      })
    return [
      ...mutantsIn('conditions', changedGroups(rule.conditions, `${at}/conditions`)),
      ...mutantsIn('on', changedEvents(rule.on, `${at}/on`)),
      ...mutantsIn('event', changedActions(rule.event, `${at}/event`)),
      ...mutantsIn('limits', changedLimits(rule.limits, `${at}/limits`)),
    ]
  })

/** The outermost condition stays a group, and never an empty one: left out, its only condition may be anything known. */
function changedGroups(group: ConditionGroup, path: string): readonly Change<ConditionGroup>[] {
  const [kind, inner] = membersOf(group)
  const [only, ...others] = inner
  const changes = changedConditions(group, path).map((change) => ({
    ...change,
    to: 'fact' in change.to ? { all: [change.to] } : change.to,
  }))
  if (only === undefined || others.length > 0 || kind === 'not') return changes
  const change = leftOut(only)
  return [{ path: `${path}/${kind}/0`, change, to: { any: [only, { not: only }] } }, ...changes]
}

const membersOf = (
  group: ConditionGroup,
): readonly ['all' | 'any' | 'not', readonly Condition[]] =>
  'all' in group ? ['all', group.all] : 'any' in group ? ['any', group.any] : ['not', [group.not]]

const leftOut = (condition: Condition): string =>
  'fact' in condition ? `without \`${condition.fact}\`` : 'without the group'

function changedConditions(condition: Condition, path: string): readonly Change<Condition>[] {
  if ('fact' in condition) return changedComparisons(condition, path)
  if ('not' in condition)
    return [
      { path, change: 'without `not`', to: condition.not },
      ...changedConditions(condition.not, `${path}/not`).map((each) => ({
        ...each,
        to: { not: each.to },
      })),
    ]
  const [kind, inner] = membersOf(condition)
  const grouped = (of: readonly Condition[]): Condition =>
    kind === 'all' ? { all: of } : { any: of }
  const within = inner.flatMap((each, index) => {
    const place = `${path}/${kind}/${index}`
    const others = inner.toSpliced(index, 1)
    const changed = changedConditions(each, place).map((change) => ({
      ...change,
      to: grouped(inner.with(index, change.to)),
    }))
    if (others.length === 0) return changed
    return [{ path: place, change: leftOut(each), to: grouped(others) }, ...changed]
  })
  if (inner.length < 2) return within
  const [change, to] =
    kind === 'all'
      ? ['`any` in place of `all`', { any: inner }]
      : ['`all` in place of `any`', { all: inner }]
  return [{ path, change, to }, ...within]
}

function changedComparisons(comparison: Comparison, path: string): readonly Change<Condition>[] {
  const { operator, value } = comparison
  const negation = operatorOf(operator)?.negation ?? operator
  const turned = {
    path: `${path}/operator`,
    change: `\`${negation}\` in place of \`${operator}\``,
    to: { ...comparison, operator: negation },
  }
  const values = changedOperands(value).map(({ change, to, at }) => ({
    path: `${path}/value${at}`,
    change,
    to: { ...comparison, value: to },
  }))
  return [turned, ...values]
}

function changedOperands(
  value: Operand,
): readonly { readonly change: string; readonly to: Operand; readonly at: string }[] {
  if (typeof value === 'object')
    return value.length < 2
      ? []
      : value.map((entry, index) => ({
          change: `without \`${entry}\``,
          to: value.toSpliced(index, 1),
          at: `/${index}`,
        }))
  const neighbours: readonly Operand[] =
    typeof value === 'number'
      ? [value - 1, value + 1].filter(Number.isSafeInteger)
      : isPlainDate(value)
        ? [addDays(value, -1), addDays(value, 1)]
        : []
  return neighbours.map((to) => ({ change: `\`${to}\` in place of \`${value}\``, to, at: '' }))
}

const changedEvents = (
  on: readonly string[],
  path: string,
): readonly Change<readonly string[]>[] =>
  on.length < 2
    ? []
    : on.map((type, index) => ({
        path: `${path}/${index}`,
        change: `without \`${type}\``,
        to: on.toSpliced(index, 1),
      }))

/** Params with a number, a word or an amount changed, or left out; what could not be asked for is no mistake of ours. */
function changedActions({ type, params }: Action, path: string): readonly Change<Action>[] {
  const changes = Object.entries(params).flatMap(([name, value]: readonly [string, unknown]) => {
    const definition = ACTION_PARAMS[type].find((each) => each.name === name)
    const words = definition?.schema['enum']
    const changed = [
      ...changedNumbers(name, value),
      ...(Array.isArray(words)
        ? words.filter((word) => word !== value).map((word) => changedParam(name, value, word))
        : []),
    ]
    if (definition?.isRequired !== false) return changed
    return [...changed, { name, change: `without \`${name}\``, value: undefined, at: '' }]
  })
  return changes.flatMap(({ name, change, value, at }) => {
    const { [name]: _, ...others } = params as Readonly<Record<string, unknown>>
    const parsed = parseAction(type, value === undefined ? others : { ...others, [name]: value })
    return parsed.ok ? [{ path: `${path}/params/${name}${at}`, change, to: parsed.value }] : []
  })
}

const changedParam = (name: string, from: unknown, value: unknown, at = '') => ({
  name,
  change: `\`${name}\`: \`${value}\` in place of \`${from}\``,
  value,
  at,
})

/** A number one less and one more, or amounts by currency likewise, one at a time. */
function changedNumbers(name: string, value: unknown): readonly ReturnType<typeof changedParam>[] {
  if (typeof value === 'number')
    return [value - 1, value + 1].map((to) => changedParam(name, value, to))
  if (name !== 'maxFeeMinor') return []
  const amounts = Object.entries(value as Readonly<Record<string, number>>)
  return amounts.flatMap(([currency, amount]) =>
    [amount - 1, amount + 1].map((to) => ({
      ...changedParam(name, amount, to, `/${currency}`),
      value: { ...Object.fromEntries(amounts), [currency]: to },
    })),
  )
}

/** What a story of one order can reach. */
const LIMIT_TOLD_MAX = 5

function changedLimits(limits: Rule['limits'], path: string): readonly Change<Rule['limits']>[] {
  return (['perOrder', 'perDay'] as const).flatMap((name) => {
    const count = limits[name]
    if (count === undefined || count > LIMIT_TOLD_MAX) return []
    const { [name]: _, ...others } = limits
    const changes = [count - 1, count + 1]
      .filter((each) => each >= 1)
      .map((each) => ({
        change: `\`${name}\`: \`${each}\` in place of \`${count}\``,
        to: { ...others, [name]: each },
      }))
    return [...changes, { change: `without \`${name}\``, to: others }].map((each) => ({
      ...each,
      path: `${path}/${name}`,
    }))
  })
}
