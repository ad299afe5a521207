/** Parts of a configuration in the form in which the engine and the command take them. */
import type { KlarnaOptions } from '@postdelivery/adapters/klarna'
import { type Clock, instant, msToInstant } from '@postdelivery/core'
import type { PostDeliveryConfig } from './config.ts'
import type { OwnFacts } from './event-input.ts'

/** The region and its address are one of two; the compiler does not follow the spread of a union. */
export const klarnaOptionsOf = ({ klarna, fetch }: PostDeliveryConfig<OwnFacts>): KlarnaOptions =>
  ({ ...klarna, ...(fetch === undefined ? {} : { fetch }) }) as KlarnaOptions

/** The clock of the configuration, or the machine's. */
export const clockOf = ({ clock }: PostDeliveryConfig<OwnFacts>): Clock =>
  clock === undefined ? { now: () => msToInstant(Date.now()) } : { now: () => instant(clock.now()) }
