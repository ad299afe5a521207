/**
 * Measures what both versions did on each day against the limits that orders share.
 *
 * Orders are replayed each by itself, so these limits hold nothing back in a replay; here it is counted how often they
 * would have been passed, which does not depend on the order in which the orders were replayed.
 */
import type { Limits, MinorByCurrency } from '@postdelivery/core'
import type { Side } from './replay.ts'
import type { Cell, Tally } from './tally.ts'

/** What rules allow themselves on a day, `perDay` by `set/name`. */
export type RuleDayLimits = ReadonlyMap<string, number>

/** What passed one limit in one version. */
export interface Passed {
  /** Days on which the limit was passed. */
  readonly dayCount: number
  /** What was above it on those days, summed: minor units of money, or actions. */
  readonly beyond: number
}

/** One limit of a day that was passed in at least one version. */
export interface DayLimitRow {
  /** `merchant`, or the rule as `set/name`. */
  readonly owner: string
  readonly what: 'commands' | 'refund' | 'extension_fee'
  /** ISO 4217 code, for money. */
  readonly currency?: string
  readonly before: Passed
  readonly after: Passed
}

type DayLimit = Limits['perMerchantAndDay']
interface Use {
  readonly owner: string
  readonly what: DayLimitRow['what']
  readonly currency: string
  readonly ceiling: number
  used: number
}
interface Input {
  readonly limits: Limits
  readonly ruleLimits: Readonly<Record<Side, RuleDayLimits>>
}

/** Lists the limits of a day that were passed, sorted by owner, kind and currency. Amounts in minor units. */
export function dayLimitRows(tally: Tally, input: Input): readonly DayLimitRow[] {
  const rows = new Map<string, DayLimitRow>()
  for (const side of ['before', 'after'] as const) {
    for (const { owner, what, currency, used, ceiling } of usesOf(tally, input, side)) {
      if (used <= ceiling) continue
      const key = `${owner}\n${what}\n${currency}`
      const row = rows.get(key) ?? {
        owner,
        what,
        ...(currency === '' ? {} : { currency }),
        before: NOTHING,
        after: NOTHING,
      }
      const { dayCount, beyond } = row[side]
      const passed = { dayCount: dayCount + 1, beyond: beyond + used - ceiling }
      rows.set(key, { ...row, [side]: passed })
    }
  }
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

const NOTHING: Passed = { dayCount: 0, beyond: 0 }

function usesOf(tally: Tally, { limits, ruleLimits }: Input, side: Side): Iterable<Use> {
  const uses = new Map<string, Use>()
  for (const cell of tally[side].values()) {
    // What waits for people takes its claim only when they agree, and then it may pass the limit.
    if (cell.outcome !== 'queued') continue
    addUses(uses, cell, 'merchant', limits.perMerchantAndDay)
    const { rule } = cell
    if (rule === null) continue
    const { perRuleAndDay } = limits
    const own = ruleLimits[side].get(rule) ?? Number.POSITIVE_INFINITY
    const commandMaxCount = Math.min(perRuleAndDay.commandMaxCount, own)
    addUses(uses, cell, rule, { ...perRuleAndDay, commandMaxCount })
  }
  return uses.values()
}

function addUses(uses: Map<string, Use>, cell: Cell, owner: string, limit: DayLimit): void {
  const { currency, commandCount, refundMinor, feeMinor } = cell
  const { commandMaxCount, refundMaxMinor, extensionFeeMaxMinor } = limit
  const add = (what: Use['what'], used: number, of: string, ceiling: number) => {
    if (used === 0) return
    const key = `${cell.on}\n${owner}\n${what}\n${of}`
    const use = uses.get(key)
    if (use === undefined) uses.set(key, { owner, what, currency: of, ceiling, used })
    else use.used += used
  }
  add('commands', commandCount, '', commandMaxCount)
  add('refund', refundMinor, currency, allowed(refundMaxMinor, currency))
  add('extension_fee', feeMinor, currency, allowed(extensionFeeMaxMinor, currency))
}

/** A currency that is not listed is allowed nothing. */
const allowed = (limits: MinorByCurrency, currency: string): number =>
  Object.hasOwn(limits, currency) ? (limits[currency] ?? 0) : 0
