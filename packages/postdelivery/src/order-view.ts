/** An order as people see it: its word, its books, its captures and what is on its way. Derived, never kept. */
import {
  type CaptureState,
  type CommandState,
  captureBooks,
  captureOf,
  commandPhase,
  describeCommand,
  dueOn,
  type Operation,
  type OrderState,
  type OrderWord,
  orderBooks,
  orderWord,
} from '@postdelivery/core'

/** Amounts in minor units of the order's currency. */
export interface BooksView {
  readonly capturedMinor: number
  readonly refundedMinor: number
  /** Claimed by refunds that are not settled. */
  readonly reservedMinor: number
  /** What a new refund may pay at most. */
  readonly refundableMinor: number
}

export interface CaptureOverview extends BooksView {
  readonly captureId: string
  readonly capturedAt: string
  /** `YYYY-MM-DD`, confirmed extensions included; null when nobody said. */
  readonly dueOn: string | null
  /** Whole days, in total. */
  readonly extendedDays: number
  /** What Klarna charged for extensions, in minor units. */
  readonly feesMinor: number
  readonly returnWindowEndsOn: string | null
  readonly deliveredAt: string | null
  /** Whether Klarna knows a parcel. */
  readonly isTracked: boolean
}

/** One command, and where it is on its way. */
export interface CommandView {
  readonly commandId: string
  readonly operation: Operation
  readonly captureId: string | null
  /** In a few words, for example `refund of 30.00 SEK on capture …`. */
  readonly what: string
  /** `requested`, `awaitingApproval`, `confirmed`, `refused`, `rejected`, `doubtful`, `auditing`, `paused` or `stuck`. */
  readonly phase: string
  /** Why it waits, was refused, or needs a person. */
  readonly why: string | null
  readonly eventId: string
  /** The rule that asked, as `set/rule`, or null. */
  readonly rule: string | null
  /** That rule as it stood then, in its one sentence; null when a person asked, or its set was not kept. */
  readonly ruleSays: string | null
  /** The person who asked, or null. */
  readonly requestedBy: string | null
  /** Counts the keys under which it was sent, from 0. What `resolve` must name, so that it is bound to what was seen. */
  readonly generation: number
  /** Attempts under the present key. */
  readonly attemptCount: number
  /** What an approval must name, so that it is bound to exactly this request and fee. */
  readonly approvalHash: string
  /** How many distinct people must agree; a count. */
  readonly approvalsNeeded: number
  readonly approvedBy: readonly string[]
  readonly approvalExpiresAt: string | null
  /** Klarna's id of the refund, when there is one. */
  readonly resultId: string | null
}

export interface OrderView extends BooksView {
  readonly orderId: string
  readonly word: OrderWord
  /** ISO 4217, upper case. */
  readonly currency: string
  readonly payLater: boolean | null
  readonly klarnaStatus: string | null
  readonly remainingAuthorizedMinor: number
  readonly authorizationExpiresAt: string | null
  readonly captures: readonly CaptureOverview[]
  /** In the order in which they were decided. */
  readonly commands: readonly CommandView[]
  /** Why refunds stand still until a person has compared the books, or null. Amounts in minor units. */
  readonly booksDiffer: { readonly oursMinor: number; readonly klarnasMinor: number } | null
}

/** Shows an order. `ruleSentences`: of the rules that asked for its commands, by command id. Pure. */
export const viewOrder = (
  order: OrderState,
  ruleSentences: ReadonlyMap<string, string> = new Map(),
): OrderView => ({
  orderId: order.orderId,
  word: orderWord(order),
  currency: order.currency,
  payLater: order.payLater,
  klarnaStatus: order.klarnaStatus,
  ...orderBooks(order),
  remainingAuthorizedMinor: order.remainingAuthorizedMinor,
  authorizationExpiresAt: order.authorizationExpiresAt,
  captures: order.captures.map((capture) => viewCaptureState(order, capture)),
  commands: order.commands.map((command) => viewCommand(command, ruleSentences)),
  booksDiffer:
    order.booksDiffer === null
      ? null
      : {
          oursMinor: order.booksDiffer.oursMinor,
          klarnasMinor: order.booksDiffer.klarnasMinor,
        },
})

function viewCaptureState(order: OrderState, capture: CaptureState): CaptureOverview {
  const { context, value } = capture.chart
  return {
    captureId: capture.captureId,
    capturedAt: capture.capturedAt,
    ...captureBooks(order, capture),
    dueOn: dueOn(capture),
    extendedDays: context.extendedDays,
    feesMinor: context.feesMinor,
    returnWindowEndsOn: capture.returnWindowEndsOn,
    deliveredAt: capture.deliveredAt,
    isTracked: (value as { readonly parcel?: unknown }).parcel === 'tracked',
  }
}

function viewCommand(state: CommandState, ruleSentences: ReadonlyMap<string, string>): CommandView {
  const { command, chart, approvalHash } = state
  const { context } = chart
  return {
    commandId: command.id,
    operation: command.body.operation,
    captureId: captureOf(command.body),
    what: describeCommand(command),
    phase: commandPhase(state),
    why: context.why,
    eventId: command.eventId,
    rule: command.rule,
    ruleSays: ruleSentences.get(command.id) ?? null,
    requestedBy: command.requestedBy,
    generation: context.generation,
    attemptCount: context.attemptCount,
    approvalHash,
    approvalsNeeded: context.approvalsNeeded,
    approvedBy: context.approvedBy,
    approvalExpiresAt: context.approvalExpiresAt,
    resultId: context.resultId,
  }
}
