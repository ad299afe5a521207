import {
  applyEvent,
  commandPhase,
  type EngineEvent,
  findCapture,
  isConfirmed,
  isOpen,
  type OrderEvent,
  type OrderState,
  orderBooks,
  orderLifecycle,
} from '@postdelivery/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { initialTransition, transition } from 'xstate'
import { anOrder, apply, attempt, done, fired, settle, T0 } from '../builders.ts'

type Machine = ReturnType<typeof initialTransition<typeof orderLifecycle>>[0]

const asks = {
  refund: fired('refund', { basis: 'amount', amountMinor: 1500 }),
  extend: fired('extendDueDate', { choose: 'longest', maxFeeMinor: { SEK: 1000 }, again: 'yes' }),
  release: fired('releaseAuthorization'),
  ship: fired('addShippingInfo', { shippingInfo: [{ trackingNumber: 'P' }] }),
}
const move = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    what: fc.constantFrom(...(Object.keys(asks) as (keyof typeof asks)[])),
  }),
  fc.record({
    kind: fc.constant('answer' as const),
    isDone: fc.boolean(),
    which: fc.nat({ max: 5 }),
  }),
  fc.record({ kind: fc.constant('accept' as const) }),
  fc.record({ kind: fc.constant('raise' as const) }),
)

/** What the standard machine hears of a command that Klarna has answered. */
function tell(machine: Machine, order: OrderState, commandId: string, isDone: boolean): Machine {
  const body = order.commands.find((each) => each.command.id === commandId)?.command.body
  const send = (event: Parameters<typeof transition<typeof orderLifecycle>>[2]) =>
    transition(orderLifecycle, machine, event)[0]
  if (body?.operation === 'releaseRemainingAuthorization')
    return send({ type: isDone ? 'release.confirmed' : 'release.refused' })
  if (!isDone || body === undefined) return machine
  if (body.operation === 'refundOrder')
    return send({ type: 'refund.confirmed', refundMinor: body.refundMinor })
  if (body.operation === 'extendDueDate')
    return send({ type: 'extension.confirmed', numberOfDays: body.numberOfDays })
  return body.operation === 'appendShippingInfo' ? send({ type: 'shipping.confirmed' }) : machine
}

/** A read that shows 5.00 more authorized than we know of. */
function raise(order: OrderState): OrderState {
  const push = { id: 'push', type: 'order.observed', orderId: 'order-1', at: T0 } as const
  const authorizedMinor = order.authorizedMinor + 500
  const seen = applyEvent(order, push, T0, {
    order: {
      orderId: 'order-1',
      status: 'PART_CAPTURED',
      currency: 'SEK',
      country: 'SE',
      paymentMethod: 'INVOICE',
      authorizedMinor,
      capturedMinor: 6000,
      refundedMinor: orderBooks(order).refundedMinor,
      remainingAuthorizedMinor: order.remainingAuthorizedMinor + 500,
      expiresAt: null,
      captures: [],
      refunds: order.commands.filter(isConfirmed).map(({ command }) => ({
        refundId: 'r',
        reference: command.id,
        refundedMinor: 0,
      })),
    },
  })
  if (!seen.ok) throw new Error(seen.error.code)
  return seen.value.order
}

it('is the router for an order with one capture', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
      let order = anOrder()
      let machine: Machine = initialTransition(orderLifecycle, { capturedMinor: 6000 })[0]
      const send = (event: Parameters<typeof transition<typeof orderLifecycle>>[2]) => {
        machine = transition(orderLifecycle, machine, event)[0]
      }
      const settleClosing = () => {
        if (!order.commands.some(isOpen) && order.remainingAuthorizedMinor === 0)
          send({ type: 'order.settled' })
      }
      moves.forEach((each, index) => {
        if (each.kind === 'ask') {
          const event = {
            id: `crm-${index}`,
            type: 'customer.reported',
            orderId: 'order-1',
            at: T0,
            problem: 'other',
          } as OrderEvent
          const isClosed = order.chart.value === 'closed'
          const settled = settle(apply(order, event as EngineEvent), event, [asks[each.what]])
          if (isClosed)
            send({ type: 'order.reopened', isReleased: order.remainingAuthorizedMinor === 0 })
          order = settled.routed.order
          if (
            settled.commands.some(
              ({ command }) => command.body.operation === 'releaseRemainingAuthorization',
            )
          )
            send({ type: 'release.requested' })
          settleClosing()
        }
        if (each.kind === 'accept') {
          const accepted = {
            id: `ok-${index}`,
            type: 'delivery.accepted',
            orderId: 'order-1',
            at: T0,
          } as OrderEvent
          order = settle(apply(order, accepted as EngineEvent), accepted, []).routed.order
          send({ type: 'delivery.accepted' })
          settleClosing()
        }
        if (each.kind === 'raise') {
          const before = order.remainingAuthorizedMinor
          order = raise(order)
          if (before === 0 && order.remainingAuthorizedMinor > 0)
            send({ type: 'authorization.raised' })
        }
        if (each.kind === 'answer') {
          const open = order.commands.filter((command) => commandPhase(command) === 'requested')
          const command = open[each.which % Math.max(1, open.length)]
          if (command === undefined) return
          const { id } = command.command
          order = apply(
            order,
            ...attempt(id, each.isDone ? done : { type: 'refused', code: 'NOT_ALLOWED' }),
          )
          machine = tell(machine, order, id, each.isDone)
          settleClosing()
        }
      })

      const capture = findCapture(order, 'capture-1')
      expect(machine.value).toEqual({
        ...(capture?.chart.value as object),
        order: order.chart.value,
      })
      expect(machine.context).toEqual({
        capturedMinor: 6000,
        refundedMinor: capture?.chart.context.refundedMinor,
        extendedDays: capture?.chart.context.extendedDays,
        isAccepted: order.chart.context.accepted,
      })
      expect(order.commands.filter(isConfirmed).length).toBeLessThanOrEqual(moves.length)
    }),
    { numRuns: 400 },
  )
})
