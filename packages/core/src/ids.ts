/** Names that are the same after any crash and in any runtime: never random, never from a clock or a counter. */
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { assert } from './assert.ts'
import { canonicalJson } from './canonical-json.ts'

/** The namespace of every id of ours, UUIDv5(URL, `urn:postdelivery`); changing it would change every key at Klarna. */
export const POSTDELIVERY_NAMESPACE = '6d36039e-d0cb-548e-812d-5239221a4081'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The SHA-256 of a text's UTF-8 bytes, in lower-case hex (64 characters). */
export const sha256Hex = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)))

/**
 * The UUID version 5 of a name in a namespace.
 *
 * Throws: `AssertionError` when `namespace` is no UUID in lower case.
 * Source: RFC 9562, section 5.5; Klarna's retry policy asks for UUIDv5 keys.
 */
export function uuidV5(namespace: string, name: string): string {
  assert(UUID.test(namespace), `a namespace is a UUID in lower case, not \`${namespace}\``)
  const space = Uint8Array.from(namespace.replaceAll('-', '').match(/../g) ?? [], (pair) =>
    Number.parseInt(pair, 16),
  )
  const text = utf8ToBytes(name)
  const input = new Uint8Array(space.length + text.length)
  input.set(space)
  input.set(text, space.length)

  const hash = sha1(input).slice(0, 16)
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = bytesToHex(hash)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/** What a command id is made of. */
export interface CommandIdParts {
  readonly orderId: string
  /** The event whose decision asked for the command. */
  readonly eventId: string
  /** Place of the command in its decision, counted after expansion, from 0. */
  readonly commandIndex: number
  readonly operation: string
  /** Empty for operations on the whole order. */
  readonly captureId: string
}

/** The id of a command, the same however often its event is decided. Source: docs/decisions/0001-ids.md. */
export const commandIdOf = (parts: CommandIdParts): string =>
  uuidV5(
    POSTDELIVERY_NAMESPACE,
    canonicalJson([
      parts.orderId,
      parts.eventId,
      parts.commandIndex,
      parts.operation,
      parts.captureId,
    ]),
  )

/**
 * The `Klarna-Idempotency-Key` of a command's generation (0 at first; a person may open a new one).
 *
 * Every attempt of one generation carries the same key, so that Klarna answers a repeat with its first answer.
 */
export const idempotencyKeyOf = (commandId: string, generation: number): string =>
  uuidV5(commandId, String(generation))

/** The id of the internal event that carries an attempt's answer. */
export const answerEventId = (commandId: string, generation: number, attempt: number): string =>
  `answer:${commandId}:${generation}:${attempt}`

/** Prefixes of event ids that only the engine may use; the public door refuses them. */
export const INTERNAL_ID_PREFIXES: readonly string[] = [
  'answer:',
  'start:',
  'due:',
  'fire:',
  'pull:',
  'clock:',
  'approval:',
  'expiry:',
  'resolve:',
  'track:',
  'reconcile:',
]

/** Tells whether an event id is reserved for the engine's own events. */
export const isInternalEventId = (id: string): boolean =>
  INTERNAL_ID_PREFIXES.some((prefix) => id.startsWith(prefix))
