/** What goes wrong around the file: one class, told apart by code, with the remedy. SQLite's own errors never leave here. */
import { AssertionError } from '@postdelivery/core'

/**
 * Every failure with its usual remedy, a public contract, in order of precedence.
 *
 * `retry`: the same call may succeed later. Anything else needs a person, and most of it a new process.
 */
export const STORE_FAILURES = {
  store_closed: { retry: false, hint: 'open the store again' },
  store_locked: {
    retry: true,
    hint: 'one engine works on a file at a time: stop the other one, or wait for it with `waitForLockMs` when a rolling deploy overlaps; other processes read with `openSqliteReader` and write with `openSqliteInbox`',
  },
  store_taken_over: {
    retry: false,
    hint: 'two engines reached one file: is the lock file deleted, or the folder on a network file system? stop this process and keep the other one',
  },
  store_older: {
    retry: false,
    hint: 'start the engine of this version once: it sets the database up and brings it to its version',
  },
  store_newer: {
    retry: false,
    hint: 'install the version of the library that wrote it, or a newer one; a database is never brought back to an older version',
  },
  store_unreadable: {
    retry: false,
    hint: 'check the path and its permissions; if the file is damaged, restore it from a backup',
  },
  store_full: { retry: true, hint: 'free space on the disk; nothing of the failed write was kept' },
  store_io: {
    retry: false,
    hint: 'check the disk, its permissions and the system log, then start again; what was not acknowledged is to be sent again under the same ids',
  },
} as const

export type StoreFailureCode = keyof typeof STORE_FAILURES

/** The store cannot do its work; `code` tells why, `hint` what to do. The message names the file. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure'
  readonly code: StoreFailureCode
  readonly path: string
  readonly hint: string
  /** The same call may succeed later. */
  readonly retry: boolean

  constructor(code: StoreFailureCode, path: string, why: string, cause?: unknown) {
    super(`\`${path}\`: ${why}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.path = path
    this.hint = STORE_FAILURES[code].hint
    this.retry = STORE_FAILURES[code].retry
  }
}

/** Tells whether something thrown is a failure of the store. By name too: two copies of a package have two prototypes. */
export function isStoreFailure(error: unknown): error is StoreFailure {
  if (error instanceof StoreFailure) return true
  return (
    error instanceof Error &&
    error.name === 'StoreFailure' &&
    Object.hasOwn(STORE_FAILURES, (error as Partial<StoreFailure>).code ?? '')
  )
}

/** SQLite's primary result code of an error, or undefined when the error is none of SQLite's. */
export function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  // The low byte is the primary code, the rest says more precisely what happened.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}

/**
 * Says in our words what SQLite threw.
 *
 * Returns: a `StoreFailure` for what the outside world did; an `AssertionError` for what only a defect of ours can cause,
 *   such as a broken constraint; anything that is not SQLite's as it came.
 */
export function toStoreFailure(error: unknown, path: string): unknown {
  if (isDatabaseClosed(error))
    return new StoreFailure('store_closed', path, 'the store is closed', error)
  const sqliteCode = sqliteCodeOf(error)
  if (sqliteCode === undefined || !(error instanceof Error)) return error
  const known = FAILURE_BY_SQLITE_CODE[sqliteCode]
  if (known === undefined)
    return new AssertionError(`\`${path}\`: the database refuses: ${error.message}`, {
      cause: error,
    })
  const { code, why } = known
  return new StoreFailure(code, path, `${why} (sqlite: ${error.message})`, error)
}

/** Failures after which nothing more is written: what the disk holds is no longer known for sure. */
export const isFatal = (error: unknown): error is StoreFailure =>
  isStoreFailure(error) && !error.retry

const isDatabaseClosed = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE'

const unopened = { code: 'store_unreadable', why: 'the file cannot be opened' } as const
const busy = { code: 'store_locked', why: 'another process keeps the database busy' } as const
const damaged = {
  code: 'store_unreadable',
  why: 'the file is damaged or no database of ours',
} as const

/** Source: https://sqlite.org/rescode.html. */
const FAILURE_BY_SQLITE_CODE: Readonly<
  Record<number, { readonly code: StoreFailureCode; readonly why: string }>
> = {
  3: unopened,
  5: busy,
  6: busy,
  8: { code: 'store_io', why: 'the file cannot be written' },
  10: { code: 'store_io', why: 'the disk failed' },
  11: damaged,
  13: { code: 'store_full', why: 'the disk is full' },
  14: unopened,
  26: damaged,
}
