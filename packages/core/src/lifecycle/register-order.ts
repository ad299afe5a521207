/** Registers an order, or refreshes what is known of it; opening balances included. */
import { findCapture, hasOwnRelease, isOpen, orderBooks, sum } from '../books.ts'
import type { CaptureDetails, PublicEvent } from '../events.ts'
import { isPayLater } from '../klarna-order.ts'
import { currency } from '../money.ts'
import type { CaptureState, OrderState } from '../order-state.ts'
import { type Refusal, refusal } from '../refusals.ts'
import { err, ok, type Result } from '../result.ts'
import type { IsoInstant } from '../time.ts'
import type { Charts } from './charts.ts'
import { noticeRaised } from './observe-order.ts'
import { type Routed, stepCapture, stepOrder, stopRefunds } from './router.ts'

// The same objects for every order, so that a table recognises them.
const NEW_ORDER_CHART: OrderState['chart'] = {
  value: { open: 'held' },
  context: { accepted: false },
}
const NEW_CAPTURE_VALUE = { money: 'captured', term: 'standard', parcel: 'untracked' }

type OrderCaptured = Extract<PublicEvent, { readonly type: 'order.captured' }>

/**
 * Applies `order.captured`: a new order, or a refresh of a known one.
 *
 * A refresh adds captures, moves base due dates and tells what is left of the authorization; it never changes what was
 * captured, paid back or extended.
 * Refuses: `stale_event`, `currency_changed`, `captured_amount_changed`, `refund_exceeds_captured`.
 */
export function registerOrder(
  known: OrderState | null,
  event: OrderCaptured,
  { at, charts }: { readonly at: IsoInstant; readonly charts: Charts },
): Result<Routed, Refusal> {
  const refused = refuse(known, event)
  if (refused !== undefined) return err(refused)
  const base: Routed =
    known === null
      ? { order: openOrder(event, at), effects: [], charts }
      : noticeRaised(known, { order: refresh(known, event), effects: [], charts })
  const registered = event.captures.reduce(addCapture, base)
  return ok(
    known === null ? withUnallocated(registered, event) : noticeRefunds(registered, event, at),
  )
}

function refuse(known: OrderState | null, event: OrderCaptured): Refusal | undefined {
  if (known !== null && event.at < known.registeredAt) {
    return refusal('stale_event', { reportedAt: event.at, knownAt: known.registeredAt })
  }
  if (known !== null && known.currency !== currency(event.order.currency)) {
    return refusal('currency_changed', {
      known: known.currency,
      reported: currency(event.order.currency),
    })
  }
  for (const capture of event.captures) {
    const before = known === null ? undefined : findCapture(known, capture.captureId)
    const knownMinor = before?.chart.context.capturedMinor
    if (knownMinor !== undefined && knownMinor !== capture.capturedMinor) {
      return refusal('captured_amount_changed', {
        captureId: capture.captureId,
        knownMinor,
        reportedMinor: capture.capturedMinor,
      })
    }
    if ((capture.refundedMinor ?? 0) > capture.capturedMinor) {
      return refusal('refund_exceeds_captured', {
        captureId: capture.captureId,
        capturedMinor: capture.capturedMinor,
        refundedMinor: capture.refundedMinor ?? 0,
      })
    }
  }
  return undefined
}

function openOrder({ order, orderId, at }: OrderCaptured, decidedAt: IsoInstant): OrderState {
  return {
    orderId,
    currency: currency(order.currency),
    country: order.country?.toUpperCase() ?? null,
    paymentMethod: order.paymentMethod ?? null,
    payLater: order.payLater ?? isPayLater(order.paymentMethod ?? null) ?? null,
    klarnaStatus: order.klarnaStatus ?? null,
    authorizedMinor: order.authorizedMinor,
    remainingAuthorizedMinor: order.remainingAuthorizedMinor,
    authorizationExpiresAt: order.authorizationExpiresAt ?? null,
    unallocatedRefundedMinor: 0,
    customer: order.customer ?? {},
    chart: NEW_ORDER_CHART,
    captures: [],
    returns: [],
    commands: [],
    booksDiffer: null,
    deadlinesFired: {},
    lastDecidedAt: decidedAt,
    registeredAt: at,
  }
}

function refresh(known: OrderState, { order, at }: OrderCaptured): OrderState {
  return {
    ...known,
    country: order.country?.toUpperCase() ?? known.country,
    paymentMethod: order.paymentMethod ?? known.paymentMethod,
    payLater: order.payLater ?? known.payLater ?? isPayLater(order.paymentMethod ?? null) ?? null,
    klarnaStatus: order.klarnaStatus ?? known.klarnaStatus,
    authorizedMinor: order.authorizedMinor,
    // The report may be older than our release: ours stands.
    remainingAuthorizedMinor: hasOwnRelease(known, order.authorizedMinor)
      ? known.remainingAuthorizedMinor
      : order.remainingAuthorizedMinor,
    authorizationExpiresAt: order.authorizationExpiresAt ?? known.authorizationExpiresAt,
    customer: { ...known.customer, ...order.customer },
    registeredAt: at,
  }
}

function addCapture(routed: Routed, details: CaptureDetails): Routed {
  const before = findCapture(routed.order, details.captureId)
  if (before !== undefined) {
    const captures = routed.order.captures.map((each) =>
      each === before ? refreshCapture(before, details) : each,
    )
    return { ...routed, order: { ...routed.order, captures } }
  }
  const opened = {
    ...routed,
    order: { ...routed.order, captures: [...routed.order.captures, openCapture(details)] },
  }
  const refundedMinor = details.refundedMinor ?? 0
  const booked =
    refundedMinor === 0
      ? opened
      : stepCapture(opened, details.captureId, { type: 'refundBooked', refundMinor: refundedMinor })
  const isTracked = (details.shippingInfo?.length ?? 0) > 0
  return isTracked ? stepCapture(booked, details.captureId, { type: 'parcelTracked' }) : booked
}

function openCapture(details: CaptureDetails): CaptureState {
  return {
    captureId: details.captureId,
    capturedAt: details.capturedAt,
    lines: details.lines,
    baseDueOn: details.dueOn ?? null,
    deliveredAt: details.deliveredAt ?? null,
    returnWindowEndsOn: details.returnWindowEndsOn ?? null,
    shippingInfo: details.shippingInfo ?? [],
    chart: {
      value: NEW_CAPTURE_VALUE,
      context: {
        capturedMinor: details.capturedMinor,
        refundedMinor: 0,
        refundCount: 0,
        extendedDays: 0,
        extensionCount: 0,
        feesMinor: 0,
      },
    },
  }
}

/** The base due date moves; what was confirmed since stays on top of it. */
const refreshCapture = (before: CaptureState, details: CaptureDetails): CaptureState => ({
  ...before,
  baseDueOn: details.dueOn === undefined ? before.baseDueOn : details.dueOn,
  deliveredAt: details.deliveredAt ?? before.deliveredAt,
  returnWindowEndsOn: details.returnWindowEndsOn ?? before.returnWindowEndsOn,
})

/** Klarna books a refund that it cannot allocate on the order in general: it counts in total, on no capture. */
function withUnallocated(routed: Routed, { order, captures }: OrderCaptured): Routed {
  const allocatedMinor = sum(captures.map((each) => each.refundedMinor ?? 0))
  const unallocatedRefundedMinor = Math.max(0, (order.refundedMinor ?? 0) - allocatedMinor)
  const isReleased = routed.order.klarnaStatus === 'CLOSED' && order.remainingAuthorizedMinor === 0
  const counted = { ...routed, order: { ...routed.order, unallocatedRefundedMinor } }
  return isReleased ? stepOrder(counted, { type: 'releaseConfirmed' }) : counted
}

/** A refresh that tells of more refunds than we know, while none of ours is on its way, was made by somebody else. */
function noticeRefunds(routed: Routed, { order }: OrderCaptured, at: IsoInstant): Routed {
  const klarnasMinor = order.refundedMinor
  const oursMinor = orderBooks(routed.order).refundedMinor
  if (klarnasMinor === undefined || klarnasMinor <= oursMinor || routed.order.commands.some(isOpen))
    return routed
  return stopRefunds(routed, { oursMinor, klarnasMinor, at })
}
