/** What people are told and what they set: work, notices, the kill switch, the rule sets that were in force. */
import type { IsoInstant, Notice, RuleSetRef, Stop, Work } from '@postdelivery/core'
import type { Connection } from './connection.ts'
import { textOf } from './rows.ts'

/** Who closed a work item and why. */
export interface Closing {
  readonly at: IsoInstant
  readonly by: string
  readonly why: string
}

/** Opens work; an id that is open stays as it is, one that was closed opens anew. */
export function openWorkItem(connection: Connection, work: Work): void {
  connection.run(
    `INSERT INTO work (id, order_id, kind, opened_at, what, next, event_id, command_id, details)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) WHERE closed_at IS NULL DO NOTHING`,
    work.id,
    work.orderId,
    work.kind,
    work.openedAt,
    work.what,
    work.next,
    work.eventId ?? null,
    work.commandId ?? null,
    work.details === undefined ? null : JSON.stringify(work.details),
  )
}

/** Closes work and tells whether it was open. */
export const closeWorkItem = (connection: Connection, workId: string, closing: Closing): boolean =>
  connection.run(
    'UPDATE work SET closed_at = ?, closed_by = ?, closed_why = ? WHERE id = ? AND closed_at IS NULL',
    closing.at,
    closing.by,
    closing.why,
    workId,
  ) === 1

/** Queues a notice, once per id. */
export function addNotice(connection: Connection, notice: Notice): void {
  connection.run(
    `INSERT INTO notices (id, order_id, channel, message) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    notice.id,
    notice.orderId,
    notice.channel,
    notice.message,
  )
}

/** Takes a notice off the queue; the first time counts. */
export function markNoticeDelivered(
  connection: Connection,
  noticeId: string,
  at: IsoInstant,
): void {
  connection.run(
    'UPDATE notices SET delivered_at = ? WHERE id = ? AND delivered_at IS NULL',
    at,
    noticeId,
  )
}

/** Sets a stop; one that stands for the same scope gives way to the newer words, and both are kept. */
export function addStop(connection: Connection, stop: Stop): void {
  endStop(connection, stop.scope, stop.by, stop.at)
  connection.run(
    'INSERT INTO stops (scope, set_by, why, set_at) VALUES (?, ?, ?, ?)',
    stop.scope,
    stop.by,
    stop.why,
    stop.at,
  )
}

/** Lifts a stop and tells whether it stood. */
export const endStop = (
  connection: Connection,
  scope: string,
  by: string,
  at: IsoInstant,
): boolean =>
  connection.run(
    'UPDATE stops SET cleared_at = ?, cleared_by = ? WHERE scope = ? AND cleared_at IS NULL',
    at,
    by,
    scope,
  ) === 1

/** Keeps a rule set's content under its name and version, for ever the same. */
export function keepRuleSet(
  connection: Connection,
  ref: RuleSetRef,
  content: string,
  at: IsoInstant,
): 'saved' | 'known' | 'version_reused' {
  const added = connection.run(
    `INSERT INTO rule_sets (name, version, hash, content, saved_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name, version) DO NOTHING`,
    ref.name,
    ref.version,
    ref.hash,
    content,
    at,
  )
  if (added === 1) return 'saved'
  const known = connection.get(
    'SELECT hash FROM rule_sets WHERE name = ? AND version = ?',
    ref.name,
    ref.version,
  )
  return known !== undefined && textOf(known, 'hash') === ref.hash ? 'known' : 'version_reused'
}

/** The content of a rule set as it was saved; undefined when this version was never saved or has another hash. */
export function readRuleSet(connection: Connection, ref: RuleSetRef): string | undefined {
  const row = connection.get(
    'SELECT hash, content FROM rule_sets WHERE name = ? AND version = ?',
    ref.name,
    ref.version,
  )
  return row !== undefined && textOf(row, 'hash') === ref.hash ? textOf(row, 'content') : undefined
}
