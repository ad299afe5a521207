/** The one table that says what an answer of Klarna's means. Branches on status and code only, never on a message. */
import type { Outcome } from '../outcome.ts'
import type { GatewayAnswer, HttpAnswer } from '../ports/payment-gateway.ts'
import { NO_CREDENTIALS_WAIT_MS, RATE_LIMIT_WAIT_MS, UNSENT_WAIT_MS } from './retry.ts'

/** Codes with which Klarna refuses for good, by HTTP status. Source: docs/failure-modes.md#refusals-of-klarna. */
export const REFUSAL_CODES: Readonly<Record<number, readonly string[]>> = {
  403: ['REFUND_NOT_ALLOWED', 'CAPTURE_NOT_ALLOWED', 'NOT_ALLOWED', 'CANCEL_NOT_ALLOWED'],
  404: ['NO_SUCH_CAPTURE'],
}

/** Codes that say that the merchant's set-up is wrong, not the order. */
export const CONFIGURATION_CODES: readonly string[] = [
  'UNAUTHORIZED',
  'ACCESS_DENIED',
  'FORBIDDEN',
  'NO_SUCH_ORDER',
  'NOT_FOUND',
]

/** One row of the table, for people: docs are written from it. The first row that matches counts. */
export const CLASSES = [
  { answer: '2xx', outcome: 'done', next: 'entered in the books' },
  { answer: 'no answer, nothing reached Klarna', outcome: 'not_started', next: 'tried again' },
  {
    answer: 'no answer, something may have reached Klarna',
    outcome: 'unknown',
    next: 'repeated with the same key',
  },
  { answer: '429', outcome: 'not_started', next: 'tried again when the quota opens' },
  {
    answer: '401, or 403 and 404 with a code of access or of an unknown order',
    outcome: 'configuration',
    next: 'paused until the merchant resumes',
  },
  {
    answer: '403 or 404 with a documented code',
    outcome: 'refused',
    next: 'refused; after an unknown attempt, audited',
  },
  { answer: '409, 408, 5xx, 3xx', outcome: 'unknown', next: 'repeated with the same key' },
  {
    answer: "a 4xx without Klarna's error object",
    outcome: 'unknown',
    next: 'repeated with the same key',
  },
  { answer: '400, 413, 422', outcome: 'needs_person', next: 'stuck: our request is wrong' },
  {
    answer: 'any other 4xx with a code',
    outcome: 'needs_person',
    next: 'stuck: nobody documented this code',
  },
] as const

/**
 * Says what an answer means for the command that asked.
 *
 * Returns: never `done` but for a 2xx, never `refused` but for a documented code; everything uncertain is `unknown`.
 */
export function classify(answer: GatewayAnswer): Outcome {
  if (answer.type === 'no_answer') {
    // A vault that is down comes back by itself; credentials that Klarna refuses do not (401).
    if (answer.reason === 'no_credentials') {
      return { type: 'not_started', reason: 'no_credentials', waitMs: NO_CREDENTIALS_WAIT_MS }
    }
    return answer.mayHaveReached
      ? { type: 'unknown', reason: answer.reason }
      : { type: 'not_started', reason: answer.reason, waitMs: UNSENT_WAIT_MS }
  }
  return classifyStatus(answer)
}

function classifyStatus(answer: HttpAnswer): Outcome {
  const { status, errorCode } = answer
  const reason = errorCode === null ? `http_${status}` : `http_${status}:${errorCode}`
  if (status >= 200 && status < 300)
    return { type: 'done', resultId: answer.resultId, evidence: 'answer' }
  if (status === 429)
    return {
      type: 'not_started',
      reason,
      waitMs: Math.max(RATE_LIMIT_WAIT_MS, answer.rateLimitResetMs ?? 0),
    }
  if (status === 401) return { type: 'configuration', reason }
  if (status < 400 || status >= 500 || status === 408 || status === 409)
    return { type: 'unknown', reason }
  if (!answer.hasErrorObject || errorCode === null) return { type: 'unknown', reason }
  if (status === 403 || status === 404) {
    if (CONFIGURATION_CODES.includes(errorCode)) return { type: 'configuration', reason }
    if (REFUSAL_CODES[status]?.includes(errorCode) === true)
      return { type: 'refused', code: errorCode }
  }
  return { type: 'needs_person', reason }
}
