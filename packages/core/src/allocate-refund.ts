/** Turns "pay this back" into lines that sum exactly and that Klarna can allocate to one capture. */

import type { ReturnStage } from './actions.ts'
import { isConfirmed, isOpen, refundsOf, sum } from './books.ts'
import type { RefundedUnits } from './commands.ts'
import type { OrderLine, ReturnedLine } from './events.ts'
import { splitMinor } from './money.ts'
import type { CaptureState, OrderState, ReturnState } from './order-state.ts'
import { type Refusal, refusal } from './refusals.ts'
import { err, ok, type Result } from './result.ts'

/** What a refund will pay: its lines and the returned units behind them. */
export interface Allocation {
  readonly refundMinor: number
  readonly lines: readonly OrderLine[]
  readonly units: readonly RefundedUnits[]
}

/** Markets in which Klarna takes a return fee as a line. Source: Klarna's guide "Refund orders", return fee. */
export const RETURN_FEE_COUNTRIES: readonly string[] = [
  'AT',
  'DE',
  'DK',
  'FI',
  'FR',
  'NL',
  'NO',
  'SE',
  'IT',
  'ES',
  'IE',
  'PT',
  'CZ',
  'AU',
  'GR',
]

/**
 * The part of a line that its units from `from` (exclusive) to `to` (inclusive) cost, tax included.
 *
 * The discount is shared by whole minor units so that the parts of all units sum to the line exactly.
 */
function unitsOf(line: OrderLine, from: number, to: number): OrderLine {
  const quantity = to - from
  const fullMinor = line.quantity * line.unitPriceMinor
  // What the line lacks to quantity x price: its discount, and what the shop rounded.
  const discountMinor = fullMinor - line.totalMinor
  const upTo = (units: number) => Math.trunc(shareOf(discountMinor, units, line.quantity))
  const totalDiscountMinor = upTo(to) - upTo(from)
  const totalMinor = quantity * line.unitPriceMinor - totalDiscountMinor
  return {
    reference: line.reference,
    name: line.name,
    ...(line.type === undefined ? {} : { type: line.type }),
    quantity,
    unitPriceMinor: line.unitPriceMinor,
    ...(totalDiscountMinor > 0 ? { totalDiscountMinor } : {}),
    totalMinor,
    ...taxOf(line, totalMinor),
  }
}

/** Whole-number share of an amount, exact beyond 2^53 on the way. */
const shareOf = (amountMinor: number, part: number, whole: number): number =>
  whole === 0 ? 0 : Number((BigInt(amountMinor) * BigInt(part)) / BigInt(whole))

/** The tax in an amount that includes it. Source: Klarna's tax handling, `total - total * 10000 / (10000 + rate)`. */
function taxOf(
  line: OrderLine,
  totalMinor: number,
): Pick<OrderLine, 'taxRateBasisPoints' | 'totalTaxMinor'> {
  const { taxRateBasisPoints } = line
  if (taxRateBasisPoints === undefined) return {}
  const netMinor = Math.round((totalMinor * 10_000) / (10_000 + taxRateBasisPoints))
  return { taxRateBasisPoints, totalTaxMinor: totalMinor - netMinor }
}

/** A captured line as it was, its tax worked out where the capture did not say it. */
const withTax = (line: OrderLine): OrderLine =>
  line.totalTaxMinor === undefined ? { ...line, ...taxOf(line, line.totalMinor) } : line

/** What returned units of a line are worth, as they were captured; lines of one reference are taken in order. */
export function returnedValueMinor(capture: CaptureState, returned: ReturnedLine): number {
  return sum(
    takeUnits(capture, returned.reference, 0, returned.quantity).map((line) => line.totalMinor),
  )
}

/** The lines for `quantity` units of a reference after the first `skip` ones. */
function takeUnits(
  capture: CaptureState,
  reference: string,
  skip: number,
  quantity: number,
): readonly OrderLine[] {
  const taken: OrderLine[] = []
  let position = 0
  for (const line of capture.lines.filter((each) => each.reference === reference)) {
    const from = Math.max(skip, position)
    const to = Math.min(skip + quantity, position + line.quantity)
    if (to > from) taken.push(unitsOf(line, from - position, to - position))
    position += line.quantity
  }
  return taken
}

const isClaimed = (order: OrderState, captureId: string): readonly RefundedUnits[] =>
  refundsOf(order, captureId)
    .filter((each) => isOpen(each) || isConfirmed(each))
    .flatMap((each) => each.refund.units)

const quantityOf = (units: readonly RefundedUnits[], reference: string): number =>
  sum(units.filter((each) => each.reference === reference).map((each) => each.quantity))

/**
 * Allocates the units of a return that are not paid back yet.
 *
 * The refunded quantity per (return, capture, line) never exceeds the quantity at `stage`, however many events report it,
 * and over all returns never the captured quantity.
 * Refuses: `stage_not_reported`, `already_refunded`, `line_exceeds_captured`, `nothing_to_refund`.
 */
export function allocateReturn(
  order: OrderState,
  capture: CaptureState,
  returned: ReturnState,
  stage: ReturnStage,
): Result<Allocation, Refusal> {
  const report = returned.stages[stage]
  if (report === undefined)
    return err(refusal('stage_not_reported', { returnId: returned.returnId, stage }))

  const claimed = isClaimed(order, capture.captureId)
  const ofReturn = claimed.filter((each) => each.returnId === returned.returnId)
  const lines: OrderLine[] = []
  const units: RefundedUnits[] = []
  for (const [reference, reportedQuantity] of byReference(report.lines)) {
    const quantity = reportedQuantity - quantityOf(ofReturn, reference)
    if (quantity <= 0) continue
    const claimedQuantity = quantityOf(claimed, reference)
    const capturedQuantity = sum(
      capture.lines.filter((line) => line.reference === reference).map((line) => line.quantity),
    )
    if (claimedQuantity + quantity > capturedQuantity) {
      return err(
        refusal('line_exceeds_captured', {
          reference,
          quantity,
          claimedQuantity,
          capturedQuantity,
        }),
      )
    }
    lines.push(...takeUnits(capture, reference, claimedQuantity, quantity))
    units.push({ returnId: returned.returnId, reference, quantity })
  }
  if (units.length === 0)
    return err(refusal('already_refunded', { returnId: returned.returnId, stage }))
  const refundMinor = sum(lines.map((line) => line.totalMinor))
  if (refundMinor <= 0) return err(refusal('nothing_to_refund', { returnId: returned.returnId }))
  return ok({ refundMinor, lines, units })
}

function byReference(lines: readonly ReturnedLine[]): ReadonlyMap<string, number> {
  const quantities = new Map<string, number>()
  for (const { reference, quantity } of lines)
    quantities.set(reference, (quantities.get(reference) ?? 0) + quantity)
  return quantities
}

/**
 * Allocates an amount over a capture's lines by largest remainder; an untouched capture is paid back line by line.
 *
 * `refundMinor` is positive and at most what the capture can pay back, which the caller has checked.
 */
export function allocateAmount(capture: CaptureState, refundMinor: number): Allocation {
  const isWhole = refundMinor === sum(capture.lines.map((line) => line.totalMinor))
  if (isWhole && capture.chart.context.refundedMinor === 0) {
    return { refundMinor, lines: capture.lines.map(withTax), units: [] }
  }

  const payable = capture.lines.filter((line) => line.totalMinor > 0)
  if (payable.length === 0) return { refundMinor, lines: [], units: [] }
  const shares = splitMinor(
    refundMinor,
    payable.map((line) => line.totalMinor),
  )
  const lines = payable.flatMap((line, index): OrderLine[] => {
    const totalMinor = shares[index] ?? 0
    if (totalMinor === 0) return []
    const type = line.type === undefined ? {} : { type: line.type }
    return [
      {
        reference: line.reference,
        name: line.name,
        ...type,
        quantity: 1,
        unitPriceMinor: totalMinor,
        totalMinor,
        ...taxOf(line, totalMinor),
      },
    ]
  })
  return { refundMinor, lines, units: [] }
}

/**
 * Keeps a return fee back from an allocation, as a line of its own.
 *
 * Refuses: `return_fee_not_allowed` outside of Klarna's conditions (one full capture, certain markets),
 * `nothing_to_refund` when the fee takes all.
 */
export function withReturnFee(
  order: OrderState,
  allocation: Allocation,
  returnFeeMinor: number,
): Result<Allocation, Refusal> {
  const isOneFullCapture =
    order.captures.length === 1 &&
    order.remainingAuthorizedMinor === 0 &&
    order.captures[0]?.chart.context.capturedMinor === order.authorizedMinor
  if (!isOneFullCapture || !RETURN_FEE_COUNTRIES.includes(order.country ?? '')) {
    return err(
      refusal('return_fee_not_allowed', {
        captureCount: order.captures.length,
        country: order.country ?? 'unknown',
      }),
    )
  }
  const refundMinor = allocation.refundMinor - returnFeeMinor
  if (refundMinor <= 0) return err(refusal('nothing_to_refund', { returnFeeMinor }))
  const [first] = allocation.lines
  const fee: OrderLine = {
    reference: 'return_fee',
    name: 'Return fee',
    type: 'return_fee',
    quantity: 1,
    unitPriceMinor: -returnFeeMinor,
    totalMinor: -returnFeeMinor,
    ...(first === undefined ? {} : taxOf(first, -returnFeeMinor)),
  }
  return ok({ ...allocation, refundMinor, lines: [...allocation.lines, fee] })
}
