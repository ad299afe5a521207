/** What of an order is due at an instant, and when something is due next: every timer is derived from the order itself. */
import { commandPhase, isSending } from '../books.ts'
import type { DeadlineApproaching } from '../events.ts'
import type { CommandState, OrderState } from '../order-state.ts'
import type { Settings } from '../settings.ts'
import type { IsoInstant } from '../time.ts'
import { dueDeadlines, nextDeadlineAt } from './deadlines.ts'

export type NextStep =
  | { readonly type: 'expireApproval'; readonly command: CommandState }
  | { readonly type: 'fireDeadline'; readonly event: DeadlineApproaching }
  | { readonly type: 'attempt'; readonly command: CommandState }
  | { readonly type: 'audit'; readonly command: CommandState }
  /** `isHeld`: something is due that the kill switch holds. */
  | { readonly type: 'nothing'; readonly isHeld: boolean }

/**
 * The first thing that is due: approvals that expire, deadlines, then commands in the order decided.
 *
 * At most one command of an order is in flight. A command in doubt lets other operations pass, a stuck one and one that
 * waits for people lets all pass, a paused one holds everything. `isHeld` says which ones the kill switch holds.
 */
export function nextStep(
  order: OrderState,
  settings: Settings,
  now: IsoInstant,
  isHeld: (command: CommandState) => boolean,
): NextStep {
  const expired = order.commands.find(
    (each) =>
      commandPhase(each) === 'awaitingApproval' &&
      isAtOrBefore(each.chart.context.approvalExpiresAt, now),
  )
  if (expired !== undefined) return { type: 'expireApproval', command: expired }
  const [deadline] = dueDeadlines(order, settings, now)
  if (deadline !== undefined) return { type: 'fireDeadline', event: deadline }
  const due = runnable(order).filter((each) => (each.chart.context.notBefore ?? now) <= now)
  // Reads go on under the kill switch.
  const command = due.find((each) => commandPhase(each) === 'auditing' || !isHeld(each))
  if (command === undefined) return { type: 'nothing', isHeld: due.length > 0 }
  return { type: commandPhase(command) === 'auditing' ? 'audit' : 'attempt', command }
}

/** When something of the order is due next, at the earliest; null when only a report or a person moves it. */
export function wakeAt(order: OrderState, settings: Settings, now: IsoInstant): IsoInstant | null {
  const expiries = order.commands.flatMap((each) =>
    commandPhase(each) === 'awaitingApproval' && each.chart.context.approvalExpiresAt !== null
      ? [each.chart.context.approvalExpiresAt]
      : [],
  )
  const commands = runnable(order).map((each) => each.chart.context.notBefore ?? now)
  const deadline = nextDeadlineAt(order, settings, now)
  return [...expiries, ...commands, ...(deadline === null ? [] : [deadline])].toSorted()[0] ?? null
}

/** Commands that may be moved on, due or not, in the order decided. */
function runnable(order: OrderState): readonly CommandState[] {
  const found: CommandState[] = []
  const held = new Set<string>()
  for (const command of order.commands) {
    if (isSending(command)) return []
    const phase = commandPhase(command)
    if (phase === 'paused') return found
    if (phase !== 'requested' && phase !== 'doubtful' && phase !== 'auditing') continue
    const { operation } = command.command.body
    if (!held.has(operation)) found.push(command)
    held.add(operation)
  }
  return found
}

const isAtOrBefore = (at: IsoInstant | null, now: IsoInstant): boolean => at !== null && at <= now
