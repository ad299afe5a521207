/** Past orders from the database of an engine: the events of each, as they were reported. */
import {
  EVENT_TYPES,
  isInternalEventId,
  isOwnEventType,
  type ListedOrder,
  type StoredEvent,
  type StoreReader,
} from '@postdelivery/core'

const PAGE_COUNT = 500

/** Where past orders are read. */
export type PastOrderStore = Pick<StoreReader, 'orders' | 'events'>

/**
 * Reads all orders in the order of their ids, as the lines of a file of past orders.
 *
 * What the engine told itself (deadlines, answers, approvals) is left out: a replay has its own.
 */
export async function* linesOfStore(store: PastOrderStore): AsyncGenerator<string> {
  let after: string | undefined
  for (;;) {
    const page: readonly ListedOrder[] = await store.orders({
      limit: PAGE_COUNT,
      ...(after === undefined ? {} : { after }),
    })
    for (const { orderId } of page) yield lineOf(orderId, await store.events(orderId))
    after = page.at(-1)?.orderId
    if (after === undefined || page.length < PAGE_COUNT) return
  }
}

function lineOf(orderId: string, events: readonly StoredEvent[]): string {
  const reported = events.filter(isReported)
  // What came before the order was known was decided right after it.
  const first = reported.findIndex(({ type }) => type === 'order.captured')
  const head = first === -1 ? [] : reported.splice(first, 1)
  const bodies = [...head, ...reported].map(bodyOf)
  return `{"orderId":${JSON.stringify(orderId)},"events":[${bodies.join(',')}]}`
}

/** The engine registers orders that it tracks under ids of its own, which the public door refuses. */
const bodyOf = ({ eventId, body }: StoredEvent): string =>
  isInternalEventId(eventId) ? JSON.stringify({ ...JSON.parse(body), id: `past-${eventId}` }) : body

const isReported = ({ type, status }: StoredEvent): boolean =>
  status === 'decided' && (EVENT_TYPES.some((each) => each === type) || isOwnEventType(type))
