/** The port to logs, traces and metrics. Carries ids, codes, counts and amounts; never a credential or personal field. */
import type { IsoInstant } from '../time.ts'

export interface TelemetryEvent {
  readonly name:
    | 'event_accepted'
    | 'event_decided'
    | 'event_waiting'
    | 'event_parked'
    | 'event_dead_lettered'
    | 'command_queued'
    | 'attempt_started'
    | 'attempt_answered'
    | 'command_settled'
    | 'command_pulled_forward'
    | 'alarm'
    | 'rules_loaded'
    | 'rules_refused'
    | 'engine_started'
    | 'engine_stopped'
  readonly level: 'info' | 'warn' | 'error'
  readonly at: IsoInstant
  readonly orderId?: string
  readonly eventId?: string
  readonly commandId?: string
  /** Further facts: codes, counts, durations in milliseconds, amounts in minor units. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>
}

export interface Telemetry {
  /** Records one thing that happened. Must not throw; the engine does not wait for it. */
  record(event: TelemetryEvent): void
}
