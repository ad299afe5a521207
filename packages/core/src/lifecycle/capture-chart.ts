/** The capture's chart: how much was paid back, whether the customer got more time, whether Klarna knows a parcel. */
import { assertEvent, assign, setup } from 'xstate'
import type { CaptureChartContext } from '../order-state.ts'

export type CaptureChartEvent =
  | { readonly type: 'refundBooked'; readonly refundMinor: number }
  | { readonly type: 'dueDateExtended'; readonly numberOfDays: number; readonly feeMinor: number }
  | { readonly type: 'parcelTracked' }

export const captureChart = setup({
  types: {
    context: {} as CaptureChartContext,
    events: {} as CaptureChartEvent,
    input: {} as { readonly capturedMinor: number },
  },
  guards: {
    isLast: ({ context, event }) => {
      assertEvent(event, 'refundBooked')
      return context.refundedMinor + event.refundMinor >= context.capturedMinor
    },
  },
  actions: {
    bookRefund: assign(({ context, event }) => {
      assertEvent(event, 'refundBooked')
      return {
        refundedMinor: context.refundedMinor + event.refundMinor,
        refundCount: context.refundCount + 1,
      }
    }),
    bookExtension: assign(({ context, event }) => {
      assertEvent(event, 'dueDateExtended')
      return {
        extendedDays: context.extendedDays + event.numberOfDays,
        extensionCount: context.extensionCount + 1,
        feesMinor: context.feesMinor + event.feeMinor,
      }
    }),
  },
}).createMachine({
  id: 'capture',
  type: 'parallel',
  context: ({ input }) => ({
    // The library computes an initial state without input as well; it is never used.
    capturedMinor: (input as { capturedMinor: number } | undefined)?.capturedMinor ?? 0,
    refundedMinor: 0,
    refundCount: 0,
    extendedDays: 0,
    extensionCount: 0,
    feesMinor: 0,
  }),
  states: {
    money: {
      initial: 'captured',
      states: {
        captured: {
          on: {
            refundBooked: [
              { guard: 'isLast', target: 'refunded', actions: 'bookRefund' },
              { target: 'partlyRefunded', actions: 'bookRefund' },
            ],
          },
        },
        partlyRefunded: {
          on: {
            refundBooked: [
              { guard: 'isLast', target: 'refunded', actions: 'bookRefund' },
              { actions: 'bookRefund' },
            ],
          },
        },
        // A refund that Klarna made all the same is still booked: money never vanishes from the books.
        refunded: { on: { refundBooked: { actions: 'bookRefund' } } },
      },
    },
    term: {
      initial: 'standard',
      states: {
        standard: { on: { dueDateExtended: { target: 'extended', actions: 'bookExtension' } } },
        extended: { on: { dueDateExtended: { actions: 'bookExtension' } } },
      },
    },
    parcel: {
      initial: 'untracked',
      states: {
        untracked: { on: { parcelTracked: 'tracked' } },
        tracked: {},
      },
    },
  },
})
