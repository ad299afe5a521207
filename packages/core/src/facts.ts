/** The typed vocabulary that rules may name: the built-in facts, and what a merchant's own must say. */
import { RETURN_STAGES } from './actions.ts'
import { CUSTOMER_PROBLEMS, DEADLINES } from './events.ts'

/** A value that a rule can compare. A list holds texts. */
export type FactValue = string | number | boolean | readonly string[]

/** The facts of one decision by name. A name that is not there is unknown, and unknown never acts. */
export type Facts = Readonly<Record<string, FactValue>>

export type FactType = 'text' | 'integer' | 'flag' | 'textList' | 'date'

/** One word of the vocabulary. */
export interface FactDefinition {
  /** Dotted lower camel case, for example `order.refundableMinor`. */
  readonly name: string
  readonly type: FactType
  /** What a number counts: `minor` units of the order's currency, whole `days`, `percent`, or a plain `count`. */
  readonly unit?: 'minor' | 'days' | 'percent' | 'count'
  /** The texts that can occur, when they are known. */
  readonly values?: readonly string[]
  /** Whether an order can lack it, so that rules see unknown. */
  readonly nullable: boolean
  /** One sentence for people. */
  readonly sentence: string
  /** `static`: known from the order and the event. `on_demand`: read only when an awake rule names it. */
  readonly source: 'static' | 'on_demand'
}

const KLARNA_STATUSES = [
  'AUTHORIZED',
  'PART_CAPTURED',
  'CAPTURED',
  'CANCELLED',
  'EXPIRED',
  'CLOSED',
] as const

/** The words that people see for an order. */
export const ORDER_WORDS = [
  'closed',
  'refunded',
  'partlyRefunded',
  'released',
  'extended',
  'captured',
] as const
export type OrderWord = (typeof ORDER_WORDS)[number]

const always = { nullable: false, source: 'static' } as const
const sometimes = { nullable: true, source: 'static' } as const
const asked = { nullable: true, source: 'on_demand' } as const

/** The built-in facts. `capture.*` is unknown when an order has several captures and the event names none. */
export const FACTS: readonly FactDefinition[] = [
  {
    name: 'order.currency',
    type: 'text',
    ...always,
    sentence: 'ISO 4217 code of the order, upper case',
  },
  {
    name: 'order.country',
    type: 'text',
    ...sometimes,
    sentence: 'ISO 3166 code of the purchase country, upper case',
  },
  {
    name: 'order.paymentMethod',
    type: 'text',
    ...sometimes,
    sentence: "Klarna's initial payment method",
  },
  {
    name: 'order.payLater',
    type: 'flag',
    ...sometimes,
    sentence: 'the customer pays Klarna later, so a due date exists',
  },
  {
    name: 'order.capturedMinor',
    type: 'integer',
    unit: 'minor',
    ...always,
    sentence: 'captured in total',
  },
  {
    name: 'order.refundedMinor',
    type: 'integer',
    unit: 'minor',
    ...always,
    sentence: 'paid back in total, confirmed by Klarna',
  },
  {
    name: 'order.reservedMinor',
    type: 'integer',
    unit: 'minor',
    ...always,
    sentence: 'claimed by refunds that are not settled',
  },
  {
    name: 'order.refundableMinor',
    type: 'integer',
    unit: 'minor',
    ...always,
    sentence: 'captured less refunded less reserved',
  },
  {
    name: 'order.remainingAuthorizedMinor',
    type: 'integer',
    unit: 'minor',
    ...always,
    sentence: 'authorized and not captured',
  },
  {
    name: 'order.captureCount',
    type: 'integer',
    unit: 'count',
    ...always,
    sentence: 'how many captures the order has',
  },
  {
    name: 'order.status',
    type: 'text',
    values: ORDER_WORDS,
    ...always,
    sentence: "the order's one word in our lifecycle",
  },
  {
    name: 'order.klarnaStatus',
    type: 'text',
    values: KLARNA_STATUSES,
    ...sometimes,
    sentence: "Klarna's status when the order was last read",
  },
  {
    name: 'capture.capturedMinor',
    type: 'integer',
    unit: 'minor',
    ...sometimes,
    sentence: 'captured in this capture',
  },
  {
    name: 'capture.refundedMinor',
    type: 'integer',
    unit: 'minor',
    ...sometimes,
    sentence: 'paid back on this capture',
  },
  {
    name: 'capture.reservedMinor',
    type: 'integer',
    unit: 'minor',
    ...sometimes,
    sentence: 'claimed by unsettled refunds of this capture',
  },
  {
    name: 'capture.refundableMinor',
    type: 'integer',
    unit: 'minor',
    ...sometimes,
    sentence: 'what can still be paid back on this capture',
  },
  {
    name: 'capture.tracked',
    type: 'flag',
    ...sometimes,
    sentence: 'Klarna knows a parcel of this capture',
  },
  {
    name: 'capture.extendedDays',
    type: 'integer',
    unit: 'days',
    ...sometimes,
    sentence: 'days that the due date was moved by, in total',
  },
  {
    name: 'capture.extensionCount',
    type: 'integer',
    unit: 'count',
    ...sometimes,
    sentence: 'how often the due date was extended',
  },
  {
    name: 'capture.refundCount',
    type: 'integer',
    unit: 'count',
    ...sometimes,
    sentence: 'how many refunds Klarna confirmed on this capture',
  },
  {
    name: 'return.reason',
    type: 'text',
    ...sometimes,
    sentence: "the merchant's word for why it comes back",
  },
  { name: 'return.condition', type: 'text', ...sometimes, sentence: 'how the goods are' },
  {
    name: 'return.stage',
    type: 'text',
    values: RETURN_STAGES,
    ...sometimes,
    sentence: 'how far the return has come',
  },
  {
    name: 'return.valueMinor',
    type: 'integer',
    unit: 'minor',
    ...sometimes,
    sentence: 'value of the returned units at this stage, as captured',
  },
  {
    name: 'return.sharePercent',
    type: 'integer',
    unit: 'percent',
    ...sometimes,
    sentence: 'that value as whole percent of the capture, rounded down',
  },
  {
    name: 'return.lineCount',
    type: 'integer',
    unit: 'count',
    ...sometimes,
    sentence: 'how many lines come back',
  },
  {
    name: 'return.references',
    type: 'textList',
    ...sometimes,
    sentence: 'references of the lines that come back',
  },
  {
    name: 'extension.available',
    type: 'flag',
    ...asked,
    sentence: 'Klarna offers at least one extension now',
  },
  {
    name: 'extension.longestDays',
    type: 'integer',
    unit: 'days',
    ...asked,
    sentence: 'the longest extension on offer',
  },
  {
    name: 'extension.longestFeeMinor',
    type: 'integer',
    unit: 'minor',
    ...asked,
    sentence: 'its fee, in the currency of the offers',
  },
  {
    name: 'extension.freeDays',
    type: 'integer',
    unit: 'days',
    ...asked,
    sentence: 'the longest extension without a fee',
  },
  {
    name: 'time.daysSinceCapture',
    type: 'integer',
    unit: 'days',
    ...sometimes,
    sentence: 'whole days since the capture',
  },
  {
    name: 'time.daysSinceDelivery',
    type: 'integer',
    unit: 'days',
    ...sometimes,
    sentence: 'whole days since the delivery',
  },
  {
    name: 'time.daysToDueDate',
    type: 'integer',
    unit: 'days',
    ...sometimes,
    sentence: 'whole days to the due date, confirmed extensions included',
  },
  {
    name: 'time.daysToAuthorizationExpiry',
    type: 'integer',
    unit: 'days',
    ...sometimes,
    sentence: 'whole days until the authorization expires',
  },
  { name: 'event.type', type: 'text', ...always, sentence: 'the type of the event' },
  {
    name: 'event.problem',
    type: 'text',
    values: CUSTOMER_PROBLEMS,
    ...sometimes,
    sentence: 'what the customer reported',
  },
  {
    name: 'event.deadline',
    type: 'text',
    values: DEADLINES,
    ...sometimes,
    sentence: 'which deadline comes near',
  },
  {
    name: 'event.daysLeft',
    type: 'integer',
    unit: 'days',
    ...sometimes,
    sentence: 'whole days left to that deadline',
  },
]

/** Namespaces in which a merchant may declare facts; built-in names stay ours. */
export const OWN_FACT_NAMESPACES = ['customer', 'event', 'shop'] as const

const OWN_FACT_NAME = /^(customer|event|shop)\.[a-z][A-Za-z0-9]{0,60}$/

/** Tells whether a merchant may declare a fact of this name. */
export const isOwnFactName = (name: string): boolean =>
  OWN_FACT_NAME.test(name) && !FACTS.some((fact) => fact.name === name)

/** Tells whether a value has the type that the vocabulary says; NaN, fractions and nulls have none. */
export function isFactValue(
  value: unknown,
  definition: Pick<FactDefinition, 'type'>,
): value is FactValue {
  switch (definition.type) {
    case 'text':
      return typeof value === 'string'
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value)
    case 'flag':
      return typeof value === 'boolean'
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
    case 'textList':
      return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
  }
}
