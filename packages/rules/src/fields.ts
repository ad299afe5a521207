/** Reads the fields of an untrusted object one by one and says all that is wrong with them. */
import { escaped, isPlainRecord } from '@postdelivery/core'
import type { IssueCode, IssueList } from './issues.ts'
import { nearestAdvice, suggest } from './suggest.ts'

/** An object that is being read, with its place. */
export interface Fields {
  readonly path: string
  /** The value of an own field, or undefined. */
  get(key: string): unknown
  /** The place of a field. */
  at(key: string): string
}

/** The fields that an object can have. */
export interface Keys {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** Opens an object: reports missing and unknown keys. Returns undefined when it is no object. */
export function openFields(
  data: unknown,
  path: string,
  keys: Keys,
  issues: IssueList,
): Fields | undefined {
  if (!isPlainRecord(data)) {
    addWrongType(issues, path, 'an object', data)
    return undefined
  }
  const known = [...keys.required, ...keys.optional]
  for (const key of Object.keys(data)) {
    if (!known.includes(key)) addUnknownKey(issues, path, key, known, Object.keys(data))
  }
  for (const key of keys.required) {
    if (!Object.hasOwn(data, key)) issues.add('missing', `${path}/${key}`, `\`${key}\` is missing`)
  }
  return {
    path,
    get: (key) => (Object.hasOwn(data, key) ? data[key] : undefined),
    at: (key) => `${path}/${escaped(key)}`,
  }
}

/** Says that an object has a key that it cannot have, with the nearest of those that it can. */
export function addUnknownKey(
  issues: IssueList,
  path: string,
  key: string,
  known: readonly string[],
  said: readonly string[],
): void {
  const message = `\`${shown(key)}\` is not a field here; known: ${known.join(', ')}`
  // A field that is said already cannot be meant a second time.
  const nearest = suggest(key, known)
  const isSaid = nearest !== undefined && said.includes(nearest)
  const advice = isSaid
    ? undefined
    : nearestAdvice(key, known, (to) => ({ kind: 'rename_key', to }))
  issues.add('unknown_key', `${path}/${escaped(key)}`, message, advice ?? 'take it out')
}

interface TextBounds {
  readonly max: number
  /** What the text must look like, and how to say so. */
  readonly format?: { readonly pattern: RegExp; readonly sentence: string }
}

/** Reads a text that is not blank. Missing fields are reported elsewhere. */
export function readText(
  fields: Fields,
  key: string,
  bounds: TextBounds,
  issues: IssueList,
): string | undefined {
  const value = fields.get(key)
  const path = fields.at(key)
  if (value === undefined) return undefined
  if (typeof value !== 'string') {
    addWrongType(issues, path, 'a text', value)
  } else if (value.trim() === '') {
    issues.add('out_of_range', path, 'must not be empty')
  } else if (value.length > bounds.max) {
    const message = `at most ${bounds.max} characters are allowed, ${value.length} given`
    issues.add('too_long', path, message)
  } else if (bounds.format !== undefined && !bounds.format.pattern.test(value)) {
    issues.add('wrong_format', path, `\`${shown(value)}\` is not ${bounds.format.sentence}`)
  }
  return typeof value === 'string' ? value : undefined
}

/** Reads a whole number between two bounds, both included. */
export function readInteger(
  fields: Fields,
  key: string,
  bounds: { readonly min: number; readonly max: number },
  issues: IssueList,
): number | undefined {
  const value = fields.get(key)
  if (value === undefined) return undefined
  if (typeof value !== 'number') {
    addWrongType(issues, fields.at(key), 'a whole number', value)
    return undefined
  }
  if (value < bounds.min || value > bounds.max) {
    const message = `must be between ${bounds.min} and ${bounds.max}, ${value} given`
    issues.add('out_of_range', fields.at(key), message)
  }
  return value
}

/** Reads one of a list of words. */
export function readWord<Word extends string>(
  fields: Fields,
  key: string,
  words: readonly Word[],
  issues: IssueList,
): Word | undefined {
  const value = fields.get(key)
  if (value === undefined) return undefined
  const word = words.find((each) => each === value)
  if (word === undefined) addNotListed(issues, 'not_listed', fields.at(key), value, words)
  return word
}

/** Says that a value is none of the known words, with the nearest of them. */
export function addNotListed(
  issues: IssueList,
  code: IssueCode,
  path: string,
  value: unknown,
  words: readonly string[],
): void {
  const message = `\`${shown(value)}\` is none of ${words.map((word) => `\`${word}\``).join(', ')}`
  const advice =
    typeof value === 'string'
      ? nearestAdvice(value, words, (nearest) => ({ kind: 'replace_value', value: nearest }))
      : undefined
  issues.add(code, path, message, advice)
}

/** Says that a value has the wrong type. */
export function addWrongType(issues: IssueList, path: string, wanted: string, data: unknown): void {
  issues.add('wrong_type', path, `must be ${wanted}, \`${shown(data)}\` given`)
}

const SHOWN_MAX_LENGTH = 60

/** A value as an issue shows it: short, on one line. The values come from JSON, so nothing of them can run. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]'
  if (isPlainRecord(value)) return Object.keys(value).length === 0 ? '{}' : '{…}'
  const written = typeof value === 'string' ? value : String(value)
  const line = written.replaceAll(/\s+/g, ' ')
  return line.length > SHOWN_MAX_LENGTH ? `${line.slice(0, SHOWN_MAX_LENGTH)}…` : line
}
