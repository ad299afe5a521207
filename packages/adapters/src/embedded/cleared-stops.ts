/** Finds the orders that a stop has held, as soon as somebody clears it, in this process or in another one. */
import {
  addMs,
  type IsoInstant,
  type RuntimeStore,
  STOPPED_WAIT_MS,
  type WakeUp,
} from '@postdelivery/core'

export interface ClearedStops {
  /** Orders to look at now, at most a page; empty when no stop was cleared since the last call. */
  take(now: IsoInstant): Promise<readonly string[]>
  /** Whether the last page was full. */
  readonly hasMore: boolean
}

/** Makes a watch over the stops. What an earlier process held is looked at again by its own wake-up. */
export function createClearedStops(
  store: Pick<RuntimeStore, 'stops' | 'waitingOrders'>,
  pageCount: number,
): ClearedStops {
  let standing: readonly string[] = []
  let cursor: WakeUp | null = null

  return {
    get hasMore() {
      return cursor !== null
    },
    async take(now) {
      const scopes = (await store.stops()).map((stop) => stop.scope)
      const isCleared = standing.some((scope) => !scopes.includes(scope))
      standing = scopes
      if (isCleared) cursor = { wakeAt: now, orderId: '' }
      if (cursor === null) return []

      // What a stop holds is looked at again after this long at the latest.
      const until = addMs(now, STOPPED_WAIT_MS)
      const page = await store.waitingOrders({ after: cursor, until, limit: pageCount })
      cursor = page.length < pageCount ? null : (page[page.length - 1] ?? null)
      return page.map(({ orderId }) => orderId)
    },
  }
}
