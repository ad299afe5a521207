/** What a person does in Klarna's merchant portal, past the API: no key, no body checked, the same books. */
import { done, failed } from './answer.ts'
import { releaseRemainingAuthorization } from './authorization.ts'
import { captureOrder } from './capture-order.ts'
import { type CaptureBook, type Context, captureOf, type OrderBook } from './order-book.ts'
import { bookRefund, refundRefusal } from './refund-order.ts'
import type { Step } from './step.ts'

/** What a person may do. Amounts in minor units of the order's currency. */
export type PortalAction =
  | {
      readonly action: 'refund'
      readonly amountMinor: number
      /** The captured part that is refunded; the only one, or none, when left out. */
      readonly captureId?: string
      readonly reference?: string
      readonly description?: string
    }
  | { readonly action: 'capture'; readonly amountMinor: number; readonly reference?: string }
  | { readonly action: 'release' }
  | { readonly action: 'cancel' }
  | { readonly action: 'close' }

/** Names of what a person may do. */
export const PORTAL_ACTIONS: readonly PortalAction['action'][] = [
  'refund',
  'capture',
  'release',
  'cancel',
  'close',
]

/** Carries out what a person does. Pure; an answer of 4xx says why not. */
export function actInPortal(book: OrderBook, act: PortalAction, context: Context): Step {
  switch (act.action) {
    case 'refund':
      return refundByPerson(book, act, context)
    case 'capture':
      return captureOrder(
        book,
        {
          captured_amount: act.amountMinor,
          ...(act.reference === undefined ? {} : { reference: act.reference }),
        },
        context,
      )
    case 'release':
      return releaseRemainingAuthorization(book, context)
    case 'cancel':
      return book.captures.length > 0
        ? { book, answer: failed(403, 'CANCEL_NOT_ALLOWED', 'The order has captures.') }
        : { book: { ...book, ended: 'cancelled' }, answer: done() }
    case 'close':
      return { book: { ...book, ended: 'closed' }, answer: done() }
  }
}

function refundByPerson(
  book: OrderBook,
  act: Extract<PortalAction, { action: 'refund' }>,
  context: Context,
): Step {
  const refusal = refundRefusal(book, act.amountMinor, context)
  if (refusal !== undefined) return { book, answer: refusal }
  const capture = refundedCapture(book, act.captureId)
  if (act.captureId !== undefined && capture === undefined)
    return { book, answer: failed(404, 'NO_SUCH_CAPTURE', `No capture ${act.captureId}.`) }
  if (capture !== undefined && act.amountMinor > capture.capturedMinor - capture.refundedMinor)
    return { book, answer: failed(403, 'REFUND_NOT_ALLOWED', 'More than is left of the capture.') }
  const request = {
    refunded_amount: act.amountMinor,
    captureId: capture?.captureId ?? null,
    by: 'person' as const,
    ...(act.reference === undefined ? {} : { reference: act.reference }),
    ...(act.description === undefined ? {} : { description: act.description }),
  }
  return { book: bookRefund(book, request, context).book, answer: done(201) }
}

const refundedCapture = (
  book: OrderBook,
  captureId: string | undefined,
): CaptureBook | undefined =>
  captureId === undefined && book.captures.length === 1
    ? book.captures[0]
    : captureOf(book, captureId)
