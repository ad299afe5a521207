/** What became of the commands of one decision: read from the order, never guessed. */
import type { Decision, OrderState } from '@postdelivery/core'

/** States of the command chart in which nothing goes on by itself. */
const RESTING_STATES = [
  'confirmed',
  'refused',
  'rejected',
  'awaitingApproval',
  'paused',
  'stuck',
] as const

/** Where a command rests. `held`: it waits behind a paused one of its order. */
export type RestingState = (typeof RESTING_STATES)[number] | 'held'

/** One command that has come to rest. */
export interface SettledCommand {
  readonly commandId: string
  /** `confirmed`: Klarna has done it. `refused`, `rejected`: it will not be done. All others wait for a person. */
  readonly state: RestingState
  /** Why, when it is not `confirmed`. */
  readonly why: string | null
}

/** All commands of one decision, each settled or waiting for a person. */
export interface Settlement {
  readonly orderId: string
  readonly eventId: string
  readonly commands: readonly SettledCommand[]
  /** Whether a person is needed for one of them. */
  readonly needsPerson: boolean
}

/**
 * Says what became of a decision's commands.
 *
 * `order` may be null only when the decision made no command.
 * Returns: the settlement, or null while one of them still goes on by itself.
 */
export function settlementOf(decision: Decision, order: OrderState | null): Settlement | null {
  const ids = commandIdsOf(decision)
  const resting = order === null ? [] : restingCommands(order)
  const commands = ids.flatMap((id) => resting.filter(({ commandId }) => commandId === id))
  if (commands.length < ids.length) return null
  return {
    orderId: decision.orderId,
    eventId: decision.eventId,
    commands,
    needsPerson: commands.some(({ state }) => HUMAN_STATES.includes(state)),
  }
}

/** The ids of all commands that a decision made. */
const commandIdsOf = (decision: Decision): readonly string[] =>
  decision.actions.flatMap((action) => action.commandIds)

/** A paused command holds back all later ones: with it they wait for the person who resumes it. */
function restingCommands(order: OrderState): readonly SettledCommand[] {
  let pausedId: string | null = null
  return order.commands.flatMap(({ command, chart }): readonly SettledCommand[] => {
    const state = RESTING_STATES.find((each) => each === chart.value)
    if (state === 'paused') pausedId ??= command.id
    if (state !== undefined) {
      const why = state === 'confirmed' ? null : chart.context.why
      return [{ commandId: command.id, state, why }]
    }
    return pausedId === null
      ? []
      : [{ commandId: command.id, state: 'held', why: `paused:${pausedId}` }]
  })
}

const HUMAN_STATES: readonly RestingState[] = ['awaitingApproval', 'paused', 'stuck', 'held']
