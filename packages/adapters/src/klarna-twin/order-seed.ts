/** Orders to begin with, in Klarna's own words: what `getOrder` answers can be pasted, and most may be left out. */
import { addDays, dateOf, daysToMs } from './dates.ts'
import type { CaptureBook, Context, ExtensionOption, OrderBook, RefundBook } from './order-book.ts'
import { isUuid, partId, shortReference } from './twin-ids.ts'
import type { WireAddress, WireCapture, WireOrder, WireRefund } from './wire.ts'

/** A capture to begin with. */
export interface CaptureSeed extends WireCapture {
  /** Calendar date `YYYY-MM-DD` that Klarna keeps to itself; the capture's date plus the term when left out. */
  readonly due_on?: string
}

/** A refund to begin with. */
export interface RefundSeed extends WireRefund {
  /** The capture it is allocated to; null for none. When left out: the only capture, else none. */
  readonly capture_id?: string | null
}

/** An order to begin with. Needs `purchase_currency`, `purchase_country` and `order_amount`. */
export interface OrderSeed extends Omit<WireOrder, 'captures' | 'refunds'> {
  readonly captures?: readonly CaptureSeed[]
  readonly refunds?: readonly RefundSeed[]
  /** Offered in place of Klarna's price list. */
  readonly extension_options?: readonly ExtensionOption[]
}

/** The books of an order, or what is wrong with it. */
export type Seeded =
  | { readonly book: OrderBook; readonly problems: readonly [] }
  | { readonly problems: readonly string[] }

/** Members that are passed through from the seed to every read. */
const PASSED = [
  'locale',
  'merchant_reference1',
  'merchant_reference2',
  'merchant_data',
  'customer',
  'billing_address',
  'shipping_address',
] as const

/**
 * Opens the books of an order.
 *
 * Pure. Returns: the books, or every problem in one line each. `fallbackId` names an order without an id.
 */
export function bookFromSeed(seed: OrderSeed, fallbackId: string, context: Context): Seeded {
  const orderId = seed.order_id ?? fallbackId
  const orderMinor = seed.order_amount ?? -1
  const createdMs = msOf(seed.created_at, context.nowMs)
  const refunds = (seed.refunds ?? []).map((refund, index) =>
    refundFromSeed(refund, { seed, orderId, index, createdMs }),
  )
  const captures = (seed.captures ?? []).map((capture, index) =>
    captureFromSeed(capture, { seed, orderId, index, createdMs, refunds, context }),
  )
  const capturedMinor = sum(captures.map((capture) => capture.capturedMinor))
  const book: OrderBook = {
    orderId,
    currency: (seed.purchase_currency ?? '').toUpperCase(),
    country: (seed.purchase_country ?? '').toUpperCase(),
    orderMinor,
    originalOrderMinor: seed.original_order_amount ?? orderMinor,
    createdMs,
    expiresMs: msOf(
      seed.expires_at,
      createdMs + daysToMs(context.settings.authorizationPeriodDays),
    ),
    fraudStatus: seed.fraud_status ?? 'ACCEPTED',
    paymentMethod: seed.initial_payment_method ?? { type: 'INVOICE' },
    lines: seed.order_lines ?? [],
    captures,
    refunds,
    shippingInfo: seed.shipping_info ?? [],
    ended: endOf(seed.status),
    released: seed.remaining_authorized_amount === 0 && capturedMinor < orderMinor,
    extensionOptions: seed.extension_options ?? null,
    klarnaReference: seed.klarna_reference ?? shortReference(orderId),
    passed: passedFrom(seed),
  }
  const problems = problemsOfBook(book, seed)
  return problems.length === 0 ? { book, problems: [] } : { problems }
}

interface PartContext {
  readonly seed: OrderSeed
  readonly orderId: string
  readonly index: number
  readonly createdMs: number
}

const captureFromSeed = (
  capture: CaptureSeed,
  {
    seed,
    orderId,
    index,
    createdMs,
    refunds,
    context,
  }: PartContext & { readonly refunds: readonly RefundBook[]; readonly context: Context },
): CaptureBook => {
  const captureId = captureIdOf(seed, orderId, index)
  const capturedMs = msOf(capture.captured_at, createdMs)
  return {
    captureId,
    klarnaReference:
      capture.klarna_reference ??
      `${seed.klarna_reference ?? shortReference(orderId)}-${index + 1}`,
    capturedMinor: capture.captured_amount ?? -1,
    refundedMinor: sum(
      refunds.filter((refund) => refund.captureId === captureId).map((each) => each.refundedMinor),
    ),
    capturedMs,
    lines: capture.order_lines ?? [],
    shippingInfo: capture.shipping_info ?? [],
    dueOn: capture.due_on ?? dueDate(capturedMs, context.settings.paymentTermDays),
    extensions: [],
    sendOutCount: 0,
    ...(capture.description === undefined ? {} : { description: capture.description }),
    ...(capture.reference === undefined ? {} : { reference: capture.reference }),
  }
}

const refundFromSeed = (
  refund: RefundSeed,
  { seed, orderId, index, createdMs }: PartContext,
): RefundBook => ({
  refundId: refund.refund_id ?? partId(orderId, 'refund', index),
  refundedMinor: refund.refunded_amount ?? -1,
  refundedMs: msOf(refund.refunded_at, createdMs),
  lines: refund.order_lines ?? [],
  captureId:
    refund.capture_id === undefined && seed.captures?.length === 1
      ? captureIdOf(seed, orderId, 0)
      : (refund.capture_id ?? null),
  by: 'api',
  ...(refund.description === undefined ? {} : { description: refund.description }),
  ...(refund.reference === undefined ? {} : { reference: refund.reference }),
})

/** Everything about an order that cannot be so, whatever its members' types. */
function problemsOfBook(book: OrderBook, seed: OrderSeed): readonly string[] {
  const capturedMinor = sum(book.captures.map((capture) => capture.capturedMinor))
  const refundedMinor = sum(book.refunds.map((refund) => refund.refundedMinor))
  const captureIds = new Set(book.captures.map((capture) => capture.captureId))
  const checks: readonly (readonly [boolean, string])[] = [
    [isUuid(book.orderId), '`order_id` is a UUID'],
    [/^[A-Z]{3}$/.test(book.currency), '`purchase_currency` is an ISO 4217 code'],
    [/^[A-Z]{2}$/.test(book.country), '`purchase_country` is an ISO 3166-1 code of two letters'],
    [isAmount(book.orderMinor), '`order_amount` is a whole number from 0 on, in minor units'],
    [!Number.isNaN(book.createdMs), '`created_at` is an ISO 8601 instant'],
    [!Number.isNaN(book.expiresMs), '`expires_at` is an ISO 8601 instant'],
    [capturedMinor <= book.orderMinor, '`captures` sum to `order_amount` at most'],
    [refundedMinor <= capturedMinor, '`refunds` sum to what was captured at most'],
    [captureIds.size === book.captures.length, 'each `capture_id` is there once'],
    [agrees(seed.captured_amount, capturedMinor), '`captured_amount` is the sum of `captures`'],
    [agrees(seed.refunded_amount, refundedMinor), '`refunded_amount` is the sum of `refunds`'],
    [
      book.ended !== 'cancelled' || book.captures.length === 0,
      'a CANCELLED order has no `captures`',
    ],
    ...book.captures.flatMap((capture, index) => capturesChecks(capture, seed, index)),
    ...book.refunds.flatMap((refund, index) => refundChecks(refund, captureIds, index)),
  ]
  return checks.filter(([holds]) => !holds).map(([, rule]) => rule)
}

const capturesChecks = (
  capture: CaptureBook,
  seed: OrderSeed,
  index: number,
): readonly (readonly [boolean, string])[] => {
  const name = `captures[${index}]`
  return [
    [isAmount(capture.capturedMinor), `\`${name}.captured_amount\` is a whole number from 0 on`],
    [!Number.isNaN(capture.capturedMs), `\`${name}.captured_at\` is an ISO 8601 instant`],
    [
      isDate(capture.dueOn) || Number.isNaN(capture.capturedMs),
      `\`${name}.due_on\` is a date like 2026-12-14`,
    ],
    [
      capture.refundedMinor <= capture.capturedMinor,
      `the refunds of \`${name}\` sum to its \`captured_amount\` at most`,
    ],
    [
      agrees(seed.captures?.[index]?.refunded_amount, capture.refundedMinor),
      `\`${name}.refunded_amount\` is the sum of its refunds; name \`capture_id\` in each of \`refunds\``,
    ],
  ]
}

const refundChecks = (
  refund: RefundBook,
  captureIds: ReadonlySet<string>,
  index: number,
): readonly (readonly [boolean, string])[] => [
  [
    isAmount(refund.refundedMinor),
    `\`refunds[${index}].refunded_amount\` is a whole number from 0 on`,
  ],
  [!Number.isNaN(refund.refundedMs), `\`refunds[${index}].refunded_at\` is an ISO 8601 instant`],
  [
    refund.captureId === null || captureIds.has(refund.captureId),
    `\`refunds[${index}].capture_id\` is one of the order's captures, or null`,
  ],
]

const captureIdOf = (seed: OrderSeed, orderId: string, index: number): string =>
  seed.captures?.[index]?.capture_id ?? partId(orderId, 'capture', index)

const passedFrom = (seed: OrderSeed): Readonly<Record<string, string | WireAddress>> =>
  Object.fromEntries(
    PASSED.flatMap((name) => {
      const value = seed[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

const endOf = (status: string | undefined): OrderBook['ended'] =>
  status === 'CANCELLED' ? 'cancelled' : status === 'CLOSED' ? 'closed' : null

const msOf = (at: string | undefined, fallbackMs: number): number =>
  at === undefined ? fallbackMs : Date.parse(at)

/** Empty for an instant that is none, which is reported as such. */
const dueDate = (capturedMs: number, termDays: number): string =>
  Number.isNaN(capturedMs) ? '' : addDays(dateOf(capturedMs), termDays)

const isAmount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

const agrees = (said: number | undefined, summed: number): boolean =>
  said === undefined || said === summed

const sum = (amounts: readonly number[]): number => amounts.reduce((total, each) => total + each, 0)
