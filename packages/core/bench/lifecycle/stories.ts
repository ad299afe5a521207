/** What the charts hear: the lives that most orders, captures and commands have. */
import type { ChartState } from '@postdelivery/core'
import type { CaptureChartEvent } from '../../src/lifecycle/capture-chart.ts'
import { type CommandChartEvent, NEW_COMMAND } from '../../src/lifecycle/command-chart-event.ts'
import type { OrderChartEvent } from '../../src/lifecycle/order-chart.ts'
import { instant } from '../../src/time.ts'

export const CHART_NAMES = ['order', 'capture', 'command'] as const
export type ChartName = (typeof CHART_NAMES)[number]

/** An event of any chart; each hears its own. */
export type BenchEvent = OrderChartEvent | CaptureChartEvent | CommandChartEvent

export interface Stories {
  readonly initial: ChartState<unknown>
  readonly lives: readonly (readonly BenchEvent[])[]
}

const at = instant('2026-12-08T08:00:00Z')
const later = instant('2026-12-08T08:05:00Z')

const order: readonly (readonly OrderChartEvent[])[] = [
  [
    { type: 'releaseRequested' },
    { type: 'releaseConfirmed' },
    { type: 'deliveryAccepted' },
    { type: 'settled' },
    { type: 'reopened', released: true },
  ],
  [{ type: 'settled' }, { type: 'releaseRequested' }, { type: 'releaseRefused' }],
]

const capture: readonly (readonly CaptureChartEvent[])[] = [
  [
    { type: 'parcelTracked' },
    { type: 'dueDateExtended', numberOfDays: 30, feeMinor: 1900 },
    { type: 'refundBooked', refundMinor: 1500 },
    { type: 'refundBooked', refundMinor: 1000 },
    { type: 'refundBooked', refundMinor: 3500 },
  ],
  [
    { type: 'refundBooked', refundMinor: 6000 },
    { type: 'dueDateExtended', numberOfDays: 2, feeMinor: 0 },
    { type: 'dueDateExtended', numberOfDays: 10, feeMinor: 1000 },
  ],
]

const command: readonly (readonly CommandChartEvent[])[] = [
  [{ type: 'request' }, { type: 'start', at }, { type: 'done', resultId: 'r-1' }],
  [
    { type: 'awaitApproval', why: 'limit:order:refund', approvalsNeeded: 2, expiresAt: later },
    { type: 'approve', by: 'a@shop.example' },
    { type: 'approve', by: 'b@shop.example' },
    { type: 'start', at },
    { type: 'refused', why: 'NOT_ALLOWED', auditAt: later },
  ],
  [
    { type: 'request' },
    { type: 'start', at },
    { type: 'unknown', why: 'timeout', retryAt: later, auditAt: later, isExtra: false },
    { type: 'start', at: later },
    { type: 'done', resultId: null },
  ],
]

export const STORIES: Readonly<Record<ChartName, Stories>> = {
  order: { initial: { value: { open: 'held' }, context: { accepted: false } }, lives: order },
  capture: {
    initial: {
      value: { money: 'captured', term: 'standard', parcel: 'untracked' },
      context: {
        capturedMinor: 6000,
        refundedMinor: 0,
        refundCount: 0,
        extendedDays: 0,
        extensionCount: 0,
        feesMinor: 0,
      },
    },
    lives: capture,
  },
  command: { initial: { value: 'proposed', context: NEW_COMMAND }, lives: command },
}
