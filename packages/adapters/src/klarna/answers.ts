/** What an exchange says, as core's data: status, code, ids and quota; nothing personal, nothing secret. */
import type { GatewayAnswer, HttpAnswer } from '@postdelivery/core'
import { redactPersonal } from './redact.ts'
import type { Exchange } from './transport.ts'

type Answered = Extract<Exchange, { type: 'answered' }>

/** Klarna's quota, from headers that it calls approximate; null where an answer lacks them. */
export interface RateLimit {
  /** Calls allowed in a window. */
  readonly limitCount: number | null
  /** Calls left in the present window. */
  readonly remainingCount: number | null
  /** Milliseconds until the window starts anew. */
  readonly resetMs: number | null
}

const MESSAGE_MAX_LENGTH = 500

/** Reads an exchange of a write. A 2xx is success, whatever it is; a proxy's page under a 2xx is no answer. */
export function writeAnswerOf(exchange: Exchange): GatewayAnswer {
  if (exchange.type === 'no_answer') return withoutDetail(exchange)
  return isForeignPage(exchange) ? unreadable : httpAnswerOf(exchange)
}

/** Reads an exchange of a read that gave no value: its error, or that its body cannot be read. */
export function failedReadOf(exchange: Exchange): GatewayAnswer {
  if (exchange.type === 'no_answer') return withoutDetail(exchange)
  return isSuccess(exchange.status) ? unreadable : httpAnswerOf(exchange)
}

/** Tells whether Klarna says that it did what was asked: Klarna's pages disagree on 201 and 204, so any 2xx. */
export const isSuccess = (status: number): boolean => status >= 200 && status <= 299

/** Reads an answered exchange. Source: the contract, schema `Error` and the headers of every response. */
export function httpAnswerOf(exchange: Answered): HttpAnswer {
  const { status, headers, scrub } = exchange
  const hide = (id: string | null) => (id === null ? null : scrub(id))
  const error = isSuccess(status) ? null : errorObjectOf(exchange)
  return {
    type: 'answered',
    status,
    errorCode: error?.code ?? null,
    hasErrorObject: error !== null,
    errorMessage: error?.message ?? null,
    correlationId: hide(
      idText(headers.get('klarna-correlation-id')) ?? error?.correlationId ?? null,
    ),
    resultId: isSuccess(status) ? hide(resultIdOf(headers)) : null,
    rateLimitResetMs: rateLimitOf(headers).resetMs,
  }
}

/** Reads the quota headers. Source: docs.klarna.com/api/rate-limit (`200, 200;w=1`, `15`, seconds). */
export function rateLimitOf(headers: Headers): RateLimit {
  const seconds = countOf(headers.get('x-ratelimit-reset'))
  return {
    limitCount: countOf(headers.get('x-ratelimit-limit')),
    remainingCount: countOf(headers.get('x-ratelimit-remaining')),
    // A window of more than a day is no window of Klarna's, but some other notation.
    resetMs: seconds === null || seconds > 86_400 ? null : seconds * 1000,
  }
}

const unreadable: GatewayAnswer = {
  type: 'no_answer',
  reason: 'body_unreadable',
  mayHaveReached: true,
}

const withoutDetail = ({
  type,
  reason,
  mayHaveReached,
}: Extract<Exchange, { type: 'no_answer' }>) => ({
  type,
  reason,
  mayHaveReached,
})

/**
 * A page of a proxy or portal that answers 200 to everything. Klarna's own answers to writes have no body, and
 * carry one of its headers; an answer with such a header is Klarna's, whatever stands in the body.
 */
const isForeignPage = ({ status, headers, body }: Answered): boolean =>
  isSuccess(status) &&
  body.kind === 'text' &&
  body.isHtml &&
  !headers.has('klarna-correlation-id') &&
  resultIdOf(headers) === null

interface ErrorObject {
  readonly code: string
  readonly message: string | null
  readonly correlationId: string | null
}

function errorObjectOf({ body, scrub }: Answered): ErrorObject | null {
  if (body.kind !== 'json' || typeof body.value !== 'object' || body.value === null) return null
  const read = (name: string): unknown =>
    Object.hasOwn(body.value as object, name) ? Reflect.get(body.value as object, name) : undefined
  const code = read('error_code')
  if (typeof code !== 'string' || code === '') return null
  const messages = read('error_messages')
  const message = Array.isArray(messages)
    ? messages.filter((each) => typeof each === 'string').join('; ')
    : ''
  return {
    code: scrub(code).slice(0, 100),
    message: message === '' ? null : readable(scrub(message)),
    correlationId: idText(read('correlation_id')),
  }
}

/** Cut twice: before, so that a huge text costs little; after, to what is kept. */
const readable = (message: string): string =>
  redactPersonal(message.slice(0, 4 * MESSAGE_MAX_LENGTH)).slice(0, MESSAGE_MAX_LENGTH)

function resultIdOf(headers: Headers): string | null {
  return (
    idText(headers.get('refund-id')) ??
    idText(headers.get('capture-id')) ??
    createdIn(headers.get('location'))
  )
}

/** The id of a refund or capture that a `Location` names; of any other address there is no id to take. */
function createdIn(location: string | null): string | null {
  const found = /\/(?:refunds|captures)\/([^/?#]+)\/?(?:[?#].*)?$/.exec(location ?? '')
  if (found?.[1] === undefined) return null
  try {
    return idText(decodeURIComponent(found[1]))
  } catch {
    return null
  }
}

const idText = (value: unknown): string | null =>
  typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value) ? value : null

const countOf = (value: string | null): number | null => {
  const digits = /^\s*(\d{1,12})(?![\d.])/.exec(value ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}
