/** Explains the changed orders that a backtest keeps: what each version decides about each event, in its own sentences. */
import { type Decision, simulateOrder } from '@postdelivery/core'
import {
  type ChangedOrder,
  type CompiledRules,
  explainVerdict,
  simulatedRulesOf,
} from '@postdelivery/rules'
import { type BacktestPlan, compileVersions } from './backtest-plan.ts'
import { createWorld } from './backtest-world.ts'
import { type PastOrder, readPastOrder } from './past-order.ts'

/** A changed order, explained. */
export interface ExplainedOrder {
  readonly orderId: string
  /** ISO 4217 code. */
  readonly currency: string
  /** By how much refunds and fees differ, in minor units. */
  readonly differenceMinor: number
  readonly decisions: readonly {
    readonly eventType: string
    readonly on: string
    /** One sentence for each thing that is done or refused; why not when nothing is. */
    readonly before: readonly string[]
    readonly after: readonly string[]
  }[]
}

/** Replays the orders once more with everything that a decision records, and quotes it. */
export function explainExamples(
  plan: BacktestPlan,
  examples: readonly ChangedOrder[],
): readonly ExplainedOrder[] {
  if (examples.length === 0) return []
  const versions = compileVersions(plan)
  const isAwake = (type: string) =>
    versions.before.awakeOn(type).length > 0 || versions.after.awakeOn(type).length > 0
  const before = createExplainer(plan, versions.before, isAwake)
  const after = createExplainer(plan, versions.after, isAwake)
  return examples.flatMap(({ source, decisions, ...head }) => {
    const order = readPastOrder(source)
    if (!order.ok) return []
    const sides = { before: before(order.value), after: after(order.value) }
    const explained = decisions.map(({ eventId, eventType, on }) => ({
      eventType,
      on,
      before: sentencesOf(sides.before.get(eventId), sides.after.get(eventId)),
      after: sentencesOf(sides.after.get(eventId), sides.before.get(eventId)),
    }))
    return [{ ...head, decisions: explained }]
  })
}

function createExplainer(
  plan: BacktestPlan,
  compiled: CompiledRules,
  isAwake: (eventType: string) => boolean,
): (order: PastOrder) => ReadonlyMap<string, Decision> {
  const world = createWorld(plan, isAwake)
  const rules = simulatedRulesOf(compiled)
  return (order) => {
    world.enter(order)
    const { steps } = simulateOrder(order.events, rules, world.simulated)
    return new Map(
      steps.flatMap(({ event, decision }) => (decision === null ? [] : [[event.id, decision]])),
    )
  }
}

/** What a version did; when nothing, why the rules that acted in the other one did not fire. */
function sentencesOf(
  decision: Decision | undefined,
  other: Decision | undefined,
): readonly string[] {
  if (decision === undefined) return ['the event did not come']
  if (decision.actions.length > 0) return decision.actions.map(({ sentence }) => sentence)
  const acted = new Set(other?.actions.map(({ rule }) => rule))
  const silent = decision.rules
    .filter(({ rule }) => acted.has(rule))
    .map((verdict) => `${verdict.rule}: ${explainVerdict(verdict)}`)
  return silent.length > 0 ? silent : [decision.summary]
}
