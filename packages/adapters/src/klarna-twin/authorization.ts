/** Giving up the rest of an authorization, and extending its time. */
import { done, failed, type TwinAnswer } from './answer.ts'
import { dateOf, daysToMs, startOf } from './dates.ts'
import {
  type Context,
  capturedMinorOf,
  isPastExpiry,
  type OrderBook,
  remainingMinorOf,
  statusOf,
} from './order-book.ts'
import type { Step } from './step.ts'

/** Methods whose authorization cannot be extended. Source: Klarna's guide to extended authorizations. */
const NOT_EXTENDABLE: ReadonlySet<string> = new Set(['CARD', 'PAY_BY_CARD', 'FIXED_SUM_CREDIT'])

/**
 * Gives up what is authorized and not captured.
 *
 * Pure. Refuses: 403 NOT_ALLOWED when the order is cancelled, nothing was captured, or nothing is left.
 * Source: `releaseRemainingAuthorization`.
 */
export function releaseRemainingAuthorization(book: OrderBook, context: Context): Step {
  const refusal = releaseRefusal(book, context)
  return refusal === undefined
    ? { book: { ...book, released: true }, answer: done() }
    : { book, answer: refusal }
}

function releaseRefusal(book: OrderBook, context: Context): TwinAnswer | undefined {
  const no = (message: string) => failed(403, 'NOT_ALLOWED', message)
  if (book.ended === 'cancelled') return no('The order has been cancelled.')
  if (book.captures.length === 0) return no('The order has no captures. Cancel it instead.')
  if (capturedMinorOf(book) >= book.orderMinor) return no('The order is fully captured.')
  if (remainingMinorOf(book, context.nowMs) === 0)
    return no('The order has no remaining authorization.')
  return undefined
}

/**
 * Starts the authorization's period anew from today; a second call on the same day changes nothing.
 *
 * Pure. Refuses: 403 NOT_ALLOWED when cancelled, closed, expired, too long after the purchase, not extendable by
 *   its payment method, or (by setting) with nothing left to capture.
 * Source: `extendAuthorizationTime`; Klarna's guide to extended authorizations.
 */
export function extendAuthorizationTime(book: OrderBook, context: Context): Step {
  const message = extensionProblem(book, context)
  if (message !== undefined) return { book, answer: failed(403, 'NOT_ALLOWED', message) }
  const today = startOf(dateOf(context.nowMs))
  const expiresMs = today + daysToMs(context.settings.authorizationPeriodDays)
  return { book: { ...book, expiresMs: Math.max(book.expiresMs, expiresMs) }, answer: done() }
}

function extensionProblem(book: OrderBook, context: Context): string | undefined {
  const { settings, nowMs } = context
  if (book.ended !== null) return `The order is ${statusOf(book, context)}.`
  if (isPastExpiry(book, nowMs)) return 'The authorization has expired.'
  if (nowMs > book.createdMs + daysToMs(settings.authorizationMaxDays))
    return `The order is older than ${settings.authorizationMaxDays} days.`
  if (NOT_EXTENDABLE.has(book.paymentMethod.type))
    return `An authorization by ${book.paymentMethod.type} cannot be extended.`
  if (remainingMinorOf(book, nowMs) === 0 && !settings.extendsSpentAuthorization)
    return 'The order has no remaining authorization.'
  return undefined
}
