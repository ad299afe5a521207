import type { Facts } from '@postdelivery/core'
import { compileRules, importJsonRulesEngine, validateRuleSet } from '@postdelivery/rules'
import fc from 'fast-check'
import { Engine, type TopLevelCondition } from 'json-rules-engine'
import { describe, expect, it } from 'vitest'
import type { Json } from './builders.ts'
import { knownFacts, wideRules, wideVocabulary } from './wide-arbitraries.ts'

interface Document {
  readonly rules: readonly Json[]
  readonly conditions: Readonly<Record<string, TopLevelCondition>>
}

/** Documents as json-rules-engine has them: every second rule's conditions have a name and are referred to. */
const documents: fc.Arbitrary<Document> = wideRules.map((rules) => {
  const named = rules.map((rule, index) => [`condition ${index}`, rule['conditions']] as const)
  return {
    rules: rules.map(({ name, priority, conditions, event }, index) => ({
      name,
      priority,
      conditions: index % 2 === 0 ? conditions : { any: [{ condition: `condition ${index}` }] },
      event,
    })),
    conditions: Object.fromEntries(named) as Document['conditions'],
  }
})

/** The names of the rules that the real engine fires, with its own operators. */
async function firedByEngine(document: Document, facts: Json): Promise<readonly string[]> {
  const { rules, conditions } = structuredClone(document)
  const engine = new Engine()
  for (const [name, condition] of Object.entries(conditions)) engine.setCondition(name, condition)
  for (const rule of rules)
    engine.addRule({ ...rule, event: { type: String(rule['name']) } } as never)
  const { events } = await engine.run({ ...facts })
  return events.map(({ type }) => type).toSorted()
}

describe('a rule that is taken over', { timeout: 30_000 }, () => {
  it('fires exactly when json-rules-engine fires it, where every fact is known', async () => {
    const options = { name: 'taken-over', on: ['return.registered'] }
    let firedCount = 0
    await fc.assert(
      fc.asyncProperty(documents, knownFacts, async (document, facts) => {
        const taken = importJsonRulesEngine(JSON.stringify(document), wideVocabulary, options)
        const check = validateRuleSet(taken.text ?? '', wideVocabulary)
        const compiled = compileRules(wideVocabulary, check.ok ? [check.ruleSet] : [])

        const fired = compiled.fired('return.registered', facts as Facts)

        const names = fired.map((index) => compiled.rules[index]?.rule.name ?? 'none').toSorted()
        expect(names).toEqual(await firedByEngine(document, facts))
        firedCount += fired.length
      }),
      { numRuns: 150 },
    )
    expect(firedCount).toBeGreaterThan(100)
  })
})
