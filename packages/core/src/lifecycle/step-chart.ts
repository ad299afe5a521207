/** Steps a chart purely: (state, event) gives the next state and its effects as data. No actor runs, nothing is executed. */
import { type AnyActorScope, type AnyStateMachine, createActor } from 'xstate'
import type { ChartState } from '../order-state.ts'
import type { ChartEffect } from './chart-effects.ts'

/** One step of a chart. */
export interface ChartStep<Context> {
  readonly state: ChartState<Context>
  readonly effects: readonly ChartEffect[]
  /** False when the chart has no place for the event in this state. */
  readonly isHandled: boolean
}

export type StepChart<Context, Event> = (
  state: ChartState<Context>,
  event: Event,
) => ChartStep<Context>

interface Snapshot {
  readonly value: unknown
  readonly context: unknown
}

/**
 * Makes the step function of a chart.
 *
 * XState's public `transition()` builds an actor and the initial state anew for every event; a scope made once gives the
 * same results several times faster. A test holds both equal, so that a new XState version cannot change it unnoticed.
 *
 * Throws: `Error` when a state does not exist in the chart; snapshots are checked when they are decoded.
 */
export function createStepChart<Context, Event extends { readonly type: string }>(
  machine: AnyStateMachine,
  input?: unknown,
): StepChart<Context, Event> {
  const collected: ChartEffect[] = []
  const scope = createScope(machine, input, collected)
  const templates = new Map<string, Snapshot>()

  return (state, event) => {
    const key = JSON.stringify(state.value)
    let template = templates.get(key)
    if (template === undefined) {
      template = machine.resolveState({
        value: state.value as never,
        context: state.context as never,
      }) as Snapshot
      templates.set(key, template)
    }
    const before = { ...template, context: state.context }
    collected.length = 0
    const after = machine.transition(before as never, event as never, scope) as unknown as Snapshot
    const effects = collected.slice()
    return {
      state: { value: after.value, context: after.context as Context },
      effects,
      isHandled: after !== before || effects.length > 0,
    }
  }
}

/** Tells whether a value names states that the chart has; an unknown state is refused loudly, never guessed. */
export function isChartValue(machine: AnyStateMachine, value: unknown): boolean {
  try {
    const resolved = machine.resolveState({ value: value as never, context: {} as never })
    return JSON.stringify(resolved.value) === JSON.stringify(value)
  } catch {
    return false
  }
}

function createScope(
  machine: AnyStateMachine,
  input: unknown,
  collected: ChartEffect[],
): AnyActorScope {
  const idle = createActor(machine, { input } as never)
  return {
    self: idle,
    id: idle.id,
    sessionId: idle.sessionId,
    logger: () => {},
    defer: () => {},
    emit: () => {},
    stopChild: () => {},
    system: idle.system,
    actionExecutor: (action) => {
      const params = (action.params ?? {}) as Readonly<Record<string, unknown>>
      collected.push({ type: action.type, ...params } as ChartEffect)
    },
  } as AnyActorScope
}
