/** Whether Klarna answers: heard from every call that goes out, reads included, and believed until the next one. */
import {
  classify,
  type GatewayAnswer,
  type PaymentGateway,
  type ReadResult,
} from '@postdelivery/core'

export interface Health {
  /** False at first: an earlier process may have left commands in doubt. */
  readonly isHealthy: boolean
  /** The gateway that is listened to. */
  readonly gateway: PaymentGateway
}

/** Listens to a gateway. `onRecovered` is called when a clear answer follows none, the first one included. */
export function watchHealth(inner: PaymentGateway, onRecovered: () => void): Health {
  let isHealthy = false

  const hear = (sign: boolean | null): void => {
    if (sign === null) return
    const hasTurned = sign && !isHealthy
    isHealthy = sign
    if (hasTurned) onRecovered()
  }
  const read = async <Value>(called: Promise<ReadResult<Value>>): Promise<ReadResult<Value>> => {
    const result = await called
    hear(result.type === 'read' ? true : signOf(result.answer))
    return result
  }

  return {
    get isHealthy() {
      return isHealthy
    },
    gateway: {
      prepare: (command) => inner.prepare(command),
      async perform(request, idempotencyKey) {
        const answer = await inner.perform(request, idempotencyKey)
        hear(signOf(answer))
        return answer
      },
      readOrder: (orderId) => read(inner.readOrder(orderId)),
      readDueDateOptions: (orderId, captureId) =>
        read(inner.readDueDateOptions(orderId, captureId)),
    },
  }
}

/** A success or a refusal is a clear answer; a quota, our credentials and our own mistakes say nothing about Klarna. */
function signOf(answer: GatewayAnswer): boolean | null {
  const outcome = classify(answer)
  switch (outcome.type) {
    case 'done':
    case 'refused':
      return true
    case 'unknown':
      return false
    case 'not_started':
      return answer.type === 'no_answer' && answer.reason !== 'no_credentials' ? false : null
    default:
      return null
  }
}
