/** How a merchant names the store in a configuration: a description, opened by who needs which half of it. */
import { absolutePath } from './connection.ts'
import { findEngine, type LockHolder } from './engine-lock.ts'
import { openSqliteInbox, type SqliteInbox } from './inbox.ts'
import type { SqliteStoreOptions } from './options.ts'
import { openSqliteReader, type SqliteReader } from './reader.ts'
import { openSqliteStore, type SqliteStore } from './store.ts'

/** A database that is not open yet. */
export interface SqliteDescription {
  readonly type: 'sqlite'
  readonly path: string
  /** Opens it for the one engine. Throws: as `openSqliteStore`. */
  open(): Promise<SqliteStore>
  /** Opens it to read, beside the engine. Throws: as `openSqliteReader`. */
  openReader(): SqliteReader
  /** Opens its inbox, beside the engine. Throws: as `openSqliteInbox`. */
  openInbox(): SqliteInbox
  /** Tells which process's engine works on it now, or null when none does. */
  engine(): LockHolder | null
}

/**
 * Describes a store in one SQLite file; nothing is opened or created yet.
 *
 * The file belongs on a local disk: network file systems do not keep locks.
 *
 * @example
 * ```ts
 * import { sqlite } from '@postdelivery/adapters/sqlite'
 *
 * const store = sqlite('./orders.db', { waitForLockMs: 30_000 })
 * expect(store.path).toBe('./orders.db')
 * ```
 */
export const sqlite = (path: string, options: SqliteStoreOptions = {}): SqliteDescription => ({
  type: 'sqlite',
  path,
  open: () => openSqliteStore(path, options),
  openReader: () => openSqliteReader(path, options),
  openInbox: () => openSqliteInbox(path, options),
  engine: () => findEngine(absolutePath(path)),
})
