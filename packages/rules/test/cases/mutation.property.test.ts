/** The verdicts on mistakes are exact: facts that should tell do tell, and where no facts could, none do. */
import type { Facts } from '@postdelivery/core'
import {
  boundariesOf,
  compileRules,
  createSpace,
  mutantsOf,
  proposeCases,
  type RuleSet,
  runRuleTests,
  scoreMutants,
} from '@postdelivery/rules'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { conditions } from '../arbitraries.ts'
import { aRule, aRuleSet, ruleSetOf } from '../builders.ts'
import { aFile, type Json, read, vocabulary } from './builders.ts'

const ON = 'return.registered'
const POINT_MAX_COUNT = 3000

const ruleSets = conditions.map((each) =>
  ruleSetOf(aRuleSet({ rules: [aRule({ conditions: each })] })),
)

const firesOn = (ruleSet: RuleSet, rule: RuleSet['rules'][number]) => {
  const compiled = compileRules(vocabulary, [{ ...ruleSet, rules: [rule] }])
  return (facts: Facts): boolean => compiled.fired(ON, { ...facts, 'event.type': ON }).length > 0
}

/** Every combination of facts between which the conditions could tell a difference; undefined when there are too many. */
function pointsOf(list: Parameters<typeof boundariesOf>[0]): readonly Facts[] | undefined {
  let points: Facts[] = [{}]
  for (const [name, values] of boundariesOf(list, createSpace(vocabulary, ON))) {
    if (points.length * values.length > POINT_MAX_COUNT) return undefined
    points = points.flatMap((point) =>
      values.map((value) => (value === undefined ? point : { ...point, [name]: value })),
    )
  }
  return points
}

it('a mistake that no test shows has facts that show it, or none in the whole space do', () => {
  fc.assert(
    fc.property(ruleSets, (ruleSet) => {
      const survivors = scoreMutants(ruleSet, [], vocabulary)?.survivors ?? []
      for (const mutant of mutantsOf(ruleSet).filter(({ part }) => part === 'conditions')) {
        const survivor = survivors.find(
          ({ path, change }) => path === mutant.path && change === mutant.change,
        )
        if (survivor?.isUnsure === true) continue
        const [before, after] = [mutant.rule, mutant.mutated].map((rule) => firesOn(ruleSet, rule))
        const tells = (facts: Facts): boolean => before?.(facts) !== after?.(facts)
        if (survivor !== undefined) expect(tells(survivor.killer?.facts ?? {})).toBe(true)
        else {
          const points = pointsOf([mutant.rule.conditions, mutant.mutated.conditions]) ?? []
          expect(points.filter(tells)).toEqual([])
        }
      }
    }),
    { numRuns: 60 },
  )
})

it('proposals can be written down, pass, and show every mistake that facts can show', () => {
  fc.assert(
    fc.property(ruleSets, (ruleSet) => {
      const written = (proposeCases(ruleSet, [], vocabulary) ?? []).map((each) => each.written)
      const check = read(aFile(written as unknown as readonly Json[]), vocabulary, ruleSet)
      if (!check.ok) throw new Error(JSON.stringify(check.issues))
      const score = scoreMutants(ruleSet, [check.tests], vocabulary)

      expect(runRuleTests(check.tests, ruleSet, vocabulary).failed).toEqual([])
      expect(score?.survivors.filter(({ isUnsure }) => !isUnsure)).toEqual([])
    }),
    { numRuns: 60 },
  )
})
