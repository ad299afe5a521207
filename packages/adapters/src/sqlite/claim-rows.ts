/** Claims on shared limits: a running total per bucket, never above its ceiling, given back by command. */
import { assert, type CommitResult, type Reservation } from '@postdelivery/core'
import type { Connection } from './connection.ts'
import { countOf, textOf } from './rows.ts'

/**
 * Takes the claims in their order.
 *
 * Returns: the first claim that would pass its ceiling, or null when all were taken. The caller rolls back on the first:
 *   those before it are taken by then.
 * Throws: `AssertionError` for a claim that its command holds already with another amount.
 */
export function takeClaims(
  connection: Connection,
  reservations: readonly Reservation[],
): Extract<CommitResult, { readonly type: 'limit_reached' }> | null {
  for (const { commandId, bucket, amount, ceiling } of reservations) {
    assert(Number.isSafeInteger(amount) && amount >= 0, `a claim has no amount ${amount}`)
    assert(Number.isSafeInteger(ceiling) && ceiling >= 0, `a limit has no ceiling ${ceiling}`)
    if (isHeld(connection, commandId, bucket, amount)) continue
    if (!raise(connection, bucket, amount, ceiling))
      return { type: 'limit_reached', commandId, bucket, ceiling }
    connection.run(
      'INSERT INTO claims (command_id, bucket, amount) VALUES (?, ?, ?)',
      commandId,
      bucket,
      amount,
    )
  }
  return null
}

/** Gives back every claim of a command; a second time there is nothing left to give back. */
export function freeClaims(connection: Connection, commandId: string): void {
  const claims = connection.all('SELECT bucket, amount FROM claims WHERE command_id = ?', commandId)
  for (const claim of claims) {
    connection.run(
      'UPDATE buckets SET total = total - ? WHERE bucket = ?',
      countOf(claim, 'amount'),
      textOf(claim, 'bucket'),
    )
  }
  connection.run('DELETE FROM claims WHERE command_id = ?', commandId)
}

function isHeld(
  connection: Connection,
  commandId: string,
  bucket: string,
  amount: number,
): boolean {
  const held = connection.get(
    'SELECT amount FROM claims WHERE command_id = ? AND bucket = ?',
    commandId,
    bucket,
  )
  if (held === undefined) return false
  assert(
    countOf(held, 'amount') === amount,
    `command \`${commandId}\` holds another amount of \`${bucket}\``,
  )
  return true
}

/** Adds to a bucket's total unless that would pass the ceiling; a bucket begins with its first claim. */
function raise(connection: Connection, bucket: string, amount: number, ceiling: number): boolean {
  const raised = connection.run(
    'UPDATE buckets SET total = total + ? WHERE bucket = ? AND total + ? <= ?',
    amount,
    bucket,
    amount,
    ceiling,
  )
  if (raised === 1) return true
  if (amount > ceiling) return false
  const begun = connection.run(
    'INSERT INTO buckets (bucket, total) VALUES (?, ?) ON CONFLICT (bucket) DO NOTHING',
    bucket,
    amount,
  )
  return begun === 1
}
