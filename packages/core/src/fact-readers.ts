/** How each static built-in fact is read from an order and an event. */
import { returnedValueMinor } from './allocate-refund.ts'
import {
  type CaptureBooks,
  captureBooks,
  findCapture,
  isIn,
  orderBooks,
  orderWord,
  sum,
} from './books.ts'
import type { OrderEvent } from './events.ts'
import type { FactValue } from './facts.ts'
import { subjectCaptureId } from './lifecycle/apply-report.ts'
import { dueOn } from './lifecycle/deadlines.ts'
import type { CaptureState, OrderState } from './order-state.ts'
import { subjectReturn } from './subject-return.ts'
import { dateInZone, daysBetween, type IsoInstant, type PlainDate } from './time.ts'

/** When facts are read, and where days are counted. */
export interface FactMoment {
  readonly now: IsoInstant
  readonly timeZone: string
}

/** A fact's value; null and undefined are unknown. */
export type MaybeFact = FactValue | null | undefined

/** What facts are about. Parts that several facts share are worked out once, when the first of them asks. */
export interface Subject {
  readonly order: OrderState
  readonly event: OrderEvent
  readonly moment: FactMoment
  readonly capture: CaptureState | undefined
  orderBooks?: CaptureBooks
  captureBooks?: CaptureBooks
  today?: PlainDate
  returned?: ReturnType<typeof subjectReturn>
  valueMinor?: number | undefined
}

/** Begins to look at an event. */
export function subjectOf(order: OrderState, event: OrderEvent, moment: FactMoment): Subject {
  const captureId = subjectCaptureId(order, event)
  const capture = captureId === null ? undefined : findCapture(order, captureId)
  return { order, event, moment, capture }
}

/** Reads one fact. */
export type Reader = (subject: Subject) => MaybeFact

const booksOf = (subject: Subject): CaptureBooks => {
  subject.orderBooks ??= orderBooks(subject.order)
  return subject.orderBooks
}

const ofCapture =
  (read: (capture: CaptureState) => MaybeFact): Reader =>
  ({ capture }) =>
    capture === undefined ? undefined : read(capture)

const ofCaptureBooks =
  (read: (books: CaptureBooks) => MaybeFact): Reader =>
  (subject) => {
    if (subject.capture === undefined) return undefined
    subject.captureBooks ??= captureBooks(subject.order, subject.capture)
    return read(subject.captureBooks)
  }

type Returned = NonNullable<ReturnType<typeof subjectReturn>>

const ofReturn =
  (read: (returned: Returned, subject: Subject) => MaybeFact): Reader =>
  (subject) => {
    const { order, event } = subject
    subject.returned ??= subjectReturn(order, event as { type: string; returnId?: string })
    return subject.returned === null ? undefined : read(subject.returned, subject)
  }

const linesOf = ({ returned, stage }: Returned) => returned.stages[stage]?.lines ?? []

/** The value of a return at its stage; unknown when its capture is. */
function returnedMinorOf(returned: Returned, subject: Subject): number | undefined {
  const capture = findCapture(subject.order, returned.returned.captureId)
  if (capture === undefined) return undefined
  subject.valueMinor ??= sum(linesOf(returned).map((line) => returnedValueMinor(capture, line)))
  return subject.valueMinor
}

function returnedShareOf(returned: Returned, subject: Subject): number | undefined {
  const valueMinor = returnedMinorOf(returned, subject)
  const capture = findCapture(subject.order, returned.returned.captureId)
  const capturedMinor = capture?.chart.context.capturedMinor ?? 0
  return valueMinor === undefined || capturedMinor === 0
    ? undefined
    : Math.floor((valueMinor * 100) / capturedMinor)
}

const todayOf = (subject: Subject): PlainDate => {
  subject.today ??= dateInZone(subject.moment.now, subject.moment.timeZone)
  return subject.today
}

const daysSince = (subject: Subject, at: IsoInstant | null | undefined): number | undefined =>
  at === null || at === undefined
    ? undefined
    : daysBetween(dateInZone(at, subject.moment.timeZone), todayOf(subject))

function daysToExpiry(subject: Subject): number | undefined {
  const { remainingAuthorizedMinor, authorizationExpiresAt: expiresAt } = subject.order
  if (remainingAuthorizedMinor === 0 || expiresAt === null) return undefined
  return daysBetween(todayOf(subject), dateInZone(expiresAt, subject.moment.timeZone))
}

function daysToDue(subject: Subject): number | undefined {
  const due = subject.capture === undefined ? null : dueOn(subject.capture)
  return due === null ? undefined : daysBetween(todayOf(subject), due)
}

/** The static built-in facts, in the order in which decisions list them. */
export const READERS: Readonly<Record<string, Reader>> = {
  'order.currency': ({ order }) => order.currency,
  'order.country': ({ order }) => order.country,
  'order.paymentMethod': ({ order }) => order.paymentMethod,
  'order.payLater': ({ order }) => order.payLater,
  'order.capturedMinor': (subject) => booksOf(subject).capturedMinor,
  'order.refundedMinor': (subject) => booksOf(subject).refundedMinor,
  'order.reservedMinor': (subject) => booksOf(subject).reservedMinor,
  'order.refundableMinor': (subject) => booksOf(subject).refundableMinor,
  'order.remainingAuthorizedMinor': ({ order }) => order.remainingAuthorizedMinor,
  'order.captureCount': ({ order }) => order.captures.length,
  'order.status': ({ order }) => orderWord(order),
  'order.klarnaStatus': ({ order }) => order.klarnaStatus,
  'capture.capturedMinor': ofCaptureBooks((books) => books.capturedMinor),
  'capture.refundedMinor': ofCaptureBooks((books) => books.refundedMinor),
  'capture.reservedMinor': ofCaptureBooks((books) => books.reservedMinor),
  'capture.refundableMinor': ofCaptureBooks((books) => books.refundableMinor),
  'capture.tracked': ofCapture(({ chart }) => isIn(chart.value, 'parcel', 'tracked')),
  'capture.extendedDays': ofCapture(({ chart }) => chart.context.extendedDays),
  'capture.extensionCount': ofCapture(({ chart }) => chart.context.extensionCount),
  'capture.refundCount': ofCapture(({ chart }) => chart.context.refundCount),
  'return.reason': ofReturn(({ returned }) => returned.reason),
  'return.condition': ofReturn(({ returned }) => returned.condition),
  'return.stage': ofReturn(({ stage }) => stage),
  'return.valueMinor': ofReturn(returnedMinorOf),
  'return.sharePercent': ofReturn(returnedShareOf),
  'return.lineCount': ofReturn((returned) => linesOf(returned).length),
  'return.references': ofReturn((returned) => linesOf(returned).map((line) => line.reference)),
  'time.daysSinceCapture': (subject) => daysSince(subject, subject.capture?.capturedAt),
  'time.daysSinceDelivery': (subject) => daysSince(subject, subject.capture?.deliveredAt),
  'time.daysToDueDate': daysToDue,
  'time.daysToAuthorizationExpiry': daysToExpiry,
  'event.type': ({ event }) => event.type,
  'event.problem': ({ event }) => (event.type === 'customer.reported' ? event.problem : undefined),
  'event.deadline': ({ event }) =>
    event.type === 'deadline.approaching' ? event.deadline : undefined,
  'event.daysLeft': ({ event }) =>
    event.type === 'deadline.approaching' ? event.daysLeft : undefined,
}
