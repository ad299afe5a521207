/** Does the next due thing of one order. A runtime calls it until it is idle, never twice at once for one order. */

import { isSending } from '../books.ts'
import { type EngineEvent, STAFF_EVENT_TYPES } from '../internal-events.ts'
import { nextStep, wakeAt } from '../lifecycle/next-step.ts'
import type { Acceptance, StoredEvent } from '../ports/store.ts'
import type { IsoInstant } from '../time.ts'
import { makeWork } from '../work.ts'
import type { KnownOrder } from './commit-step.ts'
import type { Advanced, EnginePorts } from './engine-ports.ts'
import { handleEvent } from './handle-event.ts'
import { makeInboxEvent } from './inbox-event.ts'
import { loadOrder, loadOrderAsItIs } from './loaded-order.ts'
import { trustingClock } from './lying-clock.ts'
import {
  answer,
  audit,
  expireApproval,
  fireDeadline,
  performAttempt,
  readHolds,
} from './perform-attempt.ts'

/**
 * Does one due thing of an order: decides its first open event, lets an approval expire, fires a deadline, makes an
 * attempt at Klarna or reads Klarna's books.
 *
 * Events go first, in their order of arrival; an event that waits for a source holds back later ones, not the commands.
 * Returns: what was done; `idle` when nothing is due, with the instant of the next wake-up.
 * Throws: `SnapshotError` or `AssertionError` when the order cannot be trusted, `ClockFailure` when the clock cannot, and what
 * the store throws; the runtime stops the order and tells a person.
 */
export const advanceOrder = (ports: EnginePorts, orderId: string): Promise<Advanced> =>
  trustingClock(ports, orderId, () => advance(ports, orderId))

async function advance(ports: EnginePorts, orderId: string): Promise<Advanced> {
  const open = await firstDueEvent(ports, orderId)
  if (open.event !== undefined) {
    const handled = await handleEvent(ports, open.event)
    if (handled !== 'gone') return handled
  }
  for (;;) {
    const stepped = await step(ports, orderId, open.retryAt)
    if (stepped !== 'conflict') return stepped
  }
}

/** The oldest open event when it is due; else what staff did, which does not wait behind a source that is down. */
async function firstDueEvent(
  { store, clock }: EnginePorts,
  orderId: string,
): Promise<{ readonly event: StoredEvent | undefined; readonly retryAt: IsoInstant | null }> {
  const oldest = await store.firstOpenEvent(orderId)
  if (oldest === undefined || oldest.retryAt === null || oldest.retryAt <= clock.now())
    return { event: oldest, retryAt: null }
  return { event: await store.firstOpenEvent(orderId, STAFF_EVENT_TYPES), retryAt: oldest.retryAt }
}

async function step(
  ports: EnginePorts,
  orderId: string,
  eventRetryAt: IsoInstant | null,
): Promise<Advanced | 'conflict'> {
  const { order, ...rest } = await loadOrder(ports, orderId)
  if (order === null) return { type: 'idle', wakeAt: eventRetryAt }
  const loaded: KnownOrder = { order, ...rest }
  const isHeld = await readHolds(ports, order)
  const next = nextStep(order, ports.settings, loaded.now, isHeld)
  switch (next.type) {
    case 'expireApproval':
      return expireApproval(ports, loaded, next.command)
    case 'fireDeadline':
      return fireDeadline(ports, loaded, next.event)
    case 'audit':
      return audit(ports, loaded, next.command)
    case 'attempt':
      return performAttempt(ports, loaded, next.command)
    case 'nothing': {
      // A wake-up that brought nothing is moved on, so that it does not come again at once.
      const at = wakeAt(order, ports.settings, loaded.now, isHeld)
      await ports.store.rearm(orderId, at)
      return { type: 'idle', wakeAt: earlierOf(at, eventRetryAt) }
    }
  }
}

const earlierOf = (a: IsoInstant | null, b: IsoInstant | null): IsoInstant | null =>
  [a, b].filter((at) => at !== null).toSorted()[0] ?? null

/**
 * Recovers an order after a crash: an attempt that was started and never answered is an unknown outcome, never a success
 * and never a refusal. Harmless for every other order.
 */
export async function recoverOrder(ports: EnginePorts, orderId: string): Promise<Advanced> {
  for (;;) {
    const { order, ...rest } = await loadOrderAsItIs(ports, orderId)
    const sending = order?.commands.find(isSending)
    if (order === null || sending === undefined) return { type: 'idle', wakeAt: null }
    const { attemptCount } = sending.chart.context
    const outcome = { type: 'unknown', reason: 'process_died' } as const
    const recovered = await answer(ports, { order, ...rest }, sending, {
      outcome,
      attempt: attemptCount,
    })
    if (recovered !== 'conflict') return recovered
  }
}

/**
 * Accepts an event durably. The same id again changes nothing; the same id with another content is refused, and a person
 * is told.
 */
export async function acceptEvent(
  ports: EnginePorts,
  event: EngineEvent,
  planHash?: string,
): Promise<Acceptance> {
  const at = ports.clock.now()
  const acceptance = await ports.store.accept(makeInboxEvent(event, at, planHash))
  if (acceptance.type === 'reused') {
    const work = makeWork({
      kind: 'event_id_reused',
      id: `reused:${event.orderId}:${event.id}`,
      orderId: event.orderId,
      at,
      about: event.id,
      eventId: event.id,
    })
    await ports.store.openWork(work)
  }
  ports.telemetry.record({
    name: acceptance.type === 'reused' ? 'alarm' : 'event_accepted',
    level: acceptance.type === 'reused' ? 'error' : 'info',
    at,
    orderId: event.orderId,
    eventId: event.id,
    attributes: {
      type: event.type,
      ...(acceptance.type === 'reused'
        ? { code: 'event_id_reused' }
        : { acceptance: acceptance.type }),
    },
  })
  return acceptance
}
