/** Tells telemetry of the alarms of a step, once it is committed. People hear of them through notices, see change.ts. */
import type { Routed } from '../lifecycle/router.ts'
import type { IsoInstant } from '../time.ts'
import type { EnginePorts } from './engine-ports.ts'

/** Records every alarm of a step. */
export function tellAlarms(
  { telemetry }: EnginePorts,
  { order, effects }: Routed,
  at: IsoInstant,
): void {
  for (const effect of effects) {
    if (effect.type !== 'alarm') continue
    const about = effect.commandId === undefined ? {} : { commandId: effect.commandId }
    const attributes = { code: effect.code }
    telemetry.record({
      name: 'alarm',
      level: 'error',
      at,
      orderId: order.orderId,
      ...about,
      attributes,
    })
  }
}
