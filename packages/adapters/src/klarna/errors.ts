/** What the typed calls throw: one class per kind of failure, with Klarna's code and correlation id, never a secret. */
import type { GatewayAnswer, HttpAnswer, NoAnswer } from '@postdelivery/core'

/** Codes of the failures, a public contract. */
export const KLARNA_FAILURES = [
  'klarna_no_answer',
  'klarna_unauthorized',
  'klarna_rate_limited',
  'klarna_not_allowed',
  'klarna_not_found',
  'klarna_conflict',
  'klarna_bad_request',
  'klarna_unavailable',
  'klarna_unexpected_answer',
] as const
export type KlarnaFailureCode = (typeof KLARNA_FAILURES)[number]

interface Details {
  /** Klarna's operation id. */
  readonly operation: string
  /** HTTP status, or null when no answer came. */
  readonly status: number | null
  /** Klarna's `error_code`, or null when there was none. */
  readonly errorCode: string | null
  /** Names the call in Klarna's logs; give it to Klarna's support. */
  readonly correlationId: string | null
  /** Klarna's message without personal data, cut to 500 characters. */
  readonly detail: string | null
}

/** What all failures have. */
export abstract class KlarnaError extends Error {
  abstract readonly code: KlarnaFailureCode
  readonly operation: string
  readonly status: number | null
  readonly errorCode: string | null
  readonly correlationId: string | null

  constructor(details: Details, what: string) {
    const facts = [
      details.status === null ? undefined : `status ${details.status}`,
      details.errorCode === null ? undefined : `code \`${details.errorCode}\``,
      details.correlationId === null ? undefined : `correlation id \`${details.correlationId}\``,
    ].filter((fact) => fact !== undefined)
    const known = facts.length === 0 ? '' : ` (${facts.join(', ')})`
    super(
      `\`${details.operation}\`: ${what}${known}${details.detail === null ? '' : `: ${details.detail}`}`,
    )
    this.operation = details.operation
    this.status = details.status
    this.errorCode = details.errorCode
    this.correlationId = details.correlationId
  }
}

/** No answer came; unless `mayHaveReached` is false, nobody knows whether it was done. */
export class KlarnaNoAnswerError extends KlarnaError {
  override readonly name = 'KlarnaNoAnswerError'
  override readonly code = 'klarna_no_answer'
  readonly reason: NoAnswer['reason']
  readonly mayHaveReached: boolean

  constructor(operation: string, answer: NoAnswer) {
    const what = `no answer: ${answer.reason.replaceAll('_', ' ')}`
    super({ operation, status: null, errorCode: null, correlationId: null, detail: null }, what)
    this.reason = answer.reason
    this.mayHaveReached = answer.mayHaveReached
  }
}

/** The credentials are wrong (401). */
export class KlarnaUnauthorizedError extends KlarnaError {
  override readonly name = 'KlarnaUnauthorizedError'
  override readonly code = 'klarna_unauthorized'
}

/** The quota is used up (429). */
export class KlarnaRateLimitError extends KlarnaError {
  override readonly name = 'KlarnaRateLimitError'
  override readonly code = 'klarna_rate_limited'
  /** Milliseconds until the quota opens again, or null when Klarna did not say. */
  readonly resetMs: number | null

  constructor(details: Details, what: string, resetMs: number | null) {
    super(details, what)
    this.resetMs = resetMs
  }
}

/** Klarna refuses, with a code (403). */
export class KlarnaNotAllowedError extends KlarnaError {
  override readonly name = 'KlarnaNotAllowedError'
  override readonly code = 'klarna_not_allowed'
}

/** No such order, capture or refund (404, and 400 NOT_FOUND); `errorCode` tells which. */
export class KlarnaNotFoundError extends KlarnaError {
  override readonly name = 'KlarnaNotFoundError'
  override readonly code = 'klarna_not_found'
}

/** The call clashes with the present state (409). */
export class KlarnaConflictError extends KlarnaError {
  override readonly name = 'KlarnaConflictError'
  override readonly code = 'klarna_conflict'
}

/** The request is wrong (400, 413, 422). */
export class KlarnaBadRequestError extends KlarnaError {
  override readonly name = 'KlarnaBadRequestError'
  override readonly code = 'klarna_bad_request'
}

/** Klarna failed (5xx); nobody knows whether it was done. */
export class KlarnaUnavailableError extends KlarnaError {
  override readonly name = 'KlarnaUnavailableError'
  override readonly code = 'klarna_unavailable'
}

/** Anything else: a redirect, a refusal without Klarna's error object, a status that nobody documents. */
export class KlarnaUnexpectedAnswerError extends KlarnaError {
  override readonly name = 'KlarnaUnexpectedAnswerError'
  override readonly code = 'klarna_unexpected_answer'
}

/** Every failure, told apart by `code`. */
export type KlarnaFailure =
  | KlarnaNoAnswerError
  | KlarnaUnauthorizedError
  | KlarnaRateLimitError
  | KlarnaNotAllowedError
  | KlarnaNotFoundError
  | KlarnaConflictError
  | KlarnaBadRequestError
  | KlarnaUnavailableError
  | KlarnaUnexpectedAnswerError

const CODE_BY_NAME: Readonly<Record<KlarnaFailure['name'], KlarnaFailureCode>> = {
  KlarnaNoAnswerError: 'klarna_no_answer',
  KlarnaUnauthorizedError: 'klarna_unauthorized',
  KlarnaRateLimitError: 'klarna_rate_limited',
  KlarnaNotAllowedError: 'klarna_not_allowed',
  KlarnaNotFoundError: 'klarna_not_found',
  KlarnaConflictError: 'klarna_conflict',
  KlarnaBadRequestError: 'klarna_bad_request',
  KlarnaUnavailableError: 'klarna_unavailable',
  KlarnaUnexpectedAnswerError: 'klarna_unexpected_answer',
}

/**
 * Tells whether something thrown is one of these failures; `code` then tells which.
 *
 * By name as well as by prototype, since two copies of a package have two prototypes.
 */
export function isKlarnaError(error: unknown): error is KlarnaFailure {
  if (error instanceof KlarnaError) return true
  if (!(error instanceof Error) || !Object.hasOwn(CODE_BY_NAME, error.name)) return false
  return (
    (error as Partial<KlarnaFailure>).code === CODE_BY_NAME[error.name as KlarnaFailure['name']]
  )
}

/** Makes the failure that an answer is. Call it for answers that are no success. */
export function klarnaFailureOf(operation: string, answer: GatewayAnswer): KlarnaFailure {
  if (answer.type === 'no_answer') return new KlarnaNoAnswerError(operation, answer)
  const { status, errorCode, correlationId, errorMessage: detail } = answer
  return answeredFailure(answer, { operation, status, errorCode, correlationId, detail })
}

function answeredFailure(answer: HttpAnswer, details: Details): KlarnaFailure {
  const { status, errorCode } = answer
  if (status === 429)
    return new KlarnaRateLimitError(details, 'too many requests', answer.rateLimitResetMs)
  if (status >= 500) return new KlarnaUnavailableError(details, 'klarna failed')
  if (status === 401) return new KlarnaUnauthorizedError(details, 'wrong credentials')
  if (status === 409) return new KlarnaConflictError(details, 'conflict with the present state')
  if (errorCode === null)
    return new KlarnaUnexpectedAnswerError(details, "an answer without klarna's error object")
  if (status === 404 || (status === 400 && errorCode === 'NOT_FOUND'))
    return new KlarnaNotFoundError(details, 'not found')
  if (status === 403) return new KlarnaNotAllowedError(details, 'not allowed')
  if (status === 400 || status === 413 || status === 422)
    return new KlarnaBadRequestError(details, 'the request is wrong')
  return new KlarnaUnexpectedAnswerError(details, 'an answer that nobody documents')
}
