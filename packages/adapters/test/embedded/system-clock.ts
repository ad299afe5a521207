import { type Clock, msToInstant } from '@postdelivery/core'

/** The machine's clock. */
export const systemClock: Clock = { now: () => msToInstant(Date.now()) }
