/** Extending the due date of a capture: what is offered, for which fee, and the extension itself. */
import { done, failed, found } from './answer.ts'
import { dateOf, daysBetween } from './dates.ts'
import {
  type CaptureBook,
  type Context,
  capturedMinorOf,
  type ExtensionOption,
  type OrderBook,
  withCapture,
} from './order-book.ts'
import type { Step } from './step.ts'
import type { WireExtensionRequest } from './wire.ts'

/** Where extensions are offered. Source: Klarna's price list for due-date extensions. */
const COUNTRIES: ReadonlySet<string> = new Set('AT BE DE DK FI GB NL NO SE'.split(' '))

/** Methods that leave a due date. Source: the guide names "pay in 30 days" and "pay in 4" as examples. */
const PAY_LATER_METHODS: ReadonlySet<string> = new Set([
  'INVOICE',
  'INVOICE_BUSINESS',
  'PAY_LATER_BY_CARD',
  'PAY_LATER_IN_PARTS',
  'PAY_IN_X',
])

/** Fees in minor units by days, for an order of low, middle and high value. Bounds belong to the lower tier. */
interface PriceList {
  readonly tierMaxMinor: readonly [number, number]
  readonly feesMinor: readonly (readonly [
    days: number,
    low: number,
    middle: number,
    high: number,
  ])[]
}

const euroLike: PriceList = {
  tierMaxMinor: [30_000, 75_000],
  feesMinor: [
    [2, 0, 0, 0],
    [10, 100, 100, 100],
    [30, 199, 499, 799],
    [60, 499, 999, 1_299],
  ],
}

const kronaLike: PriceList = {
  tierMaxMinor: [300_000, 750_000],
  feesMinor: [
    [2, 0, 0, 0],
    [10, 1_000, 1_000, 1_000],
    [30, 1_900, 4_900, 7_900],
    [60, 4_900, 9_900, 12_900],
  ],
}

/** Source: Klarna's price list for due-date extensions; the guide's sample is the lowest tier in SEK. */
const PRICE_LISTS: ReadonlyMap<string, PriceList> = new Map([
  ['EUR', euroLike],
  ['GBP', euroLike],
  ['SEK', kronaLike],
  ['NOK', kronaLike],
  ['DKK', kronaLike],
])

/** Days past the due date from which the portal offers no extension. Source: Klarna's merchant support. */
const PORTAL_MAX_DAYS_PAST_DUE = 20

/** Answers the options call. Source: `getOptionsForExtendDueDate`. */
export function getOptionsForExtendDueDate(
  book: OrderBook,
  capture: CaptureBook,
  context: Context,
): Step {
  const { optionsWhenNotPayLater } = context.settings
  if (!isPayLater(book) && optionsWhenNotPayLater === 'not_allowed')
    return { book, answer: failed(403, 'NOT_ALLOWED', notPayLater) }
  if (!isPayLater(book) && optionsWhenNotPayLater === 'not_found')
    return { book, answer: failed(404, 'NOT_FOUND', notPayLater) }
  const options = extensionOptionsOf(book, capture, context)
  return { book, answer: found({ currency: book.currency, options }) }
}

/**
 * Extends a due date by one of the offered options, and charges its fee.
 *
 * Pure. Refuses: 403 (code by setting) when the option is not offered now.
 * Source: `extendDueDate`.
 */
export function extendDueDate(
  book: OrderBook,
  capture: CaptureBook,
  {
    days,
    context,
  }: { readonly days: WireExtensionRequest['number_of_days']; readonly context: Context },
): Step {
  const options = extensionOptionsOf(book, capture, context)
  const option = options.find((offered) => offered.number_of_days === days)
  if (option === undefined) {
    const offered = options.map((each) => each.number_of_days).join(', ') || 'none'
    const message = isPayLater(book)
      ? `An extension by ${days} days is not offered. Offered: ${offered}.`
      : notPayLater
    return { book, answer: failed(403, context.settings.extensionRefusalCode, message) }
  }
  const extension = { days, feeMinor: option.amount, extendedMs: context.nowMs }
  const extensions = [...capture.extensions, extension]
  return { book: withCapture(book, { ...capture, extensions }), answer: done() }
}

/** What is offered for a capture now; empty when nothing is. Fees in minor units of the order's currency. */
function extensionOptionsOf(
  book: OrderBook,
  capture: CaptureBook,
  context: Context,
): readonly ExtensionOption[] {
  if (!isPayLater(book) || book.ended !== null || isExhausted(book, capture, context)) return []
  const freeWasUsed = book.captures.some((each) =>
    each.extensions.some((extension) => extension.feeMinor === 0),
  )
  const options = book.extensionOptions ?? listedOptions(book, capture, context)
  return options.filter((option) => option.amount > 0 || !freeWasUsed)
}

function isExhausted(book: OrderBook, capture: CaptureBook, { settings, nowMs }: Context): boolean {
  if (capture.refundedMinor >= capture.capturedMinor) return true
  if (
    settings.extensionMaxCount !== null &&
    capture.extensions.length >= settings.extensionMaxCount
  )
    return true
  if (!settings.portalExtensionRules) return false
  return (
    capturedMinorOf(book) < book.orderMinor ||
    book.captures.some((each) => each.extensions.length > 0) ||
    daysBetween(capture.dueOn, dateOf(nowMs)) >= PORTAL_MAX_DAYS_PAST_DUE
  )
}

function listedOptions(
  book: OrderBook,
  capture: CaptureBook,
  { settings }: Context,
): readonly ExtensionOption[] {
  const list = PRICE_LISTS.get(book.currency)
  if (list === undefined || !COUNTRIES.has(book.country)) return []
  const valueMinor = settings.feeTierBasis === 'order' ? book.orderMinor : capture.capturedMinor
  const [lowMaxMinor, middleMaxMinor] = list.tierMaxMinor
  return list.feesMinor.map(([days, low, middle, high]) => ({
    number_of_days: days,
    amount: valueMinor <= lowMaxMinor ? low : valueMinor <= middleMaxMinor ? middle : high,
  }))
}

const isPayLater = (book: OrderBook): boolean => PAY_LATER_METHODS.has(book.paymentMethod.type)

const notPayLater = 'The payment method of this order has no due date to extend.'
