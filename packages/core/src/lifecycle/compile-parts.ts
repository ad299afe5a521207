/** The parts of a transition that a table keeps: guards and assigns as the chart's own functions, effects as data. */
import type { AnyStateMachine } from 'xstate'
import type { ChartEffect } from './chart-effects.ts'
import { ChartError, type ChartNode } from './supported-chart.ts'

/** What guards and assigns are called with. */
export interface PartArgs {
  readonly context: unknown
  readonly event: { readonly type: string }
}
export type Guard = (args: PartArgs) => boolean
/** Gives what changes of the context. */
export type Assign = (args: PartArgs & { readonly spawn: () => never }) => object

/** An action or a guard by its name, with what it is given. */
interface Named {
  readonly type: string
  readonly params: unknown
}

/** What `assign()` makes. */
interface AssignAction {
  readonly type: 'xstate.assign'
  readonly assignment:
    | ((args: PartArgs, params: unknown) => object)
    | Readonly<Record<string, unknown>>
}

/** Compiles a guard. Throws: `ChartError` for built-in guards, and for one that nobody wrote. */
export function compileGuard(machine: AnyStateMachine, node: ChartNode, guard: unknown): Guard {
  const { type, params } = namedOf(node, 'guard', guard)
  const found: unknown = machine.implementations.guards[type]
  if (typeof found !== 'function' || 'check' in found)
    throw new ChartError(node.id, 'guard', `\`${type}\` is no function of its own`)
  const check = found as (args: PartArgs, params: unknown) => boolean
  return (args) => check(args, params)
}

/** Compiles an action that assigns; null when it is an effect. Throws: `ChartError` for every other built-in action. */
export function compileAssign(
  machine: AnyStateMachine,
  node: ChartNode,
  action: unknown,
): Assign | null {
  const { type, params } = namedOf(node, 'actions', action)
  const found: unknown = machine.implementations.actions[type]
  if (typeof found !== 'function' || !('resolve' in found)) return null
  const { type: builtIn, assignment } = found as unknown as AssignAction
  if (builtIn !== 'xstate.assign')
    throw new ChartError(node.id, String(builtIn), `the action \`${type}\` does more than assign`)
  if (typeof assignment === 'function') return (args) => assignment(args, params)
  const entries = Object.entries(assignment)
  return (args) =>
    Object.fromEntries(
      entries.map(([key, given]) => [
        key,
        typeof given === 'function' ? given(args, params) : given,
      ]),
    )
}

/** An effect, the same object every time. */
export function effectOf(action: unknown): ChartEffect {
  const { type, params } = action as Partial<Named>
  const effect = typeof action === 'string' ? { type: action } : { type, ...(params as object) }
  return Object.freeze(effect) as ChartEffect
}

function namedOf(node: ChartNode, construct: string, part: unknown): Named {
  if (typeof part === 'string') return { type: part, params: undefined }
  if (typeof part === 'function')
    throw new ChartError(node.id, construct, 'it is written in place and has no name')
  const { type, params } = part as Named
  if (typeof params === 'function')
    throw new ChartError(node.id, construct, `what \`${type}\` is given is worked out on the way`)
  return { type, params }
}
