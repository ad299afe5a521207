/** Telemetry as OpenTelemetry's spans and metrics. Metrics carry codes only: an id would make a series of its own. */
import type {
  Attributes,
  Counter,
  Histogram,
  Meter,
  Span,
  SpanKind,
  SpanStatusCode,
  Tracer,
} from '@opentelemetry/api'
import { instantToMs, type Telemetry, type TelemetryEvent } from '@postdelivery/core'
import { type AllowedAttribute, allowedAttributes, allowedIds } from './allowed.ts'

export interface OpenTelemetryOptions {
  /** For a span of every attempt at Klarna and of every decision; without it there are none. */
  readonly tracer?: Tracer
  /** For counters and the duration of attempts; without it there are none. */
  readonly meter?: Meter
}

/**
 * Makes spans and metrics of what happens.
 *
 * Spans: `klarna {operation}` from an attempt's record to its outcome, `decide {event type}`. Metrics:
 * `postdelivery.events` by `event` and `type`, `postdelivery.commands` by `phase`, `postdelivery.attempts` by `operation`
 * and `outcome`, `postdelivery.attempt.duration` in seconds, `postdelivery.alarms` by `code`.
 */
export function openTelemetry({ tracer, meter }: OpenTelemetryOptions): Telemetry {
  const spans = tracer === undefined ? undefined : createSpans(tracer)
  const metrics = meter === undefined ? undefined : createMetrics(meter)
  const attempts = createAttempts()
  return {
    record(event) {
      const startedMs = attempts.follow(event)
      spans?.record(event)
      metrics?.record(event, startedMs)
    },
  }
}

const CLIENT_KIND: SpanKind = 2
const ERROR_STATUS: SpanStatusCode = 2

/** Attempts that are followed at once; more are not, so that unanswered ones cost no memory for ever. */
const OPEN_MAX_COUNT = 10_000

/** When the open attempt of each command began. At most one attempt of a command is on its way. */
function createAttempts() {
  const startedMs = new Map<string, number>()
  return {
    /** When the attempt began that this event ends, if it ends one. */
    follow({ name, commandId, at }: TelemetryEvent): number | undefined {
      if (commandId === undefined) return undefined
      if (name === 'attempt_started' && startedMs.size < OPEN_MAX_COUNT) {
        startedMs.set(commandId, instantToMs(at))
      }
      if (name !== 'attempt_answered') return undefined
      const began = startedMs.get(commandId)
      startedMs.delete(commandId)
      return began
    },
  }
}

function createSpans(tracer: Tracer) {
  const open = new Map<string, Span>()

  const begin = (event: TelemetryEvent, title: string, kind?: SpanKind): Span =>
    tracer.startSpan(title, {
      startTime: instantToMs(event.at),
      attributes: spanAttributes(event),
      ...(kind === undefined ? {} : { kind }),
    })

  const end = (span: Span, event: TelemetryEvent): void => {
    span.setAttributes(spanAttributes(event))
    if (event.level !== 'info') span.setStatus({ code: ERROR_STATUS })
    span.end(instantToMs(event.at))
  }

  return {
    record(event: TelemetryEvent): void {
      const { operation = 'call', type = 'event' } = allowedAttributes(event)
      const { name, commandId = '' } = event
      if (name === 'event_decided') end(begin(event, `decide ${type}`), event)
      if (name === 'attempt_started' && open.size < OPEN_MAX_COUNT) {
        open.set(commandId, begin(event, `klarna ${operation}`, CLIENT_KIND))
      }
      const span = open.get(commandId)
      if (name === 'attempt_answered' && span !== undefined) {
        open.delete(commandId)
        end(span, event)
      }
      if (name === 'engine_stopped') {
        for (const unanswered of open.values()) end(unanswered, { ...event, level: 'warn' })
        open.clear()
      }
    },
  }
}

function createMetrics(meter: Meter) {
  const events: Counter = meter.createCounter('postdelivery.events', {
    description: 'Events by what became of them.',
  })
  const commands: Counter = meter.createCounter('postdelivery.commands', {
    description: 'Commands, when they are queued and when they come to rest.',
  })
  const attempts: Counter = meter.createCounter('postdelivery.attempts', {
    description: "Attempts' outcomes; those that a look made needless among them.",
  })
  const duration: Histogram = meter.createHistogram('postdelivery.attempt.duration', {
    description: 'From the record of an attempt to the record of its outcome.',
    unit: 's',
  })
  const alarms: Counter = meter.createCounter('postdelivery.alarms', {
    description: 'What somebody should look at.',
  })

  return {
    record(event: TelemetryEvent, startedMs: number | undefined): void {
      const { name } = event
      if (name.startsWith('event_')) {
        events.add(1, {
          event: name.slice('event_'.length),
          ...codesOf(event, ['type', 'outcome']),
        })
      }
      if (name === 'command_queued')
        commands.add(1, { phase: 'queued', ...codesOf(event, ['operation']) })
      if (name === 'command_settled') commands.add(1, codesOf(event, ['phase', 'operation']))
      if (name === 'attempt_answered') {
        const labels = codesOf(event, ['operation', 'outcome'])
        attempts.add(1, labels)
        if (startedMs !== undefined) {
          duration.record(Math.max(0, instantToMs(event.at) - startedMs) / 1000, labels)
        }
      }
      if (name === 'alarm') alarms.add(1, codesOf(event, ['code']))
    },
  }
}

const spanAttributes = (event: TelemetryEvent): Attributes =>
  prefixed({ ...allowedIds(event), ...allowedAttributes(event) })

const prefixed = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`postdelivery.${name}`, value]),
  )

/** Labels of a metric: few values each, never an id. */
function codesOf(event: TelemetryEvent, names: readonly AllowedAttribute[]): Attributes {
  const allowed = allowedAttributes(event)
  return Object.fromEntries(
    names.flatMap((name) => (allowed[name] === undefined ? [] : [[name, allowed[name]]])),
  )
}
