/** Core's port to Klarna, made real: commands become stored requests, and answers become data. */
import {
  assert,
  type Command,
  canonicalJson,
  type PaymentGateway,
  type PreparedRequest,
  type ReadResult,
  sha256Hex,
} from '@postdelivery/core'
import { failedReadOf, isSuccess, writeAnswerOf } from './answers.ts'
import { exchange, type KlarnaClient, type KlarnaDialect } from './client.ts'
import {
  dueDateOptionsFromWire,
  extensionBodyOf,
  orderFromWire,
  refundBodyOf,
  shippingBodyOf,
} from './mapping.ts'
import { checkedKey } from './operations.ts'
import { fillPath, type PathTemplate } from './paths.ts'

/**
 * Makes the gateway over a client.
 *
 * `prepare` is pure and depends on the client's dialect only. `perform` sends the stored bytes once; whether to
 * send them again is not decided here. Reads give core's types and nothing personal.
 * Throws: `perform` and the reads only for defects (`AssertionError`): bytes that do not match their hash, a key
 *   that no header can carry, an id that no path can.
 *
 * @example
 * ```ts no-run
 * import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
 *
 * const klarna = createKlarnaClient({
 *   region: 'eu',
 *   live: false,
 *   credentials: () => ({ username: 'PK12345', password: 'from your vault' }),
 * })
 * const gateway = createKlarnaGateway(klarna)
 * const order = await gateway.readOrder('f3392f8b-6116-4073-ab96-e330819e2c07')
 * console.log(order.type)
 * ```
 */
export const createKlarnaGateway = (client: KlarnaClient): PaymentGateway => ({
  prepare: (command) => prepareRequest(command, client.dialect),

  async perform(request, idempotencyKey) {
    const { method, path, body, hash } = request
    assert(hash === requestHash({ method, path, body }), 'a stored request matches its hash')
    const key = checkedKey(idempotencyKey)
    return writeAnswerOf(await exchange(client, { method, path, body, idempotencyKey: key }))
  },

  readOrder: (orderId) =>
    read(client, '/ordermanagement/v1/orders/{order_id}', { order_id: orderId }, (data) =>
      orderFromWire(data, orderId),
    ),

  readDueDateOptions: (orderId, captureId) =>
    read(
      client,
      OPTIONS_PATHS[client.dialect],
      { order_id: orderId, capture_id: captureId },
      dueDateOptionsFromWire,
    ),
})

/** SHA-256 (lower-case hex) of a request's method, path and body, as one RFC 8785 list. */
export const requestHash = (request: Omit<PreparedRequest, 'hash'>): string =>
  sha256Hex(canonicalJson([request.method, request.path, request.body]))

/** Says which request a command will be. Throws: `AssertionError` when it breaks Klarna's limits. */
export function prepareRequest(command: Command, dialect: KlarnaDialect): PreparedRequest {
  const { method, template, body } = requestOf(command, dialect)
  const ids = {
    order_id: command.orderId,
    ...('captureId' in command.body ? { capture_id: command.body.captureId } : {}),
  }
  const request = {
    method,
    path: fillPath(template, ids),
    body: body === null ? null : canonicalJson(body),
  }
  return { ...request, hash: requestHash(request) }
}

interface Unwritten {
  readonly method: PreparedRequest['method']
  readonly template: PathTemplate
  readonly body: object | null
}

function requestOf(command: Command, dialect: KlarnaDialect): Unwritten {
  const { body } = command
  switch (body.operation) {
    case 'refundOrder':
      return { method: 'POST', template: `${ORDER}/refunds`, body: refundBodyOf(command, body) }
    case 'releaseRemainingAuthorization':
      return { method: 'POST', template: `${ORDER}/release-remaining-authorization`, body: null }
    case 'extendDueDate':
      return { ...EXTENSION[dialect], body: extensionBodyOf(body.numberOfDays) }
    case 'appendShippingInfo':
      return { method: 'POST', template: `${CAPTURE}/shipping-info`, body: shippingBodyOf(body) }
    case 'triggerSendOut':
      return { method: 'POST', template: `${CAPTURE}/trigger-send-out`, body: null }
    case 'extendAuthorizationTime':
      return { method: 'POST', template: `${ORDER}/extend-authorization-time`, body: null }
  }
}

async function read<Value>(
  client: KlarnaClient,
  template: PathTemplate,
  ids: Readonly<Record<string, string>>,
  map: (data: unknown) => Value | null,
): Promise<ReadResult<Value>> {
  const answer = await exchange(client, {
    method: 'GET',
    path: fillPath(template, ids),
    body: null,
    idempotencyKey: null,
  })
  const isRead =
    answer.type === 'answered' && isSuccess(answer.status) && answer.body.kind === 'json'
  const value = isRead ? map(answer.body.value) : null
  return value === null ? { type: 'failed', answer: failedReadOf(answer) } : { type: 'read', value }
}

const ORDER = '/ordermanagement/v1/orders/{order_id}'
const CAPTURE = `${ORDER}/captures/{capture_id}` as const

/** Where the options are read, by dialect. */
const OPTIONS_PATHS = {
  reference: `${CAPTURE}/extend-due-date-options`,
  guide: `${ORDER}/capture/{capture_id}/extend-due-date-options`,
} as const satisfies Record<KlarnaDialect, PathTemplate>

/** How a due date is extended, by dialect. Source: the contract, `extendDueDate` and `extendDueDateGuide`. */
const EXTENSION = {
  reference: { method: 'PATCH', template: `${CAPTURE}/extend-due-date` },
  guide: { method: 'POST', template: `${ORDER}/capture/{capture_id}/extend-due-date` },
} as const satisfies Record<KlarnaDialect, Omit<Unwritten, 'body'>>
