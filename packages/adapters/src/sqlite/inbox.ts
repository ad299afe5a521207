/** The writing half for other processes, the command line for one: what staff say goes into the inbox, and nothing else. */
import {
  type Acceptance,
  assert,
  type InboxEvent,
  type IsoInstant,
  STAFF_EVENT_TYPES,
  type Stop,
  sha256Hex,
} from '@postdelivery/core'
import { absolutePath, openConnection } from './connection.ts'
import { acceptEvent } from './event-rows.ts'
import { createGroupCommit } from './group-commit.ts'
import { requireVersion } from './migrate.ts'
import { busyTimeoutMsOf, type SqliteOptions } from './options.ts'
import { addStop, endStop } from './people-rows.ts'
import { readStops } from './queries.ts'

/** Writes to the inbox of a database beside its engine, which finds it when it looks for what is due. */
export interface SqliteInbox {
  /**
   * Makes a staff event durable; resolves after the commit.
   *
   * Throws: `AssertionError` for an event that only the engine or the public door may bring in, and for one whose text
   *   says something else than its envelope.
   */
  accept(event: InboxEvent): Promise<Acceptance>
  /** Stops everything, an action or a rule; the engine asks before every send. */
  setStop(stop: Stop): Promise<void>
  clearStop(scope: string, by: string, at: IsoInstant): Promise<boolean>
  stops(): Promise<readonly Stop[]>
  close(): Promise<void>
}

/** What may come in beside the engine. */
export const INBOX_EVENT_TYPES: readonly string[] = [...STAFF_EVENT_TYPES, 'action.requested']

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
    close: async () => {
      close()
      connection.close()
    },
  }
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
}
