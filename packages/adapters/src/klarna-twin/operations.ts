/** Carries out one of Klarna's calls on the books of its order. Pure: the books come in and go out. */
import { failed, found, type TwinAnswer } from './answer.ts'
import { extendAuthorizationTime, releaseRemainingAuthorization } from './authorization.ts'
import { captureOrder } from './capture-order.ts'
import { extendDueDate, getOptionsForExtendDueDate } from './due-date.ts'
import { type CaptureBook, type Context, captureOf, type OrderBook } from './order-book.ts'
import { refundOrder } from './refund-order.ts'
import type { OperationId, Target } from './routes.ts'
import { appendShippingInfo, triggerSendOut } from './shipping.ts'
import type { Step } from './step.ts'
import type {
  WireCaptureRequest,
  WireExtensionRequest,
  WireRefundRequest,
  WireShippingRequest,
} from './wire.ts'
import { captureToWire, orderToWire, refundToWire } from './wire-view.ts'

/** A call whose body was checked against the contract. */
export interface Call extends Target {
  readonly body?: unknown
}

/** Operations on the books of a capture that exists. */
type CaptureOperation = (
  book: OrderBook,
  capture: CaptureBook,
  call: Call,
  context: Context,
) => Step
type OrderOperation = (book: OrderBook, call: Call, context: Context) => Step

const onOrder: Partial<Record<OperationId, OrderOperation>> = {
  getOrder: (book, _call, context) => ({ book, answer: found(orderToWire(book, context)) }),
  getCaptures: (book) => ({
    book,
    answer: found(book.captures.map((capture) => captureToWire(book, capture))),
  }),
  getRefund: (book, call, context) => ({ book, answer: refundAnswer(book, call, context) }),
  // The contract has held these bodies against their schemas, which say the same as the types.
  captureOrder: (book, { body }, context) =>
    captureOrder(book, body as WireCaptureRequest, context),
  refundOrder: (book, { body }, context) => refundOrder(book, body as WireRefundRequest, context),
  releaseRemainingAuthorization: (book, _call, context) =>
    releaseRemainingAuthorization(book, context),
  extendAuthorizationTime: (book, _call, context) => extendAuthorizationTime(book, context),
}

const onCapture: Partial<Record<OperationId, CaptureOperation>> = {
  getCapture: (book, capture) => ({ book, answer: found(captureToWire(book, capture)) }),
  // As above: held against the schema before.
  appendShippingInfo: (book, capture, { body }, context) =>
    appendShippingInfo(book, capture, { body: body as WireShippingRequest, context }),
  triggerSendOut: (book, capture) => triggerSendOut(book, capture),
  getOptionsForExtendDueDate: (book, capture, _call, context) =>
    getOptionsForExtendDueDate(book, capture, context),
  extendDueDate: (book, capture, { body }, context) =>
    extendDueDate(book, capture, { days: (body as WireExtensionRequest).number_of_days, context }),
}

/** Calls that Klarna refuses with 403 when the order has no capture at all. Source: reference. */
const NEEDS_CAPTURES: ReadonlySet<OperationId> = new Set(['appendShippingInfo', 'triggerSendOut'])

/**
 * Carries out a call.
 *
 * Returns: the books after it (the same ones when nothing changed) and the answer.
 * Refuses: as the operation does; 404 NO_SUCH_CAPTURE, and 403 NOT_ALLOWED where Klarna wants a capture first.
 */
export function carryOut(book: OrderBook, call: Call, context: Context): Step {
  const { operation } = call.route
  const operate = onOrder[operation]
  if (operate !== undefined) return operate(book, call, context)
  if (NEEDS_CAPTURES.has(operation) && book.captures.length === 0)
    return { book, answer: failed(403, 'NOT_ALLOWED', 'The order has no captures.') }
  const capture = captureOf(book, call.captureId)
  const operateCapture = onCapture[operation]
  if (capture === undefined || operateCapture === undefined)
    return { book, answer: noSuchCapture(call) }
  return operateCapture(book, capture, call, context)
}

/** The 404 for an order that Klarna does not have; the refund calls have a code of their own. */
export function noSuchOrder({ route, orderId }: Target, { settings }: Context): TwinAnswer {
  const isRefund = route.operation === 'refundOrder' || route.operation === 'getRefund'
  const code = isRefund ? settings.unknownOrderOnRefund : 'NO_SUCH_ORDER'
  return failed(404, code, `Order not found: ${orderId}`)
}

const noSuchCapture = ({ captureId, orderId }: Call): TwinAnswer =>
  failed(404, 'NO_SUCH_CAPTURE', `Capture not found: ${captureId} of order ${orderId}`)

const refundAnswer = (book: OrderBook, { refundId }: Call, { settings }: Context): TwinAnswer => {
  const refund = book.refunds.find((each) => each.refundId === refundId)
  return refund === undefined
    ? failed(settings.unknownRefundStatus, 'NOT_FOUND', `Refund not found: ${refundId}`)
    : found(refundToWire(refund))
}
