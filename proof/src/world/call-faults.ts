/**
 * What can happen to one call on its way to Klarna and back. A new fault is one entry here: histories draw it from then on, the
 * reach marks ask for it, and it can be named in a story.
 */
import type { Fault } from '@postdelivery/adapters/klarna-twin'

export interface CallFault {
  /** Which calls it can hit. */
  readonly hits: 'reads' | 'writes' | 'all'
  /** What the twin makes of the call; null when the call never gets there. */
  readonly twin: Fault | null
  /** Longest extra time on the way to Klarna, in milliseconds; the client may have given up by then. */
  readonly lateMaxMs?: number
}

const MINUTE_MS = 60_000

export const CALL_FAULTS = {
  not_connected: { hits: 'all', twin: null },
  dropped: { hits: 'all', twin: { kind: 'dropped' } },
  answer_lost: { hits: 'writes', twin: { kind: 'answer_lost' } },
  hang_done: { hits: 'writes', twin: { kind: 'hang' } },
  hang_not_done: { hits: 'all', twin: { kind: 'hang', work: 'not_done' } },
  server_error: { hits: 'all', twin: { kind: 'server_error' } },
  server_error_done: {
    hits: 'writes',
    twin: { kind: 'server_error', work: 'done', code: 'INTERNAL_ERROR' },
  },
  timeout_500_done: {
    hits: 'writes',
    twin: { kind: 'server_error', work: 'done', code: 'TIMEOUT' },
  },
  unavailable: { hits: 'all', twin: { kind: 'server_error', status: 503 } },
  conflict: { hits: 'writes', twin: { kind: 'error', status: 409, code: 'CONFLICT' } },
  conflict_done: {
    hits: 'writes',
    twin: { kind: 'error', status: 409, code: 'CONFLICT', work: 'done' },
  },
  request_timeout: { hits: 'writes', twin: { kind: 'error', status: 408, code: 'TIMEOUT' } },
  bare_403: { hits: 'all', twin: { kind: 'bare_403' } },
  bare_403_done: { hits: 'writes', twin: { kind: 'bare_403', work: 'done' } },
  html: { hits: 'all', twin: { kind: 'html' } },
  html_404: { hits: 'all', twin: { kind: 'html', status: 404 } },
  html_200: { hits: 'writes', twin: { kind: 'html', status: 200 } },
  html_200_done: { hits: 'writes', twin: { kind: 'html', status: 200, work: 'done' } },
  redirect: { hits: 'all', twin: { kind: 'redirect' } },
  redirect_done: { hits: 'writes', twin: { kind: 'redirect', work: 'done' } },
  truncated: { hits: 'all', twin: { kind: 'truncated' } },
  malformed: { hits: 'all', twin: { kind: 'malformed' } },
  rate_limited: { hits: 'all', twin: { kind: 'rate_limited' } },
  stale: { hits: 'reads', twin: { kind: 'stale', staleMs: 5 * MINUTE_MS } },
  // It works, after a while: what is decided before the call may be different after it.
  slow: { hits: 'all', twin: { kind: 'stale', staleMs: 0 }, lateMaxMs: 40_000 },
  late: { hits: 'writes', twin: { kind: 'answer_lost' }, lateMaxMs: 8 * MINUTE_MS },
  refused_falsely: {
    hits: 'writes',
    twin: { kind: 'error', status: 403, code: 'NOT_ALLOWED', work: 'not_done' },
  },
  unauthorized: { hits: 'all', twin: { kind: 'error', status: 401, code: 'UNAUTHORIZED' } },
  no_such_order: { hits: 'all', twin: { kind: 'error', status: 404, code: 'NO_SUCH_ORDER' } },
  unknown_code: { hits: 'writes', twin: { kind: 'error', status: 403, code: 'SOMETHING_NEW' } },
  bad_value: { hits: 'writes', twin: { kind: 'error', status: 400, code: 'BAD_VALUE' } },
} as const satisfies Readonly<Record<string, CallFault>>

export type CallFaultName = keyof typeof CALL_FAULTS
export const CALL_FAULT_NAMES = Object.keys(CALL_FAULTS) as readonly CallFaultName[]
