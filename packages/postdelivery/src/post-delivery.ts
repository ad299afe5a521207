/** What a backend holds in its hands: the engine of one Klarna merchant, from events to timelines. */
import type { Settlement } from '@postdelivery/adapters/embedded'
import type { CaptureView } from '@postdelivery/adapters/klarna'
import type {
  ActionType,
  Decision,
  IsoInstant,
  Plan,
  RuleSetRef,
  Stop,
  Work,
  WorkKind,
} from '@postdelivery/core'
import type { EventInput, OwnFacts } from './event-input.ts'
import type { RefusedRules } from './live-rules.ts'
import type { OrderView } from './order-view.ts'
import type { ReconcileOptions, Reconciliation } from './reconcile.ts'
import type { RulesIssue } from './rules-source.ts'
import type {
  Approval,
  BooksConfirmation,
  CommandName,
  Rejection,
  Resolution,
  Resumption,
} from './staff.ts'
import type { TimelineEntry } from './timeline.ts'
import type { TrackOptions } from './track.ts'
import type { Explanation } from './why.ts'
import type { WorkFilter } from './work-list.ts'

/** What the sender of an event holds in hand; the event is durable when it gets this. */
export interface Receipt {
  /** `repeated`: known already, nothing changed. */
  readonly accepted: 'accepted' | 'repeated'
  readonly eventId: string
  /**
   * Resolves when the event is decided; stays open while its order is unknown or a fact's source is down. Need not be
   * listened to. Rejects when the event is given up, or when the engine is closed before.
   */
  readonly decision: Promise<Decision>
  /** Resolves when every command of that decision is settled or waits for a person. Rejects as `decision` does. */
  readonly settled: Promise<Settlement>
}

/** What can be stopped: everything, one action, or one rule as `rule:{set}/{rule}`. */
export type StopScope =
  | 'everything'
  | `action:${Exclude<ActionType, 'review' | 'notify'>}`
  | `rule:${string}/${string}`

/** How the engine is. */
export interface Health {
  /** `closed` after `close`. */
  readonly status: 'running' | 'closed'
  readonly at: IsoInstant
  /** Whether everything but the sending is done. */
  readonly observe: boolean
  /** Klarna's address that is called. */
  readonly klarnaUrl: string
  /** The rule sets in force. */
  readonly ruleSets: readonly RuleSetRef[]
  /** What is allowed in them and worth a look. */
  readonly rulesWarnings: readonly RulesIssue[]
  /** A change of the rules that was refused, so that older ones are in force; null when there is none. */
  readonly rulesRefused: RefusedRules | null
  /** What of the kill switch stands. */
  readonly stops: readonly Stop[]
  /** Open work by kind. */
  readonly workCounts: Readonly<Partial<Record<WorkKind, number>>>
}

/**
 * The engine of one Klarna merchant. Every method rejects with a `PostDeliveryFailure` `closed` after `close`.
 *
 * Amounts are whole minor units of the order's currency. Orders are named by Klarna's order id.
 */
export interface PostDelivery<Facts extends OwnFacts = OwnFacts> extends AsyncDisposable {
  /**
   * Registers an order, or refreshes it: reads it at Klarna and reports it as `order.captured`. Resolves when that is
   * decided, so that the order is known afterwards.
   *
   * An order that has not changed since gives the same event again, and nothing changes.
   * Throws: `PostDeliveryFailure` `klarna_unreadable`, `unknown_at_klarna`, `nothing_captured`, `order_unusable`,
   *   `input_invalid`.
   */
  track(orderId: string, options?: TrackOptions<Facts>): Promise<Receipt>
  /**
   * Reports an event. Resolves when it is durable; deciding and calling follow by themselves.
   *
   * The same event again changes nothing. Events of an order that is not registered wait for it for 7 days.
   * Throws: `EventError` `event_invalid` with all problems, or `event_id_reused`: the id stands for another event;
   *   nothing is done and a person is told.
   */
  submit(event: EventInput<Facts>): Promise<Receipt>
  /**
   * Says what an event would do now: the exact requests, the fees, the order afterwards. Writes and sends nothing.
   *
   * Throws: `EventError` `event_invalid`; `PostDeliveryFailure` `plan_refused` with the refusal, `source_down`.
   */
  plan(event: EventInput<Facts>): Promise<Plan>
  /**
   * Reports the event of a plan, on the condition that it does what was planned.
   *
   * When the order, the rules or the offers have changed since, the decision is refused as `plan_drifted` and nothing
   * is done; plan again under a new event id. Throws: `PostDeliveryFailure` `event_reported` when the event was reported
   *   before, not on this plan.
   */
  apply(plan: Pick<Plan, 'event' | 'hash'>): Promise<Receipt>

  /** Shows an order, or undefined when it is not registered. */
  order(orderId: string): Promise<OrderView | undefined>
  /** Everything that happened to an order; `renderTimeline` writes it as text. */
  timeline(orderId: string): Promise<readonly TimelineEntry[]>
  /**
   * Reads a capture live at Klarna, personal fields masked. Nothing of it is stored.
   *
   * Throws: `PostDeliveryFailure` `klarna_unreadable`, `unknown_at_klarna`.
   */
  viewCapture(orderId: string, captureId: string): Promise<CaptureView>
  /** Explains every decision about an order, the oldest first. */
  why(orderId: string): Promise<readonly Explanation[]>
  /** Explains one decision. Throws: `PostDeliveryFailure` `unknown_event`. */
  why(orderId: string, eventId: string): Promise<Explanation>

  /**
   * What people must do or look at, the oldest first: what the engine could not settle, what waits for people, what waits
   * for too long, and windows that close soon, with `until`.
   */
  work(filter?: WorkFilter): Promise<readonly Work[]>
  /**
   * Compares our ledger with Klarna's books, for one order or order by order through a range, and tells every break with
   * the safe next step. Changes nothing, but with `opensWork` lets the engine stop refunds of orders that surely differ.
   *
   * Throws: `PostDeliveryFailure` `input_invalid`; `unknown_order` when it is gone through.
   */
  reconcile(options?: ReconcileOptions): Reconciliation
  /**
   * One person agrees to a command that waits. `hash`: `approvalHash` of the command as `order` shows it.
   *
   * The decision says whether it counted: it is refused for who asked for the command, who published the rules, who has
   * agreed already, and for another hash. Throws: `PostDeliveryFailure` `unknown_work`, `input_invalid`.
   */
  approve(id: CommandName, approval: Approval): Promise<Receipt>
  /**
   * One person says no to a command that waits, or that was not sent yet: nothing is sent, and the money is free again.
   *
   * The decision says whether it came in time.
   */
  reject(id: CommandName, rejection: Rejection): Promise<Receipt>
  /** A person has found out what became of a stuck or paused command. */
  resolve(id: CommandName, resolution: Resolution): Promise<Receipt>
  /** The merchant's set-up works again: a paused command goes on. */
  resume(id: CommandName, resumption: Resumption): Promise<Receipt>
  /** A person has compared the books of an order: its refunds go on. */
  confirmBooks(orderId: string, confirmation: BooksConfirmation): Promise<Receipt>
  /**
   * Closes work that nothing else closes: reviews, conflicts, dead letters and the like.
   *
   * Throws: `PostDeliveryFailure` `unknown_work`, also for work that ends when its cause does.
   */
  dismiss(workId: string, reason: Rejection): Promise<void>

  /** Lets nothing of this scope be sent from now on, repeats included; reads go on. */
  stop(scope: StopScope, reason: Rejection): Promise<void>
  /** Ends a stop. Returns whether it stood. */
  unstop(scope: StopScope, by: { readonly by: string }): Promise<boolean>
  health(): Promise<Health>

  /**
   * Takes events over HTTP, as a function of the fetch API.
   *
   * Signed with `Postdelivery-Signature`, at most 256 KB of JSON. Answers 202 accepted, 200 known before, 409 reused id,
   * 422 with all problems, 400, 401, 405, 413, 415, 503. May be passed on without its object.
   */
  readonly handler: (request: Request) => Promise<Response>
  /** Resolves when nothing is due now. */
  idle(): Promise<void>
  /**
   * Starts no further call, waits for those under way (10 seconds at most) and closes the store. Harmless when repeated.
   *
   * What was accepted goes on with the next start.
   */
  close(): Promise<void>
}
