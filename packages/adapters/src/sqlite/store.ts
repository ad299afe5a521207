/** The engine's store: the inbox, the orders, everything that a step writes, in one SQLite file. */
import {
  assert,
  type IsoInstant,
  makeWork,
  type RuntimeStore,
  type StoredEvent,
  type StoreReader,
} from '@postdelivery/core'
import { writeChange } from './commit-change.ts'
import {
  absolutePath,
  type Connection,
  inTransaction,
  MEMORY_PATH,
  openConnection,
  refuseImpossiblePath,
} from './connection.ts'
import { type EngineLock, type LockHolder, takeEngineLock, thisProcess } from './engine-lock.ts'
import { acceptEvent } from './event-rows.ts'
import { StoreFailure } from './failures.ts'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { busyTimeoutMsOf, type SqliteStoreOptions, waitForLockMsOf } from './options.ts'
import {
  addStop,
  closeWorkItem,
  endStop,
  keepRuleSet,
  markNoticeDelivered,
  openWorkItem,
} from './people-rows.ts'
import {
  readDueOrders,
  readEvent,
  readFirstOpenEvent,
  readNextDueAt,
  readOpenOrders,
  readOrder,
  readRequest,
  readSendingOrders,
  readStops,
  readUndeliveredNotices,
  readWaitingOrders,
} from './queries.ts'
import { createStoreReader } from './reader.ts'
import { countOf, EVENT_COLUMNS, rowToEvent } from './rows.ts'

/** What one engine works with. Every write resolves after its commit; `close` writes what is queued first. */
export interface SqliteStore extends RuntimeStore, StoreReader {
  /** The absolute path of the database, or `:memory:`. */
  readonly path: string
}

/**
 * Opens a database for the one engine that works on it, creates it when there is none, and brings it to this library's
 * version. `:memory:` is a database that ends with the store.
 *
 * Throws: `StoreFailure` `store_locked` when another engine still has the database after `waitForLockMs`;
 *   `store_newer` when a newer library wrote it; `store_unreadable` when it cannot be opened; `store_io` when the disk
 *   cannot keep what the store promises.
 *
 * @example
 * ```ts
 * import { openSqliteStore } from '@postdelivery/adapters/sqlite'
 *
 * const store = await openSqliteStore(':memory:')
 * expect(await store.nextDueAt()).toBe(null)
 * await store.close()
 * ```
 */
export async function openSqliteStore(
  path: string,
  options: SqliteStoreOptions = {},
): Promise<SqliteStore> {
  const busyTimeoutMs = busyTimeoutMsOf(options)
  const waitForLockMs = waitForLockMsOf(options)
  const file = absolutePath(path)
  if (file === MEMORY_PATH) return start(file, busyTimeoutMs, { holder: thisProcess() })

  refuseImpossiblePath(file, 'engine')
  const lock = await takeEngineLock(file, waitForLockMs)
  try {
    return start(file, busyTimeoutMs, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

type Role = Pick<EngineLock, 'holder'> & Partial<EngineLock>

function start(path: string, busyTimeoutMs: number, role: Role): SqliteStore {
  const connection = openConnection({ path, access: 'engine', busyTimeoutMs })
  try {
    migrate(connection)
    const epoch = beginEpoch(connection, role.holder)
    const commits = createGroupCommit(connection, () => requireEpoch(connection, epoch))
    return {
      path,
      ...createReads(connection),
      ...createWrites(connection, commits),
      ...createStoreReader(connection),
      close: async () => {
        commits.close()
        connection.close()
        // Order matters: the next engine begins when nothing of this one is left.
        role.release?.()
      },
    }
  } catch (error) {
    connection.close()
    throw error
  }
}

function createReads(connection: Connection) {
  return {
    firstOpenEvent: async (orderId, types) => readFirstOpenEvent(connection, orderId, types),
    event: async (orderId, eventId) => readEvent(connection, orderId, eventId),
    order: async (orderId) => readOrder(connection, orderId),
    request: async (commandId, generation) => readRequest(connection, commandId, generation),
    stops: async () => readStops(connection),
    dueOrders: async (now, limit) => readDueOrders(connection, now, limit),
    nextDueAt: async () => readNextDueAt(connection),
    waitingOrders: async (page) => readWaitingOrders(connection, page),
    openOrders: async (after, limit) => readOpenOrders(connection, after, limit),
    sendingOrders: async () => readSendingOrders(connection),
    undeliveredNotices: async (limit) => readUndeliveredNotices(connection, limit),
  } satisfies Partial<RuntimeStore>
}

function createWrites(connection: Connection, { write }: GroupCommit) {
  return {
    accept: (event) => write(() => acceptEvent(connection, event)),
    commit: (change) =>
      write(
        () => writeChange(connection, change),
        (result) => result.type === 'committed',
      ),
    rearm: (orderId, wakeAt) => rearmOrder(connection, write, { orderId, wakeAt }),
    deadLetterParked: (before, now) => write(() => giveUpParked(connection, before, now)),
    markDelivered: (noticeId, at) => write(() => markNoticeDelivered(connection, noticeId, at)),
    setStop: (stop) => write(() => addStop(connection, stop)),
    clearStop: (scope, by, at) => write(() => endStop(connection, scope, by, at)),
    saveRuleSet: (ref, content, at) => write(() => keepRuleSet(connection, ref, content, at)),
    openWork: (work) => write(() => openWorkItem(connection, work)),
    closeWork: (workId, by, why, at) =>
      write(() => closeWorkItem(connection, workId, { by, why, at })),
  } satisfies Partial<RuntimeStore>
}

/** Looks first: most wake-ups stay where they are, and a write costs a flush. */
async function rearmOrder(
  connection: Connection,
  write: GroupCommit['write'],
  { orderId, wakeAt }: { readonly orderId: string; readonly wakeAt: IsoInstant | null },
): Promise<void> {
  const order = connection.get('SELECT wake_at FROM orders WHERE order_id = ?', orderId)
  if (order === undefined || order['wake_at'] === wakeAt) return
  await write(() =>
    connection.run('UPDATE orders SET wake_at = ? WHERE order_id = ?', wakeAt, orderId),
  )
}

function giveUpParked(
  connection: Connection,
  before: IsoInstant,
  now: IsoInstant,
): readonly StoredEvent[] {
  const parked = connection
    .all(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE status = 'parked' AND accepted_at < ? ORDER BY accepted_at, arrival`,
      before,
    )
    .map(rowToEvent)
  return parked.map((event) => {
    const { orderId, eventId } = event
    connection.run("UPDATE events SET status = 'dead_lettered' WHERE arrival = ?", event.arrival)
    openWorkItem(
      connection,
      makeWork({
        kind: 'dead_letter',
        id: `dead:${orderId}:${eventId}`,
        orderId,
        at: now,
        about: event.reason ?? 'unknown_order',
        eventId,
      }),
    )
    return { ...event, status: 'dead_lettered' }
  })
}

/** Every engine that opens a database takes the next number. */
function beginEpoch(connection: Connection, { pid, host, startedAt }: LockHolder): number {
  const begun = inTransaction(connection, () =>
    connection.get(
      `INSERT INTO engine (id, epoch, pid, host, started_at) VALUES (1, 1, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1, pid = excluded.pid, host = excluded.host, started_at = excluded.started_at
       RETURNING epoch`,
      pid,
      host,
      startedAt,
    ),
  )
  assert(begun !== undefined, 'an insert returns its row')
  return countOf(begun, 'epoch')
}

/** The last line of defence, should the lock file have been deleted: an engine that another one followed writes nothing. */
function requireEpoch(connection: Connection, epoch: number): void {
  const row = connection.get('SELECT epoch, pid, host, started_at FROM engine WHERE id = 1')
  if (row !== undefined && countOf(row, 'epoch') === epoch) return
  const who = `pid ${row?.['pid']} on \`${row?.['host']}\`, since ${row?.['started_at']}`
  throw new StoreFailure(
    'store_taken_over',
    connection.path,
    `another engine (${who}) has taken this database over; nothing more is written here`,
  )
}
