/** What the analysis says of rules, and what it is silent about. */
import { lintRuleSets } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { aRule, aRuleSet, damaged, type Json, vocabulary } from './builders.ts'

const condition = (fact: string, operator: string, value: unknown) => ({ fact, operator, value })
const all = (...conditions: readonly unknown[]) => ({ all: conditions })
const extend = (params: Json = {}) => ({
  type: 'extendDueDate',
  params: { choose: 'longest', maxFeeMinor: { SEK: 1000 }, ...params },
})
const refund = (params: Json) => ({ type: 'refund', params })

/** What is said of rules, as `code place`. */
const saidOf = (changes: readonly Json[], set: Json = {}): readonly string[] => {
  const rules = changes.map((each, index) =>
    aRule({ name: `Rule ${index}`, limits: { perOrder: 1 }, ...each }),
  )
  const text = JSON.stringify(aRuleSet({ rules, ...set }))
  return lintRuleSets([{ file: 'a', text }], vocabulary).map(({ code, path }) => `${code} ${path}`)
}

type Case = readonly [title: string, rules: readonly Json[], said: readonly string[], set?: Json]

const REFUSED: readonly Case[] = [
  [
    'a refund where nothing is left',
    {
      event: refund({ basis: 'remaining' }),
      conditions: all(condition('order.refundableMinor', 'equal', 0)),
    },
  ],
  [
    'a fixed amount above what can be left',
    {
      event: refund({ basis: 'amount', amountMinor: 5000 }),
      conditions: all(condition('capture.refundableMinor', 'lessThan', 5000)),
    },
  ],
  [
    'returned items without a return',
    {
      on: ['shipment.delivered'],
      event: refund({ basis: 'returned_items' }),
      conditions: all(condition('order.payLater', 'equal', true)),
    },
  ],
  [
    'a return fee in another country',
    {
      event: refund({ basis: 'returned_items', returnFeeMinor: 100 }),
      conditions: all(condition('order.country', 'equal', 'JP')),
    },
  ],
  [
    'a second extension',
    { event: extend(), conditions: all(condition('capture.extensionCount', 'greaterThan', 0)) },
  ],
  [
    'an extension longer than what is offered',
    {
      event: extend({ atLeastDays: 30 }),
      conditions: all(condition('extension.longestDays', 'lessThan', 30)),
    },
  ],
  [
    'an extension in another currency',
    { event: extend(), conditions: all(condition('order.currency', 'equal', 'EUR')) },
  ],
  [
    'two reasons that share all orders',
    {
      event: extend(),
      conditions: {
        any: [
          condition('order.payLater', 'equal', false),
          condition('order.currency', 'equal', 'EUR'),
        ],
      },
    },
  ],
  [
    'a release of nothing',
    {
      event: { type: 'releaseAuthorization' },
      conditions: all(condition('order.remainingAuthorizedMinor', 'lessThan', 1)),
    },
  ],
  [
    'an authorization that has expired',
    {
      event: { type: 'extendAuthorization' },
      conditions: all(condition('time.daysToAuthorizationExpiry', 'lessThan', 0)),
    },
  ],
  ['parcels that nobody names', { event: { type: 'addShippingInfo' } }],
].map(([title, rule]): Case => [title as string, [rule as Json], ['action_refused /rules/0/event']])

const CASES: readonly Case[] = [
  ...REFUSED,
  [
    'a suggestion that is refused',
    [
      {
        event: {
          type: 'review',
          params: { question: 'q', suggest: { type: 'addShippingInfo', params: {} } },
        },
      },
    ],
    ['action_refused /rules/0/event/params/suggest'],
  ],
  [
    'an event on which the action is refused',
    [
      {
        on: ['shipment.delivered', 'shipment.dispatched'],
        event: { type: 'addShippingInfo' },
        conditions: all(condition('order.payLater', 'equal', true)),
      },
    ],
    ['event_in_vain /rules/0/on/0'],
  ],
  [
    'the stage that an event tells',
    [
      {
        on: ['return.registered', 'return.received'],
        conditions: all(condition('return.stage', 'equal', 'received')),
      },
    ],
    ['event_in_vain /rules/0/on/0'],
  ],
  [
    'a part below `not`',
    [{ conditions: { not: { any: [damaged, condition('order.captureCount', 'lessThan', 1)] } } }],
    ['part_never_true /rules/0/conditions/not/any/1'],
  ],
  [
    'the later one of two that say the same',
    [{ conditions: all(damaged, { any: [damaged, condition('order.payLater', 'equal', true)] }) }],
    ['redundant_condition /rules/0/conditions/all/1'],
  ],
  [
    'a condition that implies another one in `any`',
    [
      {
        conditions: {
          any: [
            condition('time.daysToDueDate', 'lessThan', 14),
            condition('time.daysToDueDate', 'lessThan', 3),
          ],
        },
      },
    ],
    ['redundant_condition /rules/0/conditions/any/1'],
  ],
  [
    'a percentage above a hundred',
    [{ conditions: all(condition('return.sharePercent', 'greaterThanInclusive', 101)) }],
    ['unlikely_value /rules/0/conditions/all/0/value'],
  ],
  ...(
    [
      ['days that Klarna does not list', { days: 7, maxFeeMinor: { SEK: 9999 } }, ['days']],
      [
        'more days than are listed',
        { choose: 'longest', atLeastDays: 61, maxFeeMinor: { SEK: 9999 } },
        ['atLeastDays'],
      ],
      [
        'a cap below the listed fees',
        { days: 10, maxFeeMinor: { SEK: 999, EUR: 100 } },
        ['maxFeeMinor/SEK'],
      ],
      ['a cap that only the free option meets', { choose: 'longest', maxFeeMinor: { SEK: 0 } }, []],
      ['a currency without a price list', { days: 10, maxFeeMinor: { CHF: 1 } }, []],
    ] as const
  ).map(
    ([name, params, places]): Case => [
      name,
      [
        {
          event: { type: 'extendDueDate', params },
          conditions: all(condition('order.payLater', 'equal', true)),
        },
      ],
      places.map((place) => `option_not_listed /rules/0/event/params/${place}`),
    ],
  ),
  [
    'one of several currencies without a cap',
    [
      {
        event: extend(),
        conditions: {
          any: [
            condition('order.currency', 'equal', 'SEK'),
            condition('order.currency', 'equal', 'EUR'),
          ],
        },
      },
    ],
    ['currency_without_cap /rules/0/event/params/maxFeeMinor'],
  ],
  [
    'a rule that others hide together',
    [
      { conditions: all(condition('order.payLater', 'equal', true)), event: extend() },
      { conditions: all(condition('order.payLater', 'equal', false)) },
      {
        conditions: all(damaged, {
          any: [
            condition('order.payLater', 'equal', true),
            condition('order.payLater', 'equal', false),
          ],
        }),
      },
    ],
    ['never_acts /rules/2'],
    { hitPolicy: 'first' },
  ],
  [
    'two rules that exclude each other by firing together',
    [{ conditions: all(damaged) }, { conditions: all(condition('order.payLater', 'equal', true)) }],
    ['rules_compete /rules/1'],
    { hitPolicy: 'unique' },
  ],
  [
    'conditions that always hold',
    [{ conditions: { any: [condition('order.capturedMinor', 'greaterThan', -1)] } }],
    ['always_true /rules/0/conditions'],
  ],
]

const SILENT: readonly Case[] = [
  [
    'a known value that is asked for',
    [
      {
        conditions: {
          any: [
            condition('order.payLater', 'equal', true),
            condition('order.payLater', 'equal', false),
          ],
        },
      },
    ],
    [],
  ],
  [
    'a return worth less than nothing, which a discount is',
    [{ conditions: all(condition('return.valueMinor', 'lessThan', 0)) }],
    [],
  ],
  [
    'a refund that may be too much',
    [
      {
        event: refund({ basis: 'amount', amountMinor: 5000 }),
        conditions: all(condition('order.refundableMinor', 'lessThan', 6000)),
      },
    ],
    [],
  ],
  [
    'a second extension that is allowed',
    [
      {
        event: extend({ again: 'yes' }),
        conditions: all(condition('capture.extensionCount', 'equal', 1)),
      },
    ],
    [],
  ],
  [
    'rules that are put in order by priority',
    [
      { event: extend(), priority: 2 },
      {
        event: extend({ choose: 'shortest' }),
        conditions: all(condition('order.payLater', 'equal', true)),
      },
    ],
    [],
  ],
  [
    'a draft beside a live rule',
    [{ event: extend() }, { event: extend({ choose: 'shortest' }), mode: 'draft' }],
    [],
  ],
  [
    'different actions for one order',
    [{ event: extend() }, { event: { type: 'sendOut' } }, {}],
    [],
  ],
  [
    'the same conditions on different events',
    [{ event: extend() }, { event: extend({ choose: 'shortest' }), on: ['return.received'] }],
    [],
  ],
]

describe('the analysis', () => {
  for (const [title, rules, said, set] of CASES) {
    it(`says it of ${title}`, () => {
      expect(saidOf(rules, set)).toEqual(said)
    })
  }

  for (const [title, rules, , set] of SILENT) {
    it(`is silent about ${title}`, () => {
      expect(saidOf(rules, set)).toEqual([])
    })
  }

  it('compares hundreds of rules that lie beside one another', () => {
    const rules = Array.from({ length: 300 }, (_, index) => ({
      conditions: {
        any: [
          all(
            condition('return.reason', 'equal', `a${index}`),
            condition('order.payLater', 'equal', true),
          ),
          all(
            condition('time.daysToDueDate', 'equal', index),
            condition('return.lineCount', 'equal', index + 1),
          ),
        ],
      },
      event: { type: 'review', params: { question: `${index}?` } },
    }))
    const set = { hitPolicy: 'first' }

    expect(saidOf(rules, set)).toEqual([])
  })
})
