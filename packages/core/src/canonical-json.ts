/** One spelling for one value: RFC 8785 (JCS) text, so that equal content has equal bytes and hashes. */
import { assert } from './assert.ts'

/** With the `u` flag a surrogate matches only when it stands alone. */
export const LONE_SURROGATE = /\p{Surrogate}/u

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

/**
 * Writes a JSON value with keys sorted by UTF-16 code units and numbers as ECMAScript writes them.
 *
 * Keys whose value is `undefined` are left out, as in `JSON.stringify`.
 * Throws: `AssertionError` for what JSON cannot say: NaN, infinities, functions, bigints, lone surrogates.
 * Source: RFC 8785, sections 3.2.2 and 3.2.3.
 *
 * @example
 * ```ts
 * import { canonicalJson } from '@postdelivery/core'
 *
 * expect(canonicalJson({ b: [1.0, 'å'], a: null })).toBe('{"a":null,"b":[1,"å"]}')
 * ```
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') {
    assert(!LONE_SURROGATE.test(value), 'JSON text has no lone surrogates')
    return JSON.stringify(value)
  }
  if (typeof value === 'number') {
    assert(Number.isFinite(value), `JSON has no number ${value}`)
    return JSON.stringify(value)
  }
  if (value === null || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return canonicalList(value)
  assert(typeof value === 'object', `JSON has no ${typeof value}`)
  return canonicalRecord(value as Readonly<Record<string, unknown>>)
}

// Plain loops: every state and event of every order goes through here, and intermediate lists cost twice the time.

function canonicalList(list: readonly unknown[]): string {
  let text = '['
  for (let index = 0; index < list.length; index += 1) {
    text += index === 0 ? canonicalJson(list[index]) : `,${canonicalJson(list[index])}`
  }
  return `${text}]`
}

function canonicalRecord(record: Readonly<Record<string, unknown>>): string {
  let text = '{'
  for (const key of Object.keys(record).sort()) {
    const member = record[key]
    if (member === undefined) continue
    text += `${text === '{' ? '' : ','}${canonicalJson(key)}:${canonicalJson(member)}`
  }
  return `${text}}`
}
