/** Settings for a backtest without a configuration: UTC, no limits, no approvals but those that rules ask for. */
import { DEFAULT_DEADLINE_DAYS, DEFAULT_UNUSUAL_RATE, type Settings } from '@postdelivery/core'

const COUNT_MAX = 1_000_000

/** Makes them. Every currency that this runtime knows is listed, since one that is not is allowed nothing. */
export function unlimitedSettings(): Settings {
  const anything = Object.fromEntries(
    Intl.supportedValuesOf('currency').map((code) => [code, Number.MAX_SAFE_INTEGER]),
  )
  const each = { refundMaxMinor: anything, extensionFeeMaxMinor: anything }
  const counted = { commandMaxCount: COUNT_MAX, ...each }
  return {
    timeZone: 'UTC',
    limits: {
      perCommand: each,
      perOrder: counted,
      perRuleAndDay: counted,
      perMerchantAndDay: counted,
    },
    approval: {
      refundAboveMinor: anything,
      extensionFeeAboveMinor: anything,
      approvers: 1,
      expiresAfterHours: 24,
    },
    deadlineDays: DEFAULT_DEADLINE_DAYS,
    unusualRate: DEFAULT_UNUSUAL_RATE,
    observe: false,
  }
}
