/** Builders of what a store is given: real hashes and ids, everything else short. */
import {
  type Change,
  type Decision,
  type InboxEvent,
  type IsoInstant,
  idempotencyKeyOf,
  instant,
  type NewCommand,
  sha256Hex,
  uuidV5,
  type Work,
} from '@postdelivery/core'

export const START = instant('2026-11-24T08:00:00Z')

/** Seconds after `START`. */
export const at = (seconds: number): IsoInstant =>
  instant(new Date(Date.parse(START) + seconds * 1_000).toISOString())

export function anEvent(event: Partial<InboxEvent> = {}): InboxEvent {
  const { orderId = 'order-1', eventId = 'event-1', type = 'return.received' } = event
  const body = event.body ?? JSON.stringify({ id: eventId, type, orderId })
  return { orderId, eventId, type, acceptedAt: START, ...event, body, bodyHash: sha256Hex(body) }
}

/** The event as a step leaves it. */
export const settled = (event: InboxEvent, as: Partial<Change['event']> = {}): Change['event'] => ({
  ...event,
  status: 'decided',
  retryAt: null,
  reason: null,
  ...as,
})

/** A step that changes nothing but its event; with `snapshot` it changes the order too. */
export function aChange(
  change: Partial<Change> & { readonly snapshot?: string; readonly wakeAt?: IsoInstant },
): Change {
  const { snapshot, wakeAt, ...rest } = change
  const event =
    rest.event ?? settled(anEvent(rest.orderId === undefined ? {} : { orderId: rest.orderId }))
  const order =
    snapshot === undefined ? null : { snapshot, wakeAt: wakeAt ?? null, isSending: false }
  return {
    orderId: event.orderId,
    expectedSeq: 0,
    event,
    order,
    listing: (rest.order ?? order) === null ? null : aListing(),
    decision: null,
    commands: [],
    generations: [],
    attempt: null,
    reservations: [],
    freedCommandIds: [],
    opensWork: [],
    closesWork: [],
    notices: [],
    unparks: false,
    firings: [],
    submits: [],
    ...rest,
  }
}

export const aListing = (listing: Partial<NonNullable<Change['listing']>> = {}) => ({
  word: 'captured',
  currency: 'SEK',
  hasOpenCommand: false,
  alertAt: null,
  ...listing,
})

export function aDecision(decision: Partial<Decision> = {}): Decision {
  return {
    orderId: 'order-1',
    eventId: 'event-1',
    eventType: 'return.received',
    decidedAt: START,
    seq: 1,
    ruleSets: [],
    evaluator: 'test',
    facts: {},
    rules: [],
    actions: [],
    summary: 'nothing to do',
    ...decision,
  }
}

/** A command id that looks like a real one. */
export const commandIdOfName = (name: string): string =>
  uuidV5('6d36039e-d0cb-548e-812d-5239221a4081', name)

export function aCommand(
  name: string,
  orderId = 'order-1',
  body = '{"refunded_amount":100}',
): NewCommand {
  const id = commandIdOfName(name)
  const path = `/ordermanagement/v1/orders/${orderId}/captures/capture-1/refunds`
  return {
    command: {
      id,
      orderId,
      currency: 'SEK',
      eventId: 'event-1',
      rule: null,
      requestedBy: 'anna',
      body: { operation: 'triggerSendOut', captureId: 'capture-1', reason: 'lost' },
    },
    request: { method: 'POST', path, body, hash: sha256Hex(`POST ${path} ${body}`) },
    idempotencyKey: idempotencyKeyOf(id, 0),
  }
}

export const aWork = (work: Partial<Work> = {}): Work => ({
  id: 'work-1',
  orderId: 'order-1',
  kind: 'review',
  openedAt: START,
  what: 'a rule asks a person',
  next: 'answer the question',
  ...work,
})
