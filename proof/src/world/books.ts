/** What really happened at Klarna: every request that arrived there, and whether it changed the books. Nobody on our side sees this. */
import type { OrderBooks } from '@postdelivery/adapters/klarna-twin'
import type { Operation } from '@postdelivery/core'

/** A write that arrived at Klarna. */
export interface Arrival {
  readonly orderId: string
  readonly operation: Operation
  readonly captureId: string | null
  readonly key: string
  readonly method: string
  readonly path: string
  readonly body: string | null
  /** When the client began to send it, and when it arrived: true time. */
  readonly sentMs: number
  readonly arrivedMs: number
  /** Whether it changed Klarna's books. */
  readonly isEffect: boolean
  /** What the twin answered at once; null while it answers nothing. The way back may lose it. */
  readonly status: number | null
}

const OPERATION_OF_PATH: Readonly<Record<string, Operation>> = {
  refunds: 'refundOrder',
  'release-remaining-authorization': 'releaseRemainingAuthorization',
  'extend-due-date': 'extendDueDate',
  'shipping-info': 'appendShippingInfo',
  'trigger-send-out': 'triggerSendOut',
  'extend-authorization-time': 'extendAuthorizationTime',
}

/** What a request asks for, by its path; reads have no operation. */
export function readPath(path: string): {
  readonly orderId: string
  readonly captureId: string | null
  readonly operation: Operation | null
} {
  const [, , , , orderId = '', ...rest] = path.split('/')
  const operation = OPERATION_OF_PATH[rest.at(-1) ?? ''] ?? null
  const captureId = rest[0] === 'captures' || rest[0] === 'capture' ? (rest[1] ?? null) : null
  return { orderId, captureId, operation }
}

/** What of an order's books changes by a call. */
export function fingerprint(books: OrderBooks): string {
  const captures = books.captures.map(
    (each) => `${each.extensions.length}/${each.sendOutCount}/${each.shippingEntries.length}`,
  )
  return [books.refunds.length, books.released, books.expiresAt, ...captures].join(' ')
}
