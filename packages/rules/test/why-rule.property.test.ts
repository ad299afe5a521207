import type { Facts } from '@postdelivery/core'
import { compileRules, type RuleReasons, whyRule } from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditions, facts } from './arbitraries.ts'
import { aRule, forced, type Json, vocabulary } from './builders.ts'

/** What the rule says to facts, with the reasons. */
function ask(drawn: unknown, seen: Json): RuleReasons {
  const compiled = compileRules(vocabulary, [forced([aRule({ conditions: drawn })])])
  const [verdict] = compiled.verdicts('return.registered', seen as Facts)
  if (verdict === undefined) throw new Error('the rule wakes')
  return whyRule(verdict, vocabulary)
}

const namesOf = ({ reasons }: RuleReasons): ReadonlySet<string> =>
  new Set(reasons.map(({ fact }) => fact))

/** The facts of some names. */
const only = (seen: Json, names: ReadonlySet<string>): Json =>
  Object.fromEntries(Object.entries(seen).filter(([name]) => names.has(name)))

describe('the reasons of a rule', () => {
  it('are enough: whatever the other facts are, it comes out the same', () => {
    let fired = 0
    fc.assert(
      fc.property(conditions, facts, facts, (drawn, seen, others) => {
        const why = ask(drawn, seen)
        const names = namesOf(why)
        const changed = { ...others, ...only(seen, names) }
        for (const name of names) if (!Object.hasOwn(seen, name)) delete changed[name]

        expect(ask(drawn, only(seen, names)).outcome).toBe(why.outcome)
        expect(ask(drawn, changed).outcome).toBe(why.outcome)
        if (why.outcome === 'fired') fired += 1
      }),
      { numRuns: 1000 },
    )
    expect(fired).toBeGreaterThan(100)
  })

  it('held when it fired and did not when it was silent, each in one line', () => {
    fc.assert(
      fc.property(conditions, facts, (drawn, seen) => {
        const { outcome, reasons, sentence } = ask(drawn, seen)

        expect(reasons.length).toBeGreaterThan(0)
        for (const { verdict } of reasons) expect(verdict === 'true').toBe(outcome === 'fired')
        for (const reason of reasons) expect(sentence).toContain(reason.sentence)
        expect(sentence).not.toMatch(/[\r\n]/)
      }),
      { numRuns: 1000 },
    )
  })
})
