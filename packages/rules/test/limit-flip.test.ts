import { limitFlipOf } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'

const waiting = { currency: 'SEK', refundMinor: 30_000, feeMinor: 0 }
const fee = { currency: 'SEK', refundMinor: 0, feeMinor: 1900 }

const cases: readonly (readonly [why: string, typeof waiting, object | null])[] = [
  [
    'rule_asks_for_approval',
    waiting,
    { path: '/mode', to: 'live', sentence: 'would pass this if the rule were live' },
  ],
  [
    'limit:command:refund',
    waiting,
    {
      path: '/limits/perCommand/refundMaxMinor/SEK',
      to: 30_000,
      sentence: 'would pass this if one refund were allowed up to 300.00 SEK',
    },
  ],
  [
    'limit:command:extension_fee',
    fee,
    {
      path: '/limits/perCommand/extensionFeeMaxMinor/SEK',
      to: 1900,
      sentence: 'would pass this if one fee were allowed up to 19.00 SEK',
    },
  ],
  [
    'limit:currency:SEK',
    waiting,
    {
      path: '/limits/perCommand/refundMaxMinor/SEK',
      sentence: 'would pass this if the limits named amounts in SEK',
    },
  ],
  [
    'above_approval_threshold',
    waiting,
    {
      path: '/approval/refundAboveMinor/SEK',
      to: 30_000,
      sentence: 'would pass this if people had to agree only above 300.00 SEK',
    },
  ],
  [
    'above_approval_threshold',
    fee,
    {
      path: '/approval/extensionFeeAboveMinor/SEK',
      to: 1900,
      sentence: 'would pass this if people had to agree only above 19.00 SEK',
    },
  ],
  ['limit:order:refund', waiting, null],
  ['limit:rule:returns/a:2026-11-24:count', waiting, null],
  ['toString', waiting, null],
]

describe('the limit that a waiting command would have to pass', () => {
  it.each(cases)('%s of %j', (why, command, want) => {
    expect(limitFlipOf({ why, ...command })).toEqual(want)
  })
})
