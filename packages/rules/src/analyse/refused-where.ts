/** When an action is sure to be refused, in the words of rules; what core refuses is held against this by a test. */
import {
  type Action,
  type ActionParams,
  RETURN_FEE_COUNTRIES,
  type RefusalCode,
} from '@postdelivery/core'
import type { Comparison } from '../rule-set.ts'

/** A refusal, and one fact by which it is sure; each fact stands once among the refusals of an action. */
export interface SureRefusal {
  readonly refusal: RefusalCode
  readonly where: Comparison
}

type Facts = readonly (readonly [fact: string, operator: string, value: unknown])[]

const RETURN_EVENTS = ['return.registered', 'return.received', 'return.inspected']

const anyOf = (refusal: RefusalCode, facts: Facts): readonly SureRefusal[] =>
  facts.map(([fact, operator, value]) => ({
    refusal,
    where: { fact, operator, value } as Comparison,
  }))

/**
 * The facts with each of which an action is sure to be refused. The action is one that was checked.
 *
 * Nothing is in it that only may be refused: what an event says, what people do meanwhile, what Klarna offers.
 */
export function sureRefusalsOf(action: Action): readonly SureRefusal[] {
  switch (action.type) {
    case 'refund':
      return refusalsOfRefund(action.params)
    case 'extendDueDate':
      return refusalsOfExtension(action.params)
    case 'releaseAuthorization':
      return [
        ...anyOf('nothing_captured', [['order.capturedMinor', 'equal', 0]]),
        ...anyOf('nothing_to_release', [['order.remainingAuthorizedMinor', 'equal', 0]]),
      ]
    case 'extendAuthorization':
      return [
        ...anyOf('authorization_expired', [['time.daysToAuthorizationExpiry', 'lessThan', 0]]),
        ...anyOf('authorization_unknown', [['order.remainingAuthorizedMinor', 'equal', 0]]),
      ]
    case 'addShippingInfo':
      return action.params.shippingInfo === undefined
        ? anyOf('no_shipping_info', [['event.type', 'notEqual', 'shipment.dispatched']])
        : []
    case 'sendOut':
    case 'review':
    case 'notify':
      return []
  }
}

function refusalsOfRefund(params: ActionParams<'refund'>): readonly SureRefusal[] {
  const { basis, amountMinor = 0, returnFeeMinor } = params
  const least = basis === 'amount' ? amountMinor - (returnFeeMinor ?? 0) : 1
  const fee: readonly SureRefusal[] =
    returnFeeMinor === undefined
      ? []
      : anyOf('return_fee_not_allowed', [
          ['order.captureCount', 'greaterThan', 1],
          ['order.remainingAuthorizedMinor', 'greaterThan', 0],
          ['order.country', 'notIn', RETURN_FEE_COUNTRIES],
        ])
  const ofReturn: readonly SureRefusal[] =
    basis === 'returned_items'
      ? anyOf('unknown_return', [['event.type', 'notIn', RETURN_EVENTS]])
      : []
  return [
    ...ofReturn,
    ...anyOf(basis === 'amount' ? 'refund_exceeds_captured' : 'nothing_to_refund', [
      ['order.refundableMinor', 'lessThan', Math.max(1, least)],
      ['capture.refundableMinor', 'lessThan', Math.max(1, least)],
    ]),
    ...fee,
  ]
}

function refusalsOfExtension(params: ActionParams<'extendDueDate'>): readonly SureRefusal[] {
  const { days, atLeastDays, again, maxFeeMinor } = params
  const leastDays = days ?? atLeastDays ?? 1
  const second: readonly SureRefusal[] =
    again === 'yes' ? [] : anyOf('extended_before', [['capture.extensionCount', 'greaterThan', 0]])
  return [
    ...anyOf('not_pay_later', [['order.payLater', 'equal', false]]),
    ...second,
    ...anyOf('currency_not_listed', [['order.currency', 'notIn', Object.keys(maxFeeMinor)]]),
    ...anyOf('no_option_offered', [['extension.available', 'equal', false]]),
    ...anyOf('no_option_within_cap', [['extension.longestDays', 'lessThan', leastDays]]),
  ]
}
