/** Which commands of an order must not be sent now. Pure: what is stopped is given. */
import { ACTION_OF_OPERATION } from '../commands.ts'
import type { IsHeld } from '../lifecycle/next-step.ts'
import type { OrderState } from '../order-state.ts'
import type { Stop } from '../ports/store.ts'
import type { Settings } from '../settings.ts'

/** Commands that the kill switch names, all of them in observe mode, and refunds while the books differ. */
export function holdsOf(
  order: OrderState,
  { observe }: Pick<Settings, 'observe'>,
  stops: readonly Stop[],
): IsHeld {
  const scopes = new Set(stops.map((stop) => stop.scope))
  return ({ command: { body, rule } }) =>
    observe ||
    (order.booksDiffer !== null && body.operation === 'refundOrder') ||
    scopes.has('everything') ||
    scopes.has(`action:${ACTION_OF_OPERATION[body.operation]}`) ||
    (rule !== null && scopes.has(`rule:${rule}`))
}
