/** The port to durable storage. One order is changed by one transaction at a time; everything else is reading. */

import type { Decision, RuleSetRef } from '../decision.ts'
import type { Reservation } from '../limits.ts'
import type { NewCommand } from '../order-state.ts'
import type { Outcome } from '../outcome.ts'
import type { IsoInstant } from '../time.ts'
import type { Firing } from '../unusual-rate.ts'
import type { Notice } from './notifier.ts'

/** An event as it is received: its exact canonical text and hash. Ids are unique per order. */
export interface InboxEvent {
  readonly orderId: string
  readonly eventId: string
  readonly type: string
  /** Canonical JSON of the event. */
  readonly body: string
  /** SHA-256 of `body`. */
  readonly bodyHash: string
  readonly acceptedAt: IsoInstant
  /** With `apply(plan)`: the plan that the decision must equal. */
  readonly planHash?: string
}

/** `accepted`: to be decided. `waiting`: a fact's source is down. `parked`: the order is unknown. Others are final. */
export type EventStatus = 'accepted' | 'waiting' | 'parked' | 'decided' | 'dead_lettered'

/** An event with what became of it. */
export interface StoredEvent extends InboxEvent {
  /** Order of arrival over all orders, from 1. */
  readonly arrival: number
  readonly status: EventStatus
  /** How often deciding was put off. */
  readonly tryCount: number
  /** Nothing is done about it before. */
  readonly retryAt: IsoInstant | null
  /** Why it waits, is parked or was given up. */
  readonly reason: string | null
}

export type Acceptance =
  | { readonly type: 'accepted' }
  /** The same id with the same body: nothing changed. */
  | { readonly type: 'repeated'; readonly status: EventStatus }
  /** The same id with another body: nothing changed, an alarm is due. */
  | { readonly type: 'reused' }

export interface StoredOrder {
  /** The versioned envelope, as `encodeSnapshot` wrote it. */
  readonly snapshot: string
  /** How many changes were committed. */
  readonly seq: number
}

/** An order with something that people should see before its time runs out, since `alertAt`. */
export interface AlertedOrder extends StoredOrder {
  readonly orderId: string
  readonly alertAt: IsoInstant
}

/** An attempt that begins, or one that has its outcome. */
export type AttemptChange =
  | {
      readonly type: 'started'
      readonly commandId: string
      readonly generation: number
      readonly attempt: number
      readonly at: IsoInstant
    }
  | {
      readonly type: 'answered'
      readonly commandId: string
      readonly generation: number
      readonly attempt: number
      readonly at: IsoInstant
      readonly outcome: Outcome
      readonly correlationId: string | null
    }

export type WorkKind =
  | 'stuck_command'
  | 'awaiting_approval'
  | 'approval_expired'
  | 'paused_command'
  | 'books_differ'
  | 'review'
  | 'rule_conflict'
  | 'rule_failed'
  | 'dead_letter'
  | 'event_id_reused'
  | 'order_stopped'
  | 'event_parked'
  | 'event_waiting'
  | 'approval_expiring'
  | 'repeat_expiring'
  | 'authorization_expiring'
  | 'due_date_near'
  | 'rule_rate_unusual'

/** Something that a person must do or look at. Opening an id that is open already changes nothing. */
export interface Work {
  readonly id: string
  readonly orderId: string
  readonly kind: WorkKind
  readonly openedAt: IsoInstant
  /** One sentence: what happened. */
  readonly what: string
  /** The safe next step. */
  readonly next: string
  readonly eventId?: string
  readonly commandId?: string
  /** When it is too late; only where time runs out. */
  readonly until?: IsoInstant
  /** Further facts, for example a review's suggested action. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Everything that one step changes, written in one transaction or not at all. */
export interface Change {
  readonly orderId: string
  /** The sequence number that was loaded; 0 for an order that is new. */
  readonly expectedSeq: number
  /** The event of this step, inserted when it is internal and not in the inbox, and what becomes of it. */
  readonly event: InboxEvent & {
    readonly status: EventStatus
    readonly retryAt: IsoInstant | null
    readonly reason: string | null
  }
  /** The next state, or null when the order stays as it is (the sequence number then stays as well). */
  readonly order: {
    readonly snapshot: string
    readonly wakeAt: IsoInstant | null
    readonly isSending: boolean
  } | null
  /** Columns by which orders are listed. */
  readonly listing: {
    readonly word: string
    readonly currency: string
    readonly hasOpenCommand: boolean
    /** From when on people should see a window of the order that closes, or null. */
    readonly alertAt: IsoInstant | null
  } | null
  readonly decision: Decision | null
  readonly commands: readonly NewCommand[]
  /** New keys of commands that a person tries again as new, with the request that stays the same. */
  readonly generations: readonly {
    readonly commandId: string
    readonly generation: number
    readonly idempotencyKey: string
  }[]
  readonly attempt: AttemptChange | null
  /** All are taken or none: the first that would pass its ceiling fails the whole change, unless it is approved. */
  readonly reservations: readonly Reservation[]
  /** Commands whose claims on shared limits are given back. */
  readonly freedCommandIds: readonly string[]
  readonly opensWork: readonly Work[]
  /** Ids of work that is done. */
  readonly closesWork: readonly string[]
  readonly notices: readonly Notice[]
  /** Parked events of this order become accepted, in their order of arrival. */
  readonly unparks: boolean
  /** Internal events that this step puts into the inbox. */
  readonly submits: readonly InboxEvent[]
  /** Rules that fired: counted by day. One whose day becomes unusual by it opens work, once a day. */
  readonly firings: readonly Firing[]
}

export type CommitResult =
  | {
      readonly type: 'committed'
      readonly seq: number
      /** Rules, as `set/rule`, whose day became unusual by this change; left out when there are none. */
      readonly unusualRules?: readonly string[]
    }
  /** Another change came first: load and decide again. */
  | { readonly type: 'conflict' }
  /** A shared limit is reached: the command must wait for a person. */
  | {
      readonly type: 'limit_reached'
      readonly commandId: string
      readonly bucket: string
      /** The most that all claims on the bucket may sum to. */
      readonly ceiling: number
    }

/** What of the kill switch stands: everything, one action, or one rule. */
export interface Stop {
  /** `everything`, `action:refund`, or `rule:returns/Damaged goods`. */
  readonly scope: string
  readonly by: string
  readonly why: string
  readonly at: IsoInstant
}

/** The stored request of a command's generation, with its key. */
export interface StoredRequest {
  readonly method: 'POST' | 'PATCH'
  readonly path: string
  readonly body: string | null
  readonly hash: string
  readonly idempotencyKey: string
}

/** One attempt with its outcome, null while nobody knows it. */
export interface StoredAttempt {
  readonly commandId: string
  readonly generation: number
  readonly attempt: number
  readonly startedAt: IsoInstant
  readonly answeredAt: IsoInstant | null
  readonly outcome: Outcome | null
  readonly correlationId: string | null
}

/** One order in a list. */
export interface ListedOrder {
  readonly orderId: string
  readonly word: string
  readonly currency: string
  readonly hasOpenCommand: boolean
  readonly seq: number
}

/** What the engine's steps need of storage. */
export interface Store {
  /** Makes an event durable; resolves after the commit. */
  accept(event: InboxEvent): Promise<Acceptance>
  /** The oldest event of an order that is `accepted` or `waiting`, due or not, of these types when they are given. */
  firstOpenEvent(orderId: string, types?: readonly string[]): Promise<StoredEvent | undefined>
  event(orderId: string, eventId: string): Promise<StoredEvent | undefined>
  order(orderId: string): Promise<StoredOrder | undefined>
  commit(change: Change): Promise<CommitResult>
  request(commandId: string, generation: number): Promise<StoredRequest | undefined>
  /** Sets when an order wakes up, without a change of it: what was due turned out to be nothing. */
  rearm(orderId: string, wakeAt: IsoInstant | null): Promise<void>
  stops(): Promise<readonly Stop[]>
  /** Opens work outside of a step; an id that is open already changes nothing. */
  openWork(work: Work): Promise<void>
}

/** An order and when it wakes up. */
export interface WakeUp {
  readonly orderId: string
  readonly wakeAt: IsoInstant
}

/** What a runtime needs beside the steps: what is due, and the switches. */
export interface RuntimeStore extends Store {
  /** Orders with something to do at `now`: an open event that is due, or a wake-up. At most `limit`, oldest first. */
  dueOrders(now: IsoInstant, limit: number): Promise<readonly string[]>
  /** The next instant at which something becomes due, or null. */
  nextDueAt(): Promise<IsoInstant | null>
  /**
   * Orders with a command that is not over that wake up after `after` (by instant, then id) and not after `until`, in
   * that order: those for which something may come sooner. At most `limit`.
   */
  waitingOrders(page: {
    readonly after: WakeUp
    readonly until: IsoInstant
    readonly limit: number
  }): Promise<readonly WakeUp[]>
  /** Orders with a command that is not over, by id, after this one. At most `limit`. */
  openOrders(after: string, limit: number): Promise<readonly string[]>
  /** Orders with an attempt that was started and never answered; at start each is an unknown outcome. */
  sendingOrders(): Promise<readonly string[]>
  /** Gives up parked events that were accepted before `before`; returns them. Opens work for each. */
  deadLetterParked(before: IsoInstant, now: IsoInstant): Promise<readonly StoredEvent[]>
  /** Notices that were not delivered, oldest first. */
  undeliveredNotices(limit: number): Promise<readonly Notice[]>
  markDelivered(noticeId: string, at: IsoInstant): Promise<void>
  setStop(stop: Stop): Promise<void>
  clearStop(scope: string, by: string, at: IsoInstant): Promise<boolean>
  /** Keeps an activated rule set. `version_reused`: the name and version stand for another hash already. */
  saveRuleSet(
    ref: RuleSetRef,
    content: string,
    at: IsoInstant,
  ): Promise<'saved' | 'known' | 'version_reused'>
  closeWork(workId: string, by: string, why: string, at: IsoInstant): Promise<boolean>
  close(): Promise<void>
}

/** What people and programs read: never blocks the engine. */
export interface StoreReader {
  orders(page: {
    readonly after?: string
    readonly limit: number
    readonly word?: string
  }): Promise<readonly ListedOrder[]>
  events(orderId: string): Promise<readonly StoredEvent[]>
  decisions(orderId: string): Promise<readonly Decision[]>
  decision(orderId: string, eventId: string): Promise<Decision | undefined>
  attempts(orderId: string): Promise<readonly StoredAttempt[]>
  requests(
    orderId: string,
  ): Promise<
    readonly (StoredRequest & { readonly commandId: string; readonly generation: number })[]
  >
  /** Open work that is stored. What follows from events and orders at the moment of looking is not among it. */
  work(filter?: { readonly orderId?: string; readonly kind?: WorkKind }): Promise<readonly Work[]>
  /** The content of a rule set that was activated, as it was saved; undefined when it was not, or with another hash. */
  ruleSet(ref: RuleSetRef): Promise<string | undefined>
  /** All work that an order ever had, in the order in which it was opened. */
  workHistory(orderId: string): Promise<readonly PastWork[]>
  /** Events that were put off, the longest first. */
  putOffEvents(status: 'parked' | 'waiting', limit: number): Promise<readonly StoredEvent[]>
  /** Orders whose `alertAt` has come (by instant, then id), after this one. At most `limit`. */
  alertedOrders(page: {
    readonly now: IsoInstant
    readonly after?: Pick<AlertedOrder, 'orderId' | 'alertAt'>
    readonly limit: number
  }): Promise<readonly AlertedOrder[]>
}

/** Work with what became of it; nulls while it is open. */
export interface PastWork extends Work {
  readonly closedAt: IsoInstant | null
  /** A person, or `engine` when its cause ended. */
  readonly closedBy: string | null
  readonly closedWhy: string | null
}
