/**
 * Windows of an order that close: what a person can still do something about, and until when. Told from the order at the
 * moment of looking; only the instant from which on to look is stored.
 */
import { commandPhase, findCapture, isOpen } from './books.ts'
import { SAME_KEY_STOP_MS } from './engine/retry.ts'
import { dueOn } from './lifecycle/deadlines.ts'
import type { IsHeld } from './lifecycle/next-step.ts'
import type { CommandState, OrderState } from './order-state.ts'
import type { Work, WorkKind } from './ports/store.ts'
import type { Settings } from './settings.ts'
import { addDays, addMs, type IsoInstant, startOfDate } from './time.ts'
import { describeCommand, makeWork } from './work.ts'

const HOUR_MS = 3_600_000

/** An approval is told of this long before it expires, or for the last quarter of its time when that is shorter. */
const APPROVAL_MAX_MS = 4 * HOUR_MS
/** A repeat under the same key is told of this long before Klarna's memory of the key is no longer trusted. */
const SAME_KEY_MS = 4 * HOUR_MS
const AUTHORIZATION_MS = 48 * HOUR_MS

/** A call that was held back so often in a row, for a quarter of an hour and more, is not simply on its way. */
const HELD_BACK_COUNT = 10

type WindowKind = Extract<
  WorkKind,
  'approval_expiring' | 'authorization_expiring' | 'due_date_near' | 'repeat_expiring'
>

interface Window {
  readonly kind: WindowKind
  readonly command: CommandState
  /** Since when people should know. */
  readonly from: IsoInstant
  /** When it is over. */
  readonly until: IsoInstant
}

type WindowSettings = Pick<Settings, 'timeZone' | 'approval'>

/** From when on an order has a window that closes, or null. Windows that are over at `now` do not count. */
export const alertAt = (
  order: OrderState,
  settings: WindowSettings,
  now: IsoInstant,
): IsoInstant | null =>
  windowsOf(order, settings)
    .filter(({ until }) => until > now)
    .map(({ from }) => from)
    .toSorted()[0] ?? null

/**
 * The work that an order's closing windows are at `now`.
 *
 * What moves by itself is nobody's work: a command that is on its way and not held back again and again, and a repeat that
 * nothing holds back.
 */
export const workOfWindows = (
  order: OrderState,
  settings: WindowSettings,
  now: IsoInstant,
  isHeld: IsHeld,
): readonly Work[] =>
  windowsOf(order, settings)
    .filter((window) => window.from <= now && window.until > now && isStuckInIt(window, isHeld))
    .map(({ kind, command, from, until }) =>
      makeWork({
        kind,
        id: `${kind}:${command.command.id}`,
        orderId: order.orderId,
        at: from,
        about: `${describeCommand(command.command)} (${commandPhase(command)}), until ${until}`,
        commandId: command.command.id,
        eventId: command.command.eventId,
        until,
        details: { approvalHash: command.approvalHash },
      }),
    )

function isStuckInIt({ kind, command }: Window, isHeld: IsHeld): boolean {
  const phase = commandPhase(command)
  if (kind === 'repeat_expiring') return phase === 'paused' || isHeld(command)
  // On its way, unless something keeps holding it back: then the window may close before a person is asked.
  const isHeldBack = command.chart.context.deferCount >= HELD_BACK_COUNT
  return phase !== 'requested' || isHeldBack || isHeld(command)
}

const windowsOf = (order: OrderState, settings: WindowSettings): readonly Window[] =>
  order.commands.filter(isOpen).flatMap((command) => windowsOfCommand(order, command, settings))

function windowsOfCommand(
  order: OrderState,
  command: CommandState,
  { timeZone, approval }: WindowSettings,
): readonly Window[] {
  const { body } = command.command
  const { approvalExpiresAt, firstReachableAt, unknownCount } = command.chart.context
  const phase = commandPhase(command)
  const windows: Window[] = []
  const before = (kind: WindowKind, until: IsoInstant, spanMs: number): void => {
    windows.push({ kind, command, from: addMs(until, -spanMs), until })
  }
  if (phase === 'awaitingApproval' && approvalExpiresAt !== null) {
    const quarterMs = (approval.expiresAfterHours * HOUR_MS) / 4
    before('approval_expiring', approvalExpiresAt, Math.min(APPROVAL_MAX_MS, quarterMs))
  }
  const hasDoubt = firstReachableAt !== null && unknownCount > 0
  if (hasDoubt && (phase === 'doubtful' || phase === 'paused'))
    before('repeat_expiring', addMs(firstReachableAt, SAME_KEY_STOP_MS), SAME_KEY_MS)
  // A release needs no warning: an authorization that has expired is gone as it should be.
  if (body.operation === 'extendAuthorizationTime' && order.authorizationExpiresAt !== null)
    before('authorization_expiring', order.authorizationExpiresAt, AUTHORIZATION_MS)
  if (body.operation === 'extendDueDate') {
    const capture = findCapture(order, body.captureId)
    const on = capture === undefined ? null : dueOn(capture)
    if (on !== null) {
      // From the day before until the end of the day itself, in the merchant's time zone.
      const [from, until] = [addDays(on, -1), addDays(on, 1)]
      windows.push({
        kind: 'due_date_near',
        command,
        from: startOfDate(from, timeZone),
        until: startOfDate(until, timeZone),
      })
    }
  }
  return windows
}
