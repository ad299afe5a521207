/** Capturing an amount of the authorization: a new shipment with an invoice of its own. */
import { created, failed, type TwinAnswer } from './answer.ts'
import { addDays, dateOf } from './dates.ts'
import {
  type CaptureBook,
  type Context,
  type OrderBook,
  remainingMinorOf,
  statusOf,
} from './order-book.ts'
import { linesProblem } from './order-lines.ts'
import { orderPath } from './routes.ts'
import type { Step } from './step.ts'
import { partId } from './twin-ids.ts'
import type { WireCaptureRequest } from './wire.ts'

/**
 * Captures an amount.
 *
 * Pure. Refuses: 403 CAPTURE_NOT_ALLOWED (cancelled, expired, above the remaining authorization, fraud check not
 *   accepted), 400 BAD_VALUE (lines, when checked).
 * Source: `captureOrder`; Klarna's list of errors.
 */
export function captureOrder(book: OrderBook, body: WireCaptureRequest, context: Context): Step {
  const refusal = captureRefusal(book, body, context)
  if (refusal !== undefined) return { book, answer: refusal }
  const capture = newCapture(book, body, context)
  const path = `${orderPath(book.orderId)}/captures/${capture.captureId}`
  return {
    book: { ...book, captures: [...book.captures, capture] },
    answer: created('Capture-Id', capture.captureId, path),
  }
}

function newCapture(book: OrderBook, body: WireCaptureRequest, context: Context): CaptureBook {
  const { nowMs, settings } = context
  return {
    captureId: partId(book.orderId, 'capture', book.captures.length),
    klarnaReference: `${book.klarnaReference}-${book.captures.length + 1}`,
    capturedMinor: body.captured_amount,
    refundedMinor: 0,
    capturedMs: nowMs,
    lines: body.order_lines ?? [],
    shippingInfo: body.shipping_info ?? [],
    dueOn: addDays(dateOf(nowMs), settings.paymentTermDays),
    extensions: [],
    sendOutCount: 0,
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.reference === undefined ? {} : { reference: body.reference }),
  }
}

function captureRefusal(
  book: OrderBook,
  body: WireCaptureRequest,
  context: Context,
): TwinAnswer | undefined {
  const { settings, nowMs } = context
  const no = (message: string) => failed(403, 'CAPTURE_NOT_ALLOWED', message)
  const status = statusOf(book, context)
  if (status !== 'AUTHORIZED' && status !== 'PART_CAPTURED')
    return no(`Capture not allowed. The order is ${status}.`)
  if (book.fraudStatus !== 'ACCEPTED') return no(`The fraud status is ${book.fraudStatus}.`)
  if (body.captured_amount === 0 && !settings.acceptsZeroAmounts)
    return no('The captured amount must be above 0.')
  const remainingMinor = remainingMinorOf(book, nowMs)
  if (body.captured_amount > remainingMinor)
    return no(
      `Captured amount is higher than the remaining authorized amount. Remaining: ${remainingMinor}.`,
    )
  if ((body.shipping_delay ?? 0) > 0 && !settings.shippingDelayEnabled)
    return no('A shipping delay is not enabled for this merchant.')
  if (settings.captureMaxCount !== null && book.captures.length >= settings.captureMaxCount)
    return no(`The order has ${book.captures.length} captures, the most that are possible.`)
  const problem = linesProblem(body.order_lines ?? [], settings)
  return problem === undefined ? undefined : failed(400, 'BAD_VALUE', problem)
}
