/** Registers an order from what Klarna says of it: read, mapped, and named after its content. */
import {
  type CaptureDetails,
  canonicalJson,
  type Decision,
  EVENT_SHAPES,
  type GatewayAnswer,
  type IsoInstant,
  type ObservedCapture,
  type ObservedOrder,
  type OrderDetails,
  type PaymentGateway,
  type Problem,
  type PublicEvent,
  readInboxEvent,
  readShape,
  type StoreReader,
  sha256Hex,
} from '@postdelivery/core'
import type { OwnFacts, OwnFactValues } from './event-input.ts'
import { PostDeliveryFailure, withoutValue } from './failures.ts'

/** What Klarna does not tell about an order. Left out: stays as it is known. */
export interface TrackOptions<Facts extends OwnFacts = OwnFacts> {
  /** When the customer is to pay by your terms, `YYYY-MM-DD`: for all captures, or by capture id. */
  readonly dueOn?: string | Readonly<Record<string, string>>
  /** The last day on which the customer may announce a return: for all captures, or by capture id. */
  readonly returnWindowEndsOn?: string | Readonly<Record<string, string>>
  /** Whether the customer pays Klarna later. Default: from the payment method, unknown where that does not say. */
  readonly payLater?: boolean
  /** Your own facts about the customer, `customer.*` in rules. No personal data. */
  readonly customer?: OwnFactValues<Facts, 'customer'>
}

export type OrderCaptured = Extract<PublicEvent, { readonly type: 'order.captured' }>
type Content = Pick<OrderCaptured, 'order' | 'captures'>

/**
 * Makes the event that registers an order, or finds the one that did: an order that has not changed since gives the
 * same event again, so that tracking it twice changes nothing.
 *
 * Its id is a hash of the content and of the registration before, so that an order that changes back is news as well.
 *
 * Throws: `PostDeliveryFailure` `klarna_unreadable`, `unknown_at_klarna`, `nothing_captured`, `order_unusable`, `input_invalid`.
 */
export async function makeTrackEvent<Facts extends OwnFacts>(
  ports: {
    readonly gateway: Pick<PaymentGateway, 'readOrder'>
    readonly reader: Pick<StoreReader, 'events' | 'decision'>
  },
  orderId: string,
  options: TrackOptions<Facts>,
  at: IsoInstant,
): Promise<OrderCaptured> {
  const read = await ports.gateway.readOrder(orderId)
  if (read.type === 'failed') throw unreadable(`order \`${orderId}\``, read.answer)
  const draft = { id: 'track', type: 'order.captured', orderId, at }
  const checked = readShape(EVENT_SHAPES['order.captured'], {
    ...draft,
    ...contentOf(read.value, options),
  })
  if (!checked.ok) throw invalid(checked.error.map(withoutValue))

  const content: Content = { order: checked.value.order, captures: checked.value.captures }
  const before = await lastRegistration(ports.reader, orderId)
  if (before !== null && !before.isRefused && isSame(before.event, content)) return before.event
  const id = `track:${sha256Hex(canonicalJson([content, before?.event.id ?? null]))}`
  return { ...checked.value, id }
}

/** An order without its dates cannot be watched, and no date is guessed. */
function contentOf(order: ObservedOrder, options: TrackOptions): Content {
  if (order.captures.length === 0)
    throw new PostDeliveryFailure('nothing_captured', 'nothing of the order is captured')
  const captureIds = order.captures.map(({ captureId }) => captureId)
  const problems = [
    ...unknownCaptures('dueOn', options.dueOn, captureIds),
    ...unknownCaptures('returnWindowEndsOn', options.returnWindowEndsOn, captureIds),
  ]
  if (problems.length > 0) throw invalid(problems)
  return {
    order: detailsOf(order, options),
    captures: order.captures.map((capture) => captureOf(capture, options)),
  }
}

const detailsOf = (order: ObservedOrder, { payLater, customer }: TrackOptions): OrderDetails => ({
  currency: order.currency,
  klarnaStatus: order.status,
  authorizedMinor: order.authorizedMinor,
  remainingAuthorizedMinor: order.remainingAuthorizedMinor,
  refundedMinor: order.refundedMinor,
  authorizationExpiresAt: order.expiresAt,
  ...(order.country === null ? {} : { country: order.country }),
  ...(order.paymentMethod === null ? {} : { paymentMethod: order.paymentMethod }),
  ...(payLater === undefined ? {} : { payLater }),
  ...(customer === undefined ? {} : { customer }),
})

function captureOf(capture: ObservedCapture, options: TrackOptions): CaptureDetails {
  const { captureId, capturedMinor, refundedMinor, capturedAt, lines, shippingInfo } = capture
  if (capturedAt === null) {
    const message = `klarna does not say when capture \`${captureId}\` was made`
    throw new PostDeliveryFailure('order_unusable', message)
  }
  const dueOn = dateOf(options.dueOn, captureId)
  const returnWindowEndsOn = dateOf(options.returnWindowEndsOn, captureId)
  return {
    captureId,
    capturedMinor,
    capturedAt,
    refundedMinor,
    lines,
    ...(shippingInfo.length === 0 ? {} : { shippingInfo }),
    ...(dueOn === undefined ? {} : { dueOn }),
    ...(returnWindowEndsOn === undefined ? {} : { returnWindowEndsOn }),
    // Dates are texts here; the event's shape checks them below.
  } as CaptureDetails
}

const dateOf = (
  dates: string | Readonly<Record<string, string>> | undefined,
  captureId: string,
): string | undefined => {
  if (typeof dates !== 'object') return dates
  return Object.hasOwn(dates, captureId) ? dates[captureId] : undefined
}

function unknownCaptures(
  field: string,
  dates: TrackOptions['dueOn'],
  captureIds: readonly string[],
): readonly Problem[] {
  if (typeof dates !== 'object') return []
  return Object.keys(dates)
    .filter((captureId) => !captureIds.includes(captureId))
    .map((captureId) => ({
      code: 'unknown_key',
      path: `/${field}/${captureId}`,
      message: 'the order has no such capture at Klarna',
    }))
}

/** The newest registration of an order, decided or on its way. */
async function lastRegistration(
  reader: Pick<StoreReader, 'events' | 'decision'>,
  orderId: string,
): Promise<{ readonly event: OrderCaptured; readonly isRefused: boolean } | null> {
  const events = await reader.events(orderId)
  const last = events.findLast((event) => event.type === 'order.captured')
  const event = last === undefined ? undefined : readInboxEvent(last)
  if (event?.type !== 'order.captured') return null
  const decision: Decision | undefined = await reader.decision(orderId, event.id)
  return { event, isRefused: decision?.refusal !== undefined }
}

const isSame = ({ order, captures }: OrderCaptured, content: Content): boolean =>
  canonicalJson({ order, captures }) === canonicalJson(content)

const invalid = (problems: readonly Problem[]): PostDeliveryFailure => {
  const list = problems.map(({ path, message }) => `\`${path}\` ${message}`).join('; ')
  return new PostDeliveryFailure('input_invalid', `the order cannot be registered: ${list}`, {
    problems,
  })
}

/** Why a read of Klarna brought nothing. `what` names what was read. */
export function unreadable(what: string, answer: GatewayAnswer): PostDeliveryFailure {
  if (answer.type === 'no_answer') {
    const message = `${what} cannot be read at Klarna: ${answer.reason.replaceAll('_', ' ')}`
    return new PostDeliveryFailure('klarna_unreadable', message)
  }
  const { status, errorCode, correlationId, hasErrorObject } = answer
  const code = errorCode === null ? '' : ` \`${errorCode}\``
  return new PostDeliveryFailure(
    status === 404 && hasErrorObject ? 'unknown_at_klarna' : 'klarna_unreadable',
    `${what} cannot be read at Klarna: status ${status}${code}`,
    {
      status,
      ...(errorCode === null ? {} : { errorCode }),
      ...(correlationId === null ? {} : { correlationId }),
    },
  )
}
