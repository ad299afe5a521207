/** The static built-in facts of an order at an event: pure, from recorded things only. */

import type { ReturnStage } from './actions.ts'
import { RETURN_STAGES } from './actions.ts'
import { returnedValueMinor } from './allocate-refund.ts'
import { captureBooks, findCapture, isIn, orderBooks, orderWord, sum } from './books.ts'
import type { OrderEvent } from './events.ts'
import { FACTS, type Facts, type FactValue } from './facts.ts'
import type { DueDateOptions } from './klarna-order.ts'
import { stageOf, subjectCaptureId } from './lifecycle/apply-report.ts'
import { dueOn } from './lifecycle/deadlines.ts'
import type { CaptureState, OrderState, ReturnState } from './order-state.ts'
import { dateInZone, daysBetween, type IsoInstant } from './time.ts'

type MaybeFacts = Record<string, FactValue | null | undefined>

/** The return that an event is about, with the stage that counts for it. */
export function subjectReturn(
  order: OrderState,
  event: { readonly type: string; readonly returnId?: string | undefined },
): { readonly returned: ReturnState; readonly stage: ReturnStage } | null {
  if (event.returnId === undefined) return null
  const returned = order.returns.find((each) => each.returnId === event.returnId)
  if (returned === undefined) return null
  if (
    event.type === 'return.registered' ||
    event.type === 'return.received' ||
    event.type === 'return.inspected'
  ) {
    return { returned, stage: stageOf(event.type) }
  }
  const stage = RETURN_STAGES.findLast((each) => returned.stages[each] !== undefined)
  return stage === undefined ? null : { returned, stage }
}

/**
 * The static facts of an order, as rules see them after the event was applied.
 *
 * Pure: `time.*` counts whole days from `now` in `timeZone`. What an order lacks is absent, and absent is unknown.
 */
export function factsOf(
  order: OrderState,
  event: OrderEvent,
  now: IsoInstant,
  timeZone: string,
): Facts {
  const captureId = subjectCaptureId(order, event)
  const capture = captureId === null ? undefined : findCapture(order, captureId)
  return present({
    ...ownFacts('customer', order.customer),
    ...ownFacts('event', 'data' in event ? event.data : undefined),
    ...orderFacts(order),
    ...(capture === undefined ? {} : captureFacts(order, capture)),
    ...returnFacts(order, event),
    ...timeFacts(order, capture, now, timeZone),
    ...eventFacts(event),
  })
}

/** The facts of Klarna's offers for the subject's due date. An empty list says that nothing is offered. */
export function extensionFacts({ options }: DueDateOptions): Facts {
  const longest = options.toSorted((a, b) => b.numberOfDays - a.numberOfDays)[0]
  const free = options
    .filter((option) => option.feeMinor === 0)
    .toSorted((a, b) => b.numberOfDays - a.numberOfDays)[0]
  return present({
    'extension.available': options.length > 0,
    'extension.longestDays': longest?.numberOfDays,
    'extension.longestFeeMinor': longest?.feeMinor,
    'extension.freeDays': free?.numberOfDays,
  })
}

function orderFacts(order: OrderState): MaybeFacts {
  const books = orderBooks(order)
  return {
    'order.currency': order.currency,
    'order.country': order.country,
    'order.paymentMethod': order.paymentMethod,
    'order.payLater': order.payLater,
    'order.capturedMinor': books.capturedMinor,
    'order.refundedMinor': books.refundedMinor,
    'order.reservedMinor': books.reservedMinor,
    'order.refundableMinor': books.refundableMinor,
    'order.remainingAuthorizedMinor': order.remainingAuthorizedMinor,
    'order.captureCount': order.captures.length,
    'order.status': orderWord(order),
    'order.klarnaStatus': order.klarnaStatus,
  }
}

function captureFacts(order: OrderState, capture: CaptureState): MaybeFacts {
  const books = captureBooks(order, capture)
  const { context, value } = capture.chart
  return {
    'capture.capturedMinor': books.capturedMinor,
    'capture.refundedMinor': books.refundedMinor,
    'capture.reservedMinor': books.reservedMinor,
    'capture.refundableMinor': books.refundableMinor,
    'capture.tracked': isIn(value, 'parcel', 'tracked'),
    'capture.extendedDays': context.extendedDays,
    'capture.extensionCount': context.extensionCount,
    'capture.refundCount': context.refundCount,
  }
}

function returnFacts(order: OrderState, event: OrderEvent): MaybeFacts {
  const subject = subjectReturn(order, event as { type: string; returnId?: string })
  if (subject === null) return {}
  const { returned, stage } = subject
  const capture = findCapture(order, returned.captureId)
  const lines = returned.stages[stage]?.lines ?? []
  const valueMinor =
    capture === undefined ? undefined : sum(lines.map((line) => returnedValueMinor(capture, line)))
  const capturedMinor = capture?.chart.context.capturedMinor ?? 0
  return {
    'return.reason': returned.reason,
    'return.condition': returned.condition,
    'return.stage': stage,
    'return.valueMinor': valueMinor,
    'return.sharePercent':
      valueMinor === undefined || capturedMinor === 0
        ? undefined
        : Math.floor((valueMinor * 100) / capturedMinor),
    'return.lineCount': lines.length,
    'return.references': lines.map((line) => line.reference),
  }
}

function timeFacts(
  order: OrderState,
  capture: CaptureState | undefined,
  now: IsoInstant,
  timeZone: string,
): MaybeFacts {
  const today = dateInZone(now, timeZone)
  const since = (at: IsoInstant | null | undefined) =>
    at === null || at === undefined ? undefined : daysBetween(dateInZone(at, timeZone), today)
  const due = capture === undefined ? null : dueOn(capture)
  const expiresAt = order.remainingAuthorizedMinor === 0 ? null : order.authorizationExpiresAt
  return {
    'time.daysSinceCapture': since(capture?.capturedAt),
    'time.daysSinceDelivery': since(capture?.deliveredAt),
    'time.daysToDueDate': due === null ? undefined : daysBetween(today, due),
    'time.daysToAuthorizationExpiry':
      expiresAt === null ? undefined : daysBetween(today, dateInZone(expiresAt, timeZone)),
  }
}

function eventFacts(event: OrderEvent): MaybeFacts {
  return {
    'event.type': event.type,
    'event.problem': event.type === 'customer.reported' ? event.problem : undefined,
    'event.deadline': event.type === 'deadline.approaching' ? event.deadline : undefined,
    'event.daysLeft': event.type === 'deadline.approaching' ? event.daysLeft : undefined,
  }
}

const builtIn = new Set(FACTS.map((fact) => fact.name))

/** A merchant's own facts; a name of ours cannot be taken. */
const ownFacts = (
  namespace: string,
  own: Readonly<Record<string, FactValue>> | undefined,
): MaybeFacts =>
  Object.fromEntries(
    Object.entries(own ?? {})
      .map(([name, value]) => [`${namespace}.${name}`, value] as const)
      .filter(([name]) => !builtIn.has(name)),
  )

const present = (facts: MaybeFacts): Facts =>
  Object.fromEntries(
    Object.entries(facts).filter(
      (entry): entry is [string, FactValue] => entry[1] !== undefined && entry[1] !== null,
    ),
  )
