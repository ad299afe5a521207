/** Everything that the engine's steps need of the outside, in one place. */
import type { Decision } from '../decision.ts'
import type { OrderState } from '../order-state.ts'
import type { Clock } from '../ports/clock.ts'
import type { FactSource } from '../ports/fact-source.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { RuleBook } from '../ports/rule-book.ts'
import type { Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { Settings } from '../settings.ts'
import type { IsoInstant } from '../time.ts'

export interface EnginePorts {
  readonly store: Store
  readonly gateway: PaymentGateway
  readonly ruleBook: RuleBook
  readonly factSource: FactSource
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly settings: Settings
}

/** What one step of an order came to. */
export type Advanced =
  /** Nothing is due; the order wakes up at `wakeAt` by itself, if ever. */
  | { readonly type: 'idle'; readonly wakeAt: IsoInstant | null }
  /** An event was decided. */
  | {
      readonly type: 'decided'
      readonly eventId: string
      readonly decision: Decision
      readonly order: OrderState | null
    }
  /** An event could not be decided now. */
  | {
      readonly type: 'put_off'
      readonly eventId: string
      readonly status: 'waiting' | 'parked' | 'dead_lettered'
      readonly reason: string
    }
  /** A command, an approval or a deadline of the order moved on. */
  | { readonly type: 'stepped'; readonly commandId: string | null; readonly order: OrderState }
