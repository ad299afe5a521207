/** Events of telemetry, as the engine records them. */
import { addMs, instant, type TelemetryEvent } from '@postdelivery/core'

const start = instant('2026-11-24T08:00:00.000Z')

/** An event some milliseconds after the start of the test's time. */
export const anEvent = (
  name: TelemetryEvent['name'],
  rest: Partial<Omit<TelemetryEvent, 'name' | 'at'>> & { readonly afterMs?: number } = {},
): TelemetryEvent => {
  const { afterMs = 0, ...event } = rest
  return { level: 'info', ...event, name, at: addMs(start, afterMs) }
}

/** What must never leave: under a key of its own, or in a place that is meant for something else. */
export const CANARIES = [
  'Anna Canary',
  'canary@example.com',
  '+46 70 123 45 67',
  'Basic Y2FuYXJ5OmNhbmFyeQ==',
  'Storgatan 1\n111 22 Canaryville',
] as const

export const EVENT_NAMES: readonly TelemetryEvent['name'][] = [
  'engine_started',
  'event_accepted',
  'event_decided',
  'event_waiting',
  'event_parked',
  'event_dead_lettered',
  'command_queued',
  'attempt_started',
  'attempt_answered',
  'command_settled',
  'command_pulled_forward',
  'alarm',
  'rules_loaded',
  'rules_refused',
  'engine_stopped',
]
