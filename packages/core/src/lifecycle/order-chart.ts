/** The order's chart: is authorization held back, being released, or gone; and is the order closed, for us, until something comes. */
import { assertEvent, assign, setup } from 'xstate'
import type { OrderChartContext } from '../order-state.ts'

export type OrderChartEvent =
  | { readonly type: 'releaseRequested' }
  | { readonly type: 'releaseConfirmed' }
  | { readonly type: 'releaseRefused' }
  /** More is authorized at Klarna than before, after the rest had been released. */
  | { readonly type: 'authorizationRaised' }
  | { readonly type: 'deliveryAccepted' }
  | { readonly type: 'settled' }
  | { readonly type: 'reopened'; readonly released: boolean }

export const orderChart = setup({
  types: { context: {} as OrderChartContext, events: {} as OrderChartEvent },
  guards: {
    isAccepted: ({ context }) => context.accepted,
    isReleased: ({ event }) => {
      assertEvent(event, 'reopened')
      return event.released
    },
  },
  actions: {
    accept: assign({ accepted: true }),
    reopen: assign({ accepted: false }),
  },
}).createMachine({
  id: 'order',
  initial: 'open',
  context: { accepted: false },
  states: {
    open: {
      initial: 'held',
      on: {
        deliveryAccepted: { actions: 'accept' },
        settled: { guard: 'isAccepted', target: 'closed' },
      },
      states: {
        held: { on: { releaseRequested: 'releasing', releaseConfirmed: 'released' } },
        releasing: { on: { releaseConfirmed: 'released', releaseRefused: 'held' } },
        released: { on: { authorizationRaised: 'held' } },
      },
    },
    // Ours, and reopened by whatever comes; it is not Klarna's CLOSED.
    closed: {
      on: {
        reopened: [
          { guard: 'isReleased', target: 'open.released', actions: 'reopen' },
          { target: 'open.held', actions: 'reopen' },
        ],
      },
    },
  },
})
