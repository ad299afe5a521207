/** The port to Klarna: prepare a request purely, perform stored bytes, read. Never decides whether to retry. */
import type { Command, PreparedRequest } from '../commands.ts'
import type { DueDateOptions, ObservedOrder } from '../klarna-order.ts'

/** What came back over HTTP, as data. */
export interface HttpAnswer {
  readonly type: 'answered'
  readonly status: number
  /** Klarna's `error_code`, or null when the body carried none. */
  readonly errorCode: string | null
  /** Whether the body was Klarna's error object (JSON with `error_code`); a DDoS guard answers without one. */
  readonly hasErrorObject: boolean
  /** Klarna's messages, cut to 500 characters; people read them, nothing branches on them. */
  readonly errorMessage: string | null
  readonly correlationId: string | null
  /** `Refund-Id` or `Capture-Id`, or the last part of `Location`. */
  readonly resultId: string | null
  /** Milliseconds until the quota opens again, from the rate-limit headers. */
  readonly rateLimitResetMs: number | null
}

/** No answer came: the work may have been done or not. */
export interface NoAnswer {
  readonly type: 'no_answer'
  readonly reason:
    | 'timeout'
    | 'connection_lost'
    | 'not_connected'
    | 'body_unreadable'
    | 'no_credentials'
  /** Whether any byte may have reached Klarna; false only when that is certain. */
  readonly mayHaveReached: boolean
}

export type GatewayAnswer = HttpAnswer | NoAnswer

/** A read that worked, or why not. */
export type ReadResult<Value> =
  | { readonly type: 'read'; readonly value: Value }
  | { readonly type: 'failed'; readonly answer: GatewayAnswer }

/** What core needs of Klarna. */
export interface PaymentGateway {
  /**
   * Says which request a command will be. Pure: the same command gives the same bytes for ever.
   *
   * Throws: `AssertionError` when the command breaks Klarna's limits, which deciding has checked before.
   */
  prepare(command: Command): PreparedRequest
  /** Sends exactly the stored bytes under the key. Never throws on network grounds, never retries. */
  perform(request: PreparedRequest, idempotencyKey: string): Promise<GatewayAnswer>
  readOrder(orderId: string): Promise<ReadResult<ObservedOrder>>
  readDueDateOptions(orderId: string, captureId: string): Promise<ReadResult<DueDateOptions>>
}
