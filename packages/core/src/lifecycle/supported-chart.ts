/** What of a chart can be compiled to a table: everything that ours use, and a clear no to anything else. */
import type { AnyStateMachine } from 'xstate'

/** A chart that cannot be compiled: which state has what. */
export class ChartError extends Error {
  override readonly name = 'ChartError'
  /** The state's id, for example `command.doubtful`. */
  readonly state: string
  /** XState's word for what is not supported, for example `invoke`. */
  readonly construct: string

  constructor(state: string, construct: string, why: string) {
    super(`state \`${state}\` has \`${construct}\`: ${why}`)
    this.state = state
    this.construct = construct
  }
}

/** A state as the finished machine has it. */
export type ChartNode = AnyStateMachine['root']

/** One alternative of an event in a state, as the finished machine has it. */
export type ChartTransition = NonNullable<ReturnType<ChartNode['transitions']['get']>>[number]

/** The states directly inside of another one, in the order of the document. */
export const childrenOf = (node: ChartNode): readonly ChartNode[] =>
  Object.values(node.states as Readonly<Record<string, ChartNode>>)

/** Whether a state is somewhere inside of another one. */
export const isInside = (node: ChartNode, outer: ChartNode): boolean =>
  node.parent !== undefined && (node.parent === outer || isInside(node.parent, outer))

/**
 * The innermost state that holds all that a transition leaves and enters: its source when the target is the source or inside
 * of it, else the innermost state around both.
 */
export function domainOf(source: ChartNode, target: ChartNode): ChartNode {
  if (target === source || isInside(target, source)) return source
  let outer = source
  while (outer.parent !== undefined) {
    outer = outer.parent
    if (isInside(target, outer)) return outer
  }
  return outer
}

/**
 * Checks that a chart has nothing that a table cannot say.
 *
 * Throws: `ChartError` for the first state with something else: invoked actors, delays, eventless transitions, history,
 *   final states, entry and exit actions, wildcards, several targets, re-entry, a transition out of its parallel region.
 */
export function checkChart(machine: AnyStateMachine): void {
  for (const node of nodesOf(machine.root)) {
    checkNode(node)
    for (const [eventType, transitions] of node.transitions) {
      checkEventType(node, eventType)
      for (const transition of transitions) checkTransition(node, transition)
    }
  }
}

/** All states inside of another one, itself first. */
const nodesOf = (node: ChartNode): readonly ChartNode[] => [
  node,
  ...childrenOf(node).flatMap(nodesOf),
]

function checkNode(node: ChartNode): void {
  const no = (construct: string, why: string): never => {
    throw new ChartError(node.id, construct, why)
  }
  if (node.invoke.length > 0) no('invoke', 'actors are lost or repeated on restore')
  if (node.config.after !== undefined) no('after', 'time is an ordinary event')
  if ((node.always ?? []).length > 0) no('always', 'every transition has an event')
  if (node.type === 'history') no('history', 'a value says all about a state')
  if (node.type === 'final') no('final', 'settled states are ordinary states')
  if (node.entry.length > 0) no('entry', 'actions belong to transitions')
  if (node.exit.length > 0) no('exit', 'actions belong to transitions')
  if (node.config.onDone !== undefined) no('onDone', 'nothing is final')
  if (node.type === 'compound' && node.initial.actions.length > 0)
    no('initial', 'an initial state has no actions')
}

function checkEventType(node: ChartNode, eventType: string): void {
  if (eventType.includes('*'))
    throw new ChartError(node.id, eventType, 'every event is named in full')
}

function checkTransition(node: ChartNode, { target, reenter, eventType }: ChartTransition): void {
  const no = (construct: string, why: string): never => {
    throw new ChartError(node.id, construct, `on \`${eventType}\`, ${why}`)
  }
  if (reenter) no('reenter', 'nothing happens on the way out or in')
  const [only, second] = (target ?? []) as readonly ChartNode[]
  if (second !== undefined) no('target', 'one target says where to go')
  if (only === undefined) return
  const domain = domainOf(node, only)
  for (let inner = node; inner.parent !== undefined; inner = inner.parent) {
    const isLeft = inner.parent.type === 'parallel' && domain !== inner && !isInside(domain, inner)
    if (isLeft) no('target', 'a transition stays within its parallel region')
  }
}
