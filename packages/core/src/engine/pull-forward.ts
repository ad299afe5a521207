/** Pulls the repeats of one order forward, now that Klarna answers again. A runtime notices that and chooses the orders. */
import type { CommandPulledForward } from '../internal-events.ts'
import { nextPull } from '../lifecycle/next-step.ts'
import { commitStep } from './commit-step.ts'
import type { Advanced, EnginePorts } from './engine-ports.ts'
import { loadOrder } from './loaded-order.ts'
import { trustingClock } from './lying-clock.ts'
import { readHolds } from './perform-attempt.ts'

/**
 * Makes the next repeat of a command in doubt due before its regular instant; calls nobody itself.
 *
 * At most once for each regular wait, and never sooner than Klarna's shortest wait after the attempt before. What a stop
 * holds stays where it is. Called until it is idle, never while another step of the same order runs.
 * Returns: the step; `idle` when nothing of the order may come sooner.
 * Throws: what `advanceOrder` throws.
 * Source: docs/decisions/0009-pulled-forward.md.
 */
export const pullForward = (ports: EnginePorts, orderId: string): Promise<Advanced> =>
  trustingClock(ports, orderId, () => pull(ports, orderId))

async function pull(ports: EnginePorts, orderId: string): Promise<Advanced> {
  for (;;) {
    const { order, ...rest } = await loadOrder(ports, orderId)
    const found =
      order === null ? undefined : nextPull(order, rest.now, await readHolds(ports, order))
    if (order === null || found === undefined) return { type: 'idle', wakeAt: null }
    const { id } = found.command.command
    const event: CommandPulledForward = {
      id: `pull:${id}:${rest.seq}`,
      type: 'command.pulledForward',
      orderId,
      at: rest.now,
      commandId: id,
      dueAt: found.dueAt,
    }
    const next = await commitStep(ports, { order, ...rest }, event)
    if (next === 'conflict') continue
    ports.telemetry.record({
      name: 'command_pulled_forward',
      level: 'info',
      at: rest.now,
      orderId,
      commandId: id,
      attributes: { operation: found.command.command.body.operation },
    })
    return { type: 'stepped', commandId: id, order: next.order }
  }
}
