/** Walks a chart through everything that its definition has: states, transitions, and the shortest way to each. */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph'

/** A chart with one event for every way in which its guards can go. */
export interface WalkedChart {
  readonly machine: AnyStateMachine
  readonly input?: unknown
  readonly events: readonly EventObject[]
  /** What guards read of the context, classed: too fine never ends, too coarse hides states. */
  readonly classOf: (context: never) => string
}

/** One transition, taken. */
export interface Edge {
  /** `#requested refused 1`: the state that has it, the event, and which of its alternatives. */
  readonly name: string
  readonly from: AnyMachineSnapshot
  readonly event: EventObject
  readonly to: AnyMachineSnapshot
}

const optionsOf = ({ input, events, classOf }: WalkedChart) => ({
  input,
  events,
  serializeState: (snapshot: AnyMachineSnapshot) =>
    `${JSON.stringify(snapshot.value)} ${classOf(snapshot.context as never)}`,
  serializeEvent: (event: EventObject) => JSON.stringify(event),
  limit: 20_000,
})

type Node = AnyStateMachine['root']
type Transition = NonNullable<ReturnType<Node['transitions']['get']>>[number]

const nodesOf = (node: Node): readonly Node[] => [
  node,
  ...Object.values(node.states as Readonly<Record<string, Node>>).flatMap(nodesOf),
]

/** The names of all transitions that the definition has. */
export const transitionsOf = ({ machine }: WalkedChart): readonly string[] => [
  ...namesOf(machine).values(),
]

/** The innermost states that the definition has, as paths from the root. */
export const statesOf = ({ machine }: WalkedChart): readonly string[] =>
  nodesOf(machine.root)
    .filter((node) => Object.keys(node.states).length === 0)
    .map((node) => node.path.join('.'))

/** The innermost states of a value, as paths from the root. */
export function leavesOf(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'string') return [`${path}${value}`]
  return Object.entries(value as object).flatMap(([key, inner]) =>
    leavesOf(inner, `${path}${key}.`),
  )
}

function namesOf(machine: AnyStateMachine): ReadonlyMap<Transition, string> {
  return new Map(
    nodesOf(machine.root).flatMap((node) =>
      [...node.transitions].flatMap(([type, alternatives]) =>
        alternatives.map((each, index): [Transition, string] => [
          each,
          `#${node.path.join('.')} ${type} ${index}`,
        ]),
      ),
    ),
  )
}

/** The library's own type has branded keys, behind which nothing can be listed. */
type AdjacencyLists = Readonly<
  Record<
    string,
    {
      readonly state: AnyMachineSnapshot
      readonly transitions: Readonly<
        Record<string, { readonly event: EventObject; readonly state: AnyMachineSnapshot }>
      >
    }
  >
>

/** Every transition that can be taken, from every class of states in which it can. */
export function edgesOf(chart: WalkedChart): readonly Edge[] {
  const names = namesOf(chart.machine)
  const map = getAdjacencyMap(chart.machine, optionsOf(chart) as never) as AdjacencyLists
  return Object.values(map).flatMap(({ state: from, transitions }) =>
    Object.values(transitions).flatMap(({ event, state: to }) =>
      chart.machine.getTransitionData(from, event).map((taken) => ({
        name: names.get(taken) ?? 'a transition of nobody',
        from,
        event,
        to,
      })),
    ),
  )
}

/** The states that are reached, with the shortest way to each. */
export const pathsOf = (
  chart: WalkedChart,
): readonly { readonly state: AnyMachineSnapshot; readonly events: readonly EventObject[] }[] =>
  getShortestPaths(chart.machine, optionsOf(chart) as never).map(({ state, steps }) => ({
    state: state as AnyMachineSnapshot,
    // The first step is the machine's own start.
    events: steps
      .map((step) => step.event as EventObject)
      .filter((event) => !event.type.startsWith('xstate.')),
  }))
