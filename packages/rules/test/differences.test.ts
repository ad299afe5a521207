/**
 * Where we differ from json-rules-engine on purpose: each difference is shown on both sides, and stands in the docs.
 *
 * The other side is the real engine with its own operators, used as its manual says.
 */
import { readFileSync } from 'node:fs'
import type { Facts } from '@postdelivery/core'
import { compileRules, type RuleSet } from '@postdelivery/rules'
import { Engine } from 'json-rules-engine'
import { describe, expect, it } from 'vitest'
import {
  aRule,
  aRuleSet,
  check,
  damaged,
  forced,
  type Json,
  ruleSetOf,
  vocabulary,
} from './builders.ts'

const reported = 'return.registered'
const days = 'time.daysToDueDate'
const leaf = (fact: string, operator: string, value: unknown, more: Json = {}): Json => ({
  all: [{ fact, operator, value, ...more }],
})

/** What the real engine says to one rule: it fires, it does not, or the whole run fails. */
async function engineSays(rule: Json, facts: Json, options = {}): Promise<string> {
  try {
    const engine = new Engine([], options)
    engine.addRule({ ...rule, event: { type: 'fired' } } as never)
    const { events } = await engine.run(facts)
    return events.length > 0 ? 'fires' : 'is silent'
  } catch {
    return 'rejects'
  }
}

/** What we say to the same rule: the code of the first issue when it is refused, or else its verdict. */
function weSay(rule: Json, facts: Json): string {
  const checked = check(aRuleSet({ rules: [aRule(rule)] }))
  if (!checked.ok) return checked.issues[0]?.code ?? 'no issue'
  const rules = compileRules(vocabulary, [checked.ruleSet])
  return rules.verdicts(reported, facts as Facts)[0]?.verdict ?? 'no verdict'
}

interface Difference {
  /** As the docs say it. */
  readonly title: string
  readonly rule: Json
  readonly facts: Json
  readonly options?: { readonly allowUndefinedFacts: true }
  readonly engine: string
  readonly ours: string
}

const allowing = { allowUndefinedFacts: true } as const

const DIFFERENCES: readonly Difference[] = [
  {
    title: 'A fact that is missing is unknown',
    rule: { conditions: leaf('return.reason', 'equal', 'damaged') },
    facts: {},
    engine: 'rejects',
    ours: 'unknown',
  },
  {
    title: 'Unknown never acts, also not by `notEqual`, `notIn` or `not`',
    rule: { conditions: leaf('return.reason', 'notEqual', 'damaged') },
    facts: {},
    options: allowing,
    engine: 'fires',
    ours: 'unknown',
  },
  {
    title: 'Unknown never acts, also not by `notEqual`, `notIn` or `not`',
    rule: { conditions: leaf('return.reason', 'notIn', ['damaged']) },
    facts: { 'return.reason': null },
    engine: 'fires',
    ours: 'unknown',
  },
  {
    title: 'Unknown never acts, also not by `notEqual`, `notIn` or `not`',
    rule: { conditions: { not: { all: [damaged] } } },
    facts: {},
    options: allowing,
    engine: 'fires',
    ours: 'unknown',
  },
  {
    title: 'Nothing is converted',
    rule: { conditions: leaf(days, 'lessThan', 200) },
    facts: { [days]: '10' },
    engine: 'fires',
    ours: 'unknown',
  },
  {
    title: 'Nothing is converted',
    rule: { conditions: leaf(days, 'lessThan', null) },
    facts: { [days]: -50 },
    engine: 'fires',
    ours: 'operand_mismatch',
  },
  {
    title: 'Numbers in quotes are not compared letter by letter',
    rule: { conditions: leaf(days, 'greaterThan', '9') },
    facts: { [days]: '10' },
    engine: 'is silent',
    ours: 'operand_mismatch',
  },
  {
    title: 'What is no whole number is unknown',
    rule: { conditions: leaf(days, 'notEqual', 0) },
    facts: { [days]: Number.NaN },
    engine: 'fires',
    ours: 'unknown',
  },
  {
    title: 'What is no whole number is unknown',
    rule: { conditions: leaf(days, 'greaterThan', 0) },
    facts: { [days]: 0.5 },
    engine: 'fires',
    ours: 'unknown',
  },
  {
    title: 'A text outside the listed values of its fact is unknown',
    rule: { conditions: leaf('return.stage', 'notEqual', 'received') },
    facts: { 'return.stage': 'recieved' },
    engine: 'fires',
    ours: 'unknown',
  },
  {
    title: 'Inherited facts are not there',
    rule: { conditions: { all: [damaged] } },
    facts: Object.create({ 'return.reason': 'damaged' }) as Json,
    engine: 'fires',
    ours: 'unknown',
  },
  {
    title: 'An empty group is refused',
    rule: { conditions: { any: [] } },
    facts: {},
    engine: 'fires',
    ours: 'empty_group',
  },
  {
    title: '`in` takes a list, and does not look for parts of texts',
    rule: { conditions: leaf('return.condition', 'in', 'new,unopened') },
    facts: { 'return.condition': 'open' },
    engine: 'fires',
    ours: 'operand_mismatch',
  },
  {
    title: '`doesNotContain` is false only of a list that has the entry',
    rule: { conditions: { not: leaf('return.references', 'doesNotContain', 'A') } },
    facts: { 'return.references': 'B' },
    engine: 'fires',
    ours: 'unknown',
  },
  {
    title: 'Two groups in one condition are refused',
    rule: { conditions: { any: [damaged], ...leaf(days, 'equal', 1) } },
    facts: { 'return.reason': 'damaged', [days]: 0 },
    engine: 'fires',
    ours: 'several_groups',
  },
  {
    title: 'A field that is not known is refused',
    rule: { conditions: { all: [{ ...damaged, unless: 'opened' }] } },
    facts: { 'return.reason': 'damaged' },
    engine: 'fires',
    ours: 'unknown_key',
  },
  {
    title: 'A priority is a whole number above 0',
    rule: { conditions: { all: [damaged] }, priority: 'high' },
    facts: { 'return.reason': 'damaged' },
    engine: 'fires',
    ours: 'wrong_type',
  },
  {
    title: 'Paths, references and decorators are refused',
    rule: { conditions: leaf('return.references', 'contains', 'A', { path: '$' }) },
    facts: { 'return.references': ['A'] },
    engine: 'fires',
    ours: 'not_supported',
  },
  {
    title: 'Paths, references and decorators are refused',
    rule: { conditions: leaf('return.reason', 'equal', { fact: 'return.condition' }) },
    facts: { 'return.reason': 'a', 'return.condition': 'a' },
    engine: 'fires',
    ours: 'not_supported',
  },
  {
    title: 'Paths, references and decorators are refused',
    rule: { conditions: leaf('return.reason', 'not:in', ['late']) },
    facts: { 'return.reason': 'damaged' },
    engine: 'fires',
    ours: 'not_supported',
  },
]

describe('on purpose different from json-rules-engine', () => {
  for (const { title, rule, facts, options, engine, ours } of DIFFERENCES) {
    it(`${title}: ${JSON.stringify(rule)} ${JSON.stringify(facts)}`, async () => {
      expect(await engineSays(rule, facts, options)).toBe(engine)
      expect(weSay(rule, facts)).toBe(ours)
    })
  }

  it('Rules of one priority answer in the order of the file', async () => {
    const nested = { all: [{ all: [{ all: [damaged] }] }] }
    const rules = [aRule({ name: 'first', conditions: nested }), aRule({ name: 'second' })]
    const facts = { 'return.reason': 'damaged' }
    const engine = new Engine()
    for (const { name, conditions } of rules)
      engine.addRule({ conditions, event: { type: name } } as never)

    const { events } = await engine.run(facts)

    expect(events.map(({ type }) => type)).toEqual(['second', 'first'])
    expect(firedNames(ruleSetOf(aRuleSet({ rules })), facts)).toEqual(['first', 'second'])
  })

  it('One rule that fails silences no other', async () => {
    const facts = { 'return.reason': 'damaged' }
    const bad = aRule({ name: 'bad', conditions: leaf('return.reason', 'near', 'damaged') })
    const engine = new Engine()
    for (const { conditions } of [bad, aRule()])
      engine.addRule({ conditions, event: { type: 'x' } } as never)

    await expect(engine.run(facts)).rejects.toThrow('near')
    expect(firedNames(forced([bad, aRule({ name: 'good' })]), facts)).toEqual(['good'])
  })

  it('Evaluations at the same time do not disturb one another', async () => {
    const late = aRule({ name: 'late', priority: 1 })
    const early = aRule({ name: 'early', priority: 2 })
    const facts = { 'return.reason': 'damaged' }
    const engine = new Engine()
    for (const { name, conditions, priority } of [late, early])
      engine.addRule({ conditions, priority, event: { type: name } } as never)
    const slow = () => new Promise<string>((resolve) => setTimeout(resolve, 20, 'damaged'))

    const [delayed] = await Promise.all([engine.run({ 'return.reason': slow }), engine.run(facts)])

    expect(delayed?.events.map(({ type }) => type)).toEqual(['early'])
    expect(firedNames(ruleSetOf(aRuleSet({ rules: [late, early] })), facts)).toEqual([
      'early',
      'late',
    ])
  })
})

describe('the docs', () => {
  it('list exactly these differences', () => {
    const page = readFileSync(new URL('../../../docs/evaluation.md', import.meta.url), 'utf8')
    const [, list = ''] = page.split('## Where we differ from json-rules-engine')
    const listed = [...(list.split('\n## ')[0]?.matchAll(/^\| ([^|]+?) \|/gm) ?? [])]
      .map(([, title]) => title)
      .slice(2)

    expect(listed).toEqual([
      ...new Set(DIFFERENCES.map(({ title }) => title)),
      'Rules of one priority answer in the order of the file',
      'One rule that fails silences no other',
      'Evaluations at the same time do not disturb one another',
    ])
  })
})

function firedNames(set: RuleSet, facts: Json): readonly string[] {
  const rules = compileRules(vocabulary, [set])
  return rules
    .fired(reported, facts as Facts)
    .map((index) => rules.rules[index]?.rule.name ?? 'none')
}
