import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  checkActivation,
  createRuleBook,
  createVocabulary,
  hashOf,
  refOf,
  validateRuleSet,
} from '@postdelivery/rules'
import { Engine, type EngineResult } from 'json-rules-engine'
import { afterEach, describe, expect, it } from 'vitest'
import { differenceOf } from '../src/evaluate.ts'
import {
  aRule,
  aRuleSet,
  brief,
  damaged,
  inForce,
  ruleSetOf,
  verdictOf,
  vocabulary,
  withConditions,
} from './builders.ts'

const reported = 'return.registered'
const seen = { 'return.reason': 'damaged' }
const days = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }

describe('rules in force', () => {
  it('name the sets with version, hash, hit policy and publisher', () => {
    const set = ruleSetOf(aRuleSet({ hitPolicy: 'first' }))

    expect(inForce(set).ruleSets).toEqual([
      {
        name: 'returns',
        version: '1',
        hash: hashOf(set),
        hitPolicy: 'first',
        publishedBy: 'ops@shop.example',
      },
    ])
  })

  it('name the evaluator with the version that is installed', () => {
    const file = createRequire(import.meta.url).resolve('json-rules-engine/package.json')
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }

    expect(inForce().evaluator).toBe(`json-rules-engine ${version}`)
  })

  it('name the facts of the rules that an event wakes, sorted and once', () => {
    const rules = [
      aRule({ name: 'A', conditions: { all: [days, { not: { any: [damaged, days] } }] } }),
      aRule({
        name: 'B',
        on: ['customer.reported'],
        conditions: { all: [{ ...days, fact: 'order.captureCount' }] },
      }),
    ]

    const { factsNeeded } = inForce(ruleSetOf(aRuleSet({ rules })))

    expect(factsNeeded(reported)).toEqual(['return.reason', 'time.daysToDueDate'])
    expect(factsNeeded('customer.reported')).toEqual(['order.captureCount'])
    expect(factsNeeded('constructor')).toEqual([])
  })

  it.each(['draft', 'shadow'])('want the facts of a %s rule and wait for none of them', (mode) => {
    const rules = [aRule({ name: 'A', mode, conditions: { all: [days] } })]

    const { factsNeeded, factsWanted } = inForce(ruleSetOf(aRuleSet({ rules })))

    expect(factsNeeded(reported)).toEqual([])
    expect(factsWanted(reported)).toEqual(['time.daysToDueDate'])
  })

  it('ask only the rules that the event wakes, own events included', async () => {
    const rules = [
      aRule({ name: 'A' }),
      aRule({ name: 'B', on: ['shop.claim', reported], conditions: { all: [days] } }),
    ]
    const { evaluate } = inForce(ruleSetOf(aRuleSet({ rules })))

    expect((await evaluate('shop.claim', {})).map((each) => each.rule)).toEqual(['B'])
    expect((await evaluate(reported, {})).map((each) => each.rule)).toEqual(['A', 'B'])
    expect(await evaluate('order.captured', {})).toEqual([])
  })

  it('answer by priority, then by set, then by document', async () => {
    const list = (prefix: string) =>
      [1, 5, 1, 5].map((priority, index) => aRule({ name: `${prefix}${index}`, priority }))
    const sets = ['b', 'a'].map((name) => ruleSetOf(aRuleSet({ name, rules: list(name) })))

    const verdicts = await inForce(...sets).evaluate(reported, seen)

    const order = ['b1', 'b3', 'a1', 'a3', 'b0', 'b2', 'a0', 'a2']
    expect(verdicts.map((each) => each.rule)).toEqual(order)
  })

  it('ask rules of every mode, and say the mode', async () => {
    const modes = ['draft', 'shadow', 'approval', 'live']
    const rules = modes.map((mode) => aRule({ name: mode, mode }))

    const verdicts = await inForce(ruleSetOf(aRuleSet({ rules }))).evaluate(reported, seen)

    expect(verdicts.map((each) => each.mode)).toEqual(modes)
  })

  it('tell the limits of a rule, and none of a rule that is not known', () => {
    const rules = [aRule({ limits: { perOrder: 1, perDay: 20 } }), aRule({ name: 'Free' })]
    const { limitsOf } = inForce(ruleSetOf(aRuleSet({ rules })))

    expect(limitsOf('returns', 'Damaged goods')).toEqual({ perOrder: 1, perDay: 20 })
    expect(limitsOf('returns', 'Free')).toEqual({})
    expect(limitsOf('constructor', 'prototype')).toEqual({})
  })

  it('decide on the facts as they were when they were asked', async () => {
    const references = ['a']
    const facts: Record<string, string | string[]> = { ...seen, 'return.references': references }
    const listed = { fact: 'return.references', operator: 'contains', value: 'a' }
    const set = ruleSetOf(withConditions({ all: [damaged, listed] }))
    const answer = inForce(set).evaluate(reported, facts)
    facts['return.reason'] = 'late'
    references.pop()

    const verdicts = await answer
    expect(verdicts.map((each) => each.verdict)).toEqual(['true'])
    expect(verdicts[0]?.trace).toMatchObject({ of: [{ seen: 'damaged' }, { seen: ['a'] }] })
  })
})

describe('a verdict', () => {
  it('carries rule, action and trace, with the value that each condition saw', async () => {
    const conditions = {
      all: [damaged, { not: { any: [days, { ...days, fact: 'order.captureCount' }] } }],
    }

    const verdict = await verdictOf(conditions, { ...seen, 'time.daysToDueDate': 20 })

    expect(verdict).toEqual({
      ruleSet: 'returns',
      rule: 'Damaged goods',
      mode: 'live',
      priority: 1,
      verdict: 'unknown',
      action: { type: 'review', params: { question: 'Refund at once?' } },
      trace: {
        kind: 'all',
        verdict: 'unknown',
        of: [
          condition('return.reason', 'equal', 'damaged', 'true', 'damaged'),
          {
            kind: 'not',
            verdict: 'unknown',
            of: [
              {
                kind: 'any',
                verdict: 'unknown',
                of: [
                  condition('time.daysToDueDate', 'lessThan', 14, 'false', 20),
                  condition('order.captureCount', 'lessThan', 14, 'unknown'),
                ],
              },
            ],
          },
        ],
      },
    })
  })

  it('shows a text outside the listed values although it is unknown, and hides what is mistyped', async () => {
    const stage = { fact: 'return.stage', operator: 'notEqual', value: 'received' }

    const strange = await verdictOf({ all: [stage] }, { 'return.stage': 'lost' })
    const mistyped = await verdictOf({ all: [stage] }, { 'return.stage': 7 })

    expect(strange.trace).toMatchObject({ of: [{ seen: 'lost', verdict: 'unknown' }] })
    expect(mistyped.trace).toEqual({
      kind: 'all',
      verdict: 'unknown',
      of: [condition('return.stage', 'notEqual', 'received', 'unknown')],
    })
  })
})

const condition = (
  fact: string,
  operator: string,
  wanted: unknown,
  verdict: 'true' | 'false' | 'unknown',
  value?: unknown,
) => ({
  kind: 'condition' as const,
  fact,
  operator,
  wanted,
  verdict,
  ...(value === undefined ? {} : { seen: value as string }),
})

describe('an engine that errs', () => {
  const original = Engine.prototype.run
  afterEach(() => {
    Engine.prototype.run = original
  })

  const wrongs: readonly (readonly [string, (result: EngineResult) => EngineResult, string])[] = [
    [
      'fires a rule that does not hold',
      (result) => {
        for (const each of result.failureResults) each.result = true
        return result
      },
      'json-rules-engine says true, we say false',
    ],
    [
      'loses the rule',
      (result) => ({ ...result, results: [], failureResults: [] }),
      'json-rules-engine lost the rule',
    ],
  ]
  for (const [title, spoil, failure] of wrongs) {
    it(`makes the rule fail when it ${title}`, async () => {
      Engine.prototype.run = async function run(this: Engine, ...rest) {
        return spoil(await original.apply(this, rest))
      }

      const verdict = await verdictOf({ all: [damaged] }, { 'return.reason': 'late' })

      expect([verdict.verdict, verdict.failure]).toEqual(['failed', failure])
    })
  }

  it('makes the rule fail when it rejects with a text', async () => {
    Engine.prototype.run = () => Promise.reject('no')

    expect(await verdictOf({ all: [damaged] }, seen)).toMatchObject({
      verdict: 'failed',
      failure: 'no',
      trace: null,
    })
  })
})

describe('the watch over the engine', () => {
  const trace = {
    kind: 'all' as const,
    verdict: 'true' as const,
    of: [condition('return.references', 'contains', 'a', 'true', ['a', 'b'])],
  }
  const sight = { seen: ['a', 'b'], wanted: 'a', result: true }
  const differences: readonly (readonly [string, Parameters<typeof differenceOf>[0], string])[] = [
    [
      'another outcome',
      { fired: false, sights: [sight] },
      'json-rules-engine says false, we say true',
    ],
    [
      'a comparison left out',
      { fired: true, sights: [] },
      'json-rules-engine looked at 0 of 1 comparisons',
    ],
    [
      'another fact',
      { fired: true, sights: [{ ...sight, seen: ['a'] }] },
      'json-rules-engine compared other values at `return.references` `contains`',
    ],
    [
      'no fact',
      { fired: true, sights: [{ ...sight, seen: undefined }] },
      'json-rules-engine compared other values at `return.references` `contains`',
    ],
    [
      'another value',
      { fired: true, sights: [{ ...sight, wanted: 'b' }] },
      'json-rules-engine compared other values at `return.references` `contains`',
    ],
    [
      'another result',
      { fired: true, sights: [{ ...sight, result: false }] },
      'json-rules-engine and we differ at `return.references` `contains`',
    ],
    [
      'a result that is not true but truthy',
      { fired: true, sights: [{ ...sight, result: 1 }] },
      'json-rules-engine and we differ at `return.references` `contains`',
    ],
  ]
  for (const [title, run, failure] of differences) {
    it(`sees ${title}`, () => {
      expect(differenceOf(run, trace, trace)).toBe(failure)
    })
  }

  it('sees a reading that changes when negations are taken out', () => {
    const other = { ...trace, verdict: 'false' as const }

    expect(differenceOf({ fired: true, sights: [sight] }, trace, other)).toBe(
      'without negations the conditions read false, not true',
    )
  })

  it('has nothing to say when all is the same', () => {
    expect(differenceOf({ fired: true, sights: [sight] }, trace, trace)).toBeNull()
  })
})

describe('replacing', () => {
  const book = () => {
    const created = createRuleBook(vocabulary, [ruleSetOf(aRuleSet())])
    if (!created.ok) throw new Error('not created')
    return created.value
  }

  it('puts other sets in force, and leaves a decision the rules that it began with', () => {
    const rules = book()
    const before = rules.inForce()

    const replaced = rules.replace([ruleSetOf(aRuleSet({ version: '2' }))])

    expect(replaced.ok).toBe(true)
    expect(before.ruleSets.map((set) => set.version)).toEqual(['1'])
    expect(rules.inForce().ruleSets.map((set) => set.version)).toEqual(['2'])
  })

  it('refuses two sets of one name, and leaves the last good ones in force', () => {
    const rules = book()
    const before = rules.inForce()
    const same = ruleSetOf(aRuleSet({ version: '2' }))

    const replaced = rules.replace([same, same])

    expect(replaced.ok ? [] : brief(replaced.error)).toEqual(['duplicate_rule_set /1/name'])
    expect(rules.inForce()).toBe(before)
  })

  it('refuses two sets of one name at first', () => {
    const set = ruleSetOf(aRuleSet())

    expect(createRuleBook(vocabulary, [set, set]).ok).toBe(false)
  })

  it('fails the rules that name facts of another vocabulary, and only those', async () => {
    const own = createVocabulary([
      { name: 'shop.tier', type: 'text', nullable: true, sentence: 'tier', source: 'static' },
    ])
    const rules = [
      aRule(),
      aRule({
        name: 'Own',
        conditions: { any: [{ fact: 'shop.tier', operator: 'equal', value: 'a' }] },
      }),
    ]
    const checked = own.ok && validateRuleSet(JSON.stringify(aRuleSet({ rules })), own.value)
    const verdicts =
      checked !== false && checked.ok ? await inForce(checked.ruleSet).evaluate(reported, seen) : []

    expect(verdicts.map((each) => [each.verdict, each.failure])).toEqual([
      ['true', undefined],
      ['failed', 'the vocabulary has no fact `shop.tier`'],
    ])
  })
})

describe('the hash of a set', () => {
  it('does not depend on spelling, order of keys, or defaults that are said', () => {
    const short = aRuleSet()
    const long = {
      $schema: './rule-set.schema.json',
      rules: [{ limits: {}, priority: 1, ...aRule() }],
      hitPolicy: 'collect',
      publishedBy: 'ops@shop.example',
      version: '1',
      name: 'returns',
    }

    expect(hashOf(ruleSetOf(long))).toBe(hashOf(ruleSetOf(short)))
  })

  it('depends on everything that is said', () => {
    const changed = [
      { description: 'x' },
      { hitPolicy: 'first' },
      { publishedBy: 'eve' },
      { version: '2' },
      { rules: [aRule({ mode: 'draft' })] },
      { rules: [aRule({ priority: 2 })] },
      { rules: [aRule({ limits: { perDay: 1 } })] },
      { rules: [aRule(), aRule({ name: 'B' })] },
      { rules: [aRule({ name: 'B' }), aRule()] },
    ]

    const hashes = [{}, ...changed].map((each) => hashOf(ruleSetOf(aRuleSet(each))))

    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('stays the same over releases', () => {
    expect(hashOf(ruleSetOf(withConditions({ all: [damaged, { not: { any: [days] } }] })))).toBe(
      'a37909b31aa26eabc9a67f639b662a844f1ace0cddde2e0a5b6e30ef3a14ea03',
    )
  })
})

describe('activation', () => {
  const first = refOf(ruleSetOf(aRuleSet()))
  const changed = refOf(ruleSetOf(aRuleSet({ description: 'changed' })))

  it('takes a set that is new', () => {
    const other = refOf(ruleSetOf(aRuleSet({ name: 'other' })))
    const newer = refOf(ruleSetOf(aRuleSet({ version: '2' })))

    expect(checkActivation([], first)).toEqual({ ok: true, value: 'new' })
    expect(checkActivation([other, newer], first)).toEqual({ ok: true, value: 'new' })
  })

  it('knows a set that was activated before', () => {
    expect(checkActivation([first, first], first)).toEqual({ ok: true, value: 'known' })
  })

  it('refuses another content under a version that was activated', () => {
    expect(checkActivation([first, changed], changed).ok).toBe(false)
    expect(checkActivation([first], changed)).toMatchObject({
      ok: false,
      error: { code: 'version_reused', path: '/version', severity: 'error' },
    })
  })
})
