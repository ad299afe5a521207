/**
 * The engine's role: one process at a time works on a database.
 *
 * Node has no file locks, SQLite has: the role is a write transaction on a small database beside the real one, begun at
 * start and never ended. The operating system frees it when the process dies, however it dies. It lets readers in, so
 * that a refused engine can say who holds the role. The real database stays free for readers and for the inbox.
 */
import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { StoreFailure, sqliteCodeOf, toStoreFailure } from './failures.ts'

/** The process that holds the role. */
export interface LockHolder {
  /** The number of the process on its machine. */
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
 * Takes the engine's role for a database, now or within `waitForLockMs` (milliseconds), which count as 250 at least:
 * whoever asks for the engine takes the role for a moment, and must not keep one from starting.
 *
 * Throws: `StoreFailure` `store_locked` that names the holder when another engine has it, also one of this process;
 *   `store_unreadable` when the lock file cannot be used.
 */
export async function takeEngineLock(path: string, waitForLockMs: number): Promise<EngineLock> {
  const lockPath = lockPathOf(path)
  const beganAt = new Date().toISOString()
  const giveUpAtMs = Date.now() + Math.max(waitForLockMs, LOOKS_MAX_MS)
  for (;;) {
    const taken = tryTake(lockPath)
    if (taken !== undefined) return taken
    const leftMs = giveUpAtMs - Date.now()
    if (leftMs <= 0) throw refusal(path, holderBefore(lockPath, beganAt), waitForLockMs)
    // Random, so that two that start together, or one beside a program that asks in a loop, do not keep step.
    await sleep(Math.min(leftMs, Math.random() * POLL_MAX_MS))
  }
}

/**
 * Tells who works on a database now, or null when nobody does. For other processes than an engine.
 *
 * A holder whose process is gone from this machine is believed to be gone. Else the role itself is tried, for a moment:
 * names of processes are used again, and other machines cannot be looked into. Who may not write the lock file cannot
 * try the role, and believes the name in it.
 */
export function findEngine(path: string): LockHolder | null {
  const lockPath = lockPathOf(path)
  if (statSync(lockPath, { throwIfNoEntry: false }) === undefined) return null
  const holder = readHolder(lockPath)
  if (holder === undefined) return null
  const isGone = holder.host === hostname() && !isAlive(holder.pid)
  return isEngine(isGone, () => roleOf(lockPath)) ? holder : null
}

type Role = 'free' | 'held' | 'unknown'

/** Whether the holder that is named works now. The role is tried only for one that is not gone. */
export const isEngine = (isGone: boolean, role: () => Role): boolean => !isGone && role() !== 'free'

/** Whether somebody holds the role; a free one is given back at once, and its holder's name stays as it is. */
function roleOf(lockPath: string): Role {
  // SQLite begins to write in a file that it may only read without a word, and so without the role.
  if (!isWritable(lockPath)) return 'unknown'
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(lockPath)
    database.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK')
    return 'free'
  } catch (error) {
    if (sqliteCodeOf(error) === SQLITE_BUSY) return 'held'
    throw toStoreFailure(error, lockPath)
  } finally {
    database?.close()
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** A process that may not be signalled is there as well. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
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
    const lock = hold(database)
    if (lock === undefined) database.close()
    return lock
  } catch (error) {
    database?.close()
    if (sqliteCodeOf(error) === SQLITE_BUSY) return undefined
    throw toStoreFailure(error, lockPath)
  }
}

/** Takes the role with a connection, or gives undefined when another engine came between. Throws: when it is held. */
function hold(database: DatabaseSync): EngineLock | undefined {
  const holder = thisProcess()
  database.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE')
  // From here on others are refused. The commit waits for those who read the holder's name right now.
  database.exec(`PRAGMA busy_timeout = ${NAME_TIMEOUT_MS}; ${HOLDER_TABLE}`)
  database
    .prepare('INSERT OR REPLACE INTO holder (id, pid, host, started_at) VALUES (1, ?, ?, ?)')
    .run(holder.pid, holder.host, holder.startedAt)
  database.exec('COMMIT; PRAGMA busy_timeout = 0')
  // Between the two transactions another engine may come: as the holder, or only to write its name over this one.
  database.exec('BEGIN IMMEDIATE')
  if (!isDeepStrictEqual(nameIn(database), holder)) return undefined
  let isHeld = true
  const release = (): void => {
    if (isHeld) database.close()
    isHeld = false
  }
  return { holder, release }
}

function refusal(
  path: string,
  holder: LockHolder | undefined,
  waitForLockMs: number,
): StoreFailure {
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

/** The holder's name, unless it is what an attempt of this process left that began at `beganAt` and was refused. */
function holderBefore(lockPath: string, beganAt: string): LockHolder | undefined {
  const holder = readHolder(lockPath)
  const isOwn =
    holder?.pid === process.pid && holder.host === hostname() && holder.startedAt >= beganAt
  return isOwn ? undefined : holder
}

/** Names the holder, if it can be read without waiting long. */
function readHolder(lockPath: string): LockHolder | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(lockPath, { readOnly: true })
    database.exec(`PRAGMA busy_timeout = ${NAME_TIMEOUT_MS}`)
    return nameIn(database)
  } catch {
    return undefined
  } finally {
    database?.close()
  }
}

function nameIn(database: DatabaseSync): LockHolder | undefined {
  const row = database.prepare('SELECT pid, host, started_at FROM holder WHERE id = 1').get()
  if (row === undefined) return undefined
  return {
    pid: Number(row['pid']),
    host: String(row['host']),
    startedAt: String(row['started_at']),
  }
}

const HOLDER_TABLE = `CREATE TABLE IF NOT EXISTS holder (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL, host TEXT NOT NULL, started_at TEXT NOT NULL
) STRICT`
const SQLITE_BUSY = 5
const POLL_MAX_MS = 50
const LOOKS_MAX_MS = 250
const NAME_TIMEOUT_MS = 500
