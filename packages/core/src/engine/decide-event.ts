/** Decides one event in memory: apply, load facts, ask the rules, settle. Writes nothing; planning and handling share it. */
import type { Command } from '../commands.ts'
import type { Decision } from '../decision.ts'
import type { OrderEvent } from '../events.ts'
import type { Observation } from '../internal-events.ts'
import { applyEvent } from '../lifecycle/apply-event.ts'
import { subjectCaptureId } from '../lifecycle/apply-report.ts'
import { rankAsks } from '../lifecycle/rank-asks.ts'
import type { Routed } from '../lifecycle/router.ts'
import type { OrderState } from '../order-state.ts'
import type { Refusal } from '../refusals.ts'
import type { EnginePorts } from './engine-ports.ts'
import { loadFacts, readQuote } from './load-facts.ts'
import type { LoadedOrder } from './loaded-order.ts'
import { type Prepared, type Recorded, recordDecision, recordRefusal } from './record-decision.ts'

/** An event decided, refused, or put off because something it needs is down. */
export type Decided =
  | Recorded
  | { readonly type: 'refused'; readonly refusal: Refusal; readonly decision: Decision }
  | { readonly type: 'down'; readonly reason: string }

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
      decision: recordRefusal({ event, ...loaded }, applied.error),
    }
    return { settle: () => refused }
  }
  const prepared = await prepare(ports, applied.value, event, loaded)
  if ('reason' in prepared) return { settle: () => ({ type: 'down', reason: prepared.reason }) }
  const outside = {
    settings: ports.settings,
    prepare: (command: Command) => ports.gateway.prepare(command),
  }
  return {
    settle: (denied) => recordDecision(prepared, { event, ...loaded }, { ...outside, denied }),
  }
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
  return { routed, facts: facts.value.facts, quotes, rules, verdicts }
}
