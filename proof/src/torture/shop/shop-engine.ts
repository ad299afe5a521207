/** The engine of the shop: everything real but the clock, which can be moved forward. */
import { createEmbeddedEngine, type EmbeddedEngine } from '@postdelivery/adapters/embedded'
import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
import type { SqliteStore } from '@postdelivery/adapters/sqlite'
import {
  type Clock,
  DEFAULT_UNUSUAL_RATE,
  msToInstant,
  type RuleBook,
  type Settings,
  type TelemetryEvent,
} from '@postdelivery/core'

/** Where a twin is, and how to be let in. */
export interface TwinAddress {
  readonly url: string
  readonly username: string
  readonly password: string
}

/** A clock that runs with the machine's and can be moved forward. */
export interface MovableClock extends Clock {
  advance(spanMs: number): void
}

/** Starts at `offsetMs` milliseconds ahead of the machine's clock. */
export function createMovableClock(offsetMs = 0): MovableClock {
  let aheadMs = offsetMs
  return {
    now: () => msToInstant(Date.now() + aheadMs),
    advance: (spanMs) => {
      aheadMs += spanMs
    },
  }
}

export interface ShopEngineOptions {
  readonly store: SqliteStore
  readonly ruleBook: RuleBook
  readonly twin: TwinAddress
  readonly clock: Clock
  /** Milliseconds that a call may take before its answer counts as lost. */
  readonly timeoutMs: number
  readonly onTelemetry: (event: TelemetryEvent) => void
}

/** Milliseconds between looks for what other processes wrote, and for what a moved clock made due. */
const POLL_MS = 40

/** Makes the engine; it is not started yet. */
export const createShopEngine = (options: ShopEngineOptions): EmbeddedEngine =>
  createEmbeddedEngine({
    store: options.store,
    gateway: createKlarnaGateway(
      createKlarnaClient({
        baseUrl: options.twin.url,
        credentials: () => ({ username: options.twin.username, password: options.twin.password }),
        timeoutMs: options.timeoutMs,
      }),
    ),
    ruleBook: options.ruleBook,
    factSource: { definitions: [], load: async () => ({ type: 'absent' }) },
    clock: options.clock,
    telemetry: { record: options.onTelemetry },
    notifier: { notify: async () => {} },
    settings: SETTINGS,
    pollMs: POLL_MS,
  })

/** Limits that are claimed and never reached, approval for nobody, no deadlines. */
const SETTINGS: Settings = {
  timeZone: 'Europe/Stockholm',
  limits: {
    perCommand: { refundMaxMinor: { SEK: 100_000 }, extensionFeeMaxMinor: { SEK: 10_000 } },
    perOrder: {
      commandMaxCount: 1_000,
      refundMaxMinor: { SEK: 100_000 },
      extensionFeeMaxMinor: { SEK: 100_000 },
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
    extensionFeeAboveMinor: { SEK: 10_000 },
    approvers: 1,
    expiresAfterHours: 24,
  },
  unusualRate: DEFAULT_UNUSUAL_RATE,
  deadlineDays: { due_date: [], authorization_expiry: [], return_window: [] },
  observe: false,
}
