/** A clock that ran ahead has stamped attempts with times to come: their keys may be older than they seem. */
import { commandPhase, isSending } from '../books.ts'
import type { ClockDistrusted } from '../internal-events.ts'
import type { CommandState } from '../order-state.ts'
import type { IsoInstant } from '../time.ts'
import { type Routed, stepCommand } from './router.ts'

/** Whether something may still be sent under a key that was first used later than `clockAt`, which cannot be. */
export function hasOpenKeySince(command: CommandState, clockAt: IsoInstant): boolean {
  const { firstReachableAt, keyEnded } = command.chart.context
  const maySend =
    ['requested', 'doubtful', 'paused'].includes(commandPhase(command)) && !isSending(command)
  return maySend && !keyEnded && firstReachableAt !== null && firstReachableAt > clockAt
}

/** Ends the keys whose age nobody knows; people hear of each, since what became of it must now be found out. */
export function distrustClock(
  routed: Routed,
  { clockAt }: ClockDistrusted,
  now: IsoInstant,
): Routed {
  const commands = routed.order.commands.filter((each) => hasOpenKeySince(each, clockAt))
  return commands.reduce((all, { command }) => {
    const ended = stepCommand(all, command.id, { type: 'endKey' }, now)
    const alarm = { type: 'alarm', code: 'key_ended', commandId: command.id } as const
    return { ...ended, effects: [...ended.effects, alarm] }
  }, routed)
}
