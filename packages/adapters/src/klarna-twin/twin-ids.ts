/** Ids that are the same in every run: UUID-shaped, made from names. */
import { createHash } from 'node:crypto'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Tells whether a text is a UUID of any version. */
export const isUuid = (text: string): boolean => UUID.test(text)

/** A UUID with the looks of version 4 that follows from a name alone. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}

/** The id of an order's n-th capture or refund, counted from 0. */
export const partId = (orderId: string, part: 'capture' | 'refund', index: number): string =>
  uuidOf(`${orderId}/${part}/${index}`)

/** Klarna's short reference of an order, eight characters. */
export const shortReference = (orderId: string): string => orderId.slice(0, 8).toUpperCase()
