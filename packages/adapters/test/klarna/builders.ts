/** Commands, answers and wire orders of the tests: small, whole, and changed by spreading. */

import {
  createKlarnaClient,
  type KlarnaClient,
  type KlarnaOptions,
} from '@postdelivery/adapters/klarna'
import type { Command, CommandBody } from '@postdelivery/core'

export const ORDER_ID = 'f3392f8b-6116-4073-ab96-e330819e2c07'
export const CAPTURE_ID = '4ba29b50-be7b-44f5-a492-113e6a865e22'
export const REFUND_ID = 'b1a3c3a8-7a4c-4a6f-9b5e-0c1d2e3f4a5b'
export const KEY = '7d3a6c7e-52f5-5b0e-8f0d-b0f3f1c9a111'
export const USERNAME = 'PK12345_f1e2d3c4b5a6'
export const PASSWORD = 'correct-horse-battery'

export const aCommand = (body: CommandBody): Command => ({
  id: '0a2f6a0e-8c7b-5c55-9a34-4d0f8e6b7a10',
  orderId: ORDER_ID,
  currency: 'SEK',
  eventId: 'wms-881',
  rule: 'Damaged goods',
  requestedBy: null,
  body,
})

export const aRefund = (
  refundMinor = 3000,
): Extract<CommandBody, { operation: 'refundOrder' }> => ({
  operation: 'refundOrder',
  captureId: CAPTURE_ID,
  refundMinor,
  lines: [
    {
      reference: '123050',
      name: 'Tomatoes',
      type: 'physical',
      quantity: 5,
      unitPriceMinor: 600,
      totalMinor: refundMinor,
      taxRateBasisPoints: 2500,
      totalTaxMinor: 600,
    },
  ],
  description: 'Damaged tomatoes',
  units: [{ returnId: 'R-881', reference: '123050', quantity: 5 }],
})

/** An order as Klarna sends it, with every personal field filled. */
export const aWireOrder = () => ({
  order_id: ORDER_ID,
  status: 'PART_CAPTURED',
  fraud_status: 'ACCEPTED',
  order_amount: 8000,
  original_order_amount: 8000,
  captured_amount: 6000,
  refunded_amount: 3000,
  remaining_authorized_amount: 2000,
  purchase_currency: 'sek',
  purchase_country: 'se',
  locale: 'sv-SE',
  created_at: '2026-11-01T10:31:17.973Z',
  expires_at: '2026-11-29T10:31:17Z',
  merchant_reference1: 'canary-merchant-reference',
  merchant_data: 'canary-merchant-data',
  initial_payment_method: { type: 'INVOICE', description: 'canary-method-description' },
  customer: {
    date_of_birth: '1970-canary',
    national_identification_number: '700101-canary',
  },
  billing_address: anAddress(),
  shipping_address: anAddress(),
  order_lines: [{ name: 'canary-order-line' }],
  selected_shipping_option: { name: 'canary-shipping-option' },
  captures: [aWireCapture()],
  refunds: [
    {
      refund_id: REFUND_ID,
      reference: '0a2f6a0e-8c7b-5c55-9a34-4d0f8e6b7a10',
      refunded_amount: 3000,
      refunded_at: '2026-11-10T10:31:17Z',
      description: 'canary-refund-description',
      order_lines: [],
    },
  ],
})

export const aWireCapture = () => ({
  capture_id: CAPTURE_ID,
  klarna_reference: '4K7Q6QF6-1',
  captured_amount: 6000,
  refunded_amount: 3000,
  captured_at: '2026-11-02T10:31:17.973Z',
  description: 'canary-capture-description',
  order_lines: [
    {
      reference: '123050',
      type: 'physical',
      quantity: 10,
      quantity_unit: 'kg',
      name: 'Tomatoes',
      total_amount: 6000,
      unit_price: 600,
      total_discount_amount: 0,
      tax_rate: 2500,
      total_tax_amount: 1200,
    },
  ],
  shipping_info: [
    { shipping_company: 'postnord', shipping_method: 'Home', tracking_number: 'PN-1' },
  ],
  billing_address: anAddress(),
  shipping_address: anAddress(),
})

const anAddress = () => ({
  given_name: 'canary-given',
  family_name: 'canary-family',
  email: 'canary@mail.example',
  phone: '+46canary',
  street_address: 'canary-street',
  postal_code: 'canary-pc',
  city: 'canary-city',
  region: 'canary-region',
  country: 'SE',
})

/** What a handled call looked like. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A client whose `fetch` is a function, and the calls that it saw. */
export function aClient(
  answer: () => Response | Promise<Response>,
  options: Partial<KlarnaOptions> = {},
): { readonly klarna: KlarnaClient; readonly calls: readonly Seen[] } {
  const calls: Seen[] = []
  const klarna = createKlarnaClient({
    region: 'eu',
    live: false,
    credentials: () => ({ username: USERNAME, password: PASSWORD }),
    fetch: async (request: Request) => {
      const { pathname, search } = new URL(request.url)
      calls.push({
        method: request.method,
        path: pathname + search,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      })
      return answer()
    },
    ...options,
  } as KlarnaOptions)
  return { klarna, calls }
}

/** A response with a JSON body. */
export const json = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
