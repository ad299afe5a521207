/** What can be wrong with the action that a rule asks for. */
import { type Json, withEvent } from './builders.ts'

/** Title, document, every issue, and whether a schema can express it (true when left out). */
export type Row = readonly [string, unknown, readonly string[], boolean?]

export const extend = (params: Json) => withEvent({ type: 'extendDueDate', params })
export const refund = (params: Json) => withEvent({ type: 'refund', params })

const params = '/rules/0/event/params'
/** Events of rules that are refused. */
export const ACTION_FAULTS: readonly Row[] = [
  ['an event that is a text', withEvent('refund'), ['wrong_type /rules/0/event']],
  ['an event without a type', withEvent({}), ['missing /rules/0/event/type']],
  [
    'an unknown action',
    withEvent({ type: 'refnd', params: {} }),
    ['not_listed /rules/0/event/type'],
  ],
  ['the event type `error`', withEvent({ type: 'error' }), ['not_listed /rules/0/event/type']],
  [
    'the event type `__defineGetter__`',
    withEvent({ type: '__defineGetter__' }),
    ['not_listed /rules/0/event/type'],
  ],
  [
    'an unknown key of the event',
    withEvent({ type: 'sendOut', parms: {} }),
    ['unknown_key /rules/0/event/parms'],
  ],
  ['params that are null', withEvent({ type: 'sendOut', params: null }), [`wrong_type ${params}`]],
  ['params that are a list', withEvent({ type: 'sendOut', params: [] }), [`wrong_type ${params}`]],
  [
    'params of an action that has none',
    withEvent({ type: 'sendOut', params: { to: 'x' } }),
    [`unknown_key ${params}/to`],
  ],
  ['a refund without a basis', refund({}), [`missing ${params}/basis`]],
  [
    'a refund of an amount that is not said',
    refund({ basis: 'amount' }),
    [`missing ${params}/amountMinor`],
  ],
  [
    'a refund with an amount that does not count',
    refund({ basis: 'remaining', amountMinor: 1 }),
    [`unknown_key ${params}/amountMinor`],
  ],
  [
    'a refund of a share that is not said',
    refund({ basis: 'percent' }),
    [`missing ${params}/percent`],
  ],
  [
    'a refund of more than all',
    refund({ basis: 'percent', percent: 101 }),
    [`out_of_range ${params}/percent`],
  ],
  [
    'a stage that does not count',
    refund({ basis: 'remaining', stage: 'received' }),
    [`unknown_key ${params}/stage`],
  ],
  [
    'a refund of an amount in a fraction',
    refund({ basis: 'amount', amountMinor: 10.5 }),
    [`bad_number ${params}/amountMinor`],
  ],
  [
    'a description that is too long',
    refund({ basis: 'remaining', description: 'x'.repeat(256) }),
    [`too_long ${params}/description`],
  ],
  ['an extension without a cap', extend({ days: 10 }), [`missing ${params}/maxFeeMinor`]],
  [
    'a cap without a currency',
    extend({ days: 10, maxFeeMinor: 1000 }),
    [`wrong_type ${params}/maxFeeMinor`],
  ],
  [
    'a cap in a currency in lower case',
    extend({ days: 10, maxFeeMinor: { sek: 1000 } }),
    [`bad_key ${params}/maxFeeMinor/sek`],
  ],
  ['a cap of nothing', extend({ days: 10, maxFeeMinor: {} }), [`missing ${params}/maxFeeMinor`]],
  [
    'a negative cap',
    extend({ days: 10, maxFeeMinor: { SEK: -1 } }),
    [`wrong_type ${params}/maxFeeMinor/SEK`],
  ],
  [
    'days and a choice',
    extend({ days: 10, choose: 'longest', maxFeeMinor: { SEK: 1 } }),
    [`unknown_key ${params}/choose`],
  ],
  ['neither days nor a choice', extend({ maxFeeMinor: { SEK: 1 } }), [`missing ${params}/choose`]],
  [
    'a bound on days that are said',
    extend({ days: 10, atLeastDays: 2, maxFeeMinor: { SEK: 1 } }),
    [`unknown_key ${params}/atLeastDays`],
  ],
  [
    'an unknown choice',
    extend({ choose: 'longst', maxFeeMinor: { SEK: 1 } }),
    [`not_listed ${params}/choose`],
  ],
  [
    'an empty parcel',
    withEvent({ type: 'addShippingInfo', params: { shippingInfo: [{}] } }),
    [`missing ${params}/shippingInfo/0`],
  ],
  ['a review without a question', withEvent({ type: 'review' }), [`missing ${params}/question`]],
  [
    'a suggestion to review',
    withEvent({
      type: 'review',
      params: { question: 'x', suggest: { type: 'review', params: {} } },
    }),
    [`not_listed ${params}/suggest/type`],
  ],
  [
    'a suggestion with wrong params',
    withEvent({
      type: 'review',
      params: { question: 'x', suggest: { type: 'refund', params: {} } },
    }),
    [`missing ${params}/suggest/params/basis`],
  ],
]
