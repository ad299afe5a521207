/** Applies what was reported about parcels, returns and the customer. */

import type { ReturnStage } from '../actions.ts'
import { assert } from '../assert.ts'
import { findCapture } from '../books.ts'
import type { OrderEvent, PublicEvent } from '../events.ts'
import type { OrderState, ReturnState } from '../order-state.ts'
import { type Refusal, refusal } from '../refusals.ts'
import { err, ok, type Result } from '../result.ts'
import { type Routed, stepOrder } from './router.ts'

type ReturnEvent = Extract<
  PublicEvent,
  { readonly type: 'return.registered' | 'return.received' | 'return.inspected' }
>
type DeliveredEvent = Extract<PublicEvent, { readonly type: 'shipment.delivered' }>

/** The stage that a return's event reports. */
export const stageOf = (type: ReturnEvent['type']): ReturnStage =>
  type.slice('return.'.length) as ReturnStage

/** The capture that an event is about: the one it names, that of the return it names, or the order's only one. */
export function subjectCaptureId(
  order: OrderState,
  event: { readonly type: string; readonly captureId?: string; readonly returnId?: string },
): string | null {
  if (event.captureId !== undefined) return event.captureId
  const returned = order.returns.find((each) => each.returnId === event.returnId)
  if (returned !== undefined) return returned.captureId
  const [only, second] = order.captures
  return only !== undefined && second === undefined ? only.captureId : null
}

/** Something came after the order was closed: it is open again. */
export const reopen = (routed: Routed): Routed =>
  routed.order.chart.value === 'closed'
    ? stepOrder(routed, { type: 'reopened', released: routed.order.remainingAuthorizedMinor === 0 })
    : routed

/** Refuses an event that names a capture which the order does not have. */
export function checkCapture(order: OrderState, event: OrderEvent): Refusal | undefined {
  if (!('captureId' in event) || event.captureId === undefined) return undefined
  return findCapture(order, event.captureId) === undefined
    ? refusal('unknown_capture', { captureId: event.captureId })
    : undefined
}

/** Applies a delivery: the newest report says when. */
export function applyDelivery(routed: Routed, event: DeliveredEvent): Result<Routed, Refusal> {
  const captureId = subjectCaptureId(routed.order, event)
  if (captureId === null)
    return err(refusal('capture_not_named', { captureCount: routed.order.captures.length }))
  const captures = routed.order.captures.map((capture) =>
    capture.captureId === captureId ? { ...capture, deliveredAt: event.deliveredAt } : capture,
  )
  return ok({ ...routed, order: { ...routed.order, captures } })
}

/**
 * Applies a return at one stage. Reports of one stage replace one another, the newest `at` wins; quantities are those
 * of the whole return, so that a return that is reported twice is still one return.
 *
 * Refuses: `stale_event`, `capture_not_named`, `unknown_return` (the return belongs to another capture), `unknown_line`,
 * `return_exceeds_captured`.
 */
export function applyReturn(routed: Routed, event: ReturnEvent): Result<Routed, Refusal> {
  const { order } = routed
  const known = order.returns.find((each) => each.returnId === event.returnId)
  const captureId = subjectCaptureId(order, event)
  if (captureId === null)
    return err(refusal('capture_not_named', { captureCount: order.captures.length }))
  const refused = refuseReturn(order, event, known, captureId)
  if (refused !== undefined) return err(refused)

  const stage = stageOf(event.type)
  const next: ReturnState = {
    returnId: event.returnId,
    captureId,
    reason: event.reason ?? known?.reason ?? null,
    condition: event.condition ?? known?.condition ?? null,
    stages: { ...known?.stages, [stage]: { at: event.at, lines: event.lines } },
  }
  const returns =
    known === undefined
      ? [...order.returns, next]
      : order.returns.map((each) => (each === known ? next : each))
  return ok(reopen({ ...routed, order: { ...order, returns } }))
}

function refuseReturn(
  order: OrderState,
  event: ReturnEvent,
  known: ReturnState | undefined,
  captureId: string,
): Refusal | undefined {
  const before = known?.stages[stageOf(event.type)]
  if (before !== undefined && event.at < before.at)
    return refusal('stale_event', { reportedAt: event.at, knownAt: before.at })
  if (known !== undefined && known.captureId !== captureId) {
    return refusal('unknown_return', {
      returnId: event.returnId,
      captureId,
      knownCaptureId: known.captureId,
    })
  }
  const capture = findCapture(order, captureId)
  assert(capture !== undefined, 'the capture that an event names was checked before')
  const quantities = new Map<string, number>()
  for (const line of event.lines) {
    quantities.set(line.reference, (quantities.get(line.reference) ?? 0) + line.quantity)
  }
  for (const [reference, quantity] of quantities) {
    const captured = capture.lines.filter((line) => line.reference === reference)
    if (captured.length === 0) return refusal('unknown_line', { captureId, reference })
    const capturedQuantity = captured.reduce((all, line) => all + line.quantity, 0)
    if (quantity > capturedQuantity)
      return refusal('return_exceeds_captured', { reference, quantity, capturedQuantity })
  }
  return undefined
}
