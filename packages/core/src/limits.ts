/** Brakes on what may be decided without a person. All are required: there is no "unlimited" default. */
import { integer, minorByCurrency, record, type Shaped } from './shape.ts'

const count = integer({ min: 0, max: 1_000_000 })

/** Amounts in minor units by currency (a currency that is not listed has the limit 0); counts per whole day. */
export const limitsShape = record({
  perCommand: record({ refundMaxMinor: minorByCurrency, extensionFeeMaxMinor: minorByCurrency }),
  perOrder: record({
    commandMaxCount: count,
    refundMaxMinor: minorByCurrency,
    extensionFeeMaxMinor: minorByCurrency,
  }),
  /** Per rule and calendar day in the merchant's time zone; a rule's own `limits` only tighten it. */
  perRuleAndDay: record({
    commandMaxCount: count,
    refundMaxMinor: minorByCurrency,
    extensionFeeMaxMinor: minorByCurrency,
  }),
  perMerchantAndDay: record({
    commandMaxCount: count,
    refundMaxMinor: minorByCurrency,
    extensionFeeMaxMinor: minorByCurrency,
  }),
})
export type Limits = Shaped<typeof limitsShape>

/** When people must agree, and how many of them. */
export const approvalShape = record({
  /** A refund above this amount waits for approval. */
  refundAboveMinor: minorByCurrency,
  /** An extension whose fee is above this amount waits for approval. */
  extensionFeeAboveMinor: minorByCurrency,
  /** How many distinct people must agree. */
  approvers: integer({ min: 1, max: 2 }),
  /** Hours until an approval that nobody gave expires and frees the money. */
  expiresAfterHours: integer({ min: 1, max: 24 * 30 }),
})

export type ApprovalPolicy = Shaped<typeof approvalShape>

/** What a rule itself allows; it only tightens the engine's limits. */
export interface RuleLimits {
  /** How many commands of the rule an order may have. */
  readonly perOrder?: number
  /** How many commands of the rule a calendar day may have. */
  readonly perDay?: number
}

/** A claim on a shared limit, taken in the transaction that records the decision and freed by command id. */
export interface Reservation {
  readonly commandId: string
  /** What is limited, for example `rule:returns/Damaged goods:2026-11-24:count`. */
  readonly bucket: string
  /** Minor units of money, or 1 for a count. */
  readonly amount: number
  /** The most that all claims on the bucket may sum to. */
  readonly ceiling: number
  /**
   * The money is spent whatever the limit says, since people agreed or Klarna has done it: taken above the ceiling as
   * well, and recorded as such. Nothing is taken for a command that holds claims already.
   */
  readonly isApproved?: boolean
}
