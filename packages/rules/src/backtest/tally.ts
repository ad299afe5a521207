/**
 * Counts what two versions of the rules did, order by order.
 *
 * A tally is a bag of counters: merging two is adding them up, in any order and any grouping, so that any number of
 * workers comes to the same result. Deliberately decides nothing about limits and knows no sentences.
 */
import {
  type ChangedDecision,
  changedDecisions,
  type ReplayedAction,
  type ReplayedDecision,
  type ReplayedOrder,
  type Side,
} from './replay.ts'

/** Actions that are alike in all that a report tells apart, with their number and money. */
export interface Cell extends Pick<ReplayedAction, 'rule' | 'type' | 'outcome' | 'why'> {
  readonly on: string
  /** ISO 4217 code of the orders. */
  readonly currency: string
  /** How many actions. */
  count: number
  /** How many commands they became. */
  commandCount: number
  /** In minor units of `currency`. */
  refundMinor: number
  /** In minor units of `currency`. */
  feeMinor: number
}

/** One order to which the two versions answered differently. */
export interface ChangedOrder {
  readonly orderId: string
  readonly currency: string
  /** By how much refunds and fees differ, in minor units, waiting ones included; the direction does not count. */
  readonly differenceMinor: number
  readonly decisions: readonly ChangedDecision[]
  readonly source: string
}

/** What was counted so far. Changed in place by `tallyOrder` and `mergeTally`; plain data that can be sent to another thread. */
export interface Tally {
  orderCount: number
  eventCount: number
  changedOrderCount: number
  changedDecisionCount: number
  /** The first and the last day on which something happened; empty before the first order. */
  firstOn: string
  lastOn: string
  readonly decisionCount: { before: number; after: number }
  /** Changed decisions by day. */
  readonly changedByDay: Map<string, number>
  readonly before: Map<string, Cell>
  readonly after: Map<string, Cell>
  /** The changed orders that matter most, at most `exampleMaxCount`. */
  readonly examples: ChangedOrder[]
  readonly exampleMaxCount: number
}

/** A tally of nothing. `exampleMaxCount`: how many changed orders are kept. */
export const startTally = (exampleMaxCount = 20): Tally => ({
  orderCount: 0,
  eventCount: 0,
  changedOrderCount: 0,
  changedDecisionCount: 0,
  firstOn: '',
  lastOn: '',
  decisionCount: { before: 0, after: 0 },
  changedByDay: new Map(),
  before: new Map(),
  after: new Map(),
  examples: [],
  exampleMaxCount,
})

/** Counts one order. */
export function tallyOrder(tally: Tally, order: ReplayedOrder): void {
  tally.orderCount += 1
  tally.eventCount += order.eventCount
  widenPeriod(tally, order)
  tallySide(tally, order, 'before')
  tallySide(tally, order, 'after')
  const changed = changedDecisions(order)
  if (changed.length === 0) return
  tally.changedOrderCount += 1
  tally.changedDecisionCount += changed.length
  for (const { on } of changed) addCount(tally.changedByDay, on, 1)
  const { orderId, currency, source } = order
  const differenceMinor = Math.abs(sumMinor(order.after) - sumMinor(order.before))
  keepExample(tally, { orderId, currency, differenceMinor, decisions: changed, source })
}

/**
 * Adds a tally to another.
 *
 * Merging is associative and commutative when both keep the same number of examples. Throws: never.
 */
export function mergeTally(tally: Tally, other: Tally): void {
  tally.orderCount += other.orderCount
  tally.eventCount += other.eventCount
  tally.changedOrderCount += other.changedOrderCount
  tally.changedDecisionCount += other.changedDecisionCount
  tally.decisionCount.before += other.decisionCount.before
  tally.decisionCount.after += other.decisionCount.after
  widenPeriod(tally, other)
  for (const [on, count] of other.changedByDay) addCount(tally.changedByDay, on, count)
  for (const side of ['before', 'after'] as const)
    for (const [key, cell] of other[side]) addCell(tally[side], key, cell)
  for (const example of other.examples) keepExample(tally, example)
}

function widenPeriod(
  tally: Tally,
  { firstOn, lastOn }: { readonly firstOn: string; readonly lastOn: string },
): void {
  if (firstOn !== '' && (tally.firstOn === '' || firstOn < tally.firstOn)) tally.firstOn = firstOn
  if (lastOn > tally.lastOn) tally.lastOn = lastOn
}

function tallySide(tally: Tally, order: ReplayedOrder, side: Side): void {
  const { currency } = order
  for (const { on, actions } of order[side]) {
    tally.decisionCount[side] += 1
    for (const { rule, type, outcome, why, ...figures } of actions) {
      const key = `${on}\n${rule ?? ''}\n${type}\n${outcome}\n${why}\n${currency}`
      addCell(tally[side], key, { on, rule, type, outcome, why, currency, count: 1, ...figures })
    }
  }
}

function addCell(cells: Map<string, Cell>, key: string, added: Cell): void {
  const cell = cells.get(key)
  if (cell === undefined) {
    cells.set(key, { ...added })
    return
  }
  cell.count += added.count
  cell.commandCount += added.commandCount
  cell.refundMinor += added.refundMinor
  cell.feeMinor += added.feeMinor
}

function addCount(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

const sumMinor = (decisions: readonly ReplayedDecision[]): number =>
  decisions.reduce((all, { actions }) => actions.reduce((sum, each) => sum + moneyOf(each), all), 0)

/** Actions that become no commands have no money. */
const moneyOf = ({ refundMinor, feeMinor }: ReplayedAction): number => refundMinor + feeMinor

/** Keeps the examples sorted, so that the same ones stay whatever the order in which they come. */
function keepExample({ examples, exampleMaxCount }: Tally, example: ChangedOrder): void {
  const last = examples[examples.length - 1]
  const isFull = examples.length >= exampleMaxCount
  if (isFull && (last === undefined || compareExamples(last, example) <= 0)) return
  const index = examples.findIndex((each) => compareExamples(each, example) > 0)
  examples.splice(index === -1 ? examples.length : index, 0, example)
  if (examples.length > exampleMaxCount) examples.pop()
}

/** Most money first, then most decisions; what is left is settled by the ids and texts, so that no tie is left to chance. */
function compareExamples(a: ChangedOrder, b: ChangedOrder): number {
  if (a.differenceMinor !== b.differenceMinor) return b.differenceMinor - a.differenceMinor
  if (a.decisions.length !== b.decisions.length) return b.decisions.length - a.decisions.length
  if (a.orderId !== b.orderId) return a.orderId < b.orderId ? -1 : 1
  if (a.source === b.source) return 0
  return a.source < b.source ? -1 : 1
}
