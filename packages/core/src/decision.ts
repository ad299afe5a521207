/** What the rules said to one event, and what became of it. Always recorded, whether anything was done or not. */
import type { ActionType } from './actions.ts'
import type { Facts, FactValue } from './facts.ts'
import type { Refusal } from './refusals.ts'
import type { IsoInstant } from './time.ts'

/** Which rule set decided: the hash is its identity. */
export interface RuleSetRef {
  readonly name: string
  readonly version: string
  /** SHA-256 of its canonical content. */
  readonly hash: string
}

export type RuleMode = 'draft' | 'shadow' | 'approval' | 'live'
export type Verdict = 'true' | 'false' | 'unknown'

/** One condition with the value that it saw, or a group of conditions, in the author's own shape. */
export type ConditionTrace =
  | {
      readonly kind: 'condition'
      readonly fact: string
      readonly operator: string
      readonly wanted: unknown
      /** Absent when the fact is unknown. */
      readonly seen?: FactValue
      readonly verdict: Verdict
    }
  | {
      readonly kind: 'all' | 'any' | 'not'
      readonly verdict: Verdict
      readonly of: readonly ConditionTrace[]
    }

/** What one awake rule said. */
export interface RuleVerdict {
  readonly ruleSet: string
  readonly rule: string
  readonly mode: RuleMode
  readonly priority: number
  /** `failed`: the rule could not be evaluated; it acts on nothing and a person is told. */
  readonly verdict: Verdict | 'failed'
  /** Why it failed, for people. */
  readonly failure?: string
  readonly trace: ConditionTrace | null
  /** What the rule asks for. */
  readonly action: { readonly type: ActionType; readonly params: Readonly<Record<string, unknown>> }
}

/** What became of one action that a rule or a person asked for. */
export interface DecidedAction {
  readonly ruleSet: string | null
  /** The rule, or null when a person asked. */
  readonly rule: string | null
  readonly requestedBy: string | null
  readonly type: ActionType
  /**
   * `queued`: commands were made. `awaiting_approval`: made, and waiting for people. `superseded`: another rule won the
   * same operation on the same subject. `refused`: the domain said no. `not_live`: a draft or shadow rule. `observed`:
   * observe mode, nothing is sent. `conflict`: hit policy `unique` and several hits. `done`: a review or a notice.
   */
  readonly outcome:
    | 'queued'
    | 'awaiting_approval'
    | 'superseded'
    | 'refused'
    | 'not_live'
    | 'observed'
    | 'conflict'
    | 'done'
  readonly refusal?: Refusal
  readonly commandIds: readonly string[]
  /** One sentence: what is done and why, or why not. */
  readonly sentence: string
}

/** The record of one decided event. */
export interface Decision {
  readonly orderId: string
  readonly eventId: string
  readonly eventType: string
  readonly decidedAt: IsoInstant
  /** The order's sequence number after this event. */
  readonly seq: number
  readonly ruleSets: readonly RuleSetRef[]
  /** What evaluated, with its version, for example `json-rules-engine 7.3.1`. */
  readonly evaluator: string
  readonly facts: Facts
  readonly rules: readonly RuleVerdict[]
  readonly actions: readonly DecidedAction[]
  /** Why the event itself was refused, when it was. */
  readonly refusal?: Refusal
  /** One line for people. */
  readonly summary: string
}
