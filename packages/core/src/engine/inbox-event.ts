/** Events as the inbox holds them: canonical text and its hash, so that "the same event again" is a fact and no guess. */
import { canonicalJson } from '../canonical-json.ts'
import { sha256Hex } from '../ids.ts'
import type { EngineEvent } from '../internal-events.ts'
import type { InboxEvent } from '../ports/store.ts'
import type { IsoInstant } from '../time.ts'

/** Makes the inbox entry of an event. `planHash` is the plan that the decision must equal, with `apply(plan)`. */
export function makeInboxEvent(
  event: EngineEvent,
  acceptedAt: IsoInstant,
  planHash?: string,
): InboxEvent {
  const body = canonicalJson(event)
  return {
    orderId: event.orderId,
    eventId: event.id,
    type: event.type,
    body,
    bodyHash: sha256Hex(body),
    acceptedAt,
    ...(planHash === undefined ? {} : { planHash }),
  }
}

/** Reads a stored event back; what is stored was checked at the door. */
export const readInboxEvent = (stored: InboxEvent): EngineEvent =>
  JSON.parse(stored.body) as EngineEvent
