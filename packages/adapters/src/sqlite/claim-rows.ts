/** Claims on shared limits: a running total per bucket, never above its ceiling, given back by command. */
import { assert, type CommitResult, type Reservation } from '@postdelivery/core'
import type { Connection } from './connection.ts'
import { countOf, textOf } from './rows.ts'

/**
 * Takes the claims in their order. Those that are approved are taken above their ceiling as well, and not at all when
 * their command holds claims already: what it was decided with still stands.
 *
 * Returns: the first claim that would pass its ceiling, or null when all were taken. The caller rolls back on the first:
 *   those before it are taken by then.
 * Throws: `AssertionError` for a claim that its command holds already with another amount.
 */
export function takeClaims(
  connection: Connection,
  reservations: readonly Reservation[],
): Extract<CommitResult, { readonly type: 'limit_reached' }> | null {
  const approved = reservations.filter((claim) => claim.isApproved === true)
  const holders = new Set(
    approved.map(({ commandId }) => commandId).filter((id) => holdsAny(connection, id)),
  )
  for (const claim of reservations) {
    const { commandId, bucket, amount, ceiling, isApproved = false } = claim
    assert(Number.isSafeInteger(amount) && amount >= 0, `a claim has no amount ${amount}`)
    assert(Number.isSafeInteger(ceiling) && ceiling >= 0, `a limit has no ceiling ${ceiling}`)
    if (isApproved && holders.has(commandId)) continue
    if (isHeld(connection, commandId, bucket, amount)) continue
    const isWithin = raise(connection, bucket, amount, ceiling)
    if (!isWithin && !isApproved) return { type: 'limit_reached', commandId, bucket, ceiling }
    if (!isWithin) raise(connection, bucket, amount, Number.MAX_SAFE_INTEGER)
    connection.run(
      'INSERT INTO claims (command_id, bucket, amount, is_over_limit) VALUES (?, ?, ?, ?)',
      commandId,
      bucket,
      amount,
      isWithin ? 0 : 1,
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

const holdsAny = (connection: Connection, commandId: string): boolean =>
  connection.get('SELECT 1 AS held FROM claims WHERE command_id = ? LIMIT 1', commandId) !==
  undefined

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
