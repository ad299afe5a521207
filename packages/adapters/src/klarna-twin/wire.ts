/** Klarna's objects as they travel, with the members that the twin reads or writes. Describes; checks nothing. */

/** One line of an order, capture or refund; amounts in minor units, tax included. */
export interface WireLine {
  readonly name: string
  /** Whole number of `quantity_unit`. */
  readonly quantity: number
  /** Minor units, tax included, before discount; negative on discounts and return fees. */
  readonly unit_price: number
  /** Minor units; `quantity * unit_price - total_discount_amount`. */
  readonly total_amount: number
  readonly reference?: string
  readonly type?: string
  readonly quantity_unit?: string
  readonly total_discount_amount?: number
  /** Percent with two implied decimals: 2500 is 25 %. */
  readonly tax_rate?: number
  readonly total_tax_amount?: number
}

/** One parcel. */
export interface WireShippingInfo {
  readonly shipping_company?: string
  readonly shipping_method?: string
  readonly tracking_number?: string
  readonly tracking_uri?: string
  readonly return_shipping_company?: string
  readonly return_tracking_number?: string
  readonly return_tracking_uri?: string
}

/** How the customer chose to pay. */
export interface WirePaymentMethod {
  readonly type: string
  readonly description?: string
  readonly number_of_installments?: number
}

/** A person or business at a place. Sample orders hold invented ones. */
export type WireAddress = Readonly<Record<string, string>>

export interface WireCapture {
  readonly capture_id?: string
  readonly klarna_reference?: string
  /** Minor units. */
  readonly captured_amount?: number
  /** ISO 8601. */
  readonly captured_at?: string
  readonly description?: string
  readonly reference?: string
  /** Minor units allocated to this capture. */
  readonly refunded_amount?: number
  readonly order_lines?: readonly WireLine[]
  readonly shipping_info?: readonly WireShippingInfo[]
  readonly billing_address?: WireAddress
  readonly shipping_address?: WireAddress
}

export interface WireRefund {
  readonly refund_id?: string
  /** Minor units. */
  readonly refunded_amount?: number
  /** ISO 8601. */
  readonly refunded_at?: string
  readonly description?: string
  readonly reference?: string
  readonly order_lines?: readonly WireLine[]
}

/** An order as `getOrder` answers it; amounts in minor units of `purchase_currency`. */
export interface WireOrder {
  readonly order_id?: string
  readonly status?: string
  readonly fraud_status?: string
  readonly order_amount?: number
  readonly original_order_amount?: number
  readonly captured_amount?: number
  readonly refunded_amount?: number
  readonly remaining_authorized_amount?: number
  readonly purchase_currency?: string
  readonly purchase_country?: string
  readonly locale?: string
  readonly created_at?: string
  readonly expires_at?: string
  readonly klarna_reference?: string
  readonly merchant_reference1?: string
  readonly merchant_reference2?: string
  readonly merchant_data?: string
  readonly initial_payment_method?: WirePaymentMethod
  readonly customer?: Readonly<Record<string, string>>
  readonly billing_address?: WireAddress
  readonly shipping_address?: WireAddress
  readonly order_lines?: readonly WireLine[]
  readonly captures?: readonly WireCapture[]
  readonly refunds?: readonly WireRefund[]
  readonly shipping_info?: readonly WireShippingInfo[]
}

/** Body of `refundOrder`. */
export interface WireRefundRequest {
  readonly refunded_amount: number
  readonly description?: string
  readonly reference?: string
  readonly order_lines?: readonly WireLine[]
}

/** Body of `captureOrder`. */
export interface WireCaptureRequest {
  readonly captured_amount: number
  readonly description?: string
  readonly reference?: string
  readonly order_lines?: readonly WireLine[]
  readonly shipping_info?: readonly WireShippingInfo[]
  /** Days; above 0 only where Klarna has enabled it. */
  readonly shipping_delay?: number
}

/** Body of `appendShippingInfo`. */
export interface WireShippingRequest {
  readonly shipping_info: readonly WireShippingInfo[]
}

/** Body of `extendDueDate`. */
export interface WireExtensionRequest {
  readonly number_of_days: number
}
