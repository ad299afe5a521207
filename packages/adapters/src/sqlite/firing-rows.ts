/** How often rules fire: one count per rule and day, and the work that an unusual day opens. */
import {
  type Change,
  type Firing,
  isUnusual,
  makeWork,
  USUAL_DAYS_MAX,
  unusualRateWorkId,
} from '@postdelivery/core'
import type { Connection } from './connection.ts'
import { addNotice, openWorkItem } from './people-rows.ts'
import { countOf } from './rows.ts'

/** Counts the rules that fired. Returns: those whose day became unusual by it, each once a day. */
export function countFirings(connection: Connection, change: Change): readonly string[] {
  return change.firings.flatMap((firing) => {
    const { firedCount, isTold } = countOne(connection, firing)
    // Most firings end here: the days before are read only when this one could be unusual.
    if (isTold || firedCount < firing.unusualRate.minCount) return []
    const earlierCounts = readEarlierCounts(connection, firing)
    if (!isUnusual(firedCount, earlierCounts, firing.unusualRate)) return []
    tellPeople(connection, change, firing, { firedCount, earlierCounts })
    return [firing.rule]
  })
}

function countOne(
  connection: Connection,
  { rule, day }: Firing,
): { readonly firedCount: number; readonly isTold: boolean } {
  const row = connection.get(
    `INSERT INTO rule_days (rule, day, fired_count) VALUES (?, ?, 1)
     ON CONFLICT (rule, day) DO UPDATE SET fired_count = fired_count + 1 RETURNING fired_count, is_unusual`,
    rule,
    day,
  )
  return row === undefined
    ? { firedCount: 0, isTold: true }
    : { firedCount: countOf(row, 'fired_count'), isTold: countOf(row, 'is_unusual') === 1 }
}

const readEarlierCounts = (connection: Connection, { rule, day }: Firing): readonly number[] =>
  connection
    .all(
      'SELECT fired_count FROM rule_days WHERE rule = ? AND day < ? ORDER BY day DESC LIMIT ?',
      rule,
      day,
      USUAL_DAYS_MAX,
    )
    .map((row) => countOf(row, 'fired_count'))

function tellPeople(
  connection: Connection,
  { orderId, event, decision }: Change,
  firing: Firing,
  counts: { readonly firedCount: number; readonly earlierCounts: readonly number[] },
): void {
  const { rule, day } = firing
  const { firedCount, earlierCounts } = counts
  const usualCount = Math.round(
    earlierCounts.reduce((all, each) => all + each, 0) / earlierCounts.length,
  )
  const about = `${rule} fired ${firedCount} times on ${day}, on other days about ${usualCount} times`
  const id = unusualRateWorkId(firing)
  connection.run('UPDATE rule_days SET is_unusual = 1 WHERE rule = ? AND day = ?', rule, day)
  openWorkItem(
    connection,
    makeWork({
      kind: 'rule_rate_unusual',
      id,
      orderId,
      at: decision?.decidedAt ?? event.acceptedAt,
      about,
      eventId: event.eventId,
      details: { rule, day, firedCount, usualCount },
    }),
  )
  addNotice(connection, {
    id: `alarm:${id}`,
    orderId,
    channel: 'alarm',
    message: `rule_rate_unusual: ${about}`,
  })
}
