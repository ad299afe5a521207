/** What a cycle does not need: silent ports, limits that are checked and never reached, no deadlines. */
import type { EmbeddedEngineOptions } from '@postdelivery/adapters/embedded'
import {
  DEFAULT_UNUSUAL_RATE,
  msToInstant,
  type Settings,
  type TelemetryEvent,
} from '@postdelivery/core'

const BENCH_SETTINGS: Settings = {
  timeZone: 'Europe/Stockholm',
  limits: {
    perCommand: { refundMaxMinor: { SEK: 100_000 }, extensionFeeMaxMinor: { SEK: 1_000 } },
    perOrder: {
      commandMaxCount: 1_000,
      refundMaxMinor: { SEK: 100_000 },
      extensionFeeMaxMinor: { SEK: 1_000_000_000 },
    },
    perRuleAndDay: {
      commandMaxCount: 1_000_000,
      refundMaxMinor: { SEK: 1_000_000_000 },
      extensionFeeMaxMinor: { SEK: 1_000_000_000 },
    },
    perMerchantAndDay: {
      commandMaxCount: 1_000_000,
      refundMaxMinor: { SEK: 1_000_000_000 },
      extensionFeeMaxMinor: { SEK: 1_000_000_000 },
    },
  },
  approval: {
    refundAboveMinor: { SEK: 100_000 },
    extensionFeeAboveMinor: { SEK: 1_000 },
    approvers: 1,
    expiresAfterHours: 24,
  },
  deadlineDays: { due_date: [], authorization_expiry: [], return_window: [] },
  unusualRate: DEFAULT_UNUSUAL_RATE,
  observe: false,
}

/** The ports that a cycle does not need, silent; the clock is the machine's. */
export const SILENT_PORTS = {
  factSource: { definitions: [], load: async () => ({ type: 'absent' }) },
  clock: { now: () => msToInstant(Date.now()) },
  telemetry: { record: failOnAlarm },
  notifier: { notify: async () => {} },
  settings: BENCH_SETTINGS,
} as const satisfies Partial<EmbeddedEngineOptions>

/** An alarm means that the cycles are not what they are taken for: nothing that is measured after it counts. */
function failOnAlarm(event: TelemetryEvent): void {
  if (event.level !== 'error') return
  setImmediate(() => {
    throw new Error(`the engine raised an alarm: ${JSON.stringify(event)}`)
  })
}
