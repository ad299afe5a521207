/** What can be done with a twin beside calling Klarna's API; the library's handle and the control path share it. */
import type { TwinAnswer } from './answer.ts'
import { booksOf, type OrderBooks, type OrderSummary, summaryOf } from './books.ts'
import { isoOf } from './dates.ts'
import type { Fault, FaultState } from './faults.ts'
import type { ExtensionOption, OrderBook } from './order-book.ts'
import type { OrderSeed } from './order-seed.ts'
import { actInPortal, type PortalAction } from './portal.ts'
import type { LoggedRequest } from './request-log.ts'
import type { TwinSettings } from './settings.ts'
import {
  addOrders,
  changeFaults,
  changeSettings,
  contextOf,
  resetState,
  TwinInputError,
  type TwinState,
  type Violation,
} from './twin-state.ts'

export interface TwinControl {
  /** The orders as they stand, in the order in which they were added. */
  readonly orders: readonly OrderSummary[]
  /** What was received, the oldest first; the last 10 000 calls. */
  readonly requests: readonly LoggedRequest[]
  /** The twin's own breaches of the contract; always empty, or the twin has a defect. */
  readonly violations: readonly Violation[]
  readonly settings: TwinSettings
  /** The faults with how often they matched and hit. */
  readonly faults: readonly FaultState[]
  /** The twin's time, ISO 8601. */
  readonly now: string
  /** The books of an order. Throws: `TwinInputError` when there is no such order. */
  readonly books: (orderId: string) => OrderBooks
  /** Adds orders, all or none; gives their ids. Throws: `TwinInputError` naming every problem. */
  readonly addOrders: (orders: readonly OrderSeed[]) => readonly string[]
  /** Replaces all faults. Throws: `TwinInputError`. */
  readonly setFaults: (faults: readonly Fault[]) => void
  /** Changes some settings. Throws: `TwinInputError`. */
  readonly setSettings: (settings: Partial<TwinSettings>) => void
  /** Moves the clock forward, in milliseconds. Throws: `RangeError` for less than 0. */
  readonly advance: (spanMs: number) => void
  /** Moves the clock forward to an instant. Throws: `RangeError` when that is past. */
  readonly setClock: (atMs: number) => void
  /** Lets a person act in the portal; the answer's status says whether it was possible. */
  readonly actInPortal: (orderId: string, action: PortalAction) => TwinAnswer
  /** Offers other extensions for an order than Klarna's price list; null goes back to it. */
  readonly offerExtensions: (orderId: string, options: readonly ExtensionOption[] | null) => void
  readonly clearRequests: () => void
  /** Begins anew with the orders, settings and faults it was started with. The clock keeps its time. */
  readonly reset: () => void
}

/** Gives the controls of a state. */
export function createTwinControl(state: TwinState): TwinControl {
  const bookOf = (orderId: string): OrderBook => {
    const book = state.orders.get(orderId)
    if (book === undefined) throw new TwinInputError([`the twin has no order \`${orderId}\``])
    return book
  }

  return {
    get orders() {
      const context = contextOf(state)
      return state.orders.all().map((book) => summaryOf(book, context))
    },
    get requests() {
      return state.log.list()
    },
    get violations() {
      return [...state.violations]
    },
    get settings() {
      return state.settings
    },
    get faults() {
      return state.faults.list()
    },
    get now() {
      return isoOf(state.clock.nowMs())
    },
    books: (orderId) => booksOf(bookOf(orderId), contextOf(state)),
    addOrders: (orders) => addOrders(state, orders),
    setFaults: (faults) => changeFaults(state, faults),
    setSettings: (settings) => changeSettings(state, settings),
    advance: (spanMs) => state.clock.advance(spanMs),
    setClock: (atMs) => state.clock.setTo(atMs),
    actInPortal(orderId, action) {
      const book = bookOf(orderId)
      const step = actInPortal(book, action, contextOf(state))
      if (step.book !== book) state.orders.put(step.book, state.clock.nowMs())
      return step.answer
    },
    offerExtensions(orderId, options) {
      state.orders.put({ ...bookOf(orderId), extensionOptions: options }, state.clock.nowMs())
    },
    clearRequests: () => state.log.clear(),
    reset: () => resetState(state),
  }
}
