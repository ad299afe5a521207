import { isKlarnaError, KLARNA_FAILURES, refundOrder } from '@postdelivery/adapters/klarna'
import type { HttpAnswer } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { httpAnswerOf, rateLimitOf, writeAnswerOf } from '../../src/klarna/answers.ts'
import type { WireBody } from '../../src/klarna/body.ts'
import {
  KlarnaNotFoundError,
  KlarnaRateLimitError,
  klarnaFailureOf,
} from '../../src/klarna/errors.ts'
import { redactPersonal } from '../../src/klarna/redact.ts'
import { aClient, json, KEY, ORDER_ID, REFUND_ID } from './builders.ts'

const answered = (status: number, headers: Record<string, string>, body: WireBody) => ({
  type: 'answered' as const,
  status,
  headers: new Headers(headers),
  body,
  scrub: (text: string) => text,
})
const errorBody = (value: unknown): WireBody => ({ kind: 'json', value })
const empty: WireBody = { kind: 'empty' }

describe('ids of what was made', () => {
  const at = `https://api.klarna.com/ordermanagement/v1/orders/${ORDER_ID}`
  const cases: [string, Record<string, string>, string | null][] = [
    ['Refund-Id', { 'refund-id': REFUND_ID }, REFUND_ID],
    ['Capture-Id', { 'capture-id': 'c-1' }, 'c-1'],
    ['Location of a refund', { location: `${at}/refunds/${REFUND_ID}` }, REFUND_ID],
    ['Location of a capture, relative, with a slash', { location: '/captures/c-1/' }, 'c-1'],
    ['Location with a query', { location: `${at}/captures/c-1?x=1` }, 'c-1'],
    ['an encoded Location', { location: `${at}/refunds/a%2Db` }, 'a-b'],
    ['the header before the Location', { 'refund-id': 'r', location: `${at}/refunds/x` }, 'r'],
    ['no id in a Location of something else', { location: `${at}/captures/c/shipping-info` }, null],
    ['no id in a broken Location', { location: `${at}/refunds/%zz` }, null],
    ['no id at all', {}, null],
    ['no id that is too long', { 'refund-id': 'x'.repeat(256) }, null],
  ]

  it.each(cases)('reads %s', (_, headers, wanted) => {
    expect(httpAnswerOf(answered(201, headers, empty)).resultId).toBe(wanted)
  })

  it('takes none from a failure', () => {
    expect(httpAnswerOf(answered(500, { 'refund-id': 'r' }, empty)).resultId).toBeNull()
  })
})

describe('the error object', () => {
  const cases: [string, WireBody, Partial<HttpAnswer>][] = [
    [
      'whole',
      errorBody({
        error_code: 'REFUND_NOT_ALLOWED',
        error_messages: ['no captures', 7, 'at all'],
        correlation_id: 'c-2',
      }),
      {
        hasErrorObject: true,
        errorCode: 'REFUND_NOT_ALLOWED',
        errorMessage: 'no captures; at all',
        correlationId: 'c-2',
      },
    ],
    [
      'with an empty list',
      errorBody({ error_code: 'CONFLICT', error_messages: [] }),
      { hasErrorObject: true, errorMessage: null },
    ],
    [
      'without a code',
      errorBody({ error_messages: ['x'] }),
      { hasErrorObject: false, errorCode: null },
    ],
    ['with an empty code', errorBody({ error_code: '' }), { hasErrorObject: false }],
    ['with a code of another type', errorBody({ error_code: 7 }), { hasErrorObject: false }],
    [
      'of a prototype',
      errorBody(JSON.parse('{"__proto__":{"error_code":"X"}}')),
      { hasErrorObject: false },
    ],
    ['of JSON null', errorBody(null), { hasErrorObject: false }],
    ['of a JSON text', errorBody('NOT_ALLOWED'), { hasErrorObject: false }],
    ['of a page', { kind: 'text', isHtml: true }, { hasErrorObject: false }],
    ['of nothing', empty, { hasErrorObject: false }],
    ['cut off', { kind: 'cut' }, { hasErrorObject: false }],
    ['too large', { kind: 'too_large' }, { hasErrorObject: false }],
  ]

  it.each(cases)('%s', (_, body, wanted) => {
    expect(httpAnswerOf(answered(403, {}, body))).toMatchObject({ status: 403, ...wanted })
  })

  it('prefers the correlation id of the header and cuts long messages', () => {
    const body = errorBody({
      error_code: 'X',
      error_messages: ['m'.repeat(100_000)],
      correlation_id: 'b',
    })

    const answer = httpAnswerOf(answered(403, { 'klarna-correlation-id': 'h' }, body))

    expect(answer.correlationId).toBe('h')
    expect(answer.errorMessage).toHaveLength(500)
  })

  it('is not looked for in a success', () => {
    const answer = httpAnswerOf(answered(201, {}, errorBody({ error_code: 'X' })))

    expect(answer).toMatchObject({ hasErrorObject: false, errorCode: null })
  })
})

describe('answers to writes', () => {
  const page: WireBody = { kind: 'text', isHtml: true }
  const cases: [string, Parameters<typeof writeAnswerOf>[0], string][] = [
    ['204 is an answer', answered(204, {}, empty), 'answered'],
    ['201 with a JSON text is one', answered(201, {}, errorBody('ok')), 'answered'],
    ['200 with a cut body is one', answered(200, {}, { kind: 'cut' }), 'answered'],
    ['a 3xx is one', answered(302, {}, page), 'answered'],
    ['a page under 403 is one', answered(403, {}, page), 'answered'],
    ['a page under 200 is none', answered(200, {}, page), 'no_answer'],
    ['plain text under 200 is one', answered(200, {}, { kind: 'text', isHtml: false }), 'answered'],
    [
      'a page under 200 with a header of Klarna is one',
      answered(200, { 'klarna-correlation-id': 'c' }, page),
      'answered',
    ],
    ['a page under 201 with an id is one', answered(201, { 'refund-id': 'r' }, page), 'answered'],
  ]

  it.each(cases)('%s', (_, exchange, wanted) => {
    expect(writeAnswerOf(exchange).type).toBe(wanted)
  })

  it('may have reached Klarna when a page answered', () => {
    expect(writeAnswerOf(answered(200, {}, page))).toEqual({
      type: 'no_answer',
      reason: 'body_unreadable',
      mayHaveReached: true,
    })
  })
})

describe('quota', () => {
  const cases: [Record<string, string>, unknown][] = [
    [{}, { limitCount: null, remainingCount: null, resetMs: null }],
    [
      { 'x-ratelimit-limit': '40, 40;w=1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' },
      { limitCount: 40, remainingCount: 0, resetMs: 2000 },
    ],
    [{ 'x-ratelimit-reset': '0' }, { resetMs: 0 }],
    [{ 'x-ratelimit-reset': '1763971200' }, { resetMs: null }],
    [{ 'x-ratelimit-reset': '1.5' }, { resetMs: null }],
    [{ 'x-ratelimit-reset': '-1' }, { resetMs: null }],
    [
      { 'x-ratelimit-reset': 'soon', 'x-ratelimit-remaining': '' },
      { resetMs: null, remainingCount: null },
    ],
  ]

  it.each(cases)('%j', (headers, wanted) => {
    expect(rateLimitOf(new Headers(headers))).toMatchObject(wanted as object)
  })
})

describe('failures', () => {
  const cases: [number, string | null, string][] = [
    [301, null, 'klarna_unexpected_answer'],
    [400, 'BAD_VALUE', 'klarna_bad_request'],
    [400, 'NOT_FOUND', 'klarna_not_found'],
    [400, null, 'klarna_unexpected_answer'],
    [401, 'UNAUTHORIZED', 'klarna_unauthorized'],
    [401, null, 'klarna_unauthorized'],
    [403, 'REFUND_NOT_ALLOWED', 'klarna_not_allowed'],
    [403, null, 'klarna_unexpected_answer'],
    [404, 'NO_SUCH_CAPTURE', 'klarna_not_found'],
    [404, null, 'klarna_unexpected_answer'],
    [409, 'CONFLICT', 'klarna_conflict'],
    [413, 'REQUEST_TOO_LARGE', 'klarna_bad_request'],
    [418, 'TEAPOT', 'klarna_unexpected_answer'],
    [422, 'UNPROCESSABLE_ENTITY', 'klarna_bad_request'],
    [429, null, 'klarna_rate_limited'],
    [500, 'UNEXPECTED_ERROR', 'klarna_unavailable'],
    [503, null, 'klarna_unavailable'],
  ]

  it.each(cases)('%i %s is %s', async (status, errorCode, wanted) => {
    const body = errorCode === null ? {} : { error_code: errorCode, error_messages: ['why'] }
    const { klarna } = aClient(() => json(status, body, { 'klarna-correlation-id': 'c-3' }))
    const refund = { orderId: ORDER_ID, idempotencyKey: KEY, body: { refunded_amount: 1 } }

    const error = await refundOrder(klarna, refund).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({
      code: wanted,
      status,
      errorCode,
      correlationId: 'c-3',
      operation: 'refundOrder',
    })
    expect(isKlarnaError(error)).toBe(true)
    expect((error as Error).message).toMatch(/^`refundOrder`: .*correlation id `c-3`/)
  })

  it('has a case for every code', () => {
    const seen = new Set([...cases.map(([, , code]) => code), 'klarna_no_answer'])

    expect([...seen].sort()).toEqual([...KLARNA_FAILURES].sort())
  })

  it('tells when the quota opens', () => {
    const failure = klarnaFailureOf('getOrder', {
      ...httpAnswerOf(answered(429, { 'x-ratelimit-reset': '3' }, empty)),
    })

    expect(failure).toBeInstanceOf(KlarnaRateLimitError)
    expect(failure).toMatchObject({ resetMs: 3000 })
  })

  it('are known by name in another copy of the package', () => {
    const copy = Object.assign(new Error('x'), {
      name: 'KlarnaNotFoundError',
      code: 'klarna_not_found',
    })
    const fake = Object.assign(new Error('x'), {
      name: 'KlarnaNotFoundError',
      code: 'klarna_conflict',
    })
    const hostile = Object.assign(new Error('x'), { name: 'constructor', code: undefined })

    expect(copy).not.toBeInstanceOf(KlarnaNotFoundError)
    expect([copy, fake, hostile, null, 'x', new Error('y')].map(isKlarnaError)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('messages', () => {
  const uuid = 'f3392f8b-6116-4073-ab96-e330819e2c07'
  const cases: [string, string][] = [
    [`order ${uuid} cannot be found`, `order ${uuid} cannot be found`],
    ['amount 200000000 is above 100000000', 'amount 200000000 is above 100000000'],
    ['mail to john.doe+x@shop.example, please', 'mail to [personal], please'],
    ['call +46 70 123 45 67 or 0046701234567', 'call [personal] or [personal]'],
    ['born 700101-1234 or 19700101-1234', 'born [personal] or [personal]'],
    ['two\r\nlines\u001b[31m', 'two lines [31m'],
  ]

  it.each(cases)('%j', (text, wanted) => {
    expect(redactPersonal(text)).toBe(wanted)
  })
})
