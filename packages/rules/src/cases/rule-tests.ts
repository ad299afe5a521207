/** Tests of a rule set as they are run: checked, with the place of everything in their file. */
import type {
  ActionType,
  Deadline,
  DecidedAction,
  DueDateOptions,
  Facts,
  IsoInstant,
  RefusalCode,
  ReportedEvent,
} from '@postdelivery/core'
import { RULE_SET_LIMITS } from '../rule-set.ts'

/** The tests of one rule set. Made by `readRuleTests` only. */
export interface RuleTests {
  readonly ruleSet: string
  /** IANA zone in which stories count their days. Default `UTC`. */
  readonly timeZone: string
  readonly cases: readonly TestCase[]
}

export type TestCase = FactsCase | StoryCase

/** What rules say to given facts. */
export interface FactsCase {
  readonly kind: 'facts'
  /** JSON Pointer of the case. */
  readonly path: string
  readonly name: string
  /** The type of the event that wakes the rules. */
  readonly on: string
  /** What is not there is unknown; `event.type` is filled in. */
  readonly facts: Facts
  readonly expect: ExpectedVerdicts & { readonly fires: readonly ExpectedFiring[] }
}

/** What an order goes through, event by event. */
export interface StoryCase {
  readonly kind: 'story'
  readonly path: string
  readonly name: string
  /** What Klarna offers for any due date of the order; null: Klarna's price list. */
  readonly offers: DueDateOptions | null
  /** The merchant's own facts that are read on demand. */
  readonly facts: Facts
  /** How far it is told after the last event, for deadlines and expiries; null: no further. */
  readonly until: IsoInstant | null
  /** The first is the order's beginning, `order.captured`. */
  readonly steps: readonly [StoryStep, ...(readonly StoryStep[])]
}

/** One thing that happens in a story: an event that is reported, or a deadline that comes near. */
export interface StoryStep {
  readonly path: string
  readonly happens:
    | { readonly kind: 'event'; readonly event: ReportedEvent }
    | { readonly kind: 'deadline'; readonly deadline: Deadline; readonly daysLeft: number }
  /** What Klarna says to the commands of this step. Default `confirmed`. */
  readonly klarna: (typeof KLARNA_SAYS)[number]
  /** What people say to commands of this step that wait for them. Default `none`. */
  readonly people: (typeof PEOPLE_SAY)[number]
  readonly expect: ExpectedDecision
}

export const KLARNA_SAYS = ['confirmed', 'refused', 'pending'] as const
export const PEOPLE_SAY = ['none', 'approved', 'rejected'] as const

/** What rules are to say. A rule that is in none of the lists may be silent for any reason. */
export interface ExpectedVerdicts {
  /** All rules that fire, in any order, and no others; null where it is not said. */
  readonly fires: readonly ExpectedFiring[] | null
  /** Rules whose conditions do not hold. */
  readonly silent: readonly ExpectedSilence[]
  /** Rules that cannot tell, because something is unknown. */
  readonly unknown: readonly ExpectedSilence[]
}

/** A rule with what makes it say so. Null stands for what is not said and may be anything. */
export interface ExpectedSilence {
  readonly path: string
  readonly rule: string
  /** The facts that decide it, all of them. */
  readonly because: readonly string[] | null
  /** The whole sentence that says why, as `whyRule` writes it. */
  readonly sentence: string | null
}

/** A rule that fires, with what it asks for. */
export interface ExpectedFiring extends ExpectedSilence {
  readonly action: ActionType | null
  /** All params, defaults filled in. */
  readonly params: Readonly<Record<string, unknown>> | null
}

/** What is to be decided at one step of a story. */
export interface ExpectedDecision extends ExpectedVerdicts {
  /** All actions of the decision in their order, and no others. */
  readonly actions: readonly ExpectedAction[]
  /** Why the event itself is refused; null: it is not. */
  readonly refusal: RefusalCode | null
}

/** What becomes of one action. Null stands for what is not said and may be anything. */
export interface ExpectedAction {
  readonly path: string
  readonly type: ActionType
  readonly outcome: DecidedAction['outcome'] | null
  readonly rule: string | null
  readonly refusal: RefusalCode | null
  /** Sum of its refunds. */
  readonly refundMinor: number | null
  /** Sum of its extension fees. */
  readonly feeMinor: number | null
  /** Days of its extension. */
  readonly days: number | null
  readonly sentence: string | null
}

/** Bounds of a file of tests; its text is bounded like a rule set's. */
export const RULE_TEST_LIMITS = {
  ...RULE_SET_LIMITS,
  caseMaxCount: 1000,
  caseNameMaxLength: 200,
  stepMaxCount: 100,
  offerMaxCount: 50,
  sentenceMaxLength: 2000,
} as const
