/** What a read at Klarna tells about an order: amounts, states and references, nothing personal. */
import type { ShippingInfo } from './actions.ts'
import type { OrderLine } from './events.ts'
import type { IsoInstant } from './time.ts'

/** A capture as Klarna has it. */
export interface ObservedCapture {
  readonly captureId: string
  readonly capturedMinor: number
  readonly refundedMinor: number
  readonly capturedAt: IsoInstant | null
  readonly lines: readonly OrderLine[]
  readonly shippingInfo: readonly ShippingInfo[]
}

/** A refund as Klarna has it. */
export interface ObservedRefund {
  readonly refundId: string | null
  /** Our command id when it is ours; null or another text when a person made it in the portal. */
  readonly reference: string | null
  readonly refundedMinor: number
}

/** An order as Klarna has it. */
export interface ObservedOrder {
  readonly orderId: string
  readonly status: string
  readonly currency: string
  readonly country: string | null
  readonly paymentMethod: string | null
  readonly authorizedMinor: number
  readonly capturedMinor: number
  readonly refundedMinor: number
  readonly remainingAuthorizedMinor: number
  readonly expiresAt: IsoInstant | null
  readonly captures: readonly ObservedCapture[]
  readonly refunds: readonly ObservedRefund[]
}

/** Klarna's offers for extending a capture's due date. An empty list: nothing is offered now. */
export interface DueDateOptions {
  readonly currency: string
  readonly options: readonly { readonly numberOfDays: number; readonly feeMinor: number }[]
}

/** Payment methods that leave a due date to extend. Source: docs/decisions/0004-pay-later.md. */
const PAY_LATER_METHODS: readonly string[] = [
  'INVOICE',
  'INVOICE_BUSINESS',
  'PAY_LATER_BY_CARD',
  'PAY_LATER_IN_PARTS',
  'PAY_IN_X',
]

/** Whether the customer pays later; unknown for methods that Klarna's documents do not place. */
export function isPayLater(paymentMethod: string | null): boolean | undefined {
  if (paymentMethod === null || paymentMethod === 'OTHER') return undefined
  return PAY_LATER_METHODS.includes(paymentMethod)
}
