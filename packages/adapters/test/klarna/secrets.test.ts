import { format, inspect } from 'node:util'
import {
  createKlarnaClient,
  createKlarnaGateway,
  getOrder,
  KLARNA_FAILURES,
  type KlarnaCredentials,
  type KlarnaOptions,
  Secret,
  triggerSendOut,
} from '@postdelivery/adapters/klarna'
import { describe, expect, it } from 'vitest'
import { authorizationOf } from '../../src/klarna/credentials.ts'
import {
  aCommand,
  aRefund,
  CAPTURE_ID,
  json,
  KEY,
  ORDER_ID,
  PASSWORD,
  USERNAME,
} from './builders.ts'

const API_KEY = 'klarna_live_api_c2VjcmV0LXZhbHVl'
const ENCODED = Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')
const hidden = [PASSWORD, ENCODED, USERNAME, API_KEY]

/** Every way in which a value becomes text, to any depth, with what its errors carry. */
function printed(value: unknown): string {
  const texts = [
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    inspect(value, { depth: 20, customInspect: false, showHidden: true }),
    format('%o %O %s', value, value, value),
    String(value),
    JSON.stringify(value) ?? '',
  ]
  if (value instanceof Error)
    texts.push(
      value.message,
      String(value.stack),
      printed(value.cause ?? ''),
      printed({ ...value }),
    )
  return texts.join('\n')
}

const expectHidden = (value: unknown) => {
  const text = printed(value)
  for (const secret of hidden) expect(text).not.toContain(secret)
}

const ways: [string, KlarnaCredentials][] = [
  ['a user name and password', { username: USERNAME, password: PASSWORD }],
  ['a wrapped password', { username: USERNAME, password: new Secret(PASSWORD) }],
  ['a key that stands alone', { apiKey: API_KEY }],
  ['a wrapped key', { apiKey: new Secret(API_KEY) }],
]

/** The other side, or the runtime, throws back at us all that it can know of our credentials. */
const echo = (request: Request): string => {
  const header = request.headers.get('authorization') ?? ''
  const decoded = Buffer.from(header.slice('Basic '.length), 'base64').toString('utf8')
  const [username, password] = decoded.split(':')
  return password === undefined
    ? `you sent ${header}`
    : `you sent ${header} ${password} ${username}`
}
const answers: [string, (request: Request) => Promise<Response>][] = [
  ['a refusal that echoes', async (r) => json(403, { error_code: 'X', error_messages: [echo(r)] })],
  ['a code that echoes', async (r) => json(403, { error_code: echo(r) })],
  [
    'headers that echo',
    async (r) =>
      json(403, { error_code: 'X' }, { 'klarna-correlation-id': echo(r).replaceAll(' ', '.') }),
  ],
  ['a page that echoes', async (r) => new Response(echo(r), { status: 500 })],
  [
    'a redirect that echoes',
    async (r) =>
      new Response(null, { status: 302, headers: { location: `/${encodeURI(echo(r))}` } }),
  ],
  ['a failure that echoes', (r) => Promise.reject(new Error(echo(r), { cause: r }))],
  [
    'a failure with the request in it',
    (r) => Promise.reject(Object.assign(new Error('x'), { request: r, headers: [...r.headers] })),
  ],
  [
    'a code of a failure that echoes',
    (r) => Promise.reject(Object.assign(new Error('x'), { code: echo(r) })),
  ],
  ['nothing in time', () => new Promise(() => {})],
]

describe.each(ways)('%s', (_, credentials) => {
  it.each(answers)('is not shown by %s', async (__, fetch) => {
    const options: KlarnaOptions = {
      baseUrl: 'https://klarna.example',
      credentials: () => credentials,
      timeoutMs: 50,
      fetch,
    }
    const klarna = createKlarnaClient(options)
    const gateway = createKlarnaGateway(klarna)
    const ref = { orderId: ORDER_ID, captureId: CAPTURE_ID, idempotencyKey: KEY }

    const readError = await getOrder(klarna, ref).catch((error: unknown) => error)
    const writeError = await triggerSendOut(klarna, ref).catch((error: unknown) => error)
    const answer = await gateway.perform(gateway.prepare(aCommand(aRefund())), KEY)
    const read = await gateway.readOrder(ORDER_ID)

    expect(KLARNA_FAILURES).toContain((readError as { code?: unknown }).code)
    for (const value of [readError, writeError, answer, read, klarna, gateway]) expectHidden(value)
  })

  it('is used all the same', () => {
    const authorization = authorizationOf(credentials)

    expect(authorization?.header.reveal()).toBe(
      'apiKey' in credentials ? `Basic ${API_KEY}` : `Basic ${ENCODED}`,
    )
    expectHidden(authorization)
  })
})

describe('a secret', () => {
  it('prints as [secret] in every way', () => {
    const secret = new Secret(PASSWORD)

    expect(String(secret)).toBe('[secret]')
    expect(`${secret}`).toBe('[secret]')
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}')
    expect(inspect({ a: { b: [secret] } }, { depth: 9 })).toContain('[secret]')
    expectHidden(secret)
    expectHidden(structuredClone({ secret: { ...secret } }))
    expect(secret.reveal()).toBe(PASSWORD)
  })

  it('of a provider that fails is not shown', async () => {
    const klarna = createKlarnaClient({
      baseUrl: 'https://klarna.example',
      credentials: () => Promise.reject(new Error(`vault said ${PASSWORD}`)),
    })

    const error = await getOrder(klarna, { orderId: ORDER_ID }).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'klarna_no_answer', reason: 'no_credentials' })
    expectHidden(error)
  })
})

it('reads credentials from nothing that is none', () => {
  expect([null, 'x', 7, {}, { apiKey: 7 }, { username: 'u' }].map(authorizationOf)).toEqual(
    Array(6).fill(null),
  )
})
