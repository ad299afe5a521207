/** Reducers as somebody would write them by hand for the stories of this benchmark, and for nothing else. */
import type {
  CaptureChartContext,
  ChartState,
  CommandChartContext,
  OrderChartContext,
} from '@postdelivery/core'
import type { CaptureChartEvent } from '../../src/lifecycle/capture-chart.ts'
import type { CommandChartEvent } from '../../src/lifecycle/command-chart-event.ts'
import type { OrderChartEvent } from '../../src/lifecycle/order-chart.ts'
import type { Shown } from './sides.ts'

const NONE: readonly unknown[] = []

function stepOrder(state: ChartState<OrderChartContext>, event: OrderChartEvent): Shown {
  const { value, context } = state
  const open = value === 'closed' ? null : (value as { readonly open: string }).open
  const to = (next: unknown, changed = context): Shown => ({
    state: { value: next, context: changed },
    effects: NONE,
  })
  switch (event.type) {
    case 'releaseRequested':
      return open === 'held' ? to({ open: 'releasing' }) : to(value)
    case 'releaseConfirmed':
      return open === 'held' || open === 'releasing' ? to({ open: 'released' }) : to(value)
    case 'releaseRefused':
      return open === 'releasing' ? to({ open: 'held' }) : to(value)
    case 'authorizationRaised':
      return open === 'released' ? to({ open: 'held' }) : to(value)
    case 'deliveryAccepted':
      return open === null ? to(value) : to(value, { accepted: true })
    case 'settled':
      return open !== null && context.accepted ? to('closed') : to(value)
    case 'reopened':
      return open === null
        ? to({ open: event.released ? 'released' : 'held' }, { accepted: false })
        : to(value)
  }
}

interface CaptureValue {
  readonly money: string
  readonly term: string
  readonly parcel: string
}

function stepCapture(state: ChartState<CaptureChartContext>, event: CaptureChartEvent): Shown {
  const value = state.value as CaptureValue
  const { context } = state
  switch (event.type) {
    case 'refundBooked': {
      const refundedMinor = context.refundedMinor + event.refundMinor
      const isAll = value.money === 'refunded' || refundedMinor >= context.capturedMinor
      return {
        state: {
          value: { ...value, money: isAll ? 'refunded' : 'partlyRefunded' },
          context: { ...context, refundedMinor, refundCount: context.refundCount + 1 },
        },
        effects: NONE,
      }
    }
    case 'dueDateExtended':
      return {
        state: {
          value: { ...value, term: 'extended' },
          context: {
            ...context,
            extendedDays: context.extendedDays + event.numberOfDays,
            extensionCount: context.extensionCount + 1,
            feesMinor: context.feesMinor + event.feeMinor,
          },
        },
        effects: NONE,
      }
    case 'parcelTracked':
      return { state: { value: { ...value, parcel: 'tracked' }, context }, effects: NONE }
  }
}

const READY = { requested: 'ready' }
const SENDING = { requested: 'sending' }
const BOOK = [{ type: 'book' }]
const FREE = [{ type: 'free' }]
const ASK = [{ type: 'openWork', kind: 'awaiting_approval' }]
const APPROVED = [{ type: 'closeWork', kind: 'awaiting_approval' }]

function stepCommand(state: ChartState<CommandChartContext>, event: CommandChartEvent): Shown {
  const { value, context } = state
  const to = (next: unknown, changed: CommandChartContext, effects = NONE): Shown => ({
    state: { value: next, context: changed },
    effects,
  })
  switch (event.type) {
    case 'request':
      return to(READY, context)
    case 'awaitApproval': {
      const { why, approvalsNeeded, expiresAt } = event
      const waiting = { ...context, why, approvalsNeeded, approvalExpiresAt: expiresAt }
      return to('awaitingApproval', waiting, ASK)
    }
    case 'approve': {
      const approvedBy = [...context.approvedBy, event.by]
      if (approvedBy.length < context.approvalsNeeded) return to(value, { ...context, approvedBy })
      return to(READY, { ...context, approvedBy, approvalExpiresAt: null, why: null }, APPROVED)
    }
    case 'start':
      return to(SENDING, startOf(context, event.at))
    case 'done':
      return to(
        'confirmed',
        { ...context, resultId: event.resultId, why: null, notBefore: null },
        BOOK,
      )
    case 'refused':
      return to('refused', { ...context, why: event.why, notBefore: null }, FREE)
    case 'unknown': {
      const unknownCount = context.unknownCount + 1
      const { why, retryAt } = event
      const doubtful = { ...context, unknownCount, regularAt: null, deferCount: 0, why }
      return to('doubtful', { ...doubtful, notBefore: retryAt })
    }
    default:
      throw new Error(`no story has \`${event.type}\``)
  }
}

const startOf = (
  context: CommandChartContext,
  at: Extract<CommandChartEvent, { readonly type: 'start' }>['at'],
): CommandChartContext => ({
  ...context,
  attemptCount: context.attemptCount + 1,
  firstReachableAt: context.firstReachableAt ?? at,
  reachedBefore: context.firstReachableAt !== null,
  regularAt: context.regularAt !== null && at < context.regularAt ? context.regularAt : null,
  notBefore: null,
  why: null,
})

export const BY_HAND = { order: stepOrder, capture: stepCapture, command: stepCommand }
