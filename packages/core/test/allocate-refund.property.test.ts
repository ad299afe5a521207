import { commandPhase, type OrderLine, orderBooks, type RefundOrder } from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aCapture,
  anOrder,
  apply,
  attempt,
  done,
  fired,
  returned,
  settings,
  settle,
  T0,
} from './builders.ts'

const lineArbitrary = (index: number): fc.Arbitrary<OrderLine> =>
  fc
    .record({
      quantity: fc.integer({ min: 1, max: 40 }),
      unitPriceMinor: fc.integer({ min: 1, max: 50_000 }),
      discountShare: fc.integer({ min: 0, max: 100 }),
      taxRateBasisPoints: fc.constantFrom(0, 600, 1200, 1900, 2500),
    })
    .map(({ quantity, unitPriceMinor, discountShare, taxRateBasisPoints }) => {
      const totalDiscountMinor = Math.floor((quantity * unitPriceMinor * discountShare) / 100)
      return {
        reference: `line-${index}`,
        name: `Line ${index}`,
        quantity,
        unitPriceMinor,
        totalDiscountMinor,
        totalMinor: quantity * unitPriceMinor - totalDiscountMinor,
        taxRateBasisPoints,
      }
    })

const ordersAndReturns = fc
  .integer({ min: 1, max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => lineArbitrary(index))))
  .chain((lines) =>
    fc.record({
      lines: fc.constant(lines),
      returns: fc.array(
        fc.record({
          returnId: fc.constantFrom('R-1', 'R-2', 'R-3'),
          picks: fc.array(
            fc.record({
              line: fc.nat({ max: lines.length - 1 }),
              quantity: fc.integer({ min: 1, max: 40 }),
            }),
            { minLength: 1, maxLength: 4 },
          ),
          basis: fc.constantFrom('returned_items', 'remaining', 'percent'),
        }),
        { minLength: 1, maxLength: 8 },
      ),
    }),
  )

const generous = {
  ...settings,
  limits: {
    perCommand: { refundMaxMinor: { SEK: 1e9 }, extensionFeeMaxMinor: { SEK: 1e9 } },
    perOrder: {
      commandMaxCount: 1000,
      refundMaxMinor: { SEK: 1e9 },
      extensionFeeMaxMinor: { SEK: 1e9 },
    },
    perRuleAndDay: {
      commandMaxCount: 1000,
      refundMaxMinor: { SEK: 1e9 },
      extensionFeeMaxMinor: { SEK: 1e9 },
    },
    perMerchantAndDay: {
      commandMaxCount: 1000,
      refundMaxMinor: { SEK: 1e9 },
      extensionFeeMaxMinor: { SEK: 1e9 },
    },
  },
  approval: { ...settings.approval, refundAboveMinor: { SEK: 1e9 } },
}

describe('refunds of any order after any sequence of returns', () => {
  it('never exceed what was captured, sum to their lines, and pay no unit twice', () => {
    fc.assert(
      fc.property(ordersAndReturns, ({ lines, returns }) => {
        const capturedMinor = lines.reduce((all, line) => all + line.totalMinor, 0)
        fc.pre(capturedMinor > 0)
        let order = anOrder({
          captures: [aCapture({ capturedMinor, lines })],
          order: { authorizedMinor: capturedMinor, remainingAuthorizedMinor: 0 },
        })
        const refunds: RefundOrder[] = []
        returns.forEach(({ returnId, picks, basis }, index) => {
          const event = returned({
            id: `wms-${index}`,
            returnId,
            lines: picks.map(({ line, quantity }) => ({
              reference: `line-${line}`,
              quantity: Math.min(quantity, lines[line]?.quantity ?? 0),
            })),
          })
          let seen = order
          try {
            seen = apply(order, event as never)
          } catch {
            return
          }
          const params = basis === 'percent' ? { basis, percent: 30 } : { basis }
          const settled = settle(seen, event, [fired('refund', params)], { settings: generous })
          order = settled.routed.order
          for (const { command } of settled.commands) {
            if (command.body.operation !== 'refundOrder') continue
            refunds.push(command.body)
            // Half of them are confirmed at once, the others stay reserved.
            if (index % 2 === 0) order = apply(order, ...attempt(command.id, done))
          }
        })

        const books = orderBooks(order)
        expect(books.refundedMinor + books.reservedMinor).toBeLessThanOrEqual(capturedMinor)
        expect(books.refundedMinor + books.reservedMinor).toBe(
          refunds.reduce((all, each) => all + each.refundMinor, 0),
        )
        for (const refund of refunds) {
          expect(refund.refundMinor).toBeGreaterThan(0)
          expect(refund.lines.reduce((all, line) => all + line.totalMinor, 0)).toBe(
            refund.refundMinor,
          )
          for (const line of refund.lines) {
            expect(lines.some((captured) => captured.reference === line.reference)).toBe(true)
            expect(line.totalMinor).toBe(
              line.quantity * line.unitPriceMinor - (line.totalDiscountMinor ?? 0),
            )
            const exact =
              line.totalMinor -
              (line.totalMinor * 10_000) / (10_000 + (line.taxRateBasisPoints ?? 0))
            expect(Math.abs((line.totalTaxMinor ?? 0) - exact)).toBeLessThanOrEqual(1)
          }
        }
        for (const line of lines) {
          const units = refunds
            .flatMap((each) => each.units)
            .filter((each) => each.reference === line.reference)
          expect(units.reduce((all, each) => all + each.quantity, 0)).toBeLessThanOrEqual(
            line.quantity,
          )
        }
        expect(
          order.commands.every((each) => ['confirmed', 'requested'].includes(commandPhase(each))),
        ).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('pay all units of a discounted line back to the last minor unit, one by one', () => {
    const line: OrderLine = {
      reference: 'a',
      name: 'A',
      quantity: 7,
      unitPriceMinor: 333,
      totalDiscountMinor: 100,
      totalMinor: 2231,
    }
    let order = anOrder({ captures: [aCapture({ capturedMinor: 2231, lines: [line] })] })
    const amounts: number[] = []
    for (let unit = 1; unit <= 7; unit += 1) {
      const event = returned({
        id: `wms-${unit}`,
        at: T0,
        lines: [{ reference: 'a', quantity: unit }],
      })
      const settled = settle(apply(order, event as never), event, [
        fired('refund', { basis: 'returned_items' }),
      ])
      order = settled.routed.order
      const [command] = settled.commands
      if (command?.command.body.operation === 'refundOrder')
        amounts.push(command.command.body.refundMinor)
    }
    expect(amounts).toHaveLength(7)
    expect(amounts.reduce((all, each) => all + each, 0)).toBe(2231)
  })

  it('take units of a reference that stands on two lines in their order', () => {
    const dear: OrderLine = {
      reference: 'a',
      name: 'A',
      quantity: 3,
      unitPriceMinor: 500,
      totalMinor: 1500,
    }
    const cheap: OrderLine = {
      reference: 'a',
      name: 'A',
      quantity: 4,
      unitPriceMinor: 100,
      totalMinor: 400,
    }
    let order = anOrder({ captures: [aCapture({ capturedMinor: 1900, lines: [dear, cheap] })] })
    const amounts = [5, 7].map((quantity) => {
      const event = returned({ id: `wms-${quantity}`, lines: [{ reference: 'a', quantity }] })
      const settled = settle(apply(order, event as never), event, [
        fired('refund', { basis: 'returned_items' }),
      ])
      order = settled.routed.order
      const body = settled.commands[0]?.command.body
      return body?.operation === 'refundOrder' ? [body.refundMinor, body.lines.length] : []
    })
    expect(amounts).toEqual([
      [1700, 2],
      [200, 1],
    ])
  })

  it('spread an amount over the lines by what they cost, and leave out lines that get nothing', () => {
    const lines: readonly OrderLine[] = [
      { reference: 'a', name: 'A', quantity: 1, unitPriceMinor: 5999, totalMinor: 5999 },
      {
        reference: 'b',
        name: 'B',
        type: 'shipping_fee',
        quantity: 1,
        unitPriceMinor: 1,
        totalMinor: 1,
      },
    ]
    const order = anOrder({ captures: [aCapture({ lines })] })
    const event = {
      id: 'crm-1',
      type: 'customer.reported',
      orderId: 'order-1',
      at: T0,
      problem: 'late',
    } as never
    const [command] = settle(order, event, [
      fired('refund', { basis: 'amount', amountMinor: 100 }),
    ]).commands
    expect(command?.command.body).toMatchObject({
      refundMinor: 100,
      lines: [{ reference: 'a', quantity: 1, totalMinor: 100 }],
    })
  })

  it('keep no fee back in a market that nobody knows', () => {
    const bare = anOrder({ order: { authorizedMinor: 6000, remainingAuthorizedMinor: 0 } })
    const order = apply({ ...bare, country: null }, returned() as never)
    const settled = settle(order, returned(), [
      fired('refund', { basis: 'returned_items', returnFeeMinor: 100 }),
    ])
    expect(settled.actions[0]?.refusal).toMatchObject({
      code: 'return_fee_not_allowed',
      facts: { country: 'unknown' },
    })
  })
})
