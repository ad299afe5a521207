import type {
  GatewayAnswer,
  HttpAnswer,
  PaymentGateway,
  PreparedRequest,
  ReadResult,
} from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { type Health, watchHealth } from '../../src/embedded/health.ts'
import { DONE } from './scripted-gateway.ts'

const request: PreparedRequest = { method: 'POST', path: '/', body: null, hash: '' }

const http = (status: number, errorCode: string | null = null): GatewayAnswer => ({
  ...(DONE as HttpAnswer),
  status,
  errorCode,
  hasErrorObject: errorCode !== null,
})
const noAnswer = (reason: 'timeout' | 'not_connected' | 'no_credentials'): GatewayAnswer => ({
  type: 'no_answer',
  reason,
  mayHaveReached: reason === 'timeout',
})

/** A watch over a gateway whose next answer is set; counts how often it hears that Klarna answers again. */
function aWatch() {
  let next: GatewayAnswer = DONE
  let turnCount = 0
  const read = async (): Promise<ReadResult<never>> =>
    next === DONE ? { type: 'read', value: {} as never } : { type: 'failed', answer: next }
  const inner: PaymentGateway = {
    prepare: () => request,
    perform: async () => next,
    readOrder: read,
    readDueDateOptions: read,
  }
  const health: Health = watchHealth(inner, () => {
    turnCount += 1
  })
  return {
    health,
    get turnCount() {
      return turnCount
    },
    async call(
      answer: GatewayAnswer,
      by: 'perform' | 'readOrder' | 'readDueDateOptions' = 'perform',
    ) {
      next = answer
      if (by === 'perform') await health.gateway.perform(request, 'key')
      else await health.gateway[by]('order-1', 'capture-1')
    },
  }
}

describe('Klarna', () => {
  test('is believed to be ill until it has answered once', async () => {
    const watch = aWatch()
    expect(watch.health.isHealthy).toBe(false)

    await watch.call(DONE)

    expect(watch.health.isHealthy).toBe(true)
    expect(watch.turnCount).toBe(1)
  })

  const well = [
    ['a success', DONE],
    ['a refusal with a code', http(403, 'REFUND_NOT_ALLOWED')],
  ] as const
  const ill = [
    ['a timeout', noAnswer('timeout')],
    ['no connection', noAnswer('not_connected')],
    ['500', http(500)],
    ['503 with a code', http(503, 'UNAVAILABLE')],
    ['a bare 403', http(403)],
    ['409', http(409, 'CONFLICT')],
    ['a redirect', http(302)],
  ] as const
  const silent = [
    ['429', http(429)],
    ['401', http(401)],
    ['an unknown order', http(404, 'NO_SUCH_ORDER')],
    ['our own mistake', http(400, 'BAD_VALUE')],
    ['no credentials', noAnswer('no_credentials')],
  ] as const

  for (const by of ['perform', 'readOrder', 'readDueDateOptions'] as const) {
    test.each(well)(`answers again with %s, heard from ${by}`, async (_, answer) => {
      const watch = aWatch()
      await watch.call(http(500))

      await watch.call(answer, by)
      await watch.call(answer, by)

      expect(watch.health.isHealthy).toBe(true)
      expect(watch.turnCount).toBe(1)
    })

    test.each(ill)(`is ill after %s, heard from ${by}`, async (_, answer) => {
      const watch = aWatch()
      await watch.call(DONE)

      await watch.call(answer, by)

      expect(watch.health.isHealthy).toBe(false)
      await watch.call(DONE)
      expect(watch.turnCount).toBe(2)
    })

    test.each(silent)(`is neither after %s, heard from ${by}`, async (_, answer) => {
      const watch = aWatch()
      await watch.call(answer, by)
      expect(watch.health.isHealthy).toBe(false)
      await watch.call(DONE)

      await watch.call(answer, by)

      expect(watch.health.isHealthy).toBe(true)
      expect(watch.turnCount).toBe(1)
    })
  }
})
