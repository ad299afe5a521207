/** What became of the commands of one decision: read from the order, never guessed. */
import type { CommandState, Decision, OrderState } from '@postdelivery/core'

/** States of the command chart in which nothing goes on by itself. */
const RESTING_STATES = [
  'confirmed',
  'refused',
  'rejected',
  'awaitingApproval',
  'paused',
  'stuck',
] as const

/** Where a command rests. `held`: refunds of the order stand still until a person has compared the books. */
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

/** The ids of all commands that a decision made. */
export const commandIdsOf = (decision: Decision): readonly string[] =>
  decision.actions.flatMap((action) => action.commandIds)

/**
 * Says what became of a decision's commands.
 *
 * `order` may be null only when the decision made no command.
 * Returns: the settlement, or null while one of them still goes on by itself.
 */
export function settlementOf(decision: Decision, order: OrderState | null): Settlement | null {
  const commands: SettledCommand[] = []
  for (const commandId of commandIdsOf(decision)) {
    const command = order?.commands.find((each) => each.command.id === commandId)
    const settled = command === undefined || order === null ? null : settledOf(command, order)
    if (settled === null) return null
    commands.push(settled)
  }
  return {
    orderId: decision.orderId,
    eventId: decision.eventId,
    commands,
    needsPerson: commands.some(({ state }) => HUMAN_STATES.includes(state)),
  }
}

function settledOf({ command, chart }: CommandState, order: OrderState): SettledCommand | null {
  const state = RESTING_STATES.find((each) => each === chart.value)
  if (state !== undefined) {
    return { commandId: command.id, state, why: state === 'confirmed' ? null : chart.context.why }
  }
  const isHeld =
    order.booksDiffer !== null &&
    command.body.operation === 'refundOrder' &&
    JSON.stringify(chart.value) === READY
  return isHeld ? { commandId: command.id, state: 'held', why: 'books_differ' } : null
}

const HUMAN_STATES: readonly RestingState[] = ['awaitingApproval', 'paused', 'stuck', 'held']

/** The chart's state of a command that waits for its turn. */
const READY = JSON.stringify({ requested: 'ready' })
