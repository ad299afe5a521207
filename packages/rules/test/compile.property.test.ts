import type { Facts } from '@postdelivery/core'
import { compileRules, rulesInForceOf } from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { facts, rules } from './arbitraries.ts'
import { aRuleSet, damaged, inForce, ruleSetOf, verdictOf, vocabulary } from './builders.ts'

const reported = 'return.registered'

describe('compiled rules', { timeout: 60_000 }, () => {
  it('say with full trace what the checked evaluation says', async () => {
    await fc.assert(
      fc.asyncProperty(rules, facts, async (list, seen) => {
        const set = ruleSetOf(aRuleSet({ rules: list }))

        const checked = await inForce(set).evaluate(reported, seen as Facts)

        const own = rulesInForceOf(compileRules(vocabulary, [set]))
        expect(await own.evaluate(reported, seen as Facts)).toEqual(checked)
      }),
    )
  })

  it('fire exactly the rules whose verdict is true', () => {
    fc.assert(
      fc.property(rules, fc.array(facts, { minLength: 1, maxLength: 8 }), (list, all) => {
        const compiled = compileRules(vocabulary, [ruleSetOf(aRuleSet({ rules: list }))])
        for (const seen of all) {
          const verdicts = compiled.verdicts(reported, seen as Facts)

          const fired = compiled.fired(reported, seen as Facts)

          expect(fired).toEqual(
            verdicts.flatMap((each, index) => (each.verdict === 'true' ? [index] : [])),
          )
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the bytes of a verdict', () => {
  it('stay the same over releases, order of keys included', async () => {
    const days = { fact: 'time.daysToDueDate', operator: 'in', value: [1, 2] }
    const conditions = { any: [damaged, { not: { all: [days] } }] }

    const verdict = await verdictOf(conditions, { 'time.daysToDueDate': 3 })

    expect(JSON.stringify(verdict)).toBe(
      '{"ruleSet":"returns","rule":"Damaged goods","mode":"live","priority":1,"verdict":"true",' +
        '"trace":{"kind":"any","verdict":"true","of":[' +
        '{"kind":"condition","fact":"return.reason","operator":"equal","wanted":"damaged","verdict":"unknown"},' +
        '{"kind":"not","verdict":"true","of":[{"kind":"all","verdict":"false","of":[' +
        '{"kind":"condition","fact":"time.daysToDueDate","operator":"in","wanted":[1,2],"verdict":"false","seen":3}]}]}]},' +
        '"action":{"type":"review","params":{"question":"Refund at once?"}}}',
    )
  })
})
