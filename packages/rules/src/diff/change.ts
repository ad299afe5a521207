/** What changed between two versions of rule sets, for people and programs. */
import type { Facts } from '@postdelivery/core'
import type { Said } from './version.ts'

/**
 * How much a change matters: `changes` when a witness shows it, `none` when no order at all is answered differently,
 * `unknown` when that could not be decided within bounds.
 */
export type Effect = 'changes' | 'none' | 'unknown'

/** An order to which the two versions answer differently. */
export interface Witness {
  readonly eventType: string
  /** Facts that are not listed are unknown. */
  readonly facts: Facts
  readonly before: readonly Said[]
  readonly after: readonly Said[]
}

/** What changed about a rule or set, in the author's terms. */
export type ChangedPart =
  | 'added'
  | 'removed'
  | 'renamed'
  | 'widened'
  | 'narrowed'
  | 'rewritten'
  | 'conditions'
  | 'events'
  | 'action'
  | 'params'
  | 'mode'
  | 'limits'
  | 'priority'
  | 'order'
  | 'hit_policy'
  | 'publisher'

/** One rule, or one set, that changed. */
export interface Change {
  readonly about: 'rule' | 'rule_set'
  /** `set/name` of a rule, the name of a set; its new one when it was renamed. */
  readonly name: string
  readonly formerName?: string
  /** What changed. `rewritten`: other words for the same orders. `conditions`: too complex to compare. */
  readonly parts: readonly ChangedPart[]
  readonly effect: Effect
  /** At most one for each way in which answers change: orders that are new to it, lost to it, answered otherwise. */
  readonly witnesses: readonly Witness[]
}

/** What changed between two versions. */
export interface RuleSetsDiff {
  /** `none`: formatting or equivalent rewriting only. */
  readonly effect: Effect
  readonly changes: readonly Change[]
}

/** The gravest effect of several. */
export const gravest = (effects: readonly Effect[]): Effect =>
  (['changes', 'unknown'] as const).find((effect) => effects.includes(effect)) ?? 'none'
