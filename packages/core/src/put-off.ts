/** Events that stand and wait, as work for people: one item for each order, gone when the events go on. */
import { FACT_WAITS_MS, PARKED_DAYS } from './engine/retry.ts'
import type { StoredEvent, Work } from './ports/store.ts'
import { addMs, type IsoInstant } from './time.ts'
import { makeWork } from './work.ts'

const DAY_MS = 86_400_000

/** Events that come before their order are usual; after this long somebody should know. */
const PARKED_QUIET_MS = 15 * 60_000

/** A source that was asked this often has been down for more than half an hour. */
const WAITING_QUIET_COUNT = 4

/** What parked events come to, when the first of an order has stood for long enough. */
export const workOfParked = (events: readonly StoredEvent[], now: IsoInstant): readonly Work[] =>
  firstOfEach(events)
    .filter(({ first }) => addMs(first.acceptedAt, PARKED_QUIET_MS) <= now)
    .map(({ first, count }) =>
      makeWork({
        kind: 'event_parked',
        id: `parked:${first.orderId}`,
        orderId: first.orderId,
        at: first.acceptedAt,
        about: `${counted(count)}, the first one \`${first.type}\``,
        eventId: first.eventId,
        until: addMs(first.acceptedAt, PARKED_DAYS * DAY_MS),
      }),
    )

/** What waiting events come to, when a source has been down for long. */
export const workOfWaiting = (events: readonly StoredEvent[]): readonly Work[] =>
  firstOfEach(events.filter(({ tryCount }) => tryCount >= WAITING_QUIET_COUNT)).map(
    ({ first, count }) =>
      makeWork({
        kind: 'event_waiting',
        id: `waiting:${first.orderId}`,
        orderId: first.orderId,
        at: first.acceptedAt,
        about: `${first.reason ?? 'no reason given'}; ${counted(count)}, asked ${first.tryCount} of ${FACT_WAITS_MS.length + 1} times`,
        eventId: first.eventId,
        ...(first.retryAt === null ? {} : { details: { retryAt: first.retryAt } }),
      }),
  )

const counted = (count: number): string => (count === 1 ? 'one event' : `${count} events`)

/** The first event of each order, with how many there are. */
function firstOfEach(
  events: readonly StoredEvent[],
): readonly { readonly first: StoredEvent; readonly count: number }[] {
  const byOrder = new Map<string, { readonly first: StoredEvent; readonly count: number }>()
  for (const event of events) {
    const known = byOrder.get(event.orderId)
    const first = known === undefined || event.arrival < known.first.arrival ? event : known.first
    byOrder.set(event.orderId, { first, count: (known?.count ?? 0) + 1 })
  }
  return [...byOrder.values()]
}
