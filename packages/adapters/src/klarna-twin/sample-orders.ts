/** The orders of a twin that is given none: the guide's, and one for each case that a client must meet. */
import { daysToMs, isoOf } from './dates.ts'
import type { OrderSeed } from './order-seed.ts'
import { uuidOf } from './twin-ids.ts'
import type { WireLine } from './wire.ts'

/** What may be chosen about a copy of the guide's order. */
export interface GuideOrderOptions {
  /** Milliseconds since 1970 that count as now; the order was placed ten days before. */
  readonly nowMs: number
  /** Tells copies apart: the order's id follows from it. Default `guide`. */
  readonly name?: string
}

/** The id of a sample order by its name. */
export const sampleOrderId = (name: string): string => uuidOf(`sample/${name}`)

/**
 * The order of Klarna's post-delivery guide: 10 kg tomatoes at 6.00 with 25 % tax.
 *
 * 80.00 SEK authorized, 60.00 captured in one capture, 20.00 left; extensions by 2, 10, 30 and 60 days at 0, 10, 19
 * and 49 SEK. The guide mixes an address in the US with SEK; here it is a Swedish order.
 */
export function guideOrder({ nowMs, name = 'guide' }: GuideOrderOptions): OrderSeed {
  const tomatoes = line({
    reference: '123050',
    name: 'Tomatoes',
    quantity: 10,
    price: 600,
    unit: 'kg',
  })
  return {
    order_id: sampleOrderId(name),
    ...swedish,
    ...placed(nowMs, 10),
    merchant_reference1: `shop-${name}`,
    initial_payment_method: { type: 'INVOICE', description: 'Pay in 30 days' },
    order_amount: 8000,
    order_lines: [
      tomatoes,
      line({ reference: '123051', name: 'Basil', quantity: 4, price: 500, unit: 'pcs' }),
    ],
    captures: [{ captured_amount: 6000, captured_at: ago(nowMs, 8), order_lines: [tomatoes] }],
  }
}

/** Copies of the guide's order with ids of their own, for measuring. */
export const manyGuideOrders = (count: number, nowMs: number): readonly OrderSeed[] =>
  Array.from({ length: count }, (_, index) => guideOrder({ nowMs, name: `guide-${index}` }))

/** The sample orders, the guide's first. Everything is the same in every run but the dates, which follow `nowMs`. */
export const sampleOrders = (nowMs: number): readonly OrderSeed[] => [
  guideOrder({ nowMs }),
  severalCaptures(nowMs),
  cardOrder(nowMs),
  uncapturedOrder(nowMs),
  refundedOrder(nowMs),
  germanOrder(nowMs),
]

function severalCaptures(nowMs: number): OrderSeed {
  const lamp = line({ reference: 'LAMP-1', name: 'Lamp', quantity: 2, price: 2500 })
  const shade = line({ reference: 'SHADE-1', name: 'Shade', quantity: 4, price: 1000 })
  const bulbs = line({ reference: 'BULB-6', name: 'Bulbs', quantity: 3, price: 1000 })
  const cable = line({ reference: 'CABLE-2', name: 'Cable', quantity: 2, price: 1500 })
  return {
    order_id: sampleOrderId('several-captures'),
    ...swedish,
    ...placed(nowMs, 12),
    merchant_reference1: 'shop-several-captures',
    initial_payment_method: { type: 'INVOICE', description: 'Pay in 30 days' },
    order_amount: 15_000,
    order_lines: [lamp, shade, bulbs, cable],
    captures: [
      {
        captured_amount: 5000,
        captured_at: ago(nowMs, 10),
        reference: 'parcel-1',
        order_lines: [lamp],
      },
      {
        captured_amount: 4000,
        captured_at: ago(nowMs, 9),
        reference: 'parcel-2',
        order_lines: [shade],
      },
      {
        captured_amount: 3000,
        captured_at: ago(nowMs, 5),
        reference: 'parcel-3',
        order_lines: [bulbs],
      },
    ],
  }
}

function cardOrder(nowMs: number): OrderSeed {
  const chair = line({
    reference: 'CHAIR-9',
    name: 'Chair',
    quantity: 1,
    price: 12_000,
    rate: 2100,
  })
  return {
    order_id: sampleOrderId('card'),
    purchase_currency: 'EUR',
    purchase_country: 'NL',
    locale: 'nl-NL',
    ...placed(nowMs, 6),
    initial_payment_method: { type: 'CARD', description: 'Card' },
    order_amount: 12_000,
    order_lines: [chair],
    captures: [{ captured_amount: 12_000, captured_at: ago(nowMs, 5), order_lines: [chair] }],
  }
}

const uncapturedOrder = (nowMs: number): OrderSeed => ({
  order_id: sampleOrderId('uncaptured'),
  purchase_currency: 'NOK',
  purchase_country: 'NO',
  locale: 'nb-NO',
  ...placed(nowMs, 2),
  initial_payment_method: { type: 'INVOICE', description: 'Pay in 30 days' },
  order_amount: 9900,
  order_lines: [line({ reference: 'TENT-1', name: 'Tent', quantity: 1, price: 9900 })],
})

function refundedOrder(nowMs: number): OrderSeed {
  const boots = line({ reference: 'BOOTS-42', name: 'Boots', quantity: 1, price: 4500 })
  return {
    order_id: sampleOrderId('refunded'),
    purchase_currency: 'DKK',
    purchase_country: 'DK',
    locale: 'da-DK',
    ...placed(nowMs, 20),
    initial_payment_method: { type: 'INVOICE', description: 'Pay in 30 days' },
    order_amount: 4500,
    order_lines: [boots],
    captures: [{ captured_amount: 4500, captured_at: ago(nowMs, 18), order_lines: [boots] }],
    refunds: [
      {
        refunded_amount: 4500,
        refunded_at: ago(nowMs, 7),
        reference: 'return-4711',
        order_lines: [boots],
      },
    ],
  }
}

function germanOrder(nowMs: number): OrderSeed {
  const lines = [
    line({ reference: 'MUG-2', name: 'Becher', quantity: 2, price: 4990, rate: 1900 }),
    line({
      reference: 'SHIP',
      name: 'Versand',
      quantity: 1,
      price: 490,
      rate: 1900,
      type: 'shipping_fee',
    }),
    line({
      reference: 'CODE10',
      name: 'Rabatt',
      quantity: 1,
      price: -1000,
      rate: 1900,
      type: 'discount',
    }),
  ]
  return {
    order_id: sampleOrderId('german'),
    purchase_currency: 'EUR',
    purchase_country: 'DE',
    locale: 'de-DE',
    ...placed(nowMs, 9),
    initial_payment_method: { type: 'INVOICE', description: 'Rechnung' },
    order_amount: 9470,
    order_lines: lines,
    captures: [{ captured_amount: 9470, captured_at: ago(nowMs, 8), order_lines: lines }],
  }
}

const swedish = {
  purchase_currency: 'SEK',
  purchase_country: 'SE',
  locale: 'sv-SE',
  billing_address: {
    given_name: 'Alva',
    family_name: 'Exempel',
    street_address: 'Provgatan 1',
    postal_code: '12345',
    city: 'Exempelstad',
    country: 'SE',
    email: 'alva@shop.example',
    phone: '+46700000000',
  },
} as const

const placed = (nowMs: number, daysAgo: number) => ({
  created_at: ago(nowMs, daysAgo),
  fraud_status: 'ACCEPTED',
})

const ago = (nowMs: number, days: number): string => isoOf(nowMs - daysToMs(days))

interface LineParts {
  readonly reference: string
  readonly name: string
  readonly quantity: number
  /** Minor units, tax included. */
  readonly price: number
  /** Percent with two implied decimals; 25 % when left out. */
  readonly rate?: number
  readonly unit?: string
  readonly type?: string
}

/** A line whose total and tax follow from its price. */
function line({
  reference,
  name,
  quantity,
  price,
  rate = 2500,
  unit = 'pcs',
  type = 'physical',
}: LineParts): WireLine {
  const total = quantity * price
  return {
    type,
    reference,
    name,
    quantity,
    quantity_unit: unit,
    unit_price: price,
    tax_rate: rate,
    total_amount: total,
    total_discount_amount: 0,
    total_tax_amount: Math.round(total - (total * 10_000) / (10_000 + rate)),
  }
}
