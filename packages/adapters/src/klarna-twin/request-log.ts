/** What the twin received and what it said, for tests to look at. */
import type { FaultKind } from './faults.ts'
import type { OperationId } from './routes.ts'

/** One call of Klarna's API. */
export interface LoggedRequest {
  /** ISO 8601, the twin's clock. */
  readonly at: string
  readonly method: string
  readonly path: string
  /** Null for a path that Klarna does not have. */
  readonly operation: OperationId | null
  readonly orderId: string | null
  readonly captureId: string | null
  readonly idempotencyKey: string | null
  /** The body as it came, cut after 64 KB; null for none. */
  readonly body: string | null
  readonly correlationId: string
  /** What was answered; null when no answer went out (yet). */
  readonly status: number | null
  /** Whether the answer is the first one of a key, given again. */
  readonly replayed: boolean
  /** The fault that hit the call. */
  readonly fault: FaultKind | null
}

export interface RequestLog {
  /** Notes a call; the returned function adds what became of it. */
  readonly note: (
    request: LoggedRequest,
  ) => (outcome: Partial<Pick<LoggedRequest, 'status' | 'replayed'>>) => void
  readonly list: () => readonly LoggedRequest[]
  readonly clear: () => void
}

/** Calls kept; the oldest go first. */
const MAX_COUNT = 10_000
const BODY_MAX_LENGTH = 65_536

/** Starts an empty log, bounded. */
export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = []

  return {
    note(request) {
      // Thrown away by halves, so that one more call costs nothing on average.
      if (entries.length >= 2 * MAX_COUNT) entries = entries.slice(-MAX_COUNT)
      const entry = { ...request, body: request.body?.slice(0, BODY_MAX_LENGTH) ?? null }
      entries.push(entry)
      return (outcome) => {
        Object.assign(entry, outcome)
      }
    },
    list: () => entries.slice(-MAX_COUNT).map((entry) => ({ ...entry })),
    clear() {
      entries = []
    },
  }
}
