/** A twin for one test, on a clock that moves only when told, and raw HTTP calls to it. */
import {
  type OrderSeed,
  sampleOrderId,
  startTwin,
  type Twin,
  type TwinOptions,
} from '@postdelivery/adapters/klarna-twin'

/** The instant at which every test begins, in milliseconds. */
export const START_MS = Date.parse('2026-11-24T08:00:00.000Z')
export const DAY_MS = 86_400_000

export const GUIDE = sampleOrderId('guide')
export const SEVERAL = sampleOrderId('several-captures')
export const CARD = sampleOrderId('card')
export const UNCAPTURED = sampleOrderId('uncaptured')
export const REFUNDED = sampleOrderId('refunded')
export const GERMAN = sampleOrderId('german')
/** A UUID that no order has. */
export const UNKNOWN = '11111111-2222-4333-8444-555555555555'

/** Starts a twin without a quota, as the clock stands still. */
export const aTwin = ({ settings, ...options }: TwinOptions = {}): Promise<Twin> =>
  startTwin({
    clock: { now: () => START_MS },
    settings: { rateLimitPerSecond: null, ...settings },
    ...options,
  })

export interface CallOptions {
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown
  readonly key?: string
  readonly authorization?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body read as JSON; undefined when it is none. */
  readonly json: unknown
}

/** Sends a request to the twin; `path` is whole. */
export async function send(
  twin: Twin,
  method: string,
  path: string,
  { body, key, authorization, headers, signal }: CallOptions = {},
): Promise<Answered> {
  const credentials =
    authorization === undefined ? basic(twin.username, twin.password) : authorization
  const response = await fetch(`${twin.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      ...(credentials === null ? {} : { authorization: credentials }),
      ...(key === undefined ? {} : { 'klarna-idempotency-key': key }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) }
}

/** Sends a request to Klarna's path of an order; `rest` begins with a slash or is empty. */
export const call = (
  twin: Twin,
  request: `${'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'} ${string}`,
  options: CallOptions & { readonly rest?: string } = {},
): Promise<Answered> => {
  const [method = '', orderId = ''] = request.split(' ')
  return send(twin, method, `/ordermanagement/v1/orders/${orderId}${options.rest ?? ''}`, options)
}

/** Sends a request to the control path. */
export const control = (twin: Twin, request: string, body?: unknown): Promise<Answered> => {
  const [method = '', path = ''] = request.split(' ')
  return send(twin, method, `/__twin${path}`, { authorization: null, body })
}

export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

/** The n-th capture id of an order, from 0. */
export const captureId = (twin: Twin, orderId: string, index = 0): string =>
  twin.orders.find((order) => order.orderId === orderId)?.captureIds[index] ?? 'no such capture'

/** The error code of an answer. */
export const codeOf = ({ json }: Answered): unknown =>
  typeof json === 'object' && json !== null && 'error_code' in json ? json.error_code : undefined

/** Lines of the guide's order: some of its tomatoes. */
export const tomatoes = (quantity: number) => ({
  type: 'physical',
  reference: '123050',
  name: 'Tomatoes',
  quantity,
  quantity_unit: 'kg',
  unit_price: 600,
  tax_rate: 2500,
  total_amount: quantity * 600,
  total_tax_amount: quantity * 120,
})

/** A small order with one capture of everything, with what a test wants else. */
export const anOrder = (changes: Partial<OrderSeed> = {}): OrderSeed => ({
  order_id: '22222222-3333-4444-8555-666666666666',
  purchase_currency: 'SEK',
  purchase_country: 'SE',
  created_at: '2026-11-14T08:00:00.000Z',
  order_amount: 1000,
  initial_payment_method: { type: 'INVOICE' },
  captures: [{ captured_amount: 1000, order_lines: [line('A', 1000)] }],
  ...changes,
})

/** One line of one piece. */
export const line = (reference: string, amount: number, type = 'physical') => ({
  reference,
  type,
  name: reference,
  quantity: 1,
  unit_price: amount,
  total_amount: amount,
})

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
