/** Refunding: how far it goes, and which capture Klarna books it to. */
import { created, failed, type TwinAnswer } from './answer.ts'
import {
  type Actor,
  type CaptureBook,
  type Context,
  capturedMinorOf,
  captureOf,
  type OrderBook,
  type RefundBook,
  refundedMinorOf,
  statusOf,
  withCapture,
} from './order-book.ts'
import { linesProblem } from './order-lines.ts'
import { orderPath } from './routes.ts'
import type { Step } from './step.ts'
import { partId } from './twin-ids.ts'
import type { WireLine, WireRefundRequest } from './wire.ts'

/** Markets with return fees. Source: Klarna's guide to refunds, return fee. */
const RETURN_FEE_COUNTRIES: ReadonlySet<string> = new Set(
  'AT AU CZ DE DK ES FI FR GR IE IT NL NO PT SE'.split(' '),
)

/**
 * Refunds an amount, and allocates it to a capture if it can.
 *
 * Pure. A refund that cannot be allocated is accepted without a word, as Klarna does.
 * Refuses: 403 REFUND_NOT_ALLOWED (no captures, cancelled, above what is left, return fee outside of its
 *   conditions), 400 BAD_VALUE (lines, when checked).
 * Source: `refundOrder`; Klarna's page on refund allocation.
 */
export function refundOrder(book: OrderBook, body: WireRefundRequest, context: Context): Step {
  const refusal =
    refundRefusal(book, body.refunded_amount, context) ?? linesRefusal(book, body, context)
  if (refusal !== undefined) return { book, answer: refusal }
  const capture = allocate(book, body, context)
  const step = bookRefund(
    book,
    { ...body, captureId: capture?.captureId ?? null, by: 'api' },
    context,
  )
  const { refundId } = step.refund
  return {
    book: step.book,
    answer: created('Refund-Id', refundId, `${orderPath(book.orderId)}/refunds/${refundId}`),
  }
}

/** What a refund in the books is made of. */
export interface NewRefund extends WireRefundRequest {
  readonly captureId: string | null
  readonly by: Actor
}

/** Books a refund that was found to be allowed. */
export function bookRefund(
  book: OrderBook,
  request: NewRefund,
  { nowMs }: Context,
): { readonly book: OrderBook; readonly refund: RefundBook } {
  const refund: RefundBook = {
    refundId: partId(book.orderId, 'refund', book.refunds.length),
    refundedMinor: request.refunded_amount,
    refundedMs: nowMs,
    lines: request.order_lines ?? [],
    captureId: request.captureId,
    by: request.by,
    ...(request.description === undefined ? {} : { description: request.description }),
    ...(request.reference === undefined ? {} : { reference: request.reference }),
  }
  const booked = { ...book, refunds: [...book.refunds, refund] }
  const capture = captureOf(book, request.captureId ?? undefined)
  if (capture === undefined) return { book: booked, refund }
  const refundedMinor = capture.refundedMinor + refund.refundedMinor
  return { book: withCapture(booked, { ...capture, refundedMinor }), refund }
}

/** Why an amount cannot be refunded, if so. Source: `refundOrder`, 403; Klarna's list of errors. */
export function refundRefusal(
  book: OrderBook,
  amountMinor: number,
  context: Context,
): TwinAnswer | undefined {
  const { settings } = context
  const no = (message: string) => failed(403, 'REFUND_NOT_ALLOWED', message)
  const status = statusOf(book, context)
  if (status === 'CANCELLED') return no('The order has been cancelled.')
  if (book.captures.length === 0) return no('Refund not allowed. The order has no captures.')
  if (status === 'EXPIRED' && !settings.refundsWhenExpired) return no('The order has expired.')
  if (status === 'CLOSED' && !settings.refundsWhenClosed) return no('The order is closed.')
  if (amountMinor === 0 && !settings.acceptsZeroAmounts)
    return no('The refunded amount must be above 0.')
  const capturedMinor = capturedMinorOf(book)
  const leftMinor = capturedMinor - refundedMinorOf(book)
  if (leftMinor === 0 && amountMinor > 0) return no('The order has already been fully refunded.')
  if (amountMinor > leftMinor)
    return no(
      `Over refund: ${amountMinor} is above ${leftMinor}, which is left of ${capturedMinor}.`,
    )
  if (settings.refundMaxCount !== null && book.refunds.length >= settings.refundMaxCount)
    return no(`The order has ${book.refunds.length} refunds, the most that are possible.`)
  return undefined
}

const linesRefusal = (
  book: OrderBook,
  body: WireRefundRequest,
  context: Context,
): TwinAnswer | undefined => {
  const lines = body.order_lines ?? []
  const problem = linesProblem(lines, context.settings)
  if (problem !== undefined) return failed(400, 'BAD_VALUE', problem)
  if (!lines.some(isReturnFee) || context.settings.returnFeeOutsideRules === 'unallocated')
    return undefined
  return allowsReturnFee(book, body)
    ? undefined
    : failed(403, 'REFUND_NOT_ALLOWED', 'A return fee is not possible for this order.')
}

/** One full capture, lines that sum to the refund, and a market with return fees. */
const allowsReturnFee = (book: OrderBook, body: WireRefundRequest): boolean =>
  book.captures.length === 1 &&
  capturedMinorOf(book) === book.orderMinor &&
  sumMinor(body.order_lines ?? []) === body.refunded_amount &&
  RETURN_FEE_COUNTRIES.has(book.country)

/** The capture that a refund belongs to, if Klarna finds it. */
function allocate(
  book: OrderBook,
  body: WireRefundRequest,
  context: Context,
): CaptureBook | undefined {
  const amountMinor = body.refunded_amount
  const lines = body.order_lines ?? []
  if (book.refunds.some((refund) => refund.captureId === null)) return undefined
  const fits = (capture: CaptureBook) =>
    amountMinor <= capture.capturedMinor - capture.refundedMinor
  if (lines.length === 0) {
    const [only, ...others] = book.captures
    const isClear = context.settings.allocatesWithoutLines && others.length === 0
    return isClear && only !== undefined && fits(only) ? only : undefined
  }
  if (sumMinor(lines) !== amountMinor) return undefined
  if (lines.some(isReturnFee) && !allowsReturnFee(book, body)) return undefined
  return book.captures.find((capture) => fits(capture) && repeatsReferences(capture, lines))
}

const repeatsReferences = (capture: CaptureBook, lines: readonly WireLine[]): boolean =>
  lines.every(
    (line) =>
      isReturnFee(line) ||
      (line.reference !== undefined &&
        capture.lines.some((captured) => captured.reference === line.reference)),
  )

const isReturnFee = (line: WireLine): boolean => line.type === 'return_fee'

const sumMinor = (lines: readonly WireLine[]): number =>
  lines.reduce((sum, line) => sum + line.total_amount, 0)
