/** What somebody bought from the shop of the samples: market, lines, captures and dates. */
import type { Chance } from './sample-chance.ts'

/** What a story is told about. */
export interface Purchase {
  /** The capture that the story is about. */
  readonly captureId: string
  /** Its lines without the delivery cost. */
  readonly lines: readonly { readonly reference: string; readonly quantity: number }[]
  /** The instant a number of days after the capture, ISO 8601. */
  readonly at: (day: number) => string
}

/** An event without its place in the order. */
export interface ToldEvent {
  readonly type: string
  readonly at: string
  readonly [field: string]: unknown
}

/** The first day of sample orders; the others follow within eight weeks. */
const FIRST_DAY_MS = Date.UTC(2026, 8, 1)
const DAY_MS = 86_400_000

interface Market {
  readonly weight: number
  readonly country: string
  readonly currency: string
  readonly taxRateBasisPoints: number
  /** How many minor units of the currency a price of one euro cent becomes. */
  readonly priceFactor: number
}

const MARKETS: readonly [Market, ...Market[]] = [
  { weight: 40, country: 'SE', currency: 'SEK', taxRateBasisPoints: 2500, priceFactor: 11 },
  { weight: 15, country: 'NO', currency: 'NOK', taxRateBasisPoints: 2500, priceFactor: 11 },
  { weight: 12, country: 'DK', currency: 'DKK', taxRateBasisPoints: 2500, priceFactor: 8 },
  { weight: 10, country: 'FI', currency: 'EUR', taxRateBasisPoints: 2550, priceFactor: 1 },
  { weight: 18, country: 'DE', currency: 'EUR', taxRateBasisPoints: 1900, priceFactor: 1 },
  { weight: 5, country: 'NL', currency: 'EUR', taxRateBasisPoints: 2100, priceFactor: 1 },
]

interface Payment {
  readonly weight: number
  readonly paymentMethod: string
  readonly payLater: boolean
  /** Days from the capture to the due date. */
  readonly termDays: number
}

const PAYMENTS: readonly [Payment, ...Payment[]] = [
  { weight: 60, paymentMethod: 'INVOICE', payLater: true, termDays: 30 },
  { weight: 15, paymentMethod: 'PAY_LATER_IN_PARTS', payLater: true, termDays: 14 },
  { weight: 25, paymentMethod: 'CARD', payLater: false, termDays: 0 },
]

interface Product {
  readonly weight: number
  readonly reference: string
  readonly name: string
  /** Euro cents, tax included. */
  readonly priceMinor: number
}

const PRODUCTS: readonly [Product, ...Product[]] = [
  { weight: 6, reference: 'MUG-2', name: 'Mug', priceMinor: 1290 },
  { weight: 6, reference: 'TOWEL-7', name: 'Towel', priceMinor: 1990 },
  { weight: 4, reference: 'LAMP-1', name: 'Lamp', priceMinor: 4900 },
  { weight: 5, reference: 'JUMPER-M', name: 'Jumper', priceMinor: 5990 },
  { weight: 3, reference: 'BOOTS-42', name: 'Boots', priceMinor: 11_900 },
  { weight: 2, reference: 'TENT-1', name: 'Tent', priceMinor: 24_900 },
  { weight: 1, reference: 'SOFA-3', name: 'Sofa', priceMinor: 79_900 },
]

const DELIVERY: Product = { weight: 0, reference: 'DELIVERY', name: 'Delivery', priceMinor: 490 }

/** Buys something: the event `order.captured`, and what a story needs to know. */
export function createPurchase(
  orderId: string,
  chance: Chance,
): Purchase & { readonly captured: ToldEvent } {
  const capturedMs =
    FIRST_DAY_MS + chance.between(0, 55) * DAY_MS + chance.between(8 * 3600, 18 * 3600) * 1000
  const at = (day: number): string => new Date(capturedMs + day * DAY_MS).toISOString()
  const market = chance.draw(MARKETS)
  const { termDays, paymentMethod, payLater } = chance.draw(PAYMENTS)
  const goods = boughtLines(market, chance)
  const lines = [...goods, lineOf(DELIVERY, 1, market)]
  const capturedMinor = lines.reduce((all, line) => all + line.totalMinor, 0)
  // One order in eight has something that is still to be sent.
  const restMinor =
    chance.between(1, 8) === 1 ? lineOf(chance.draw(PRODUCTS), 1, market).totalMinor : 0
  const captureId = `${orderId}-c1`
  const captured = {
    type: 'order.captured',
    at: at(0),
    order: {
      currency: market.currency,
      country: market.country,
      paymentMethod,
      payLater,
      authorizedMinor: capturedMinor + restMinor,
      remainingAuthorizedMinor: restMinor,
      authorizationExpiresAt: at(26),
    },
    captures: [
      {
        captureId,
        capturedMinor,
        capturedAt: at(0),
        lines,
        ...(payLater ? { dueOn: at(termDays).slice(0, 10) } : {}),
        returnWindowEndsOn: at(33).slice(0, 10),
      },
    ],
  }
  return { captureId, captured, at, lines: goods }
}

/** One to three different products. */
function boughtLines(market: Market, chance: Chance): readonly ReturnType<typeof lineOf>[] {
  const products = new Set(
    Array.from({ length: chance.between(1, 3) }, () => chance.draw(PRODUCTS)),
  )
  return [...products].map((product) => lineOf(product, chance.between(1, 2), market))
}

function lineOf(product: Product, quantity: number, { priceFactor, taxRateBasisPoints }: Market) {
  // Prices in kronor end in whole ones.
  const unitPriceMinor =
    priceFactor === 1
      ? product.priceMinor
      : Math.round((product.priceMinor * priceFactor) / 100) * 100
  const totalMinor = quantity * unitPriceMinor
  return {
    reference: product.reference,
    name: product.name,
    type: product === DELIVERY ? 'shipping_fee' : 'physical',
    quantity,
    unitPriceMinor,
    totalMinor,
    taxRateBasisPoints,
    totalTaxMinor: Math.round(totalMinor - (totalMinor * 10_000) / (10_000 + taxRateBasisPoints)),
  }
}
