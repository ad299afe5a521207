/** What may leave through logs, traces and metrics: an allow-list of ids, codes, counts and amounts. All else stays here. */
import type { TelemetryEvent } from '@postdelivery/core'

type Kind = 'code' | 'count' | 'amount' | 'version'

/**
 * Attributes that pass, with what each may hold: `code`, a word without spaces or at signs; `count`, a whole number,
 * milliseconds among them; `amount`, minor units; `version`, a version or a hash.
 */
export const ALLOWED_ATTRIBUTES = {
  acceptance: 'code',
  amountMinor: 'amount',
  attempt: 'count',
  channel: 'code',
  code: 'code',
  commandCount: 'count',
  currency: 'code',
  durationMs: 'count',
  error: 'code',
  failureCount: 'count',
  feeMinor: 'amount',
  file: 'code',
  generation: 'count',
  hash: 'version',
  issueCount: 'count',
  operation: 'code',
  outcome: 'code',
  path: 'code',
  phase: 'code',
  reason: 'code',
  recoveredCount: 'count',
  ruleCount: 'count',
  ruleSet: 'code',
  setCount: 'count',
  type: 'code',
  unansweredCount: 'count',
  version: 'version',
  waitMs: 'count',
} as const satisfies Readonly<Record<string, Kind>>

export type AllowedAttribute = keyof typeof ALLOWED_ATTRIBUTES
export type AllowedAttributes = Readonly<Partial<Record<AllowedAttribute, string | number>>>

/** Ids of an event, cut to a length that a log can bear. */
export interface AllowedIds {
  readonly orderId?: string
  readonly eventId?: string
  readonly commandId?: string
}

/** The attributes of an event that may leave. A value of another kind than listed is left out. */
export function allowedAttributes({ attributes = {} }: TelemetryEvent): AllowedAttributes {
  const passed: Partial<Record<AllowedAttribute, string | number>> = {}
  for (const name of Object.keys(ALLOWED_ATTRIBUTES) as AllowedAttribute[]) {
    if (!Object.hasOwn(attributes, name)) continue
    const value = attributes[name]
    if (value !== undefined && isAllowed(ALLOWED_ATTRIBUTES[name], value)) passed[name] = value
  }
  return passed
}

/** The ids of an event that may leave. */
export function allowedIds(event: TelemetryEvent): AllowedIds {
  const { orderId, eventId, commandId } = event
  return {
    ...(orderId === undefined ? {} : { orderId: idText(orderId) }),
    ...(eventId === undefined ? {} : { eventId: idText(eventId) }),
    ...(commandId === undefined ? {} : { commandId: idText(commandId) }),
  }
}

function isAllowed(kind: Kind, value: string | number | boolean): value is string | number {
  if (kind === 'count' || kind === 'amount') return Number.isSafeInteger(value)
  return typeof value === 'string' && WORD.test(value)
}

/** A code, not a sentence and no address: what a person wrote does not look like this. */
const WORD = /^[A-Za-z0-9_.:/-]{1,100}$/

const ID_MAX_LENGTH = 200

const idText = (id: string): string => id.replaceAll(/\p{Cc}/gu, '').slice(0, ID_MAX_LENGTH)
