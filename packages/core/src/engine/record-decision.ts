/** Settles a prepared event and writes the decision's record: pure, so that engines and simulations record the same. */
import type { Decision, RuleVerdict } from '../decision.ts'
import type { OrderEvent } from '../events.ts'
import type { Facts } from '../facts.ts'
import type { DueDateOptions } from '../klarna-order.ts'
import type { Routed } from '../lifecycle/router.ts'
import { type Settled, type SettleInput, settleDecision } from '../lifecycle/settle-decision.ts'
import type { OrderState } from '../order-state.ts'
import type { PromptRules } from '../ports/rule-book.ts'
import type { Work } from '../ports/store.ts'
import { describeRefusal, type Refusal } from '../refusals.ts'
import type { IsoInstant } from '../time.ts'
import { makeWork } from '../work.ts'

/** An event with everything that was looked up for it, so that settling again needs no second look. */
export interface Prepared {
  /** The order with the event applied. */
  readonly routed: Routed
  readonly facts: Facts
  readonly quotes: ReadonlyMap<string, DueDateOptions>
  /** Null when a person asks. */
  readonly rules: Omit<PromptRules, 'verdicts'> | null
  readonly verdicts: readonly RuleVerdict[]
}

/** Where in the order's history an event is decided. */
export interface Moment {
  readonly event: OrderEvent
  readonly now: IsoInstant
  /** The order's sequence number before the event. */
  readonly seq: number
}

/** What settling takes from the outside. */
type Outside = Pick<SettleInput, 'settings' | 'prepare' | 'denied'>

/** A settled event with its record. */
export interface Recorded {
  readonly type: 'decided'
  readonly routed: Routed
  readonly settled: Settled
  readonly decision: Decision
  readonly work: readonly Work[]
}

/** Settles what the rules (or a person) asked for and records it. */
export function recordDecision(prepared: Prepared, moment: Moment, outside: Outside): Recorded {
  const { routed, facts, quotes, rules, verdicts } = prepared
  const { event, now, seq } = moment
  const settled = settleDecision({
    order: routed.order,
    event,
    now,
    quotes,
    verdicts,
    rules,
    charts: routed.charts,
    ...outside,
  })
  const decision: Decision = {
    ...headOf(moment),
    seq: seq + 1,
    ruleSets: rules?.ruleSets.map(({ name, version, hash }) => ({ name, version, hash })) ?? [],
    evaluator: rules?.evaluator ?? 'none: a person asked',
    // Without rules a decision rests on no facts; otherwise all that were loaded are kept, so that it can be decided again.
    facts: rules === null || verdicts.length === 0 ? {} : facts,
    rules: verdicts,
    actions: settled.actions,
    summary: summarise(settled, verdicts),
  }
  return {
    type: 'decided',
    routed: { ...settled.routed, effects: [...routed.effects, ...settled.routed.effects] },
    settled,
    decision,
    work: workOfFailedRules(verdicts, event, routed.order, now),
  }
}

/** Records that an event was refused: nothing of the order changes. */
export const recordRefusal = (moment: Moment, refused: Refusal): Decision => ({
  ...headOf(moment),
  seq: moment.seq,
  ruleSets: [],
  evaluator: 'none: the event was refused',
  facts: {},
  rules: [],
  actions: [],
  refusal: refused,
  summary: describeRefusal(refused),
})

const headOf = ({ event, now }: Moment) => ({
  orderId: event.orderId,
  eventId: event.id,
  eventType: event.type,
  decidedAt: now,
})

function summarise({ actions }: Settled, verdicts: readonly RuleVerdict[]): string {
  if (actions.length > 0) return actions.map((action) => action.sentence).join('; ')
  if (verdicts.length === 0) return 'no rule is awake on this event'
  const unsure = verdicts.filter(
    (verdict) => verdict.verdict === 'unknown' || verdict.verdict === 'failed',
  ).length
  return unsure === 0 ? 'no rule fired' : `no rule fired; ${unsure} could not tell`
}

function workOfFailedRules(
  verdicts: readonly RuleVerdict[],
  event: OrderEvent,
  order: OrderState,
  at: IsoInstant,
): readonly Work[] {
  return verdicts
    .filter((verdict) => verdict.verdict === 'failed')
    .map((verdict) =>
      makeWork({
        kind: 'rule_failed',
        id: `rule_failed:${order.orderId}:${event.id}:${verdict.ruleSet}/${verdict.rule}`,
        orderId: order.orderId,
        at,
        about: `${verdict.ruleSet}/${verdict.rule}: ${verdict.failure ?? 'no reason given'}`,
        eventId: event.id,
      }),
    )
}
