/** The door for events: makes them durable, says whether they are new, and begins the wait for what becomes of them. */
import {
  acceptEvent,
  type Decision,
  decodeSnapshot,
  type EngineEvent,
  type EnginePorts,
  type RuntimeStore,
  type StoredEvent,
  type StoreReader,
} from '@postdelivery/core'
import { EngineFailure } from './failures.ts'
import type { Receipt } from './receipt.ts'
import type { Receipts, Waiting } from './receipts.ts'
import type { Settlement } from './settlement.ts'

export interface Inbox {
  /** Makes an event durable and says whether it is new. Throws what the store throws. */
  submit(event: EngineEvent, planHash: string | undefined): Promise<Receipt>
  /** Tells those who wait that events were given up. */
  gaveUp(events: readonly Pick<StoredEvent, 'orderId' | 'eventId' | 'reason'>[]): void
}

export interface InboxOptions {
  readonly ports: EnginePorts
  readonly store: RuntimeStore & StoreReader
  readonly receipts: Receipts
}

export function createInbox(options: InboxOptions): Inbox {
  const { ports, store, receipts } = options

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

  return {
    gaveUp,

    async submit(event, planHash) {
      const { orderId, id: eventId } = event
      // Order matters: the wait begins before anybody can decide the event.
      const waiting = receipts.open(orderId, eventId)
      try {
        const { type } = await acceptEvent(ports, event, planHash)
        if (type === 'reused') {
          receipts.release(orderId, eventId)
          return { accepted: 'reused', eventId, ...refusedOf(eventId) }
        }
        if (type === 'repeated') await catchUp(orderId, eventId)
        return { accepted: type, eventId, ...waiting }
      } catch (error) {
        receipts.release(orderId, eventId)
        throw error
      }
    },
  }
}

function refusedOf(eventId: string): Waiting {
  const message = `event id \`${eventId}\` stands for another event of its order already`
  const failure = new EngineFailure('event_id_reused', message)
  return {
    decision: silenced(Promise.reject<Decision>(failure)),
    settled: silenced(Promise.reject<Settlement>(failure)),
  }
}

/** A rejected promise that nobody listens to must not bring the process down. */
function silenced<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}
