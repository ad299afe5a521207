/** One action on its way to Klarna: what it will do there, fixed when it was decided. */
import type { ActionType, ShippingInfo } from './actions.ts'
import type { OrderLine } from './events.ts'

/** Klarna's operations that change something, by their operation ids. */
export const OPERATIONS = [
  'refundOrder',
  'releaseRemainingAuthorization',
  'extendDueDate',
  'appendShippingInfo',
  'triggerSendOut',
  'extendAuthorizationTime',
] as const
export type Operation = (typeof OPERATIONS)[number]

/** The action behind each operation, by which rules ask for it and the kill switch names it. */
export const ACTION_OF_OPERATION = {
  refundOrder: 'refund',
  releaseRemainingAuthorization: 'releaseAuthorization',
  extendDueDate: 'extendDueDate',
  appendShippingInfo: 'addShippingInfo',
  triggerSendOut: 'sendOut',
  extendAuthorizationTime: 'extendAuthorization',
} as const satisfies Readonly<Record<Operation, ActionType>>

/** Units of a return that a refund pays for. */
export interface RefundedUnits {
  readonly returnId: string
  readonly reference: string
  readonly quantity: number
  /** The first of them, counted from 0 over the capture's lines of the reference. Refunds of early versions lack it. */
  readonly unitIndex?: number
}

/** Pays money back on one capture. */
export interface RefundOrder {
  readonly operation: 'refundOrder'
  readonly captureId: string
  readonly refundMinor: number
  /** Lines that sum to `refundMinor` exactly and carry the capture's own references. */
  readonly lines: readonly OrderLine[]
  readonly description?: string
  /** The return whose event asked for it. */
  readonly returnId?: string
  /** The returned units that this refund pays for; empty for refunds of an amount. */
  readonly units: readonly RefundedUnits[]
}

/** Lets go of what is authorized and not captured. */
export interface ReleaseRemainingAuthorization {
  readonly operation: 'releaseRemainingAuthorization'
  /** What our books say is left, in minor units; Klarna releases whatever is left. */
  readonly remainingMinor: number
}

/** Gives the customer more time to pay one capture, by Klarna's offer. */
export interface ExtendDueDate {
  readonly operation: 'extendDueDate'
  readonly captureId: string
  readonly numberOfDays: number
  /** The fee that Klarna quoted when the command was decided, in minor units. */
  readonly feeMinor: number
  /** The merchant's cap: an attempt is not made above it. */
  readonly feeMaxMinor: number
}

/** Tells Klarna the parcels of one capture. */
export interface AppendShippingInfo {
  readonly operation: 'appendShippingInfo'
  readonly captureId: string
  readonly shippingInfo: readonly ShippingInfo[]
}

/** Sends the customer the invoice of one capture again. */
export interface TriggerSendOut {
  readonly operation: 'triggerSendOut'
  readonly captureId: string
  /** Why it is sent; the same reason does not send twice. */
  readonly reason: string
}

/** Keeps the authorization alive; Klarna says for how long. */
export interface ExtendAuthorizationTime {
  readonly operation: 'extendAuthorizationTime'
}

/** What a command does, by operation. */
export type CommandBody =
  | RefundOrder
  | ReleaseRemainingAuthorization
  | ExtendDueDate
  | AppendShippingInfo
  | TriggerSendOut
  | ExtendAuthorizationTime

/** One action on its way to Klarna. */
export interface Command {
  /** UUIDv5 of where it came from; a refund's `reference` at Klarna. */
  readonly id: string
  readonly orderId: string
  readonly currency: string
  /** The event whose decision asked for it. */
  readonly eventId: string
  /** The rule that asked, or null when a person did. */
  readonly rule: string | null
  /** The person who asked, or null when a rule did. */
  readonly requestedBy: string | null
  readonly body: CommandBody
}

/** The capture that a command is about, or null for the whole order. */
export const captureOf = (body: CommandBody): string | null =>
  'captureId' in body ? body.captureId : null

/** The exact request of a command, prepared once and stored before the first send. */
export interface PreparedRequest {
  readonly method: 'POST' | 'PATCH'
  /** Path below the base URL, segments encoded. */
  readonly path: string
  /** The exact body (RFC 8785), or null for a call without one. */
  readonly body: string | null
  /** SHA-256 of method, path and body: what an approval is bound to and what every repeat must equal. */
  readonly hash: string
}
