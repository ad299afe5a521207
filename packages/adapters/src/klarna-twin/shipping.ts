/** Adding parcels to a capture, and sending the customer the invoice again. */
import { done, failed } from './answer.ts'
import { type CaptureBook, type Context, type OrderBook, withCapture } from './order-book.ts'
import type { Step } from './step.ts'
import type { WireShippingRequest } from './wire.ts'

/**
 * Appends parcels to a capture.
 *
 * Pure. Refuses: 403 NOT_ALLOWED above the greatest number of entries (by setting).
 * Source: `appendShippingInfo`.
 */
export function appendShippingInfo(
  book: OrderBook,
  capture: CaptureBook,
  { body, context }: { readonly body: WireShippingRequest; readonly context: Context },
): Step {
  const { shippingEntryMaxCount, shippingInfoStatus } = context.settings
  const shippingInfo = [...capture.shippingInfo, ...body.shipping_info]
  if (shippingEntryMaxCount !== null && shippingInfo.length > shippingEntryMaxCount)
    return {
      book,
      answer: failed(403, 'NOT_ALLOWED', `A capture has at most ${shippingEntryMaxCount} entries.`),
    }
  return { book: withCapture(book, { ...capture, shippingInfo }), answer: done(shippingInfoStatus) }
}

/** Sends the customer the invoice of a capture again. Source: `triggerSendOut`. */
export const triggerSendOut = (book: OrderBook, capture: CaptureBook): Step => ({
  book: withCapture(book, { ...capture, sendOutCount: capture.sendOutCount + 1 }),
  answer: done(),
})
