/** Rows as values: the one place where what the database returns gets its types. The tables' own checks stand behind it. */
import {
  type AlertedOrder,
  assert,
  type Decision,
  type EventStatus,
  type IsoInstant,
  type ListedOrder,
  type Notice,
  type Outcome,
  type PastWork,
  type Stop,
  type StoredAttempt,
  type StoredEvent,
  type StoredRequest,
  type WakeUp,
  type Work,
  type WorkKind,
} from '@postdelivery/core'
import type { Row } from './connection.ts'

/** A text column. Throws: `AssertionError` when it holds none. */
export function textOf(row: Row, column: string): string {
  const value = row[column]
  assert(typeof value === 'string', `column \`${column}\` holds no text`)
  return value
}

/** A text column that may be empty. */
export const textOrNull = (row: Row, column: string): string | null =>
  row[column] === null ? null : textOf(row, column)

/** A column of whole numbers. Throws: `AssertionError` when it holds none. */
export function countOf(row: Row, column: string): number {
  const value = row[column]
  assert(typeof value === 'number', `column \`${column}\` holds no number`)
  return value
}

/** Instants were instants when they were stored; their column is written by this package alone. */
const instantOf = (row: Row, column: string): IsoInstant => textOf(row, column) as IsoInstant

/** An instant that may be missing. */
export const instantOrNull = (row: Row, column: string): IsoInstant | null =>
  textOrNull(row, column) as IsoInstant | null

/** A status column; the table's check lets nothing else in. */
export const statusOf = (row: Row): EventStatus => textOf(row, 'status') as EventStatus

export const EVENT_COLUMNS =
  'arrival, order_id, event_id, type, body, body_hash, accepted_at, plan_hash, status, try_count, retry_at, reason'

/** An event from `EVENT_COLUMNS`. */
export function rowToEvent(row: Row): StoredEvent {
  const planHash = textOrNull(row, 'plan_hash')
  return {
    arrival: countOf(row, 'arrival'),
    orderId: textOf(row, 'order_id'),
    eventId: textOf(row, 'event_id'),
    type: textOf(row, 'type'),
    body: textOf(row, 'body'),
    bodyHash: textOf(row, 'body_hash'),
    acceptedAt: instantOf(row, 'accepted_at'),
    ...(planHash === null ? {} : { planHash }),
    status: statusOf(row),
    tryCount: countOf(row, 'try_count'),
    retryAt: instantOrNull(row, 'retry_at'),
    reason: textOrNull(row, 'reason'),
  }
}

/** A decision from its JSON; it was a `Decision` when it was written. */
export const rowToDecision = (row: Row): Decision => JSON.parse(textOf(row, 'decision')) as Decision

export const REQUEST_COLUMNS = 'command_id, generation, idempotency_key, method, path, body, hash'

/** A request from `REQUEST_COLUMNS`. */
export const rowToRequest = (row: Row): StoredRequest => ({
  // The table's check lets only these two in.
  method: textOf(row, 'method') as StoredRequest['method'],
  path: textOf(row, 'path'),
  body: textOrNull(row, 'body'),
  hash: textOf(row, 'hash'),
  idempotencyKey: textOf(row, 'idempotency_key'),
})

/** An attempt from all columns of its table. */
export function rowToAttempt(row: Row): StoredAttempt {
  const outcome = textOrNull(row, 'outcome')
  return {
    commandId: textOf(row, 'command_id'),
    generation: countOf(row, 'generation'),
    attempt: countOf(row, 'attempt'),
    startedAt: instantOf(row, 'started_at'),
    answeredAt: instantOrNull(row, 'answered_at'),
    outcome: outcome === null ? null : (JSON.parse(outcome) as Outcome),
    correlationId: textOrNull(row, 'correlation_id'),
  }
}

/** A work item from all columns of its table. */
export function rowToWork(row: Row): Work {
  const eventId = textOrNull(row, 'event_id')
  const commandId = textOrNull(row, 'command_id')
  const details = textOrNull(row, 'details')
  return {
    id: textOf(row, 'id'),
    orderId: textOf(row, 'order_id'),
    // Written from a `Work` alone.
    kind: textOf(row, 'kind') as WorkKind,
    openedAt: instantOf(row, 'opened_at'),
    what: textOf(row, 'what'),
    next: textOf(row, 'next'),
    ...(eventId === null ? {} : { eventId }),
    ...(commandId === null ? {} : { commandId }),
    ...(details === null ? {} : { details: JSON.parse(details) as Record<string, unknown> }),
  }
}

/** A work item with what became of it, from all columns of its table. */
export const rowToPastWork = (row: Row): PastWork => ({
  ...rowToWork(row),
  closedAt: instantOrNull(row, 'closed_at'),
  closedBy: textOrNull(row, 'closed_by'),
  closedWhy: textOrNull(row, 'closed_why'),
})

export const rowToNotice = (row: Row): Notice => ({
  id: textOf(row, 'id'),
  orderId: textOf(row, 'order_id'),
  channel: textOf(row, 'channel'),
  message: textOf(row, 'message'),
})

export const rowToWakeUp = (row: Row): WakeUp => ({
  orderId: textOf(row, 'order_id'),
  wakeAt: instantOf(row, 'wake_at'),
})

export const rowToStop = (row: Row): Stop => ({
  scope: textOf(row, 'scope'),
  by: textOf(row, 'set_by'),
  why: textOf(row, 'why'),
  at: instantOf(row, 'set_at'),
})

export const rowToAlertedOrder = (row: Row): AlertedOrder => ({
  orderId: textOf(row, 'order_id'),
  alertAt: instantOf(row, 'alert_at'),
  snapshot: textOf(row, 'snapshot'),
  seq: countOf(row, 'seq'),
})

export const rowToListedOrder = (row: Row): ListedOrder => ({
  orderId: textOf(row, 'order_id'),
  word: textOf(row, 'word'),
  currency: textOf(row, 'currency'),
  hasOpenCommand: countOf(row, 'has_open_command') === 1,
  seq: countOf(row, 'seq'),
})
