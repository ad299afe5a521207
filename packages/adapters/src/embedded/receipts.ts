/** The promises behind receipts: who waits for which event, and what is told to them. Holds nothing that is settled. */
import type { Decision, OrderState } from '@postdelivery/core'
import type { EngineFailure } from './failures.ts'
import { type Settlement, settlementOf } from './settlement.ts'

/** What somebody who submitted an event may wait for. Neither promise needs to be listened to. */
export interface Waiting {
  readonly decision: Promise<Decision>
  readonly settled: Promise<Settlement>
}

export interface Receipts {
  /** Begins to wait for an event; those who submit the same event share one wait. */
  open(orderId: string, eventId: string): Waiting
  /** Ends one wait that was begun for nothing. */
  release(orderId: string, eventId: string): void
  /** An event was decided; `order` is the order after it. */
  decided(decision: Decision, order: OrderState | null): void
  /** Something about an order has changed. */
  progressed(order: OrderState): void
  /** An event will not be decided. */
  gaveUp(orderId: string, eventId: string, failure: EngineFailure): void
  /** Tells all who still wait why they wait in vain, now and later. */
  close(failure: EngineFailure): void
}

interface Deferred<Value> {
  readonly promise: Promise<Value>
  resolve(value: Value): void
  reject(reason: unknown): void
}

interface Entry {
  readonly decision: Deferred<Decision>
  readonly settled: Deferred<Settlement>
  holderCount: number
  decided: Decision | null
}

export function createReceipts(): Receipts {
  const entriesByOrder = new Map<string, Map<string, Entry>>()
  let closedBy: EngineFailure | null = null

  const find = (orderId: string, eventId: string): Entry | undefined =>
    entriesByOrder.get(orderId)?.get(eventId)

  const remove = (orderId: string, eventId: string): void => {
    const entries = entriesByOrder.get(orderId)
    entries?.delete(eventId)
    if (entries?.size === 0) entriesByOrder.delete(orderId)
  }

  const settle = (entry: Entry, order: OrderState | null): void => {
    if (entry.decided === null) return
    const settlement = settlementOf(entry.decided, order)
    if (settlement === null) return
    entry.settled.resolve(settlement)
    remove(entry.decided.orderId, entry.decided.eventId)
  }

  return {
    open(orderId, eventId) {
      let entry = find(orderId, eventId)
      if (entry === undefined) {
        entry = newEntry()
        if (closedBy === null) add(entriesByOrder, orderId, eventId, entry)
        else fail(entry, closedBy)
      }
      entry.holderCount += 1
      return { decision: entry.decision.promise, settled: entry.settled.promise }
    },

    release(orderId, eventId) {
      const entry = find(orderId, eventId)
      if (entry === undefined) return
      entry.holderCount -= 1
      if (entry.holderCount === 0) remove(orderId, eventId)
    },

    decided(decision, order) {
      const entry = find(decision.orderId, decision.eventId)
      if (entry === undefined) return
      entry.decided = decision
      entry.decision.resolve(decision)
      settle(entry, order)
    },

    progressed(order) {
      const entries = entriesByOrder.get(order.orderId)
      if (entries === undefined) return
      for (const entry of [...entries.values()]) settle(entry, order)
    },

    gaveUp(orderId, eventId, failure) {
      const entry = find(orderId, eventId)
      if (entry === undefined) return
      fail(entry, failure)
      remove(orderId, eventId)
    },

    close(failure) {
      closedBy = failure
      for (const entries of entriesByOrder.values()) {
        for (const entry of entries.values()) fail(entry, failure)
      }
      entriesByOrder.clear()
    },
  }
}

function add(
  entriesByOrder: Map<string, Map<string, Entry>>,
  orderId: string,
  eventId: string,
  entry: Entry,
): void {
  const entries = entriesByOrder.get(orderId) ?? new Map<string, Entry>()
  entries.set(eventId, entry)
  entriesByOrder.set(orderId, entries)
}

/** Both are rejected; the one that was resolved before stays so. */
function fail(entry: Entry, failure: EngineFailure): void {
  entry.decision.reject(failure)
  entry.settled.reject(failure)
}

const newEntry = (): Entry => ({
  decision: newDeferred(),
  settled: newDeferred(),
  holderCount: 0,
  decided: null,
})

function newDeferred<Value>(): Deferred<Value> {
  let settleWith: Omit<Deferred<Value>, 'promise'> | undefined
  const promise = new Promise<Value>((resolve, reject) => {
    settleWith = { resolve, reject }
  })
  // Whoever does not listen must not bring the process down.
  promise.catch(() => {})
  return {
    promise,
    resolve: (value) => settleWith?.resolve(value),
    reject: (reason) => settleWith?.reject(reason),
  }
}
