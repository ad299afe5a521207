/** Reads one past order of a backtest: a line of JSON with its events, as they were reported. */
import {
  type DueDateOptions,
  err,
  integer,
  isPlainRecord,
  list,
  ok,
  type Problem,
  type ReportedEvent,
  type Result,
  readShape,
  record,
} from '@postdelivery/core'
import { readEvent } from '../event-input.ts'

/** An order as it came about. */
export interface PastOrder {
  readonly orderId: string
  /** In the order in which they were reported; the first registers the order. */
  readonly events: readonly ReportedEvent[]
  /** What Klarna offered for more time, or null for its price list. */
  readonly offers: DueDateOptions['options'] | null
}

/** Bounds of one order. */
export const PAST_ORDER_LIMITS = { lineMaxLength: 4_194_304, eventMaxCount: 10_000 } as const

const offersShape = list(
  record({
    days: integer({ min: 1, max: 365 }),
    /** In minor units of the order's currency. */
    feeMinor: integer({ min: 0, max: 200_000_000 }),
  }),
  { max: 50 },
)

const KEYS = ['orderId', 'events', 'offers']

/**
 * Reads one order.
 *
 * Returns: the order, or one sentence with a JSON Pointer that says what is wrong with it. Throws: never.
 */
export function readPastOrder(text: string): Result<PastOrder, string> {
  if (text.length > PAST_ORDER_LIMITS.lineMaxLength)
    return err(`an order has at most ${PAST_ORDER_LIMITS.lineMaxLength} characters`)
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return err('this is not JSON')
  }
  if (!isPlainRecord(data)) return err('an order is an object with `orderId` and `events`')
  const unknown = Object.keys(data).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) return err(`the key \`/${unknown.slice(0, 60)}\` is not known`)
  const missing = ['orderId', 'events'].find((key) => !Object.hasOwn(data, key))
  if (missing !== undefined) return err(`\`/${missing}\` is missing`)
  const { orderId, events, offers } = data
  if (typeof orderId !== 'string') return err('`/orderId` must be a text')
  if (!Array.isArray(events)) return err('`/events` must be a list')
  if (events.length > PAST_ORDER_LIMITS.eventMaxCount)
    return err(`an order has at most ${PAST_ORDER_LIMITS.eventMaxCount} events`)
  const read = readEvents(orderId, events)
  if (!read.ok) return read
  const offered = readOffers(offers)
  return offered.ok ? ok({ orderId, events: read.value, offers: offered.value }) : offered
}

function readEvents(
  orderId: string,
  events: readonly unknown[],
): Result<readonly ReportedEvent[], string> {
  const read: ReportedEvent[] = []
  for (const [index, data] of events.entries()) {
    const event = readEvent(data)
    if (!event.ok) return err(sentenceOf(`/events/${index}`, event.error))
    if (event.value.orderId !== orderId)
      return err(`\`/events/${index}/orderId\` is not the order's \`${orderId.slice(0, 60)}\``)
    read.push(event.value)
  }
  if (read[0]?.type !== 'order.captured')
    return err('the first event must be `order.captured`, which registers the order')
  return ok(read)
}

function readOffers(offers: unknown): Result<PastOrder['offers'], string> {
  if (offers === undefined) return ok(null)
  const read = readShape(offersShape, offers)
  if (!read.ok) return err(sentenceOf('/offers', read.error))
  return ok(read.value.map(({ days, feeMinor }) => ({ numberOfDays: days, feeMinor })))
}

const sentenceOf = (path: string, [problem]: readonly Problem[]): string =>
  `\`${path}${problem?.path ?? ''}\` ${problem?.message ?? 'is wrong'}`
