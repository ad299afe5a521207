/** What of an order is due at an instant, and when something is due next: every timer is derived from the order itself. */
import { commandPhase, isSending } from '../books.ts'
import { isPullAllowed, STOPPED_WAIT_MS, shortestRepeatAt } from '../engine/retry.ts'
import type { DeadlineApproaching } from '../events.ts'
import type { CommandState, OrderState } from '../order-state.ts'
import type { Settings } from '../settings.ts'
import { addMs, type IsoInstant, laterOf } from '../time.ts'
import { dueDeadlines, nextDeadlineAt } from './deadlines.ts'

export type NextStep =
  | { readonly type: 'expireApproval'; readonly command: CommandState }
  | { readonly type: 'fireDeadline'; readonly event: DeadlineApproaching }
  | { readonly type: 'attempt'; readonly command: CommandState }
  | { readonly type: 'audit'; readonly command: CommandState }
  | { readonly type: 'nothing' }

/** Which commands must not be sent now: the kill switch, observe mode, refunds while the books differ. Reads go on. */
export type IsHeld = (command: CommandState) => boolean

/**
 * The first thing that is due: approvals that expire, deadlines, then commands in the order decided.
 *
 * At most one command of an order is in flight. A command that is ready holds back all behind it; one in doubt holds back
 * its own operation only; a paused one holds everything; a stuck one, one that waits for people and a held one hold nothing.
 */
export function nextStep(
  order: OrderState,
  settings: Settings,
  now: IsoInstant,
  isHeld: IsHeld,
): NextStep {
  const expired = order.commands.find(
    (each) =>
      commandPhase(each) === 'awaitingApproval' &&
      isAtOrBefore(each.chart.context.approvalExpiresAt, now),
  )
  if (expired !== undefined) return { type: 'expireApproval', command: expired }
  const [deadline] = dueDeadlines(order, settings, now)
  if (deadline !== undefined) return { type: 'fireDeadline', event: deadline }
  const command = runnable(order, isHeld).find(
    (each) => (each.chart.context.notBefore ?? now) <= now,
  )
  if (command === undefined) return { type: 'nothing' }
  return { type: commandPhase(command) === 'auditing' ? 'audit' : 'attempt', command }
}

/**
 * When something of the order is due next, at the earliest; null when only a report or a person moves it. Held commands
 * are looked at again after `STOPPED_WAIT_MS`.
 */
export function wakeAt(
  order: OrderState,
  settings: Settings,
  now: IsoInstant,
  isHeld: IsHeld = () => false,
): IsoInstant | null {
  const expiries = order.commands.flatMap((each) =>
    commandPhase(each) === 'awaitingApproval' && each.chart.context.approvalExpiresAt !== null
      ? [each.chart.context.approvalExpiresAt]
      : [],
  )
  const commands = runnable(order, isHeld).map((each) => each.chart.context.notBefore ?? now)
  const held = order.commands.some((each) => isUnderWay(each) && isHeld(each))
    ? [addMs(now, STOPPED_WAIT_MS)]
    : []
  const deadline = nextDeadlineAt(order, settings, now)
  return (
    [...expiries, ...commands, ...held, ...(deadline === null ? [] : [deadline])].toSorted()[0] ??
    null
  )
}

/** A repeat that may come sooner, and when. */
export interface Pull {
  readonly command: CommandState
  readonly dueAt: IsoInstant
}

/**
 * The first command in doubt whose repeat may be pulled forward, now that Klarna answers again.
 *
 * Once for each regular wait, and never sooner than Klarna's shortest wait after anything was decided about the order,
 * its last attempt among them.
 */
export function nextPull(order: OrderState, now: IsoInstant, isHeld: IsHeld): Pull | undefined {
  return runnable(order, isHeld)
    .filter((each) => commandPhase(each) === 'doubtful')
    .map((command) => ({
      command,
      dueAt: laterOf(now, shortestRepeatAt(command.command.id, order.lastDecidedAt)),
    }))
    .find(({ command, dueAt }) => isPullAllowed(command.chart.context, dueAt))
}

/** Commands that may be moved on, due or not, in the order decided. */
function runnable(order: OrderState, isHeld: IsHeld): readonly CommandState[] {
  if (order.commands.some((each) => isSending(each) || commandPhase(each) === 'paused')) return []
  const found: CommandState[] = []
  const heldBack = new Set<string>()
  for (const command of order.commands) {
    const phase = commandPhase(command)
    if (!isUnderWay(command)) continue
    const { operation } = command.command.body
    const mayMove = phase === 'auditing' || !isHeld(command)
    if (mayMove && !heldBack.has(operation)) found.push(command)
    if (mayMove || phase === 'doubtful') heldBack.add(operation)
    if (phase === 'requested' && mayMove) return found
  }
  return found
}

const isUnderWay = (command: CommandState): boolean =>
  ['requested', 'doubtful', 'auditing'].includes(commandPhase(command))

const isAtOrBefore = (at: IsoInstant | null, now: IsoInstant): boolean => at !== null && at <= now
