/** Klarna's twelve calls, named by its operation ids. A call gives what Klarna said, or throws a `KlarnaError`. */
import { assert } from '@postdelivery/core'
import type { Client } from 'openapi-fetch'
import {
  failedReadOf,
  httpAnswerOf,
  isSuccess,
  type RateLimit,
  rateLimitOf,
  writeAnswerOf,
} from './answers.ts'
import { type Carry, callTyped, type KlarnaClient } from './client.ts'
import { klarnaFailureOf } from './errors.ts'
import type { components, paths } from './generated/klarna-order-management.ts'

type Schemas = components['schemas']
export type KlarnaOrder = Schemas['Order']
export type KlarnaCapture = Schemas['Capture']
export type KlarnaRefund = Schemas['Refund']
export type KlarnaDueDateOptions = Schemas['DueDateOptions']
export type KlarnaRefundRequest = Schemas['RefundRequest']
export type KlarnaCaptureRequest = Schemas['CaptureRequest']
export type KlarnaShippingInfo = Schemas['ShippingInfo']

/** Names an order. */
export interface OrderRef {
  readonly orderId: string
}

/** Names a capture of an order. */
export interface CaptureRef extends OrderRef {
  readonly captureId: string
}

/** What every write needs. */
export interface Write {
  /**
   * A repeat under the same key changes nothing, for 24 hours. Klarna compares the key only: never use one
   * again for another body. Best a UUIDv5 of what the call is for, never a random one.
   */
  readonly idempotencyKey: string
}

/** What every good answer tells. */
export interface KlarnaAnswer {
  readonly status: number
  /** Names the call in Klarna's logs. */
  readonly correlationId: string | null
  readonly rateLimit: RateLimit
}

/** A read that worked. */
export interface KlarnaRead<Body> extends KlarnaAnswer {
  readonly body: Body
}

export interface KlarnaWritten extends KlarnaAnswer {
  /** Id of the refund or capture that was made; null for other writes, and if Klarna left it out. */
  readonly resultId: string | null
}

/** Reads an order with its captures and refunds. Throws: `KlarnaError`. */
export const getOrder = (klarna: KlarnaClient, ref: OrderRef & { readonly integrator?: string }) =>
  read<KlarnaOrder>(klarna, 'getOrder', (api, carry) =>
    api.GET('/ordermanagement/v1/orders/{order_id}', {
      params: {
        path: orderPath(ref),
        ...(ref.integrator === undefined
          ? {}
          : { header: { 'Klarna-Integrator': ref.integrator } }),
      },
      fetch: carry,
    }),
  )

/** Reads all captures of an order. Throws: `KlarnaError`. */
export const getCaptures = (klarna: KlarnaClient, ref: OrderRef) =>
  read<KlarnaCapture[]>(klarna, 'getCaptures', (api, carry) =>
    api.GET('/ordermanagement/v1/orders/{order_id}/captures', {
      params: { path: orderPath(ref) },
      fetch: carry,
    }),
  )

/** Reads one capture. Throws: `KlarnaError`. */
export const getCapture = (klarna: KlarnaClient, ref: CaptureRef) =>
  read<KlarnaCapture>(klarna, 'getCapture', (api, carry) =>
    api.GET('/ordermanagement/v1/orders/{order_id}/captures/{capture_id}', {
      params: { path: capturePath(ref) },
      fetch: carry,
    }),
  )

/** Captures an amount of the authorization. Throws: `KlarnaError`. */
export const captureOrder = (
  klarna: KlarnaClient,
  request: OrderRef & Write & { readonly body: KlarnaCaptureRequest },
) =>
  write(klarna, 'captureOrder', (api, carry) =>
    api.POST('/ordermanagement/v1/orders/{order_id}/captures', {
      params: { path: orderPath(request), header: keyOf(request) },
      body: request.body,
      fetch: carry,
    }),
  )

/** Refunds an amount; its lines let Klarna find the capture. Throws: `KlarnaError`. */
export const refundOrder = (
  klarna: KlarnaClient,
  request: OrderRef & Write & { readonly body: KlarnaRefundRequest },
) =>
  write(klarna, 'refundOrder', (api, carry) =>
    api.POST('/ordermanagement/v1/orders/{order_id}/refunds', {
      params: { path: orderPath(request), header: keyOf(request) },
      body: request.body,
      fetch: carry,
    }),
  )

/** Reads one refund. Throws: `KlarnaError`. */
export const getRefund = (klarna: KlarnaClient, ref: OrderRef & { readonly refundId: string }) =>
  read<KlarnaRefund>(klarna, 'getRefund', (api, carry) =>
    api.GET('/ordermanagement/v1/orders/{order_id}/refunds/{refund_id}', {
      params: { path: { ...orderPath(ref), refund_id: ref.refundId } },
      fetch: carry,
    }),
  )

/** Gives up what is authorized and not captured. Throws: `KlarnaError`. */
export const releaseRemainingAuthorization = (klarna: KlarnaClient, request: OrderRef & Write) =>
  write(klarna, 'releaseRemainingAuthorization', (api, carry) =>
    api.POST('/ordermanagement/v1/orders/{order_id}/release-remaining-authorization', {
      params: { path: orderPath(request), header: keyOf(request) },
      fetch: carry,
    }),
  )

/** Starts the authorization's period anew from today. Throws: `KlarnaError`. */
export const extendAuthorizationTime = (klarna: KlarnaClient, request: OrderRef & Write) =>
  write(klarna, 'extendAuthorizationTime', (api, carry) =>
    api.POST('/ordermanagement/v1/orders/{order_id}/extend-authorization-time', {
      params: { path: orderPath(request), header: keyOf(request) },
      fetch: carry,
    }),
  )

/** Appends shipping information to a capture; it cannot be taken away again. Throws: `KlarnaError`. */
export const appendShippingInfo = (
  klarna: KlarnaClient,
  request: CaptureRef & Write & { readonly shippingInfo: KlarnaShippingInfo[] },
) =>
  write(klarna, 'appendShippingInfo', (api, carry) =>
    api.POST('/ordermanagement/v1/orders/{order_id}/captures/{capture_id}/shipping-info', {
      params: { path: capturePath(request), header: keyOf(request) },
      body: { shipping_info: request.shippingInfo },
      fetch: carry,
    }),
  )

/** Sends the customer the invoice of a capture again. Throws: `KlarnaError`. */
export const triggerSendOut = (klarna: KlarnaClient, request: CaptureRef & Write) =>
  write(klarna, 'triggerSendOut', (api, carry) =>
    api.POST('/ordermanagement/v1/orders/{order_id}/captures/{capture_id}/trigger-send-out', {
      params: { path: capturePath(request), header: keyOf(request) },
      fetch: carry,
    }),
  )

/** Reads by how many days a due date can be extended, and the fees, in the client's dialect. Throws: `KlarnaError`. */
export const getOptionsForExtendDueDate = (klarna: KlarnaClient, ref: CaptureRef) =>
  read<KlarnaDueDateOptions>(klarna, 'getOptionsForExtendDueDate', (api, carry) => {
    const init = { params: { path: capturePath(ref) }, fetch: carry }
    return klarna.dialect === 'guide'
      ? api.GET(
          '/ordermanagement/v1/orders/{order_id}/capture/{capture_id}/extend-due-date-options',
          init,
        )
      : api.GET(
          '/ordermanagement/v1/orders/{order_id}/captures/{capture_id}/extend-due-date-options',
          init,
        )
  })

/** Extends the due date of a capture at the merchant's cost, in the client's dialect. Throws: `KlarnaError`. */
export const extendDueDate = (
  klarna: KlarnaClient,
  request: CaptureRef & Write & { readonly numberOfDays: number },
) =>
  write(klarna, 'extendDueDate', (api, carry) => {
    const init = {
      params: { path: capturePath(request), header: keyOf(request) },
      body: { number_of_days: request.numberOfDays },
      fetch: carry,
    }
    return klarna.dialect === 'guide'
      ? api.POST('/ordermanagement/v1/orders/{order_id}/capture/{capture_id}/extend-due-date', init)
      : api.PATCH(
          '/ordermanagement/v1/orders/{order_id}/captures/{capture_id}/extend-due-date',
          init,
        )
  })

type TypedCall<Data> = (api: Client<paths>, carry: Carry) => Promise<{ data?: Data }>

async function read<Body>(
  klarna: KlarnaClient,
  operation: string,
  call: TypedCall<Body>,
): Promise<KlarnaRead<Body>> {
  const exchange = await callTyped(klarna, call)
  if (exchange.type === 'no_answer' || !isSuccess(exchange.status) || exchange.body.kind !== 'json')
    throw klarnaFailureOf(operation, failedReadOf(exchange))
  const { status, correlationId } = httpAnswerOf(exchange)
  // The contract says so; whoever decides money by it reads it through `mapping.ts`, which checks.
  const body = exchange.body.value as Body
  return { status, correlationId, rateLimit: rateLimitOf(exchange.headers), body }
}

async function write(
  klarna: KlarnaClient,
  operation: string,
  call: TypedCall<unknown>,
): Promise<KlarnaWritten> {
  const exchange = await callTyped(klarna, call)
  const answer = writeAnswerOf(exchange)
  if (answer.type === 'no_answer' || exchange.type === 'no_answer' || !isSuccess(answer.status))
    throw klarnaFailureOf(operation, answer)
  const { status, correlationId, resultId } = answer
  return { status, correlationId, resultId, rateLimit: rateLimitOf(exchange.headers) }
}

const orderPath = (ref: OrderRef) => ({ order_id: ref.orderId })

const capturePath = (ref: CaptureRef) => ({ order_id: ref.orderId, capture_id: ref.captureId })

const keyOf = ({ idempotencyKey }: Write) => ({
  'Klarna-Idempotency-Key': checkedKey(idempotencyKey),
})

/** Throws: `AssertionError` when a key could not travel as a header: empty, over 255 characters, not printable. */
export function checkedKey(key: string): string {
  assert(
    typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key),
    'an idempotency key is printable ASCII of 1 to 255 characters',
  )
  return key
}
