/**
 * Shapes of untrusted data: each says what it accepts and reports every problem with a JSON Pointer.
 *
 * Deliberately small: no coercion, no defaults, unknown keys are problems, nothing is thrown.
 */
import { LONE_SURROGATE } from './canonical-json.ts'
import { isMinor } from './money.ts'
import { err, ok, type Result } from './result.ts'
import { type IsoInstant, isInstant, isPlainDate, msToInstant, type PlainDate } from './time.ts'

/** One thing wrong with untrusted data. */
export interface Problem {
  readonly code:
    | 'missing'
    | 'unknown_key'
    | 'wrong_type'
    | 'out_of_range'
    | 'not_listed'
    | 'too_long'
    | 'bad_key'
  /** JSON Pointer (RFC 6901) of the place, empty for the whole. */
  readonly path: string
  /** One line, lower case, without full stop. */
  readonly message: string
}

/** Reads untrusted data: returns the value, or undefined after adding to `problems`. */
export interface Shape<Value> {
  readonly read: (data: unknown, path: string, problems: Problem[]) => Value | undefined
  readonly isOptional?: boolean
}

/** The type that a shape accepts. */
export type Shaped<S> = S extends Shape<infer Value> ? Value : never

type OptionalKeys<Fields> = {
  [Key in keyof Fields]: undefined extends Shaped<Fields[Key]> ? Key : never
}[keyof Fields]

type RecordOf<Fields> = {
  readonly [Key in Exclude<keyof Fields, OptionalKeys<Fields>>]: Shaped<Fields[Key]>
} & {
  readonly [Key in OptionalKeys<Fields>]?: Exclude<Shaped<Fields[Key]>, undefined>
}

type Flat<Value> = { [Key in keyof Value]: Value[Key] }

/** Reads data with a shape. Returns all problems, sorted by place. Throws: never. */
export function readShape<Value>(
  shape: Shape<Value>,
  data: unknown,
): Result<Value, readonly Problem[]> {
  const problems: Problem[] = []
  const value = shape.read(data, '', problems)
  if (problems.length > 0) {
    return err(problems.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)))
  }
  return ok(value as Value)
}

/** Text of `min` (default 1) to `max` characters without control characters. */
export const text = (bounds: { readonly min?: number; readonly max: number }): Shape<string> => ({
  read(data, path, problems) {
    if (typeof data !== 'string') return wrongType(problems, path, 'a text', data)
    if (data.length > bounds.max)
      return add(
        problems,
        'too_long',
        path,
        `at most ${bounds.max} characters are allowed, ${data.length} given`,
      )
    if (data.length < (bounds.min ?? 1))
      return add(problems, 'out_of_range', path, 'must not be empty')
    if (!PLAIN.test(data) && (hasControl(data) || LONE_SURROGATE.test(data)))
      return add(
        problems,
        'out_of_range',
        path,
        'control characters and broken surrogates are not allowed',
      )
    return data
  },
})

/** A whole number between two bounds, both included. */
export const integer = (bounds: { readonly min: number; readonly max: number }): Shape<number> => ({
  read(data, path, problems) {
    if (typeof data !== 'number' || !Number.isSafeInteger(data))
      return wrongType(problems, path, 'a whole number', data)
    if (data < bounds.min || data > bounds.max)
      return add(
        problems,
        'out_of_range',
        path,
        `must be between ${bounds.min} and ${bounds.max}, ${data} given`,
      )
    return data
  },
})

/** True or false. */
export const flag: Shape<boolean> = {
  read: (data, path, problems) =>
    typeof data === 'boolean' ? data : wrongType(problems, path, 'true or false', data),
}

/** One of a list of words. */
export const oneOf = <const Word extends string>(words: readonly Word[]): Shape<Word> => ({
  read(data, path, problems) {
    const word = words.find((candidate) => candidate === data)
    if (word !== undefined) return word
    return add(
      problems,
      'not_listed',
      path,
      `must be one of ${words.map((each) => `\`${each}\``).join(', ')}, ${shown(data)} given`,
    )
  },
})

/** Dates and instants of the door lie in the years 1970 to 2999, which leaves room for every reckoning behind it. */
const FIRST_DATE = '1970-01-01'
const LAST_INSTANT = '3000-01-01'

/** An instant with a zone, normalised to UTC. */
export const instantShape: Shape<IsoInstant> = {
  read(data, path, problems) {
    const at = isInstant(data) ? normalised(data) : undefined
    return at !== undefined && at < LAST_INSTANT
      ? at
      : wrongType(problems, path, 'an instant such as `2026-11-24T08:00:00Z`', data)
  },
}

/** Most instants are written as we write them. `24:00` is the next day's beginning, and is written so. */
const normalised = (text: string): IsoInstant =>
  NORMAL_INSTANT.test(text) ? (text as IsoInstant) : msToInstant(Date.parse(text))

const NORMAL_INSTANT = /^.{11}(?:[01]\d|2[0-3]).{6}\.\d{3}Z$/

/** A calendar date that exists. */
export const dateShape: Shape<PlainDate> = {
  read: (data, path, problems) =>
    isPlainDate(data) && data >= FIRST_DATE && data < LAST_INSTANT
      ? data
      : wrongType(problems, path, 'a date such as `2026-12-14`', data),
}

/** A largest amount per currency code in upper case, at least one. */
export const minorByCurrency: Shape<Readonly<Record<string, number>>> = {
  read(data, path, problems) {
    if (!isPlainRecord(data))
      return wrongType(problems, path, 'amounts by currency such as `{ "SEK": 1000 }`', data)
    const entries = Object.entries(data)
    if (entries.length === 0)
      return add(problems, 'missing', path, 'at least one currency must be listed')
    for (const [code, amount] of entries) {
      if (!/^[A-Z]{3}$/.test(code))
        add(
          problems,
          'bad_key',
          `${path}/${escaped(code)}`,
          `a currency is three upper-case letters, ${shown(code)} given`,
        )
      if (!isMinor(amount))
        wrongType(problems, `${path}/${escaped(code)}`, 'a whole number of minor units', amount)
    }
    return data as Readonly<Record<string, number>>
  },
}

/** A list of things of one shape. */
export const list = <Value>(
  of: Shape<Value>,
  bounds: { readonly min?: number; readonly max: number },
): Shape<readonly Value[]> => ({
  read(data, path, problems) {
    if (!Array.isArray(data)) return wrongType(problems, path, 'a list', data)
    if (data.length > bounds.max)
      return add(
        problems,
        'too_long',
        path,
        `at most ${bounds.max} entries are allowed, ${data.length} given`,
      )
    if (data.length < (bounds.min ?? 0))
      return add(problems, 'missing', path, `at least ${bounds.min} entry is needed`)
    return data.map((entry, index) => of.read(entry, `${path}/${index}`, problems)) as Value[]
  },
})

/** Values of one shape under keys that the data chooses. */
export const mapOf = <Value>(
  of: Shape<Value>,
  bounds: { readonly max: number },
): Shape<Readonly<Record<string, Value>>> => ({
  read(data, path, problems) {
    if (!isPlainRecord(data)) return wrongType(problems, path, 'an object', data)
    const entries = Object.entries(data)
    if (entries.length > bounds.max)
      return add(
        problems,
        'too_long',
        path,
        `at most ${bounds.max} keys are allowed, ${entries.length} given`,
      )
    for (const [key] of entries)
      if (!isSafeKey(key))
        add(problems, 'bad_key', `${path}/${escaped(key)}`, 'this key is not allowed')
    return Object.fromEntries(
      entries
        .filter(([key]) => isSafeKey(key))
        .map(([key, value]) => [key, of.read(value, `${path}/${escaped(key)}`, problems)]),
    ) as Record<string, Value>
  },
})

/** The first shape that accepts; the problems of the last are reported otherwise. */
export const eitherOf = <A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> => ({
  read(data, path, problems) {
    const tried: Problem[] = []
    const value = first.read(data, path, tried)
    return tried.length === 0 ? value : second.read(data, path, problems)
  },
})

/** Null, or a value of a shape. */
export const nullable = <Value>(of: Shape<Value>): Shape<Value | null> => ({
  read: (data, path, problems) => (data === null ? null : of.read(data, path, problems)),
})

/** A field that may be left out. */
export const optional = <Value>(of: Shape<Value>): Shape<Value | undefined> => ({
  isOptional: true,
  read: (data, path, problems) => (data === undefined ? undefined : of.read(data, path, problems)),
})

/** An object with exactly these fields. */
export const record = <Fields extends Record<string, Shape<unknown>>>(
  fields: Fields,
): Shape<Flat<RecordOf<Fields>>> => {
  const shapes = Object.entries(fields)
  return {
    read(data, path, problems) {
      if (!isPlainRecord(data)) return wrongType(problems, path, 'an object', data)
      const whole: Record<string, unknown> = {}
      let knownCount = 0
      for (const [key, shape] of shapes) {
        const isThere = Object.hasOwn(data, key)
        if (isThere) knownCount += 1
        const value = isThere ? data[key] : undefined
        if (value === undefined && shape.isOptional === true) continue
        if (value === undefined) {
          add(problems, 'missing', `${path}/${key}`, `\`${key}\` is missing`)
          continue
        }
        const read = shape.read(value, `${path}/${key}`, problems)
        if (read !== undefined) whole[key] = read
      }
      const keys = Object.keys(data)
      const unknown =
        keys.length === knownCount ? [] : keys.filter((key) => !Object.hasOwn(fields, key))
      for (const key of unknown)
        add(
          problems,
          'unknown_key',
          `${path}/${escaped(key)}`,
          `\`${key}\` is not a field here; known: ${Object.keys(fields).join(', ')}`,
        )
      return whole as Flat<RecordOf<Fields>>
    },
  }
}

/** Tells whether data is an ordinary object: no array, no null. */
export const isPlainRecord = (data: unknown): data is Record<string, unknown> =>
  typeof data === 'object' && data !== null && !Array.isArray(data)

/** Names that would reach a prototype are refused as keys of untrusted data. */
export const isSafeKey = (key: string): boolean =>
  key !== '__proto__' && key !== 'constructor' && key !== 'prototype' && key.length <= 100

/** Escapes a key for a JSON Pointer. Source: RFC 6901, section 3. */
export const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** Most texts are; they need no closer look. */
const PLAIN = /^[\x20-\x7e]*$/

/** Tab and line breaks are text; every other control character is not. */
const hasControl = (data: string): boolean => CONTROL.test(data)
const CONTROL = /[^\P{Cc}\t\n\r]/u

const shown = (data: unknown): string => {
  const written = JSON.stringify(data) ?? String(data)
  return `\`${written.length > 40 ? `${written.slice(0, 40)}…` : written}\``
}

function add(problems: Problem[], code: Problem['code'], path: string, message: string): undefined {
  problems.push({ code, path, message })
}

const wrongType = (problems: Problem[], path: string, wanted: string, data: unknown): undefined =>
  add(problems, 'wrong_type', path, `must be ${wanted}, ${shown(data)} given`)
