/** What can be chosen about the SQLite store. */
import { assert } from '@postdelivery/core'

export interface SqliteOptions {
  /**
   * How long a write waits for another process's write lock, in milliseconds; this process stands still meanwhile.
   * From 0 to 60,000, default 5,000. Writes take about a millisecond, so this is met by backups and open consoles alone.
   */
  readonly busyTimeoutMs?: number
}

export interface SqliteStoreOptions extends SqliteOptions {
  /**
   * How long opening waits for another engine to end, in milliseconds, for rolling deploys. From 0 to 3,600,000,
   * default 0: refused after the quarter of a second in which others may look who works on it.
   */
  readonly waitForLockMs?: number
}

/** The chosen or usual wait of one write. Throws: `AssertionError` outside of its bounds. */
export const busyTimeoutMsOf = ({ busyTimeoutMs = 5_000 }: SqliteOptions): number =>
  within('busyTimeoutMs', busyTimeoutMs, 60_000)

/** The chosen or usual wait for the engine's role. Throws: `AssertionError` outside of its bounds. */
export const waitForLockMsOf = ({ waitForLockMs = 0 }: SqliteStoreOptions): number =>
  within('waitForLockMs', waitForLockMs, 3_600_000)

function within(name: string, value: number, max: number): number {
  assert(
    Number.isSafeInteger(value) && value >= 0 && value <= max,
    `\`${name}\` is a whole number of milliseconds from 0 to ${max}, not ${value}`,
  )
  return value
}
