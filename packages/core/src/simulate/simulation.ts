/** What a simulation is given: rules, settings, and what stands in for Klarna, people and the merchant's own systems. */
import type { Command } from '../commands.ts'
import type { OrderEvent } from '../events.ts'
import type { Facts } from '../facts.ts'
import { listedOffers } from '../fees.ts'
import type { DueDateOptions } from '../klarna-order.ts'
import type { OrderState } from '../order-state.ts'
import type { Settings } from '../settings.ts'
import type { IsoInstant } from '../time.ts'
import { createLedger, type Ledger } from './ledger.ts'

/** What Klarna says to a command: done, no, or nothing as long as the simulation lasts. */
export type SimulatedOutcome = 'confirmed' | 'refused' | 'pending'

/** What people say to a command that waits for them: nothing, until it expires; yes; or no. */
export type SimulatedApproval = 'none' | 'approved' | 'rejected'

/** The world around a simulated order. Every part but the settings has a default. */
export interface SimulatedWorld {
  readonly settings: Settings
  /** Klarna's offers for a capture at the moment of deciding. Default: `listedOffers`, Klarna's price list. */
  readonly offersOf?: (order: OrderState, captureId: string) => DueDateOptions
  /** What becomes of a command that is sent. Default: `confirmed`. */
  readonly outcomeOf?: (command: Command) => SimulatedOutcome
  /** What people say to a command that waits for them. Default: `none`. */
  readonly approvalOf?: (command: Command) => SimulatedApproval
  /** The merchant's own facts on demand, by name; what is not there is unknown. Default: none. */
  readonly ownFactsOf?: (event: OrderEvent, order: OrderState) => Facts
  /** Which events the rules are asked about; the others are applied and no more. Default: all. */
  readonly isAsked?: (event: OrderEvent) => boolean
  /** Limits that orders share. Default: a ledger for this order alone. */
  readonly ledger?: Ledger
  /** How far the story is told after its last event, so that deadlines and expiries come. Default: no further. */
  readonly until?: IsoInstant
}

/** A world with nothing left open. */
export type FullWorld = Required<Omit<SimulatedWorld, 'until'>> & Pick<SimulatedWorld, 'until'>

const CONFIRMED = (): SimulatedOutcome => 'confirmed'
const NO_APPROVAL = (): SimulatedApproval => 'none'
const NO_FACTS: Facts = {}

/** Fills in the defaults. */
export const fullWorld = (world: SimulatedWorld): FullWorld => ({
  offersOf: listedOffers,
  outcomeOf: CONFIRMED,
  approvalOf: NO_APPROVAL,
  ownFactsOf: () => NO_FACTS,
  isAsked: () => true,
  ledger: createLedger(),
  ...world,
})
