/** Reads XState machines: their states and transitions as plain rows, for tables and diagrams. */
import type { AnyStateMachine, AnyStateNode } from 'xstate'

/** One state of a chart. */
export interface StateRow {
  /** Names from the outermost state inwards. */
  readonly path: readonly string[]
  readonly tags: readonly string[]
}

/** One transition, as the chart declares it. */
export interface TransitionRow {
  readonly source: AnyStateNode
  readonly event: string
  /** Its name; `otherwise` after a candidate with a guard; null when nothing is asked. */
  readonly guard: string | null
  /** Null: the state stays as it is. */
  readonly target: AnyStateNode | null
  /** Assignments to the context, by name. */
  readonly notes: readonly string[]
  /** Other actions with their params: what the chart asks of the router. */
  readonly effects: readonly string[]
}

/** Every state node below the root, outer before inner, in the order of the source. */
function stateNodes(machine: AnyStateMachine): readonly AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] =>
    Object.values(node.states).flatMap((child) => [child, ...below(child)])
  return below(machine.root)
}

/** Every state as a row. */
export const statesOf = (machine: AnyStateMachine): readonly StateRow[] =>
  stateNodes(machine).map((node) => ({ path: node.path, tags: node.tags }))

/** Every transition, by state in the order of the source. */
export function transitionsOf(machine: AnyStateMachine): readonly TransitionRow[] {
  return stateNodes(machine).flatMap((source) =>
    [...source.transitions].flatMap(([event, definitions]) =>
      definitions.map((definition, index): TransitionRow => {
        const target = definition.target?.[0] ?? null
        const actions = definition.actions.map((action) => describeAction(machine, action))
        return {
          source,
          event,
          guard: nameOf(definition.guard) ?? (index === 0 ? null : 'otherwise'),
          target,
          notes: actions.filter((action) => action.isNote).map((action) => action.text),
          effects: actions.filter((action) => !action.isNote).map((action) => action.text),
        }
      }),
    ),
  )
}

interface DescribedAction {
  readonly text: string
  readonly isNote: boolean
}

function describeAction(machine: AnyStateMachine, action: unknown): DescribedAction {
  const name = nameOf(action)
  if (name === null) throw new Error(`${machine.id}: an action without a name cannot be documented`)
  const implementation: unknown = machine.implementations.actions[name]
  const isNote =
    (implementation as { readonly type?: string } | undefined)?.type === 'xstate.assign'
  const params =
    typeof action === 'object' && action !== null && 'params' in action ? action.params : undefined
  const values = Object.values((params ?? {}) as Readonly<Record<string, unknown>>).map(String)
  return { text: [name, ...values].join(' '), isNote }
}

/** The name of a guard or an action that is referred to by name. */
function nameOf(reference: unknown): string | null {
  if (typeof reference === 'string') return reference
  if (typeof reference === 'object' && reference !== null && 'type' in reference)
    return String(reference.type)
  return null
}
