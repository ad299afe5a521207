/** Loads an order, and the instant at which something about it is decided. */
import { decodeSnapshot } from '../lifecycle/snapshot.ts'
import type { OrderState } from '../order-state.ts'
import { type IsoInstant, laterOf } from '../time.ts'
import type { EnginePorts } from './engine-ports.ts'

export interface LoadedOrder {
  /** Null when the order is not registered. */
  readonly order: OrderState | null
  readonly seq: number
  /** The clock's now, but never before what was decided last: recorded time does not run backwards. */
  readonly now: IsoInstant
}

/** Loads an order. Throws: `SnapshotError` when its snapshot cannot be read. */
export async function loadOrder(
  { store, clock }: EnginePorts,
  orderId: string,
): Promise<LoadedOrder> {
  const stored = await store.order(orderId)
  const order = stored === undefined ? null : decodeSnapshot(stored.snapshot)
  const now = clock.now()
  return {
    order,
    seq: stored?.seq ?? 0,
    now: order === null ? now : laterOf(order.lastDecidedAt, now),
  }
}
