/** What two versions of the rules did with one past order, and where that differs. Deliberately knows no store and no file. */
import type { ActionType, DecidedAction } from '@postdelivery/core'

/** The two versions of a backtest. */
export type Side = 'before' | 'after'

/** One action of one decision, with the money that its commands would move. */
export interface ReplayedAction {
  /** The rule that asked, `set/name`, or null when a person asked. */
  readonly rule: string | null
  readonly type: ActionType
  readonly outcome: DecidedAction['outcome']
  /** The code of the refusal, or why the action waits for people; empty when neither. */
  readonly why: string
  /** How many commands it became; a refund becomes one for each capture. */
  readonly commandCount: number
  /** Refunded by its commands, in minor units of the order's currency. */
  readonly refundMinor: number
  /** Fees of its extensions, in minor units of the order's currency. */
  readonly feeMinor: number
}

/** One decision of one version. Only events to which some rule fired, or a person asked, need one. */
export interface ReplayedDecision {
  readonly eventId: string
  readonly eventType: string
  /** The day of the decision in the merchant's time zone. */
  readonly on: string
  readonly actions: readonly ReplayedAction[]
}

/** One past order with what both versions did. */
export interface ReplayedOrder {
  readonly orderId: string
  /** ISO 4217 code of the order. */
  readonly currency: string
  /** The first and the last day on which something happened to it. */
  readonly firstOn: string
  readonly lastOn: string
  /** How many events both versions were told. */
  readonly eventCount: number
  readonly before: readonly ReplayedDecision[]
  readonly after: readonly ReplayedDecision[]
  /** The order as its source wrote it, so that an example can be explained. */
  readonly source: string
}

/** One event to which the two versions answered differently. */
export interface ChangedDecision {
  readonly eventId: string
  readonly eventType: string
  readonly on: string
  readonly before: readonly ReplayedAction[]
  readonly after: readonly ReplayedAction[]
}

/**
 * Lists the events of an order to which the two versions answered differently, by day.
 *
 * What counts is what is done, refused or asked of people: action, outcome, reason and amounts. The name of a rule
 * does not count, nor do drafts, shadows and rules that lost to another.
 */
export function changedDecisions({ before, after }: Decided): readonly ChangedDecision[] {
  if (before.length === 0 && after.length === 0) return []
  const changed: ChangedDecision[] = []
  const rest = new Map(after.map((decision) => [decision.eventId, decision]))
  for (const decision of before) {
    const other = rest.get(decision.eventId)
    rest.delete(decision.eventId)
    addIfChanged(changed, decision, decision.actions, other?.actions ?? [])
  }
  for (const decision of rest.values()) addIfChanged(changed, decision, [], decision.actions)
  return changed.toSorted((a, b) => (a.on === b.on ? 0 : a.on < b.on ? -1 : 1))
}

type Decided = Pick<ReplayedOrder, Side>

function addIfChanged(
  changed: ChangedDecision[],
  { eventId, eventType, on }: ReplayedDecision,
  ...[all, others]: readonly [readonly ReplayedAction[], readonly ReplayedAction[]]
): void {
  const before = all.filter(counts)
  const after = others.filter(counts)
  if (!isSame(before, after)) changed.push({ eventId, eventType, on, before, after })
}

/** Tells whether an action did something, or was kept from it for a reason that a person would see. */
const counts = ({ outcome }: ReplayedAction): boolean =>
  outcome !== 'not_live' && outcome !== 'superseded'

function isSame(before: readonly ReplayedAction[], after: readonly ReplayedAction[]): boolean {
  if (before.length !== after.length) return false
  const signs = after.map(signOf).toSorted()
  return before
    .map(signOf)
    .toSorted()
    .every((sign, index) => sign === signs[index])
}

const signOf = ({ type, outcome, why, refundMinor, feeMinor }: ReplayedAction): string =>
  `${type} ${outcome} ${why} ${refundMinor} ${feeMinor}`
