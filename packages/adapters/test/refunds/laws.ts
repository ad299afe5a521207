/** What holds of an order's refunds after every step, whatever has happened to it. */
import {
  type CaptureState,
  captureBooks,
  isConfirmed,
  isOpen,
  type OrderLine,
  type OrderState,
  orderBooks,
  RETURN_FEE_COUNTRIES,
  RETURN_STAGES,
  type RefundOrder,
} from '@postdelivery/core'
import { expect } from 'vitest'
import type { Told } from './story.ts'

/** Follows one story and fails at the first step that breaks a law. */
export function createLaws(): { check(told: Told): void } {
  const openWork = new Set<string>()
  const mostReported = new Map<string, number>()
  /** By how much a person has accepted the books as they are. */
  const accepted = new Map<string, number>()
  /** Captures of which units were paid twice by a success that came late; a person was told. */
  const told = new Set<string>()

  const isStopped = (order: OrderState): boolean =>
    order.booksDiffer !== null && openWork.has(`books:${order.orderId}`)

  return {
    check({ order, effects, decided, isBooksConfirmed }) {
      for (const effect of effects) {
        if (effect.type === 'openWork') openWork.add(effect.work.id)
        if (effect.type === 'closeWork') openWork.delete(effect.workId)
      }
      expect(order.booksDiffer !== null, 'stopped refunds are work').toBe(isStopped(order))

      if (isBooksConfirmed) for (const [name, minor] of excessesOf(order)) accepted.set(name, minor)
      for (const [name, minor] of excessesOf(order)) {
        const isKnown = minor <= (accepted.get(name) ?? 0) || isStopped(order)
        expect(isKnown, `${name} is within what was captured, or stopped: ${minor}`).toBe(true)
      }
      for (const { command } of decided) {
        if (command.body.operation === 'refundOrder') checkRefund(order, command.body)
      }
      noteReports(order, mostReported)
      checkUnits(order, { mostReported, told, isStopped: isStopped(order) })
    },
  }
}

/** By how much refunded and reserved exceed what was captured: per capture, and in total. */
function excessesOf(order: OrderState): readonly (readonly [string, number])[] {
  const books = [
    ['the order', orderBooks(order)] as const,
    ...order.captures.map((each) => [each.captureId, captureBooks(order, each)] as const),
  ]
  return books.map(([name, { capturedMinor, refundedMinor, reservedMinor }]) => [
    name,
    Math.max(0, refundedMinor + reservedMinor - capturedMinor),
  ])
}

const sumOf = (amounts: readonly number[]): number => amounts.reduce((all, each) => all + each, 0)

/** One refund as it was decided: its lines say what it pays, in words that Klarna can allocate. */
function checkRefund(order: OrderState, body: RefundOrder): void {
  const capture = order.captures.find((each) => each.captureId === body.captureId)
  const { lines, refundMinor } = body
  expect(refundMinor).toBeGreaterThan(0)
  expect(sumOf(lines.map((line) => line.totalMinor)), 'lines sum to the refund').toBe(refundMinor)
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThanOrEqual(1000)

  const own = new Set(capture?.lines.map((line) => line.reference))
  const fees = lines.filter((line) => line.type === 'return_fee')
  expect(fees.length).toBeLessThanOrEqual(1)
  for (const line of lines) {
    if (line.type !== 'return_fee') expect(own).toContain(line.reference)
    checkArithmetic(line)
  }
  if (fees.length === 0) return
  expect(order.captures).toHaveLength(1)
  expect(capture?.chart.context.capturedMinor).toBe(order.authorizedMinor)
  expect(RETURN_FEE_COUNTRIES).toContain(order.country)
  expect(fees[0]?.totalMinor).toBeLessThan(0)
  expect(lines.length, 'a fee is kept back from something').toBeGreaterThan(1)
}

/** Source: Klarna's order line (`total_amount`) and tax page (`total_tax_amount`, within 1). */
function checkArithmetic(line: OrderLine): void {
  const { quantity, unitPriceMinor, totalDiscountMinor = 0, totalMinor } = line
  expect(totalDiscountMinor).toBeGreaterThanOrEqual(0)
  // Adding to 0 makes no difference of the two zeros.
  expect(0 + quantity * unitPriceMinor - totalDiscountMinor, 'a line adds up').toBe(totalMinor)
  const exactMinor = totalMinor - (totalMinor * 10_000) / (10_000 + (line.taxRateBasisPoints ?? 0))
  expect(
    Math.abs((line.totalTaxMinor ?? 0) - exactMinor),
    'tax is by its rate',
  ).toBeLessThanOrEqual(line.totalTaxMinor === undefined ? Number.POSITIVE_INFINITY : 1)
  expect(
    line.taxRateBasisPoints === undefined || line.totalTaxMinor !== undefined,
    'a rate comes with its tax',
  ).toBe(true)
}

/** The most units of a return that any of its stages has ever reported. */
function noteReports(order: OrderState, most: Map<string, number>): void {
  for (const { returnId, stages } of order.returns) {
    for (const stage of RETURN_STAGES) {
      const quantities = new Map<string, number>()
      for (const { reference, quantity } of stages[stage]?.lines ?? [])
        quantities.set(reference, (quantities.get(reference) ?? 0) + quantity)
      for (const [reference, quantity] of quantities) {
        const name = `${returnId} ${reference}`
        most.set(name, Math.max(most.get(name) ?? 0, quantity))
      }
    }
  }
}

interface Knowledge {
  readonly mostReported: ReadonlyMap<string, number>
  readonly told: Set<string>
  readonly isStopped: boolean
}

/** No returned unit is paid twice: by count, by what its line costs, and per return. */
function checkUnits(order: OrderState, { mostReported, told, isStopped }: Knowledge): void {
  for (const capture of order.captures) {
    const problem = doublePayment(order, capture, mostReported)
    if (problem === undefined) told.delete(capture.captureId)
    else if (isStopped) told.add(capture.captureId)
    expect(problem === undefined || told.has(capture.captureId), problem).toBe(true)
  }
}

function doublePayment(
  order: OrderState,
  capture: CaptureState,
  mostReported: ReadonlyMap<string, number>,
): string | undefined {
  const live = liveRefunds(order, capture.captureId)
  const units = live.flatMap((each) => each.units)
  for (const reference of new Set(units.map((each) => each.reference))) {
    const own = capture.lines.filter((line) => line.reference === reference)
    const ofReference = units.filter((each) => each.reference === reference)
    const claimed = sumOf(ofReference.map((each) => each.quantity))
    const capturedQuantity = sumOf(own.map((line) => line.quantity))
    if (claimed > capturedQuantity) return `${claimed} of ${capturedQuantity} ${reference} are paid`

    const places = ofReference.flatMap(({ unitIndex = 0, quantity }) =>
      Array.from({ length: quantity }, (_, index) => unitIndex + index),
    )
    if (new Set(places).size < places.length) return `units of ${reference} are paid twice`
    if (Math.max(...places) >= capturedQuantity) return `no such unit of ${reference}`

    const paidMinor = sumOf(
      live
        .filter((each) => each.units.length > 0)
        .flatMap((each) => each.lines)
        .filter((line) => line.reference === reference)
        .map((line) => line.totalMinor),
    )
    const worthMinor = sumOf(own.map((line) => Math.max(0, line.totalMinor)))
    if (paidMinor > worthMinor) return `${paidMinor} of ${worthMinor} for ${reference} are paid`

    for (const returnId of new Set(ofReference.map((each) => each.returnId))) {
      const ofReturn = sumOf(
        ofReference.filter((each) => each.returnId === returnId).map((each) => each.quantity),
      )
      const most = mostReported.get(`${returnId} ${reference}`) ?? 0
      if (ofReturn > most) return `${ofReturn} of ${most} ${reference} of ${returnId} are paid`
    }
  }
  return undefined
}

const liveRefunds = (order: OrderState, captureId: string): readonly RefundOrder[] =>
  order.commands.flatMap((each) => {
    const { body } = each.command
    const isOfCapture = body.operation === 'refundOrder' && body.captureId === captureId
    return isOfCapture && (isOpen(each) || isConfirmed(each)) ? [body] : []
  })
