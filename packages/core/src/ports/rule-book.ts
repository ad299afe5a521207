/** The port to rules: which facts an event's rules name, and what the rules say to them. */
import type { RuleSetRef, RuleVerdict } from '../decision.ts'
import type { Facts } from '../facts.ts'
import type { RuleLimits } from '../limits.ts'

/** How several live rules of one set that fire together are treated. */
export type HitPolicy = 'collect' | 'first' | 'unique'

/** The rule sets in force at one moment; unchanging, so that one decision sees one version. */
export interface RulesInForce {
  readonly ruleSets: readonly (RuleSetRef & {
    readonly hitPolicy: HitPolicy
    readonly publishedBy: string | null
  })[]
  /** What evaluates, with its version. */
  readonly evaluator: string
  /** The names of the facts that rules which act (`live`, `approval`) and wake on this event type mention. */
  factsNeeded(eventType: string): readonly string[]
  /** The same of `draft` and `shadow` rules: loaded when they can be, and never waited for. */
  factsWanted(eventType: string): readonly string[]
  /** A rule's own limits; empty when it has none or is not known. */
  limitsOf(ruleSet: string, rule: string): RuleLimits
  /**
   * Asks every rule that is awake on the event type.
   *
   * Does no I/O and reads no clock. A rule that cannot be evaluated says `failed` and silences no other.
   * Returns: verdicts by priority, highest first, then by set and document order.
   */
  evaluate(eventType: string, facts: Facts): Promise<readonly RuleVerdict[]>
}

export interface RuleBook {
  /** The rules in force now. A file that was refused never gets here; the last good one stays. */
  inForce(): RulesInForce
}
