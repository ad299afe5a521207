/** Loads an order, and the instant at which something about it is decided. */
import { decodeSnapshot } from '../lifecycle/snapshot.ts'
import type { OrderState } from '../order-state.ts'
import { addMs, type IsoInstant, laterOf } from '../time.ts'
import type { EnginePorts } from './engine-ports.ts'
import { CLOCK_AHEAD_MAX_MS } from './retry.ts'

export interface LoadedOrder {
  /** Null when the order is not registered. */
  readonly order: OrderState | null
  readonly seq: number
  /** The clock's now, but never before what was decided last: recorded time does not run backwards. */
  readonly now: IsoInstant
}

/** The clock is far behind what it said when the order was changed last; `retryAt`: when the order goes on by itself. */
export class ClockFailure extends Error {
  override readonly name = 'ClockFailure'
  readonly code = 'clock_behind'
  readonly retryAt: IsoInstant

  constructor({ lastDecidedAt }: OrderState, now: IsoInstant) {
    const retryAt = addMs(lastDecidedAt, -CLOCK_AHEAD_MAX_MS)
    super(
      `the clock says \`${now}\`, this order was changed at \`${lastDecidedAt}\`: the clock ran ahead then or is behind now; the order goes on by itself at \`${retryAt}\``,
    )
    this.retryAt = retryAt
  }
}

/** Tells whether an error is this one, also when it comes from another copy of this package. */
export const isClockFailure = (error: unknown): error is ClockFailure =>
  error instanceof ClockFailure || (error instanceof Error && error.name === 'ClockFailure')

/** Whether the clock is more than an hour behind what it said when the order was changed last: then the order stands still. */
export const isClockBehind = ({ lastDecidedAt }: OrderState, now: IsoInstant): boolean =>
  lastDecidedAt > addMs(now, CLOCK_AHEAD_MAX_MS)

/**
 * Loads an order to work on it.
 *
 * Throws: `SnapshotError` when its snapshot cannot be read; `ClockFailure` when the clock is more than an hour behind what it
 * said before, since waits and the age of keys would be wrong.
 */
export async function loadOrder(ports: EnginePorts, orderId: string): Promise<LoadedOrder> {
  const loaded = await loadOrderAsItIs(ports, orderId)
  const now = ports.clock.now()
  if (loaded.order !== null && isClockBehind(loaded.order, now))
    throw new ClockFailure(loaded.order, now)
  return loaded
}

/** Loads an order to look at it, or to write down what has happened anyway. Throws: `SnapshotError`. */
export async function loadOrderAsItIs(
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
