/** One look at the whole store: what has become due, also by the hand of other processes, and when to look again. */
import {
  addMs,
  type Clock,
  type IsoInstant,
  instantToMs,
  PARKED_DAYS,
  type RuntimeStore,
  type StoredEvent,
} from '@postdelivery/core'
import { createClearedStops } from './cleared-stops.ts'
import { createFirstLook } from './first-look.ts'
import type { Holds } from './holds.ts'
import type { OrderRunner } from './order-runner.ts'
import type { AlarmClock } from './timers.ts'

export interface SweeperOptions {
  readonly store: RuntimeStore
  readonly clock: Clock
  readonly runner: OrderRunner
  readonly holds: Holds
  readonly alarmClock: AlarmClock
  /** Milliseconds after which the store is looked at again in any case. */
  readonly pollMs: number
  /** Parked events were given up. */
  readonly onGivenUp: (events: readonly StoredEvent[]) => void
}

export interface Sweeper {
  /** Whether the last look left due orders behind, since its page was full. */
  readonly hasMore: boolean
  /**
   * Gives the runner what is due and sets the alarm clock for the next look. Looks never overlap.
   *
   * Returns: how many orders were found that neither ran nor waited for a place.
   */
  sweep(): Promise<number>
  /** Resolves when no look is under way. */
  settled(): Promise<void>
}

/** Due orders that one look takes, beside those that it knows already. */
export const PAGE_COUNT = 256

/** However many orders wait for a place, a look reads no more than this many of them again. */
const BUSY_MAX_COUNT = 4_096

const PARKED_LOOK_MS = 3_600_000
const DAY_MS = 86_400_000

export function createSweeper(options: SweeperOptions): Sweeper {
  const { store, clock, runner, holds, alarmClock } = options
  let parkedLookAt: IsoInstant | null = null
  const clearedStops = createClearedStops(store, PAGE_COUNT)
  const firstLook = createFirstLook(store, PAGE_COUNT)
  let hasMore = false
  let last: Promise<void> = Promise.resolve()

  const giveUpParked = async (now: IsoInstant): Promise<void> => {
    if (parkedLookAt !== null && now < parkedLookAt) return
    options.onGivenUp(await store.deadLetterParked(addMs(now, -PARKED_DAYS * DAY_MS), now))
    parkedLookAt = addMs(now, PARKED_LOOK_MS)
  }

  const takeDue = async (now: IsoInstant): Promise<number> => {
    // Those that run or are held stay due in the store: without them in the limit they could fill the page.
    const limit = PAGE_COUNT + Math.min(runner.busyCount, BUSY_MAX_COUNT) + holds.count
    const due = await store.dueOrders(now, limit)
    const released = await clearedStops.take(now)
    const left = await firstLook.take()
    hasMore = due.length >= limit || clearedStops.hasMore || firstLook.hasMore
    const fresh = [...due, ...released, ...left].filter(
      (orderId) => !runner.isBusy(orderId) && !holds.isWaiting(orderId),
    )
    const retried = holds.due().filter((orderId) => !runner.isBusy(orderId))
    const taken = new Set([...fresh, ...retried])
    for (const orderId of taken) runner.enqueue(orderId)
    return taken.size
  }

  const setAlarm = async (now: IsoInstant): Promise<void> => {
    alarmClock.setAt(addMs(now, options.pollMs))
    const nextDueAt = await store.nextDueAt()
    // What is due already was taken above, or is held: the poll is soon enough for it.
    if (nextDueAt !== null && instantToMs(nextDueAt) > instantToMs(now)) {
      alarmClock.setAt(nextDueAt)
    }
    const nextTryAt = holds.nextAt()
    if (nextTryAt !== null) alarmClock.setAt(nextTryAt)
  }

  const look = async (): Promise<number> => {
    const now = clock.now()
    try {
      await giveUpParked(now)
      return await takeDue(now)
    } finally {
      await setAlarm(now)
    }
  }

  return {
    get hasMore() {
      return hasMore
    },
    sweep() {
      const looked = last.then(look)
      last = looked.then(ignore, ignore)
      return looked
    },
    settled: () => last,
  }
}

const ignore = (): void => {}
