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

  it('take the units that a refused refund has given back, not those that another one pays', () => {
    const line = (quantity: number, unitPriceMinor: number): OrderLine => ({
      reference: 'a',
      name: 'A',
      quantity,
      unitPriceMinor,
      totalMinor: quantity * unitPriceMinor,
    })
    const lines = [line(4, 100), line(3, 500)]
    const pays = [fired('refund', { basis: 'returned_items' })]
    const back = (returnId: string, quantity: number, id = `wms-${returnId}`) =>
      returned({ id, returnId, lines: [{ reference: 'a', quantity }] })
    const start = anOrder({ captures: [aCapture({ capturedMinor: 1900, lines })] })
    const cheap = settle(apply(start, back('R-1', 4) as never), back('R-1', 4), pays)
    const dear = settle(apply(cheap.routed.order, back('R-2', 3) as never), back('R-2', 3), pays)
    const id = cheap.commands[0]?.command.id ?? ''
    const refused = apply(
      dear.routed.order,
      ...attempt(id, { type: 'refused', code: 'REFUND_NOT_ALLOWED' }),
    )

    const again = settle(refused, back('R-1', 4, 'wms-9'), pays)

    expect(dear.commands[0]?.command.body).toMatchObject({ refundMinor: 1500 })
    expect(again.commands[0]?.command.body).toMatchObject({
      refundMinor: 400,
      units: [{ returnId: 'R-1', reference: 'a', quantity: 4, unitIndex: 0 }],
    })
  })

  it.each<[string, Partial<OrderLine>, Partial<OrderLine>]>([
    [
      'a total above quantity x price',
      { quantity: 3, unitPriceMinor: 1999, totalMinor: 6000 },
      { quantity: 1, unitPriceMinor: 6000, totalMinor: 6000 },
    ],
    [
      'a tax that is not by its rate',
      { totalMinor: 6000, taxRateBasisPoints: 2500, totalTaxMinor: 1300 },
      { totalMinor: 6000, taxRateBasisPoints: 2500, totalTaxMinor: 1200 },
    ],
    [
      'a tax that is by its rate but for one',
      { totalMinor: 6000, taxRateBasisPoints: 2500, totalTaxMinor: 1201 },
      { totalMinor: 6000, taxRateBasisPoints: 2500, totalTaxMinor: 1201 },
    ],
    ['a tax without a rate', { totalMinor: 6000, totalTaxMinor: 1200 }, { totalMinor: 6000 }],
  ])('pay a whole capture back in lines that Klarna recalculates: %s', (_, given, want) => {
    const line = { reference: 'a', name: 'A', quantity: 1, unitPriceMinor: 6000, totalMinor: 6000 }
    const order = anOrder({ captures: [aCapture({ lines: [{ ...line, ...given }] })] })
    const event = returned({ lines: [{ reference: 'a', quantity: 1 }] })

    const settled = settle(order, event, [fired('refund', { basis: 'remaining' })])

    expect(settled.commands[0]?.command.body).toMatchObject({
      refundMinor: 6000,
      lines: [{ ...line, ...want }],
    })
    const body = settled.commands[0]?.command.body as RefundOrder
    expect(body.lines[0]?.totalTaxMinor).toBe(want.totalTaxMinor)
  })

  it('pay units of a line that the shop rounded up at what they cost', () => {
    const line = { reference: 'a', name: 'A', quantity: 3, unitPriceMinor: 1999, totalMinor: 6000 }
    const order = anOrder({ captures: [aCapture({ lines: [line] })] })
    const event = returned({ lines: [{ reference: 'a', quantity: 3 }] })

    const settled = settle(apply(order, event as never), event, [
      fired('refund', { basis: 'returned_items' }),
    ])

    expect(settled.commands[0]?.command.body).toMatchObject({
      refundMinor: 6000,
      lines: [{ quantity: 1, unitPriceMinor: 6000, totalMinor: 6000 }],
    })
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
