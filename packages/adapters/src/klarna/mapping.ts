/**
 * Between Klarna's wire and core's types, both ways: the one place that decides by wire fields.
 *
 * What is read comes through an allow-list, so names, addresses, e-mail, phone and birth dates never get further.
 * An answer that lacks an amount is unreadable; nothing about money is guessed.
 */
import {
  type AppendShippingInfo,
  assert,
  type Command,
  currency,
  type DueDateOptions,
  type IsoInstant,
  instant,
  isCurrency,
  isInstant,
  isMinor,
  KLARNA_LIMITS,
  KLARNA_MAX_MINOR,
  type ObservedCapture,
  type ObservedOrder,
  type ObservedRefund,
  type OrderLine,
  orderLineShape,
  type RefundOrder,
  readShape,
  SHIPPING_METHODS,
  type ShippingInfo,
  shippingInfoShape,
} from '@postdelivery/core'
import type { components } from './generated/klarna-order-management.ts'

type Schemas = components['schemas']

/** Writes the body of a refund: the command's id is its `reference`, by which it is found again. */
export function refundBodyOf(command: Command, body: RefundOrder): Schemas['RefundRequest'] {
  const { refundMinor, lines, description } = body
  assert(isMinor(refundMinor) && refundMinor > 0, 'a refund is a whole amount above 0')
  assert(refundMinor <= KLARNA_MAX_MINOR, 'a refund is within what klarna takes in one call')
  assert(lines.length <= KLARNA_LIMITS.lineMaxCount, 'a refund has at most 1000 lines')
  const sumMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0)
  assert(lines.length === 0 || sumMinor === refundMinor, 'the lines of a refund sum to it exactly')
  assert(
    (description ?? '').length <= KLARNA_LIMITS.descriptionMaxLength,
    'the description of a refund has at most 255 characters',
  )
  return {
    refunded_amount: refundMinor,
    reference: command.id,
    ...(description === undefined ? {} : { description }),
    ...(lines.length === 0 ? {} : { order_lines: lines.map(lineToWire) }),
  }
}

/** Writes the body of an extension: the days, and nothing of the fee, which Klarna does not take. */
export function extensionBodyOf(numberOfDays: number): Schemas['ExtendDueDateRequest'] {
  assert(Number.isSafeInteger(numberOfDays) && numberOfDays > 0, 'an extension is of whole days')
  return { number_of_days: numberOfDays }
}

/** Writes the body of shipping information, one item for each parcel. */
export function shippingBodyOf(body: AppendShippingInfo): Schemas['ShippingInfoRequest'] {
  const count = body.shippingInfo.length
  assert(
    count >= 1 && count <= KLARNA_LIMITS.shippingInfoMaxCount,
    'a call carries 1 to 500 parcels',
  )
  return { shipping_info: body.shippingInfo.map(shippingToWire) }
}

const lineToWire = (line: OrderLine): Schemas['OrderLine'] => ({
  name: line.name,
  reference: line.reference,
  quantity: line.quantity,
  unit_price: line.unitPriceMinor,
  total_amount: line.totalMinor,
  ...(line.type === undefined ? {} : { type: line.type }),
  ...(line.totalDiscountMinor === undefined
    ? {}
    : { total_discount_amount: line.totalDiscountMinor }),
  ...(line.taxRateBasisPoints === undefined ? {} : { tax_rate: line.taxRateBasisPoints }),
  ...(line.totalTaxMinor === undefined ? {} : { total_tax_amount: line.totalTaxMinor }),
})

/** Members of shipping information: ours and Klarna's. */
const SHIPPING_FIELDS = [
  ['shippingCompany', 'shipping_company'],
  ['shippingMethod', 'shipping_method'],
  ['trackingNumber', 'tracking_number'],
  ['trackingUri', 'tracking_uri'],
  ['returnShippingCompany', 'return_shipping_company'],
  ['returnTrackingNumber', 'return_tracking_number'],
  ['returnTrackingUri', 'return_tracking_uri'],
] as const satisfies readonly (readonly [keyof ShippingInfo, keyof Schemas['ShippingInfo']])[]

const shippingToWire = (info: ShippingInfo): Schemas['ShippingInfo'] =>
  Object.fromEntries(
    SHIPPING_FIELDS.filter(([ours]) => info[ours] !== undefined).map(([ours, wire]) => [
      wire,
      info[ours],
    ]),
  )

/**
 * Reads an order that was asked for by `orderId`.
 *
 * Returns: the order, or null when it is another order's, lacks a status, currency or amount, or lacks the list
 *   behind an amount that is not 0. Units: minor units of the order's currency.
 */
export function orderFromWire(data: unknown, orderId: string): ObservedOrder | null {
  const wire = fieldsOf<Schemas['Order']>(data)
  if (wire === null) return null
  const amounts = {
    authorizedMinor: minorFrom(wire('order_amount')),
    capturedMinor: minorFrom(wire('captured_amount')),
    refundedMinor: minorFrom(wire('refunded_amount')),
    remainingAuthorizedMinor: minorFrom(wire('remaining_authorized_amount')),
  }
  const { authorizedMinor, capturedMinor, refundedMinor, remainingAuthorizedMinor } = amounts
  const code = wire('purchase_currency')
  const status = wordFrom(wire('status'))
  if (authorizedMinor === null || capturedMinor === null || refundedMinor === null) return null
  if (remainingAuthorizedMinor === null || !isCurrency(code) || status === null) return null
  if ((wire('order_id') ?? orderId) !== orderId) return null

  const captures = listFrom(wire('captures'), capturedMinor, (each) =>
    captureFromWire(each, refundedMinor),
  )
  const refunds = listFrom(wire('refunds'), refundedMinor, refundFrom)
  if (captures === null || refunds === null) return null
  return {
    orderId,
    status,
    currency: currency(code),
    country: countryFrom(wire('purchase_country')),
    paymentMethod: paymentMethodFrom(wire('initial_payment_method')),
    authorizedMinor,
    capturedMinor,
    refundedMinor,
    remainingAuthorizedMinor,
    expiresAt: instantFrom(wire('expires_at')),
    captures,
    refunds,
  }
}

/**
 * Reads Klarna's offers for one capture. An offer that cannot be read is not offered.
 *
 * Returns: the offers in Klarna's order, or null without a currency. A missing list is an empty one: the guide
 *   says that it may be empty, and nothing offered acts on nothing.
 */
export function dueDateOptionsFromWire(data: unknown): DueDateOptions | null {
  const wire = fieldsOf<Schemas['DueDateOptions']>(data)
  const code = wire?.('currency')
  if (wire === null || !isCurrency(code)) return null
  const listed = wire('options') ?? []
  if (!Array.isArray(listed)) return null
  const options = listed.map(optionFrom).filter((option) => option !== null)
  return { currency: currency(code), options }
}

function optionFrom(data: unknown): { numberOfDays: number; feeMinor: number } | null {
  const wire = fieldsOf<Schemas['DueDateOption']>(data)
  const numberOfDays = wire?.('number_of_days')
  const feeMinor = minorFrom(wire?.('amount'))
  if (feeMinor === null || !isMinor(numberOfDays) || numberOfDays === 0) return null
  return { numberOfDays, feeMinor }
}

/**
 * Reads one capture. `orderRefundedMinor` is what the whole order says, or null when only the capture was read.
 */
export function captureFromWire(
  data: unknown,
  orderRefundedMinor: number | null,
): ObservedCapture | null {
  const wire = fieldsOf<Schemas['Capture']>(data)
  const captureId = textFrom(wire?.('capture_id'))
  const capturedMinor = minorFrom(wire?.('captured_amount'))
  // Left out, it can only be nothing when the whole order has no refund.
  const refundedMinor = minorFrom(
    wire?.('refunded_amount') ?? (orderRefundedMinor === 0 ? 0 : undefined),
  )
  if (wire === null || captureId === null) return null
  if (capturedMinor === null || refundedMinor === null) return null
  const lines = Array.isArray(wire('order_lines')) ? (wire('order_lines') as unknown[]) : []
  const parcels = Array.isArray(wire('shipping_info')) ? (wire('shipping_info') as unknown[]) : []
  return {
    captureId,
    capturedMinor,
    refundedMinor,
    capturedAt: instantFrom(wire('captured_at')),
    lines: lines.map(lineFrom).filter((line) => line !== null),
    shippingInfo: parcels.map(shippingFrom).filter((info) => info !== null),
  }
}

/** The parts of an address that a masked view is made of; only `view.ts` sees them. */
export interface WireAddress {
  readonly givenName: string | null
  readonly familyName: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly postalCode: string | null
  readonly city: string | null
  readonly country: string | null
}

/** Reads what a view shows beside the amounts of a capture. */
export function addressesFromWire(capture: unknown): {
  readonly klarnaReference: string | null
  readonly billing: WireAddress | null
  readonly shipping: WireAddress | null
} {
  const wire = fieldsOf<Schemas['Capture']>(capture)
  return {
    klarnaReference: textFrom(wire?.('klarna_reference')),
    billing: addressFrom(wire?.('billing_address')),
    shipping: addressFrom(wire?.('shipping_address')),
  }
}

function addressFrom(data: unknown): WireAddress | null {
  const wire = fieldsOf<Schemas['Address']>(data)
  if (wire === null) return null
  return {
    givenName: textFrom(wire('given_name')),
    familyName: textFrom(wire('family_name')),
    email: textFrom(wire('email')),
    phone: textFrom(wire('phone')),
    postalCode: textFrom(wire('postal_code')),
    city: textFrom(wire('city')),
    country: countryFrom(wire('country')),
  }
}

function refundFrom(data: unknown): ObservedRefund | null {
  const wire = fieldsOf<Schemas['Refund']>(data)
  const refundedMinor = minorFrom(wire?.('refunded_amount'))
  if (wire === null || refundedMinor === null) return null
  return {
    refundId: textFrom(wire('refund_id')),
    reference: textFrom(wire('reference')),
    refundedMinor,
  }
}

/** A line without what a refund line must repeat (a reference, amounts) is left out: it cannot be refunded by line. */
function lineFrom(data: unknown): OrderLine | null {
  const wire = fieldsOf<Schemas['ObservedOrderLine']>(data)
  if (wire === null) return null
  const required = {
    reference: wire('reference'),
    name: wire('name') ?? wire('reference'),
    quantity: wire('quantity'),
    unitPriceMinor: wire('unit_price'),
    totalMinor: wire('total_amount'),
  }
  const optional = {
    type: wire('type'),
    totalDiscountMinor: wire('total_discount_amount'),
    taxRateBasisPoints: wire('tax_rate'),
    totalTaxMinor: wire('total_tax_amount'),
  }
  return keepReadable(orderLineShape, required, optional)
}

function shippingFrom(data: unknown): ShippingInfo | null {
  const wire = fieldsOf<Schemas['ObservedShippingInfo']>(data)
  if (wire === null) return null
  const fields = Object.fromEntries(SHIPPING_FIELDS.map(([ours, theirs]) => [ours, wire(theirs)]))
  const method = SHIPPING_METHODS.find((known) => known === fields['shippingMethod'])
  const info = keepReadable(shippingInfoShape, {}, { ...fields, shippingMethod: method })
  return info === null || Object.keys(info).length === 0 ? null : info
}

/** Reads with a core shape; optional fields that it does not accept (new types, odd rates) are left out. */
function keepReadable<Value>(
  shape: Parameters<typeof readShape<Value>>[0],
  required: Readonly<Record<string, unknown>>,
  optional: Readonly<Record<string, unknown>>,
): Value | null {
  const whole = readShape(shape, { ...required, ...optional })
  if (whole.ok) return whole.value
  const bad = new Set(whole.error.map((problem) => problem.path.slice(1)))
  const kept = Object.entries(optional).filter(([key]) => !bad.has(key))
  const rest = readShape(shape, { ...required, ...Object.fromEntries(kept) })
  return rest.ok ? rest.value : null
}

type Fields<Wire> = (name: keyof Wire & string) => unknown

/** Reads own members by names of the contract; a misspelt name does not compile. Null when data is no object. */
function fieldsOf<Wire>(data: unknown): Fields<Wire> | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null
  return (name) => {
    const value = Object.hasOwn(data, name) ? Reflect.get(data, name) : undefined
    return value === null ? undefined : value
  }
}

/** A list in which every entry can be read; it may be missing only when what it explains is 0. */
function listFrom<Value>(
  data: unknown,
  explainsMinor: number,
  read: (each: unknown) => Value | null,
): Value[] | null {
  if (data === undefined && explainsMinor === 0) return []
  if (!Array.isArray(data)) return null
  const values = data.map(read).filter((value) => value !== null)
  return values.length === data.length ? values : null
}

const minorFrom = (value: unknown): number | null => (isMinor(value) ? value : null)

const textFrom = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null

const instantFrom = (value: unknown): IsoInstant | null =>
  isInstant(value) ? instant(value) : null

/** Klarna's constants, such as states; anything that is not written like one could be personal. */
const wordFrom = (value: unknown): string | null =>
  typeof value === 'string' && /^[A-Z][A-Z0-9_]{0,49}$/.test(value) ? value : null

const countryFrom = (value: unknown): string | null =>
  typeof value === 'string' && /^[a-z]{2}$/i.test(value) ? value.toUpperCase() : null

const paymentMethodFrom = (value: unknown): string | null =>
  wordFrom(fieldsOf<Schemas['InitialPaymentMethod']>(value)?.('type'))
