/** Brings orders in doubt forward once Klarna answers again: page by page, no faster than its quota bears. */
import {
  addMs,
  type Clock,
  type IsoInstant,
  REPEAT_WAITS_MS,
  type RuntimeStore,
  type WakeUp,
} from '@postdelivery/core'
import type { Timers } from '../timers.ts'

export interface PullerOptions {
  readonly store: Pick<RuntimeStore, 'waitingOrders'>
  readonly clock: Clock
  readonly timers: Timers
  /** Whether Klarna answers; while it does not, nothing is brought forward. */
  readonly isHealthy: () => boolean
  /** Looks whether something of this order may come sooner. */
  readonly pull: (orderId: string) => void
  /** The store could not be asked. */
  readonly onFailed: (error: unknown) => void
}

export interface Puller {
  /** Klarna answers again: begins with the first page, or goes on where an illness has cut it off. */
  begin(): void
  /** Resolves when no page is being read. */
  settled(): Promise<void>
  /** Reads no further page. */
  close(): void
}

/** Orders of one page. Each may make two calls; Klarna allows 200 a second. */
export const PULL_PAGE_COUNT = 50
export const PULL_PAGE_MS = 1_000

/** No repeat waits longer than Klarna's longest wait, lengthened. */
const REACH_MS = Math.max(...REPEAT_WAITS_MS) * 1.5

/** Makes a puller. Invariant: at most one page in `PULL_PAGE_MS`, however often Klarna comes and goes. */
export function createPuller(options: PullerOptions): Puller {
  const { store, clock, timers } = options
  /** Where the round stands; null when none is under way. */
  let cursor: WakeUp | null = null
  let isAsked = false
  let isClosed = false
  let isPausing = false
  let handle: unknown
  let running: Promise<void> | null = null

  const next = (): void => {
    if (isClosed || isPausing || running !== null || !options.isHealthy()) return
    if (cursor === null && !isAsked) return
    running = readPage()
      .catch(options.onFailed)
      .finally(() => {
        running = null
        pause()
      })
  }

  const readPage = async (): Promise<void> => {
    const now = clock.now()
    const begins = cursor === null
    const page = await store.waitingOrders({
      after: cursor ?? beginOf(now),
      until: addMs(now, REACH_MS),
      limit: PULL_PAGE_COUNT,
    })
    // Order matters: a page that could not be read is asked for again.
    if (begins) isAsked = false
    cursor = page.length < PULL_PAGE_COUNT ? null : (page[page.length - 1] ?? null)
    if (isClosed) return
    for (const { orderId } of page) options.pull(orderId)
  }

  const pause = (): void => {
    if (isClosed) return
    isPausing = true
    handle = timers.set(PULL_PAGE_MS, () => {
      isPausing = false
      next()
    })
  }

  return {
    begin() {
      isAsked = true
      next()
    },
    settled: () => running ?? Promise.resolve(),
    close() {
      isClosed = true
      if (isPausing) timers.clear(handle)
    },
  }
}

const beginOf = (now: IsoInstant): WakeUp => ({ orderId: '', wakeAt: now })
