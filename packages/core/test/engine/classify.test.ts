import {
  CLASSES,
  CONFIGURATION_CODES,
  classify,
  type GatewayAnswer,
  type HttpAnswer,
  type Outcome,
  REFUSAL_CODES,
} from '@postdelivery/core'
import { describe, expect, test } from 'vitest'

const http = (
  status: number,
  errorCode: string | null = null,
  changes: Partial<HttpAnswer> = {},
): HttpAnswer => ({
  type: 'answered',
  status,
  errorCode,
  hasErrorObject: errorCode !== null,
  errorMessage: null,
  correlationId: null,
  resultId: null,
  rateLimitResetMs: null,
  ...changes,
})
const noAnswer = (
  reason: Extract<GatewayAnswer, { type: 'no_answer' }>['reason'],
  mayHaveReached: boolean,
): GatewayAnswer => ({ type: 'no_answer', reason, mayHaveReached })

type Case = readonly [string, GatewayAnswer, Partial<Outcome>]

const cases: readonly Case[] = [
  ['200', http(200), { type: 'done', evidence: 'answer', resultId: null }],
  ['201 with an id', http(201, null, { resultId: 'r' }), { type: 'done', resultId: 'r' }],
  ['204', http(204), { type: 'done' }],
  ['299', http(299), { type: 'done' }],

  ['a timeout', noAnswer('timeout', true), { type: 'unknown', reason: 'timeout' }],
  ['a lost connection', noAnswer('connection_lost', true), { type: 'unknown' }],
  ['an unreadable body', noAnswer('body_unreadable', true), { type: 'unknown' }],
  ['no connection', noAnswer('not_connected', false), { type: 'not_started' }],
  ['a connection that may have been made', noAnswer('not_connected', true), { type: 'unknown' }],
  [
    'no credentials',
    noAnswer('no_credentials', false),
    { type: 'not_started', reason: 'no_credentials' },
  ],

  ['429 with a reset', http(429, null, { rateLimitResetMs: 4_000 }), { type: 'not_started' }],
  ['429 with an error object', http(429, 'TOO_MANY_REQUESTS'), { type: 'not_started' }],

  ['401 bare', http(401), { type: 'configuration' }],
  ['401 with a code', http(401, 'UNAUTHORIZED'), { type: 'configuration' }],
  ['401 with a code that refuses', http(401, 'REFUND_NOT_ALLOWED'), { type: 'configuration' }],
  ['403 without access', http(403, 'ACCESS_DENIED'), { type: 'configuration' }],
  ['403 forbidden', http(403, 'FORBIDDEN'), { type: 'configuration' }],
  ['404 of an unknown order', http(404, 'NO_SUCH_ORDER'), { type: 'configuration' }],
  ['404 not found', http(404, 'NOT_FOUND'), { type: 'configuration' }],

  ['403 bare, a DDoS guard', http(403), { type: 'unknown', reason: 'http_403' }],
  ['404 bare', http(404), { type: 'unknown' }],
  ['400 bare', http(400), { type: 'unknown' }],
  ['422 bare', http(422), { type: 'unknown' }],

  ['a refund refused', http(403, 'REFUND_NOT_ALLOWED'), { type: 'refused' }],
  ['an action refused', http(403, 'NOT_ALLOWED'), { type: 'refused', code: 'NOT_ALLOWED' }],
  ['an unknown capture', http(404, 'NO_SUCH_CAPTURE'), { type: 'refused' }],

  ['408', http(408, 'TIMEOUT'), { type: 'unknown' }],
  ['409 bare', http(409), { type: 'unknown' }],
  ['409 with a code', http(409, 'CONFLICT'), { type: 'unknown' }],
  ['301', http(301), { type: 'unknown' }],
  ['304', http(304), { type: 'unknown' }],
  ['101', http(101), { type: 'unknown' }],
  ['500', http(500, 'INTERNAL_SERVER_ERROR'), { type: 'unknown' }],
  ['502 bare', http(502), { type: 'unknown' }],
  ['503 with a code that refuses', http(503, 'NOT_ALLOWED'), { type: 'unknown' }],

  ['400 with a code', http(400, 'BAD_VALUE'), { type: 'needs_person' }],
  ['413', http(413, 'REQUEST_TOO_LARGE'), { type: 'needs_person' }],
  ['422', http(422, 'UNPROCESSABLE_ENTITY'), { type: 'needs_person' }],
  ['a refusing code under 400', http(400, 'REFUND_NOT_ALLOWED'), { type: 'needs_person' }],
  ['a code of 404 under 403', http(403, 'NO_SUCH_CAPTURE'), { type: 'needs_person' }],
  ['a code of 403 under 404', http(404, 'REFUND_NOT_ALLOWED'), { type: 'needs_person' }],
  ['a code in lower case', http(403, 'refund_not_allowed'), { type: 'needs_person' }],
  ['a code that nobody documented', http(403, 'LIMIT_REACHED'), { type: 'needs_person' }],
  ['410 with a code', http(410, 'GONE'), { type: 'needs_person' }],
]

describe('what an answer means', () => {
  for (const [name, answer, want] of cases) {
    test(`${name}: ${want.type}`, () => {
      expect(classify(answer)).toMatchObject(want)
    })
  }
})

test('the message decides nothing', () => {
  const answer = http(403, 'LIMIT_REACHED', { errorMessage: 'REFUND_NOT_ALLOWED, HTTP 201' })

  expect(classify(answer).type).toBe('needs_person')
})

test('every documented code is classed as its list says', () => {
  for (const [status, codes] of Object.entries(REFUSAL_CODES)) {
    for (const code of codes) {
      expect(classify(http(Number(status), code))).toEqual({ type: 'refused', code })
      expect(CONFIGURATION_CODES).not.toContain(code)
    }
  }
  for (const code of CONFIGURATION_CODES) {
    for (const status of [403, 404]) {
      expect(classify(http(status, code)).type).toBe('configuration')
    }
  }
})

test('a full quota waits until it opens', () => {
  expect(classify(http(429, null, { rateLimitResetMs: 4_000 }))).toMatchObject({ waitMs: 4_000 })
  expect(classify(http(429))).toMatchObject({ waitMs: 1_000 })
})

test('a quota that opens at once still lets a moment pass', () => {
  const outcome = classify(http(429, null, { rateLimitResetMs: 0 }))

  expect(outcome.type === 'not_started' && outcome.waitMs).toBeGreaterThanOrEqual(1_000)
})

test('the table for people has a row for every outcome that an answer can have', () => {
  const outcomes = new Set<string>(CLASSES.map((row) => row.outcome))

  expect(new Set(cases.map(([, answer]) => classify(answer).type))).toEqual(outcomes)
})
