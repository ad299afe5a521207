/**
 * Signatures of events over HTTP: an HMAC-SHA256 over the sender's time and the exact body, in one header.
 *
 * `Postdelivery-Signature: t=1764000000,v1=<hex>`, with further `v1=` while secrets are being changed. The time is
 * part of what is signed, so that a recorded request is worth nothing later.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** The header that carries the signature; HTTP does not mind its case. */
export const SIGNATURE_HEADER = 'postdelivery-signature'

/** How far a sender's clock may be away, in either direction. */
const SIGNATURE_TOLERANCE_MS = 300_000

/** Shorter secrets can be guessed. */
export const SECRET_MIN_LENGTH = 32

/**
 * Signs the body of an event, for senders and for tests.
 *
 * `body`: exactly the text (as UTF-8) or bytes that are sent. `at`: the sender's time. Returns: the header's value.
 *
 * @example
 * ```ts
 * import { signEvent } from 'postdelivery'
 *
 * const body = JSON.stringify({ id: 'wms-1', type: 'delivery.accepted', orderId: 'o-1', at: '2026-11-24T08:00:00Z' })
 * const header = signEvent(body, 'a secret of at least 32 characters', new Date('2026-11-24T08:00:00Z'))
 * expect(header).toMatch(/^t=1795507200,v1=[0-9a-f]{64}$/)
 * ```
 */
export function signEvent(body: string | Uint8Array, secret: string, at: Date | string): string {
  const seconds = Math.floor(new Date(at).getTime() / 1000)
  if (!Number.isSafeInteger(seconds)) throw new TypeError('`at` is no time')
  return `t=${seconds},v1=${macOf(body, secret, seconds).toString('hex')}`
}

/** What a signature header says, or null when it is not one. */
export function parseSignature(
  header: string | null,
): { readonly seconds: number; readonly macs: readonly Buffer[] } | null {
  if (header === null || header.length > HEADER_MAX_LENGTH) return null
  const parts = header.split(',').map((part) => part.trim())
  const times = parts.filter((part) => part.startsWith('t=')).map((part) => part.slice(2))
  const macs = parts.filter((part) => part.startsWith('v1=')).map((part) => part.slice(3))
  const [time] = times
  if (times.length !== 1 || time === undefined || !/^\d{1,12}$/.test(time)) return null
  if (macs.length === 0 || !macs.every((mac) => /^[0-9a-f]{64}$/.test(mac))) return null
  return { seconds: Number(time), macs: macs.map((mac) => Buffer.from(mac, 'hex')) }
}

/**
 * Tells whether a body was signed, with one of the active secrets, within the tolerance around `nowMs` (milliseconds).
 *
 * Every secret is tried with every signature, in constant time each.
 */
export function isSigned(
  body: Uint8Array,
  header: string | null,
  secrets: readonly string[],
  nowMs: number,
): boolean {
  const signature = parseSignature(header)
  if (signature === null) return false
  const { seconds, macs } = signature
  let isKnown = false
  for (const secret of secrets) {
    const expected = macOf(body, secret, seconds)
    for (const mac of macs) isKnown = timingSafeEqual(expected, mac) || isKnown
  }
  return isKnown && Math.abs(nowMs - seconds * 1000) <= SIGNATURE_TOLERANCE_MS
}

const macOf = (body: string | Uint8Array, secret: string, seconds: number): Buffer =>
  createHmac('sha256', secret).update(`${seconds}.`, 'utf8').update(body).digest()

const HEADER_MAX_LENGTH = 1_000
