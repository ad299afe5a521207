/** The store on one SQLite file: `@postdelivery/adapters/sqlite`. Needs Node.js 22.13 or later. */

export type { LockHolder } from './engine-lock.ts'
export { isStoreFailure, STORE_FAILURES, StoreFailure, type StoreFailureCode } from './failures.ts'
export { INBOX_EVENT_TYPES, openSqliteInbox, type SqliteInbox } from './inbox.ts'
export type { SqliteOptions, SqliteStoreOptions } from './options.ts'
export { openSqliteReader, type SqliteReader } from './reader.ts'
export { type SqliteDescription, sqlite } from './sqlite.ts'
export { openSqliteStore, type SqliteStore } from './store.ts'
