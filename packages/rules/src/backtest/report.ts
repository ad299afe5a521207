/** What a backtest found, as rows that people and programs read: every table is a roll-up of the same cells. */
import type { Limits } from '@postdelivery/core'
import { type DayLimitRow, dayLimitRows, type RuleDayLimits } from './day-limits.ts'
import type { Side } from './replay.ts'
import type { Cell, ChangedOrder, Tally } from './tally.ts'

/** A number of the version before and of the version after. */
export interface Pair {
  readonly before: number
  readonly after: number
}

/** How often an action came to an outcome. */
export interface ActionRow {
  readonly action: string
  readonly outcome: string
  readonly count: Pair
}

/** The money of an action in one currency. */
export interface MoneyRow {
  readonly action: string
  readonly currency: string
  /** `queued`: done. `awaiting_approval`: would wait for people. */
  readonly outcome: string
  readonly count: Pair
  /** In minor units of `currency`. */
  readonly refundMinor: Pair
  /** In minor units of `currency`. */
  readonly feeMinor: Pair
}

/** How often a rule fired, and how often that queued something. */
export interface RuleRow {
  /** `set/name`. */
  readonly rule: string
  readonly firedCount: Pair
  readonly queuedCount: Pair
}

/** How often an action waited for people, or was refused, for one reason. */
export interface ReasonRow {
  readonly action: string
  /** The limit or threshold that was reached, or the code of the refusal. */
  readonly why: string
  readonly count: Pair
}

/** One day of the period. Days on which nothing was done and nothing changed are left out. */
export interface DayRow {
  readonly on: string
  readonly changedDecisionCount: number
  readonly queuedCount: Pair
}

/** The whole result. */
export interface BacktestReport {
  readonly schemaVersion: 1
  readonly orderCount: number
  readonly eventCount: number
  /** The first and the last day of the orders' events; empty without orders. */
  readonly firstOn: string
  readonly lastOn: string
  /** Decisions in which some rule fired or a person asked. */
  readonly decisionCount: Pair
  readonly changedOrderCount: number
  readonly changedDecisionCount: number
  readonly actions: readonly ActionRow[]
  readonly money: readonly MoneyRow[]
  readonly rules: readonly RuleRow[]
  readonly waits: readonly ReasonRow[]
  readonly refusals: readonly ReasonRow[]
  /** Limits that orders share on one day, counted after the replay and not applied in it. */
  readonly dayLimits: readonly DayLimitRow[]
  readonly days: readonly DayRow[]
  /** The changed orders that matter most. */
  readonly examples: readonly ChangedOrder[]
}

/** What day limits are measured against. */
export interface ReportInput {
  readonly limits: Limits
  /** What rules allow themselves on a day, by version and `set/name`. */
  readonly ruleLimits: Readonly<Record<Side, RuleDayLimits>>
}

/**
 * Turns a tally into rows.
 *
 * Pure; the rows are sorted, so that equal tallies give equal reports. Throws: never.
 */
export function reportOf(tally: Tally, input: ReportInput): BacktestReport {
  const { orderCount, eventCount, firstOn, lastOn, decisionCount } = tally
  const { changedOrderCount, changedDecisionCount, examples } = tally
  return {
    schemaVersion: 1,
    orderCount,
    eventCount,
    firstOn,
    lastOn,
    decisionCount: { ...decisionCount },
    changedOrderCount,
    changedDecisionCount,
    actions: actionRows(tally),
    money: moneyRows(tally),
    rules: ruleRows(tally),
    waits: reasonRows(tally, 'awaiting_approval'),
    refusals: reasonRows(tally, 'refused'),
    dayLimits: dayLimitRows(tally, input),
    days: dayRows(tally),
    examples: [...examples],
  }
}

/** Adds up what `read` says of each cell under its key, for both versions. */
function rollUp(
  tally: Tally,
  keyOf: (cell: Cell) => string | null,
  read: (cell: Cell) => number,
): ReadonlyMap<string, Pair> {
  const sums = new Map<string, { before: number; after: number }>()
  for (const side of ['before', 'after'] as const) {
    for (const cell of tally[side].values()) {
      const key = keyOf(cell)
      if (key === null) continue
      const sum = sums.get(key) ?? { before: 0, after: 0 }
      sum[side] += read(cell)
      sums.set(key, sum)
    }
  }
  return new Map([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const countOf = ({ count }: Cell): number => count
const NONE: Pair = { before: 0, after: 0 }

/** Parts of a key. No part has a line break: names of rules are on one line. */
const joined = (...parts: readonly string[]): string => parts.join('\n')
const partsOf = (key: string): readonly string[] => key.split('\n')

function actionRows(tally: Tally): readonly ActionRow[] {
  const counts = rollUp(tally, ({ type, outcome }) => joined(type, outcome), countOf)
  return [...counts].map(([key, count]) => {
    const [action = '', outcome = ''] = partsOf(key)
    return { action, outcome, count }
  })
}

function moneyRows(tally: Tally): readonly MoneyRow[] {
  const keyOf = ({ type, currency, outcome, refundMinor, feeMinor }: Cell) =>
    (outcome === 'queued' || outcome === 'awaiting_approval') && refundMinor + feeMinor > 0
      ? joined(type, currency, outcome)
      : null
  const fees = rollUp(tally, keyOf, ({ feeMinor }) => feeMinor)
  const refunds = rollUp(tally, keyOf, ({ refundMinor }) => refundMinor)
  return [...rollUp(tally, keyOf, countOf)].map(([key, count]) => {
    const [action = '', currency = '', outcome = ''] = partsOf(key)
    const refundMinor = refunds.get(key) ?? NONE
    const feeMinor = fees.get(key) ?? NONE
    return { action, currency, outcome, count, refundMinor, feeMinor }
  })
}

function ruleRows(tally: Tally): readonly RuleRow[] {
  const queued = rollUp(tally, ({ rule, outcome }) => (outcome === 'queued' ? rule : null), countOf)
  return [...rollUp(tally, ({ rule }) => rule, countOf)].map(([rule, firedCount]) => ({
    rule,
    firedCount,
    queuedCount: queued.get(rule) ?? NONE,
  }))
}

function reasonRows(tally: Tally, wanted: 'awaiting_approval' | 'refused'): readonly ReasonRow[] {
  const keyOf = ({ type, outcome, why }: Cell) => (outcome === wanted ? joined(type, why) : null)
  return [...rollUp(tally, keyOf, countOf)].map(([key, count]) => {
    const [action = '', why = ''] = partsOf(key)
    return { action, why, count }
  })
}

function dayRows(tally: Tally): readonly DayRow[] {
  const queued = rollUp(tally, ({ on, outcome }) => (outcome === 'queued' ? on : null), countOf)
  const days = [...new Set([...queued.keys(), ...tally.changedByDay.keys()])].toSorted()
  return days.map((on) => ({
    on,
    changedDecisionCount: tally.changedByDay.get(on) ?? 0,
    queuedCount: queued.get(on) ?? NONE,
  }))
}
