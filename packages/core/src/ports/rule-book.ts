/** The port to rules: which facts an event's rules name, and what the rules say to them. */
import type { RuleSetRef, RuleVerdict } from '../decision.ts'
import type { Facts } from '../facts.ts'
import type { RuleLimits } from '../limits.ts'

/** How several live rules of one set that fire together are treated. */
export type HitPolicy = 'collect' | 'first' | 'unique'

/** What settling needs to know of the rule sets in force. */
export interface RuleSetsInForce {
  readonly ruleSets: readonly (RuleSetRef & {
    readonly hitPolicy: HitPolicy
    readonly publishedBy: string | null
  })[]
  /** A rule's own limits; empty when it has none or is not known. */
  limitsOf(ruleSet: string, rule: string): RuleLimits
}

/** What rule sets can be asked without waiting. */
interface AskableRules extends RuleSetsInForce {
  /** What evaluates, with its version. */
  readonly evaluator: string
  /** The names of the facts that rules which act (`live`, `approval`) and wake on this event type mention. */
  factsNeeded(eventType: string): readonly string[]
  /** The same of `draft` and `shadow` rules: loaded when they can be, and never waited for. */
  factsWanted(eventType: string): readonly string[]
}

/** The rule sets in force at one moment; unchanging, so that one decision sees one version. */
export interface RulesInForce extends AskableRules {
  /**
   * Asks every rule that is awake on the event type.
   *
   * Does no I/O and reads no clock. A rule that cannot be evaluated says `failed` and silences no other.
   * Returns: verdicts by priority, highest first, then by set and document order.
   */
  evaluate(eventType: string, facts: Facts): Promise<readonly RuleVerdict[]>
}

/** Rule sets that answer at once, for simulations, which wait for nothing. */
export interface PromptRules extends AskableRules {
  /** Asks every rule that is awake on the event type, as `RulesInForce.evaluate` does. */
  verdicts(eventType: string, facts: Facts): readonly RuleVerdict[]
}

/** What never changes about one rule. */
export type CountedRule = Pick<RuleVerdict, 'ruleSet' | 'rule' | 'mode' | 'priority' | 'action'>

/** Rule sets that say which rules fire and nothing else, for simulations that count. */
export interface CountedRules extends AskableRules {
  /** All rules in the order in which they decide: by priority, highest first, then by set and document. */
  readonly rules: readonly CountedRule[]
  /** Places in `rules` of those that wake on the event type, in order. */
  awakeOn(eventType: string): readonly number[]
  /** Places in `rules` of those whose verdict is `true`, in order. */
  fired(eventType: string, facts: Facts): readonly number[]
}

export interface RuleBook {
  /** The rules in force now. A file that was refused never gets here; the last good one stays. */
  inForce(): RulesInForce
}
