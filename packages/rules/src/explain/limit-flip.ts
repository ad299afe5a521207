/** The smallest change of a limit that would let a command go without waiting for people. */
import { formatMinor } from '@postdelivery/core'

/** A command that waits for people, and why, as the engine records it. */
export interface WaitingCommand {
  /** The code, for example `limit:command:refund`. */
  readonly why: string
  /** ISO 4217, upper case. */
  readonly currency: string
  /** What it pays back, in minor units; 0 when it pays nothing back. */
  readonly refundMinor: number
  /** What Klarna charges for it, in minor units; 0 when it charges nothing. */
  readonly feeMinor: number
}

/** A limit that would have to be different. */
export interface LimitFlip {
  /** JSON Pointer into the rule (`/mode`) or the merchant's configuration (`/limits/...`, `/approval/...`). */
  readonly path: string
  /** Amounts in minor units; absent when any amount is missing. */
  readonly to?: string | number
  /** `would pass this limit if one refund were allowed up to 300.00 SEK`. */
  readonly sentence: string
}

/**
 * Says which limit would have to be different, and by how much at least, for a command that waits for people.
 *
 * Returns: null where the record does not say it exactly, as for limits that orders share. Another limit may stand
 * behind the one that is named.
 */
export function limitFlipOf(waiting: WaitingCommand): LimitFlip | null {
  const { why, currency, refundMinor, feeMinor } = waiting
  if (why === 'rule_asks_for_approval') {
    return { path: '/mode', to: 'live', sentence: 'would pass this if the rule were live' }
  }
  if (why.startsWith('limit:currency:')) {
    const sentence = `would pass this if the limits named amounts in ${currency}`
    return { path: `/limits/perCommand/refundMaxMinor/${currency}`, sentence }
  }
  const limit = Object.hasOwn(LIMITS, why) ? LIMITS[why] : undefined
  if (limit !== undefined) return limit(waiting)
  if (why !== 'above_approval_threshold') return null
  const [field, amountMinor] =
    refundMinor > 0 ? ['refundAboveMinor', refundMinor] : ['extensionFeeAboveMinor', feeMinor]
  return {
    path: `/approval/${field}/${currency}`,
    to: amountMinor,
    sentence: `would pass this if people had to agree only above ${formatMinor(amountMinor, currency)}`,
  }
}

const LIMITS: Readonly<Record<string, (waiting: WaitingCommand) => LimitFlip>> = {
  'limit:command:refund': ({ refundMinor, currency }) => ({
    path: `/limits/perCommand/refundMaxMinor/${currency}`,
    to: refundMinor,
    sentence: `would pass this if one refund were allowed up to ${formatMinor(refundMinor, currency)}`,
  }),
  'limit:command:extension_fee': ({ feeMinor, currency }) => ({
    path: `/limits/perCommand/extensionFeeMaxMinor/${currency}`,
    to: feeMinor,
    sentence: `would pass this if one fee were allowed up to ${formatMinor(feeMinor, currency)}`,
  }),
}
