/** Looks once at every order that an earlier process left with an open command, due or not, in pages. */
import type { RuntimeStore } from '@postdelivery/core'

export interface FirstLook {
  /** The next page; empty when all were looked at. */
  take(): Promise<readonly string[]>
  /** Whether orders are left. */
  readonly hasMore: boolean
}

/**
 * Makes the round. A clock that ran ahead in an earlier process has stamped wake-ups with times to come: such an order must be
 * looked at before the clock has caught up, since afterwards nothing shows that it has lied.
 */
export function createFirstLook(
  store: Pick<RuntimeStore, 'openOrders'>,
  pageCount: number,
): FirstLook {
  let after: string | null = ''
  return {
    get hasMore() {
      return after !== null
    },
    async take() {
      if (after === null) return []
      const page: readonly string[] = await store.openOrders(after, pageCount)
      after = page.length < pageCount ? null : (page[page.length - 1] ?? null)
      return page
    },
  }
}
