/** The same rules and facts read in five ways that were written apart; no two of them may differ. */
import type { Facts } from '@postdelivery/core'
import {
  type CompiledRules,
  type Condition,
  compileRules,
  createRuleBook,
  type RuleSet,
  validateRuleSet,
} from '@postdelivery/rules'
import fc from 'fast-check'
import { Engine, type TopLevelCondition } from 'json-rules-engine'
import { describe, expect, it } from 'vitest'
import { conjunctsOf } from '../src/compile/bitmap/conjuncts.ts'
import { aRuleSet, type Json } from './builders.ts'
import { readingOf } from './reference.ts'
import { knownFacts, wideFacts, wideRules, wideVocabulary } from './wide-arbitraries.ts'

const reported = 'return.registered'

function setOf(rules: readonly Json[]): RuleSet {
  const checked = validateRuleSet(JSON.stringify(aRuleSet({ rules })), wideVocabulary)
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues))
  return checked.ruleSet
}

const compile = (rules: readonly Json[]): CompiledRules =>
  compileRules(wideVocabulary, [setOf(rules)])

const severalFacts = fc.array(wideFacts, { minLength: 1, maxLength: 6 })

/** The rules that json-rules-engine fires when it is used as its manual says. */
async function firedByEngine(compiled: CompiledRules, facts: Json): Promise<readonly string[]> {
  const engine = new Engine()
  for (const { rule } of compiled.rules) {
    const conditions = structuredClone(rule.conditions) as TopLevelCondition
    engine.addRule({ conditions, event: { type: rule.name }, priority: rule.priority })
  }
  const { events } = await engine.run({ ...facts })
  return events.map(({ type }) => type).toSorted()
}

const namesOf = (compiled: CompiledRules, indexes: readonly number[]): readonly string[] =>
  indexes.map((index) => compiled.rules[index]?.rule.name ?? 'none').toSorted()

describe('the readings', { timeout: 60_000 }, () => {
  it('with trace, without trace, and by bounds say the same of any facts', () => {
    const counts = { true: 0, false: 0, unknown: 0, single: 0, severalWords: 0 }
    fc.assert(
      fc.property(wideRules, severalFacts, (list, all) => {
        const compiled = compile(list)
        for (const { positive } of compiled.rules)
          if (positive !== null && conjunctsOf(positive, 16) === null) counts.single += 1
        if (list.length > 32) counts.severalWords += 1
        for (const seen of all) {
          const verdicts = compiled.verdicts(reported, seen as Facts)
          const own = Object.fromEntries(Object.entries(seen))
          const byBounds = compiled.rules.map(({ rule }) => readingOf(rule.conditions, own))

          const fired = compiled.fired(reported, seen as Facts)

          expect(verdicts.map(({ verdict }) => verdict)).toEqual(byBounds)
          const trueOnes = byBounds.flatMap((verdict, index) => (verdict === 'true' ? [index] : []))
          expect(fired).toEqual(trueOnes)
          for (const verdict of byBounds) counts[verdict] += 1
        }
      }),
      { numRuns: 600 },
    )
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(50)
  })

  it('agree with the checked evaluation, in which json-rules-engine decides', async () => {
    await fc.assert(
      fc.asyncProperty(wideRules, wideFacts, async (list, seen) => {
        const set = setOf(list)
        const book = createRuleBook(wideVocabulary, [set])
        const checked = book.ok
          ? await book.value.inForce().evaluate(reported, seen as Facts)
          : undefined

        const own = compileRules(wideVocabulary, [set]).verdicts(reported, seen as Facts)

        expect(own).toEqual(checked)
        expect(own.some(({ verdict }) => verdict === 'failed')).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  it('agree with json-rules-engine and its own operators where every fact is known', async () => {
    let firedCount = 0
    await fc.assert(
      fc.asyncProperty(wideRules, knownFacts, async (list, seen) => {
        const compiled = compile(list)

        const byEngine = await firedByEngine(compiled, seen)

        expect(namesOf(compiled, compiled.fired(reported, seen as Facts))).toEqual(byEngine)
        firedCount += byEngine.length
      }),
      { numRuns: 200 },
    )
    expect(firedCount).toBeGreaterThan(100)
  })
})

describe('facts', () => {
  const naming = (name: string, fact: string): Json => ({
    ...aRuleOf({ all: [{ fact, operator: 'notEqual', value: 'x' }] }),
    name,
  })
  const aRuleOf = (conditions: Condition): Json => ({
    on: [reported],
    mode: 'live',
    conditions,
    event: { type: 'review', params: { question: 'Why?' } },
  })

  it('that cannot be read fail the rules that name them, and no others', () => {
    const compiled = compile([naming('A', 'return.reason'), naming('B', 'return.condition')])
    const facts = {
      'return.condition': 'new',
      get 'return.reason'(): string {
        throw new Error('the source is gone')
      },
    }

    const verdicts = compiled.verdicts(reported, facts)

    expect(verdicts.map(({ verdict, failure }) => [verdict, failure])).toEqual([
      ['failed', 'the source is gone'],
      ['true', undefined],
    ])
    expect(compiled.fired(reported, facts)).toEqual([1])
  })

  it('that all objects inherit are not there', () => {
    const compiled = compile([naming('A', 'return.reason')])
    const prototype = Object.prototype as unknown as Record<string, unknown>
    try {
      prototype['return.reason'] = 'damaged'

      expect(compiled.fired(reported, {})).toEqual([])
      expect(compiled.fired(reported, { 'return.reason': 'late' })).toEqual([0])
    } finally {
      delete prototype['return.reason']
    }
  })
})
