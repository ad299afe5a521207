/** Looks at Klarna before a call is made: was it done already, do the books agree, does the offer still stand? */
import { canonicalJson } from '../canonical-json.ts'
import type { Command, ExtendDueDate } from '../commands.ts'
import type { ObservedOrder } from '../klarna-order.ts'
import { compareRefunds } from '../lifecycle/observe-order.ts'
import type { CommandState, OrderState } from '../order-state.ts'
import type { Outcome } from '../outcome.ts'
import type { GatewayAnswer, PaymentGateway, ReadResult } from '../ports/payment-gateway.ts'
import { classify } from './classify.ts'
import { STALE_LOOK_WAIT_MS, STALE_LOOKS_MAX, UNSENT_WAIT_MS } from './retry.ts'

/** Nothing speaks against the call, or an outcome that stands in for it. */
export type Look = { readonly type: 'go' } | { readonly type: 'stop'; readonly outcome: Outcome }

const go: Look = { type: 'go' }
const stop = (outcome: Outcome): Look => ({ type: 'stop', outcome })

/**
 * Looks before every attempt of a refund, a release or an extension: Klarna itself warns of refunds made twice, by a system
 * and in the portal, and an attempt may come days after the one before.
 */
export async function lookBefore(
  gateway: PaymentGateway,
  order: OrderState,
  command: CommandState,
): Promise<Look> {
  const { body } = command.command
  if (body.operation === 'extendDueDate') return lookAtOffer(gateway, command, body)
  if (body.operation !== 'refundOrder' && body.operation !== 'releaseRemainingAuthorization') {
    return go
  }
  const read = await gateway.readOrder(order.orderId)
  if (read.type === 'failed') return stop(lookFailed(read.answer))
  return body.operation === 'refundOrder'
    ? lookAtRefunds(order, command, read.value)
    : lookAtAuthorization(order, read.value)
}

function lookAtRefunds(
  order: OrderState,
  { command, chart }: CommandState,
  observed: ObservedOrder,
): Look {
  const own = observed.refunds.find((refund) => refund.reference === command.id)
  if (own !== undefined) return stop({ type: 'done', resultId: own.refundId, evidence: 'read' })
  const books = compareRefunds(order, observed)
  if (books.type === 'equal') return lookAtCapture(command, observed)
  if (books.type === 'differ') {
    return stop({
      type: 'books_differ',
      reason: 'refunds_at_klarna',
      oursMinor: books.oursMinor,
      klarnasMinor: books.klarnasMinor,
    })
  }
  return chart.context.staleCount < STALE_LOOKS_MAX
    ? stop({ type: 'not_started', reason: 'stale_read', waitMs: STALE_LOOK_WAIT_MS })
    : stop({ type: 'needs_person', reason: 'klarna_lacks_a_confirmed_refund' })
}

/**
 * Klarna books a refund that is more than what its capture has left on the order in general, without a word. Our books know
 * of a refund that a person made only its amount, not its capture; Klarna's know.
 */
function lookAtCapture({ body }: Command, observed: ObservedOrder): Look {
  if (body.operation !== 'refundOrder') return go
  const capture = observed.captures.find((each) => each.captureId === body.captureId)
  const leftMinor = capture === undefined ? 0 : capture.capturedMinor - capture.refundedMinor
  return body.refundMinor <= leftMinor
    ? go
    : stop({ type: 'needs_person', reason: `capture_has_less_left:${leftMinor}` })
}

function lookAtAuthorization(order: OrderState, observed: ObservedOrder): Look {
  const klarnasMinor = observed.remainingAuthorizedMinor
  if (klarnasMinor === 0) return stop({ type: 'done', resultId: null, evidence: 'read' })
  return klarnasMinor === order.remainingAuthorizedMinor
    ? go
    : stop({ type: 'needs_person', reason: `remaining_authorization_differs:${klarnasMinor}` })
}

/** The offer is a gate only: days, currency and fee were fixed when it was decided; a dearer one is another offer. */
async function lookAtOffer(
  gateway: PaymentGateway,
  command: CommandState,
  body: ExtendDueDate,
): Promise<Look> {
  const { orderId, currency } = command.command
  const read = await gateway.readDueDateOptions(orderId, body.captureId)
  if (read.type === 'failed') {
    return stop(
      classify(read.answer).type === 'refused' ? closedGate(command) : lookFailed(read.answer),
    )
  }
  const isOpen =
    read.value.currency === currency &&
    read.value.options.some(
      (option) => option.numberOfDays === body.numberOfDays && option.feeMinor <= body.feeMinor,
    )
  return isOpen ? go : stop(closedGate(command))
}

/** After an attempt in doubt the offer may be gone because it was taken: only a person can tell. */
const closedGate = ({ chart }: CommandState): Outcome =>
  chart.context.unknownCount > 0
    ? { type: 'needs_person', reason: 'quote_changed_after_doubt' }
    : { type: 'refused', code: 'quote_changed' }

/** A look that failed has done nothing and refuses nothing: the call waits, unless the set-up is broken. */
function lookFailed(answer: GatewayAnswer): Outcome {
  const outcome = classify(answer)
  if (outcome.type === 'configuration' || outcome.type === 'not_started') return outcome
  const reason = 'reason' in outcome ? outcome.reason : outcome.type
  return { type: 'not_started', reason: `look_failed:${reason}`, waitMs: UNSENT_WAIT_MS }
}

/** What a read says about a command whose attempts left doubt. Source: docs/failure-modes.md#what-can-be-read-back. */
export function findAtKlarna(
  { command }: CommandState,
  read: ReadResult<ObservedOrder>,
): 'present' | 'absent' | 'unreadable' | 'no_trace' {
  const { body } = command
  if (read.type === 'failed') return 'unreadable'
  switch (body.operation) {
    case 'refundOrder':
      return read.value.refunds.some((refund) => refund.reference === command.id)
        ? 'present'
        : 'absent'
    case 'releaseRemainingAuthorization':
      return read.value.remainingAuthorizedMinor === 0 ? 'present' : 'absent'
    case 'appendShippingInfo': {
      const seen =
        read.value.captures.find((capture) => capture.captureId === body.captureId)?.shippingInfo ??
        []
      const texts = new Set(seen.map(canonicalJson))
      return body.shippingInfo.every((info) => texts.has(canonicalJson(info)))
        ? 'present'
        : 'absent'
    }
    default:
      return 'no_trace'
  }
}
