/** A gateway without a network, for tests under a simulated clock: it does what it is told and keeps what it was sent. */
import { prepareRequest } from '@postdelivery/adapters/klarna'
import type { GatewayAnswer, ObservedOrder, PaymentGateway } from '@postdelivery/core'

export interface SentRequest {
  readonly path: string
  readonly body: string | null
  readonly key: string
}

export interface ScriptedGateway extends PaymentGateway {
  /** Every write that was sent. */
  readonly sent: readonly SentRequest[]
  /** Every read of an order that was made. */
  readonly readCount: number
}

export const DONE: GatewayAnswer = {
  type: 'answered',
  status: 201,
  errorCode: null,
  hasErrorObject: false,
  errorMessage: null,
  correlationId: 'correlation-1',
  resultId: 'result-1',
  rateLimitResetMs: null,
}

/** `answer` says what each write gets; without it every write succeeds. Reads show an order without refunds. */
export function aGateway(
  answer: (request: SentRequest, index: number) => GatewayAnswer | Promise<GatewayAnswer> = () =>
    DONE,
): ScriptedGateway {
  const sent: SentRequest[] = []
  let readCount = 0
  return {
    sent,
    get readCount() {
      return readCount
    },
    prepare: (command) => prepareRequest(command, 'reference'),
    async perform({ path, body }, key) {
      const request = { path, body, key }
      sent.push(request)
      return answer(request, sent.length - 1)
    },
    async readOrder(orderId) {
      readCount += 1
      return { type: 'read', value: observed(orderId) }
    },
    readDueDateOptions: async () => ({ type: 'read', value: { currency: 'SEK', options: [] } }),
  }
}

const observed = (orderId: string): ObservedOrder => ({
  orderId,
  status: 'PART_CAPTURED',
  currency: 'SEK',
  country: 'SE',
  paymentMethod: 'INVOICE',
  authorizedMinor: 8000,
  capturedMinor: 6000,
  refundedMinor: 0,
  remainingAuthorizedMinor: 2000,
  expiresAt: null,
  captures: [],
  refunds: [],
})
