/** Klarna's price list for more time to pay: what an order would be offered. Live, Klarna's own offers are read instead. */
import type { DueDateOptions } from './klarna-order.ts'
import type { OrderState } from './order-state.ts'

/** Where extensions are offered. Source: Klarna's price list for due-date extensions. */
export const EXTENSION_COUNTRIES: readonly string[] = [
  'AT',
  'BE',
  'DE',
  'DK',
  'FI',
  'GB',
  'NL',
  'NO',
  'SE',
]

/** Fees in minor units by days, for orders of low, middle and high value. Bounds belong to the lower tier. */
export interface ExtensionPrices {
  readonly lowMaxMinor: number
  readonly middleMaxMinor: number
  readonly fees: readonly {
    readonly numberOfDays: number
    readonly lowMinor: number
    readonly middleMinor: number
    readonly highMinor: number
  }[]
}

const pricesInEuro: ExtensionPrices = {
  lowMaxMinor: 30_000,
  middleMaxMinor: 75_000,
  fees: [
    { numberOfDays: 2, lowMinor: 0, middleMinor: 0, highMinor: 0 },
    { numberOfDays: 10, lowMinor: 100, middleMinor: 100, highMinor: 100 },
    { numberOfDays: 30, lowMinor: 199, middleMinor: 499, highMinor: 799 },
    { numberOfDays: 60, lowMinor: 499, middleMinor: 999, highMinor: 1_299 },
  ],
}

const pricesInKrona: ExtensionPrices = {
  lowMaxMinor: 300_000,
  middleMaxMinor: 750_000,
  fees: [
    { numberOfDays: 2, lowMinor: 0, middleMinor: 0, highMinor: 0 },
    { numberOfDays: 10, lowMinor: 1_000, middleMinor: 1_000, highMinor: 1_000 },
    { numberOfDays: 30, lowMinor: 1_900, middleMinor: 4_900, highMinor: 7_900 },
    { numberOfDays: 60, lowMinor: 4_900, middleMinor: 9_900, highMinor: 12_900 },
  ],
}

/** By currency. Source: Klarna's price list for due-date extensions; it prints the bounds of tiers both ways. */
export const EXTENSION_PRICES: Readonly<Record<string, ExtensionPrices>> = {
  EUR: pricesInEuro,
  GBP: pricesInEuro,
  SEK: pricesInKrona,
  NOK: pricesInKrona,
  DKK: pricesInKrona,
}

/**
 * Says what Klarna would offer for a capture, by its price list.
 *
 * Units: fees in minor units of the order's currency. The order's authorized amount decides the tier; the free option is
 * offered once per order; nothing is offered when the customer pays at once, elsewhere than where Klarna extends, or for a
 * capture that is paid back. An order whose country nobody told is taken for one where Klarna extends.
 * Source: Klarna's price list for due-date extensions.
 */
export function listedOffers(order: OrderState, captureId: string): DueDateOptions {
  const { currency } = order
  const capture = order.captures.find((each) => each.captureId === captureId)
  const prices = Object.hasOwn(EXTENSION_PRICES, currency) ? EXTENSION_PRICES[currency] : undefined
  const isElsewhere = order.country !== null && !EXTENSION_COUNTRIES.includes(order.country)
  if (capture === undefined || prices === undefined || isElsewhere || order.payLater === false)
    return { currency, options: [] }
  const { refundedMinor, capturedMinor } = capture.chart.context
  if (refundedMinor >= capturedMinor) return { currency, options: [] }

  const tier =
    order.authorizedMinor <= prices.lowMaxMinor
      ? 'lowMinor'
      : order.authorizedMinor <= prices.middleMaxMinor
        ? 'middleMinor'
        : 'highMinor'
  const isFreeUsed = order.captures.some(
    ({ chart }) => chart.context.extensionCount > 0 && chart.context.feesMinor === 0,
  )
  return {
    currency,
    options: prices.fees
      .map((each) => ({ numberOfDays: each.numberOfDays, feeMinor: each[tier] }))
      .filter(({ feeMinor }) => feeMinor > 0 || !isFreeUsed),
  }
}
