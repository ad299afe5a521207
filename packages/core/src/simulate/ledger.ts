/** The shared limits of a simulation: running totals that one order or many orders claim on, as a store keeps them. */
import type { Reservation } from '../limits.ts'

/** Claims that a step makes and gives back, together or not at all. */
export interface LedgerEntry {
  readonly claims: readonly Reservation[]
  readonly freedCommandIds: readonly string[]
}

export interface Ledger {
  /**
   * Gives back and takes, all or nothing.
   *
   * Returns: the first claim that would pass its ceiling, and then nothing has changed; or null.
   */
  commit(entry: LedgerEntry): Reservation | null
  /** What is claimed of a bucket, in minor units or as a count. */
  totalOf(bucket: string): number
}

/**
 * Makes an empty ledger. Orders may share it, told in the order of time; ids of commands must not repeat between them.
 *
 * @example
 * ```ts
 * import { createLedger } from '@postdelivery/core'
 *
 * const ledger = createLedger()
 * const claim = { commandId: 'c-1', bucket: 'merchant:count:2026-12-08', amount: 1, ceiling: 1 }
 * expect(ledger.commit({ claims: [claim], freedCommandIds: [] })).toBeNull()
 * expect(ledger.commit({ claims: [{ ...claim, commandId: 'c-2' }], freedCommandIds: [] })?.commandId).toBe('c-2')
 * ```
 */
export function createLedger(): Ledger {
  const totals = new Map<string, number>()
  const held = new Map<string, Reservation[]>()
  const totalOf = (bucket: string): number => totals.get(bucket) ?? 0
  const take = (claim: Reservation): void => {
    totals.set(claim.bucket, totalOf(claim.bucket) + claim.amount)
    const claims = held.get(claim.commandId)
    if (claims === undefined) held.set(claim.commandId, [claim])
    else claims.push(claim)
  }
  const free = (commandId: string): readonly Reservation[] => {
    const claims = held.get(commandId) ?? []
    for (const { bucket, amount } of claims) totals.set(bucket, totalOf(bucket) - amount)
    held.delete(commandId)
    return claims
  }

  return {
    totalOf,
    commit({ claims, freedCommandIds }) {
      const freed = freedCommandIds.flatMap(free)
      const holders = holdersAmong(claims, held)
      for (const [place, claim] of claims.entries()) {
        const { commandId, bucket, amount, ceiling, isApproved = false } = claim
        if (isApproved && holders.has(commandId)) continue
        if (!isApproved && totalOf(bucket) + amount > ceiling) {
          for (const { commandId: id } of claims.slice(0, place)) if (!holders.has(id)) free(id)
          for (const each of freed) take(each)
          return claim
        }
        take(claim)
      }
      return null
    },
  }
}

/** Of commands whose claims people approved, those that hold claims already: nothing is taken for them again. */
function holdersAmong(
  claims: readonly Reservation[],
  held: ReadonlyMap<string, unknown>,
): ReadonlySet<string> {
  const approved = claims.filter((claim) => claim.isApproved === true && held.has(claim.commandId))
  return approved.length === 0 ? NOBODY : new Set(approved.map(({ commandId }) => commandId))
}

const NOBODY: ReadonlySet<string> = new Set()
