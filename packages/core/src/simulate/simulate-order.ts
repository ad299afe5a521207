/** Simulates one order with everything that a live engine would record of it: decisions, sentences, bytes, later states. */
import { canonicalJson } from '../canonical-json.ts'
import type { Command, PreparedRequest } from '../commands.ts'
import type { Decision } from '../decision.ts'
import {
  type Moment,
  type Prepared,
  recordDecision,
  recordRefusal,
} from '../engine/record-decision.ts'
import type { OrderEvent, ReportedEvent } from '../events.ts'
import type { FactValue } from '../facts.ts'
import { extensionFacts, factsOf } from '../facts-of.ts'
import { sha256Hex } from '../ids.ts'
import type { DueDateOptions } from '../klarna-order.ts'
import { applyEventWith } from '../lifecycle/apply-event.ts'
import { subjectCaptureId } from '../lifecycle/apply-report.ts'
import { rankAsks } from '../lifecycle/rank-asks.ts'
import type { Routed } from '../lifecycle/router.ts'
import { TABLE_CHARTS } from '../lifecycle/table-charts.ts'
import type { OrderState } from '../order-state.ts'
import type { PromptRules } from '../ports/rule-book.ts'
import { carryOrder, enterStep, type Life } from './carry-order.ts'
import { type FullWorld, fullWorld, type SimulatedWorld } from './simulation.ts'

/** One event of a simulated order with what came of it. */
export interface SimulatedStep {
  /** A reported event, or a deadline that came near in between. */
  readonly event: OrderEvent
  /** What a live engine would record; null when the event's id was decided before, so that nothing happens. */
  readonly decision: Decision | null
  /** The commands that the decision made, whether they wait for people or not. */
  readonly commands: readonly Command[]
}

/** A simulated order. */
export interface SimulatedOrder {
  readonly steps: readonly SimulatedStep[]
  /** The order in the end; null when it was never registered. */
  readonly order: OrderState | null
}

/**
 * Carries one order through its events, so that what was decided earlier changes what is decided later.
 *
 * Pure and synchronous: nothing is read or sent, `event.at` is the only clock. Commands are answered at once as the world
 * says; what waits for people waits until it expires. `order.observed` reads nothing.
 *
 * Units: amounts in minor units of the order's currency; days are counted in `world.settings.timeZone`.
 * Returns: a step for each reported event and each deadline that came near, and the order in the end. An event of an order
 *   that is not registered yet is refused as `unknown_order`; a live engine would park it.
 * Throws: `AssertionError` when the events are of several orders.
 * Source: docs/simulate.md, with a sample.
 */
export function simulateOrder(
  events: readonly ReportedEvent[],
  rules: PromptRules,
  world: SimulatedWorld,
): SimulatedOrder {
  const life: Life = { world: fullWorld(world), charts: TABLE_CHARTS, order: null, seq: 0 }
  const steps: SimulatedStep[] = []
  carryOrder(life, events, {
    decide(_, event, now) {
      steps.push(decide(life, rules, { event, now, seq: life.seq }))
    },
    repeated(_, event) {
      steps.push({ event, decision: null, commands: [] })
    },
  })
  return { steps, order: life.order }
}

function decide(life: Life, rules: PromptRules, moment: Moment): SimulatedStep {
  const { order, charts, world } = life
  const { event, now } = moment
  const applied = applyEventWith(charts, { order, event, now, observation: {} })
  if (!applied.ok) return { event, decision: recordRefusal(moment, applied.error), commands: [] }

  const prepared = prepare(world, applied.value, { rules, moment })
  const denied = new Map<string, string>()
  for (;;) {
    const outside = { settings: world.settings, prepare: prepareAnything, denied }
    const { routed, settled, decision } = recordDecision(prepared, moment, outside)
    const reached = enterStep(life, routed, { now, reservations: settled.reservations })
    if (reached !== null) {
      denied.set(reached.commandId, `limit:${reached.bucket}`)
      continue
    }
    life.order = routed.order
    life.seq += 1
    return { event, decision, commands: settled.commands.map(({ command }) => command) }
  }
}

/** Looks up what the awake rules name and asks them. */
function prepare(
  world: FullWorld,
  routed: Routed,
  { rules: allRules, moment }: { readonly rules: PromptRules; readonly moment: Moment },
): Prepared {
  const { event, now } = moment
  const { order } = routed
  const rules = event.type === 'action.requested' || !world.isAsked(event) ? null : allRules
  const captureId = subjectCaptureId(order, event)
  const quotes = new Map<string, DueDateOptions>()
  const quote = (): DueDateOptions | null => {
    if (captureId === null) return null
    const known = quotes.get(captureId) ?? world.offersOf(order, captureId)
    quotes.set(captureId, known)
    return known
  }
  const facts: Record<string, FactValue> = {
    ...factsOf(order, event, now, world.settings.timeZone),
    ...world.ownFactsOf(event, order),
  }
  const mentioned =
    rules === null ? [] : [...rules.factsNeeded(event.type), ...rules.factsWanted(event.type)]
  if (mentioned.some((name) => name.startsWith('extension.'))) {
    const offered = quote()
    if (offered !== null) Object.assign(facts, extensionFacts(offered))
  }
  const verdicts = rules === null ? [] : rules.verdicts(event.type, facts)
  const asksForTime = rankAsks({ event, verdicts, rules }).some(
    (ask) => ask.standing === 'stands' && ask.type === 'extendDueDate',
  )
  if (asksForTime) quote()
  return { routed, facts, quotes, rules, verdicts }
}

/** Stands in for a gateway: the bytes follow from the command alone. */
const prepareAnything = (command: Command): PreparedRequest => {
  const body = canonicalJson(command.body)
  return { method: 'POST', path: `/simulated/${command.id}`, body, hash: sha256Hex(body) }
}
