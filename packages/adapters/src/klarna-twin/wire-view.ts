/** The books as Klarna's reads show them. What cannot be read back at Klarna (due dates, send-outs) stays out. */
import { isoOf } from './dates.ts'
import {
  type CaptureBook,
  type Context,
  capturedMinorOf,
  type OrderBook,
  type RefundBook,
  refundedMinorOf,
  remainingMinorOf,
  statusOf,
} from './order-book.ts'
import type { WireAddress, WireCapture, WireOrder, WireRefund } from './wire.ts'

/** An order as `getOrder` answers it. */
export function orderToWire(book: OrderBook, context: Context): WireOrder {
  return {
    order_id: book.orderId,
    status: statusOf(book, context),
    fraud_status: book.fraudStatus,
    order_amount: book.orderMinor,
    original_order_amount: book.originalOrderMinor,
    captured_amount: capturedMinorOf(book),
    refunded_amount: refundedMinorOf(book),
    remaining_authorized_amount: remainingMinorOf(book, context.nowMs),
    purchase_currency: book.currency,
    purchase_country: book.country,
    ...book.passed,
    created_at: isoOf(book.createdMs),
    expires_at: isoOf(book.expiresMs),
    klarna_reference: book.klarnaReference,
    initial_payment_method: book.paymentMethod,
    order_lines: book.lines,
    captures: book.captures.map((capture) => captureToWire(book, capture)),
    refunds: book.refunds.map(refundToWire),
    shipping_info: book.shippingInfo,
  }
}

/** A capture as `getCapture` answers it. */
export const captureToWire = (book: OrderBook, capture: CaptureBook): WireCapture => ({
  capture_id: capture.captureId,
  klarna_reference: capture.klarnaReference,
  captured_amount: capture.capturedMinor,
  captured_at: isoOf(capture.capturedMs),
  refunded_amount: capture.refundedMinor,
  ...(capture.description === undefined ? {} : { description: capture.description }),
  ...(capture.reference === undefined ? {} : { reference: capture.reference }),
  ...addressOf(book, 'billing_address'),
  ...addressOf(book, 'shipping_address'),
  order_lines: capture.lines,
  shipping_info: capture.shippingInfo,
})

/** A refund as `getRefund` answers it: it names no capture. */
export const refundToWire = (refund: RefundBook): WireRefund => ({
  refund_id: refund.refundId,
  refunded_amount: refund.refundedMinor,
  refunded_at: isoOf(refund.refundedMs),
  ...(refund.description === undefined ? {} : { description: refund.description }),
  ...(refund.reference === undefined ? {} : { reference: refund.reference }),
  order_lines: refund.lines,
})

const addressOf = (
  book: OrderBook,
  name: 'billing_address' | 'shipping_address',
): { readonly [key in typeof name]?: WireAddress } => {
  const address = book.passed[name]
  return typeof address === 'object' ? { [name]: address } : {}
}
