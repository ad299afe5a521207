/** Decides one event in memory: apply, load facts, ask the rules, settle. Writes nothing; planning and handling share it. */
import type { Decision, RuleVerdict } from '../decision.ts'
import type { OrderEvent } from '../events.ts'
import type { Facts } from '../facts.ts'
import type { Observation } from '../internal-events.ts'
import { applyEvent } from '../lifecycle/apply-event.ts'
import { subjectCaptureId } from '../lifecycle/apply-report.ts'
import { rankAsks } from '../lifecycle/rank-asks.ts'
import type { Routed } from '../lifecycle/router.ts'
import { type Settled, settleDecision } from '../lifecycle/settle-decision.ts'
import type { OrderState } from '../order-state.ts'
import type { RulesInForce } from '../ports/rule-book.ts'
import type { Work } from '../ports/store.ts'
import { describeRefusal, type Refusal } from '../refusals.ts'
import { makeWork } from '../work.ts'
import type { EnginePorts } from './engine-ports.ts'
import { type LoadedFacts, loadFacts, readQuote } from './load-facts.ts'
import type { LoadedOrder } from './loaded-order.ts'

/** An event decided, refused, or put off because something it needs is down. */
export type Decided =
  | {
      readonly type: 'decided'
      readonly routed: Routed
      readonly settled: Settled
      readonly decision: Decision
      readonly work: readonly Work[]
    }
  | { readonly type: 'refused'; readonly refusal: Refusal; readonly decision: Decision }
  | { readonly type: 'down'; readonly reason: string }

/** An event with everything that was looked up for it, so that settling again needs no second look. */
interface Prepared {
  readonly routed: Routed
  readonly loaded: LoadedFacts
  readonly rules: RulesInForce | null
  readonly verdicts: readonly RuleVerdict[]
}

/**
 * Decides an event against a loaded order.
 *
 * Returns a function that settles, so that commands which a shared limit denies can be settled again without asking the
 * rules twice.
 */
export async function decideEvent(
  ports: EnginePorts,
  loaded: LoadedOrder,
  event: OrderEvent,
): Promise<{ readonly settle: (denied: ReadonlyMap<string, string>) => Decided }> {
  const observation = await observe(ports, loaded.order, event)
  if (observation.type === 'down') return { settle: () => observation }
  const applied = applyEvent(loaded.order, event, loaded.now, observation.observation)
  if (!applied.ok) {
    const refused: Decided = {
      type: 'refused',
      refusal: applied.error,
      decision: refusedDecision(loaded, event, applied.error),
    }
    return { settle: () => refused }
  }
  const prepared = await prepare(ports, applied.value, event, loaded)
  if ('reason' in prepared) return { settle: () => ({ type: 'down', reason: prepared.reason }) }
  return { settle: (denied) => settle(ports, prepared, event, loaded, denied) }
}

/** `order.observed` brings nothing from outside: it only triggers a read. */
async function observe(
  { gateway }: EnginePorts,
  order: OrderState | null,
  event: OrderEvent,
): Promise<
  | { readonly type: 'observed'; readonly observation: Observation }
  | { readonly type: 'down'; readonly reason: string }
> {
  if (event.type !== 'order.observed' || order === null)
    return { type: 'observed', observation: {} }
  const read = await gateway.readOrder(order.orderId)
  if (read.type === 'read') return { type: 'observed', observation: { order: read.value } }
  const { answer } = read
  return {
    type: 'down',
    reason:
      answer.type === 'answered'
        ? `order at Klarna: http_${answer.status}`
        : `order at Klarna: ${answer.reason}`,
  }
}

async function prepare(
  ports: EnginePorts,
  routed: Routed,
  event: OrderEvent,
  { now }: LoadedOrder,
): Promise<Prepared | { readonly reason: string }> {
  const { order } = routed
  const rules = event.type === 'action.requested' ? null : ports.ruleBook.inForce()
  const facts = await loadFacts(ports, { order, event, now }, rules)
  if (!facts.ok) return facts.error
  const verdicts = rules === null ? [] : await rules.evaluate(event.type, facts.value.facts)

  // An extension is settled on what Klarna offers, so the offers are read before settling.
  const captureId = subjectCaptureId(order, event)
  const quotes = new Map(facts.value.quotes)
  const asksForTime = rankAsks({ event, verdicts, rules }).some(
    (ask) => ask.standing === 'stands' && ask.type === 'extendDueDate',
  )
  if (asksForTime && captureId !== null && !quotes.has(captureId)) {
    const quote = await readQuote(ports, order.orderId, captureId)
    if (!quote.ok) return quote.error
    quotes.set(captureId, quote.value)
  }
  return { routed, loaded: { facts: facts.value.facts, quotes }, rules, verdicts }
}

function settle(
  ports: EnginePorts,
  { routed, loaded: { facts, quotes }, rules, verdicts }: Prepared,
  event: OrderEvent,
  { now, seq }: LoadedOrder,
  denied: ReadonlyMap<string, string>,
): Decided {
  const settled = settleDecision({
    order: routed.order,
    event,
    now,
    quotes,
    verdicts,
    rules,
    settings: ports.settings,
    prepare: (command) => ports.gateway.prepare(command),
    denied,
  })
  const decision: Decision = {
    ...headOf(event, now, seq),
    ruleSets: rules?.ruleSets.map(({ name, version, hash }) => ({ name, version, hash })) ?? [],
    evaluator: rules?.evaluator ?? 'none: a person asked',
    facts: factsSeen(facts, verdicts, rules),
    rules: verdicts,
    actions: settled.actions,
    summary: summarise(settled, verdicts),
  }
  const all: Routed = {
    order: settled.routed.order,
    effects: [...routed.effects, ...settled.routed.effects],
  }
  return {
    type: 'decided',
    routed: all,
    settled,
    decision,
    work: workOfFailedRules(verdicts, event, routed.order, now),
  }
}

/** Without rules a decision rests on no facts; otherwise all that were loaded are kept, so that it can be decided again. */
const factsSeen = (
  facts: Facts,
  verdicts: readonly RuleVerdict[],
  rules: RulesInForce | null,
): Facts => (rules === null || verdicts.length === 0 ? {} : facts)

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
  at: LoadedOrder['now'],
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

const headOf = (event: OrderEvent, now: LoadedOrder['now'], seq: number) => ({
  orderId: event.orderId,
  eventId: event.id,
  eventType: event.type,
  decidedAt: now,
  seq: seq + 1,
})

const refusedDecision = (
  { now, seq }: LoadedOrder,
  event: OrderEvent,
  refused: Refusal,
): Decision => ({
  ...headOf(event, now, seq),
  seq,
  ruleSets: [],
  evaluator: 'none: the event was refused',
  facts: {},
  rules: [],
  actions: [],
  refusal: refused,
  summary: describeRefusal(refused),
})
