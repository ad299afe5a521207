/** The brakes that the examples share. Amounts in minor units by currency; a currency that is not listed allows nothing. */
import type { ApprovalPolicy, Limits } from 'postdelivery'

export const limits: Limits = {
  perCommand: { refundMaxMinor: { SEK: 500_000 }, extensionFeeMaxMinor: { SEK: 5_000 } },
  perOrder: {
    commandMaxCount: 20,
    refundMaxMinor: { SEK: 500_000 },
    extensionFeeMaxMinor: { SEK: 20_000 },
  },
  perRuleAndDay: {
    commandMaxCount: 200,
    refundMaxMinor: { SEK: 2_000_000 },
    extensionFeeMaxMinor: { SEK: 50_000 },
  },
  perMerchantAndDay: {
    commandMaxCount: 1_000,
    refundMaxMinor: { SEK: 5_000_000 },
    extensionFeeMaxMinor: { SEK: 100_000 },
  },
}

export const approval: ApprovalPolicy = {
  refundAboveMinor: { SEK: 100_000 },
  extensionFeeAboveMinor: { SEK: 2_000 },
  approvers: 1,
  expiresAfterHours: 24,
}
