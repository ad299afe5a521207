/** Databases with so many orders, and the orders of them that no cycle has touched. */
import { join } from 'node:path'
import { seedBareStore } from './bare-side.ts'
import { type BenchOrder, benchOrder } from './bench-order.ts'
import { seedEngineStore } from './engine-side.ts'
import type { Recording } from './recording.ts'

export type SideName = 'engine' | 'bare'

export interface Stock {
  /**
   * A database of a side with these orders, registered and untouched, among all that are stored.
   *
   * A database is used until its untouched orders run out; then a new one is made.
   */
  take(
    name: SideName,
    count: number,
  ): Promise<{ readonly path: string; readonly orders: readonly BenchOrder[] }>
  /** Forgets the orders, so that their names are not counted as the engine's memory. */
  clear(): void
}

export interface StockOptions {
  readonly folder: string
  readonly recording: Recording
  readonly storedCount: number
  readonly say: (line: string) => void
}

export function createStock({ folder, recording, storedCount, say }: StockOptions): Stock {
  const current = new Map<SideName, { path: string; untouched: BenchOrder[] }>()
  let databaseCount = 0

  const make = async (name: SideName) => {
    databaseCount += 1
    const stem = `${name}-${storedCount}-${databaseCount}`
    const path = join(folder, `${stem}.db`)
    // Ids are hashes, so orders that are made one after another lie all over the indexes.
    const orders = Array.from({ length: storedCount }, (_, index) => benchOrder(`${stem}/${index}`))
    say(`storing ${storedCount} orders (${name})`)
    if (name === 'bare') seedBareStore(path, recording, orders)
    else await seedEngineStore(path, recording, orders)
    return { path, untouched: orders }
  }

  return {
    async take(name, count) {
      let database = current.get(name)
      if (database === undefined || database.untouched.length < count) {
        database = await make(name)
        current.set(name, database)
      }
      return { path: database.path, orders: database.untouched.splice(0, count) }
    },
    clear: () => current.clear(),
  }
}
