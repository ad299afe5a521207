/**
 * Many writes, one flush: what is asked for until the loop turns is written in one transaction, and every caller hears of
 * it after the commit. One write's failure undoes that write alone.
 */
import { type Connection, inTransaction } from './connection.ts'
import { isFatal, isStoreFailure, StoreFailure } from './failures.ts'

export interface GroupCommit {
  /**
   * Queues a write. Its promise resolves with the write's result after the commit; a result that `keeps` refuses, and an
   * error, undo this write alone. A failure of the disk or of the commit rejects every write of the transaction.
   *
   * `work` may run twice, the first run being rolled back: it changes nothing but the database.
   */
  write<Result>(work: () => Result, keeps?: (result: Result) => boolean): Promise<Result>
  /** Writes what is queued, then refuses every further write. */
  close(): void
}

interface Write {
  /** Runs in the transaction. Throws: `StoreFailure` alone. */
  attempt(): Attempt
  reject(error: unknown): void
}

interface Attempt {
  readonly isKept: boolean
  /** Tells the caller, after the commit. */
  tell(): void
}

/**
 * Collects writes for one connection. `check` runs first in every transaction: what it throws fails all of it.
 *
 * After a failure that leaves the disk's content in doubt, every write is refused with that failure: a store that goes on
 * after a failed flush would acknowledge what may not be there.
 */
export function createGroupCommit(connection: Connection, check: () => void): GroupCommit {
  const queue: Write[] = []
  let isScheduled = false
  let ended: StoreFailure | undefined

  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      flush()
      if (queue.length > 0) schedule()
    })
  }
  const flush = (): void => {
    const writes = queue.splice(0, WRITES_MAX)
    const failure = writes.length === 0 ? undefined : runAll(connection, writes, check, ended)
    ended ??= failure
  }

  return {
    write: (work, keeps = () => true) => {
      if (ended !== undefined) return Promise.reject(ended)
      return new Promise((resolve, reject) => {
        const attempt = (): Attempt => {
          try {
            const result = work()
            return { isKept: keeps(result), tell: () => resolve(result) }
          } catch (error) {
            // About the file and so about every write, not about this one.
            if (isStoreFailure(error)) throw error
            return { isKept: false, tell: () => reject(error) }
          }
        }
        queue.push({ attempt, reject })
        schedule()
      })
    },
    close: () => {
      while (queue.length > 0) flush()
      ended ??= new StoreFailure('store_closed', connection.path, 'the store is closed')
    },
  }
}

/** Runs writes in one transaction, tells their callers, and returns the failure that ends the store, if any. */
function runAll(
  connection: Connection,
  writes: readonly Write[],
  check: () => void,
  ended: StoreFailure | undefined,
): StoreFailure | undefined {
  try {
    if (ended !== undefined) throw ended
    const attempts =
      writeTogether(connection, writes, check) ?? writeApart(connection, writes, check)
    // Order matters: nobody hears of a write before its commit has returned.
    for (const attempt of attempts) attempt.tell()
    return undefined
  } catch (error) {
    for (const write of writes) write.reject(error)
    return isFatal(error) ? error : undefined
  }
}

/**
 * Writes all in one transaction without savepoints, which copy every page before it is changed.
 *
 * Returns: nothing when one of them cannot be kept; then none of them is written.
 */
function writeTogether(
  connection: Connection,
  writes: readonly Write[],
  check: () => void,
): readonly Attempt[] | undefined {
  const body = (): readonly Attempt[] | undefined => {
    check()
    const attempts: Attempt[] = []
    for (const write of writes) {
      const attempt = write.attempt()
      if (!attempt.isKept) return undefined
      attempts.push(attempt)
    }
    return attempts
  }
  return inTransaction(connection, body, (attempts) => attempts !== undefined)
}

/** Writes each in a savepoint of its own, so that those that can be kept are. */
function writeApart(
  connection: Connection,
  writes: readonly Write[],
  check: () => void,
): readonly Attempt[] {
  return inTransaction(connection, () => {
    check()
    return writes.map((write) => {
      connection.run('SAVEPOINT change')
      const attempt = write.attempt()
      if (!attempt.isKept) connection.run('ROLLBACK TO change')
      connection.run('RELEASE change')
      return attempt
    })
  })
}

/** Writes of one transaction at most, so that a burst does not keep the process from everything else. */
const WRITES_MAX = 256
