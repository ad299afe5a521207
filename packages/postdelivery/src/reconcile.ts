/** Goes through orders and compares our ledger with Klarna's books: at a bounded rate, one order after the other. */
import { setTimeout as wait } from 'node:timers/promises'
import {
  type Break,
  type BreakCode,
  canonicalJson,
  decodeSnapshot,
  type EngineEvent,
  type EnginePorts,
  flag,
  type GatewayAnswer,
  type IsoInstant,
  integer,
  isAboutRefunds,
  type ObservedOrder,
  ORDER_WORDS,
  type OrderState,
  type OrderWord,
  oneOf,
  optional,
  orderBooks,
  type RuntimeStore,
  readShape,
  reconcileOrder,
  record,
  SnapshotError,
  type StoreReader,
  sha256Hex,
  text,
} from '@postdelivery/core'
import { PostDeliveryFailure, withoutValue } from './failures.ts'

/** Which orders are compared: one, or a range in the order of their ids. */
export interface ReconcileOptions {
  readonly orderId?: string
  /** Begins after this order id; `lastOrderId` of the summary before. */
  readonly after?: string
  /** At most so many orders. Default: all. */
  readonly limit?: number
  /** Only orders of this word. */
  readonly word?: OrderWord
  /** Orders that are read at Klarna in a second, 1 to 50. Default 5. */
  readonly ordersPerSecond?: number
  /**
   * Lets the engine look at orders whose refunds surely differ: it stops their refunds and opens `books_differ`. Default
   * false: nothing is changed.
   */
  readonly opensWork?: boolean
  /** Called after each order. */
  readonly onProgress?: (progress: ReconcileSummary) => void
}

/** What came of one order. */
export interface ReconciledOrder {
  readonly orderId: string
  /** `unreadable`: Klarna's order could not be read, see `reason`; compare it again later. */
  readonly outcome: 'agrees' | 'breaks' | 'unreadable'
  readonly breaks: readonly Break[]
  readonly reason: string | null
  /** Whether the engine was asked to look at it, see `opensWork`. */
  readonly isReported: boolean
}

/** Counts of the orders so far. */
export interface ReconcileSummary {
  readonly orderCount: number
  readonly agreeingCount: number
  readonly unreadableCount: number
  readonly reportedCount: number
  readonly breakCounts: Readonly<Partial<Record<BreakCode, number>>>
  readonly lastOrderId: string | null
}

/** Orders as they are compared, once; what is not asked for is not read. */
export interface Reconciliation extends AsyncIterable<ReconciledOrder> {
  /** Compares what is left and counts everything. */
  summary(): Promise<ReconcileSummary>
}

export interface ReconcilePorts {
  readonly store: Pick<RuntimeStore, 'order'> & Pick<StoreReader, 'orders' | 'attempts'>
  readonly gateway: Pick<EnginePorts['gateway'], 'readOrder'>
  readonly clock: EnginePorts['clock']
  /** Throws when nothing may be read any more. */
  readonly assertOpen: () => void
  readonly submit: (event: EngineEvent) => Promise<unknown>
}

const shape = record({
  orderId: optional(text({ max: 255 })),
  after: optional(text({ max: 255 })),
  limit: optional(integer({ min: 1, max: 1_000_000_000 })),
  word: optional(oneOf(ORDER_WORDS)),
  ordersPerSecond: optional(integer({ min: 1, max: 50 })),
  opensWork: optional(flag),
})

const DEFAULT_ORDERS_PER_SECOND = 5
const PAGE_COUNT = 100
/** A quota that is used up is waited for so often, each time a minute at most. */
const LIMITED_MAX_COUNT = 5
const LIMITED_MAX_MS = 60_000

const NONE: ReconcileSummary = {
  orderCount: 0,
  agreeingCount: 0,
  unreadableCount: 0,
  reportedCount: 0,
  breakCounts: {},
  lastOrderId: null,
}

/**
 * Compares orders with Klarna's books.
 *
 * Throws: `PostDeliveryFailure` `input_invalid` at once; `unknown_order` and `closed` when it is gone through.
 */
export function reconcile(ports: ReconcilePorts, options: ReconcileOptions): Reconciliation {
  const { onProgress, ...given } = options
  const read = readShape(shape, given)
  if (!read.ok || (onProgress !== undefined && typeof onProgress !== 'function')) {
    const problems = read.ok
      ? [{ code: 'wrong_type' as const, path: '/onProgress', message: 'must be a function' }]
      : read.error.map(withoutValue)
    const list = problems.map(({ path, message }) => `\`${path}\` ${message}`).join('; ')
    throw new PostDeliveryFailure('input_invalid', `what is compared is unclear: ${list}`, {
      problems,
    })
  }
  let summary = NONE
  const orders = (async function* () {
    for await (const order of compareAll(ports, options)) {
      summary = addTo(summary, order)
      onProgress?.(summary)
      yield order
    }
  })()
  return {
    [Symbol.asyncIterator]: () => orders,
    async summary() {
      while (!(await orders.next()).done) {
        // Counted above.
      }
      return summary
    },
  }
}

function addTo(summary: ReconcileSummary, order: ReconciledOrder): ReconcileSummary {
  const breakCounts: Partial<Record<BreakCode, number>> = { ...summary.breakCounts }
  for (const { code } of order.breaks) breakCounts[code] = (breakCounts[code] ?? 0) + 1
  return {
    orderCount: summary.orderCount + 1,
    agreeingCount: summary.agreeingCount + (order.outcome === 'agrees' ? 1 : 0),
    unreadableCount: summary.unreadableCount + (order.outcome === 'unreadable' ? 1 : 0),
    reportedCount: summary.reportedCount + (order.isReported ? 1 : 0),
    breakCounts,
    lastOrderId: order.orderId,
  }
}

async function* compareAll(
  ports: ReconcilePorts,
  options: ReconcileOptions,
): AsyncGenerator<ReconciledOrder> {
  const gapMs = 1_000 / (options.ordersPerSecond ?? DEFAULT_ORDERS_PER_SECOND)
  let nextMs = 0
  for await (const orderId of orderIds(ports, options)) {
    await wait(Math.max(0, nextMs - performance.now()))
    nextMs = performance.now() + gapMs
    ports.assertOpen()
    yield await compareOne(ports, orderId, options.opensWork ?? false)
  }
}

/** The ids page by page, so that memory does not follow the number of orders. */
async function* orderIds(
  { store, assertOpen }: ReconcilePorts,
  { orderId, after, limit = Number.POSITIVE_INFINITY, word }: ReconcileOptions,
): AsyncGenerator<string> {
  if (orderId !== undefined) return yield orderId
  let last = after
  let leftCount = limit
  while (leftCount > 0) {
    assertOpen()
    const page = await store.orders({
      limit: Math.min(PAGE_COUNT, leftCount),
      ...(last === undefined ? {} : { after: last }),
      ...(word === undefined ? {} : { word }),
    })
    for (const listed of page) yield listed.orderId
    leftCount -= page.length
    last = page.at(-1)?.orderId
    if (last === undefined) return
  }
}

async function compareOne(
  ports: ReconcilePorts,
  orderId: string,
  opensWork: boolean,
): Promise<ReconciledOrder> {
  // An order of ours that cannot be read must not end the comparison of all others.
  const unreadable = await whyUnreadable(ports, orderId)
  if (unreadable !== null)
    return { orderId, outcome: 'unreadable', breaks: [], reason: unreadable, isReported: false }
  const read = await readAtKlarna(ports, orderId)
  if (!('observed' in read)) {
    const { reason } = read
    return { orderId, outcome: 'unreadable', breaks: [], reason, isReported: false }
  }
  const { observed, readAt } = read
  // Order matters: ours is loaded after Klarna's, so that no command that Klarna has done is unknown here.
  const { order, seq } = await requireKnown(ports, orderId)
  const confirmedAt = await confirmations(ports, orderId)
  const breaks = reconcileOrder({ order, observed, readAt, confirmedAt })
  const isReported =
    opensWork &&
    // The engine stops refunds by their total alone: it would read, and do nothing.
    orderBooks(order).refundedMinor !== observed.refundedMinor &&
    breaks.some((each) => isAboutRefunds(each) && each.certainty === 'certain')
  if (isReported) await ports.submit(observationOf(orderId, breaks, seq, ports.clock.now()))
  const outcome = breaks.length === 0 ? 'agrees' : 'breaks'
  return { orderId, outcome, breaks, reason: null, isReported }
}

/** Throws: `PostDeliveryFailure` for an order that is not registered. */
async function whyUnreadable(ports: ReconcilePorts, orderId: string): Promise<string | null> {
  try {
    await requireKnown(ports, orderId)
    return null
  } catch (error) {
    if (error instanceof SnapshotError) return error.code
    throw error
  }
}

async function requireKnown(
  { store }: ReconcilePorts,
  orderId: string,
): Promise<{ readonly order: OrderState; readonly seq: number }> {
  const stored = await store.order(orderId)
  if (stored !== undefined) return { order: decodeSnapshot(stored.snapshot), seq: stored.seq }
  throw new PostDeliveryFailure('unknown_order', `the order \`${orderId}\` is not registered`)
}

async function confirmations(
  { store }: ReconcilePorts,
  orderId: string,
): Promise<ReadonlyMap<string, IsoInstant>> {
  const attempts = await store.attempts(orderId)
  return new Map(
    attempts.flatMap(({ commandId, answeredAt, outcome }) =>
      answeredAt !== null && outcome?.type === 'done' ? [[commandId, answeredAt]] : [],
    ),
  )
}

type ReadAtKlarna =
  | { readonly observed: ObservedOrder; readonly readAt: IsoInstant }
  | { readonly reason: string }

async function readAtKlarna(
  { gateway, clock, assertOpen }: ReconcilePorts,
  orderId: string,
): Promise<ReadAtKlarna> {
  for (let limitedCount = 0; ; limitedCount += 1) {
    const readAt = clock.now()
    const read = await gateway.readOrder(orderId)
    if (read.type === 'read') return { observed: read.value, readAt }
    const waitMs = limitedMsOf(read.answer)
    if (waitMs === null || limitedCount >= LIMITED_MAX_COUNT)
      return { reason: reasonOf(read.answer) }
    await wait(waitMs)
    assertOpen()
  }
}

/** How long a quota that is used up is waited for, or null for any other answer. */
const limitedMsOf = (answer: GatewayAnswer): number | null =>
  answer.type === 'answered' && answer.status === 429
    ? Math.min(answer.rateLimitResetMs ?? 1_000, LIMITED_MAX_MS)
    : null

const reasonOf = (answer: GatewayAnswer): string =>
  answer.type === 'no_answer'
    ? answer.reason
    : `http_${answer.status}${answer.errorCode === null ? '' : `:${answer.errorCode}`}`

/** Named after what was found and when, so that the same find is the same event until the order changes. */
const observationOf = (
  orderId: string,
  breaks: readonly Break[],
  seq: number,
  at: IsoInstant,
): EngineEvent => {
  const found = sha256Hex(canonicalJson([breaks.map(({ what }) => what), seq]))
  return { id: `reconcile:${found}`, type: 'order.observed', orderId, at }
}
