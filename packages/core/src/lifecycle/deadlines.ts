/** The deadlines of an order and when each wakes the rules next; derived from the order's own dates, never stored as timers. */
import { DEADLINES, type Deadline, type DeadlineApproaching } from '../events.ts'
import type { CaptureState, OrderState } from '../order-state.ts'
import type { Settings } from '../settings.ts'
import {
  addDays,
  dateInZone,
  daysBetween,
  type IsoInstant,
  type PlainDate,
  startOfDate,
} from '../time.ts'

/** A deadline with its date. */
export interface DatedDeadline {
  readonly deadline: Deadline
  /** Absent for deadlines of the whole order. */
  readonly captureId?: string
  readonly on: PlainDate
}

type DeadlineSettings = Pick<Settings, 'timeZone' | 'deadlineDays'>

/** The name under which an order remembers how far a deadline has fired; a date that moved is another deadline. */
export const deadlineKey = ({
  deadline,
  captureId,
  on,
}: Pick<DatedDeadline, 'deadline' | 'captureId'> & { readonly on: string }): string =>
  `${deadline}:${captureId ?? ''}:${on}`

/** The day on which the customer must have paid: the base by the merchant's terms and the confirmed extensions. */
export const dueOn = (capture: CaptureState): PlainDate | null =>
  capture.baseDueOn === null ? null : addDays(capture.baseDueOn, capture.chart.context.extendedDays)

/** All deadlines of an order that have a date. A closed order has none. */
export function deadlinesOf(
  order: OrderState,
  { timeZone }: DeadlineSettings,
): readonly DatedDeadline[] {
  if (order.chart.value === 'closed') return []
  const ofCaptures = order.captures.flatMap((capture): DatedDeadline[] => {
    const due = dueOn(capture)
    const { captureId, returnWindowEndsOn } = capture
    return [
      ...(due === null ? [] : [{ deadline: 'due_date' as const, captureId, on: due }]),
      ...(returnWindowEndsOn === null
        ? []
        : [{ deadline: 'return_window' as const, captureId, on: returnWindowEndsOn }]),
    ]
  })
  const { authorizationExpiresAt: expiresAt } = order
  if (expiresAt === null || order.remainingAuthorizedMinor === 0) return ofCaptures
  return [...ofCaptures, { deadline: 'authorization_expiry', on: dateInZone(expiresAt, timeZone) }]
}

/**
 * The deadline events that are due at `now`: at most one per deadline, so that after an outage only the nearest fires.
 * Dates that have passed fire nothing.
 */
export function dueDeadlines(
  order: OrderState,
  settings: DeadlineSettings,
  now: IsoInstant,
): readonly DeadlineApproaching[] {
  if (wakeNobody(settings)) return []
  const today = dateInZone(now, settings.timeZone)
  return deadlinesOf(order, settings).flatMap((dated) => {
    const daysLeft = daysBetween(today, dated.on)
    const isDue = daysLeft >= 0 && unfired(order, dated, settings).some((days) => days >= daysLeft)
    return isDue ? [toEvent(order.orderId, dated, daysLeft, now)] : []
  })
}

/** When the next deadline wakes the rules, or null; dates that have passed at `now` wake nobody. */
export function nextDeadlineAt(
  order: OrderState,
  settings: DeadlineSettings,
  now: IsoInstant,
): IsoInstant | null {
  if (wakeNobody(settings)) return null
  const today = dateInZone(now, settings.timeZone)
  const instants = deadlinesOf(order, settings).flatMap((dated) => {
    const days = unfired(order, dated, settings)
    if (days.length === 0 || dated.on < today) return []
    return [startOfDate(addDays(dated.on, -Math.max(...days)), settings.timeZone)]
  })
  return instants.toSorted()[0] ?? null
}

/** Whether no deadline ever wakes the rules. */
export const wakeNobody = ({ deadlineDays }: DeadlineSettings): boolean =>
  DEADLINES.every((deadline) => deadlineDays[deadline].length === 0)

/** Days left at which a deadline has still to fire. */
function unfired(
  order: OrderState,
  dated: DatedDeadline,
  { deadlineDays }: DeadlineSettings,
): readonly number[] {
  const firedAtDays = order.deadlinesFired[deadlineKey(dated)] ?? Number.POSITIVE_INFINITY
  return deadlineDays[dated.deadline].filter((days) => days < firedAtDays)
}

const toEvent = (
  orderId: string,
  dated: DatedDeadline,
  daysLeft: number,
  now: IsoInstant,
): DeadlineApproaching => ({
  id: `due:${dated.deadline}:${dated.captureId ?? ''}:${dated.on}:${daysLeft}`,
  type: 'deadline.approaching',
  orderId,
  at: now,
  ...(dated.captureId === undefined ? {} : { captureId: dated.captureId }),
  deadline: dated.deadline,
  on: dated.on,
  daysLeft,
})
