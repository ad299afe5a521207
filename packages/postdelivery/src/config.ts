/** What a merchant configures: one object, shared by the backend and the command line. */
import type { KlarnaOptions } from '@postdelivery/adapters/klarna'
import type {
  ApprovalPolicy,
  Limits,
  Notifier,
  RuntimeStore,
  Settings,
  StoreReader,
  Telemetry,
} from '@postdelivery/core'
import type { OwnFacts } from './event-input.ts'
import type { RulesSource } from './rules-source.ts'

/** How to reach Klarna: a region, live or playground; or any base URL. Credentials are asked for before every call. */
export type KlarnaConfig = KlarnaOptions extends infer Options
  ? Options extends unknown
    ? Omit<Options, 'fetch' | 'timers'>
    : never
  : never

/** A store that is not open yet; `sqlite('./orders.db')` is one. */
export interface StoreDescription {
  /** Opens it for the one engine. Throws when another engine has it. */
  open(): Promise<RuntimeStore & StoreReader>
}

/** A clock that says ISO 8601 instants; for tests and simulations. */
export interface ConfigClock {
  now(): string
}

/** The secrets of events over HTTP: at least one, each of 32 characters or more. Several while they are being changed. */
export type EventSecrets =
  | readonly string[]
  | (() => readonly string[] | Promise<readonly string[]>)

/** Everything that an engine needs. It serves one Klarna merchant id. */
export interface PostDeliveryConfig<Facts extends OwnFacts = OwnFacts> {
  readonly klarna: KlarnaConfig
  readonly store: StoreDescription
  readonly rules: RulesSource
  /** IANA zone in which days are counted, for example `Europe/Stockholm`. */
  readonly timeZone: string
  /** The most that may be done without a person. Amounts in minor units by currency; one that is not listed allows nothing. */
  readonly limits: Limits
  /** When people must agree, and how many of them. */
  readonly approval: ApprovalPolicy
  /** Whole days before a deadline at which rules are woken; default 14, 7, 3, 1 (due date), 7, 3, 1 and 7, 1. */
  readonly deadlineDays?: Partial<Settings['deadlineDays']>
  /**
   * From when on a rule's day is unusual, so that people are told: `factor` times the mean of its last 14 days, and at
   * least `minCount` firings. Default 5 and 20.
   */
  readonly unusualRate?: Partial<Settings['unusualRate']>
  /** Facts of your own that rules may name, made with `defineFact`. */
  readonly facts?: Facts
  /** Everything but the sending, for the first weeks. Default false. */
  readonly observe?: boolean
  /** Default: nothing is recorded. */
  readonly telemetry?: Telemetry
  /** Brings messages to people. Default: telemetry hears that there is one. */
  readonly notifier?: Notifier
  /** Events over HTTP, see `handler`. Default: the door is closed. */
  readonly events?: { readonly secrets: EventSecrets }
  /** Orders that run at once, 1 to 1,000. Default 64. */
  readonly concurrency?: number
  /** Default: the machine's. */
  readonly clock?: ConfigClock
  /** Default: the runtime's `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/**
 * Types a configuration that stands in a file of its own, `postdelivery.config.ts`, as its default export.
 *
 * @example
 * ```ts no-run
 * import { definePostDeliveryConfig, rulesFrom } from 'postdelivery'
 * import { sqlite } from 'postdelivery/sqlite'
 *
 * export default definePostDeliveryConfig({
 *   klarna: {
 *     region: 'eu',
 *     live: false,
 *     credentials: () => ({ username: 'PK12345', password: 'from your vault' }),
 *   },
 *   store: sqlite('./orders.db'),
 *   rules: rulesFrom('./rules'),
 *   timeZone: 'Europe/Stockholm',
 *   limits: {
 *     perCommand: { refundMaxMinor: { SEK: 500_000 }, extensionFeeMaxMinor: { SEK: 5_000 } },
 *     perOrder: {
 *       commandMaxCount: 20,
 *       refundMaxMinor: { SEK: 500_000 },
 *       extensionFeeMaxMinor: { SEK: 20_000 },
 *     },
 *     perRuleAndDay: {
 *       commandMaxCount: 200,
 *       refundMaxMinor: { SEK: 2_000_000 },
 *       extensionFeeMaxMinor: { SEK: 50_000 },
 *     },
 *     perMerchantAndDay: {
 *       commandMaxCount: 1_000,
 *       refundMaxMinor: { SEK: 5_000_000 },
 *       extensionFeeMaxMinor: { SEK: 100_000 },
 *     },
 *   },
 *   approval: {
 *     refundAboveMinor: { SEK: 100_000 },
 *     extensionFeeAboveMinor: { SEK: 2_000 },
 *     approvers: 1,
 *     expiresAfterHours: 24,
 *   },
 * })
 * ```
 */
export const definePostDeliveryConfig = <const Facts extends OwnFacts = readonly []>(
  config: PostDeliveryConfig<Facts>,
): PostDeliveryConfig<Facts> => config
