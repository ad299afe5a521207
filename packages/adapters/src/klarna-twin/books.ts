/** The twin's books for tests to look at: also what Klarna tells nobody, such as due dates, fees and send-outs. */
import { addDays, isoOf } from './dates.ts'
import {
  type Actor,
  type CaptureBook,
  type Context,
  capturedMinorOf,
  type OrderBook,
  refundedMinorOf,
  remainingMinorOf,
  statusOf,
} from './order-book.ts'
import type { WireShippingInfo } from './wire.ts'

/** One capture; amounts in minor units of the order's currency. */
export interface CaptureBooks {
  readonly captureId: string
  readonly reference: string | null
  readonly capturedMinor: number
  /** Allocated to this capture. */
  readonly refundedMinor: number
  /** Calendar date with all extensions. */
  readonly dueOn: string
  /** Days of all extensions. */
  readonly extensionDays: number
  /** Fees of all extensions. */
  readonly extensionFeeMinor: number
  readonly extensions: readonly {
    readonly days: number
    readonly feeMinor: number
    readonly at: string
  }[]
  readonly sendOutCount: number
  readonly shippingEntries: readonly WireShippingInfo[]
}

/** One refund. */
export interface RefundBooks {
  readonly refundId: string
  readonly reference: string | null
  readonly refundedMinor: number
  /** Null when Klarna could not allocate it. */
  readonly captureId: string | null
  readonly by: Actor
  readonly at: string
}

/** One order; amounts in minor units of `currency`. */
export interface OrderBooks {
  readonly orderId: string
  readonly currency: string
  readonly status: string
  readonly orderMinor: number
  readonly capturedMinor: number
  readonly refundedMinor: number
  /** Refunded without belonging to a capture. */
  readonly unallocatedMinor: number
  readonly remainingAuthorizedMinor: number
  readonly released: boolean
  readonly expiresAt: string
  /** Days of the extensions of all captures. */
  readonly extensionDays: number
  /** Fees of the extensions of all captures. */
  readonly extensionFeeMinor: number
  readonly sendOutCount: number
  readonly shippingEntryCount: number
  readonly captures: readonly CaptureBooks[]
  readonly refunds: readonly RefundBooks[]
}

/** What a list of orders shows of one. */
export interface OrderSummary {
  readonly orderId: string
  readonly captureIds: readonly string[]
  readonly currency: string
  readonly status: string
}

/** The books of an order for people to read. */
export function booksOf(book: OrderBook, context: Context): OrderBooks {
  const captures = book.captures.map(captureBooksOf)
  const refundedMinor = refundedMinorOf(book)
  return {
    orderId: book.orderId,
    currency: book.currency,
    status: statusOf(book, context),
    orderMinor: book.orderMinor,
    capturedMinor: capturedMinorOf(book),
    refundedMinor,
    unallocatedMinor: refundedMinor - sum(captures.map((capture) => capture.refundedMinor)),
    remainingAuthorizedMinor: remainingMinorOf(book, context.nowMs),
    released: book.released,
    expiresAt: isoOf(book.expiresMs),
    extensionDays: sum(captures.map((capture) => capture.extensionDays)),
    extensionFeeMinor: sum(captures.map((capture) => capture.extensionFeeMinor)),
    sendOutCount: sum(captures.map((capture) => capture.sendOutCount)),
    shippingEntryCount: sum(captures.map((capture) => capture.shippingEntries.length)),
    captures,
    refunds: book.refunds.map((refund) => ({
      refundId: refund.refundId,
      reference: refund.reference ?? null,
      refundedMinor: refund.refundedMinor,
      captureId: refund.captureId,
      by: refund.by,
      at: isoOf(refund.refundedMs),
    })),
  }
}

/** One line about an order. */
export const summaryOf = (book: OrderBook, context: Context): OrderSummary => ({
  orderId: book.orderId,
  captureIds: book.captures.map((capture) => capture.captureId),
  currency: book.currency,
  status: statusOf(book, context),
})

function captureBooksOf(capture: CaptureBook): CaptureBooks {
  const extensionDays = sum(capture.extensions.map((extension) => extension.days))
  return {
    captureId: capture.captureId,
    reference: capture.reference ?? null,
    capturedMinor: capture.capturedMinor,
    refundedMinor: capture.refundedMinor,
    dueOn: addDays(capture.dueOn, extensionDays),
    extensionDays,
    extensionFeeMinor: sum(capture.extensions.map((extension) => extension.feeMinor)),
    extensions: capture.extensions.map(({ days, feeMinor, extendedMs }) => ({
      days,
      feeMinor,
      at: isoOf(extendedMs),
    })),
    sendOutCount: capture.sendOutCount,
    shippingEntries: capture.shippingInfo,
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
