/** One HTTP exchange with Klarna: signed, limited in time and size, never redirected, never repeated. */
import type { NoAnswer } from '@postdelivery/core'
import type { Timers } from '../timers.ts'
import { readBody, type WireBody } from './body.ts'
import { type Authorization, authorizationOf, type CredentialsProvider } from './credentials.ts'

/** What goes out. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** Below the base URL, segments encoded. */
  readonly path: string
  /** The exact text to send, or null for no body. */
  readonly body: string | null
  /** Null on reads only. */
  readonly idempotencyKey: string | null
  readonly integrator?: string
}

/** What came back, before anybody says what it means. */
export type Exchange =
  | {
      readonly type: 'answered'
      readonly status: number
      readonly headers: Headers
      readonly body: WireBody
      /** Takes our credentials out of a text that the other side wrote. */
      readonly scrub: (text: string) => string
    }
  /** `detail` is a code such as `ECONNREFUSED` where the runtime gave one. */
  | (NoAnswer & { readonly detail: string | null })

export interface TransportOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly credentials: CredentialsProvider
  /** Default: the runtime's `fetch`. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Milliseconds for credentials, call and body together. */
  readonly timeoutMs: number
  readonly timers: Timers
}

export type Transport = (outgoing: Outgoing) => Promise<Exchange>

/**
 * Makes the one function that speaks to Klarna.
 *
 * It never throws on network grounds, never follows a redirect (a 3xx is an answer) and never sends twice.
 */
export const createTransport =
  (options: TransportOptions): Transport =>
  async (outgoing) => {
    const limit = startLimit(options)
    try {
      const authorization = await Promise.race([authorize(options.credentials), limit.ended])
      if (authorization === null) return noAnswer('no_credentials', false)
      return await send(options, outgoing, authorization, limit)
    } finally {
      limit.stop()
    }
  }

interface Limit {
  readonly signal: AbortSignal
  /** Resolves to null when the time is over; stays pending when stopped before. */
  readonly ended: Promise<null>
  stop(): void
}

function startLimit({ timeoutMs, timers }: TransportOptions): Limit {
  const controller = new AbortController()
  let timer: unknown
  const ended = new Promise<null>((resolve) => {
    timer = timers.set(timeoutMs, () => {
      resolve(null)
      controller.abort(new DOMException('time limit', 'TimeoutError'))
    })
  })
  return { signal: controller.signal, ended, stop: () => timers.clear(timer) }
}

/** Null when the provider fails or gives nothing usable; why stays with the provider, as it may hold a secret. */
async function authorize(provider: CredentialsProvider): Promise<Authorization | null> {
  try {
    return authorizationOf(await provider())
  } catch {
    return null
  }
}

async function send(
  options: TransportOptions,
  outgoing: Outgoing,
  authorization: Authorization,
  limit: Limit,
): Promise<Exchange> {
  const request = new Request(`${options.baseUrl}${outgoing.path}`, {
    method: outgoing.method,
    headers: headersOf(outgoing, authorization),
    body: outgoing.body,
    redirect: 'manual',
    signal: limit.signal,
  })
  let response: Response | null
  try {
    response = await Promise.race([options.fetch(request), limit.ended])
  } catch (error) {
    if (limit.signal.aborted) return noAnswer('timeout', true)
    const detail = codeOf(error)
    return hasNeverConnected(error)
      ? noAnswer('not_connected', false, detail)
      : noAnswer('connection_lost', true, detail)
  }
  if (response === null) return noAnswer('timeout', true)
  const body = await readBody(response, limit.ended)
  const { status, headers } = response
  return { type: 'answered', status, headers, body, scrub: authorization.scrub }
}

function headersOf(outgoing: Outgoing, authorization: Authorization): Record<string, string> {
  return {
    accept: 'application/json',
    authorization: authorization.header.reveal(),
    'user-agent': 'postdelivery',
    ...(outgoing.body === null ? {} : { 'content-type': 'application/json' }),
    ...(outgoing.idempotencyKey === null
      ? {}
      : { 'klarna-idempotency-key': outgoing.idempotencyKey }),
    ...(outgoing.integrator === undefined ? {} : { 'klarna-integrator': outgoing.integrator }),
  }
}

const noAnswer = (
  reason: NoAnswer['reason'],
  mayHaveReached: boolean,
  detail: string | null = null,
): Exchange => ({ type: 'no_answer', reason, mayHaveReached, detail })

interface NetworkError {
  readonly code?: unknown
  readonly syscall?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
}

/** Failures of TLS before the first byte of a request may leave. Source: OpenSSL's names in Node's `tls`. */
const UNTRUSTED_CERTIFICATE: readonly unknown[] = [
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

/**
 * Tells whether it is certain that nothing was sent: the failure is of looking up, connecting or of the
 * certificate. A code alone does not do (`ETIMEDOUT` also comes from reading), so the system call decides.
 */
function hasNeverConnected(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false
  const { code, syscall, cause, errors } = error as NetworkError
  if (Array.isArray(errors) && errors.length > 0)
    return errors.every((each) => hasNeverConnected(each, depth + 1))
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || UNTRUSTED_CERTIFICATE.includes(code)) return true
  return hasNeverConnected(cause, depth + 1)
}

/** The runtime's code, or null; its message stays behind, since a custom `fetch` may write anything there. */
function codeOf(error: unknown, depth = 0): string | null {
  if (typeof error !== 'object' || error === null || depth > 4) return null
  const { code, cause } = error as NetworkError
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return code
  return codeOf(cause, depth + 1)
}
