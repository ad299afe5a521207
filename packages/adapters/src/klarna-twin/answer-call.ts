/** Answers one call of Klarna's API, from the credentials to the books. Knows no sockets and waits for nothing. */
import { failed, isError, type TwinAnswer } from './answer.ts'
import { carryOut, noSuchOrder } from './operations.ts'
import type { OrderBook } from './order-book.ts'
import type { Route, Target, WrongMethod } from './routes.ts'
import { isUuid } from './twin-ids.ts'
import { contextOf, noteViolation, type TwinState } from './twin-state.ts'

/** A call as it arrived. */
export interface Arrived {
  readonly target: Target
  readonly path: string
  readonly authorization: string | undefined
  /** The idempotency key; undefined for none, and on reads. */
  readonly key: string | undefined
  readonly body: string
  readonly isTooLarge: boolean
}

/** What admission says. */
export interface Admission {
  readonly quotaHeaders: Readonly<Record<string, string>>
  /** Present when the call goes no further. */
  readonly refusal?: TwinAnswer
}

/** What a call came to. */
export interface Worked {
  readonly answer: TwinAnswer
  /** Whether it is the first answer of the key, given again. */
  readonly replayed: boolean
  /** The call that the answer was first given to: under a repeated key, perhaps another one. */
  readonly route: Route
}

/** An answer ready for the wire. */
export interface Sealed {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Empty for none. */
  readonly text: string
}

const HOUR_MS = 3_600_000

/** Checks what comes before the books: credentials, quota, size, key. Order matters: Klarna's gates come first. */
export function admit(state: TwinState, arrived: Arrived): Admission {
  const { settings } = state
  if (!isAuthorized(state, arrived.authorization))
    return {
      quotaHeaders: {},
      refusal: failed(401, 'UNAUTHORIZED', 'The credentials are missing or wrong.'),
    }
  const quota = state.quota.take(state.clock.nowMs(), settings.rateLimitPerSecond)
  const refusal = quota.passes
    ? (sizeRefusal(arrived, settings.bodyMaxBytes) ?? keyRefusal(arrived, settings.keyMaxLength))
    : failed(429, 'TOO_MANY_REQUESTS', 'The quota of this merchant is used up.')
  return refusal === undefined
    ? { quotaHeaders: quota.headers }
    : { quotaHeaders: quota.headers, refusal }
}

/** What names a call for idempotency; undefined for a call without a key. */
export function callKeyOf(
  { settings }: TwinState,
  { key, target, path }: Arrived,
): string | undefined {
  if (key === undefined || settings.keyScope === 'merchant') return key
  return `${target.route.method} ${path} ${key}`
}

/**
 * Carries out an admitted call, or repeats the first answer of its key.
 *
 * `lagMs`: milliseconds by which a read lags, beside the setting.
 */
export function work(state: TwinState, arrived: Arrived, lagMs = 0): Worked {
  const callKey = callKeyOf(state, arrived)
  const nowMs = state.clock.nowMs()
  const first = callKey === undefined ? undefined : state.keys.find(callKey, nowMs)
  if (first !== undefined) return { ...first, replayed: true }

  const { route } = arrived.target
  const body = bodyOf(arrived)
  if ('problem' in body)
    return { answer: failed(400, 'BAD_VALUE', body.problem), replayed: false, route }
  const answer = answerOf(state, arrived.target, { body: body.value, lagMs })
  if (callKey !== undefined && (!isError(answer) || state.settings.replaysErrors))
    state.keys.keep(
      callKey,
      { answer, route },
      { nowMs, lifeMs: state.settings.keyLifeHours * HOUR_MS },
    )
  return { answer, replayed: false, route }
}

/** What is added to an answer before it leaves. */
export interface SealParts {
  /** The call whose part of the contract the answer must keep. */
  readonly route: Route
  readonly quotaHeaders: Admission['quotaHeaders']
  readonly correlationId: string
}

/** The answer to a path or a method that Klarna does not have. */
export function refuseTarget(
  target: WrongMethod | undefined,
  { method, path }: { readonly method: string; readonly path: string },
): TwinAnswer {
  if (target === undefined) return failed(404, 'NOT_FOUND', `No such path: ${path}`)
  return {
    ...failed(405, 'METHOD_NOT_ALLOWED', `${method} is not possible here.`),
    headers: { Allow: target.allowedMethods.join(', ') },
  }
}

/** Adds what every answer carries, and holds it against the contract: a breach is answered as 500. */
export function seal(state: TwinState, parts: SealParts, answer: TwinAnswer): Sealed {
  const { route } = parts
  const whole = withCommonParts(answer, parts)
  const problems = state.contract.problemsOfAnswer(route, whole)
  if (problems.length === 0) return onTheWire(whole)
  noteViolation(state, { operation: route.operation, status: answer.status, problems })
  const defect = failed(
    500,
    'TWIN_BROKE_CONTRACT',
    `The twin's own answer to ${route.operation} (${answer.status}) breaks the contract. This is a defect of the twin.`,
    ...problems,
  )
  return onTheWire(withCommonParts(defect, parts))
}

/** The answer with correlation id and quota, as JSON text; for answers that the contract does not describe. */
export const sealWithoutContract = (answer: TwinAnswer, correlationId: string): Sealed =>
  onTheWire(withCommonParts(answer, { quotaHeaders: {}, correlationId }))

function answerOf(
  state: TwinState,
  target: Target,
  { body, lagMs }: { readonly body: unknown; readonly lagMs: number },
): TwinAnswer {
  const { settings } = state
  const context = contextOf(state)
  if (!isUuid(target.orderId))
    return failed(
      settings.invalidOrderIdStatus,
      'INVALID_ORDER_ID',
      `The order id must be a valid UUID: ${target.orderId}`,
    )
  const malformed = schemaProblem(state, target, body)
  if (malformed !== undefined) return malformed
  const book = bookFor(state, target, lagMs)
  if (book === undefined) return noSuchOrder(target, context)

  const step = carryOut(book, { ...target, body }, context)
  if (step.book !== book) state.orders.put(step.book, context.nowMs)
  return step.answer
}

/** The books that a call sees: reads may lag, writes never do. */
function bookFor(
  { orders, settings, clock }: TwinState,
  target: Target,
  lagMs: number,
): OrderBook | undefined {
  const lag = Math.max(settings.staleReadMs, lagMs)
  const lags = lag > 0 && target.route.method === 'GET' && !isOptions(target)
  return lags ? orders.getAt(target.orderId, clock.nowMs() - lag) : orders.get(target.orderId)
}

const isOptions = ({ route }: Target): boolean => route.operation === 'getOptionsForExtendDueDate'

function schemaProblem(
  { contract, settings }: TwinState,
  { route }: Target,
  body: unknown,
): TwinAnswer | undefined {
  if (!route.takesBody) return undefined
  const problems = contract
    .problemsOfBody(route, body)
    .filter(
      ({ keyword }) => keyword !== 'additionalProperties' || settings.unknownMembers === 'refused',
    )
  if (problems.length === 0) return undefined
  const messages = problems.map(({ field, message }) => `${field || 'body'}: ${message}`)
  return failed(422, 'UNPROCESSABLE_ENTITY', ...messages.slice(0, MESSAGE_MAX_COUNT))
}

const MESSAGE_MAX_COUNT = 20

function bodyOf({
  target,
  body,
}: Arrived): { readonly value: unknown } | { readonly problem: string } {
  // Calls without a body ignore one: the guide sends a content type on every call.
  if (!target.route.takesBody) return { value: undefined }
  if (body === '') return { problem: 'The request has no body.' }
  try {
    return { value: JSON.parse(body) }
  } catch {
    return { problem: 'The body is no valid JSON.' }
  }
}

function sizeRefusal({ isTooLarge }: Arrived, maxBytes: number): TwinAnswer | undefined {
  return isTooLarge
    ? failed(413, 'REQUEST_TOO_LARGE', `The body has more than ${maxBytes} bytes.`)
    : undefined
}

function keyRefusal({ key }: Arrived, maxLength: number | null): TwinAnswer | undefined {
  if (key === undefined || (key !== '' && (maxLength === null || key.length <= maxLength)))
    return undefined
  return failed(400, 'BAD_VALUE', 'Klarna-Idempotency-Key is empty or too long.')
}

function isAuthorized({ username, password, apiKey }: TwinState, authorization = ''): boolean {
  const [scheme = '', value = ''] = authorization.split(' ', 2)
  if (scheme.toLowerCase() !== 'basic') return false
  if (apiKey !== undefined && value === apiKey) return true
  return Buffer.from(value, 'base64').toString('utf8') === `${username}:${password}`
}

const withCommonParts = (
  answer: TwinAnswer,
  { quotaHeaders, correlationId }: Omit<SealParts, 'route'>,
): TwinAnswer => {
  const headers = {
    ...answer.headers,
    'Klarna-Correlation-Id': correlationId,
    ...quotaHeaders,
    ...(answer.body === undefined ? {} : { 'Content-Type': 'application/json' }),
  }
  if (!isError(answer) || typeof answer.body !== 'object') return { ...answer, headers }
  return { ...answer, headers, body: { ...answer.body, correlation_id: correlationId } }
}

const onTheWire = ({ status, headers, body }: TwinAnswer): Sealed => ({
  status,
  headers,
  text: body === undefined ? '' : JSON.stringify(body),
})
