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

/** Where a command rests. `held`: another command of its order is paused, or its books differ from Klarna's. */
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

function restingCommands(order: OrderState): readonly SettledCommand[] {
  const paused = order.commands.find(({ chart }) => chart.value === 'paused')
  return order.commands.flatMap(({ command, chart }): readonly SettledCommand[] => {
    const commandId = command.id
    const state = RESTING_STATES.find((each) => each === chart.value)
    if (state !== undefined) {
      return [{ commandId, state, why: state === 'confirmed' ? null : chart.context.why }]
    }
    if (JSON.stringify(chart.value) === SENDING || chart.value === 'auditing') return []
    if (paused !== undefined) {
      return [{ commandId, state: 'held', why: `paused:${paused.command.id}` }]
    }
    const isRefund = command.body.operation === 'refundOrder'
    return order.booksDiffer !== null && isRefund
      ? [{ commandId, state: 'held', why: 'books_differ' }]
      : []
  })
}

/** An attempt is on its way. */
const SENDING = JSON.stringify({ requested: 'sending' })

const HUMAN_STATES: readonly RestingState[] = ['awaitingApproval', 'paused', 'stuck', 'held']
