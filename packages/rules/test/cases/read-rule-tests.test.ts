import { readRuleTests } from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aCase,
  aFile,
  aReturn,
  aStory,
  damagedFacts,
  type Json,
  read,
  returns,
  testsFrom,
  vocabulary,
  withTier,
} from './builders.ts'

const expecting = (expect: unknown): Json => aFile([aCase({ expect })])
const withFacts = (facts: unknown): Json => aFile([aCase({ facts })])
const registered = aReturn('return.registered', '2026-11-20T10:00:00Z')
const step = (changes: Json = {}): Json => ({
  event: registered,
  expect: { actions: [] },
  ...changes,
})
const story = (steps: readonly Json[], changes: Json = {}): Json => aFile([aStory(steps, changes)])

type Bad = readonly [title: string, document: unknown, issues: readonly string[]]

const BAD: readonly Bad[] = [
  ['a list', [], ['wrong_type ']],
  ['no cases', { ruleSet: 'returns' }, ['missing /cases']],
  ['an unknown key', aFile([], { case: [] }), ['unknown_key /case']],
  ['another rule set', aFile([], { ruleSet: 'retruns' }), ['unknown_rule_set /ruleSet']],
  ['an unknown time zone', aFile([], { timeZone: 'Europe/Stokholm' }), ['not_listed /timeZone']],
  ['a case that is no object', aFile(['x' as never]), ['wrong_type /cases/0']],
  ['two cases of one name', aFile([aCase(), aCase()]), ['duplicate_case /cases/1/name']],
  ['a case without facts', aFile([aCase({ facts: undefined })]), ['missing /cases/0/facts']],
  ['a case that expects nothing said', expecting({}), ['missing /cases/0/expect/fires']],
  ['an unknown event', aFile([aCase({ on: 'return.registred' })]), ['unknown_event /cases/0/on']],
  [
    'an unknown fact',
    withFacts({ ...damagedFacts, 'return.resaon': 'x' }),
    ['unknown_fact /cases/0/facts/return.resaon'],
  ],
  [
    'a fact of another type',
    withFacts({ 'time.daysToDueDate': '6' }),
    ['operand_mismatch /cases/0/facts/time.daysToDueDate'],
  ],
  [
    'a fact that is null',
    withFacts({ 'time.daysToDueDate': null }),
    ['operand_mismatch /cases/0/facts/time.daysToDueDate'],
  ],
  [
    'a text that the fact cannot be',
    withFacts({ 'return.stage': 'recieved' }),
    ['not_listed /cases/0/facts/return.stage'],
  ],
  [
    'an unknown rule',
    expecting({ fires: [{ rule: 'More tmie' }] }),
    ['unknown_rule /cases/0/expect/fires/0/rule'],
  ],
  [
    'a rule that sleeps',
    expecting({ fires: [], silent: [{ rule: 'Pay back' }] }),
    ['rule_not_awake /cases/0/expect/silent/0/rule'],
  ],
  [
    'a rule that is to fire and to be silent',
    expecting({ fires: [{ rule: 'More time' }], silent: [{ rule: 'More time' }] }),
    ['repeated_entry /cases/0/expect/silent/0/rule'],
  ],
  [
    'an action that does not exist',
    expecting({ fires: [{ rule: 'More time', action: 'extendDuedate' }] }),
    ['not_listed /cases/0/expect/fires/0/action'],
  ],
  [
    'a reason that the rule does not look at',
    expecting({ fires: [{ rule: 'More time', because: ['return.valueMinor'] }] }),
    ['not_listed /cases/0/expect/fires/0/because/0'],
  ],
  [
    'a silent rule that asks for something',
    expecting({ fires: [], silent: [{ rule: 'More time', action: 'refund' }] }),
    ['unknown_key /cases/0/expect/silent/0/action'],
  ],
  [
    'an order that is none',
    story([], { order: { at: '2026-11-01T10:00:00Z', captures: [] } }),
    ['missing /cases/0/order/captures', 'missing /cases/0/order/order'],
  ],
  [
    'a story that begins with something else',
    story([], { order: { ...registered, captureId: 'c-1' } }),
    ['not_listed /cases/0/order/type'],
  ],
  [
    'an event with a misspelt field',
    story([step({ event: { ...registered, returnID: 'R-1' } })]),
    ['unknown_key /cases/0/events/0/event/returnID'],
  ],
  [
    'an event of another order',
    story([step({ event: { ...registered, orderId: 'order-2' } })]),
    ['not_listed /cases/0/events/0/event/orderId'],
  ],
  [
    'an internal event',
    story([step({ event: { type: 'deadline.approaching', at: '2026-11-20T10:00:00Z' } })]),
    ['not_listed /cases/0/events/0/event/type'],
  ],
  [
    'a step that expects nothing said',
    story([step({ expect: {} })]),
    ['missing /cases/0/events/0/expect/actions'],
  ],
  [
    'a step with neither event nor deadline',
    story([{ expect: { actions: [] } }]),
    ['missing /cases/0/events/0/event'],
  ],
  [
    'a deadline without its days',
    story([{ deadline: 'due_date', expect: { actions: [] } }]),
    ['missing /cases/0/events/0/daysLeft'],
  ],
  [
    'a fact in a story that follows from the order',
    story([], { facts: { 'order.payLater': true } }),
    ['not_supported /cases/0/facts/order.payLater'],
  ],
  [
    'an outcome that does not exist',
    story([step({ expect: { actions: [{ type: 'refund', outcome: 'done!' }] } })]),
    ['not_listed /cases/0/events/0/expect/actions/0/outcome'],
  ],
  [
    'an offer of no days',
    story([], { offers: [{ days: 0, feeMinor: 0 }] }),
    ['out_of_range /cases/0/offers/0/days'],
  ],
  [
    'a staff action with params that do not go together',
    story([
      step({
        event: {
          type: 'action.requested',
          at: '2026-11-20T10:00:00Z',
          by: 'anna',
          why: 'asked',
          action: { type: 'refund', params: { basis: 'amount' } },
        },
      }),
    ]),
    ['missing /cases/0/events/0/event/action/params/amountMinor'],
  ],
]

describe('files that are refused', () => {
  for (const [title, document, issues] of BAD) {
    it(`refuses ${title}`, () => {
      const check = read(document)

      expect(check.ok).toBe(false)
      expect(check.issues.map(({ code, path }) => `${code} ${path}`)).toEqual(issues)
    })
  }

  it('says what was probably meant', () => {
    const hintOf = (document: unknown) => read(document).issues[0]?.hint

    expect(hintOf(aFile([], { ruleSet: 'retruns' }))).toBe('did you mean `returns`?')
    expect(hintOf(expecting({ fires: [{ rule: 'More tmie' }] }))).toBe('did you mean `More time`?')
    expect(hintOf(withFacts({ 'return.resaon': 'x' }))).toBe('did you mean `return.reason`?')
    expect(hintOf(expecting({ fires: [], silnet: [] }))).toBe('did you mean `silent`?')
    expect(hintOf(story([step({ event: { ...registered, returnID: 'R-1' } })]))).toBe(
      'did you mean `returnId`?',
    )
    expect(hintOf(expecting({ fires: [], silent: [{ rule: 'Pay back' }] }))).toBe(
      'it wakes on `return.received`, `return.inspected`',
    )
  })

  it('lists all that is wrong at once', () => {
    const check = read(
      aFile([
        aCase({ on: 'nothing', facts: { a: 1 }, expect: { fires: [{ rule: 'x', sentence: 3 }] } }),
        aStory([step({ klarna: 'yes' })], { until: 'tomorrow' }),
      ]),
    )

    expect(check.issues.map(({ path }) => path)).toEqual([
      '/cases/0/expect/fires/0/rule',
      '/cases/0/expect/fires/0/sentence',
      '/cases/0/facts/a',
      '/cases/0/on',
      '/cases/1/events/0/klarna',
      '/cases/1/until',
    ])
  })
})

describe('files that are taken', () => {
  it('fills in what a test need not say', () => {
    const [facts, told] = testsFrom([aCase(), aStory([step(), step()], { name: 'b' })]).cases

    expect(facts).toMatchObject({
      kind: 'facts',
      facts: { ...damagedFacts, 'event.type': 'return.registered' },
      expect: { fires: [{ rule: 'More time', action: null, because: null }], silent: [] },
    })
    expect(told).toMatchObject({
      kind: 'story',
      offers: null,
      steps: [
        { happens: { event: { type: 'order.captured', orderId: 'order-1' } } },
        { happens: { event: { id: 'event-1', orderId: 'order-1' } }, klarna: 'confirmed' },
        { happens: { event: { id: 'event-2', orderId: 'order-1' } }, people: 'none' },
      ],
    })
  })

  it('takes facts of the merchant’s own: any in a facts case, those read on demand in a story', () => {
    const own = { 'customer.tier': 'gold' }
    const cases = [aCase({ facts: own, expect: { fires: [] } }), aStory([], { facts: own })]

    expect(read(aFile(cases), withTier()).issues).toEqual([])
  })
})

describe('hostile files', () => {
  it('are bounded in cases, steps, depth and size', () => {
    const cases = Array.from({ length: 1001 }, (_, index) => ({ name: String(index) }))
    const deep = `${'['.repeat(50)}${']'.repeat(50)}`
    const codesOf = (text: string) =>
      readRuleTests(text, vocabulary, [returns]).issues.map(({ code }) => code)

    expect(codesOf(JSON.stringify(aFile(cases)))).toEqual(['too_long'])
    expect(codesOf(JSON.stringify(story(Array(101).fill(step()))))).toEqual(['too_long'])
    expect(codesOf(deep)).toEqual(['too_deep'])
    expect(codesOf(' '.repeat(262_145))).toEqual(['too_large'])
    expect(codesOf('{ "__proto__": { "ruleSet": "returns" }, "cases": [] }')).toContain(
      'forbidden_key',
    )
  })

  it('never crash the reader, and what is taken is run to its end', () => {
    const word = fc.constantFrom(
      'ruleSet',
      'cases',
      'name',
      'on',
      'facts',
      'expect',
      'fires',
      'silent',
      'rule',
      'because',
      'order',
      'events',
      'event',
      'offers',
      'returns',
      'More time',
      'return.registered',
      'toString',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        word,
        fc.integer(),
        fc.constantFrom(null, true, false),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(word, tie('tree'), { maxKeys: 6 }),
      ),
    }))
    fc.assert(
      fc.property(tree, (document) => {
        const { ok, issues } = read(document)
        expect(ok || issues.length > 0).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
