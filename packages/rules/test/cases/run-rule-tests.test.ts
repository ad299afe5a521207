import { runRuleTests } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import {
  aCase,
  aReturn,
  aStory,
  brief,
  damagedFacts,
  type Json,
  RULES,
  returns,
  ruleSetFrom,
  runCase,
  testsFrom,
  vocabulary,
  withTier,
} from './builders.ts'

type Row = readonly [title: string, expect: Json, differences: readonly string[]]

/** What each expectation says of facts for which `More time` fires. */
const FIRING: readonly Row[] = [
  ['the rule alone', { fires: [{ rule: 'More time' }] }, []],
  ['nothing', { fires: [] }, ['/expect/fires: does not fire / fires']],
  ['the rule and its action', { fires: [{ rule: 'More time', action: 'extendDueDate' }] }, []],
  [
    'another action',
    { fires: [{ rule: 'More time', action: 'refund' }] },
    ['/expect/fires/0/action: asks for refund / asks for extendDueDate'],
  ],
  [
    'its params in any order of keys',
    { fires: [{ rule: 'More time', params: { maxFeeMinor: { SEK: 1000 }, choose: 'longest' } }] },
    [],
  ],
  [
    'fewer params',
    { fires: [{ rule: 'More time', params: { choose: 'longest' } }] },
    [
      '/expect/fires/0/params: params {"choose":"longest"} / params {"choose":"longest","maxFeeMinor":{"SEK":1000}}',
    ],
  ],
  [
    'all reasons in any order',
    {
      fires: [
        { rule: 'More time', because: ['time.daysToDueDate', 'return.reason', 'order.payLater'] },
      ],
    },
    [],
  ],
  [
    'one of three reasons',
    { fires: [{ rule: 'More time', because: ['return.reason'] }] },
    [
      '/expect/fires/0/because: because of return.reason / because of return.reason, order.payLater, time.daysToDueDate',
    ],
  ],
  [
    'silence',
    { fires: [], silent: [{ rule: 'More time' }] },
    ['/expect/silent/0: is silent / fires'],
  ],
  [
    'that it cannot tell',
    { fires: [], unknown: [{ rule: 'More time' }] },
    ['/expect/unknown/0: cannot tell / fires'],
  ],
]

/** The same of facts for which it is silent: 20 days are left, and nobody says how the customer pays. */
const SILENT: readonly Row[] = [
  ['nothing', { fires: [] }, []],
  ['the rule', { fires: [{ rule: 'More time' }] }, ['/expect/fires/0: fires / is silent']],
  [
    'silence because of what is false, not of what is unknown',
    { fires: [], silent: [{ rule: 'More time', because: ['time.daysToDueDate'] }] },
    [],
  ],
  [
    'silence for another reason',
    { fires: [], silent: [{ rule: 'More time', because: ['return.reason'] }] },
    ['/expect/silent/0/because: because of return.reason / because of time.daysToDueDate'],
  ],
  [
    'that it cannot tell',
    { fires: [], unknown: [{ rule: 'More time' }] },
    ['/expect/unknown/0: cannot tell / is silent'],
  ],
  [
    'another sentence',
    { fires: [], silent: [{ rule: 'More time', sentence: 'no' }] },
    [
      '/expect/silent/0/sentence: no / did not fire: whether the order is pay later is not known, because the order was registered without it (wanted: the order is pay later); the due date is 20 days away, and has to be fewer than 14 days away (7 days nearer)',
    ],
  ],
]

const early = { 'return.reason': 'damaged', 'time.daysToDueDate': 20 }

describe('facts cases', () => {
  for (const [title, expected, differences] of FIRING) {
    it(`of a rule that fires, expecting ${title}`, () => {
      expect(brief(runCase(aCase({ expect: expected })).differences)).toEqual(differences)
    })
  }

  for (const [title, expected, differences] of SILENT) {
    it(`of a rule that is silent, expecting ${title}`, () => {
      const result = runCase(aCase({ facts: early, expect: expected }))

      expect(brief(result.differences)).toEqual(differences)
    })
  }

  it('of a rule that cannot tell: unknown is no silence', () => {
    const { 'order.payLater': _, ...facts } = damagedFacts
    const because = ['order.payLater']
    const expecting = (list: string) => ({ fires: [], [list]: [{ rule: 'More time', because }] })
    const run = (list: string) => runCase(aCase({ facts, expect: expecting(list) })).differences

    expect(run('unknown')).toEqual([])
    expect(brief(run('silent'))).toEqual(['/expect/silent/0: is silent / cannot tell'])
  })
})

const [at20, at22, at23] = [20, 22, 23].map((day) => `2026-11-${day}T10:00:00Z`) as [
  string,
  string,
  string,
]
const registered = aReturn('return.registered', at20)
const received = aReturn('return.received', at22)

type StoryRow = readonly [
  title: string,
  events: readonly Json[],
  changes: Json,
  differences: readonly string[],
]

const actions = (...list: readonly Json[]): Json => ({ actions: list })

const STORIES: readonly StoryRow[] = [
  [
    'an extension by the price list',
    [
      {
        event: registered,
        expect: actions({ type: 'extendDueDate', outcome: 'queued', days: 10, feeMinor: 1000 }),
      },
    ],
    {},
    [],
  ],
  [
    'an extension by offers of its own',
    [{ event: registered, expect: actions({ type: 'extendDueDate', days: 21, feeMinor: 900 }) }],
    {
      offers: [
        { days: 21, feeMinor: 900 },
        { days: 60, feeMinor: 1900 },
      ],
    },
    [],
  ],
  [
    'no offer within the cap',
    [
      {
        event: registered,
        expect: actions({
          type: 'extendDueDate',
          outcome: 'refused',
          refusal: 'no_option_within_cap',
        }),
      },
    ],
    { offers: [{ days: 60, feeMinor: 1900 }] },
    [],
  ],
  [
    'other amounts',
    [
      {
        event: registered,
        expect: actions({ type: 'extendDueDate', rule: 'More time', days: 14, feeMinor: 0 }),
      },
    ],
    {},
    [
      '/events/0/expect/actions/0: extendDueDate, rule More time, feeMinor 0, days 14 / extendDueDate, rule More time, feeMinor 1000, days 10',
    ],
  ],
  [
    'the same return reported twice is paid once',
    [
      { event: received, expect: actions({ type: 'refund', refundMinor: 10000 }) },
      {
        event: aReturn('return.inspected', at23),
        expect: actions({ type: 'refund', outcome: 'refused', refusal: 'already_refunded' }),
      },
    ],
    {},
    [],
  ],
  [
    'an event with the id of an earlier one does nothing',
    [
      { event: { ...received, id: 'r' }, expect: actions({ type: 'refund' }) },
      { event: { ...received, id: 'r' }, expect: actions() },
    ],
    {},
    [],
  ],
  [
    'a refund that Klarna refuses leaves the money',
    [
      {
        event: received,
        klarna: 'refused',
        expect: actions({ type: 'refund', outcome: 'queued' }),
      },
      {
        event: aReturn('return.inspected', at23),
        expect: actions({ type: 'refund', refundMinor: 10000 }),
      },
    ],
    {},
    [],
  ],
  [
    'an action that nobody expects, and one that does not come',
    [
      { event: received, expect: actions() },
      { event: registered, expect: actions({ type: 'extendDueDate' }, { type: 'refund' }) },
    ],
    {},
    [
      '/events/0/expect/actions: no other action / refund, queued',
      '/events/1/expect/actions/1: refund / no such action',
    ],
  ],
  [
    'an event that is refused',
    [
      {
        event: aReturn('return.received', at22, { lines: [{ reference: 'shirt', quantity: 3 }] }),
        expect: { actions: [], refusal: 'return_exceeds_captured' },
      },
      {
        event: aReturn('return.received', at23, { lines: [{ reference: 'coat', quantity: 1 }] }),
        expect: { actions: [] },
      },
    ],
    {},
    ['/events/1/expect/refusal: the event is taken / the event is refused: unknown_line'],
  ],
  [
    'what rules say to a step',
    [
      {
        event: { ...registered, reason: 'too small' },
        expect: {
          actions: [],
          fires: [],
          silent: [{ rule: 'More time', because: ['return.reason'] }],
        },
      },
    ],
    {},
    [],
  ],
]

describe('stories', () => {
  for (const [title, events, changes, differences] of STORIES) {
    it(`tell ${title}`, () => {
      expect(brief(runCase(aStory(events, changes)).differences)).toEqual(differences)
    })
  }

  it('tell what people say to a rule that asks them', () => {
    const [, payBack] = RULES['rules'] as readonly Json[]
    const asking = ruleSetFrom({ ...RULES, rules: [{ ...payBack, mode: 'approval' }] })
    const waits = actions({ type: 'refund', outcome: 'awaiting_approval' })
    const again = aReturn('return.inspected', at23)
    const run = (people: string, then: Json) => {
      const steps = [
        { event: received, people, expect: waits },
        { event: again, expect: actions(then) },
      ]
      return runRuleTests(testsFrom([aStory(steps)], {}, asking), asking, vocabulary).failed
    }

    expect(run('approved', { type: 'refund', refusal: 'already_refunded' })).toEqual([])
    expect(run('rejected', { type: 'refund', outcome: 'awaiting_approval' })).toEqual([])
  })

  it('fail one by one when they cannot be told', () => {
    const tests = testsFrom([aStory([{ event: received, expect: actions() }])])
    const { failed } = runRuleTests({ ...tests, timeZone: 'Nowhere/At all' }, returns, vocabulary)

    expect(failed.map(({ differences }) => differences[0]?.wanted)).toEqual([
      'a case that can be run',
    ])
  })

  it('tell of deadlines, and fail when one acts that no step tells of', () => {
    const near = { fact: 'event.deadline', operator: 'equal', value: 'due_date' }
    const last = { fact: 'event.daysLeft', operator: 'lessThanInclusive', value: 3 }
    const rule = {
      name: 'Ask early',
      on: ['deadline.approaching'],
      mode: 'live',
      conditions: { all: [near, last] },
      event: { type: 'review', params: { question: 'More time?' } },
    }
    const ruleSet = ruleSetFrom({ ...RULES, rules: [rule] })
    const told = (steps: readonly Json[]) => {
      const story = aStory(steps, { until: '2026-11-29T10:00:00Z' })
      const run = runRuleTests(testsFrom([story], {}, ruleSet), ruleSet, vocabulary)
      return brief(run.results[0]?.differences ?? [])
    }
    const step = (daysLeft: number, ...list: readonly Json[]) => ({
      deadline: 'due_date',
      daysLeft,
      expect: actions(...list),
    })

    expect(told([step(3, { type: 'review', outcome: 'done' })])).toEqual([])
    expect(told([])[0]).toMatch(
      /^\/events: no step tells of it \/ due_date comes near, 3 days left: /,
    )
    expect(told([step(3, { type: 'review' }), step(2)])).toEqual([
      '/events/1: due_date in 2 days comes / it does not come',
    ])
  })

  it('count days in the zone of the file', () => {
    const late = aReturn('return.registered', '2026-11-17T23:30:00Z')
    const story = aStory([{ event: late, expect: actions() }])

    expect(runCase(story, { timeZone: 'UTC' }).differences).toEqual([])
    expect(brief(runCase(story, { timeZone: 'Europe/Stockholm' }).differences)).toEqual([
      '/events/0/expect/actions: no other action / extendDueDate, queued',
    ])
  })

  it('take facts on demand from the story', () => {
    const words = withTier()
    const gold = { fact: 'customer.tier', operator: 'equal', value: 'gold' }
    const [, payBack] = RULES['rules'] as readonly Json[]
    const ruleSet = ruleSetFrom(
      { ...RULES, rules: [{ ...payBack, conditions: { all: [gold] } }] },
      words,
    )
    const run = (facts: Json) => {
      const story = aStory([{ event: received, expect: actions({ type: 'refund' }) }], { facts })
      return runRuleTests(testsFrom([story], {}, ruleSet, words), ruleSet, words).failed.length
    }

    expect(run({ 'customer.tier': 'gold' })).toBe(0)
    expect(run({ 'customer.tier': 'plain' })).toBe(1)
    expect(run({})).toBe(1)
  })

  it('come out the same however often they are told', () => {
    const tests = testsFrom([aStory([{ event: received, expect: actions({ type: 'refund' }) }])])
    const runs = [1, 2].map(() => runRuleTests(tests, returns, vocabulary))

    expect(runs[0]).toEqual(runs[1])
  })
})
