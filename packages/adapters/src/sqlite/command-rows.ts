/** Commands as they are sent: exact bytes and keys, written once, and every attempt at them. */
import { type AttemptChange, assert, type Change, type NewCommand } from '@postdelivery/core'
import type { Connection } from './connection.ts'
import { textOf } from './rows.ts'

/**
 * Stores a command's first request.
 *
 * Throws: `AssertionError` when the command is known with other bytes or another key; Klarna would answer the old one.
 */
export function storeRequest(
  connection: Connection,
  { command, request, idempotencyKey }: NewCommand,
): void {
  const added = connection.run(
    `INSERT INTO requests (command_id, generation, order_id, idempotency_key, method, path, body, hash)
     VALUES (?, 0, ?, ?, ?, ?, ?, ?) ON CONFLICT (command_id, generation) DO NOTHING`,
    command.id,
    command.orderId,
    idempotencyKey,
    request.method,
    request.path,
    request.body,
    request.hash,
  )
  if (added === 1) return
  requireSame(connection, { commandId: command.id, generation: 0, idempotencyKey }, request.hash)
}

/** Stores a further key of a command with the request that it had from the first. Throws: `AssertionError` as above. */
export function storeGeneration(
  connection: Connection,
  generation: Change['generations'][number],
): void {
  assert(generation.generation > 0, 'the first generation comes with its command')
  const added = connection.run(
    `INSERT INTO requests (command_id, generation, order_id, idempotency_key, method, path, body, hash)
     SELECT command_id, ?, order_id, ?, method, path, body, hash FROM requests WHERE command_id = ? AND generation = 0
     ON CONFLICT (command_id, generation) DO NOTHING`,
    generation.generation,
    generation.idempotencyKey,
    generation.commandId,
  )
  if (added === 0) requireSame(connection, generation)
}

/**
 * Records that an attempt begins, or its outcome.
 *
 * Throws: `AssertionError` when it began before, was answered before, or never began.
 */
export function recordAttempt(connection: Connection, change: AttemptChange): void {
  const { commandId, generation, attempt } = change
  const name = `attempt ${attempt} of command \`${commandId}\`, generation ${generation}`
  if (change.type === 'started') {
    const added = connection.run(
      `INSERT INTO attempts (command_id, generation, attempt, started_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (command_id, generation, attempt) DO NOTHING`,
      commandId,
      generation,
      attempt,
      change.at,
    )
    assert(added === 1, `${name} began before`)
    return
  }
  const answered = connection.run(
    `UPDATE attempts SET answered_at = ?, outcome = ?, correlation_id = ?
     WHERE command_id = ? AND generation = ? AND attempt = ? AND answered_at IS NULL`,
    change.at,
    JSON.stringify(change.outcome),
    change.correlationId,
    commandId,
    generation,
    attempt,
  )
  assert(answered === 1, `${name} never began, or has its outcome already`)
}

function requireSame(
  connection: Connection,
  wanted: Change['generations'][number],
  hash?: string,
): void {
  const { commandId, generation, idempotencyKey } = wanted
  const known = connection.get(
    'SELECT idempotency_key, hash FROM requests WHERE command_id = ? AND generation = ?',
    commandId,
    generation,
  )
  assert(
    known !== undefined,
    `command \`${commandId}\` has no request that generation ${generation} could repeat`,
  )
  assert(
    textOf(known, 'idempotency_key') === idempotencyKey &&
      (hash === undefined || textOf(known, 'hash') === hash),
    `command \`${commandId}\`, generation ${generation}, is known with other bytes or another key`,
  )
}
