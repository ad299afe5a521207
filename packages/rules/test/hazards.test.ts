/**
 * Rules as attacks: each is refused when its text is checked, and harmless when it is forced past the check.
 *
 * The attacks are real: with its defaults, json-rules-engine 7.3.1 runs code from a rule's path.
 */

import { validateRuleSet } from '@postdelivery/rules'
import { Engine } from 'json-rules-engine'
import { afterEach, describe, expect, it } from 'vitest'
import { runEngine } from '../src/json-rules-engine.ts'
import type { PositiveGroup } from '../src/positive.ts'
import {
  aRule,
  aRuleSet,
  brief,
  check,
  damaged,
  forced,
  forcedVerdict,
  inForce,
  type Json,
  only,
  vocabulary,
  withConditions,
  withRule,
} from './builders.ts'

const CANARY = 'postdeliveryCanary'
const nested = (code: string) => `$.items[?(@.constructor[(${code})])]`
const runsCode = nested(
  `@.getOwnPropertyDescriptor(@.getPrototypeOf(@),'constructor').value('globalThis.${CANARY}=1')()`,
)

/** Paths that run code, pollute prototypes, change facts, or never end, in some version of the default resolver. */
const PATHS: readonly (readonly [string, string])[] = [
  ['runs code through a nested filter', runsCode],
  [
    'runs code through a constructor',
    `$[?(@.constructor.constructor('globalThis.${CANARY}=1')())]`,
  ],
  [
    'runs code through __lookupGetter__',
    `$[?(''.__lookupGetter__('__proto__').call(''.at).constructor('globalThis.${CANARY}=1')())]`,
  ],
  ['runs code through a script', `$[(globalThis.${CANARY}=1)]`],
  [
    'pollutes the prototype of all objects',
    nested(`@.defineProperty(@.prototype,'${CANARY}',@.getOwnPropertyDescriptor('ab','length'))`),
  ],
  ['changes the facts', "$.items[?(@root.items.push('approved')&&false)]"],
  ['calls a method of a fact', '$.items[?(@.delete())]'],
  ['poisons the cache of paths', 'safeScript:@.qty>3'],
  [
    'matches a pattern for seconds',
    "$[?(/^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'))]",
  ],
  ['asks for all memory', "$[?('x'.repeat(3e8).split(''))]"],
  ['descends without end', `$${'..x'.repeat(600)}`],
  ['takes an inherited name', 'constructor'],
  ['takes the prototype', '$.__proto__'],
]

const state = globalThis as unknown as Record<string, unknown>
const isClean = () => !Object.hasOwn(state, CANARY) && ({} as Json)[CANARY] === undefined
const facts = { 'return.reason': 'damaged', 'return.references': ['a'], items: [{ sku: 1 }] }

afterEach(() => {
  delete state[CANARY]
  delete (Object.prototype as unknown as Record<string, unknown>)[CANARY]
})

describe('the attack', () => {
  it('is real: the default path resolver runs code from a rule', async () => {
    const engine = new Engine()
    const condition = { fact: 'order', operator: 'equal', value: 1, path: runsCode }
    engine.addRule({ conditions: { all: [condition] }, event: { type: 'x' } })

    await engine.run({ order: { items: [{ sku: 1 }] } }).catch(() => undefined)

    expect(isClean()).toBe(false)
  })
})

describe('paths', () => {
  for (const [title, path] of PATHS) {
    const entrances: readonly (readonly [string, Json, string])[] = [
      [
        'a condition',
        { conditions: { all: [{ ...damaged, path }] } },
        'not_supported /rules/0/conditions/all/0/path',
      ],
      [
        'a value',
        { conditions: { all: [{ ...damaged, value: { fact: 'return.reason', path } }] } },
        'not_supported /rules/0/conditions/all/0/value',
      ],
      [
        'a param',
        { event: { type: 'review', params: { question: { fact: 'return.reason', path } } } },
        'wrong_type /rules/0/event/params/question',
      ],
    ]
    for (const [where, changes, issue] of entrances) {
      it(`${title}: refused in ${where}`, () => {
        expect(brief(check(withRule(changes)).issues)).toEqual([issue])
        expect(isClean()).toBe(true)
      })

      it(`${title}: harmless when forced in ${where}`, async () => {
        const startedAt = performance.now()

        const verdict = await forcedVerdict(changes, facts)

        // What is left of a condition without its path is an ordinary comparison.
        expect(verdict.verdict).toBe(where === 'a value' ? 'failed' : 'true')
        expect(isClean()).toBe(true)
        expect(facts.items).toEqual([{ sku: 1 }])
        expect(performance.now() - startedAt).toBeLessThan(500)
      })
    }

    it(`${title}: rejects where it reaches the engine itself`, async () => {
      const value = { fact: 'return.references', path }
      const group = { all: [{ ...damaged, value }] } as unknown as PositiveGroup
      const known = new Map<string, string | readonly string[]>([['return.references', ['a']]])
      const definition = vocabulary.definitionOf('return.reason')
      const definitions = new Map(definition === undefined ? [] : [['return.reason', definition]])

      await expect(runEngine(group, known, definitions)).rejects.toThrow('paths are not evaluated')
      expect(isClean()).toBe(true)
    })
  }
})

interface Hazard {
  readonly title: string
  readonly conditions: unknown
  readonly facts: Json
  /** How the check refuses it. Empty: the document is good, and the facts are the hazard. */
  readonly issues: readonly string[]
  readonly verdict: 'false' | 'unknown' | 'failed'
}

const at = '/rules/0/conditions/all/0'
const leaf = (fact: string, operator: string, value: unknown, more: Json = {}) => ({
  all: [{ fact, operator, value, ...more }],
})
const days = 'time.daysToDueDate'

/** What json-rules-engine 7.3.1 fires on although nobody meant it, or what makes its run fail as a whole. */
const HAZARDS: readonly Hazard[] = [
  {
    title: 'texts in numeric order',
    conditions: leaf(days, 'lessThan', '200'),
    facts: { [days]: '1000' },
    issues: [`operand_mismatch ${at}/value`],
    verdict: 'failed',
  },
  {
    title: 'a text fact in numeric order',
    conditions: leaf(days, 'lessThan', 200),
    facts: { [days]: '10' },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'less than null',
    conditions: leaf(days, 'lessThan', null),
    facts: { [days]: -50 },
    issues: [`operand_mismatch ${at}/value`],
    verdict: 'failed',
  },
  {
    title: 'an array of one in numeric order',
    conditions: leaf(days, 'lessThan', 200),
    facts: { [days]: [10] },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'notEqual on a misspelt fact',
    conditions: leaf('return.resaon', 'notEqual', 'x'),
    facts: {},
    issues: [`unknown_fact ${at}/fact`],
    verdict: 'failed',
  },
  {
    title: 'notEqual on a missing fact',
    conditions: leaf('return.reason', 'notEqual', 'x'),
    facts: {},
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'notIn on a missing fact',
    conditions: leaf('return.reason', 'notIn', ['x']),
    facts: {},
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'doesNotContain on a missing fact',
    conditions: leaf('return.references', 'doesNotContain', 'x'),
    facts: {},
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'not around a missing fact',
    conditions: { not: damaged },
    facts: {},
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'not around a group with a missing fact',
    conditions: { not: { all: [damaged, { fact: days, operator: 'lessThan', value: 1 }] } },
    facts: { [days]: 0 },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'a null fact',
    conditions: leaf('return.reason', 'notEqual', 'x'),
    facts: { 'return.reason': null },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'an undefined fact',
    conditions: leaf('return.reason', 'notEqual', 'x'),
    facts: { 'return.reason': undefined },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'an empty text in a text',
    conditions: leaf('return.reason', 'in', 'NL,SE'),
    facts: { 'return.reason': '' },
    issues: [`operand_mismatch ${at}/value`],
    verdict: 'failed',
  },
  {
    title: 'a part of a text in a text',
    conditions: leaf('return.reason', 'in', 'NL,SE'),
    facts: { 'return.reason': 'L,S' },
    issues: [`operand_mismatch ${at}/value`],
    verdict: 'failed',
  },
  {
    title: '`in` with a number',
    conditions: leaf(days, 'in', 5),
    facts: { [days]: 5 },
    issues: [`operand_mismatch ${at}/value`],
    verdict: 'failed',
  },
  {
    title: 'an empty `all`',
    conditions: { all: [] },
    facts: {},
    issues: ['empty_group /rules/0/conditions/all'],
    verdict: 'failed',
  },
  {
    title: 'an empty `any`',
    conditions: { any: [] },
    facts: {},
    issues: ['empty_group /rules/0/conditions/any'],
    verdict: 'failed',
  },
  {
    title: 'an empty `all` inside',
    conditions: { any: [{ all: [] }] },
    facts: {},
    issues: ['empty_group /rules/0/conditions/any/0/all'],
    verdict: 'failed',
  },
  {
    title: 'NaN is not 0',
    conditions: leaf(days, 'notEqual', 0),
    facts: { [days]: Number.NaN },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'a fact that is a fraction',
    conditions: leaf(days, 'greaterThan', 0),
    facts: { [days]: 0.1 + 0.2 },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'a fact beyond 2^53',
    conditions: leaf(days, 'greaterThan', 0),
    facts: { [days]: 2 ** 53 },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'a path on a scalar fact',
    conditions: leaf(days, 'notEqual', 5, { path: '$.x' }),
    facts: { [days]: 5 },
    issues: [`not_supported ${at}/path`],
    verdict: 'false',
  },
  {
    title: 'a misspelt key',
    conditions: { all: [{ fact: days, operator: 'equal', valeu: 1 }] },
    facts: { [days]: 1 },
    issues: [`unknown_key ${at}/valeu`, `missing ${at}/value`],
    verdict: 'failed',
  },
  {
    title: 'both `all` and `any`',
    conditions: { ...leaf(days, 'equal', 1), any: [damaged] },
    facts: { 'return.reason': 'damaged', [days]: 0 },
    issues: ['several_groups /rules/0/conditions'],
    verdict: 'false',
  },
  {
    title: 'an unknown operator',
    conditions: leaf(days, 'equals', 1),
    facts: { [days]: 1 },
    issues: [`unknown_operator ${at}/operator`],
    verdict: 'failed',
  },
  {
    title: 'a decorated operator',
    conditions: leaf('return.reason', 'not:in', ['x']),
    facts: { 'return.reason': 'a' },
    issues: [`not_supported ${at}/operator`],
    verdict: 'failed',
  },
  {
    title: 'many decorators',
    conditions: leaf('return.reason', `${'not:'.repeat(100)}equal`, 'x'),
    facts: { 'return.reason': 'a' },
    issues: [`not_supported ${at}/operator`],
    verdict: 'failed',
  },
  {
    title: 'a value from another fact',
    conditions: leaf(days, 'notEqual', { fact: 'order.captureCount' }),
    facts: { [days]: 1, 'order.captureCount': 2 },
    issues: [`not_supported ${at}/value`],
    verdict: 'failed',
  },
  {
    title: 'a reference to itself',
    conditions: { condition: 'self' },
    facts: {},
    issues: ['not_a_group /rules/0/conditions', 'not_supported /rules/0/conditions/condition'],
    verdict: 'failed',
  },
  {
    title: 'a priority that is a prototype',
    conditions: { all: [{ ...damaged, priority: '__proto__' }, damaged] },
    facts: {},
    issues: [`not_supported ${at}/priority`],
    verdict: 'unknown',
  },
  {
    title: 'an inherited fact name',
    conditions: leaf('toString', 'notEqual', 'x'),
    facts: {},
    issues: [`unknown_fact ${at}/fact`],
    verdict: 'failed',
  },
  {
    title: 'a length as fact',
    conditions: leaf('length', 'notEqual', 0),
    facts: {},
    issues: [`unknown_fact ${at}/fact`],
    verdict: 'failed',
  },
  {
    title: 'a function as fact',
    conditions: leaf('return.reason', 'notEqual', 'x'),
    facts: { 'return.reason': () => 'damaged' },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'a promise as fact',
    conditions: leaf('return.reason', 'notEqual', 'x'),
    facts: { 'return.reason': Promise.resolve('damaged') },
    issues: [],
    verdict: 'unknown',
  },
  {
    title: 'an inherited fact',
    conditions: leaf('return.reason', 'equal', 'damaged'),
    facts: Object.create({ 'return.reason': 'damaged' }),
    issues: [],
    verdict: 'unknown',
  },
]

describe('traps of the format', () => {
  for (const { title, conditions, facts: seen, issues, verdict } of HAZARDS) {
    it(`${title}: ${issues.length > 0 ? 'refused' : 'taken'} when checked`, () => {
      expect(brief(check(withConditions(conditions)).issues)).toEqual(issues)
    })

    it(`${title}: ${verdict} when forced`, async () => {
      expect((await forcedVerdict({ conditions }, seen)).verdict).toBe(verdict)
    })
  }

  it('a condition nested 1,000 deep fails alone when forced', async () => {
    let deep: unknown = damaged
    for (let level = 0; level < 1000; level += 1) deep = { not: deep }

    const rules = inForce(forced([aRule({ conditions: deep, name: 'deep' }), aRule()]))

    const verdicts = await rules.evaluate('return.registered', { 'return.reason': 'damaged' })
    expect(verdicts.map((each) => each.verdict)).toEqual(['failed', 'true'])
  })

  it('0.1 and 0.2 cannot be written', () => {
    const text = JSON.stringify(withConditions(leaf(days, 'equal', 0.3)))

    expect(brief(validateRuleSet(text, vocabulary).issues)).toEqual([`bad_number ${at}/value`])
  })
})

describe('a prototype that was polluted elsewhere', () => {
  const prototype = Object.prototype as unknown as Record<string, unknown>
  afterEach(() => {
    for (const key of ['priority', 'value', 'return.reason']) delete prototype[key]
  })

  it('gives no rule a field, no condition a value, and no order a fact', async () => {
    prototype['priority'] = 1000
    prototype['value'] = 'damaged'
    prototype['return.reason'] = 'damaged'

    const short = check(withConditions({ all: [{ fact: 'return.reason', operator: 'equal' }] }))
    const verdict = await forcedVerdict({}, {})
    const checked = check(aRuleSet())

    expect(brief(short.issues)).toEqual(['missing /rules/0/conditions/all/0/value'])
    expect(verdict.verdict).toBe('unknown')
    expect(checked.ok && checked.ruleSet.rules[0]?.priority).toBe(1)
  })
})

describe('names that the engine stumbles over', () => {
  for (const type of ['error', '__defineGetter__', 'constructor', 'newListener']) {
    it(`the event type \`${type}\` is refused, and fails nothing when forced`, async () => {
      const event = { type, params: {} }

      expect(check(withRule({ event })).ok).toBe(false)
      expect((await forcedVerdict({ event }, facts)).verdict).toBe('true')
    })
  }

  it('rules of one name are refused, and judged each when forced', async () => {
    const other = aRule({ conditions: { all: [{ ...damaged, value: 'late' }] } })

    const verdicts = await inForce(forced([aRule(), other])).evaluate('return.registered', {
      'return.reason': 'damaged',
    })

    expect(check(aRuleSet({ rules: [aRule(), other] })).ok).toBe(false)
    expect(verdicts.map((each) => each.verdict)).toEqual(['true', 'false'])
  })

  it('no operator or decorator of the engine is left', async () => {
    const builtIn = ['equal', 'notEqual', 'in', 'notIn', 'contains', 'doesNotContain', 'lessThan']
    const more = ['lessThanInclusive', 'greaterThan', 'greaterThanInclusive']
    const decorators = ['someFact', 'someValue', 'everyFact', 'everyValue', 'swap', 'not']
    const engine = await engineOfOurs()

    const operators = [...engine.operators.operators.keys()]
    expect(operators).toEqual(['return.reason equal'])
    expect([...engine.operators.decorators.keys()]).toEqual([])
    expect([...builtIn, ...more].map((name) => engine.operators.get(name))).toEqual(
      Array.from({ length: 10 }, () => null),
    )
    expect(decorators.map((name) => engine.operators.get(`${name}:return.reason equal`))).toEqual(
      decorators.map(() => null),
    )
  })
})

interface EngineInside {
  readonly operators: {
    readonly operators: ReadonlyMap<string, unknown>
    readonly decorators: ReadonlyMap<string, unknown>
    get(name: string): unknown
  }
}

/** The engine of one run, caught where it runs. */
async function engineOfOurs(): Promise<EngineInside> {
  const seen: EngineInside[] = []
  const original = Engine.prototype.run
  Engine.prototype.run = function run(this: Engine, ...rest) {
    seen.push(this as unknown as EngineInside)
    return original.apply(this, rest)
  }
  try {
    await forcedVerdict({}, facts)
  } finally {
    Engine.prototype.run = original
  }
  return only(seen)
}
