/** The inbox: events with what became of them, and which of them is an order's first open one. Runs inside a transaction of the caller's. */
import {
  type Acceptance,
  assert,
  type Change,
  type InboxEvent,
  STAFF_EVENT_TYPES,
} from '@postdelivery/core'
import type { Connection, Row } from './connection.ts'
import { countOf, EVENT_COLUMNS, statusOf, textOf, textOrNull } from './rows.ts'

/** Puts an event into the inbox, once; an id that is known changes nothing. */
export function acceptEvent(connection: Connection, event: InboxEvent): Acceptance {
  const added = connection.run(
    `INSERT INTO events (order_id, event_id, type, body, body_hash, accepted_at, plan_hash, status, try_count)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'accepted', 0) ON CONFLICT (order_id, event_id) DO NOTHING`,
    ...inboxValues(event),
  )
  if (added === 1) {
    if (isStaffEvent(event)) refreshHead(connection, event.orderId)
    // Any other event that comes after others does not change which is the first.
    connection.run(
      'INSERT INTO heads (order_id, is_immediate, due_at) VALUES (?, 1, ?) ON CONFLICT (order_id) DO NOTHING',
      event.orderId,
      event.acceptedAt,
    )
    return { type: 'accepted' }
  }
  const known = connection.get(
    'SELECT status, body_hash FROM events WHERE order_id = ? AND event_id = ?',
    event.orderId,
    event.eventId,
  )
  assert(known !== undefined, `event \`${event.eventId}\` is neither new nor known`)
  return textOf(known, 'body_hash') === event.bodyHash
    ? { type: 'repeated', status: statusOf(known) }
    : { type: 'reused' }
}

/**
 * Writes what became of a step's event and returns its place of arrival, or null when the event has ended before.
 *
 * Throws: `AssertionError` when the inbox has the id with another body.
 */
export function settleEvent(connection: Connection, event: Change['event']): number | null {
  const known = connection.get(
    'SELECT arrival, status, body_hash FROM events WHERE order_id = ? AND event_id = ?',
    event.orderId,
    event.eventId,
  )
  const putOffCount = event.status === 'waiting' ? 1 : 0
  if (known === undefined) {
    const added = connection.get(
      `INSERT INTO events (order_id, event_id, type, body, body_hash, accepted_at, plan_hash, status, try_count, retry_at, reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING arrival`,
      ...inboxValues(event),
      event.status,
      putOffCount,
      event.retryAt,
      event.reason,
    )
    assert(added !== undefined, 'an insert returns its row')
    return countOf(added, 'arrival')
  }
  const status = statusOf(known)
  if (status === 'decided' || status === 'dead_lettered') return null
  assert(
    textOf(known, 'body_hash') === event.bodyHash,
    `event \`${event.eventId}\` of order \`${event.orderId}\` is known with another body`,
  )
  const arrival = countOf(known, 'arrival')
  connection.run(
    'UPDATE events SET status = ?, try_count = try_count + ?, retry_at = ?, reason = ? WHERE arrival = ?',
    event.status,
    putOffCount,
    event.retryAt,
    event.reason,
    arrival,
  )
  return arrival
}

/** Parked events of an order become accepted; each keeps its place of arrival. */
export function unparkEvents(connection: Connection, orderId: string): void {
  connection.run(
    "UPDATE events SET status = 'accepted', retry_at = NULL, reason = NULL WHERE order_id = ? AND status = 'parked'",
    orderId,
  )
}

/** The oldest open event of an order, of these types when they are given. */
export function findFirstOpen(
  connection: Connection,
  orderId: string,
  types?: readonly string[],
): Row | undefined {
  const ofTypes = types === undefined ? '' : `AND type IN (${types.map(() => '?').join(', ')})`
  return connection.get(
    `SELECT ${EVENT_COLUMNS} FROM events
     WHERE order_id = ? AND status IN ('accepted', 'waiting') ${ofTypes} ORDER BY arrival LIMIT 1`,
    orderId,
    ...(types ?? []),
  )
}

/**
 * Writes when the first of an order's open events is due. What staff did passes an event that waits; nothing else does.
 *
 * Invariant: every change of an event that was in the inbox ends with this, in the same transaction.
 */
export function refreshHead(connection: Connection, orderId: string): void {
  const first = findFirstOpen(connection, orderId)
  if (first === undefined) {
    connection.run('DELETE FROM heads WHERE order_id = ?', orderId)
    return
  }
  const staff =
    textOrNull(first, 'retry_at') === null
      ? undefined
      : findFirstOpen(connection, orderId, STAFF_EVENT_TYPES)
  const heads = staff === undefined ? [first] : [first, staff]
  const immediate = heads.find((head) => textOrNull(head, 'retry_at') === null)
  const dueAt =
    immediate === undefined
      ? heads.map((head) => textOf(head, 'retry_at')).sort()[0]
      : textOf(immediate, 'accepted_at')
  connection.run(
    `INSERT INTO heads (order_id, is_immediate, due_at) VALUES (?, ?, ?)
     ON CONFLICT (order_id) DO UPDATE SET is_immediate = excluded.is_immediate, due_at = excluded.due_at`,
    orderId,
    immediate === undefined ? 0 : 1,
    dueAt ?? null,
  )
}

const isStaffEvent = ({ type }: InboxEvent): boolean =>
  STAFF_EVENT_TYPES.some((staffType) => staffType === type)

const inboxValues = (event: InboxEvent) =>
  [
    event.orderId,
    event.eventId,
    event.type,
    event.body,
    event.bodyHash,
    event.acceptedAt,
    event.planHash ?? null,
  ] as const
