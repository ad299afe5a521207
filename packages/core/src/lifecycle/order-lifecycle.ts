/** The whole lifecycle of an order with one capture as one standard machine, for readers, demos and Stately. */
import { assertEvent, assign, setup } from 'xstate'

/** What Klarna has confirmed, and what was reported, in the words of the lifecycle. */
export type OrderLifecycleEvent =
  | { readonly type: 'refund.confirmed'; readonly refundMinor: number }
  | { readonly type: 'extension.confirmed'; readonly numberOfDays: number }
  | { readonly type: 'shipping.confirmed' }
  | { readonly type: 'release.requested' }
  | { readonly type: 'release.confirmed' }
  | { readonly type: 'release.refused' }
  | { readonly type: 'authorization.raised' }
  | { readonly type: 'delivery.accepted' }
  | { readonly type: 'order.settled' }
  | { readonly type: 'order.reopened'; readonly isReleased: boolean }

/** Amounts in minor units, `extendedDays` in whole days. */
export interface OrderLifecycleContext {
  readonly capturedMinor: number
  readonly refundedMinor: number
  readonly extendedDays: number
  readonly isAccepted: boolean
}

/**
 * The lifecycle as `createActor(orderLifecycle, { input: { capturedMinor } })` runs it.
 *
 * Live orders are stepped by three smaller charts (order, capture, command) and a router, because an order has any
 * number of captures; a property test holds this machine equal to them.
 */
export const orderLifecycle = setup({
  types: {
    context: {} as OrderLifecycleContext,
    events: {} as OrderLifecycleEvent,
    input: {} as { readonly capturedMinor: number },
  },
  guards: {
    isAllPaidBack: ({ context, event }) => {
      assertEvent(event, 'refund.confirmed')
      return context.refundedMinor + event.refundMinor >= context.capturedMinor
    },
    isAccepted: ({ context }) => context.isAccepted,
    isReleased: ({ event }) => {
      assertEvent(event, 'order.reopened')
      return event.isReleased
    },
  },
  actions: {
    bookRefund: assign(({ context, event }) => {
      assertEvent(event, 'refund.confirmed')
      return { refundedMinor: context.refundedMinor + event.refundMinor }
    }),
    bookExtension: assign(({ context, event }) => {
      assertEvent(event, 'extension.confirmed')
      return { extendedDays: context.extendedDays + event.numberOfDays }
    }),
    accept: assign({ isAccepted: true }),
    reopen: assign({ isAccepted: false }),
  },
}).createMachine({
  id: 'orderLifecycle',
  type: 'parallel',
  context: ({ input }) => ({
    capturedMinor: (input as { capturedMinor: number } | undefined)?.capturedMinor ?? 0,
    refundedMinor: 0,
    extendedDays: 0,
    isAccepted: false,
  }),
  states: {
    money: {
      initial: 'captured',
      states: {
        captured: {
          on: {
            'refund.confirmed': [
              { guard: 'isAllPaidBack', target: 'refunded', actions: 'bookRefund' },
              { target: 'partlyRefunded', actions: 'bookRefund' },
            ],
          },
        },
        partlyRefunded: {
          on: {
            'refund.confirmed': [
              { guard: 'isAllPaidBack', target: 'refunded', actions: 'bookRefund' },
              { actions: 'bookRefund' },
            ],
          },
        },
        refunded: { on: { 'refund.confirmed': { actions: 'bookRefund' } } },
      },
    },
    term: {
      initial: 'standard',
      states: {
        standard: {
          on: { 'extension.confirmed': { target: 'extended', actions: 'bookExtension' } },
        },
        extended: { on: { 'extension.confirmed': { actions: 'bookExtension' } } },
      },
    },
    parcel: {
      initial: 'untracked',
      states: { untracked: { on: { 'shipping.confirmed': 'tracked' } }, tracked: {} },
    },
    order: {
      initial: 'open',
      states: {
        open: {
          initial: 'held',
          on: {
            'delivery.accepted': { actions: 'accept' },
            'order.settled': { guard: 'isAccepted', target: 'closed' },
          },
          states: {
            held: { on: { 'release.requested': 'releasing', 'release.confirmed': 'released' } },
            releasing: { on: { 'release.confirmed': 'released', 'release.refused': 'held' } },
            released: { on: { 'authorization.raised': 'held' } },
          },
        },
        closed: {
          on: {
            'order.reopened': [
              { guard: 'isReleased', target: 'open.released', actions: 'reopen' },
              { target: 'open.held', actions: 'reopen' },
            ],
          },
        },
      },
    },
  },
})
