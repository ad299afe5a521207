import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { openTelemetry } from '@postdelivery/adapters/opentelemetry'
import { expect, test } from 'vitest'
import { ALLOWED_ATTRIBUTES } from '../../src/telemetry/allowed.ts'
import { anEvent, CANARIES, EVENT_NAMES } from './builders.ts'

/** Real providers that keep what they would export. */
function setUp() {
  const spanExporter = new InMemorySpanExporter()
  const tracers = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spanExporter)],
  })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter })
  const meters = new MeterProvider({ readers: [reader] })
  const telemetry = openTelemetry({
    tracer: tracers.getTracer('test'),
    meter: meters.getMeter('test'),
  })

  const points = async () => {
    await reader.forceFlush()
    const batch = metricExporter.getMetrics().at(-1)
    await reader.shutdown()
    return (batch?.scopeMetrics ?? [])
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, attributes, value })),
      )
  }
  const spans = () =>
    spanExporter
      .getFinishedSpans()
      .map(({ name, kind, attributes, status, startTime, endTime }) => ({
        name,
        kind,
        attributes,
        status: status.code,
        durationMs: (endTime[0] - startTime[0]) * 1e3 + (endTime[1] - startTime[1]) / 1e6,
      }))
  return { telemetry, points, spans }
}

const about = { orderId: 'order-1', commandId: 'command-1' }

test('an attempt is a client span and a duration, from its record to its outcome', async () => {
  const { telemetry, points, spans } = setUp()
  const attributes = { operation: 'refundOrder', attempt: 1 }

  telemetry.record(anEvent('attempt_started', { ...about, attributes }))
  telemetry.record(
    anEvent('attempt_answered', {
      ...about,
      afterMs: 250,
      attributes: { ...attributes, outcome: 'done' },
    }),
  )

  expect(spans()).toEqual([
    {
      name: 'klarna refundOrder',
      kind: 2,
      status: 0,
      durationMs: 250,
      attributes: {
        'postdelivery.orderId': 'order-1',
        'postdelivery.commandId': 'command-1',
        'postdelivery.operation': 'refundOrder',
        'postdelivery.attempt': 1,
        'postdelivery.outcome': 'done',
      },
    },
  ])
  const labels = { operation: 'refundOrder', outcome: 'done' }
  const seen = await points()
  expect(seen).toContainEqual({ name: 'postdelivery.attempts', attributes: labels, value: 1 })
  expect(seen).toContainEqual({
    name: 'postdelivery.attempt.duration',
    attributes: labels,
    value: expect.objectContaining({ count: 1, sum: 0.25 }) as unknown,
  })
})

test('an attempt without success is an error, and a look that made it needless has no duration', async () => {
  const { telemetry, points, spans } = setUp()
  const unknown = { operation: 'refundOrder', outcome: 'unknown' }
  const looked = { operation: 'refundOrder', outcome: 'done' }

  telemetry.record(anEvent('attempt_started', about))
  telemetry.record(anEvent('attempt_answered', { ...about, level: 'warn', attributes: unknown }))
  telemetry.record(anEvent('attempt_answered', { ...about, attributes: looked }))

  expect(spans().map(({ status }) => status)).toEqual([2])
  const seen = await points()
  expect(seen.filter(({ name }) => name === 'postdelivery.attempts')).toHaveLength(2)
  expect(seen.filter(({ name }) => name === 'postdelivery.attempt.duration')).toHaveLength(1)
})

test('events, commands and alarms are counted by their codes, never by an id', async () => {
  const { telemetry, points } = setUp()
  const type = 'return.received'

  for (const orderId of ['order-1', 'order-2']) {
    telemetry.record(anEvent('event_accepted', { orderId, attributes: { type } }))
    telemetry.record(
      anEvent('event_decided', { orderId, attributes: { type, outcome: 'decided' } }),
    )
    telemetry.record(anEvent('command_settled', { orderId, attributes: { phase: 'confirmed' } }))
    telemetry.record(anEvent('alarm', { orderId, attributes: { code: 'late_success' } }))
  }

  const seen = await points()
  expect(seen).toEqual([
    { name: 'postdelivery.events', attributes: { event: 'accepted', type }, value: 2 },
    {
      name: 'postdelivery.events',
      attributes: { event: 'decided', type, outcome: 'decided' },
      value: 2,
    },
    { name: 'postdelivery.commands', attributes: { phase: 'confirmed' }, value: 2 },
    { name: 'postdelivery.alarms', attributes: { code: 'late_success' }, value: 2 },
  ])
})

test('a decision is a span, an error when the event was refused', () => {
  const { telemetry, spans } = setUp()
  const attributes = { type: 'return.received', outcome: 'unknown_capture' }

  telemetry.record(anEvent('event_decided', { level: 'warn', eventId: 'event-1', attributes }))

  expect(spans()).toMatchObject([{ name: 'decide return.received', status: 2 }])
})

test('attempts that nobody answered end with the engine', () => {
  const { telemetry, spans } = setUp()

  telemetry.record(anEvent('attempt_started', about))
  telemetry.record(anEvent('engine_stopped', { attributes: { unansweredCount: 1 } }))

  expect(spans()).toMatchObject([{ name: 'klarna call', status: 2 }])
})

test('without a tracer and a meter it stays silent', () => {
  const telemetry = openTelemetry({})

  expect(() => telemetry.record(anEvent('alarm'))).not.toThrow()
})

for (const canary of CANARIES) {
  test(`lets no \`${canary.slice(0, 12)}…\` out`, async () => {
    const { telemetry, points, spans } = setUp()
    const names = [...Object.keys(ALLOWED_ATTRIBUTES), 'email', 'address', canary]

    for (const name of EVENT_NAMES) {
      const attributes = Object.fromEntries(names.map((each) => [each, canary]))
      const beside = { customer: canary, body: { email: canary } }
      telemetry.record({ ...anEvent(name, { ...about, attributes }), ...beside })
    }

    const exported = JSON.stringify([spans(), await points()])
    expect(exported).toContain('command-1')
    expect(exported).not.toContain(JSON.stringify(canary).slice(1, -1))
  })
}
