import { canonicalJson, FACTS } from '@postdelivery/core'
import {
  createVocabulary,
  defineFact,
  OPERATORS,
  type Rule,
  renderComparison,
  renderConditions,
  renderRule,
  validateRuleSet,
} from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditions } from './arbitraries.ts'
import { aRuleSet, type Json, vocabulary } from './builders.ts'

/** Texts that look like parts of a sentence. */
const TEXTS = ['damaged', 'a', 'a or b', 'not a', 'not', '"a"', 'a", or "b', '14', 'yes', 'or']

/** What a comparison means, in one form for all ways to write it. */
function meaningOfLeaf(fact: string, operator: string, value: unknown): string {
  const entries = (list: unknown) => [...new Set(list as string[])].toSorted()
  if (typeof value === 'boolean') return canonicalJson([fact, (operator === 'equal') === value])
  if (operator === 'in' || operator === 'equal')
    return canonicalJson([fact, 'in', operator === 'in' ? entries(value) : [value]])
  if (operator === 'notIn' || operator === 'notEqual')
    return canonicalJson([fact, 'notIn', operator === 'notIn' ? entries(value) : [value]])
  return canonicalJson([fact, operator, value])
}

const NEGATIONS = new Map(OPERATORS.map(({ name, negation }) => [name as string, negation]))

/** What conditions mean: negations at the leaves, groups of one and of one kind taken apart. */
function meaningOf(condition: unknown, isNegated = false): readonly unknown[] | string {
  const node = condition as Json
  if ('not' in node) return meaningOf(node['not'], !isNegated)
  if (!('all' in node || 'any' in node)) {
    const operator = node['operator'] as string
    const said = isNegated ? (NEGATIONS.get(operator) ?? '') : operator
    return meaningOfLeaf(node['fact'] as string, said, node['value'])
  }
  const kind = 'all' in node !== isNegated ? 'all' : 'any'
  const members = ((node['all'] ?? node['any']) as readonly unknown[])
    .map((each) => meaningOf(each, isNegated))
    .flatMap((each) => (Array.isArray(each) && each[0] === kind ? each.slice(1) : [each]))
  return members.length === 1 ? (members[0] as string) : [kind, ...members]
}

const meaningOfRule = (rule: Rule): string =>
  canonicalJson([
    rule.on.toSorted(),
    meaningOf(rule.conditions),
    rule.mode,
    rule.event,
    rule.limits,
  ] as never)

const actions: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    { type: 'sendOut' },
    { type: 'releaseAuthorization' },
    { type: 'extendAuthorization' },
    { type: 'addShippingInfo' },
    { type: 'refund', params: { basis: 'remaining' } },
  ),
  fc.record({ question: fc.constantFrom(...TEXTS) }).map((params) => ({ type: 'review', params })),
  fc
    .record(
      {
        days: fc.integer({ min: 1, max: 3 }),
        maxFeeMinor: fc.dictionary(fc.constantFrom('SEK', 'EUR'), fc.integer({ min: 0, max: 3 }), {
          minKeys: 1,
        }),
        again: fc.constant('yes'),
      },
      { requiredKeys: ['days', 'maxFeeMinor'] },
    )
    .map((params) => ({ type: 'extendDueDate', params })),
  fc
    .record(
      {
        basis: fc.constant('returned_items'),
        stage: fc.constantFrom('received', 'inspected'),
        returnFeeMinor: fc.integer({ min: 1, max: 3 }),
        description: fc.constantFrom(...TEXTS),
      },
      { requiredKeys: ['basis'] },
    )
    .map((params) => ({ type: 'refund', params })),
)

const rules: fc.Arbitrary<Json> = fc.record({
  name: fc.constant('a rule'),
  on: fc.uniqueArray(fc.constantFrom('return.registered', 'return.received', 'shop.a'), {
    minLength: 1,
  }),
  mode: fc.constantFrom('live', 'approval', 'shadow', 'draft'),
  conditions,
  event: actions,
  limits: fc.record(
    { perOrder: fc.integer({ min: 1, max: 3 }), perDay: fc.integer({ min: 1, max: 3 }) },
    { requiredKeys: [] },
  ),
})

/** Changes one value somewhere in a rule. */
function changed(json: unknown, pick: () => number): unknown {
  if (Array.isArray(json)) {
    const at = pick() % json.length
    return json.map((each, index) => (index === at ? changed(each, pick) : each))
  }
  if (typeof json !== 'object' || json === null) {
    const pool = [...TEXTS, 1, 2, 3, true, false, ...NEGATIONS.keys(), ...FACTS.map((f) => f.name)]
    return pool[pick() % pool.length]
  }
  const keys = Object.keys(json)
  const key = keys[pick() % keys.length] ?? ''
  return { ...json, [key]: changed((json as Json)[key], pick) }
}

const checked = (rule: unknown): Rule | undefined => {
  const result = validateRuleSet(JSON.stringify(aRuleSet({ rules: [rule] })), vocabulary)
  return result.ok ? result.ruleSet.rules[0] : undefined
}

const mine = createVocabulary([
  defineFact({ name: 'customer.since', type: 'date', sentence: 'customer since' }),
  defineFact({ name: 'customer.tier', type: 'text', sentence: 'customer since" is a' }),
  defineFact({ name: 'shop.tags', type: 'textList', sentence: 'tags' }),
])

describe('sentences of rules', () => {
  it('are different for every two comparisons of different meaning', () => {
    if (!mine.ok) throw new Error('the facts are good')
    const { definitions } = mine.value
    const meanings = new Map<string, string>()
    let count = 0
    for (const { name, type, values } of definitions) {
      const pool =
        type === 'integer'
          ? [-1, 0, 1, 2, 10, 100, 101]
          : type === 'flag'
            ? [true, false]
            : type === 'date'
              ? ['2026-01-01', '2026-01-02']
              : (values ?? TEXTS)
      for (const { name: operator, types, takes } of OPERATORS) {
        if (!types.includes(type)) continue
        const wanted =
          takes === 'list' ? pool.flatMap((a) => pool.map((b) => (a === b ? [a] : [a, b]))) : pool
        for (const value of wanted) {
          const said = renderComparison({ fact: name, operator, value }, mine.value)
          const meaning = meaningOfLeaf(name, operator, value)
          count += 1
          if (!meanings.has(said)) meanings.set(said, meaning)
          expect(`${said} ${meanings.get(said)}`).toBe(`${said} ${meaning}`)
        }
      }
    }
    expect(count).toBeGreaterThan(5000)
  })

  it('tell groups apart, wherever they stand in one another', () => {
    const leaves = ['a', 'b', 'c'].map((value) => ({
      fact: 'return.reason',
      operator: 'equal',
      value,
    }))
    const grouped = (inner: readonly unknown[]): readonly unknown[] => [
      ...inner.map((each) => ({ not: each })),
      ...inner.flatMap((a) => inner.flatMap((b) => [{ all: [a, b] }, { any: [a, b] }])),
    ]
    const small = [...leaves, ...grouped(leaves)]
    const meanings = new Map<string, string>()
    for (const tree of [...small, ...grouped(small)]) {
      const said = renderConditions(tree as never, vocabulary)
      const meaning = canonicalJson(meaningOf(tree) as never)
      if (!meanings.has(said)) meanings.set(said, meaning)
      expect(`${said} ${meanings.get(said)}`).toBe(`${said} ${meaning}`)
    }
    expect(meanings.size).toBeGreaterThan(500)
  })

  it('differ wherever two rules differ in meaning, and only there', () => {
    let different = 0
    fc.assert(
      fc.property(rules, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (json, picks) => {
        const at = picks.values()
        const first = checked(json)
        const second = checked(changed(json, () => at.next().value ?? 0))
        fc.pre(first !== undefined && second !== undefined)
        const isSame = meaningOfRule(first) === meaningOfRule(second)
        if (!isSame) different += 1
        expect(renderRule(first, vocabulary) === renderRule(second, vocabulary)).toBe(isSame)
      }),
      { numRuns: 1500 },
    )
    expect(different).toBeGreaterThan(200)
  })

  it('stand on one line', () => {
    fc.assert(
      fc.property(rules, (json) => {
        const rule = checked(json)
        fc.pre(rule !== undefined)
        expect(renderRule(rule, vocabulary)).not.toMatch(/[\r\n\t]/)
      }),
      { numRuns: 200 },
    )
  })
})
