/** One decided refund at the twin: the contract reads its bytes, and the twin allocates it. */
import { captureBooks, type NewCommand, type OrderLine, type OrderState } from '@postdelivery/core'
import { expect } from 'vitest'
import { loadContract } from '../../src/klarna-twin/contract.ts'
import type { Context, OrderBook } from '../../src/klarna-twin/order-book.ts'
import { bookFromSeed, type OrderSeed } from '../../src/klarna-twin/order-seed.ts'
import { refundOrder } from '../../src/klarna-twin/refund-order.ts'
import { ROUTES } from '../../src/klarna-twin/routes.ts'
import { DEFAULT_SETTINGS } from '../../src/klarna-twin/settings.ts'
import type { WireLine, WireRefundRequest } from '../../src/klarna-twin/wire.ts'
import { ORDER_ID } from './any-order.ts'

const CONTEXT: Context = {
  settings: { ...DEFAULT_SETTINGS, lineArithmetic: 'checked', returnFeeOutsideRules: 'refused' },
  nowMs: Date.parse('2026-12-08T08:00:00Z'),
}
const ROUTE = ROUTES.find((route) => route.operation === 'refundOrder')

/**
 * Gives a refund to the twin as it stands when the refund was decided.
 *
 * It must be booked on exactly its capture with exactly its amount; where several captures hold the same references,
 * Klarna's documents do not say which one is meant, and it must be one of those.
 */
export function expectAllocated(order: OrderState, { command, request }: NewCommand): void {
  const { body } = command
  if (body.operation !== 'refundOrder' || ROUTE === undefined) throw new Error('a refund is given')
  const wire = JSON.parse(request.body ?? '') as WireRefundRequest
  expect(loadContract().problemsOfBody(ROUTE, wire)).toEqual([])

  const book = bookOf(order)
  const { answer, book: after } = refundOrder(book, wire, CONTEXT)

  expect({ status: answer.status, body: answer.body }).toEqual({ status: 201, body: undefined })
  const booked = after.refunds.at(-1)
  expect(booked).toMatchObject({ refundedMinor: body.refundMinor, reference: command.id })
  // One refund that Klarna could not allocate, and it allocates none of the order any more.
  if (order.unallocatedRefundedMinor > 0) return
  expect(capturesLike(book, wire)).toContain(body.captureId)
  expect(capturesLike(book, wire)).toContain(booked?.captureId)
}

/** The captures that have every reference of a refund and room for it. */
const capturesLike = (book: OrderBook, { order_lines = [], refunded_amount }: WireRefundRequest) =>
  book.captures
    .filter(
      (capture) =>
        refunded_amount <= capture.capturedMinor - capture.refundedMinor &&
        order_lines.every(
          (line) =>
            line.type === 'return_fee' ||
            capture.lines.some((own) => own.reference === line.reference),
        ),
    )
    .map((capture) => capture.captureId)

/** Klarna's books of an order as ours say that they are. */
function bookOf(order: OrderState): OrderBook {
  const captures = order.captures.map((capture) => ({
    capture_id: capture.captureId,
    captured_amount: capture.chart.context.capturedMinor,
    order_lines: capture.lines.map(lineToWire),
  }))
  const capturedMinor = captures.reduce((all, each) => all + each.captured_amount, 0)
  const allocated = order.captures
    .map((capture) => ({
      capture_id: capture.captureId as string | null,
      refunded_amount: captureBooks(order, capture).refundedMinor,
    }))
    .filter((each) => each.refunded_amount > 0)
  const others =
    order.unallocatedRefundedMinor === 0
      ? []
      : [{ capture_id: null, refunded_amount: order.unallocatedRefundedMinor }]
  const seed: OrderSeed = {
    order_id: ORDER_ID,
    purchase_currency: order.currency,
    purchase_country: order.country ?? 'US',
    order_amount: Math.max(order.authorizedMinor, capturedMinor),
    captures,
    refunds: [...allocated, ...others],
  }
  const seeded = bookFromSeed(seed, ORDER_ID, CONTEXT)
  if (!('book' in seeded)) throw new Error(seeded.problems.join(', '))
  return seeded.book
}

const lineToWire = (line: OrderLine): WireLine => ({
  name: line.name,
  reference: line.reference,
  quantity: line.quantity,
  unit_price: line.unitPriceMinor,
  total_amount: line.totalMinor,
})
