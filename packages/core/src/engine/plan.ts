/** Says what an event would do, without doing it: the exact requests, the fees, the order afterwards. */

import { sum } from '../books.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { PreparedRequest } from '../commands.ts'
import type { Decision } from '../decision.ts'
import type { ReportedEvent } from '../events.ts'
import { sha256Hex } from '../ids.ts'
import type { Settled } from '../lifecycle/settle-decision.ts'
import type { OrderState } from '../order-state.ts'
import { type Refusal, refusal } from '../refusals.ts'
import { err, ok, type Result } from '../result.ts'
import { decideEvent } from './decide-event.ts'
import type { EnginePorts } from './engine-ports.ts'
import { loadOrderAsItIs } from './loaded-order.ts'

/** What an event would do now. */
export interface Plan {
  readonly event: ReportedEvent
  /** Binds `apply` to exactly this: the order's sequence number, the requests and whether people must agree. */
  readonly hash: string
  readonly decision: Decision
  readonly requests: readonly (PreparedRequest & {
    readonly commandId: string
    readonly idempotencyKey: string
  })[]
  /** Klarna's fees in minor units of the order's currency. */
  readonly feesMinor: number
  readonly refundMinor: number
  /** The order once the event is decided, before any call is made. */
  readonly order: OrderState
}

/** The hash that binds a plan to what was planned. */
export const planHashOf = (settled: Settled, seq: number): string =>
  sha256Hex(
    canonicalJson([
      seq,
      settled.commands.map(({ command, request }) => [command.id, request.hash]),
      settled.actions,
    ]),
  )

/**
 * Plans an event. Reads Klarna's offers when a rule asks for an extension; writes nothing and sends nothing.
 *
 * Refuses: what deciding the event would refuse, `unknown_order` among them; a source that is down is `down`.
 */
export async function planEvent(
  ports: EnginePorts,
  event: ReportedEvent,
): Promise<Result<Plan, Refusal | { readonly code: 'source_down'; readonly reason: string }>> {
  const loaded = await loadOrderAsItIs(ports, event.orderId)
  if (loaded.order === null && event.type !== 'order.captured')
    return err(refusal('unknown_order', { orderId: event.orderId }))
  const known = await ports.store.event(event.orderId, event.id)
  if (known?.status === 'decided' || known?.status === 'dead_lettered') {
    return err(refusal('event_decided', { eventId: event.id }))
  }
  const decided = (await decideEvent(ports, loaded, event)).settle(new Map())
  if (decided.type === 'down') return err({ code: 'source_down', reason: decided.reason })
  if (decided.type === 'refused') return err(decided.refusal)

  const { settled, decision, routed } = decided
  const bodies = settled.commands.map(({ command }) => command.body)
  return ok({
    event,
    hash: planHashOf(settled, loaded.seq),
    decision,
    requests: settled.commands.map(({ command, request, idempotencyKey }) => ({
      ...request,
      commandId: command.id,
      idempotencyKey,
    })),
    feesMinor: sum(bodies.map((body) => (body.operation === 'extendDueDate' ? body.feeMinor : 0))),
    refundMinor: sum(
      bodies.map((body) => (body.operation === 'refundOrder' ? body.refundMinor : 0)),
    ),
    order: routed.order,
  })
}
