/** One open database: pragmas that durability rests on, prepared statements kept, rows as plain records. */
import { type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import {
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from 'node:sqlite'
import { assert } from '@postdelivery/core'
import { StoreFailure, sqliteCodeOf, toStoreFailure } from './failures.ts'

export type Row = Readonly<Record<string, SQLOutputValue>>

/** `engine` writes everything and sets the file up; `inbox` writes beside a running engine; `reader` cannot write. */
export type Access = 'engine' | 'inbox' | 'reader'

export interface ConnectionOptions {
  readonly path: string
  readonly access: Access
  /** How long a statement waits for another process's write lock, in milliseconds; the process stands still meanwhile. */
  readonly busyTimeoutMs: number
}

/** A database with its prepared statements. Throws what `toStoreFailure` makes of SQLite's errors. */
export interface Connection {
  readonly path: string
  get(sql: string, ...values: SQLInputValue[]): Row | undefined
  all(sql: string, ...values: SQLInputValue[]): readonly Row[]
  /** Runs a statement and returns how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number
  /** Runs a script that is used once. */
  script(sql: string): void
  /** Closes it; a second time does nothing. */
  close(): void
}

export const MEMORY_PATH = ':memory:'

/** Opens a database. Throws: `StoreFailure` that names the file. */
export function openConnection({ path, access, busyTimeoutMs }: ConnectionOptions): Connection {
  refuseImpossiblePath(path, access)
  const connection = wrap(open(path, access === 'reader'), path)
  try {
    connection.script(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    for (const pragma of PRAGMAS) connection.script(pragma)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/**
 * Runs `body` in a transaction that holds the write lock from its beginning, so that what it reads stays true. A result
 * that `keeps` refuses is returned and nothing of it is written.
 *
 * Throws: whatever `body` or the commit throws; nothing of it is kept then.
 */
export function inTransaction<Value>(
  connection: Connection,
  body: () => Value,
  keeps: (value: Value) => boolean = () => true,
): Value {
  connection.run('BEGIN IMMEDIATE')
  try {
    const value = body()
    connection.run(keeps(value) ? 'COMMIT' : 'ROLLBACK')
    return value
  } catch (error) {
    rollBack(connection)
    throw error
  }
}

function rollBack(connection: Connection): void {
  try {
    connection.run('ROLLBACK')
  } catch {
    // A full disk or a failing one makes SQLite roll back by itself; then there is nothing left to roll back.
  }
}

/**
 * Switches a file to write-ahead logging, so that readers and the engine do not wait for each other. It stays so.
 *
 * Throws: `StoreFailure` `store_io` where that cannot be, `store_locked` when others keep the file busy all the time.
 */
export function useWriteAheadLog(connection: Connection, triesMax: number = WAL_TRIES_MAX): void {
  if (connection.path === MEMORY_PATH) return
  for (let tryCount = 0; tryCount < triesMax; tryCount += 1) {
    const mode = tryWal(connection)
    if (mode === 'wal') return
    if (mode !== 'busy')
      throw new StoreFailure(
        'store_io',
        connection.path,
        `write-ahead logging is not possible here, sqlite stays in mode \`${mode}\``,
      )
    // SQLite does not wait by itself for this one switch.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_RETRY_MS)
  }
  throw new StoreFailure('store_locked', connection.path, 'another process keeps the database busy')
}

/** The path as it stays true when the process changes its folder. Throws: `AssertionError` for an empty one. */
export function absolutePath(path: string): string {
  assert(
    path !== '' && !path.includes('\0'),
    'the path of the database is empty or holds a zero character',
  )
  return path === MEMORY_PATH ? path : resolve(path)
}

/** Refuses what can be no database, with words of ours. Throws: `StoreFailure`. */
export function refuseImpossiblePath(path: string, access: Access): void {
  if (path === MEMORY_PATH) {
    if (access === 'engine') return
    throw new StoreFailure(
      'store_unreadable',
      path,
      'a database in memory is seen by its own store alone',
    )
  }
  const file = entryAt(path, path)
  if (file?.isDirectory() === true)
    throw new StoreFailure('store_unreadable', path, 'this is a folder, not a file')
  if (file !== undefined) return
  if (access !== 'engine')
    throw new StoreFailure(
      'store_older',
      path,
      'there is no database here yet; the engine creates it when it starts first',
    )
  const folder = entryAt(dirname(path), path)
  if (folder?.isDirectory() !== true)
    throw new StoreFailure(
      'store_unreadable',
      path,
      `the folder \`${dirname(path)}\` does not exist`,
    )
}

function entryAt(entry: string, path: string): Stats | undefined {
  try {
    return statSync(entry, { throwIfNoEntry: false })
  } catch (error) {
    throw new StoreFailure('store_unreadable', path, `\`${entry}\` cannot be looked at`, error)
  }
}

function open(path: string, readOnly: boolean): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly })
  } catch (error) {
    throw toStoreFailure(error, path)
  }
}

function wrap(database: DatabaseSync, path: string): Connection {
  const prepared = new Map<string, StatementSync>()
  let isOpen = true
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const made = database.prepare(sql)
    prepared.set(sql, made)
    return made
  }
  const attempt = <Value>(work: () => Value): Value => {
    try {
      return work()
    } catch (error) {
      throw toStoreFailure(error, path)
    }
  }

  return {
    path,
    get: (sql, ...values) => attempt(() => statement(sql).get(...values)),
    all: (sql, ...values) => attempt(() => statement(sql).all(...values)),
    run: (sql, ...values) => attempt(() => Number(statement(sql).run(...values).changes)),
    script: (sql) => attempt(() => database.exec(sql)),
    close: () => {
      if (isOpen) database.close()
      isOpen = false
    },
  }
}

function tryWal(connection: Connection): string {
  try {
    return String(connection.get('PRAGMA journal_mode = WAL')?.['journal_mode'])
  } catch (error) {
    const cause = error instanceof StoreFailure ? error.cause : undefined
    if (sqliteCodeOf(cause) === SQLITE_BUSY) return 'busy'
    throw error
  }
}

const SQLITE_BUSY = 5
const WAL_RETRY_MS = 20
const WAL_TRIES_MAX = 500

const PRAGMAS: readonly string[] = [
  // A commit that was acknowledged survives a power cut; NORMAL may lose the record of a call that is out already.
  'PRAGMA synchronous = FULL',
  'PRAGMA foreign_keys = ON',
  // Nothing that stands in the file may run functions of ours.
  'PRAGMA trusted_schema = OFF',
  // In KiB: the indexes' upper pages of some hundred thousand orders stay in memory.
  'PRAGMA cache_size = -32768',
  // In pages: what many commits change is copied into the file once, after about 32 MB.
  'PRAGMA wal_autocheckpoint = 8000',
]
