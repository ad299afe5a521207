/** What Klarna knows of one order: immutable data, and the sums and the status that follow from it. */
import type { TwinSettings } from './settings.ts'
import type { WireAddress, WireLine, WirePaymentMethod, WireShippingInfo } from './wire.ts'

/** What the steps need to know beside the order. */
export interface Context {
  readonly settings: TwinSettings
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/** One extension of a due date that took place. */
export interface Extension {
  readonly days: number
  readonly feeMinor: number
  readonly extendedMs: number
}

/** One extension that may be offered. */
export interface ExtensionOption {
  readonly number_of_days: number
  /** Minor units of the order's currency. */
  readonly amount: number
}

/** Who did it: a call of the API, or a person in the portal. */
export type Actor = 'api' | 'person'

export interface CaptureBook {
  readonly captureId: string
  readonly klarnaReference: string
  readonly capturedMinor: number
  /** Allocated to this capture. */
  readonly refundedMinor: number
  readonly capturedMs: number
  readonly description?: string
  readonly reference?: string
  readonly lines: readonly WireLine[]
  readonly shippingInfo: readonly WireShippingInfo[]
  /** Calendar date `YYYY-MM-DD` before any extension; Klarna tells it nowhere. */
  readonly dueOn: string
  readonly extensions: readonly Extension[]
  readonly sendOutCount: number
}

export interface RefundBook {
  readonly refundId: string
  readonly refundedMinor: number
  readonly refundedMs: number
  readonly description?: string
  readonly reference?: string
  readonly lines: readonly WireLine[]
  /** The capture it was allocated to; null when Klarna booked it on the order in general. */
  readonly captureId: string | null
  readonly by: Actor
}

export interface OrderBook {
  readonly orderId: string
  /** ISO 4217, upper case. */
  readonly currency: string
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string
  readonly orderMinor: number
  readonly originalOrderMinor: number
  readonly createdMs: number
  readonly expiresMs: number
  readonly fraudStatus: string
  readonly paymentMethod: WirePaymentMethod
  readonly lines: readonly WireLine[]
  readonly captures: readonly CaptureBook[]
  readonly refunds: readonly RefundBook[]
  readonly shippingInfo: readonly WireShippingInfo[]
  /** How it ended for good, if it did. */
  readonly ended: 'cancelled' | 'closed' | null
  readonly released: boolean
  /** In place of Klarna's price list; null for the price list. */
  readonly extensionOptions: readonly ExtensionOption[] | null
  readonly klarnaReference: string
  /** Members that are only passed through. */
  readonly passed: Readonly<Record<string, string | WireAddress>>
}

/** Minor units captured in all. */
export const capturedMinorOf = (book: OrderBook): number =>
  book.captures.reduce((sum, capture) => sum + capture.capturedMinor, 0)

/** Minor units refunded in all, allocated or not. */
export const refundedMinorOf = (book: OrderBook): number =>
  book.refunds.reduce((sum, refund) => sum + refund.refundedMinor, 0)

/** Minor units that can still be captured. */
export function remainingMinorOf(book: OrderBook, nowMs: number): number {
  if (book.ended !== null || book.released || isPastExpiry(book, nowMs)) return 0
  return book.orderMinor - capturedMinorOf(book)
}

/** Tells whether the time for capturing is over. */
export const isPastExpiry = (book: OrderBook, nowMs: number): boolean => nowMs >= book.expiresMs

/** Klarna's status of the order. Source: `reference`, Order.status; the settings where Klarna does not say. */
export function statusOf(book: OrderBook, { settings, nowMs }: Context): string {
  if (book.ended === 'cancelled') return 'CANCELLED'
  if (book.ended === 'closed') return 'CLOSED'
  const capturedMinor = capturedMinorOf(book)
  if (book.captures.length === 0) return isPastExpiry(book, nowMs) ? 'EXPIRED' : 'AUTHORIZED'
  const remainingMinor = remainingMinorOf(book, nowMs)
  if (
    settings.closesWhenRefunded &&
    remainingMinor === 0 &&
    refundedMinorOf(book) === capturedMinor
  )
    return 'CLOSED'
  if (capturedMinor >= book.orderMinor) return 'CAPTURED'
  if (book.released) return settings.statusAfterRelease
  return remainingMinor > 0 ? 'PART_CAPTURED' : settings.statusAfterExpiry
}

/** The capture of an id, if the order has it. */
export const captureOf = (
  book: OrderBook,
  captureId: string | undefined,
): CaptureBook | undefined => book.captures.find((capture) => capture.captureId === captureId)

/** The order with one capture replaced. */
export const withCapture = (book: OrderBook, changed: CaptureBook): OrderBook => ({
  ...book,
  captures: book.captures.map((capture) =>
    capture.captureId === changed.captureId ? changed : capture,
  ),
})
