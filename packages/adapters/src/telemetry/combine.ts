/** Several telemetries as one: each hears everything, and none can keep the others from hearing it. */
import type { Telemetry } from '@postdelivery/core'

/**
 * Joins telemetries, for example logs and traces.
 *
 * @example
 * ```ts no-run
 * import { combineTelemetry } from '@postdelivery/adapters/embedded'
 * import { openTelemetry } from '@postdelivery/adapters/opentelemetry'
 * import { pinoTelemetry } from '@postdelivery/adapters/pino'
 * import { metrics, trace } from '@opentelemetry/api'
 * import { pino } from 'pino'
 *
 * const telemetry = combineTelemetry(
 *   pinoTelemetry(pino()),
 *   openTelemetry({ tracer: trace.getTracer('shop'), meter: metrics.getMeter('shop') }),
 * )
 * ```
 */
export const combineTelemetry = (...parts: readonly Telemetry[]): Telemetry => ({
  record(event) {
    for (const part of parts) {
      try {
        part.record(event)
      } catch {
        // What watches must not fail what it watches.
      }
    }
  },
})
