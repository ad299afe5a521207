import { pinoTelemetry } from '@postdelivery/adapters/pino'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { ALLOWED_ATTRIBUTES } from '../../src/telemetry/allowed.ts'
import { anEvent, CANARIES, EVENT_NAMES } from './builders.ts'

function setUp() {
  const lines: string[] = []
  const logger = pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) })
  return { lines, telemetry: pinoTelemetry(logger) }
}

test('writes one line an event, at its level, with ids and attributes', () => {
  const { lines, telemetry } = setUp()

  telemetry.record(
    anEvent('attempt_answered', {
      level: 'warn',
      orderId: 'order-1',
      commandId: 'command-1',
      attributes: { operation: 'refundOrder', outcome: 'unknown', attempt: 1, reason: 'timeout' },
    }),
  )

  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      level: 40,
      event: 'attempt_answered',
      at: '2026-11-24T08:00:00.000Z',
      orderId: 'order-1',
      commandId: 'command-1',
      operation: 'refundOrder',
      outcome: 'unknown',
      attempt: 1,
      reason: 'timeout',
      msg: 'attempt answered',
    },
  ])
})

for (const canary of CANARIES) {
  test(`lets no \`${canary.slice(0, 12)}…\` out`, () => {
    const { lines, telemetry } = setUp()
    const names = [...Object.keys(ALLOWED_ATTRIBUTES), 'email', 'address', canary]

    for (const name of EVENT_NAMES) {
      const attributes = Object.fromEntries(names.map((each) => [each, canary]))
      const beside = { customer: canary, body: { email: canary } }
      telemetry.record({ ...anEvent(name, { orderId: 'order-1', attributes }), ...beside })
    }

    expect(lines).toHaveLength(EVENT_NAMES.length)
    expect(lines.join('')).not.toContain(JSON.stringify(canary).slice(1, -1))
  })
}
