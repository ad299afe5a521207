/** The engine's own view of the merchant's ports: telemetry that cannot fail, a store that says when notices wait. */
import type { CommitResult, Store, Telemetry } from '@postdelivery/core'

/** Telemetry whose failures stay with it: what watches the engine must not stop it. */
export const guardTelemetry = (inner: Telemetry): Telemetry => ({
  record(event) {
    try {
      inner.record(event)
    } catch {
      // There is nobody left to tell.
    }
  },
})

/** The store as the steps see it; `onNotices` is called after a commit that has left notices to deliver. */
export const watchNotices = (inner: Store, onNotices: () => void): Store => ({
  accept: (...given) => inner.accept(...given),
  firstOpenEvent: (...given) => inner.firstOpenEvent(...given),
  event: (...given) => inner.event(...given),
  order: (...given) => inner.order(...given),
  async commit(change) {
    const result = await inner.commit(change)
    const hasNotices = change.notices.length > 0 || hasUnusualRules(result)
    if (result.type === 'committed' && hasNotices) onNotices()
    return result
  },
  request: (...given) => inner.request(...given),
  rearm: (...given) => inner.rearm(...given),
  stops: (...given) => inner.stops(...given),
  openWork: (...given) => inner.openWork(...given),
})

/** The store itself tells people of a rule's unusual day. */
const hasUnusualRules = (result: CommitResult): boolean =>
  result.type === 'committed' && result.unusualRules !== undefined
