/** The door for events: makes them durable, says whether they are new, and begins the wait for what becomes of them. */
import {
  type Clock,
  type Decision,
  decodeSnapshot,
  type EngineEvent,
  makeInboxEvent,
  makeWork,
  type RuntimeStore,
  type StoredEvent,
  type StoreReader,
  type Telemetry,
} from '@postdelivery/core'
import { EngineFailure } from './failures.ts'
import type { Receipt } from './receipt.ts'
import type { Receipts } from './receipts.ts'
import type { Settlement } from './settlement.ts'

export interface Inbox {
  /** Makes an event durable and says whether it is new. Throws what the store throws. */
  submit(event: EngineEvent, planHash: string | undefined): Promise<Receipt>
  /** Tells those who wait that events were given up. */
  gaveUp(events: readonly Pick<StoredEvent, 'orderId' | 'eventId' | 'reason'>[]): void
}

export interface InboxOptions {
  readonly store: RuntimeStore & StoreReader
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly receipts: Receipts
}

export function createInbox(options: InboxOptions): Inbox {
  const { store, clock, telemetry, receipts } = options

  const gaveUp: Inbox['gaveUp'] = (events) => {
    for (const { orderId, eventId, reason } of events) {
      const message = `event \`${eventId}\` was given up: ${reason ?? 'its order stayed unknown'}`
      receipts.gaveUp(orderId, eventId, new EngineFailure('event_dead_lettered', message))
    }
  }

  /** What had become of a repeated event before anybody waited for it. */
  const catchUp = async (orderId: string, eventId: string): Promise<void> => {
    const event = await store.event(orderId, eventId)
    if (event?.status === 'dead_lettered') gaveUp([event])
    if (event?.status !== 'decided') return
    const [decision, order] = await Promise.all([
      store.decision(orderId, eventId),
      store.order(orderId),
    ])
    if (decision === undefined) return
    receipts.decided(decision, order === undefined ? null : decodeSnapshot(order.snapshot))
  }

  const refuseReused = async (orderId: string, eventId: string): Promise<Receipt> => {
    const at = clock.now()
    const attributes = { code: 'event_id_reused' }
    telemetry.record({ name: 'alarm', level: 'error', at, orderId, eventId, attributes })
    const id = `reused:${orderId}:${eventId}`
    await store.openWork(makeWork({ kind: 'event_id_reused', id, orderId, at, eventId }))
    const message = `event id \`${eventId}\` stands for another event of the order already`
    const failure = new EngineFailure('event_id_reused', message)
    const decision = silenced(Promise.reject<Decision>(failure))
    const settled = silenced(Promise.reject<Settlement>(failure))
    return { accepted: 'reused', eventId, decision, settled }
  }

  return {
    gaveUp,

    async submit(event, planHash) {
      const inboxEvent = makeInboxEvent(event, clock.now(), planHash)
      const { orderId, eventId } = inboxEvent
      // Order matters: the wait begins before anybody can decide the event.
      const waiting = receipts.open(orderId, eventId)
      try {
        const acceptance = await store.accept(inboxEvent)
        if (acceptance.type === 'reused') {
          const refused = await refuseReused(orderId, eventId)
          receipts.release(orderId, eventId)
          return refused
        }
        if (acceptance.type === 'repeated') await catchUp(orderId, eventId)
        else {
          const at = inboxEvent.acceptedAt
          const attributes = { eventType: inboxEvent.type }
          telemetry.record({
            name: 'event_accepted',
            level: 'info',
            at,
            orderId,
            eventId,
            attributes,
          })
        }
        return { accepted: acceptance.type, eventId, ...waiting }
      } catch (error) {
        receipts.release(orderId, eventId)
        throw error
      }
    },
  }
}

/** A rejected promise that nobody listens to must not bring the process down. */
function silenced<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}
