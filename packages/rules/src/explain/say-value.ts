/** Values as people read them: amounts with decimals, days with their unit, texts bare where nothing can be mistaken. */
import { type FactDefinition, formatMinor } from '@postdelivery/core'
import type { FactWords } from './fact-words.ts'

/** What sentences take into account beside the rule. */
export interface SayOptions {
  /** ISO 4217, upper case: the order's currency, when one order is spoken of. Without it amounts say so. */
  readonly currency?: string
}

/** An amount in minor units, in a given currency or in whatever the order has. */
export const sayMinor = (amountMinor: number, currency?: string): string =>
  currency === undefined
    ? `${formatMinor(amountMinor, '').trimEnd()} in the order's currency`
    : formatMinor(amountMinor, currency)

/** A number with what it counts. */
export function sayNumber(
  value: number,
  unit: FactDefinition['unit'],
  { currency }: SayOptions,
): string {
  switch (unit) {
    case 'minor':
      return sayMinor(value, currency)
    case 'days':
      return sayCount(value, 'day')
    case 'percent':
      return `${value} percent`
    case 'count':
    case undefined:
      return String(value)
  }
}

/** `1 day`, `14 days`. */
export const sayCount = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`

/** A text of a rule's author: bare when it is one plain word, in quotes otherwise. */
export const sayText = (text: string): string =>
  PLAIN_WORD.test(text) && !WORDS_OF_OURS.has(text) ? text : JSON.stringify(text)

const PLAIN_WORD = /^[A-Za-z][A-Za-z0-9_-]*$/
/** Bare, these would read as ours. */
const WORDS_OF_OURS = new Set([
  'not',
  'or',
  'nor',
  'neither',
  'none',
  'of',
  'and',
  'before',
  'after',
])

/** Any value of a fact. A value of another type than the fact's is shown as JSON. */
export function sayValue(
  value: unknown,
  definition: FactDefinition | undefined,
  words: FactWords,
  options: SayOptions,
): string {
  if (typeof value === 'number') return sayNumber(value, definition?.unit, options)
  if (typeof value === 'string') {
    const said = Object.hasOwn(words.values, value) ? words.values[value] : undefined
    if (said !== undefined) return said
    return definition?.type === 'date' && DATE.test(value) ? value : sayText(value)
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value))
    return value.length === 0 ? 'nothing' : value.map((entry) => JSON.stringify(entry)).join(', ')
  return JSON.stringify(value) ?? 'nothing'
}

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** `a`, `a or b`, `a, b or c`. */
export const sayChoice = (entries: readonly string[], word: string): string => {
  const last = entries.at(-1) ?? ''
  return entries.length < 2 ? last : `${entries.slice(0, -1).join(', ')} ${word} ${last}`
}

/** Puts a text into the place of a template, its last `{}`: what stands before it may be anybody's words. */
export function fill(template: string, text: string): string {
  const at = template.lastIndexOf('{}')
  return at < 0 ? template : `${template.slice(0, at)}${text}${template.slice(at + 2)}`
}
