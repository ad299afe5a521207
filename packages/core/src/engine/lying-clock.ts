/** What the engine does when the clock is found far behind what it said: keys whose age nobody knows are used no more. */
import type { ClockDistrusted } from '../internal-events.ts'
import { hasOpenKeySince } from '../lifecycle/distrust-clock.ts'
import { commitStep } from './commit-step.ts'
import type { EnginePorts } from './engine-ports.ts'
import { isClockFailure, loadOrderAsItIs } from './loaded-order.ts'

/**
 * Takes a step of an order; when the clock cannot be trusted for it, ends its doubtful keys and throws the `ClockFailure`.
 *
 * Order matters: when the order goes on, nothing shows any more that the clock has lied.
 */
export async function trustingClock<Result>(
  ports: EnginePorts,
  orderId: string,
  step: () => Promise<Result>,
): Promise<Result> {
  try {
    return await step()
  } catch (error) {
    if (isClockFailure(error)) await endKeys(ports, orderId)
    throw error
  }
}

async function endKeys(ports: EnginePorts, orderId: string): Promise<void> {
  for (;;) {
    const { order, ...rest } = await loadOrderAsItIs(ports, orderId)
    const clockAt = ports.clock.now()
    if (order === null || !order.commands.some((each) => hasOpenKeySince(each, clockAt))) return
    const event: ClockDistrusted = {
      id: `clock:${orderId}:${rest.seq}`,
      type: 'clock.distrusted',
      orderId,
      at: rest.now,
      clockAt,
    }
    if ((await commitStep(ports, { order, ...rest }, event)) !== 'conflict') return
  }
}
