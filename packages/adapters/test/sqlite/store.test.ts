import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { aPath } from './files.ts'
import { describeStore } from './store.contract.ts'

describeStore('the SQLite store in a file', () => openSqliteStore(aPath()))
describeStore('the SQLite store in memory', () => openSqliteStore(':memory:'))
