/** Turns an action into what Klarna will be asked, one body per call, or into the reason why not. */

import type { Action, ShippingInfo } from './actions.ts'
import {
  type Allocation,
  allocateAmount,
  allocateReturn,
  withReturnFee,
} from './allocate-refund.ts'
import { assert } from './assert.ts'
import {
  captureBooks,
  findCapture,
  isConfirmed,
  isIn,
  isOpen,
  orderBooks,
  refundsOf,
  sum,
} from './books.ts'
import { canonicalJson } from './canonical-json.ts'
import type { CommandBody, Operation, RefundOrder } from './commands.ts'
import type { OrderEvent } from './events.ts'
import type { DueDateOptions } from './klarna-order.ts'
import { subjectCaptureId } from './lifecycle/apply-report.ts'
import type { CaptureState, CommandState, OrderState } from './order-state.ts'
import { type Refusal, refusal } from './refusals.ts'
import { err, ok, type Result } from './result.ts'
import { subjectReturn } from './subject-return.ts'
import type { IsoInstant } from './time.ts'

/** What an action is expanded against. */
export interface Expansion {
  readonly order: OrderState
  readonly event: OrderEvent
  /** The instant of deciding. */
  readonly now: IsoInstant
  /** Klarna's offers by capture id, read before deciding. */
  readonly quotes: ReadonlyMap<string, DueDateOptions>
  /** The rule that asks, `set/name`, or null for a person. */
  readonly rule: string | null
}

type Expanded = Result<readonly CommandBody[], Refusal>

/** The actions that reach Klarna. */
export type KlarnaAction = Exclude<Action, { readonly type: 'review' | 'notify' }>

/**
 * Says which calls an action becomes; a refund becomes one per capture.
 *
 * Units: amounts in minor units of the order's currency.
 * Refuses: per action as the table in docs/rules.md#actions says, the first that applies in the order of `REFUSALS`.
 */
export function expandAction(action: KlarnaAction, expansion: Expansion): Expanded {
  switch (action.type) {
    case 'refund':
      return expandRefund(action.params, expansion)
    case 'extendDueDate':
      return withCapture(expansion, (capture) => expandExtension(action.params, capture, expansion))
    case 'addShippingInfo':
      return withCapture(expansion, (capture) =>
        expandShippingInfo(action.params.shippingInfo, capture, expansion),
      )
    case 'sendOut':
      return withCapture(expansion, (capture) => expandSendOut(capture, expansion))
    case 'releaseAuthorization':
      return expandRelease(expansion.order)
    case 'extendAuthorization':
      return expandAuthorization(expansion)
  }
}

function withCapture(
  { order, event }: Expansion,
  expand: (capture: CaptureState) => Expanded,
): Expanded {
  const captureId = subjectCaptureId(order, event)
  if (captureId === null)
    return err(refusal('capture_not_named', { captureCount: order.captures.length }))
  const capture = findCapture(order, captureId)
  assert(capture !== undefined, 'applying an event checks its capture')
  return expand(capture)
}

type RefundParams = Extract<Action, { readonly type: 'refund' }>['params']

function expandRefund(params: RefundParams, expansion: Expansion): Expanded {
  const { order, event } = expansion
  if (order.booksDiffer !== null)
    return err(refusal('refunds_stopped', { since: order.booksDiffer.since }))
  if (params.basis === 'returned_items') {
    const found = allocateFromReturn(params, expansion)
    return found.ok ? oneRefund(params, expansion, { ...found.value, alreadyMinor: 0 }) : found
  }
  const paid = paidForReturn(expansion)
  if (paid !== undefined) return err(refusal('already_refunded', { returnId: paid }))

  const captureId = subjectCaptureId(order, event)
  const named =
    captureId === null
      ? order.captures
      : order.captures.filter((each) => each.captureId === captureId)
  if (captureId === null && params.basis === 'amount') {
    return err(refusal('capture_not_named', { captureCount: order.captures.length }))
  }
  return expandPerCapture(params, expansion, named)
}

function expandPerCapture(
  params: RefundParams,
  expansion: Expansion,
  captures: readonly CaptureState[],
): Expanded {
  const bodies: RefundOrder[] = []
  for (const capture of captures) {
    const alreadyMinor = sum(bodies.map((body) => body.refundMinor))
    const wantedMinor = wantedMinorOf(params, expansion.order, capture, alreadyMinor)
    // Of several captures some may have nothing left; what is left is paid back.
    if (wantedMinor === 0) continue
    const one = oneRefund(params, expansion, {
      capture,
      allocation: allocateAmount(capture, wantedMinor),
      alreadyMinor,
    })
    if (!one.ok) return one
    bodies.push(...(one.value as readonly RefundOrder[]))
  }
  return bodies.length === 0 ? err(refusal('nothing_to_refund')) : ok(bodies)
}

/**
 * The return for which the same rule has paid an amount before: a return that is reported twice is still one return.
 * Refunds of returned items need no such memory, they count units.
 */
function paidForReturn({ order, event, rule }: Expansion): string | undefined {
  const returnId = returnIdOf(event)
  if (returnId === undefined || rule === null) return undefined
  const isPaid = refundsOf(order).some(
    (each) =>
      (isOpen(each) || isConfirmed(each)) &&
      each.command.rule === rule &&
      each.refund.returnId === returnId,
  )
  return isPaid ? returnId : undefined
}

const returnIdOf = (event: OrderEvent): string | undefined =>
  'returnId' in event ? event.returnId : undefined

/** What one capture pays back. */
interface CaptureAllocation {
  readonly capture: CaptureState
  readonly allocation: Allocation
}

function allocateFromReturn(
  params: RefundParams,
  { order, event }: Expansion,
): Result<CaptureAllocation, Refusal> {
  const subject = subjectReturn(
    order,
    event as { readonly type: string; readonly returnId?: string },
  )
  if (subject === null) return err(refusal('unknown_return', { eventType: event.type }))
  const capture = findCapture(order, subject.returned.captureId)
  assert(capture !== undefined, 'a return belongs to a capture of its order')
  const allocation = allocateReturn(order, capture, subject.returned, params.stage ?? subject.stage)
  return allocation.ok ? ok({ capture, allocation: allocation.value }) : allocation
}

/** What the params ask for, in minor units; `alreadyMinor` goes to other captures of the order. */
function wantedMinorOf(
  params: RefundParams,
  order: OrderState,
  capture: CaptureState,
  alreadyMinor: number,
): number {
  if (params.basis === 'amount') return params.amountMinor ?? 0
  if (params.basis === 'percent') {
    return shareMinor(captureBooks(order, capture).capturedMinor, params.percent ?? 0)
  }
  return leftMinorOf(order, capture, alreadyMinor)
}

const shareMinor = (amountMinor: number, percent: number): number =>
  Math.floor((amountMinor * percent) / 100)

/** What a capture can still pay back: by its own books, and by the order's in total. */
const leftMinorOf = (order: OrderState, capture: CaptureState, alreadyMinor: number): number =>
  Math.max(
    0,
    Math.min(
      captureBooks(order, capture).refundableMinor,
      orderBooks(order).refundableMinor - alreadyMinor,
    ),
  )

function oneRefund(
  params: RefundParams,
  { order, event }: Expansion,
  { capture, allocation, alreadyMinor }: CaptureAllocation & { readonly alreadyMinor: number },
): Expanded {
  if (allocation.lines.length === 0)
    return err(refusal('unknown_line', { captureId: capture.captureId }))
  const kept =
    params.returnFeeMinor === undefined
      ? ok(allocation)
      : withReturnFee(order, allocation, params.returnFeeMinor)
  if (!kept.ok) return kept
  const { refundMinor, lines, units } = kept.value
  const leftMinor = leftMinorOf(order, capture, alreadyMinor)
  if (refundMinor > leftMinor) {
    return err(
      refusal('refund_exceeds_captured', { captureId: capture.captureId, refundMinor, leftMinor }),
    )
  }
  const description = params.description === undefined ? {} : { description: params.description }
  const returnId = returnIdOf(event)
  const about = returnId === undefined ? {} : { returnId }
  return ok([
    {
      operation: 'refundOrder',
      captureId: capture.captureId,
      refundMinor,
      lines,
      units,
      ...about,
      ...description,
    },
  ])
}

type ExtensionParams = Extract<Action, { readonly type: 'extendDueDate' }>['params']

function expandExtension(
  params: ExtensionParams,
  capture: CaptureState,
  { order, quotes }: Expansion,
): Expanded {
  const { captureId } = capture
  if (order.payLater === false)
    return err(refusal('not_pay_later', { paymentMethod: order.paymentMethod ?? 'unknown' }))
  const isClaimed =
    capture.chart.context.extensionCount > 0 || hasOpen(order, 'extendDueDate', captureId)
  if (isClaimed && params.again !== 'yes') return err(refusal('extended_before', { captureId }))

  const feeMaxMinor = params.maxFeeMinor[order.currency]
  if (feeMaxMinor === undefined)
    return err(refusal('currency_not_listed', { currency: order.currency }))
  const quote = quotes.get(captureId)
  if (quote === undefined || quote.options.length === 0)
    return err(refusal('no_option_offered', { captureId }))
  if (quote.currency !== order.currency) {
    return err(
      refusal('currency_not_listed', { currency: quote.currency, orderCurrency: order.currency }),
    )
  }
  const chosen = chooseOption(params, quote, feeMaxMinor)
  if (chosen === undefined) {
    const nearest = nearestOffer(params, quote)
    return err(refusal('no_option_within_cap', { captureId, feeMaxMinor, ...nearest }))
  }
  const { numberOfDays, feeMinor } = chosen
  return ok([{ operation: 'extendDueDate', captureId, numberOfDays, feeMinor, feeMaxMinor }])
}

/** The offer that meets the wish within the cap; ties go to the lower fee, then to more days. */
function chooseOption(params: ExtensionParams, quote: DueDateOptions, feeMaxMinor: number) {
  const { choose } = params
  const within = quote.options.filter(
    (option) => option.feeMinor <= feeMaxMinor && hasWantedDays(option, params),
  )
  return within.toSorted((a, b) => {
    const byDays = b.numberOfDays - a.numberOfDays
    const byFee = a.feeMinor - b.feeMinor
    if (choose === 'cheapest') return byFee || byDays
    return (choose === 'shortest' ? -byDays : byDays) || byFee
  })[0]
}

const hasWantedDays = (
  { numberOfDays }: DueDateOptions['options'][number],
  { days, atLeastDays }: ExtensionParams,
): boolean => (days === undefined || numberOfDays === days) && numberOfDays >= (atLeastDays ?? 0)

/** What would have been needed: the least fee of the days that are wished for, or how many days are offered at most. */
function nearestOffer(params: ExtensionParams, { options }: DueDateOptions) {
  const fees = options
    .filter((option) => hasWantedDays(option, params))
    .map(({ feeMinor }) => feeMinor)
  return fees.length > 0
    ? { neededFeeMinor: Math.min(...fees) }
    : { longestDays: Math.max(...options.map(({ numberOfDays }) => numberOfDays)) }
}

function expandShippingInfo(
  given: readonly ShippingInfo[] | undefined,
  capture: CaptureState,
  { order, event }: Expansion,
): Expanded {
  const { captureId } = capture
  const carried = given ?? (event.type === 'shipment.dispatched' ? event.shippingInfo : undefined)
  const wanted = (carried ?? []).filter((info) => Object.keys(info).length > 0)
  if (wanted.length === 0) return err(refusal('no_shipping_info', { captureId }))
  const onTheWay = order.commands.flatMap((each) =>
    isOpen(each) &&
    each.command.body.operation === 'appendShippingInfo' &&
    each.command.body.captureId === captureId
      ? each.command.body.shippingInfo
      : [],
  )
  const known = new Set([...capture.shippingInfo, ...onTheWay].map(canonicalJson))
  const shippingInfo = wanted.filter((info, index) => {
    const isRepeated = wanted
      .slice(0, index)
      .some((before) => canonicalJson(before) === canonicalJson(info))
    return !known.has(canonicalJson(info)) && !isRepeated
  })
  return shippingInfo.length === 0
    ? err(refusal('shipping_info_known', { captureId }))
    : ok([{ operation: 'appendShippingInfo', captureId, shippingInfo }])
}

function expandSendOut(capture: CaptureState, { order, event }: Expansion): Expanded {
  const { captureId } = capture
  const reason = sendOutReason(event)
  const isSent = order.commands.some(
    (each) =>
      (isOpen(each) || isConfirmed(each)) &&
      each.command.body.operation === 'triggerSendOut' &&
      each.command.body.captureId === captureId &&
      each.command.body.reason === reason,
  )
  return isSent
    ? err(refusal('sent_before', { captureId, reason }))
    : ok([{ operation: 'triggerSendOut', captureId, reason }])
}

/** What the customer reported, which deadline it is, or, for a person's request, that very request. */
function sendOutReason(event: OrderEvent): string {
  if (event.type === 'customer.reported') return event.problem
  if (event.type === 'deadline.approaching') return `${event.deadline}:${event.on}`
  return event.type === 'action.requested' ? `requested:${event.id}` : event.type
}

function expandRelease(order: OrderState): Expanded {
  const { capturedMinor } = orderBooks(order)
  if (capturedMinor === 0) return err(refusal('nothing_captured'))
  const remainingMinor = order.remainingAuthorizedMinor
  if (remainingMinor === 0) return err(refusal('nothing_to_release'))
  if (isIn(order.chart.value, 'open', 'releasing')) return err(refusal('release_in_progress'))
  return ok([{ operation: 'releaseRemainingAuthorization', remainingMinor }])
}

function expandAuthorization({ order, now }: Expansion): Expanded {
  const { authorizationExpiresAt: expiresAt } = order
  if (
    expiresAt === null ||
    order.remainingAuthorizedMinor === 0 ||
    hasOpen(order, 'extendAuthorizationTime', null)
  ) {
    return err(refusal('authorization_unknown'))
  }
  return expiresAt <= now
    ? err(refusal('authorization_expired', { expiresAt }))
    : ok([{ operation: 'extendAuthorizationTime' }])
}

const hasOpen = (order: OrderState, operation: Operation, captureId: string | null): boolean =>
  order.commands.some((each) => isOpen(each) && isAbout(each, operation, captureId))

const isAbout = (
  { command: { body } }: CommandState,
  operation: Operation,
  captureId: string | null,
): boolean =>
  body.operation === operation &&
  (captureId === null || ('captureId' in body && body.captureId === captureId))
