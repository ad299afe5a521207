import {
  CONFIGURATION_CODES,
  classify,
  type GatewayAnswer,
  type HttpAnswer,
  REFUSAL_CODES,
} from '@postdelivery/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const codes = [...Object.values(REFUSAL_CODES).flat(), ...CONFIGURATION_CODES]
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null })

const answered: fc.Arbitrary<HttpAnswer> = fc.record({
  type: fc.constant('answered' as const),
  status: fc.oneof(
    fc.integer({ min: 0, max: 999 }),
    fc.constantFrom(200, 201, 204, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503),
  ),
  errorCode: maybe(fc.oneof(fc.constantFrom(...codes), fc.string())),
  hasErrorObject: fc.boolean(),
  errorMessage: maybe(fc.string()),
  correlationId: maybe(fc.string()),
  resultId: maybe(fc.string()),
  rateLimitResetMs: maybe(fc.nat({ max: 3_000 })),
})
const anyAnswer: fc.Arbitrary<GatewayAnswer> = fc.oneof(
  answered,
  fc.record({
    type: fc.constant('no_answer' as const),
    reason: fc.constantFrom(
      'timeout',
      'connection_lost',
      'not_connected',
      'body_unreadable',
      'no_credentials',
    ),
    mayHaveReached: fc.boolean(),
  }),
)

test('nothing but a 2xx is ever done, and every 2xx is', () => {
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      const isSuccess = answer.type === 'answered' && answer.status >= 200 && answer.status < 300
      expect(classify(answer).type === 'done').toBe(isSuccess)
    }),
  )
})

test('nothing without a documented code of its status is ever refused', () => {
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      const outcome = classify(answer)
      if (outcome.type !== 'refused') return

      expect(answer).toMatchObject({ type: 'answered', hasErrorObject: true })
      const { status = 0, errorCode = '' } = answer as HttpAnswer
      expect(REFUSAL_CODES[status]).toContain(errorCode)
    }),
  )
})

test('what surely did not start never reached Klarna, or its quota was full', () => {
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      const outcome = classify(answer)
      if (outcome.type !== 'not_started') return

      expect(outcome.waitMs).toBeGreaterThanOrEqual(1_000)
      const isCertain =
        answer.type === 'answered'
          ? answer.status === 429
          : answer.reason === 'no_credentials' || !answer.mayHaveReached
      expect(isCertain).toBe(true)
    }),
  )
})

test('an answer means the same however often it is asked, and its texts mean nothing', () => {
  fc.assert(
    fc.property(answered, fc.string(), (answer, message) => {
      const other = { ...answer, errorMessage: message, correlationId: message }
      expect(classify(other)).toEqual(classify(answer))
    }),
  )
})
