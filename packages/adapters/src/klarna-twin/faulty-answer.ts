/** What a call under a fault is answered: the same over a socket and without one. */
import { failed, found } from './answer.ts'
import { type Sealed, sealWithoutContract } from './answer-call.ts'
import type { Fault } from './faults.ts'
import { quotaHeaders } from './rate-limit.ts'
import type { TwinSettings } from './settings.ts'

/** What goes on the wire under a fault; undefined for a broken connection. `sealed` is absent when nothing was carried out. */
export function faultyAnswer(
  fault: Fault,
  sealed: Sealed | undefined,
  { settings, correlationId }: { readonly settings: TwinSettings; readonly correlationId: string },
): Sealed | undefined {
  const error = (status: number, code: string, ...messages: string[]): Sealed =>
    sealWithoutContract(failed(status, code, ...messages), correlationId)
  switch (fault.kind) {
    case 'answer_lost':
    case 'dropped':
      return undefined
    case 'hang':
    case 'stale':
    case 'truncated':
      return sealed
    case 'server_error':
      return error(
        fault.status ?? 500,
        fault.code ?? serverErrorCode(fault.status),
        'Fault on demand.',
      )
    case 'error':
      return error(fault.status ?? 409, fault.code ?? 'CONFLICT', 'Fault on demand.')
    case 'rate_limited': {
      const limit = settings.rateLimitPerSecond ?? 200
      const limited = error(429, 'TOO_MANY_REQUESTS', 'Fault on demand.')
      return { ...limited, headers: { ...limited.headers, ...quotaHeaders(limit, 0) } }
    }
    case 'bare_403':
      return foreign(403, '', {})
    case 'html':
      return foreign(fault.status ?? 502, '<html><body><h1>Bad Gateway</h1></body></html>', {
        'Content-Type': 'text/html; charset=utf-8',
      })
    case 'redirect':
      return foreign(fault.status ?? 307, '', { Location: fault.location ?? '/moved' })
    case 'malformed':
      return { ...sealWithoutContract(found({}), correlationId), text: '{"order_id": "1' }
  }
}

const serverErrorCode = (status = 500): string =>
  status === 500 ? 'INTERNAL_SERVER_ERROR' : 'TEMPORARILY_UNAVAILABLE'

/** An answer of something in front of Klarna: none of Klarna's headers, none of its error object. */
const foreign = (status: number, text: string, headers: Sealed['headers']): Sealed => ({
  status,
  headers,
  text,
})

/** Milliseconds by which a read under a fault lags. */
export const lagOf = (fault: Fault | undefined): number =>
  fault?.kind === 'stale' ? (fault.staleMs ?? Number.POSITIVE_INFINITY) : 0
