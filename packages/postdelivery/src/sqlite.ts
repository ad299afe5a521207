/** Entry `postdelivery/sqlite`: the store in one SQLite file. Needs Node.js 22.13 or later. */
export type {
  SqliteDescription,
  SqliteInbox,
  SqliteOptions,
  SqliteReader,
  SqliteStoreOptions,
  StoreFailureCode,
} from '@postdelivery/adapters/sqlite'
export {
  isStoreFailure,
  openSqliteInbox,
  openSqliteReader,
  STORE_FAILURES,
  StoreFailure,
  sqlite,
} from '@postdelivery/adapters/sqlite'
