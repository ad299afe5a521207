/** The brakes that the examples share. Amounts in minor units by currency; a currency that is not listed allows nothing. */
import type { ApprovalPolicy, Limits } from 'postdelivery'

/** An amount in kronor, and what is about as much in euros. */
const about = (kronorMinor: number) => ({
  SEK: kronorMinor,
  NOK: kronorMinor,
  DKK: kronorMinor,
  EUR: kronorMinor / 10,
})

export const limits: Limits = {
  perCommand: { refundMaxMinor: about(500_000), extensionFeeMaxMinor: about(5_000) },
  perOrder: {
    commandMaxCount: 20,
    refundMaxMinor: about(500_000),
    extensionFeeMaxMinor: about(20_000),
  },
  perRuleAndDay: {
    commandMaxCount: 200,
    refundMaxMinor: about(2_000_000),
    extensionFeeMaxMinor: about(50_000),
  },
  perMerchantAndDay: {
    commandMaxCount: 1_000,
    refundMaxMinor: about(5_000_000),
    extensionFeeMaxMinor: about(100_000),
  },
}

export const approval: ApprovalPolicy = {
  refundAboveMinor: about(100_000),
  extensionFeeAboveMinor: about(2_000),
  approvers: 1,
  expiresAfterHours: 24,
}
