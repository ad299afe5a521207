/** Replays one past order under both versions of the rules, through the lifecycle. */
import {
  createTally,
  createTallyOnce,
  dateInZone,
  type TalliedAction,
  type TalliedStep,
} from '@postdelivery/core'
import {
  type CompiledRules,
  type ReplayedAction,
  type ReplayedDecision,
  type ReplayedOrder,
  simulatedRulesOf,
} from '@postdelivery/rules'
import { type BacktestPlan, compileVersions, type Versions } from './backtest-plan.ts'
import { createWorld } from './backtest-world.ts'
import type { PastOrder } from './past-order.ts'

/** Replays orders, one after another. */
export type Replayer = (order: PastOrder, source: string) => ReplayedOrder

/**
 * Makes a function that replays orders under both versions.
 *
 * An order is told alone: what is done about it changes what is decided later, and limits that it shares with other orders
 * count for it alone. Throws: `Error` when a text of the plan is no good rule set.
 */
export function createReplayer(plan: BacktestPlan): Replayer {
  const versions = compileVersions(plan)
  const decide = plan.once ? decideOnce(plan, versions) : decideAll(plan, versions)
  const { timeZone } = plan.settings
  return (order, source) => {
    const { orderId, events } = order
    const [first] = events
    const currency = first?.type === 'order.captured' ? first.order.currency : ''
    let firstAt = events[0]?.at
    let lastAt = firstAt
    for (const { at } of events) {
      if (firstAt !== undefined && at < firstAt) firstAt = at
      if (lastAt !== undefined && at > lastAt) lastAt = at
    }
    return {
      orderId,
      currency,
      firstOn: firstAt === undefined ? '' : dateInZone(firstAt, timeZone),
      lastOn: lastAt === undefined ? '' : dateInZone(lastAt, timeZone),
      eventCount: events.length,
      ...decide(order),
      source,
    }
  }
}

/** What both versions do with an order. */
type Decide = (order: PastOrder) => Pick<ReplayedOrder, 'before' | 'after'>

function decideAll(plan: BacktestPlan, { before, after }: Versions): Decide {
  const [decideBefore, decideAfter] = [before, after].map((compiled) => {
    const world = createWorld(plan)
    const tally = createTally(simulatedRulesOf(compiled), world.simulated)
    const names = namesOf(compiled)
    return (order: PastOrder) => {
      world.enter(order)
      return decisionsOf(tally(order.events).steps, names, plan.settings.timeZone)
    }
  })
  return (order) => ({
    before: decideBefore?.(order) ?? [],
    after: decideAfter?.(order) ?? [],
  })
}

function decideOnce(plan: BacktestPlan, { before, after }: Versions): Decide {
  const world = createWorld(plan)
  const { timeZone } = plan.settings
  const tally = createTallyOnce([before, after].map(simulatedRulesOf), world.simulated)
  const [names, namesAfter] = [namesOf(before), namesOf(after)]
  return (order) => {
    world.enter(order)
    const [step, stepAfter] = tally(order.events)
    return {
      before: step === undefined ? [] : decisionsOf([step], names, timeZone),
      after: stepAfter === undefined ? [] : decisionsOf([stepAfter], namesAfter, timeZone),
    }
  }
}

const namesOf = ({ rules }: CompiledRules): readonly string[] =>
  rules.map(({ ruleSet, rule }) => `${ruleSet}/${rule.name}`)

function decisionsOf(
  steps: readonly TalliedStep[],
  names: readonly string[],
  timeZone: string,
): readonly ReplayedDecision[] {
  const decisions: ReplayedDecision[] = []
  for (const { event, decidedAt, actions } of steps) {
    if (actions.length === 0) continue
    decisions.push({
      eventId: event.id,
      eventType: event.type,
      on: dateInZone(decidedAt, timeZone),
      actions: actions.map((action) => toReplayed(action, names)),
    })
  }
  return decisions
}

function toReplayed(
  { ruleIndex, type, outcome, refusal, commands }: TalliedAction,
  names: readonly string[],
): ReplayedAction {
  let refundMinor = 0
  let feeMinor = 0
  let why = refusal ?? ''
  for (const command of commands) {
    refundMinor += command.refundMinor
    feeMinor += command.feeMinor
    if (why === '' && command.waitsFor !== null) why = withoutDay(command.waitsFor)
  }
  const rule = ruleIndex === null ? null : (names[ruleIndex] ?? null)
  return { rule, type, outcome, why, commandCount: commands.length, refundMinor, feeMinor }
}

/** Limits that are counted by day are one reason whatever the day. */
const withoutDay = (why: string): string => why.replace(/:\d{4}-\d{2}-\d{2}$/, '')
