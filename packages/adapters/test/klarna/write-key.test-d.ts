/** What does not compile: a write without a key, a wrong member, an option that is not said. */
import {
  appendShippingInfo,
  captureOrder,
  createKlarnaClient,
  extendAuthorizationTime,
  extendDueDate,
  getOrder,
  getRefund,
  isKlarnaError,
  type KlarnaClient,
  type KlarnaOptions,
  type KlarnaOrder,
  type KlarnaWritten,
  refundOrder,
  releaseRemainingAuthorization,
  triggerSendOut,
} from '@postdelivery/adapters/klarna'
import type { PaymentGateway, PreparedRequest } from '@postdelivery/core'
import { describe, expectTypeOf, it } from 'vitest'

declare const klarna: KlarnaClient
declare const gateway: PaymentGateway
declare const prepared: PreparedRequest
const order = { orderId: 'o' }
const capture = { orderId: 'o', captureId: 'c' }
const key = { idempotencyKey: 'k' }

describe('a write', () => {
  it('needs its key', () => {
    // @ts-expect-error no key
    captureOrder(klarna, { ...order, body: { captured_amount: 1 } })
    // @ts-expect-error no key
    refundOrder(klarna, { ...order, body: { refunded_amount: 1 } })
    // @ts-expect-error no key
    releaseRemainingAuthorization(klarna, order)
    // @ts-expect-error no key
    extendAuthorizationTime(klarna, order)
    // @ts-expect-error no key
    appendShippingInfo(klarna, { ...capture, shippingInfo: [{}] })
    // @ts-expect-error no key
    triggerSendOut(klarna, capture)
    // @ts-expect-error no key
    extendDueDate(klarna, { ...capture, numberOfDays: 10 })
    // @ts-expect-error a key that may be missing is no key
    triggerSendOut(klarna, { ...capture, idempotencyKey: undefined })
    // @ts-expect-error the gateway needs it too
    gateway.perform(prepared)
  })

  it('compiles with its key', () => {
    expectTypeOf(
      triggerSendOut(klarna, { ...capture, ...key }),
    ).resolves.toEqualTypeOf<KlarnaWritten>()
    expectTypeOf(
      releaseRemainingAuthorization(klarna, { ...order, ...key }),
    ).resolves.toHaveProperty('resultId')
  })

  it('takes the contract’s body only', () => {
    // @ts-expect-error the amount is missing
    refundOrder(klarna, { ...order, ...key, body: {} })
    // @ts-expect-error an amount is a number
    refundOrder(klarna, { ...order, ...key, body: { refunded_amount: '1' } })
    // @ts-expect-error misspelt
    refundOrder(klarna, { ...order, ...key, body: { refunded_amount: 1, referense: 'x' } })
    // @ts-expect-error no such method of shipping
    appendShippingInfo(klarna, { ...capture, ...key, shippingInfo: [{ shipping_method: 'Drone' }] })
    // @ts-expect-error an extension names its days
    extendDueDate(klarna, { ...capture, ...key })
    // @ts-expect-error a capture needs its id
    triggerSendOut(klarna, { ...order, ...key })
  })
})

describe('a read', () => {
  it('needs no key and gives the contract’s body', () => {
    expectTypeOf(getOrder(klarna, order)).resolves.toHaveProperty('body')
    expectTypeOf<Awaited<ReturnType<typeof getOrder>>['body']>().toEqualTypeOf<KlarnaOrder>()
    expectTypeOf<KlarnaOrder['captured_amount']>().toEqualTypeOf<number | undefined>()
    // @ts-expect-error a refund is named
    getRefund(klarna, order)
  })
})

describe('options', () => {
  const credentials = () => ({ username: 'u', password: 'p' })

  it('say live or playground', () => {
    // @ts-expect-error real money is never a default
    const guessed: KlarnaOptions = { region: 'eu', credentials }
    // @ts-expect-error a region and a base URL contradict each other
    const both: KlarnaOptions = { region: 'eu', live: true, baseUrl: 'https://x', credentials }
    // @ts-expect-error credentials come from a function
    const plain: KlarnaOptions = { region: 'eu', live: true, credentials: { apiKey: '' } }
    expectTypeOf([guessed, both, plain]).toBeArray()
    expectTypeOf(createKlarnaClient).parameter(0).toEqualTypeOf<KlarnaOptions>()
  })
})

describe('failures', () => {
  it('are told apart by code', () => {
    const error: unknown = new Error('x')
    if (!isKlarnaError(error)) return
    switch (error.code) {
      case 'klarna_rate_limited':
        expectTypeOf(error.resetMs).toEqualTypeOf<number | null>()
        break
      case 'klarna_no_answer':
        expectTypeOf(error.mayHaveReached).toBeBoolean()
        break
      default:
        expectTypeOf(error.status).toEqualTypeOf<number | null>()
    }
  })
})
