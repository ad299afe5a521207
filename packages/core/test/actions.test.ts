import { ACTION_SENTENCES, ACTION_TYPES, parseAction } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'

const fine: readonly [string, object][] = [
  ['refund', { basis: 'returned_items', stage: 'received', returnFeeMinor: 100, description: 'x' }],
  ['refund', { basis: 'amount', amountMinor: 1 }],
  ['refund', { basis: 'percent', percent: 100 }],
  ['releaseAuthorization', {}],
  ['extendDueDate', { choose: 'cheapest', atLeastDays: 5, maxFeeMinor: { SEK: 0, EUR: 100 } }],
  ['extendDueDate', { days: 10, maxFeeMinor: { SEK: 0 }, again: 'yes' }],
  ['addShippingInfo', { shippingInfo: [{ shippingCompany: 'postnord', shippingMethod: 'Home' }] }],
  ['sendOut', {}],
  ['extendAuthorization', {}],
  ['review', { question: 'Fraud?', suggest: { type: 'refund', params: { basis: 'remaining' } } }],
  ['notify', { channel: 'ops', message: 'x' }],
]
const wrong: readonly [string, unknown, readonly string[]][] = [
  ['payOut', {}, ['/type not_listed']],
  ['refund', {}, ['/params/basis missing']],
  ['refund', { basis: 'amount' }, ['/params/amountMinor missing']],
  ['refund', { basis: 'amount', amountMinor: 0 }, ['/params/amountMinor out_of_range']],
  ['refund', { basis: 'amount', amountMinor: '30' }, ['/params/amountMinor wrong_type']],
  [
    'refund',
    { basis: 'remaining', amountMinor: 1, percent: 2, stage: 'received' },
    ['/params/amountMinor unknown_key', '/params/percent unknown_key', '/params/stage unknown_key'],
  ],
  ['refund', { basis: 'percent' }, ['/params/percent missing']],
  ['refund', { basis: 'percent', percent: 101 }, ['/params/percent out_of_range']],
  ['extendDueDate', { choose: 'longest' }, ['/params/maxFeeMinor missing']],
  ['extendDueDate', { choose: 'longest', maxFeeMinor: {} }, ['/params/maxFeeMinor missing']],
  [
    'extendDueDate',
    { choose: 'longest', maxFeeMinor: { sek: 1, EUR: -1 } },
    ['/params/maxFeeMinor/EUR wrong_type', '/params/maxFeeMinor/sek bad_key'],
  ],
  ['extendDueDate', { choose: 'longest', maxFeeMinor: 1000 }, ['/params/maxFeeMinor wrong_type']],
  ['extendDueDate', { maxFeeMinor: { SEK: 1 } }, ['/params/choose missing']],
  [
    'extendDueDate',
    { days: 10, choose: 'longest', maxFeeMinor: { SEK: 1 } },
    ['/params/choose unknown_key'],
  ],
  [
    'extendDueDate',
    { days: 10, atLeastDays: 3, maxFeeMinor: { SEK: 1 } },
    ['/params/atLeastDays unknown_key'],
  ],
  ['addShippingInfo', { shippingInfo: [] }, ['/params/shippingInfo missing']],
  ['addShippingInfo', { shippingInfo: [{}] }, ['/params/shippingInfo/0 missing']],
  [
    'addShippingInfo',
    { shippingInfo: [{ shippingMethod: 'Pigeon', trackingNumber: 'x'.repeat(101) }] },
    [
      '/params/shippingInfo/0/shippingMethod not_listed',
      '/params/shippingInfo/0/trackingNumber too_long',
    ],
  ],
  ['sendOut', { to: 'someone' }, ['/params/to unknown_key']],
  [
    'review',
    { question: 'x', suggest: { type: 'notify', params: {} } },
    ['/params/suggest/type not_listed'],
  ],
  [
    'review',
    { question: 'x', suggest: { type: 'refund', params: { basis: 'all' } } },
    ['/params/suggest/params/basis not_listed'],
  ],
  ['notify', { channel: '', message: 'x' }, ['/params/channel out_of_range']],
  ['notify', [], ['/params wrong_type']],
]

describe('an action', () => {
  it.each(fine)('%s %j is read', (type, params) => {
    expect(parseAction(type, params)).toEqual({ ok: true, value: { type, params } })
  })

  it.each(wrong)('%s %j is refused', (type, params, want) => {
    const parsed = parseAction(type, params)
    expect(parsed.ok ? [] : parsed.error.map(({ path, code }) => `${path} ${code}`)).toEqual(want)
  })

  it('has a sentence for people, each', () => {
    expect(Object.keys(ACTION_SENTENCES)).toEqual([...ACTION_TYPES])
  })
})
