/** One step that the engine takes by itself: an event of its own, applied and committed. */
import { assert } from '../assert.ts'
import type { ClockDistrusted, CommandEvent, DeadlineFired } from '../internal-events.ts'
import { applyEvent } from '../lifecycle/apply-event.ts'
import type { OrderState } from '../order-state.ts'
import type { AttemptChange, InboxEvent } from '../ports/store.ts'
import { type IsoInstant, laterOf } from '../time.ts'
import { buildChange } from './change.ts'
import type { Advanced, EnginePorts } from './engine-ports.ts'
import { makeInboxEvent } from './inbox-event.ts'
import type { LoadedOrder } from './loaded-order.ts'
import { tellAlarms } from './tell-alarms.ts'

/** A registered order, loaded. */
export type KnownOrder = LoadedOrder & { readonly order: OrderState }

/** The step came to something, or another change came first. */
export type Stepped = Advanced | 'conflict'

/** Applies an event of the engine's own and commits it. */
export async function commitStep(
  ports: EnginePorts,
  loaded: KnownOrder,
  event: CommandEvent | DeadlineFired | ClockDistrusted,
  attempt: AttemptChange | null = null,
  submits: readonly InboxEvent[] = [],
): Promise<KnownOrder | 'conflict'> {
  const applied = applyEvent(loaded.order, event, event.at)
  assert(applied.ok, `the engine's own event ${event.id} is allowed`)
  const result = await ports.store.commit(
    buildChange({
      orderId: loaded.order.orderId,
      expectedSeq: loaded.seq,
      event: makeInboxEvent(event, event.at),
      now: event.at,
      settings: ports.settings,
      routed: applied.value,
      submits,
      ...(attempt === null ? {} : { attempt }),
    }),
  )
  if (result.type !== 'committed') return 'conflict'
  tellAlarms(ports, applied.value, event.at)
  return { order: applied.value.order, seq: result.seq, now: event.at }
}

/** The clock's now, but never before the instant at which the order was loaded. */
export const nowOf = ({ clock }: EnginePorts, { now }: LoadedOrder): IsoInstant =>
  laterOf(now, clock.now())
