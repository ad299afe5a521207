import type { GatewayAnswer, PaymentGateway, Stop, TelemetryEvent } from '@postdelivery/core'
import { expect, test } from 'vitest'
import { createSendGate } from '../../src/embedded/send-gate.ts'
import { createSimulatedTime, settle } from './simulated-time.ts'

const answer = (status: number, rateLimitResetMs: number | null): GatewayAnswer => ({
  type: 'answered',
  status,
  errorCode: null,
  hasErrorObject: false,
  errorMessage: null,
  correlationId: null,
  resultId: null,
  rateLimitResetMs,
})

const request = { method: 'POST', path: '/x', body: null, hash: 'h' } as const

/** A gate before a gateway that gives these answers in turn and notes what reaches it. */
function setUp(answers: GatewayAnswer[]) {
  const time = createSimulatedTime()
  const reached: string[] = []
  const records: TelemetryEvent[] = []
  const next = (): GatewayAnswer => answers.shift() ?? answer(204, null)
  const inner: PaymentGateway = {
    prepare: () => request,
    perform: async (_request, key) => {
      reached.push(key)
      return next()
    },
    readOrder: async (orderId) => {
      reached.push(orderId)
      return { type: 'failed', answer: next() }
    },
    readDueDateOptions: async (_orderId, captureId) => {
      reached.push(captureId)
      return { type: 'read', value: { options: [], currency: 'SEK' } as never }
    },
  }
  const telemetry = { record: (event: TelemetryEvent) => records.push(event) }
  const scopes: string[] = []
  const stops = async (): Promise<readonly Stop[]> => {
    if (scopes.includes('unreadable')) throw new Error('no disk')
    return scopes.map((scope) => ({ scope, by: 'anna', why: 'a test', at: time.clock.now() }))
  }
  const gate = createSendGate(inner, { ...time, telemetry, stops })
  return { time, reached, records, gate, scopes }
}

test('a used-up quota holds back all calls until it opens, reads included', async () => {
  const { time, reached, records, gate } = setUp([answer(429, 2_000)])
  await gate.gateway.perform(request, 'first')

  const second = gate.gateway.perform(request, 'second')
  const third = gate.gateway.readDueDateOptions('order', 'capture')
  await time.advance(1_999)
  const before = [...reached]
  await time.advance(1)
  await Promise.all([second, third])

  expect(before).toEqual(['first'])
  expect(reached.toSorted()).toEqual(['capture', 'first', 'second'])
  expect(time.timerCount).toBe(0)
  expect(records.map(({ attributes }) => attributes)).toEqual([
    { code: 'rate_limited', waitMs: 2_000 },
  ])
})

test('a read that meets the quota holds back the others too', async () => {
  const { time, reached, gate } = setUp([answer(429, 1_000)])
  await gate.gateway.readOrder('order')

  const call = gate.gateway.perform(request, 'key')
  await settle()
  const before = [...reached]
  await time.advance(1_000)
  await call

  expect(before).toEqual(['order'])
  expect(reached).toEqual(['order', 'key'])
})

test('a later quota lengthens the wait of those who wait already', async () => {
  const { time, reached, gate } = setUp([answer(429, 1_000), answer(429, 5_000)])
  await Promise.all([gate.gateway.perform(request, 'a'), gate.gateway.perform(request, 'b')])

  const call = gate.gateway.perform(request, 'c')
  await time.advance(4_999)
  const before = [...reached]
  await time.advance(1)
  await call

  expect(before).toEqual(['a', 'b'])
  expect(reached).toEqual(['a', 'b', 'c'])
})

test('waits no longer than a minute, whatever the headers say', async () => {
  const { time, reached, gate } = setUp([answer(429, 86_400_000)])
  await gate.gateway.perform(request, 'a')

  const call = gate.gateway.perform(request, 'b')
  await time.advance(60_000)
  await call

  expect(reached).toEqual(['a', 'b'])
})

const harmless: readonly [string, GatewayAnswer][] = [
  ['a 429 without a time', answer(429, null)],
  ['a success that tells its quota', answer(204, 5_000)],
  ['no answer', { type: 'no_answer', reason: 'timeout', mayHaveReached: true }],
]
for (const [name, given] of harmless) {
  test(`${name} holds nothing back`, async () => {
    const { reached, gate } = setUp([given])

    await gate.gateway.perform(request, 'a')
    await gate.gateway.perform(request, 'b')

    expect(reached).toEqual(['a', 'b'])
  })
}

test('once closed, calls that wait and calls that come are surely not sent', async () => {
  const { time, reached, gate } = setUp([answer(429, 2_000)])
  await gate.gateway.perform(request, 'a')
  const waiting = gate.gateway.perform(request, 'b')
  await settle()

  gate.close()
  const answers = [await waiting, await gate.gateway.perform(request, 'c')]
  const read = await gate.gateway.readOrder('order')

  const notSent = { type: 'no_answer', reason: 'not_connected', mayHaveReached: false }
  expect(answers).toEqual([notSent, notSent])
  expect(read).toEqual({ type: 'failed', answer: notSent })
  expect(reached).toEqual(['a'])
  expect(time.timerCount).toBe(0)
})

for (const scope of ['action:refund', 'unreadable']) {
  test(`a send that waited is not made once ${scope} came up meanwhile; reads are`, async () => {
    const { time, reached, gate, scopes } = setUp([answer(429, 2_000)])
    scopes.push('action:sendOut')
    await gate.gateway.perform(request, 'a')
    const sending = gate.gateway.perform(request, 'b')
    const reading = gate.gateway.readOrder('order')
    await settle()

    scopes.push(scope)
    await time.advance(2_000)

    expect(await sending).toMatchObject({ type: 'no_answer', mayHaveReached: false })
    await reading
    expect(reached).toEqual(['a', 'order'])
  })
}

test('a send that waited is tried anew while any stop stands: it may have come up between its check and its wait', async () => {
  const { time, reached, gate, scopes } = setUp([answer(429, 2_000)])
  await gate.gateway.perform(request, 'a')
  scopes.push('action:refund')
  const sending = gate.gateway.perform(request, 'b')
  await settle()

  await time.advance(2_000)
  expect(await sending).toMatchObject({ type: 'no_answer', mayHaveReached: false })
  // Nothing waits any more: whether a stop holds it was asked right before.
  await gate.gateway.perform(request, 'c')

  expect(reached).toEqual(['a', 'c'])
})
