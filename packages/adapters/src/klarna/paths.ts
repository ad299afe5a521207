/** Paths of Klarna's calls, taken from the contract; ids go in as one encoded segment each. */
import { assert } from '@postdelivery/core'
import type { paths } from './generated/klarna-order-management.ts'

export type PathTemplate = keyof paths & string

/**
 * Fills the ids into a path of the contract.
 *
 * Throws: `AssertionError` for an id that cannot be one segment: empty, over 255 characters, with broken
 *   surrogates, or `.` and `..`, which no encoding keeps from climbing.
 */
export function fillPath(template: string, ids: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => segment(name, ids[name]))
}

function segment(name: string, id: unknown): string {
  const isSegment =
    typeof id === 'string' && id.length > 0 && id.length <= 255 && id !== '.' && id !== '..'
  assert(isSegment && !/\p{Surrogate}/u.test(id), `\`${name}\` is no id that a path can carry`)
  return encodeURIComponent(id)
}
