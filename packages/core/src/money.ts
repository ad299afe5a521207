/** Money as whole minor units of one currency. Deliberately does not convert or format by locale. */
import { assert } from './assert.ts'

declare const minorBrand: unique symbol
declare const currencyBrand: unique symbol

/** An amount in minor units (öre, cents): a safe integer. */
export type MinorUnits = number & { readonly [minorBrand]: true }

/** An ISO 4217 code in upper case, for example `SEK`. */
export type Currency = string & { readonly [currencyBrand]: true }

/** A largest amount per currency; a currency that is not listed is refused. */
export type MinorByCurrency = Readonly<Record<string, number>>

/** Klarna's largest amount of one call, in minor units. Source: `refundOrder.refunded_amount`. */
export const KLARNA_MAX_MINOR = 200_000_000

/** Tells whether a number can be an amount: a safe integer, not negative. */
export const isMinor = (amount: unknown): amount is MinorUnits =>
  typeof amount === 'number' && Number.isSafeInteger(amount) && amount >= 0

/**
 * Brands a non-negative safe integer as an amount in minor units.
 *
 * Throws: `AssertionError` for fractions, negatives, NaN and numbers beyond 2^53.
 */
export function minor(amountMinor: number): MinorUnits {
  assert(isMinor(amountMinor), `an amount is a whole number of minor units, not ${amountMinor}`)
  return amountMinor
}

/** Tells whether a text is an ISO 4217 code, in any case. */
export const isCurrency = (text: unknown): text is string =>
  typeof text === 'string' && /^[A-Za-z]{3}$/.test(text)

/** Brands an ISO 4217 code; Klarna's sources disagree on the case, so it is raised here. */
export function currency(text: string): Currency {
  assert(isCurrency(text), `a currency is three letters, not \`${text}\``)
  return text.toUpperCase() as Currency
}

/**
 * Splits an amount over weights so that the parts sum to it exactly (largest remainder; ties in order).
 *
 * Units: `totalMinor` in minor units; `weights` are non-negative whole numbers of any unit.
 * Returns: as many parts as weights. When every weight is 0 the first part takes all.
 * Throws: `AssertionError` when there is no weight, or one is negative or not a safe integer.
 */
export function splitMinor(totalMinor: number, weights: readonly number[]): MinorUnits[] {
  assert(weights.length > 0, 'an amount is split over at least one weight')
  for (const weight of weights) assert(isMinor(weight), `a weight is a whole number, not ${weight}`)
  minor(totalMinor)

  const total = BigInt(totalMinor)
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n)
  if (sum === 0n) return weights.map((_, index) => minor(index === 0 ? totalMinor : 0))

  const shares = weights.map((weight, index) => {
    const exact = total * BigInt(weight)
    return { index, part: exact / sum, rest: exact % sum }
  })
  let left = Number(total - shares.reduce((all, share) => all + share.part, 0n))
  const parts = shares.map((share) => Number(share.part))
  const byRest = shares.toSorted((a, b) =>
    a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1,
  )
  for (const share of byRest) {
    if (left === 0) break
    parts[share.index] = (parts[share.index] ?? 0) + 1
    left -= 1
  }
  return parts.map(minor)
}

/** Currencies of Klarna's markets have two decimals; these have none. Source: ISO 4217. */
const ZERO_DECIMALS: readonly string[] = ['JPY', 'KRW', 'ISK']

/** Writes an amount for people: `formatMinor(1000, 'SEK')` is `10.00 SEK`. */
export function formatMinor(amountMinor: number, code: string): string {
  if (ZERO_DECIMALS.includes(code)) return `${amountMinor} ${code}`
  const sign = amountMinor < 0 ? '-' : ''
  const whole = Math.trunc(Math.abs(amountMinor) / 100)
  const cents = String(Math.abs(amountMinor) % 100).padStart(2, '0')
  return `${sign}${whole}.${cents} ${code}`
}
