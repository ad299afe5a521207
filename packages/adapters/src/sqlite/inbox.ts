/** The writing half for other processes, the command line for one: what staff say goes into the inbox, and nothing else. */
import {
  type Acceptance,
  assert,
  type InboxEvent,
  type IsoInstant,
  isInternalEventId,
  STAFF_EVENT_TYPES,
  type Stop,
  sha256Hex,
} from '@postdelivery/core'
import { absolutePath, type Connection, inTransaction, openConnection } from './connection.ts'
import { acceptEvent } from './event-rows.ts'
import { createGroupCommit } from './group-commit.ts'
import { requireVersion } from './migrate.ts'
import { busyTimeoutMsOf, type SqliteOptions } from './options.ts'
import { addStop, closeWorkItem, endStop } from './people-rows.ts'
import { readStops } from './queries.ts'

/** Writes to the inbox of a database beside its engine, which finds it when it looks for what is due. */
export interface SqliteInbox {
  /**
   * Makes a staff event durable; resolves after the commit.
   *
   * Throws: `AssertionError` for an event that only the engine or the public door may bring in, for an id that the engine
   *   keeps for other events, for an `order.observed` that says more than which order to read, and for an event whose
   *   text says something else than its envelope.
   */
  accept(event: InboxEvent): Promise<Acceptance>
  /** Stops everything, an action or a rule; the engine asks before every send. */
  setStop(stop: Stop): Promise<void>
  clearStop(scope: string, by: string, at: IsoInstant): Promise<boolean>
  stops(): Promise<readonly Stop[]>
  /** Closes work that nothing else closes, and tells whether it was open; which work that is, the caller knows. */
  closeWork(workId: string, by: string, why: string, at: IsoInstant): Promise<boolean>
  /**
   * Begins a write and takes it back, and says how SQLite keeps the file's log: the engine sets it to `wal`.
   *
   * Throws: `StoreFailure` when the file cannot be written.
   */
  inspect(): { readonly journalMode: string }
  close(): Promise<void>
}

/** What may come in beside the engine: what staff say, and a hint to read an order, which says nothing by itself. */
export const INBOX_EVENT_TYPES: readonly string[] = [
  ...STAFF_EVENT_TYPES,
  'action.requested',
  'order.observed',
]

/**
 * Opens a database's inbox, while an engine runs or when none does.
 *
 * Throws: `StoreFailure` `store_older` or `store_newer` when the database is of another version than this library,
 *   `store_unreadable` when it cannot be opened.
 */
export function openSqliteInbox(path: string, options: SqliteOptions = {}): SqliteInbox {
  const connection = openConnection({
    path: absolutePath(path),
    access: 'inbox',
    busyTimeoutMs: busyTimeoutMsOf(options),
  })
  try {
    requireVersion(connection)
  } catch (error) {
    connection.close()
    throw error
  }
  // The engine may be replaced by one of a newer version while this process lives.
  const { write, close } = createGroupCommit(connection, () => requireVersion(connection))
  return {
    accept: async (event) => {
      requireStaffEvent(event)
      return write(() => acceptEvent(connection, event))
    },
    setStop: (stop) => write(() => addStop(connection, stop)),
    clearStop: (scope, by, at) => write(() => endStop(connection, scope, by, at)),
    stops: async () => readStops(connection),
    closeWork: (workId, by, why, at) =>
      write(() => closeWorkItem(connection, workId, { by, why, at })),
    inspect: () => inspect(connection),
    close: async () => {
      close()
      connection.close()
    },
  }
}

function inspect(connection: Connection): { readonly journalMode: string } {
  inTransaction(
    connection,
    () => {},
    () => false,
  )
  return { journalMode: String(connection.get('PRAGMA journal_mode')?.['journal_mode']) }
}

/** A process beside the engine could otherwise write an answer of Klarna's that never came. */
function requireStaffEvent({ type, orderId, eventId, body, bodyHash }: InboxEvent): void {
  assert(
    INBOX_EVENT_TYPES.includes(type),
    `events of type \`${type}\` do not come in beside the engine; submit them to it`,
  )
  const said = JSON.parse(body) as { type?: unknown; orderId?: unknown; id?: unknown }
  assert(
    said.type === type && said.orderId === orderId && said.id === eventId,
    `event \`${eventId}\` says something else than its envelope`,
  )
  assert(sha256Hex(body) === bodyHash, `event \`${eventId}\` has another hash than its envelope`)
  requireOwnId(type, eventId)
  if (type === 'order.observed') requireBareHint(eventId, said)
}

/** An id that the engine will use itself would make it take its own event for a repeated one. */
function requireOwnId(type: string, eventId: string): void {
  const prefix = ID_PREFIXES.get(type)
  assert(
    !isInternalEventId(eventId) || (prefix !== undefined && eventId.startsWith(prefix)),
    `event \`${eventId}\` has an id that belongs to the engine; choose another`,
  )
}

/** Rules wake to this event, and nobody stands behind it: it must not bring them facts. */
function requireBareHint(eventId: string, said: object): void {
  assert(
    eventId.startsWith(RECONCILE_PREFIX),
    `event \`${eventId}\` is no finding of a comparison; its id does not begin with \`${RECONCILE_PREFIX}\``,
  )
  const further = Object.keys(said).find((key) => !HINT_KEYS.includes(key))
  assert(
    further === undefined,
    `event \`${eventId}\` only names an order; leave \`${further}\` out`,
  )
}

const RECONCILE_PREFIX = 'reconcile:'
const HINT_KEYS: readonly string[] = ['id', 'type', 'orderId', 'at']

/** How the ids begin that the doors of staff make, by type of event. The engine makes all others of its prefixes. */
const ID_PREFIXES: ReadonlyMap<string, string> = new Map([
  ['command.approved', 'approval:'],
  ['command.rejected', 'approval:'],
  ['command.resolved', 'resolve:'],
  ['command.resumed', 'resolve:'],
  ['books.confirmed', 'resolve:'],
  ['order.observed', RECONCILE_PREFIX],
])
