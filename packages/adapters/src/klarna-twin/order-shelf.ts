/** The books of all orders, with their last few states, so that a read can lag behind. */
import type { OrderBook } from './order-book.ts'

export interface OrderShelf {
  readonly get: (orderId: string) => OrderBook | undefined
  /** The books as they stood at an instant, or the oldest that are still known. */
  readonly getAt: (orderId: string, atMs: number) => OrderBook | undefined
  readonly put: (book: OrderBook, nowMs: number) => void
  readonly all: () => readonly OrderBook[]
  readonly size: () => number
}

interface Version {
  readonly book: OrderBook
  readonly sinceMs: number
}

/** States kept of one order; a read that lags further sees the oldest of them. */
const VERSION_MAX_COUNT = 16

/** Opens an empty shelf. Order ids are compared without regard to case, as UUIDs are. */
export function createOrderShelf(): OrderShelf {
  const versionsById = new Map<string, Version[]>()
  const versionsOf = (orderId: string): readonly Version[] =>
    versionsById.get(orderId.toLowerCase()) ?? []

  return {
    get: (orderId) => versionsOf(orderId).at(-1)?.book,
    getAt(orderId, atMs) {
      const versions = versionsOf(orderId)
      return (versions.findLast(({ sinceMs }) => sinceMs <= atMs) ?? versions[0])?.book
    },
    put(book, nowMs) {
      const key = book.orderId.toLowerCase()
      const versions = versionsById.get(key)
      if (versions === undefined) {
        versionsById.set(key, [{ book, sinceMs: nowMs }])
        return
      }
      versions.push({ book, sinceMs: nowMs })
      if (versions.length > VERSION_MAX_COUNT) versions.shift()
    },
    all: () => [...versionsById.values()].flatMap((versions) => versions.at(-1)?.book ?? []),
    size: () => versionsById.size,
  }
}
