/** Applies one event to an order: the one pure step by which anything about an order changes, deciding apart. */
import { assert } from '../assert.ts'
import { orderBooks } from '../books.ts'
import type { OrderEvent } from '../events.ts'
import type {
  BooksConfirmed,
  CommandEvent,
  DeadlineFired,
  EngineEvent,
  Observation,
} from '../internal-events.ts'
import type { OrderState } from '../order-state.ts'
import { type Refusal, refusal } from '../refusals.ts'
import { err, ok, type Result } from '../result.ts'
import { addMs, type IsoInstant, laterOf } from '../time.ts'
import { booksWorkId } from '../work.ts'
import { applyCommandEvent } from './apply-command-event.ts'
import { applyDelivery, applyReturn, checkCapture, reopen } from './apply-report.ts'
import { type Charts, LIVE_CHARTS } from './charts.ts'
import { deadlineKey } from './deadlines.ts'
import { distrustClock } from './distrust-clock.ts'
import { observeOrder } from './observe-order.ts'
import { registerOrder } from './register-order.ts'
import { closeIfDone, type Routed, stepOrder } from './router.ts'

/** Clocks of senders differ; a day ahead is a mistake that would make every later report look old. */
const FUTURE_MS = 86_400_000

const COMMAND_EVENTS: readonly string[] = [
  'command.started',
  'command.answered',
  'command.audited',
  'command.pulledForward',
  'command.approved',
  'command.rejected',
  'command.expired',
  'command.resolved',
  'command.resumed',
]

/** An event with the order that it happens to. */
interface Applied {
  readonly order: OrderState | null
  readonly event: EngineEvent
  readonly now: IsoInstant
  readonly observation: Observation
}

/** Tells whether an event is about one command and wakes no rules. */
export const isCommandEvent = (event: EngineEvent): event is CommandEvent =>
  COMMAND_EVENTS.includes(event.type)

/**
 * Applies one event to an order and returns the next order with what the engine must do.
 *
 * Pure: `now` is the instant of deciding, never behind the order's last; nothing is read and nothing is executed.
 *
 * Units: amounts in minor units of the order's currency.
 * Returns: the order and the effects, in the order in which they arose; or one refusal.
 * Refuses: what the parts refuse: `unknown_order`, `from_the_future`, `stale_event`, `unknown_capture`, `capture_not_named`,
 *   `unknown_return`, `unknown_line`, `return_exceeds_captured`, `currency_changed`, `captured_amount_changed`,
 *   `refund_exceeds_captured`, `unknown_command`, `not_awaiting_approval`, `approver_not_allowed`, `approval_not_bound`,
 *   `resolution_not_bound`.
 * Throws: never on domain grounds; `AssertionError` when an invariant of the books is broken.
 * Source: docs/lifecycle.md.
 */
export function applyEvent(
  order: OrderState | null,
  event: EngineEvent,
  now: IsoInstant,
  observation: Observation = {},
): Result<Routed, Refusal> {
  return applyEventWith(LIVE_CHARTS, { order, event, now, observation })
}

/** Applies one event as `applyEvent` does, with charts that are stepped otherwise. */
export function applyEventWith(
  charts: Charts,
  { order, event, now, observation }: Applied,
): Result<Routed, Refusal> {
  if (event.at > now && event.at > addMs(now, FUTURE_MS))
    return err(refusal('from_the_future', { at: event.at, now }))
  if (event.type === 'order.captured') {
    const registered = registerOrder(order, event, { at: now, charts })
    return registered.ok ? ok(stamped(registered.value, now)) : registered
  }
  if (order === null) return err(refusal('unknown_order', { orderId: event.orderId }))
  const applied = applyKnown({ order, effects: [], charts }, event, now, observation)
  return applied.ok ? ok(stamped(applied.value, now)) : applied
}

function applyKnown(
  routed: Routed,
  event: Exclude<EngineEvent, { readonly type: 'order.captured' }>,
  now: IsoInstant,
  observation: Observation,
): Result<Routed, Refusal> {
  if (isCommandEvent(event)) return applyCommandEvent(routed, event, now)
  if (event.type === 'books.confirmed') return ok(closeIfDone(confirmBooks(routed, event)))
  if (event.type === 'deadline.fired') return ok(rememberDeadline(routed, event))
  if (event.type === 'clock.distrusted') return ok(distrustClock(routed, event, now))
  const refused = checkCapture(routed.order, event)
  return refused === undefined ? applyReport(routed, event, now, observation) : err(refused)
}

function applyReport(
  routed: Routed,
  event: Exclude<OrderEvent, { readonly type: 'order.captured' }>,
  now: IsoInstant,
  observation: Observation,
): Result<Routed, Refusal> {
  switch (event.type) {
    case 'return.registered':
    case 'return.received':
    case 'return.inspected':
      return applyReturn(routed, event)
    case 'shipment.delivered':
      return applyDelivery(routed, event)
    case 'delivery.accepted':
      return ok(stepOrder(routed, { type: 'deliveryAccepted' }))
    case 'customer.reported':
    case 'action.requested':
      return ok(reopen(routed))
    case 'order.observed':
      return ok(
        observation.order === undefined ? routed : observeOrder(routed, observation.order, now),
      )
    default:
      // A dispatched parcel, a deadline, and the merchant's own events: nothing changes until a rule acts on them.
      return ok(routed)
  }
}

/** A deadline that fired late never makes an earlier one fire again. */
function rememberDeadline(routed: Routed, { reports }: DeadlineFired): Routed {
  const key = deadlineKey(reports)
  const daysLeft = Math.min(
    routed.order.deadlinesFired[key] ?? Number.POSITIVE_INFINITY,
    reports.daysLeft,
  )
  const deadlinesFired = { ...routed.order.deadlinesFired, [key]: daysLeft }
  return { ...routed, order: { ...routed.order, deadlinesFired } }
}

/** A person has compared the books: what Klarna paid back beyond ours counts from now on, on no capture. */
function confirmBooks(routed: Routed, event: BooksConfirmed): Routed {
  const { order } = routed
  const foreignMinor = event.refundedMinor - orderBooks(order).refundedMinor
  return {
    ...routed,
    order: {
      ...order,
      unallocatedRefundedMinor: Math.max(0, order.unallocatedRefundedMinor + foreignMinor),
      booksDiffer: null,
    },
    effects: [...routed.effects, { type: 'closeWork', workId: booksWorkId(order.orderId) }],
  }
}

function stamped(routed: Routed, now: IsoInstant): Routed {
  for (const capture of routed.order.captures) {
    assert(capture.chart.context.refundedMinor >= 0, 'what was paid back is never negative')
  }
  return {
    ...routed,
    order: { ...routed.order, lastDecidedAt: laterOf(routed.order.lastDecidedAt, now) },
  }
}
