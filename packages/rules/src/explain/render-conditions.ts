/** Conditions in plain English: one phrase for each comparison, brackets where groups stand in groups. */

import type { Positive } from '../positive.ts'
import { withoutNegations } from '../positive.ts'
import type { Condition } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { type FactWords, wordsOf } from './fact-words.ts'
import { fill, type SayOptions, sayChoice, sayText, sayValue } from './say-value.ts'

/** One comparison, also of a record whose operator nobody knows any more. */
export interface AnyComparison {
  readonly fact: string
  readonly operator: string
  readonly value: unknown
}

/**
 * Says conditions without `not`: negations stand in the phrases, as `the return's reason is not damaged`.
 *
 * Groups of one condition and groups of the same kind in one another read as one, since they mean the same.
 */
export function renderConditions(
  condition: Condition,
  vocabulary: Vocabulary,
  options: SayOptions = {},
): string {
  return renderGroup(withoutNegations(condition), (leaf) =>
    renderComparison(leaf, vocabulary, options),
  )
}

function renderGroup(positive: Positive, say: (leaf: AnyComparison) => string): string {
  if ('fact' in positive) return say(positive)
  const kind = 'all' in positive ? 'all' : 'any'
  const members = flatten(positive, kind)
  const [only] = members
  if (members.length === 1 && only !== undefined) return renderGroup(only, say)
  const phrases = members.map((each) => {
    const said = renderGroup(each, say)
    return isSeveral(each) ? `(${said})` : said
  })
  return phrases.join(kind === 'all' ? ', and ' : ', or ')
}

/** The members of a group, those of inner groups of the same kind among them. */
function flatten(positive: Positive, kind: 'all' | 'any'): readonly Positive[] {
  const inner = membersOf(positive, kind)
  if (inner !== undefined) return inner.flatMap((each) => flatten(each, kind))
  const only = onlyMember(positive)
  return only === undefined ? [positive] : flatten(only, kind)
}

const membersOf = (positive: Positive, kind: 'all' | 'any'): readonly Positive[] | undefined => {
  if (kind === 'all') return 'all' in positive ? positive.all : undefined
  return 'any' in positive ? positive.any : undefined
}

/** What a group of one stands for. */
function onlyMember(positive: Positive): Positive | undefined {
  if ('fact' in positive) return undefined
  const members = 'all' in positive ? positive.all : positive.any
  return members.length === 1 ? members[0] : undefined
}

function isSeveral(positive: Positive): boolean {
  if ('fact' in positive) return false
  const only = onlyMember(positive)
  return only === undefined || isSeveral(only)
}

/** Says one comparison: `the due date is fewer than 14 days away`. Total. */
export function renderComparison(
  comparison: AnyComparison,
  vocabulary: Vocabulary,
  options: SayOptions = {},
): string {
  const { fact, operator, value } = comparison
  const words = wordsOf(fact, vocabulary)
  if (operator === 'contains' || operator === 'doesNotContain')
    return renderEntry(operator, words, value)
  const flag = renderFlag(comparison, words)
  return flag ?? fill(words.is, renderFilling(comparison, words, vocabulary, options))
}

/** Says what a comparison asks of a fact: `fewer than 14 days away`; null for flags and lists, which are whole sentences. */
export function renderWanted(
  comparison: AnyComparison,
  vocabulary: Vocabulary,
  options: SayOptions = {},
): string | null {
  const { fact, operator } = comparison
  const words = wordsOf(fact, vocabulary)
  const isSentence = operator === 'contains' || operator === 'doesNotContain'
  if (isSentence || renderFlag(comparison, words) !== undefined) return null
  const tail = words.is.slice(words.is.lastIndexOf('{}') + 2)
  return `${renderFilling(comparison, words, vocabulary, options)}${tail}`
}

/** A flag that is compared is a sentence of its own. */
function renderFlag({ operator, value }: AnyComparison, words: FactWords): string | undefined {
  if (typeof value !== 'boolean' || !(operator === 'equal' || operator === 'notEqual'))
    return undefined
  return value === (operator === 'equal') ? words.yes : words.no
}

function renderFilling(
  { fact, operator, value }: AnyComparison,
  words: FactWords,
  vocabulary: Vocabulary,
  options: SayOptions,
): string {
  const definition = vocabulary.definitionOf(fact)
  const say = (each: unknown): string => sayValue(each, definition, words, options)
  const filling = Object.hasOwn(FILLINGS, operator) ? FILLINGS[operator] : undefined
  if (filling === undefined) return `${sayText(operator)} ${say(value)}`
  return filling({
    say,
    value,
    isCounted: isCounted(definition?.unit),
    isDate: definition?.type === 'date',
  })
}

/** Says what a fact is now: `the due date is 20 days away`. */
export function renderSeen(
  fact: string,
  seen: unknown,
  vocabulary: Vocabulary,
  options: SayOptions = {},
): string {
  const definition = vocabulary.definitionOf(fact)
  const words = wordsOf(fact, vocabulary)
  if (typeof seen === 'boolean' && words.yes !== undefined && words.no !== undefined)
    return seen ? words.yes : words.no
  return fill(words.is, sayValue(seen, definition, words, options))
}

/** Says that a fact is not known. */
export const renderUnknown = (fact: string, vocabulary: Vocabulary): string =>
  `${wordsOf(fact, vocabulary).subject} is not known`

const renderEntry = (
  operator: 'contains' | 'doesNotContain',
  { subject, has, lacks }: FactWords,
  value: unknown,
): string => {
  const template =
    operator === 'contains'
      ? (has ?? `${subject} has {}`)
      : (lacks ?? `${subject} does not have {}`)
  return fill(template, JSON.stringify(value) ?? 'nothing')
}

interface Filling {
  readonly say: (value: unknown) => string
  readonly value: unknown
  /** Whole things are fewer, amounts are less. */
  readonly isCounted: boolean
  readonly isDate: boolean
}

const isCounted = (unit: string | undefined): boolean => unit === 'days' || unit === 'count'

/** What stands for `{}`, by operator. */
const FILLINGS: Readonly<Record<string, (filling: Filling) => string>> = {
  equal: ({ say, value }) => say(value),
  notEqual: ({ say, value }) => `not ${say(value)}`,
  in: ({ say, value }) => sayChoice(sortedEntries(value).map(say), 'or'),
  notIn: ({ say, value }) => sayNone(sortedEntries(value).map(say)),
  lessThan: ({ say, value, isCounted, isDate }) =>
    isDate ? `before ${say(value)}` : `${isCounted ? 'fewer' : 'less'} than ${say(value)}`,
  lessThanInclusive: ({ say, value, isDate }) =>
    isDate ? `on or before ${say(value)}` : `at most ${say(value)}`,
  greaterThan: ({ say, value, isDate }) =>
    isDate ? `after ${say(value)}` : `more than ${say(value)}`,
  greaterThanInclusive: ({ say, value, isDate }) =>
    isDate ? `on or after ${say(value)}` : `at least ${say(value)}`,
}

const sayNone = (entries: readonly string[]): string => {
  if (entries.length < 2) return `not ${entries[0] ?? 'anything'}`
  return entries.length === 2
    ? `neither ${entries.join(' nor ')}`
    : `none of ${sayChoice(entries, 'and')}`
}

/** A list is a set: each entry once, in a fixed order. */
function sortedEntries(value: unknown): readonly (string | number)[] {
  if (!Array.isArray(value)) return []
  const entries: readonly (string | number)[] = [...new Set<string | number>(value)]
  return entries.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
