/** What people and programs read. A reader of its own never waits for the engine and never holds it up. */
import type {
  Stop,
  StoredEvent,
  StoredOrder,
  StoreReader,
  Work,
  WorkKind,
} from '@postdelivery/core'
import { absolutePath, type Connection, openConnection } from './connection.ts'
import { requireVersion } from './migrate.ts'
import { busyTimeoutMsOf, type SqliteOptions } from './options.ts'
import { readRuleSet } from './people-rows.ts'
import { readEvent, readOrder, readStops } from './queries.ts'
import {
  countOf,
  EVENT_COLUMNS,
  REQUEST_COLUMNS,
  rowToAlertedOrder,
  rowToAttempt,
  rowToDecision,
  rowToEvent,
  rowToListedOrder,
  rowToPastWork,
  rowToRequest,
  rowToWork,
  textOf,
} from './rows.ts'

/** A view of a database for other processes than the engine's. */
export interface SqliteReader extends StoreReader {
  order(orderId: string): Promise<StoredOrder | undefined>
  event(orderId: string, eventId: string): Promise<StoredEvent | undefined>
  stops(): Promise<readonly Stop[]>
  close(): Promise<void>
}

/**
 * Opens a database to read it, while an engine runs or when none does.
 *
 * Throws: `StoreFailure` `store_older` or `store_newer` when the database is of another version than this library,
 *   `store_unreadable` when it cannot be read.
 */
export function openSqliteReader(path: string, options: SqliteOptions = {}): SqliteReader {
  const connection = openConnection({
    path: absolutePath(path),
    access: 'reader',
    busyTimeoutMs: busyTimeoutMsOf(options),
  })
  try {
    requireVersion(connection)
  } catch (error) {
    connection.close()
    throw error
  }
  return {
    ...createStoreReader(connection),
    order: async (orderId) => readOrder(connection, orderId),
    event: async (orderId, eventId) => readEvent(connection, orderId, eventId),
    stops: async () => readStops(connection),
    close: async () => connection.close(),
  }
}

/** The reading half over an open connection. */
export function createStoreReader(connection: Connection): StoreReader {
  return {
    orders: async ({ after = '', limit, word }) => {
      const [where, values] =
        word === undefined
          ? ['order_id > ?', [after]]
          : ['word = ? AND order_id > ?', [word, after]]
      return connection
        .all(
          `SELECT order_id, word, currency, has_open_command, seq FROM orders WHERE ${where} ORDER BY order_id LIMIT ?`,
          ...values,
          limit,
        )
        .map(rowToListedOrder)
    },
    events: async (orderId) =>
      connection
        .all(`SELECT ${EVENT_COLUMNS} FROM events WHERE order_id = ? ORDER BY arrival`, orderId)
        .map(rowToEvent),
    decisions: async (orderId) =>
      connection
        .all(
          `SELECT decision FROM events JOIN decisions USING (arrival)
           WHERE order_id = ? ORDER BY decided_at, seq, arrival`,
          orderId,
        )
        .map(rowToDecision),
    decision: async (orderId, eventId) => {
      const row = connection.get(
        'SELECT decision FROM events JOIN decisions USING (arrival) WHERE order_id = ? AND event_id = ?',
        orderId,
        eventId,
      )
      return row && rowToDecision(row)
    },
    attempts: async (orderId) =>
      connection
        .all(
          `SELECT attempts.* FROM requests JOIN attempts USING (command_id, generation)
           WHERE order_id = ? ORDER BY started_at, command_id, generation, attempt`,
          orderId,
        )
        .map(rowToAttempt),
    requests: async (orderId) =>
      connection
        .all(
          `SELECT ${REQUEST_COLUMNS} FROM requests WHERE order_id = ? ORDER BY requests.rowid`,
          orderId,
        )
        .map((row) => ({
          ...rowToRequest(row),
          commandId: textOf(row, 'command_id'),
          generation: countOf(row, 'generation'),
        })),
    work: async (filter = {}) => readOpenWork(connection, filter),
    ruleSet: async (ref) => readRuleSet(connection, ref),
    workHistory: async (orderId) =>
      connection
        .all('SELECT * FROM work WHERE order_id = ? ORDER BY number', orderId)
        .map(rowToPastWork),
    putOffEvents: async (status, limit) =>
      connection.all(PUT_OFF_QUERIES[status], limit).map(rowToEvent),
    alertedOrders: async ({ now, after, limit }) =>
      connection
        .all(
          `SELECT order_id, alert_at, snapshot, seq FROM orders
           WHERE alert_at <= ? AND (alert_at, order_id) > (?, ?) ORDER BY alert_at, order_id LIMIT ?`,
          now,
          after?.alertAt ?? '',
          after?.orderId ?? '',
          limit,
        )
        .map(rowToAlertedOrder),
  }
}

/** Each names its status in words, so that its partial index serves it. */
const PUT_OFF_QUERIES = {
  parked: `SELECT ${EVENT_COLUMNS} FROM events WHERE status = 'parked' ORDER BY accepted_at LIMIT ?`,
  waiting: `SELECT ${EVENT_COLUMNS} FROM events WHERE status = 'waiting' ORDER BY accepted_at LIMIT ?`,
} as const

function readOpenWork(
  connection: Connection,
  { orderId, kind }: { readonly orderId?: string; readonly kind?: WorkKind },
): readonly Work[] {
  const wanted = [
    ...(orderId === undefined ? [] : [{ term: ' AND order_id = ?', value: orderId }]),
    ...(kind === undefined ? [] : [{ term: ' AND kind = ?', value: kind }]),
  ]
  return connection
    .all(
      `SELECT * FROM work INDEXED BY work_open_by_order
       WHERE closed_at IS NULL${wanted.map(({ term }) => term).join('')} ORDER BY number`,
      ...wanted.map(({ value }) => value),
    )
    .map(rowToWork)
}
