/** `postdelivery work confirm-books`: a person has compared an order's books; its refunds go on. */
import { formatMinor, KLARNA_MAX_MINOR } from '@postdelivery/core'
import { makeBooksConfirmation } from '../staff.ts'
import { defineCommand } from './command-definition.ts'
import { openDesk } from './desk.ts'
import { printable } from './output.ts'
import { eventAction, runStaffAction, STAFF_OPTIONS } from './staff-action.ts'
import { staffPortsOf } from './staff-ports.ts'

export const workConfirmBooksCommand = defineCommand({
  arguments: [{ name: 'ORDER', summary: "Klarna's id of the order" }],
  options: {
    'refunded-minor': {
      type: 'integer',
      value: 'N',
      min: 0,
      max: KLARNA_MAX_MINOR * 1_000,
      isRequired: true,
      summary: 'refunded in total at Klarna, in minor units: 3000 is 30.00',
    },
    ...STAFF_OPTIONS,
  },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    [
      "work confirm-books 0db6b66c-2085-4ee5-bd2c-12831e943dc2 --refunded-minor 3000 --by anna --why 'refunded in the portal' --execute",
      "after comparing Klarna's order with `orders show`",
    ],
  ],
  async run({ arguments: [orderId = ''], options, ...context }) {
    await using desk = await openDesk(context)
    const { by, why, execute, 'refunded-minor': refundedMinor } = options
    const { order } = await desk.order(orderId)
    const event = await makeBooksConfirmation(staffPortsOf(desk), orderId, {
      by,
      why,
      refundedMinor,
    })
    const money = (minor: number | undefined): string =>
      minor === undefined ? 'unknown' : formatMinor(minor, order.currency)
    const lines = [
      `order     ${printable(orderId)}`,
      `refunded  ${money(order.booksDiffer?.oursMinor)} in our books, ${money(order.booksDiffer?.klarnasMinor)} when Klarna was read`,
      `confirmed ${money(refundedMinor)}; refunds of the order go on`,
    ]
    const facts = { orderId, booksDiffer: order.booksDiffer, refundedMinor }
    const action = eventAction(desk, event, { lines, facts })
    return await runStaffAction(context, desk, { action, execute })
  },
})
