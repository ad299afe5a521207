/** Canonical stories, short and without chance: each thing that the engine does, in fair weather and in three kinds of doubt. */
import type { CallFaultName } from '../world/call-faults.ts'
import type { History, Report, Step } from '../world/history.ts'
import { captureIdsOf, type OrderKind, type OrderPlan, type SettingsName } from '../world/shop.ts'

export interface Scenario {
  readonly name: string
  readonly history: History
  /** Whether what happens at Klarna is the same whenever the process dies. */
  readonly isTimeless: boolean
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

interface Plot {
  readonly name: string
  readonly kind?: OrderKind
  readonly settings?: SettingsName
  readonly isTimeless?: boolean
  readonly steps: (captureId: string) => readonly Step[]
}

const report = (given: Report, atMs = MINUTE_MS, order = 0): Step => ({
  atMs,
  type: 'report',
  order,
  report: given,
})
const capture: Step = { atMs: 0, type: 'capture', order: 0 }

const returned = (
  captureId: string,
  changes: Partial<Extract<Report, { type: 'return.received' }>> = {},
): Report => ({
  id: 'return-1',
  type: 'return.received',
  captureId,
  returnId: 'R-1',
  reason: 'changed_mind',
  lines: [{ reference: 'TOMATO', quantity: 5 }],
  ...changes,
})

const asked = (
  captureId: string,
  type: Extract<Report, { type: 'action.requested' }>['action']['type'],
  params: Readonly<Record<string, unknown>> = {},
): Report => ({
  id: `ask-${type}`,
  type: 'action.requested',
  captureId,
  by: 'agent@shop.example',
  why: 'the customer called',
  action: { type, params },
})

const accepted: Report = { id: 'well-1', type: 'delivery.accepted' }

const PLOTS: readonly Plot[] = [
  { name: 'a return is paid back', steps: (id) => [capture, report(returned(id))] },
  {
    name: 'a return is reported at three stages',
    // A report that is sent again after a crash may come last.
    isTimeless: false,
    steps: (id) => [
      capture,
      report({ ...returned(id), id: 'r-1', type: 'return.registered' } as Report),
      report(returned(id), 2 * MINUTE_MS),
      report(
        { ...returned(id), id: 'r-3', type: 'return.inspected', condition: 'good' } as Report,
        3 * MINUTE_MS,
      ),
    ],
  },
  {
    name: 'one return under two events',
    steps: (id) => [
      capture,
      report(returned(id)),
      report(returned(id, { id: 'return-2' }), MINUTE_MS + 1),
    ],
  },
  {
    name: 'a return that grows',
    steps: (id) => [
      capture,
      report(returned(id)),
      report(
        returned(id, { id: 'return-2', lines: [{ reference: 'TOMATO', quantity: 8 }] }),
        2 * MINUTE_MS,
      ),
    ],
  },
  {
    name: 'damaged goods: more time to pay',
    steps: (id) => [
      capture,
      report({ ...returned(id, { reason: 'damaged' }), type: 'return.registered' } as Report),
    ],
  },
  { name: 'the rest is released', steps: () => [capture, report(accepted)] },
  {
    name: 'parcels are told',
    steps: (id) => [
      capture,
      report({
        id: 'p-1',
        type: 'shipment.dispatched',
        captureId: id,
        shippingInfo: [{ trackingNumber: 'T-1' }, { trackingNumber: 'T-2' }],
      }),
    ],
  },
  {
    name: 'the invoice is sent again',
    steps: (id) => [
      capture,
      report({ id: 'c-1', type: 'customer.reported', captureId: id, problem: 'invoice_missing' }),
    ],
  },
  {
    name: 'the authorization is prolonged',
    steps: (id) => [capture, report(asked(id, 'extendAuthorization'))],
  },
  {
    name: 'staff refund an amount',
    steps: (id) => [capture, report(asked(id, 'refund', { basis: 'amount', amountMinor: 777 }))],
  },
  {
    name: 'staff refund all that remains of three captures',
    kind: 'three_captures',
    steps: () => [
      capture,
      report({
        ...asked('', 'refund', { basis: 'remaining' }),
        captureId: undefined,
      } as unknown as Report),
    ],
  },
  {
    name: 'discounts and shipping are shared',
    kind: 'with_discount',
    steps: (id) => [capture, report(returned(id, { lines: [{ reference: 'MUG', quantity: 2 }] }))],
  },
  {
    name: 'a big refund that one person approves',
    kind: 'fully_captured',
    steps: (id) => [capture, report(returned(id, { lines: [{ reference: 'TENT', quantity: 1 }] }))],
  },
  {
    name: 'a big refund that two people approve',
    kind: 'fully_captured',
    settings: 'tight',
    steps: (id) => [capture, report(returned(id, { lines: [{ reference: 'TENT', quantity: 1 }] }))],
  },
  {
    name: 'a goodwill refund that a rule wants approved',
    steps: (id) => [
      capture,
      report({ id: 'c-2', type: 'customer.reported', captureId: id, problem: 'damaged' }),
    ],
  },
  {
    name: 'a person is asked',
    steps: (id) => [
      capture,
      report({ id: 'c-3', type: 'customer.reported', captureId: id, problem: 'late' }),
    ],
  },
  {
    name: 'events that come before their order',
    steps: (id) => [
      report(returned(id), 0),
      report(accepted, SECOND_MS),
      { ...capture, atMs: 5 * MINUTE_MS },
    ],
  },
  {
    name: 'an event again and again',
    steps: (id) => [
      capture,
      ...[1, 2, 3].map((minute) => report(returned(id), minute * MINUTE_MS)),
    ],
  },
  {
    name: 'an id that another event takes',
    steps: (id) => [
      capture,
      report(returned(id)),
      {
        atMs: 2 * MINUTE_MS,
        type: 'forge',
        order: 0,
        report: returned(id, { lines: [{ reference: 'TOMATO', quantity: 9 }] }),
      },
    ],
  },
  {
    name: 'somebody has refunded in the portal',
    isTimeless: false,
    steps: (id) => [
      capture,
      {
        atMs: 30 * SECOND_MS,
        type: 'portal',
        order: 0,
        action: { action: 'refund', amountMinor: 500, captureId: id },
      },
      report(returned(id)),
    ],
  },
  {
    name: 'somebody has released in the portal',
    isTimeless: false,
    steps: () => [
      capture,
      { atMs: 30 * SECOND_MS, type: 'portal', order: 0, action: { action: 'release' } },
      report(accepted),
    ],
  },
  {
    name: 'a change at Klarna is noticed',
    isTimeless: false,
    steps: (id) => [
      capture,
      {
        atMs: 30 * SECOND_MS,
        type: 'portal',
        order: 0,
        action: { action: 'refund', amountMinor: 500, captureId: id },
      },
      report({ id: 'o-1', type: 'order.observed' }),
    ],
  },
  {
    name: 'refunds are stopped for a while',
    isTimeless: false,
    steps: (id) => [
      capture,
      { atMs: 30 * SECOND_MS, type: 'stop', scope: 'action:refund' },
      report(returned(id)),
      { atMs: 10 * MINUTE_MS, type: 'unstop', scope: 'action:refund' },
    ],
  },
  {
    name: 'the credentials are wrong for a while',
    isTimeless: false,
    steps: (id) => [
      capture,
      { atMs: 30 * SECOND_MS, type: 'credentials', isRight: false },
      report(returned(id)),
      { atMs: 10 * MINUTE_MS, type: 'credentials', isRight: true },
    ],
  },
  {
    name: 'much at once on one order',
    isTimeless: false,
    steps: (id) => [
      capture,
      report(returned(id)),
      report({
        ...returned(id, { id: 'r-9', reason: 'damaged', returnId: 'R-2' }),
        type: 'return.registered',
      } as Report),
      report(accepted),
      report({
        id: 'p-1',
        type: 'shipment.dispatched',
        captureId: id,
        shippingInfo: [{ trackingNumber: 'T-1' }],
      }),
    ],
  },
]

/** What befalls every call for the seconds in which the first one is made. */
const DOUBTS: readonly (CallFaultName | null)[] = [
  null,
  'answer_lost',
  'server_error_done',
  'dropped',
]

/** All canonical stories: each plot in each kind of doubt. */
export const SCENARIOS: readonly Scenario[] = PLOTS.flatMap((plot) =>
  DOUBTS.map((doubt) => {
    const order: OrderPlan = { index: 0, kind: plot.kind ?? 'guide' }
    const outage: readonly Step[] =
      doubt === null
        ? []
        : [{ atMs: 50 * SECOND_MS, type: 'outage', fault: doubt, spanMs: 14 * SECOND_MS }]
    const steps = [...plot.steps(captureIdsOf(order)[0] ?? ''), ...outage]
    const name = doubt === null ? plot.name : `${plot.name}, ${doubt}`
    return {
      name,
      isTimeless: (plot.isTimeless ?? true) && doubt === null,
      history: {
        seed: name,
        beginsAt: '2026-06-08T08:00:00.000Z',
        stormMs: 100 * MINUTE_MS,
        calmMs: 12 * HOUR_MS,
        settings: plot.settings ?? 'wide',
        orders: [order],
        steps: steps.toSorted((a, b) => a.atMs - b.atMs),
        faults: {},
        deathRate: 0,
        clockDrift: 0,
        peopleAnswer: true,
        replaysErrors: true,
        isFair: false,
      },
    }
  }),
)
