/** Actions in plain English: what each asks for, with every param. */
import { type Action, formatMinor, parseAction } from '@postdelivery/core'
import { type SayOptions, sayChoice, sayCount, sayMinor, sayText } from './say-value.ts'

/** Says an action as an order: `extend the due date by the longest option at a fee of at most 10.00 SEK`. Total. */
export function renderAction(action: Action, options: SayOptions = {}): string {
  switch (action.type) {
    case 'refund':
      return renderRefund(action.params, options)
    case 'releaseAuthorization':
      return 'release what is authorized and not captured'
    case 'extendDueDate':
      return renderExtension(action.params)
    case 'addShippingInfo':
      return renderShipping(action.params)
    case 'sendOut':
      return 'send the customer the invoice again'
    case 'extendAuthorization':
      return 'extend the authorization'
    case 'review':
      return renderReview(action.params, options)
    case 'notify': {
      const { channel, message } = action.params
      return `send the message ${JSON.stringify(message)} to ${sayText(channel)}`
    }
  }
}

/** Says an action of a record, whose params may be of an older version. */
export function renderAnyAction(type: string, params: unknown, options: SayOptions = {}): string {
  const parsed = parseAction(type, params)
  return parsed.ok ? renderAction(parsed.value, options) : `ask for ${sayText(type)}`
}

type Params<Type extends Action['type']> = Extract<Action, { readonly type: Type }>['params']

function renderRefund(params: Params<'refund'>, { currency }: SayOptions): string {
  const fee =
    params.returnFeeMinor === undefined
      ? ''
      : `, keeping a return fee of ${sayMinor(params.returnFeeMinor, currency)}`
  const note =
    params.description === undefined ? '' : `, with the text ${JSON.stringify(params.description)}`
  return `pay back ${basisOf(params, currency)}${fee}${note}`
}

function basisOf(params: Params<'refund'>, currency: string | undefined): string {
  switch (params.basis) {
    case 'returned_items':
      return params.stage === undefined
        ? 'the returned items'
        : `the returned items that were ${params.stage}`
    case 'remaining':
      return 'all that is left'
    case 'amount':
      return sayMinor(params.amountMinor ?? 0, currency)
    case 'percent':
      return `${params.percent ?? 0} percent of the captured amount`
  }
}

function renderExtension(params: Params<'extendDueDate'>): string {
  const { days, choose, atLeastDays, again } = params
  const by = days === undefined ? `the ${choose ?? 'longest'} option` : sayCount(days, 'day')
  const least = atLeastDays === undefined ? '' : ` of at least ${sayCount(atLeastDays, 'day')}`
  const repeated = again === undefined ? '' : ', also when it was extended before'
  return `extend the due date by ${by}${least} at a fee of at most ${sayCap(params.maxFeeMinor)}${repeated}`
}

/** A cap per currency: `1.00 EUR or 10.00 SEK`. */
const sayCap = (maxFeeMinor: Readonly<Record<string, number>>): string =>
  sayChoice(
    Object.entries(maxFeeMinor)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, feeMinor]) => formatMinor(feeMinor, currency)),
    'or',
  )

function renderShipping({ shippingInfo }: Params<'addShippingInfo'>): string {
  if (shippingInfo === undefined) return 'tell Klarna the parcels that the event carries'
  const parcels = shippingInfo.map((info) => {
    const said = SHIPPING_WORDS.flatMap(([key, words]) => {
      const value = info[key]
      return value === undefined ? [] : [`${words} ${JSON.stringify(value)}`]
    })
    return `(${said.join(', ')})`
  })
  return `tell Klarna of ${sayCount(parcels.length, 'parcel')}: ${parcels.join(', ')}`
}

type ShippingKey = keyof NonNullable<Params<'addShippingInfo'>['shippingInfo']>[number]

const SHIPPING_WORDS: readonly (readonly [key: ShippingKey, words: string])[] = [
  ['shippingCompany', 'carrier'],
  ['shippingMethod', 'method'],
  ['trackingNumber', 'tracking number'],
  ['trackingUri', 'tracking page'],
  ['returnShippingCompany', 'return carrier'],
  ['returnTrackingNumber', 'return tracking number'],
  ['returnTrackingUri', 'return tracking page'],
]

function renderReview({ question, suggest }: Params<'review'>, options: SayOptions): string {
  const asked = `ask a person ${JSON.stringify(question)}`
  return suggest === undefined
    ? asked
    : `${asked}, suggesting to ${renderAnyAction(suggest.type, suggest.params, options)}`
}
