/** Compiles a chart to a table: the same steps as XState's, many times faster, for simulations. XState is the oracle. */
import type { AnyStateMachine } from 'xstate'
import { type Active, activeOf, nameOf, retarget } from './chart-configurations.ts'
import type { ChartEffect } from './chart-effects.ts'
import {
  type Assign,
  compileAssign,
  compileGuard,
  effectOf,
  type Guard,
  type PartArgs,
} from './compile-parts.ts'
import type { ChartStep, StepChart } from './step-chart.ts'
import { type ChartNode, type ChartTransition, checkChart, domainOf } from './supported-chart.ts'

/**
 * Makes the step function of a chart from a table.
 *
 * Guards and assigns are the chart's own functions; values, contexts and effects are those of `createStepChart`. Each
 * configuration is worked out when it is met first, and kept.
 * Throws: `ChartError` when the chart has something that a table cannot say; the step function, `Error` when a state does
 *   not exist in the chart, and what guards and assigns throw.
 */
export function compileChart<Context, Event extends { readonly type: string }>(
  machine: AnyStateMachine,
): StepChart<Context, Event> {
  checkChart(machine)
  const table = createTable(machine)
  return (state, event) => {
    const from = table.configurationOf(state.value)
    const choice = table.choiceOf(from, event.type)
    if (choice === null) return { state, effects: NO_EFFECTS, isHandled: false }
    const args = { context: state.context, event }
    const ways: Way[] = []
    pick(choice, args, ways)
    return step(table, from, ways, args) as ChartStep<Context>
  }
}

const NO_EFFECTS: readonly ChartEffect[] = []

/** One set of states that are active together. */
interface Configuration {
  readonly active: Active
  readonly value: unknown
  /** By event type; null when no active state has a place for the event. */
  readonly choices: Map<string, Choice | null>
  /** Where each way leads from here. */
  readonly nexts: Map<Way, Configuration>
}

/** One alternative of an event, ready to be taken. */
interface Way {
  readonly guard: Guard | null
  readonly assigns: readonly Assign[]
  readonly effects: readonly ChartEffect[]
  /** Null when only actions happen. */
  readonly move: { readonly domain: ChartNode; readonly target: ChartNode } | null
}

/** Who answers an event: each of the regions inside may; if none does, the first of `ways` whose guard lets it. */
interface Choice {
  readonly regions: readonly Choice[]
  readonly ways: readonly Way[]
}

interface Table {
  configurationOf(value: unknown): Configuration
  choiceOf(from: Configuration, eventType: string): Choice | null
  next(from: Configuration, way: Way): Configuration
}

function createTable(machine: AnyStateMachine): Table {
  const byName = new Map<string, Configuration>()
  // Values that came from here, and those of new orders, are recognised without looking into them.
  const byValue = new WeakMap<object, Configuration>()
  const byText = new Map<string, Configuration>()
  const ways = new Map<ChartTransition, Way>()
  const wayOf = (transition: ChartTransition): Way => {
    const way = ways.get(transition) ?? compileWay(machine, transition)
    ways.set(transition, way)
    return way
  }
  // All of them now, so that what is not supported is refused when compiling.
  for (const transition of transitionsOf(machine.root)) wayOf(transition)

  const remember = (value: unknown, configuration: Configuration): void => {
    if (typeof value === 'string') byText.set(value, configuration)
    if (typeof value === 'object' && value !== null) byValue.set(value, configuration)
  }
  const intern = (active: Active): Configuration => {
    const value = nameOf(active)
    const name = JSON.stringify(value)
    const known = byName.get(name)
    if (known !== undefined) return known
    const made = { active, value, choices: new Map(), nexts: new Map() }
    byName.set(name, made)
    remember(value, made)
    return made
  }
  return {
    configurationOf(value) {
      const known = typeof value === 'string' ? byText.get(value) : byValue.get(value as object)
      if (known !== undefined) return known
      const found = intern(activeOf(machine.root, value))
      remember(value, found)
      return found
    },
    choiceOf(from, eventType) {
      let choice = from.choices.get(eventType)
      if (choice === undefined) {
        choice = choiceIn(from.active, eventType, wayOf)
        from.choices.set(eventType, choice)
      }
      return choice
    },
    next(from, way) {
      if (way.move === null) return from
      let to = from.nexts.get(way)
      if (to === undefined) {
        to = intern(retarget(from.active, way.move.domain, way.move.target))
        from.nexts.set(way, to)
      }
      return to
    },
  }
}

const transitionsOf = (node: ChartNode): readonly ChartTransition[] => [
  ...[...node.transitions.values()].flat(),
  ...Object.values(node.states as Readonly<Record<string, ChartNode>>).flatMap(transitionsOf),
]

function compileWay(machine: AnyStateMachine, transition: ChartTransition): Way {
  const { source, guard, actions, target } = transition
  const [goal] = (target ?? []) as readonly ChartNode[]
  const compiled = actions.map((action) => ({
    assign: compileAssign(machine, source, action),
    effect: effectOf(action),
  }))
  return {
    guard: guard === undefined ? null : compileGuard(machine, source, guard),
    assigns: compiled.flatMap(({ assign }) => (assign === null ? [] : [assign])),
    effects: compiled.flatMap(({ assign, effect }) => (assign === null ? [effect] : [])),
    move: goal === undefined ? null : { domain: domainOf(source, goal), target: goal },
  }
}

/** Inner states answer first; a parallel state asks all of its regions. */
function choiceIn(
  { node, inner }: Active,
  eventType: string,
  wayOf: (transition: ChartTransition) => Way,
): Choice | null {
  const own = (node.transitions.get(eventType) ?? []).map(wayOf)
  const answering = inner.flatMap((each) => choiceIn(each, eventType, wayOf) ?? [])
  if (answering.length === 0) return own.length === 0 ? null : { regions: [], ways: own }
  const [first, second] = answering
  // Of one line of states the first way that is open wins, from the inside out.
  if (first !== undefined && second === undefined && first.regions.length === 0)
    return { regions: [], ways: [...first.ways, ...own] }
  return { regions: answering, ways: own }
}

function pick({ regions, ways }: Choice, args: PartArgs, picked: Way[]): void {
  const before = picked.length
  for (const region of regions) pick(region, args, picked)
  if (picked.length > before) return
  for (const way of ways) {
    if (way.guard === null || way.guard(args)) {
      picked.push(way)
      return
    }
  }
}

/** A table has no actors; XState hands this to every assign, so that one that uses it is stopped here. */
const spawn = (): never => {
  throw new Error('a chart in a table spawns no actors')
}

/** Ways of several regions are taken one after the other: none leaves its region, so their order changes nothing. */
function step(
  table: Table,
  from: Configuration,
  ways: readonly Way[],
  { context: before, event }: PartArgs,
): ChartStep<unknown> {
  let to = from
  let context = before
  let effects = NO_EFFECTS
  for (const way of ways) {
    to = table.next(to, way)
    for (const assign of way.assigns)
      context = { ...(context as object), ...assign({ context, event, spawn }) }
    if (way.effects.length > 0)
      effects = effects.length === 0 ? way.effects : [...effects, ...way.effects]
  }
  const isHandled = to !== from || context !== before || effects.length > 0
  return { state: { value: to.value, context }, effects, isHandled }
}
