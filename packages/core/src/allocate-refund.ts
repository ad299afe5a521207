/** Turns "pay this back" into lines that sum exactly and that Klarna can allocate to one capture. */

import { KLARNA_LIMITS, type ReturnStage } from './actions.ts'
import { isConfirmed, isOpen, refundsOf, sum } from './books.ts'
import type { Command, RefundedUnits } from './commands.ts'
import type { OrderLine, ReturnedLine } from './events.ts'
import { splitMinor } from './money.ts'
import type { CaptureState, OrderState, ReturnState } from './order-state.ts'
import { linesOfUnits, lumpOf, taxOf, wholeLine } from './refund-lines.ts'
import { type Refusal, refusal } from './refusals.ts'
import { err, ok, type Result } from './result.ts'
import { freeUnits, overlap, type UnitRange } from './unit-ranges.ts'

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

/** What returned units of a line are worth, as they were captured; lines of one reference are taken in order. */
export function returnedValueMinor(capture: CaptureState, returned: ReturnedLine): number {
  const first = [{ from: 0, to: returned.quantity }]
  return sum(linesOfUnits(capture.lines, returned.reference, first).map((line) => line.totalMinor))
}

/** The units that refunds of a capture pay for, or will: those of refunds that are open or confirmed. */
const claimedUnits = (order: OrderState, captureId: string): readonly RefundedUnits[] =>
  refundsOf(order, captureId)
    .filter((each) => isOpen(each) || isConfirmed(each))
    .flatMap((each) => each.refund.units)

const quantityOf = (units: readonly RefundedUnits[]): number =>
  sum(units.map((each) => each.quantity))

/** Where claimed units of one reference stand. Those of a refund that does not say have the first places left. */
function rangesOf(units: readonly RefundedUnits[]): readonly UnitRange[] {
  const placed = units.flatMap(({ unitIndex, quantity }) =>
    unitIndex === undefined ? [] : [{ from: unitIndex, to: unitIndex + quantity }],
  )
  const unplaced = quantityOf(units.filter((each) => each.unitIndex === undefined))
  return [...placed, ...freeUnits(placed, unplaced)]
}

/**
 * Whether a refund pays for units that another one of its order pays for as well, or for more of its return than came back.
 *
 * Allocating never makes such a refund; a success of one that was held for refused does, when what it had given back was
 * allocated again meanwhile.
 */
export function paysAgain(order: OrderState, { id, body }: Command): boolean {
  if (body.operation !== 'refundOrder') return false
  const others = refundsOf(order, body.captureId)
    .filter((each) => each.command.id !== id && (isOpen(each) || isConfirmed(each)))
    .flatMap((each) => each.refund.units)
  return body.units.some((own) => {
    const same = others.filter((each) => each.reference === own.reference)
    const ofReturn = [...body.units, ...same].filter(
      (each) => each.reference === own.reference && each.returnId === own.returnId,
    )
    return (
      rangesOf([own]).some((mine) => rangesOf(same).some((range) => overlap(mine, range))) ||
      quantityOf(ofReturn) > mostReported(order, own)
    )
  })
}

/** The most units of a reference that any stage of a return reports. */
function mostReported(order: OrderState, { returnId, reference }: RefundedUnits): number {
  const stages = order.returns.find((each) => each.returnId === returnId)?.stages ?? {}
  return Math.max(
    0,
    ...Object.values(stages).map((report) => byReference(report.lines).get(reference) ?? 0),
  )
}

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

  const claimed = claimedUnits(order, capture.captureId)
  const { returnId } = returned
  const lines: OrderLine[] = []
  const units: RefundedUnits[] = []
  for (const [reference, reportedQuantity] of byReference(report.lines)) {
    const ofReference = claimed.filter((each) => each.reference === reference)
    const ofReturn = ofReference.filter((each) => each.returnId === returnId)
    const quantity = reportedQuantity - quantityOf(ofReturn)
    if (quantity <= 0) continue
    const claimedQuantity = quantityOf(ofReference)
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
    const ranges = freeUnits(rangesOf(ofReference), quantity)
    lines.push(...linesOfUnits(capture.lines, reference, ranges))
    for (const { from, to } of ranges)
      units.push({ returnId, reference, quantity: to - from, unitIndex: from })
  }
  if (units.length === 0) return err(refusal('already_refunded', { returnId, stage }))
  const refundMinor = sum(lines.map((line) => line.totalMinor))
  if (refundMinor <= 0) return err(refusal('nothing_to_refund', { returnId }))
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
    return { refundMinor, lines: capture.lines.map(wholeLine), units: [] }
  }

  const payable = capture.lines.filter((line) => line.totalMinor > 0)
  if (payable.length === 0) return { refundMinor, lines: [], units: [] }
  const shares = splitMinor(
    refundMinor,
    payable.map((line) => line.totalMinor),
  )
  const lines = payable.flatMap((line, index): OrderLine[] => {
    const totalMinor = shares[index] ?? 0
    return totalMinor === 0 ? [] : [lumpOf(line, totalMinor)]
  })
  return { refundMinor, lines, units: [] }
}

/**
 * Keeps a return fee back from an allocation, as a line of its own.
 *
 * Refuses: `return_fee_not_allowed` outside of Klarna's conditions (one full capture, certain markets, at most 1000
 * lines with the fee),
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
  const hasPlace = allocation.lines.length < KLARNA_LIMITS.lineMaxCount
  if (!isOneFullCapture || !hasPlace || !RETURN_FEE_COUNTRIES.includes(order.country ?? '')) {
    return err(
      refusal('return_fee_not_allowed', {
        captureCount: order.captures.length,
        country: order.country ?? 'unknown',
        lineCount: allocation.lines.length,
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
