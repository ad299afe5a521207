/** One step's change, written row by row inside a transaction of the caller's; nothing here commits. */
import { assert, type Change, type CommitResult } from '@postdelivery/core'
import { freeClaims, takeClaims } from './claim-rows.ts'
import { recordAttempt, storeGeneration, storeRequest } from './command-rows.ts'
import type { Connection, Row } from './connection.ts'
import { acceptEvent, refreshHead, settleEvent, unparkEvents } from './event-rows.ts'
import { countFirings } from './firing-rows.ts'
import { addNotice, closeWorkItem, openWorkItem } from './people-rows.ts'
import { countOf } from './rows.ts'

/**
 * Writes a change.
 *
 * Returns: `committed` when every row is written; otherwise rows may be half written and the caller must roll back.
 * Throws: `AssertionError` when the change contradicts what is stored: other bytes under a known id, a second outcome.
 */
export function writeChange(connection: Connection, change: Change): CommitResult {
  assert(
    change.event.orderId === change.orderId,
    `event \`${change.event.eventId}\` is of another order`,
  )
  const known = connection.get(ORDER_QUERY, change.orderId)
  const knownSeq = known === undefined ? 0 : countOf(known, 'seq')
  if (knownSeq !== change.expectedSeq) return { type: 'conflict' }
  const arrival = settleEvent(connection, change.event)
  if (arrival === null) return { type: 'conflict' }
  const seq = writeOrder(connection, change, known)
  writeDecision(connection, change, arrival)
  writeCommands(connection, change)

  // Order matters: what a step gives back is there for the same step to take.
  for (const commandId of change.freedCommandIds) freeClaims(connection, commandId)
  const refused = takeClaims(connection, change.reservations)
  if (refused !== null) return refused

  writePeople(connection, change)
  if (change.unparks) unparkEvents(connection, change.orderId)
  const unusualRules = countFirings(connection, change)
  for (const event of change.submits) acceptEvent(connection, event)
  refreshHead(connection, change.orderId)
  return { type: 'committed', seq, ...(unusualRules.length === 0 ? {} : { unusualRules }) }
}

function writeOrder(connection: Connection, change: Change, known: Row | undefined): number {
  const { orderId, expectedSeq, order, listing } = change
  if (order === null) return expectedSeq
  assert(listing !== null, `order \`${orderId}\` comes without what it is listed by`)
  const seq = expectedSeq + 1
  const values = {
    seq,
    snapshot: order.snapshot,
    wake_at: order.wakeAt,
    is_sending: order.isSending ? 1 : 0,
    word: listing.word,
    currency: listing.currency,
    has_open_command: listing.hasOpenCommand ? 1 : 0,
    alert_at: listing.alertAt,
  }
  if (known === undefined) {
    connection.run(
      `INSERT INTO orders (${ORDER_COLUMNS.join(', ')}, order_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...ORDER_COLUMNS.map((column) => values[column]),
      orderId,
    )
    return seq
  }
  // SQLite rewrites the indexes of every column that is named, changed or not; so only those that changed are named.
  const changed = ORDER_COLUMNS.filter((column) => values[column] !== known[column])
  connection.run(
    `UPDATE orders SET ${changed.map((column) => `${column} = ?`).join(', ')} WHERE order_id = ?`,
    ...changed.map((column) => values[column]),
    orderId,
  )
  return seq
}

function writeDecision(connection: Connection, { event, decision }: Change, arrival: number): void {
  if (decision === null) return
  assert(
    decision.orderId === event.orderId && decision.eventId === event.eventId,
    `the decision is about another event than \`${event.eventId}\``,
  )
  connection.run(
    'INSERT INTO decisions (arrival, decided_at, seq, decision) VALUES (?, ?, ?, ?)',
    arrival,
    decision.decidedAt,
    decision.seq,
    JSON.stringify(decision),
  )
}

function writeCommands(connection: Connection, change: Change): void {
  for (const command of change.commands) {
    assert(
      command.command.orderId === change.orderId,
      `command \`${command.command.id}\` is of another order`,
    )
    storeRequest(connection, command)
  }
  for (const generation of change.generations) storeGeneration(connection, generation)
  if (change.attempt !== null) recordAttempt(connection, change.attempt)
}

function writePeople(connection: Connection, change: Change): void {
  const closing = {
    at: change.decision?.decidedAt ?? change.attempt?.at ?? change.event.acceptedAt,
    by: 'engine',
    why: `event ${change.event.eventId}`,
  }
  // Order matters: work that a step closes and opens under one id is open afterwards.
  for (const workId of change.closesWork) closeWorkItem(connection, workId, closing)
  for (const work of change.opensWork) openWorkItem(connection, work)
  for (const notice of change.notices) addNotice(connection, notice)
}

const ORDER_COLUMNS = [
  'seq',
  'snapshot',
  'wake_at',
  'is_sending',
  'word',
  'currency',
  'has_open_command',
  'alert_at',
] as const
/** Without the snapshot: it changes with every step, and reading it only to compare it costs more than writing it. */
const ORDER_QUERY =
  'SELECT seq, wake_at, is_sending, word, currency, has_open_command, alert_at FROM orders WHERE order_id = ?'
