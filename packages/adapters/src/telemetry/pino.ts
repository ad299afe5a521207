/** Telemetry as log lines of pino: one line an event, with ids, codes, counts and amounts only. */
import type { Telemetry } from '@postdelivery/core'
import type { Logger } from 'pino'
import { allowedAttributes, allowedIds } from './allowed.ts'

/**
 * Writes what happens to a pino logger of the merchant's own, at the level of the event.
 *
 * A line carries `event` (its name), `at` (the engine's clock), the ids, and the attributes of the allow-list.
 *
 * @example
 * ```ts no-run
 * import { pinoTelemetry } from '@postdelivery/adapters/pino'
 * import { pino } from 'pino'
 *
 * const telemetry = pinoTelemetry(pino({ name: 'orders' }))
 * ```
 */
export const pinoTelemetry = (logger: Pick<Logger, 'info' | 'warn' | 'error'>): Telemetry => ({
  record(event) {
    const { name, level, at } = event
    logger[level](
      { event: name, at, ...allowedIds(event), ...allowedAttributes(event) },
      name.replaceAll('_', ' '),
    )
  },
})
