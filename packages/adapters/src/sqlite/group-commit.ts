/**
 * Many writes, one flush: what is asked for until the loop turns is written in one transaction, each write in a savepoint
 * of its own, and every caller hears of it after the commit.
 */
import { type Connection, inTransaction } from './connection.ts'
import { isFatal, isStoreFailure, StoreFailure } from './failures.ts'

export interface GroupCommit {
  /**
   * Queues a write. Its promise resolves with the write's result after the commit; a result that `keeps` refuses, and an
   * error, undo this write alone. A failure of the disk or of the commit rejects every write of the transaction.
   */
  write<Result>(work: () => Result, keeps?: (result: Result) => boolean): Promise<Result>
  /** Writes what is queued, then refuses every further write. */
  close(): void
}

interface Write {
  /** Runs in the transaction; returns what to do after the commit. */
  readonly run: () => () => void
  readonly reject: (error: unknown) => void
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
        const run = () => inSavepoint(connection, work, keeps, { resolve, reject })
        queue.push({ run, reject })
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
    const tellings = inTransaction(connection, () => {
      check()
      return writes.map((write) => write.run())
    })
    // Order matters: nobody hears of a write before its commit has returned.
    for (const tell of tellings) tell()
    return undefined
  } catch (error) {
    for (const write of writes) write.reject(error)
    return isFatal(error) ? error : undefined
  }
}

function inSavepoint<Result>(
  connection: Connection,
  work: () => Result,
  keeps: (result: Result) => boolean,
  caller: { readonly resolve: (result: Result) => void; readonly reject: (error: unknown) => void },
): () => void {
  connection.run('SAVEPOINT change')
  try {
    const result = work()
    if (!keeps(result)) connection.run('ROLLBACK TO change')
    connection.run('RELEASE change')
    return () => caller.resolve(result)
  } catch (error) {
    // About the file and so about every write, not about this one.
    if (isStoreFailure(error)) throw error
    connection.run('ROLLBACK TO change')
    connection.run('RELEASE change')
    return () => caller.reject(error)
  }
}

/** Writes of one transaction at most, so that a burst does not keep the process from everything else. */
const WRITES_MAX = 256
