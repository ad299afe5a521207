/**
 * One story of a shop under a lying world, as plain JSON: what happens when, and which accidents are possible on the way.
 *
 * Everything that is not written here follows from the seed by name, so a shorter story keeps its other accidents.
 */
import type { PortalAction } from '@postdelivery/adapters/klarna-twin'
import type { ReportedEvent } from '@postdelivery/core'
import type { CallFaultName } from './call-faults.ts'
import type { OrderPlan, SettingsName } from './shop.ts'

/** A report as its sender makes it; `at` is filled in when it is sent. */
export type Report = DistributedOmit<ReportedEvent, 'at' | 'orderId'>

type DistributedOmit<Union, Keys extends PropertyKey> = Union extends unknown
  ? Omit<Union, Keys>
  : never

/** Something that happens at an instant, in milliseconds since the story's beginning. */
export type Step = { readonly atMs: number } & (
  | { readonly type: 'capture'; readonly order: number }
  | { readonly type: 'report'; readonly order: number; readonly report: Report }
  /** The same id with another content. */
  | { readonly type: 'forge'; readonly order: number; readonly report: Report }
  | { readonly type: 'portal'; readonly order: number; readonly action: PortalAction }
  | { readonly type: 'offers'; readonly order: number; readonly feeMinor: number | null }
  | { readonly type: 'stop' | 'unstop'; readonly scope: string }
  | { readonly type: 'kill'; readonly downMs: number }
  | { readonly type: 'restart' }
  /** All calls suffer this, for a time. */
  | { readonly type: 'outage'; readonly fault: CallFaultName; readonly spanMs: number }
  | { readonly type: 'clock'; readonly jumpMs: number }
  | { readonly type: 'rules'; readonly version: number }
  | { readonly type: 'credentials'; readonly isRight: boolean }
  | { readonly type: 'disk'; readonly failure: DiskFailure; readonly spanMs: number }
  | { readonly type: 'unregistered'; readonly order: number }
)

/** How writes to the store fail: before anything is written, or after it was. */
export const DISK_FAILURES = ['store_locked', 'store_full', 'written_but_failed'] as const
export type DiskFailure = (typeof DISK_FAILURES)[number]

export interface History {
  /** Names the story; what is left to chance follows from it. */
  readonly seed: string
  /** ISO 8601 instant at which it begins. */
  readonly beginsAt: string
  /** Milliseconds until all accidents end. */
  readonly stormMs: number
  /** Milliseconds in which everything settles afterwards. */
  readonly calmMs: number
  readonly settings: SettingsName
  readonly orders: readonly OrderPlan[]
  readonly steps: readonly Step[]
  /** Probability of each fault for each call that it can hit. */
  readonly faults: Readonly<Partial<Record<CallFaultName, number>>>
  /** Probability of dying before or after a single call to the store or to Klarna. */
  readonly deathRate: number
  /** How much faster than true time the process believes that time goes: 0.05 is 5 %. */
  readonly clockDrift: number
  /** Whether people answer work during the storm. */
  readonly peopleAnswer: boolean
  /** Whether Klarna repeats a first answer that was an error. */
  readonly replaysErrors: boolean
  /** Whether nothing breaks, so that everything must go on at once. */
  readonly isFair: boolean
}

/** Time for the longest repeat, the reads after it, and people. */
export const CALM_MS = 60 * 3_600_000
