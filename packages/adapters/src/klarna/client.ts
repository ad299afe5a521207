/** The typed client of Klarna's order management: what it is made of. The calls are in `operations.ts`. */
import type { Problem } from '@postdelivery/core'
import createClient, { type Client } from 'openapi-fetch'
import { systemTimers, type Timers } from '../timers.ts'
import type { CredentialsProvider } from './credentials.ts'
import type { paths } from './generated/klarna-order-management.ts'
import { baseUrlOf, type KlarnaHost } from './hosts.ts'
import { fillPath } from './paths.ts'
import { createTransport, type Exchange, type Outgoing, type Transport } from './transport.ts'

/**
 * Which form the due-date calls take: Klarna's API reference (PATCH, `/captures/`) and its post-delivery guide
 * (POST, `/capture/`) disagree.
 */
export const KLARNA_DIALECTS = ['reference', 'guide'] as const
export type KlarnaDialect = (typeof KLARNA_DIALECTS)[number]

/** How to reach Klarna. */
export type KlarnaOptions = KlarnaHost & {
  /** Asked before every call. */
  readonly credentials: CredentialsProvider
  /** Default `reference`. */
  readonly dialect?: KlarnaDialect
  /** Milliseconds for one call, credentials and body included. Default 65 000: Klarna may work for 59 s. */
  readonly timeoutMs?: number
  /** Default: the runtime's `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
  /** What the time limit is measured with. Default: the runtime's own; a simulation gives its own. */
  readonly timers?: Timers
}

/** A connection to Klarna. Holds no open resource and shows nothing when printed. */
export interface KlarnaClient {
  readonly baseUrl: string
  readonly dialect: KlarnaDialect
}

/** Thrown at start when options are wrong; lists every problem. */
export class KlarnaOptionsError extends Error {
  override readonly name = 'KlarnaOptionsError'
  readonly code = 'klarna_options_wrong'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const list = problems.map(({ path, message }) => `\`${path}\` ${message}`).join('; ')
    super(`the options of the klarna client are wrong: ${list}`)
    this.problems = problems
  }
}

/** Source: Klarna's idle limit of 59 s, with time for the way. */
export const DEFAULT_TIMEOUT_MS = 65_000

/** Timers cannot wait longer. Source: `setTimeout`, 2^31 - 1 ms. */
const LONGEST_TIMEOUT_MS = 2_147_483_647

/** Lists everything wrong with options that may come from a configuration file. Throws: never. */
export function klarnaOptionProblems(options: unknown): readonly Problem[] {
  const host = baseUrlOf(options)
  const given = (typeof options === 'object' && options !== null ? options : {}) as {
    readonly [Key in keyof KlarnaOptions]?: unknown
  }
  const problems: Problem[] = host.ok ? [] : [...host.error]
  const say = (code: Problem['code'], path: string, message: string) =>
    problems.push({ code, path, message })

  if (typeof given.credentials !== 'function')
    say('wrong_type', '/credentials', 'must be a function that gives the credentials of a call')
  if (given.dialect !== undefined && !KLARNA_DIALECTS.some((known) => known === given.dialect))
    say('not_listed', '/dialect', 'must be `reference` or `guide`')
  if (given.timeoutMs !== undefined && !isTimeout(given.timeoutMs))
    say('out_of_range', '/timeoutMs', `must be a whole number from 1 to ${LONGEST_TIMEOUT_MS}`)
  if (given.fetch !== undefined && typeof given.fetch !== 'function')
    say('wrong_type', '/fetch', 'must be a function')
  return problems
}

const isTimeout = (value: unknown): boolean =>
  typeof value === 'number' &&
  Number.isSafeInteger(value) &&
  value > 0 &&
  value <= LONGEST_TIMEOUT_MS

/**
 * Makes a client of Klarna's order management API.
 *
 * Nothing is sent yet. Throws: `KlarnaOptionsError` listing every problem of the options.
 *
 * @example
 * ```ts no-run
 * import { createKlarnaClient, getOrder } from '@postdelivery/adapters/klarna'
 *
 * const klarna = createKlarnaClient({
 *   region: 'eu',
 *   live: false,
 *   credentials: () => ({ username: 'PK12345', password: 'from your vault' }),
 * })
 * const { body } = await getOrder(klarna, { orderId: 'f3392f8b-6116-4073-ab96-e330819e2c07' })
 * console.log(body.status)
 * ```
 */
export function createKlarnaClient(options: KlarnaOptions): KlarnaClient {
  const problems = klarnaOptionProblems(options)
  const host = baseUrlOf(options)
  if (problems.length > 0 || !host.ok) throw new KlarnaOptionsError(problems)

  const transport = createTransport({
    baseUrl: host.value,
    credentials: options.credentials,
    fetch: options.fetch ?? ((request) => fetch(request)),
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    timers: options.timers ?? systemTimers,
  })
  const client = Object.freeze({ baseUrl: host.value, dialect: options.dialect ?? 'reference' })
  wires.set(client, { transport, api: typedCalls(host.value) })
  return client
}

/** Ways to the network, kept outside of the client, so that no print of it reaches the credentials. */
interface Wire {
  readonly transport: Transport
  readonly api: Client<paths>
}
const wires = new WeakMap<KlarnaClient, Wire>()

/** Sends one request as it is. For this folder only: a write without a key would pass here. */
export const exchange = (client: KlarnaClient, outgoing: Outgoing): Promise<Exchange> =>
  wireOf(client).transport(outgoing)

/** Carries one call that openapi-fetch has written. */
export type Carry = (request: Request) => Promise<Response>

/**
 * Makes one typed call and returns what came back.
 *
 * openapi-fetch checks the call against the contract and writes the request. It does not read the answer: its
 * own reading has no size limit and throws on a body that is not JSON. For this folder only.
 */
export async function callTyped<Data>(
  client: KlarnaClient,
  call: (api: Client<paths>, carry: Carry) => Promise<{ data?: Data }>,
): Promise<Exchange> {
  const { api, transport } = wireOf(client)
  let result: Exchange | undefined
  await call(api, async (request) => {
    result = await transport(await outgoingOf(request, client.baseUrl))
    return new Response(null, { status: 204 })
  })
  if (result === undefined) throw new TypeError('a typed call ended without an exchange')
  return result
}

async function outgoingOf(request: Request, baseUrl: string): Promise<Outgoing> {
  const body = await request.text()
  const integrator = request.headers.get('klarna-integrator')
  return {
    method: request.method as Outgoing['method'],
    path: request.url.slice(baseUrl.length),
    body: body === '' ? null : body,
    idempotencyKey: request.headers.get('klarna-idempotency-key'),
    ...(integrator === null ? {} : { integrator }),
  }
}

const typedCalls = (baseUrl: string): Client<paths> =>
  createClient<paths>({ baseUrl, pathSerializer: fillPath, redirect: 'manual' })

function wireOf(client: KlarnaClient): Wire {
  const wire = wires.get(client)
  if (wire === undefined) throw new TypeError('this is no client that `createKlarnaClient` made')
  return wire
}
