import type { DecidedAction } from '@postdelivery/core'
import { explainAction } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import type { Json } from './builders.ts'

const anAction = (changes: Partial<DecidedAction>): DecidedAction => ({
  ruleSet: 'returns',
  rule: 'More time',
  requestedBy: null,
  type: 'extendDueDate',
  outcome: 'queued',
  commandIds: [],
  sentence: 'said by core',
  ...changes,
})
const refused = (
  code: NonNullable<DecidedAction['refusal']>['code'],
  facts: NonNullable<DecidedAction['refusal']>['facts'] = {},
): Partial<DecidedAction> => ({ outcome: 'refused', refusal: { code, facts } })

const longest = { choose: 'longest', maxFeeMinor: { SEK: 1000 } }
const asked =
  'the rule "More time" asked to extend the due date by the longest option at a fee of at most 10.00 SEK: '

const outcomes: readonly (readonly [Partial<DecidedAction>, string])[] = [
  [{ outcome: 'queued' }, 'decided, and on its way to Klarna'],
  [
    { outcome: 'awaiting_approval', sentence: 'a: b; waits for approval: the rule asks for it' },
    'nothing is sent before people agree, because the rule asks for it',
  ],
  [{ outcome: 'awaiting_approval' }, 'nothing is sent before people agree'],
  [{ outcome: 'superseded' }, 'not done, because another rule came first'],
  [refused('not_pay_later'), 'not done, because the order has no due date to extend'],
  [{ outcome: 'not_live' }, 'not done, because the rule is not live and only watches'],
  [{ outcome: 'observed' }, 'not done, because the engine only observes and sends nothing'],
  [
    { outcome: 'conflict' },
    'not done, because several rules fired of a set that allows one; a person decides',
  ],
  [{ outcome: 'done' }, 'done'],
]

const flips: readonly (readonly [
  title: string,
  Partial<DecidedAction>,
  params: Json,
  want: Json | null,
])[] = [
  [
    'the fee cap',
    refused('no_option_within_cap', { feeMaxMinor: 1000, neededFeeMinor: 1900 }),
    longest,
    {
      path: '/params/maxFeeMinor/SEK',
      to: 1900,
      sentence: 'would act if the fee cap were 19.00 SEK',
    },
  ],
  [
    'the least days, when no offer is that long',
    refused('no_option_within_cap', { feeMaxMinor: 1000, longestDays: 60 }),
    { ...longest, atLeastDays: 90 },
    {
      path: '/params/atLeastDays',
      to: 60,
      sentence: 'would get further if it asked for at least 60 days',
    },
  ],
  [
    'the days, when no offer is that long',
    refused('no_option_within_cap', { feeMaxMinor: 1000, longestDays: 60 }),
    { days: 61, maxFeeMinor: { SEK: 1 } },
    { path: '/params/days', to: 60, sentence: 'would get further if it asked for 60 days' },
  ],
  [
    'nothing, when the days lie between the offers',
    refused('no_option_within_cap', { feeMaxMinor: 1000, longestDays: 60 }),
    { days: 5, maxFeeMinor: { SEK: 1 } },
    null,
  ],
  [
    'the currency of the cap',
    refused('currency_not_listed', { currency: 'NOK' }),
    longest,
    {
      path: '/params/maxFeeMinor/NOK',
      sentence: 'would get further if the fee cap named an amount in NOK',
    },
  ],
  [
    'nothing, when Klarna offers in another currency',
    refused('currency_not_listed', { currency: 'EUR', orderCurrency: 'SEK' }),
    longest,
    null,
  ],
  [
    'the leave to extend again',
    refused('extended_before', { captureId: 'c' }),
    longest,
    {
      path: '/params/again',
      to: 'yes',
      sentence: 'would get further if the rule allowed another extension',
    },
  ],
  [
    'the amount, with the fee that is kept',
    {
      type: 'refund',
      ...refused('refund_exceeds_captured', { refundMinor: 4000, leftMinor: 2500 }),
    },
    { basis: 'amount', amountMinor: 4100, returnFeeMinor: 100 },
    {
      path: '/params/amountMinor',
      to: 2600,
      sentence: 'would act if it paid back 26.00 SEK',
    },
  ],
  [
    'the share, rounded as it is paid',
    {
      type: 'refund',
      ...refused('refund_exceeds_captured', { refundMinor: 4000, leftMinor: 3359 }),
    },
    { basis: 'percent', percent: 40 },
    {
      path: '/params/percent',
      to: 33,
      sentence: 'would act if it paid back 33 percent of the captured amount',
    },
  ],
  [
    'nothing, when nothing is left',
    { type: 'refund', ...refused('refund_exceeds_captured', { refundMinor: 1, leftMinor: 0 }) },
    { basis: 'amount', amountMinor: 1 },
    null,
  ],
  ['nothing, when it was done', {}, longest, null],
  ['nothing, when its params cannot be read', refused('extended_before'), { days: 'x' }, null],
]

const facts = { 'order.currency': 'SEK', 'capture.capturedMinor': 9999 }

describe('an action', () => {
  it.each(outcomes)('is explained by its outcome: %j', (changes, want) => {
    const explained = explainAction(anAction(changes), { params: longest })

    expect(explained.sentence).toBe(asked + want)
  })

  it('that a person asked for names the person', () => {
    const byHand = anAction({ ruleSet: null, rule: null, requestedBy: 'anna' })

    expect(explainAction(byHand).sentence).toBe(
      'anna asked to extend the due date: decided, and on its way to Klarna',
    )
  })

  it.each(flips)('that was refused names %s', (_title, changes, params, want) => {
    expect(explainAction(anAction(changes), { params, facts }).flip).toEqual(want)
  })
})
