/** What may be reported about an order, in the past tense. Names are a public contract: add, do not rename. */
import { ACTION_TYPES, shippingInfoShape } from './actions.ts'
import { isInternalEventId } from './ids.ts'
import { isCurrency, KLARNA_MAX_MINOR } from './money.ts'
import { err, ok, type Result } from './result.ts'
import {
  dateShape,
  eitherOf,
  flag,
  instantShape,
  integer,
  isPlainRecord,
  list,
  mapOf,
  nullable,
  oneOf,
  optional,
  type Problem,
  readShape,
  record,
  type Shape,
  type Shaped,
  text,
} from './shape.ts'

const idText = text({ max: 200 })

/** An id that can stand in a URL path; "." and ".." would name another one. */
const id: Shape<string> = {
  read(value, path, problems) {
    const read = idText.read(value, path, problems)
    if (read !== '.' && read !== '..') return read
    problems.push({ code: 'out_of_range', path, message: 'dots alone are no id' })
    return undefined
  },
}

/** An ISO 4217 code in any case, raised to upper case. */
const currencyShape: Shape<string> = {
  read(value, path, problems) {
    if (isCurrency(value)) return value.toUpperCase()
    problems.push({ code: 'wrong_type', path, message: 'must be three letters such as `SEK`' })
    return undefined
  },
}

const amountMinor = integer({ min: 0, max: KLARNA_MAX_MINOR })
const signedMinor = integer({ min: -KLARNA_MAX_MINOR, max: KLARNA_MAX_MINOR })
const reference = text({ max: 255 })
const factValue = eitherOf(
  eitherOf(flag, integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })),
  text({ min: 0, max: 500 }),
)

/** Klarna's kinds of order lines. Source: the contract, `order_line.type`. */
export const LINE_TYPES = [
  'physical',
  'discount',
  'shipping_fee',
  'sales_tax',
  'store_credit',
  'gift_card',
  'digital',
  'surcharge',
  'return_fee',
] as const

/** One line of a capture, tax included, as the customer's invoice shows it. */
export const orderLineShape = record({
  reference,
  name: text({ max: 255 }),
  type: optional(oneOf(LINE_TYPES)),
  quantity: integer({ min: 0, max: 1_000_000 }),
  /** Tax included, before discount. */
  unitPriceMinor: signedMinor,
  /** Taken off the line, tax included. */
  totalDiscountMinor: optional(amountMinor),
  /** quantity x unit price - discount. */
  totalMinor: signedMinor,
  /** Hundredths of a percent: 2500 is 25 %. */
  taxRateBasisPoints: optional(integer({ min: 0, max: 10_000 })),
  totalTaxMinor: optional(signedMinor),
})
export type OrderLine = Shaped<typeof orderLineShape>

/** One capture, as the merchant or a read at Klarna tells it. */
export const captureDetailsShape = record({
  captureId: id,
  capturedMinor: amountMinor,
  capturedAt: instantShape,
  /** Paid back before we knew the order, or outside of us. Default 0. */
  refundedMinor: optional(amountMinor),
  lines: list(orderLineShape, { max: 1000 }),
  /** The base due date by the merchant's terms; Klarna never tells it. */
  dueOn: optional(nullable(dateShape)),
  deliveredAt: optional(instantShape),
  /** The last day on which the customer may announce a return. */
  returnWindowEndsOn: optional(dateShape),
  shippingInfo: optional(list(shippingInfoShape, { max: 500 })),
})
export type CaptureDetails = Shaped<typeof captureDetailsShape>

/** The order around the captures. */
export const orderDetailsShape = record({
  currency: currencyShape,
  country: optional(text({ min: 2, max: 2 })),
  paymentMethod: optional(text({ max: 100 })),
  /** Whether the customer pays Klarna later, so that a due date exists. Unknown when left out. */
  payLater: optional(flag),
  klarnaStatus: optional(text({ max: 50 })),
  authorizedMinor: amountMinor,
  remainingAuthorizedMinor: amountMinor,
  authorizationExpiresAt: optional(nullable(instantShape)),
  /** Refunded in total, as Klarna's order says; default: the sum over the captures. */
  refundedMinor: optional(amountMinor),
  /** Merchant's own facts about the customer, `customer.*` in rules. No personal data. */
  customer: optional(mapOf(factValue, { max: 50 })),
})
export type OrderDetails = Shaped<typeof orderDetailsShape>

/** What came back of one line. */
export const returnedLineShape = record({
  reference,
  quantity: integer({ min: 1, max: 1_000_000 }),
})
export type ReturnedLine = Shaped<typeof returnedLineShape>

export const CUSTOMER_PROBLEMS = [
  'invoice_missing',
  'not_received',
  'wrong_item',
  'damaged',
  'late',
  'other',
] as const
export const DEADLINES = ['due_date', 'authorization_expiry', 'return_window'] as const
export type Deadline = (typeof DEADLINES)[number]

const base = <const Type extends string>(type: Type) => ({
  id,
  type: oneOf([type]),
  orderId: id,
  at: instantShape,
})

const returnFields = {
  returnId: id,
  captureId: optional(id),
  reason: optional(text({ max: 100 })),
  condition: optional(text({ max: 100 })),
  lines: list(returnedLineShape, { min: 1, max: 1000 }),
  /** Merchant's own facts about this event, `event.*` in rules. */
  data: optional(mapOf(factValue, { max: 50 })),
}
const data = { data: optional(mapOf(factValue, { max: 50 })) }
const looseParams: Shape<Readonly<Record<string, unknown>>> = {
  read: (value) => (isPlainRecord(value) ? value : {}),
}

/** The events of the public door, by type. */
export const EVENT_SHAPES = {
  'order.captured': record({
    ...base('order.captured'),
    order: orderDetailsShape,
    captures: list(captureDetailsShape, { min: 1, max: 500 }),
    ...data,
  }),
  'shipment.dispatched': record({
    ...base('shipment.dispatched'),
    captureId: optional(id),
    shippingInfo: list(shippingInfoShape, { min: 1, max: 500 }),
    ...data,
  }),
  'shipment.delivered': record({
    ...base('shipment.delivered'),
    captureId: optional(id),
    deliveredAt: instantShape,
    ...data,
  }),
  'return.registered': record({ ...base('return.registered'), ...returnFields }),
  'return.received': record({ ...base('return.received'), ...returnFields }),
  'return.inspected': record({ ...base('return.inspected'), ...returnFields }),
  'customer.reported': record({
    ...base('customer.reported'),
    captureId: optional(id),
    problem: oneOf(CUSTOMER_PROBLEMS),
    ...data,
  }),
  'delivery.accepted': record({ ...base('delivery.accepted'), ...data }),
  'action.requested': record({
    ...base('action.requested'),
    captureId: optional(id),
    returnId: optional(id),
    /** Who asks, as the merchant's own system names people. */
    by: text({ max: 200 }),
    why: text({ max: 500 }),
    action: record({ type: oneOf(ACTION_TYPES), params: optional(looseParams) }),
  }),
  'order.observed': record({ ...base('order.observed'), ...data }),
} as const

export type PublicEventType = keyof typeof EVENT_SHAPES
export const EVENT_TYPES = Object.keys(EVENT_SHAPES) as readonly PublicEventType[]

/** One event of the public door. */
export type PublicEvent = {
  [Type in PublicEventType]: Omit<Shaped<(typeof EVENT_SHAPES)[Type]>, 'type'> & {
    readonly type: Type
  }
}[PublicEventType]

/** An event of the merchant's own: `shop.` and a name; wakes rules, changes no state. */
export interface OwnEvent {
  readonly id: string
  readonly type: `shop.${string}`
  readonly orderId: string
  readonly at: Shaped<typeof instantShape>
  readonly captureId?: string
  readonly data?: Readonly<Record<string, string | number | boolean>>
}

const ownEventShape = record({
  id,
  type: text({ max: 100 }),
  orderId: id,
  at: instantShape,
  captureId: optional(id),
  ...data,
})

/** A due date, an authorization or a return window comes near. Internal: derived from the order's own dates. */
export interface DeadlineApproaching {
  readonly id: string
  readonly type: 'deadline.approaching'
  readonly orderId: string
  readonly at: Shaped<typeof instantShape>
  readonly captureId?: string
  readonly deadline: Deadline
  /** The date of the deadline. */
  readonly on: string
  /** Whole days left, in the merchant's time zone. */
  readonly daysLeft: number
}

/** What a merchant may report. */
export type ReportedEvent = PublicEvent | OwnEvent

/** What may wake rules: a reported event, or a deadline. */
export type OrderEvent = ReportedEvent | DeadlineApproaching

/** Types of events that rules may name in `on`, beside the merchant's own `shop.*`. */
export const WAKING_EVENT_TYPES: readonly string[] = [
  ...EVENT_TYPES.filter((type) => type !== 'action.requested'),
  'deadline.approaching',
]

/** Tells whether a name can be a merchant's own event type. */
export const isOwnEventType = (type: unknown): type is `shop.${string}` =>
  typeof type === 'string' && /^shop\.[a-z][a-z0-9_.-]{0,90}$/.test(type)

/**
 * Reads an event from untrusted JSON at the public door.
 *
 * Returns: the event with instants normalised, or all problems with JSON Pointers.
 * Refuses: internal event types and ids with the engine's own prefixes, so that nobody outside can forge an answer.
 * Throws: never.
 */
export function parseEvent(data: unknown): Result<ReportedEvent, readonly Problem[]> {
  if (!isPlainRecord(data))
    return err([{ code: 'wrong_type', path: '', message: 'an event is a JSON object' }])
  const type = Object.hasOwn(data, 'type') ? data['type'] : undefined
  const shape: Shape<unknown> | undefined = isOwnEventType(type)
    ? ownEventShape
    : EVENT_TYPES.some((known) => known === type)
      ? EVENT_SHAPES[type as PublicEventType]
      : undefined
  if (shape === undefined) return err(problemsOfUnknown(data))
  const read = readShape(shape, data)
  if (!read.ok) return read as Result<never, readonly Problem[]>
  const event = read.value as ReportedEvent
  if (isInternalEventId(event.id)) {
    return err([
      {
        code: 'not_listed',
        path: '/id',
        message: 'ids with this prefix belong to the engine; choose another',
      },
    ])
  }
  const doubled = event.type === 'order.captured' ? findDoubledCapture(event.captures) : -1
  if (doubled !== -1) {
    const path = `/captures/${doubled}/captureId`
    return err([{ code: 'out_of_range', path, message: 'this capture is listed twice' }])
  }
  return ok(event)
}

/** An event of no known type: its type, and what is wrong with the fields that every event has. */
function problemsOfUnknown(data: Readonly<Record<string, unknown>>): readonly Problem[] {
  const common = Object.fromEntries(
    ['id', 'orderId', 'at'].flatMap((key) => (Object.hasOwn(data, key) ? [[key, data[key]]] : [])),
  )
  const read = readShape(record({ id, orderId: id, at: instantShape }), common)
  const message = `unknown event type; known: ${EVENT_TYPES.join(', ')}, and your own \`shop.*\``
  return [...(read.ok ? [] : read.error), { code: 'not_listed', path: '/type', message }]
}

const findDoubledCapture = (captures: readonly CaptureDetails[]): number =>
  captures.findIndex(({ captureId }, index) =>
    captures.slice(0, index).some((before) => before.captureId === captureId),
  )
