/** Brings stored notices to people: each at least once, one that fails again later, none blocking the others. */
import {
  type Clock,
  errorName,
  type IsoInstant,
  type Notice,
  type Notifier,
  type RuntimeStore,
  type Telemetry,
} from '@postdelivery/core'
import type { Timers } from '../timers.ts'
import { createHolds } from './holds.ts'

export interface Courier {
  /** Delivers what is not delivered; a call while it runs makes it look once more. */
  deliver(): Promise<void>
  /** Whether the wait of a notice that failed is over. */
  isDue(): boolean
  /** When the next such wait ends, or null. */
  nextAt(): IsoInstant | null
  /** Begins no further delivery. */
  close(): void
}

const PAGE_COUNT = 100

/** A notifier that does not answer is given up after this, and tried again later. */
const DELIVERY_MAX_MS = 30_000

export function createCourier(options: {
  readonly store: Pick<RuntimeStore, 'undeliveredNotices' | 'markDelivered'>
  readonly notifier: Notifier
  readonly clock: Clock
  readonly timers: Timers
  readonly telemetry: Telemetry
}): Courier {
  const { store, notifier, clock, timers, telemetry } = options
  const holds = createHolds(clock)
  let running: Promise<void> | null = null
  let isAskedAgain = false
  let isClosed = false

  const deliverOne = async (notice: Notice): Promise<void> => {
    try {
      await withinLimit(notifier, notice, timers)
      await store.markDelivered(notice.id, clock.now())
      holds.release(notice.id)
    } catch (error) {
      const { failureCount } = holds.hold(notice.id)
      telemetry.record({
        name: 'alarm',
        level: 'warn',
        at: clock.now(),
        orderId: notice.orderId,
        attributes: { code: 'notice_failed', failureCount, error: errorName(error) },
      })
    }
  }

  const deliverAll = async (): Promise<void> => {
    let deliveredCount: number
    do {
      // Those that wait after a failure are still listed; without them in the limit they could fill the page.
      const notices = await store.undeliveredNotices(PAGE_COUNT + holds.count)
      const ready = notices.filter(({ id }) => !holds.isWaiting(id))
      deliveredCount = ready.length
      for (const notice of ready) {
        if (isClosed) return
        await deliverOne(notice)
      }
    } while (deliveredCount > 0 && !isClosed)
  }

  const run = async (): Promise<void> => {
    try {
      do {
        isAskedAgain = false
        await deliverAll()
      } while (isAskedAgain && !isClosed)
    } finally {
      running = null
    }
  }

  return {
    deliver() {
      if (isClosed) return running ?? Promise.resolve()
      if (running === null) running = run()
      else isAskedAgain = true
      return running
    },
    isDue: () => holds.due().length > 0,
    nextAt: () => holds.nextAt(),
    close() {
      isClosed = true
    },
  }
}

/** Rejects when the notifier does, and when it takes too long. */
async function withinLimit(notifier: Notifier, notice: Notice, timers: Timers): Promise<void> {
  let handle: unknown
  const limit = new Promise<never>((_, reject) => {
    handle = timers.set(DELIVERY_MAX_MS, () => reject(new DeliveryTimeout()))
  })
  try {
    await Promise.race([notifier.notify(notice), limit])
  } finally {
    timers.clear(handle)
  }
}

class DeliveryTimeout extends Error {
  override readonly name = 'DeliveryTimeout'
}
