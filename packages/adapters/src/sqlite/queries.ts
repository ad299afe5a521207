/** What the engine reads between its writes. Each query's cost follows what it returns, not what is stored. */
import type {
  IsoInstant,
  Notice,
  RuntimeStore,
  Stop,
  StoredEvent,
  StoredOrder,
  StoredRequest,
  WakeUp,
} from '@postdelivery/core'
import type { Connection } from './connection.ts'
import { findFirstOpen } from './event-rows.ts'
import {
  countOf,
  EVENT_COLUMNS,
  instantOrNull,
  REQUEST_COLUMNS,
  rowToEvent,
  rowToNotice,
  rowToRequest,
  rowToStop,
  rowToWakeUp,
  textOf,
} from './rows.ts'

export function readOrder(connection: Connection, orderId: string): StoredOrder | undefined {
  const row = connection.get('SELECT snapshot, seq FROM orders WHERE order_id = ?', orderId)
  return row && { snapshot: textOf(row, 'snapshot'), seq: countOf(row, 'seq') }
}

export function readEvent(
  connection: Connection,
  orderId: string,
  eventId: string,
): StoredEvent | undefined {
  const row = connection.get(
    `SELECT ${EVENT_COLUMNS} FROM events WHERE order_id = ? AND event_id = ?`,
    orderId,
    eventId,
  )
  return row && rowToEvent(row)
}

export function readFirstOpenEvent(
  connection: Connection,
  orderId: string,
  types?: readonly string[],
): StoredEvent | undefined {
  const row = findFirstOpen(connection, orderId, types)
  return row && rowToEvent(row)
}

export function readRequest(
  connection: Connection,
  commandId: string,
  generation: number,
): StoredRequest | undefined {
  const row = connection.get(
    `SELECT ${REQUEST_COLUMNS} FROM requests WHERE command_id = ? AND generation = ?`,
    commandId,
    generation,
  )
  return row && rowToRequest(row)
}

export const readStops = (connection: Connection): readonly Stop[] =>
  connection
    .all('SELECT scope, set_by, why, set_at FROM stops WHERE cleared_at IS NULL ORDER BY scope')
    .map(rowToStop)

/**
 * Orders with something to do, the longest due first, whatever it is that they wait for: neither a stream of events nor
 * one of wake-ups keeps the other from its turn. An open event without `retryAt` is due whatever the clock says.
 *
 * A caller that passes some over must ask for more than it passes over, or they stand in the way of those behind them.
 */
export function readDueOrders(
  connection: Connection,
  now: IsoInstant,
  limit: number,
): readonly string[] {
  const due = [
    ...connection.all(
      'SELECT order_id, due_at FROM heads WHERE is_immediate = 1 ORDER BY due_at LIMIT ?',
      limit,
    ),
    ...connection.all(
      'SELECT order_id, due_at FROM heads WHERE is_immediate = 0 AND due_at <= ? ORDER BY due_at LIMIT ?',
      now,
      limit,
    ),
    ...connection.all(
      'SELECT order_id, wake_at AS due_at FROM orders WHERE wake_at <= ? ORDER BY wake_at LIMIT ?',
      now,
      limit,
    ),
  ].map((row) => ({ orderId: textOf(row, 'order_id'), dueAt: textOf(row, 'due_at') }))
  due.sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0))
  return [...new Set(due.map(({ orderId }) => orderId))].slice(0, limit)
}

/** The earliest instant at which an order has something to do; in the past when one has it already. */
export function readNextDueAt(connection: Connection): IsoInstant | null {
  const earliest = connection.get(
    `SELECT MIN(due_at) AS due_at FROM (
       SELECT MIN(due_at) AS due_at FROM heads WHERE is_immediate = 1
       UNION ALL SELECT MIN(due_at) FROM heads WHERE is_immediate = 0
       UNION ALL SELECT MIN(wake_at) FROM orders WHERE wake_at IS NOT NULL)`,
  )
  return earliest === undefined ? null : instantOrNull(earliest, 'due_at')
}

/** Orders that wait with a command that is not over, by wake-up; those without one are not walked through. */
export const readWaitingOrders = (
  connection: Connection,
  { after, until, limit }: Parameters<RuntimeStore['waitingOrders']>[0],
): readonly WakeUp[] =>
  connection
    .all(
      `SELECT order_id, wake_at FROM orders INDEXED BY orders_waiting
       WHERE has_open_command = 1 AND wake_at IS NOT NULL AND (wake_at, order_id) > (?, ?) AND wake_at <= ?
       ORDER BY wake_at, order_id LIMIT ?`,
      after.wakeAt,
      after.orderId,
      until,
      limit,
    )
    .map(rowToWakeUp)

export const readOpenOrders = (
  connection: Connection,
  after: string,
  limit: number,
): readonly string[] =>
  connection
    .all(
      'SELECT order_id FROM orders INDEXED BY orders_open WHERE has_open_command = 1 AND order_id > ? ORDER BY order_id LIMIT ?',
      after,
      limit,
    )
    .map((row) => textOf(row, 'order_id'))

export const readSendingOrders = (connection: Connection): readonly string[] =>
  connection
    .all('SELECT order_id FROM orders WHERE is_sending = 1 ORDER BY order_id')
    .map((row) => textOf(row, 'order_id'))

export const readUndeliveredNotices = (connection: Connection, limit: number): readonly Notice[] =>
  connection
    .all(
      `SELECT id, order_id, channel, message FROM notices INDEXED BY notices_undelivered
       WHERE delivered_at IS NULL ORDER BY number LIMIT ?`,
      limit,
    )
    .map(rowToNotice)
