/** Everything that we know of one order: the books, the charts' states, the returns, the commands. Plain JSON. */
import type { ShippingInfo } from './actions.ts'
import type { Command, PreparedRequest } from './commands.ts'
import type { OrderLine, ReturnedLine } from './events.ts'
import type { IsoInstant, PlainDate } from './time.ts'

/** A chart's state: XState's value, and the numbers beside it. */
export interface ChartState<Context> {
  readonly value: unknown
  readonly context: Context
}

export interface OrderChartContext {
  /** Whether the customer has accepted the delivery, so that the order closes when nothing is open. */
  readonly accepted: boolean
}

/** All in minor units or whole days. */
export interface CaptureChartContext {
  readonly capturedMinor: number
  readonly refundedMinor: number
  readonly refundCount: number
  readonly extendedDays: number
  readonly extensionCount: number
  /** Fees that Klarna charged for extensions. */
  readonly feesMinor: number
}

export interface CommandChartContext {
  /** 0 at first; only a person opens the next one, with a new key. */
  readonly generation: number
  /** Attempts of this generation that were started. */
  readonly attemptCount: number
  /** Attempts of this generation whose outcome nobody knows. */
  readonly unknownCount: number
  /** When the first attempt of this generation that could have reached Klarna was started. */
  readonly firstReachableAt: IsoInstant | null
  /** Nothing is done about the command before this instant. */
  readonly notBefore: IsoInstant | null
  /** Reads of Klarna's books that did not find it. */
  readonly auditCount: number
  /** Whether an earlier attempt than the last could have reached Klarna. */
  readonly reachedBefore: boolean
  /** When the regular repeat comes, while one that was pulled forward stands in for it; else null. */
  readonly regularAt: IsoInstant | null
  /** Whether the key may be older than the clock says, so that nothing is sent under it any more. */
  readonly keyEnded: boolean
  /** How often in a row something held the call or the read back. */
  readonly deferCount: number
  /** Looks before paying that came back older than our own books. */
  readonly staleCount: number
  /** How many distinct people must agree; 0 when none. */
  readonly approvalsNeeded: number
  readonly approvedBy: readonly string[]
  readonly approvalExpiresAt: IsoInstant | null
  /** Why it waits, was refused, or needs a person. */
  readonly why: string | null
  /** Klarna's id of the refund, when there is one. */
  readonly resultId: string | null
}

export interface CaptureState {
  readonly captureId: string
  readonly capturedAt: IsoInstant
  readonly lines: readonly OrderLine[]
  /** By the merchant's terms, before extensions; null when nobody said. */
  readonly baseDueOn: PlainDate | null
  readonly deliveredAt: IsoInstant | null
  readonly returnWindowEndsOn: PlainDate | null
  readonly shippingInfo: readonly ShippingInfo[]
  readonly chart: ChartState<CaptureChartContext>
}

/** What was reported at one stage of a return. */
export interface StageReport {
  readonly at: IsoInstant
  readonly lines: readonly ReturnedLine[]
}

/** A return with what was reported at each of its stages. */
export interface ReturnState {
  readonly returnId: string
  readonly captureId: string
  readonly reason: string | null
  readonly condition: string | null
  readonly stages: {
    readonly registered?: StageReport
    readonly received?: StageReport
    readonly inspected?: StageReport
  }
}

export interface CommandState {
  readonly command: Command
  /** Hash of the prepared request: no other bytes are ever sent for the command. */
  readonly requestHash: string
  /** What an approval is bound to: the bytes, and what they do not say (the quoted fee). */
  readonly approvalHash: string
  /** Who may not approve it: who published or last edited the rule set. */
  readonly barredApprovers: readonly string[]
  readonly chart: ChartState<CommandChartContext>
}

/** A command as it was decided, with its exact bytes, before the store has it. */
export interface NewCommand {
  readonly command: Command
  readonly request: PreparedRequest
  readonly idempotencyKey: string
}

/** Why refunds of an order stand still. */
export interface BooksDiffer {
  readonly since: IsoInstant
  readonly oursMinor: number
  readonly klarnasMinor: number
}

export interface OrderState {
  readonly orderId: string
  readonly currency: string
  readonly country: string | null
  readonly paymentMethod: string | null
  readonly payLater: boolean | null
  readonly klarnaStatus: string | null
  readonly authorizedMinor: number
  readonly remainingAuthorizedMinor: number
  readonly authorizationExpiresAt: IsoInstant | null
  /** Refunded at Klarna without being allocated to a capture, or outside of us. */
  readonly unallocatedRefundedMinor: number
  readonly customer: Readonly<Record<string, string | number | boolean>>
  readonly chart: ChartState<OrderChartContext>
  readonly captures: readonly CaptureState[]
  readonly returns: readonly ReturnState[]
  readonly commands: readonly CommandState[]
  readonly booksDiffer: BooksDiffer | null
  /** Days left at which a deadline fired last, by `{deadline}:{captureId}:{date}`. */
  readonly deadlinesFired: Readonly<Record<string, number>>
  /** The latest instant at which anything was decided; the engine's clock never runs behind it. */
  readonly lastDecidedAt: IsoInstant
  /** The newest `at` of a registration, so that an older one does not overwrite it. */
  readonly registeredAt: IsoInstant
}
