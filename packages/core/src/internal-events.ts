/** Events that only the engine and its staff doors make; the public door refuses their types and ids. */
import type { DeadlineApproaching, ReportedEvent } from './events.ts'
import type { ObservedOrder } from './klarna-order.ts'
import type { Outcome } from './outcome.ts'
import type { IsoInstant } from './time.ts'

interface AboutCommand<Type extends string> {
  readonly id: string
  readonly type: Type
  readonly orderId: string
  readonly at: IsoInstant
  readonly commandId: string
}

/** An attempt begins; recorded before the call, so that a crash leaves a trace of it. */
export interface CommandStarted extends AboutCommand<'command.started'> {
  readonly generation: number
  readonly attempt: number
}

/** An attempt's outcome. `attempt` 0 says that nothing was sent in this step (a gate, a look before paying). */
export interface CommandAnswered extends AboutCommand<'command.answered'> {
  readonly generation: number
  readonly attempt: number
  readonly outcome: Outcome
  readonly correlationId: string | null
}

/** A read of Klarna's books, after the attempts left doubt. */
export interface CommandAudited extends AboutCommand<'command.audited'> {
  readonly finding: 'present' | 'absent' | 'unreadable' | 'no_trace'
}

/** Klarna answers again: the repeat of a command in doubt is due at `dueAt`, before its regular instant. */
export interface CommandPulledForward extends AboutCommand<'command.pulledForward'> {
  readonly dueAt: IsoInstant
}

/** One person agrees, to exactly the bytes with this hash. */
export interface CommandApproved extends AboutCommand<'command.approved'> {
  readonly by: string
  readonly hash: string
  readonly why?: string
}

/** One person says no. */
export interface CommandRejected extends AboutCommand<'command.rejected'> {
  readonly by: string
  readonly why: string
}

/** Nobody agreed in time. */
export type CommandExpired = AboutCommand<'command.expired'>

/** A person has found out what became of a command that the engine could not settle. */
export interface CommandResolved extends AboutCommand<'command.resolved'> {
  readonly by: string
  readonly why: string
  readonly how: 'happened' | 'did_not_happen' | 'try_as_new'
  /** The generation that the person looked at; left out by who does not say. */
  readonly generation?: number
}

/** The merchant's set-up works again. */
export interface CommandResumed extends AboutCommand<'command.resumed'> {
  readonly by: string
  readonly why?: string
}

/** A person has compared the books: refunds may go on. */
export interface BooksConfirmed {
  readonly id: string
  readonly type: 'books.confirmed'
  readonly orderId: string
  readonly at: IsoInstant
  readonly by: string
  readonly why: string
  /** Refunded in total at Klarna, as the person saw it, in minor units. */
  readonly refundedMinor: number
}

/** A deadline has come near: remembered, and reported to the rules in the same transaction. */
export interface DeadlineFired {
  readonly id: string
  readonly type: 'deadline.fired'
  readonly orderId: string
  readonly at: IsoInstant
  /** The event that the rules hear of. */
  readonly reports: DeadlineApproaching
}

/** The clock is far behind what it said before: keys that were first used after `clockAt` are not used again. */
export interface ClockDistrusted {
  readonly id: string
  readonly type: 'clock.distrusted'
  readonly orderId: string
  readonly at: IsoInstant
  /** What the clock says now. */
  readonly clockAt: IsoInstant
}

/** Events about one command. */
export type CommandEvent =
  | CommandStarted
  | CommandAnswered
  | CommandAudited
  | CommandPulledForward
  | CommandApproved
  | CommandRejected
  | CommandExpired
  | CommandResolved
  | CommandResumed

/** Everything that the engine itself reports. */
export type InternalEvent =
  | CommandEvent
  | BooksConfirmed
  | ClockDistrusted
  | DeadlineFired
  | DeadlineApproaching

/** Everything that changes an order. `order.observed` carries its read once it was made. */
export type EngineEvent = ReportedEvent | InternalEvent

/** What was read at Klarna on the way, stored with the event so that a replay sees the same. */
export interface Observation {
  readonly order?: ObservedOrder
}

export const STAFF_EVENT_TYPES = [
  'command.approved',
  'command.rejected',
  'command.resolved',
  'command.resumed',
  'books.confirmed',
] as const
