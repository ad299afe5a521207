/** The smallest change of an action's params that takes away what it was refused for. */
import {
  type Action,
  type DecidedAction,
  type Facts,
  formatMinor,
  parseAction,
  type Refusal,
} from '@postdelivery/core'
import { sayCount, sayMinor } from './say-value.ts'

/** A param that would have to be different. */
export interface ParamFlip {
  /** JSON Pointer below the rule's `event`, for example `/params/maxFeeMinor/SEK`. */
  readonly path: string
  /** Amounts in minor units, spans in days; absent when the record does not say how much would do. */
  readonly to?: string | number
  /**
   * `would act if the fee cap were 19.00 SEK`; `would get further if ...` where the record does not say whether something
   * else stands in the way behind it.
   */
  readonly sentence: string
}

interface Asked {
  readonly params?: Readonly<Record<string, unknown>>
  readonly facts?: Facts
  readonly currency?: string
}

/** Finds the param that would have to be different, or null when the action was not refused or no param would help. */
export function paramFlipOf({ type, refusal }: DecidedAction, asked: Asked): ParamFlip | null {
  const parsed = parseAction(type, asked.params)
  if (!parsed.ok || refusal === undefined) return null
  const action = parsed.value
  if (action.type === 'extendDueDate')
    return extensionFlip(action.params, refusal, currencyOf(asked))
  return action.type === 'refund' ? refundFlip(action.params, refusal, asked) : null
}

type Params<Type extends Action['type']> = Extract<Action, { readonly type: Type }>['params']

function currencyOf({ currency, facts }: Asked): string | undefined {
  const known = currency ?? facts?.['order.currency']
  return typeof known === 'string' ? known : undefined
}

function extensionFlip(
  params: Params<'extendDueDate'>,
  refusal: Refusal,
  currency: string | undefined,
): ParamFlip | null {
  const facts = refusal.facts ?? {}
  switch (refusal.code) {
    case 'extended_before':
      return {
        path: '/params/again',
        to: 'yes',
        sentence: 'would get further if the rule allowed another extension',
      }
    case 'currency_not_listed':
      return facts['orderCurrency'] === undefined && typeof facts['currency'] === 'string'
        ? {
            path: `/params/maxFeeMinor/${facts['currency']}`,
            sentence: `would get further if the fee cap named an amount in ${facts['currency']}`,
          }
        : null
    case 'no_option_within_cap':
      return offerFlip(params, facts, currency)
    default:
      return null
  }
}

function offerFlip(
  { days, atLeastDays }: Params<'extendDueDate'>,
  { neededFeeMinor, longestDays }: NonNullable<Refusal['facts']>,
  currency: string | undefined,
): ParamFlip | null {
  if (typeof neededFeeMinor === 'number' && currency !== undefined) {
    return {
      path: `/params/maxFeeMinor/${currency}`,
      to: neededFeeMinor,
      sentence: `would act if the fee cap were ${formatMinor(neededFeeMinor, currency)}`,
    }
  }
  const wanted = days ?? atLeastDays
  if (typeof longestDays !== 'number' || wanted === undefined || wanted < longestDays) return null
  const asked = `${days === undefined ? 'at least ' : ''}${sayCount(longestDays, 'day')}`
  return {
    path: days === undefined ? '/params/atLeastDays' : '/params/days',
    to: longestDays,
    sentence: `would get further if it asked for ${asked}`,
  }
}

function refundFlip(
  { basis, returnFeeMinor = 0 }: Params<'refund'>,
  { code, facts }: Refusal,
  asked: Asked,
): ParamFlip | null {
  const leftMinor = facts?.['leftMinor']
  if (code !== 'refund_exceeds_captured' || typeof leftMinor !== 'number' || leftMinor <= 0)
    return null
  const mostMinor = leftMinor + returnFeeMinor
  if (basis === 'amount') {
    const sentence = `would act if it paid back ${sayMinor(mostMinor, currencyOf(asked))}`
    return { path: '/params/amountMinor', to: mostMinor, sentence }
  }
  const capturedMinor = asked.facts?.['capture.capturedMinor']
  if (basis !== 'percent' || typeof capturedMinor !== 'number') return null
  const percent = mostPercent(mostMinor, capturedMinor)
  const sentence = `would act if it paid back ${percent} percent of the captured amount`
  return percent < 1 ? null : { path: '/params/percent', to: percent, sentence }
}

/** The most whole percent of an amount, rounded down, that is not above another one. */
const mostPercent = (mostMinor: number, ofMinor: number): number => {
  const percents = Array.from({ length: 100 }, (_, index) => index + 1)
  return percents.findLast((percent) => Math.floor((ofMinor * percent) / 100) <= mostMinor) ?? 0
}
