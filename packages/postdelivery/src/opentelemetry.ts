/** Entry `postdelivery/opentelemetry`: telemetry as spans and metrics. Needs `@opentelemetry/api`. */
export type { OpenTelemetryOptions } from '@postdelivery/adapters/opentelemetry'
export { openTelemetry } from '@postdelivery/adapters/opentelemetry'
