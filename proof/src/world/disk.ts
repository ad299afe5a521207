/** The store as a process that may die sees it: a real SQLite file, failures on demand, and images of what a crash leaves behind. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore, type SqliteStore, StoreFailure } from '@postdelivery/adapters/sqlite'
import { baseFolder } from '../pool.ts'
import type { DiskFailure } from './history.ts'

export interface Disk {
  /** Opens what is there. */
  open(): Promise<SqliteStore>
  /** What a power cut would leave at this instant becomes what is there; the open store writes into the past from now on. */
  crash(): void
  /** Writes fail like this from now on; null mends the disk. */
  failWith(failure: DiskFailure | null): void
  readonly failure: DiskFailure | null
  /** The files of the newest life, for a look at every byte. */
  files(): readonly string[]
  close(): void
}

const PARTS = ['', '-wal'] as const

export function createDisk(): Disk {
  const folder = mkdtempSync(join(baseFolder(), 'postdelivery-proof-'))
  let life = 0
  let failure: DiskFailure | null = null
  const pathOf = (number: number): string => join(folder, `orders-${number}.db`)
  return {
    open: () => openSqliteStore(pathOf(life)),
    crash() {
      for (const part of PARTS)
        if (existsSync(`${pathOf(life)}${part}`))
          copyFileSync(`${pathOf(life)}${part}`, `${pathOf(life + 1)}${part}`)
      life += 1
    },
    failWith(next) {
      failure = next
    },
    get failure() {
      return failure
    },
    files: () => PARTS.map((part) => `${pathOf(life)}${part}`).filter((path) => existsSync(path)),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Calls that write; only these fail on demand. */
export const WRITES: readonly string[] = [
  'accept',
  'commit',
  'rearm',
  'openWork',
  'closeWork',
  'markDelivered',
  'deadLetterParked',
  'setStop',
  'clearStop',
]

/** The failure of a write, as the store itself would throw it. */
export const storeFailure = (failure: DiskFailure): StoreFailure =>
  failure === 'written_but_failed'
    ? new StoreFailure('store_io', 'orders.db', 'the disk failed (rehearsed)')
    : new StoreFailure(failure, 'orders.db', 'the write failed (rehearsed)')
