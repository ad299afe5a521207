/** Compares a read of Klarna's books with ours, and takes over what only Klarna knows. */
import { hasOwnRelease, isConfirmed, isOpen, orderBooks, refundsOf, sum } from '../books.ts'
import { STALE_READ_MS } from '../engine/retry.ts'
import type { ObservedOrder } from '../klarna-order.ts'
import type { OrderState } from '../order-state.ts'
import { addMs, type IsoInstant } from '../time.ts'
import { type Routed, stepOrder, stopRefunds } from './router.ts'

/** What a comparison of refunds found. Amounts in minor units. */
export type BooksComparison =
  | { readonly type: 'equal' }
  /** Klarna's answer lacks a refund that it confirmed to us: the read is older than our books. */
  | { readonly type: 'stale'; readonly oursMinor: number; readonly klarnasMinor: number }
  | { readonly type: 'differ'; readonly oursMinor: number; readonly klarnasMinor: number }

/**
 * Compares what was paid back. Refunds of ours that are still open count when Klarna lists their reference.
 *
 * Pure. `klarnasMinor` and `oursMinor` are totals of the order in minor units.
 */
export function compareRefunds(order: OrderState, observed: ObservedOrder): BooksComparison {
  const references = new Set(observed.refunds.map((refund) => refund.reference))
  const refunds = refundsOf(order)
  const isLacking = refunds.some((each) => isConfirmed(each) && !references.has(each.command.id))
  const arrivedMinor = sum(
    refunds
      .filter((each) => isOpen(each) && references.has(each.command.id))
      .map((each) => each.refund.refundMinor),
  )
  const oursMinor = orderBooks(order).refundedMinor + arrivedMinor
  const klarnasMinor = observed.refundedMinor
  if (klarnasMinor === oursMinor) return { type: 'equal' }
  return isLacking && klarnasMinor < oursMinor
    ? { type: 'stale', oursMinor, klarnasMinor }
    : { type: 'differ', oursMinor, klarnasMinor }
}

/** Applies a read: Klarna's status, the authorization and its expiry; refunds that we do not know stop ours. */
export function observeOrder(routed: Routed, observed: ObservedOrder, at: IsoInstant): Routed {
  const before = routed.order
  const comparison = compareRefunds(before, observed)
  // A read of now is no older than this: what it lacks of before is not there.
  if (comparison.type === 'stale' && at <= addMs(before.lastDecidedAt, STALE_READ_MS)) return routed

  const isOurs = hasOwnRelease(before, observed.authorizedMinor)
  const isGone =
    before.remainingAuthorizedMinor > 0 && observed.remainingAuthorizedMinor === 0 && !isOurs
  const seen: Routed = {
    ...routed,
    order: {
      ...before,
      klarnaStatus: observed.status,
      paymentMethod: observed.paymentMethod ?? before.paymentMethod,
      authorizationExpiresAt: observed.expiresAt ?? before.authorizationExpiresAt,
      authorizedMinor: Math.max(before.authorizedMinor, observed.authorizedMinor),
      remainingAuthorizedMinor: isOurs
        ? before.remainingAuthorizedMinor
        : observed.remainingAuthorizedMinor,
    },
  }
  const followed = isGone
    ? stepOrder(seen, { type: 'releaseConfirmed' })
    : noticeRaised(before, seen)
  return comparison.type !== 'equal'
    ? stopRefunds(followed, {
        oursMinor: comparison.oursMinor,
        klarnasMinor: comparison.klarnasMinor,
        at,
      })
    : followed
}

/** Something is authorized again after a release: it is held back like the first. */
export const noticeRaised = (before: OrderState, after: Routed): Routed =>
  before.remainingAuthorizedMinor === 0 && after.order.remainingAuthorizedMinor > 0
    ? stepOrder(after, { type: 'authorizationRaised' })
    : after
