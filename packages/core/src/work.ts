/** Work for people: what happened in one sentence, and the safe next step. One table, so that every list reads alike. */
import type { Command } from './commands.ts'
import { captureOf } from './commands.ts'
import { formatMinor } from './money.ts'
import type { Work, WorkKind } from './ports/store.ts'
import type { IsoInstant } from './time.ts'

/** What each kind of work is, and what to do about it. Docs are written from this table. */
export const WORK_KINDS: Readonly<
  Record<WorkKind, { readonly what: string; readonly next: string }>
> = {
  stuck_command: {
    what: 'the engine cannot settle this by itself',
    next: 'look the order up at Klarna, then resolve the command: happened, did not happen (it is dropped), or try as new (it is sent under a new key)',
  },
  awaiting_approval: {
    what: 'a command waits for people to agree',
    next: 'approve or reject it; the money stays reserved meanwhile',
  },
  approval_expired: {
    what: 'nobody approved in time; nothing was sent and the money is free again',
    next: 'request the action again if it is still wanted',
  },
  paused_command: {
    what: 'Klarna does not accept our credentials for this order, or does not know it',
    next: 'mend the credentials or the merchant id, then resume the command',
  },
  books_differ: {
    what: "Klarna's refunds differ from our books; refunds of this order stand still",
    next: "compare the order at Klarna with ours, then confirm the books with Klarna's refunded total",
  },
  review: {
    what: 'a rule asks a person',
    next: 'answer the question; a suggested action can be requested by hand',
  },
  rule_conflict: {
    what: 'several rules of a set fired that allows one only; nothing was done',
    next: 'decide by hand, and make the rules exclude one another',
  },
  rule_failed: {
    what: 'a rule could not be evaluated; it acted on nothing',
    next: 'lint the rule set and mend the rule',
  },
  dead_letter: {
    what: 'an event was given up: its order stayed unknown, a fact could not be loaded, or deciding it failed',
    next: 'register the order or mend the source, then submit the event again under a new id',
  },
  event_id_reused: {
    what: 'an event id came back with another content; the second was refused',
    next: 'find the sender that reuses ids; submit the event again under an id of its own',
  },
  order_stopped: {
    what: 'the engine met a defect or a failing store in this order and holds it back; no other order is affected',
    next: 'look at the alarm and the log; it is tried again by itself, with growing waits',
  },
  event_parked: {
    what: 'events wait for an order that is not registered',
    next: 'register the order with `track`: its events go on by themselves; after seven days they are given up',
  },
  event_waiting: {
    what: 'an event waits for something that is down',
    next: 'mend the source; it is asked again by itself, and after the last time the event is given up',
  },
  approval_expiring: {
    what: 'an approval that nobody gave expires soon; nothing is sent then',
    next: 'approve or reject the command before',
  },
  repeat_expiring: {
    what: 'a command in doubt is held back, and soon it can no longer be repeated under its key',
    next: 'end what holds it (a stop, credentials, books that differ) before, or it is looked up at Klarna and may become yours to resolve',
  },
  authorization_expiring: {
    what: 'the authorization expires soon, and the command that extends it stands still',
    next: 'settle the command, or capture or extend at Klarna by hand before',
  },
  due_date_near: {
    what: 'the customer has to pay soon, and the command that gives more time stands still',
    next: 'settle the command, or give the customer more time in the portal before',
  },
  rule_rate_unusual: {
    what: 'a rule fires far more often than it is used to; it goes on, within the limits',
    next: 'look at what it decides; if that is wrong, stop the rule and mend it, then dismiss this',
  },
}

/** Says a command in a few words: `refund of 30.00 SEK on capture …`. */
export function describeCommand(command: Command): string {
  const { body } = command
  const subject =
    captureOf(body) === null ? `order ${command.orderId}` : `capture ${captureOf(body)}`
  switch (body.operation) {
    case 'refundOrder':
      return `refund of ${formatMinor(body.refundMinor, command.currency)} on ${subject}`
    case 'releaseRemainingAuthorization':
      return `release of the remaining ${formatMinor(body.remainingMinor, command.currency)} of ${subject}`
    case 'extendDueDate':
      return `due date +${body.numberOfDays} days for ${formatMinor(body.feeMinor, command.currency)} on ${subject}`
    case 'appendShippingInfo':
      return `shipping info (${body.shippingInfo.length}) on ${subject}`
    case 'triggerSendOut':
      return `send-out on ${subject}`
    case 'extendAuthorizationTime':
      return `longer authorization of ${subject}`
  }
}

/** What a work item says beyond its kind. */
export interface WorkSubject {
  readonly kind: WorkKind
  readonly id: string
  readonly orderId: string
  readonly at: IsoInstant
  /** Added to the kind's sentence. */
  readonly about?: string
  readonly eventId?: string
  readonly commandId?: string
  readonly until?: IsoInstant
  readonly details?: Readonly<Record<string, unknown>>
}

/** Makes a work item with its kind's sentences. */
export function makeWork(subject: WorkSubject): Work {
  const { what, next } = WORK_KINDS[subject.kind]
  return {
    id: subject.id,
    orderId: subject.orderId,
    kind: subject.kind,
    openedAt: subject.at,
    what: subject.about === undefined ? what : `${what}: ${subject.about}`,
    next,
    ...(subject.eventId === undefined ? {} : { eventId: subject.eventId }),
    ...(subject.commandId === undefined ? {} : { commandId: subject.commandId }),
    ...(subject.until === undefined ? {} : { until: subject.until }),
    ...(subject.details === undefined ? {} : { details: subject.details }),
  }
}

const WORK_PREFIX = {
  stuck_command: 'stuck',
  awaiting_approval: 'approval',
  approval_expired: 'expired',
  paused_command: 'paused',
} as const

/** The id of a command's work, so that the step that ends it can close it. */
export const commandWorkId = (kind: keyof typeof WORK_PREFIX, commandId: string): string =>
  `${WORK_PREFIX[kind]}:${commandId}`

/** The id of an order's work to compare the books. */
export const booksWorkId = (orderId: string): string => `books:${orderId}`
