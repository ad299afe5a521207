/**
 * The engine's role: one process at a time works on a database.
 *
 * Node has no file locks, SQLite has: the role is a write transaction on a small database beside the real one, begun at
 * start and never ended. The operating system frees it when the process dies, however it dies. It lets readers in, so
 * that a refused engine can say who holds the role. The real database stays free for readers and for the inbox.
 */
import { realpathSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { StoreFailure, sqliteCodeOf, toStoreFailure } from './failures.ts'

/** The process that holds the role. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** ISO 8601 UTC. */
  readonly startedAt: string
}

export interface EngineLock {
  readonly holder: LockHolder
  /** Gives the role back, once; the lock file stays, since removing it could let two engines in. */
  release(): void
}

/**
 * Takes the engine's role for a database, now or within `waitForLockMs` (milliseconds).
 *
 * Throws: `StoreFailure` `store_locked` that names the holder when another engine has it, also one of this process;
 *   `store_unreadable` when the lock file cannot be used.
 */
export async function takeEngineLock(path: string, waitForLockMs: number): Promise<EngineLock> {
  const lockPath = lockPathOf(path)
  const giveUpAtMs = Date.now() + waitForLockMs
  for (;;) {
    const taken = tryTake(lockPath)
    if (taken !== undefined) return taken
    const leftMs = giveUpAtMs - Date.now()
    if (leftMs <= 0) throw refusal(path, lockPath, waitForLockMs)
    await sleep(Math.min(leftMs, POLL_MS))
  }
}

/** This process as the holder of the role. */
export const thisProcess = (): LockHolder => ({
  pid: process.pid,
  host: hostname(),
  startedAt: new Date().toISOString(),
})

/** The lock file of a database. Links are followed first: one database has one lock, however it is called. */
function lockPathOf(path: string): string {
  try {
    return `${realpathSync(path)}.lock`
  } catch {
    // The database does not exist yet; its folder does.
    return `${join(realpathSync(dirname(path)), basename(path))}.lock`
  }
}

function tryTake(lockPath: string): EngineLock | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(lockPath)
    return hold(database)
  } catch (error) {
    database?.close()
    if (sqliteCodeOf(error) === SQLITE_BUSY) return undefined
    throw toStoreFailure(error, lockPath)
  }
}

function hold(database: DatabaseSync): EngineLock {
  const holder = thisProcess()
  database.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE')
  // From here on others are refused. The commit waits for those who read the holder's name right now.
  database.exec(`PRAGMA busy_timeout = ${NAME_TIMEOUT_MS}; ${HOLDER_TABLE}`)
  database
    .prepare('INSERT OR REPLACE INTO holder (id, pid, host, started_at) VALUES (1, ?, ?, ?)')
    .run(holder.pid, holder.host, holder.startedAt)
  database.exec('COMMIT; PRAGMA busy_timeout = 0')
  // Between the two transactions another engine may come first; then this one is refused like any other.
  database.exec('BEGIN IMMEDIATE')
  let isHeld = true
  const release = (): void => {
    if (isHeld) database.close()
    isHeld = false
  }
  return { holder, release }
}

function refusal(path: string, lockPath: string, waitForLockMs: number): StoreFailure {
  const holder = readHolder(lockPath)
  const who =
    holder === undefined
      ? 'another engine'
      : `another engine (pid ${holder.pid} on \`${holder.host}\`, since ${holder.startedAt})`
  const waited = waitForLockMs > 0 ? ` after ${waitForLockMs} ms` : ''
  return new StoreFailure(
    'store_locked',
    path,
    `${who} still works on this database${waited}; stop it first, or give it time with \`waitForLockMs\``,
  )
}

/** Names the holder, if it can be read without waiting long. */
function readHolder(lockPath: string): LockHolder | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(lockPath, { readOnly: true })
    database.exec(`PRAGMA busy_timeout = ${NAME_TIMEOUT_MS}`)
    const row = database.prepare('SELECT pid, host, started_at FROM holder WHERE id = 1').get()
    if (row === undefined) return undefined
    return {
      pid: Number(row['pid']),
      host: String(row['host']),
      startedAt: String(row['started_at']),
    }
  } catch {
    return undefined
  } finally {
    database?.close()
  }
}

const HOLDER_TABLE = `CREATE TABLE IF NOT EXISTS holder (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL, host TEXT NOT NULL, started_at TEXT NOT NULL
) STRICT`
const SQLITE_BUSY = 5
const POLL_MS = 50
const NAME_TIMEOUT_MS = 500
