/** Entry `postdelivery/pino`: telemetry as log lines. Needs `pino`. */
export { pinoTelemetry } from '@postdelivery/adapters/pino'
