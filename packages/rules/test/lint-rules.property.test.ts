/** What lint says of rules against one another, against brute force on every elementary point. */
import type { Facts, FactValue } from '@postdelivery/core'
import {
  boundariesOf,
  type Condition,
  compileRules,
  createSpace,
  lintRuleSets,
} from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditionsOver } from './arbitraries.ts'
import { aRule, aRuleSet, ruleSetOf, vocabulary } from './builders.ts'

const EVENT = 'return.registered'
const NAMES = ['return.reason', 'order.payLater', 'time.daysToDueDate', 'order.refundableMinor']
const conditions = conditionsOver(NAMES.flatMap((name) => vocabulary.definitionOf(name) ?? []))
const space = createSpace(vocabulary, EVENT)
const POINT_MAX_COUNT = 1500

function pointsOf(all: readonly Condition[]): readonly Facts[] | undefined {
  let points: readonly Facts[] = [{ 'event.type': EVENT }]
  for (const [fact, values] of boundariesOf(all, space)) {
    if (points.length * values.length > POINT_MAX_COUNT) return undefined
    points = points.flatMap((point) => values.map((value) => withValue(point, fact, value)))
  }
  return points
}

const withValue = (point: Facts, fact: string, value: FactValue | undefined): Facts =>
  value === undefined ? point : { ...point, [fact]: value }

const sets = fc.record({
  hitPolicy: fc.constantFrom('collect', 'first', 'unique'),
  all: fc.array(conditions, { minLength: 1, maxLength: 4 }),
})

describe('lint', () => {
  it('says of rules what every elementary point says', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(sets, ({ hitPolicy, all }) => {
        const points = pointsOf(all)
        fc.pre(points !== undefined)
        const rules = all.map((each, index) => aRule({ name: `Rule ${index}`, conditions: each }))
        const document = aRuleSet({ hitPolicy, rules })
        const compiled = compileRules(vocabulary, [ruleSetOf(document)])
        const fired = (points ?? []).map((point) => compiled.fired(EVENT, point))
        const file = { file: 'a', text: JSON.stringify(document) }
        const issues = lintRuleSets([file], vocabulary)
        fc.pre(issues.every(({ code }) => code !== 'too_complex'))

        for (const index of all.keys()) {
          const saysOf = (code: string, path: string): boolean =>
            issues.some((issue) => issue.code === code && isAt(issue.path, path))
          const own = fired.filter((list) => list.includes(index))
          const isNever = own.length === 0
          const isEarlier = (other: number): boolean => other < index
          const isCovered =
            hitPolicy === 'first'
              ? own.every((list) => list.some(isEarlier))
              : hitPolicy === 'unique' && own.every((list) => list.length > 1)
          const isRepeated =
            hitPolicy === 'collect' &&
            [...all.keys()].some(
              (other) => other < index && own.every((list) => list.includes(other)),
            )
          const wanted = {
            never_true: isNever,
            always_true: own.length === fired.length,
            never_acts: !isNever && isCovered,
            repeats_rule: !isNever && isRepeated,
          }
          const said = {
            never_true: saysOf('never_true', `/rules/${index}/conditions*`),
            always_true: saysOf('always_true', `/rules/${index}/conditions`),
            never_acts: saysOf('never_acts', `/rules/${index}`),
            repeats_rule: saysOf('repeats_rule', `/rules/${index}`),
          }
          expect(said).toEqual(wanted)
          for (const [code, is] of Object.entries(wanted)) if (is) seen.add(code)
        }
      }),
      { numRuns: 400 },
    )

    expect([...seen].toSorted()).toEqual([
      'always_true',
      'never_acts',
      'never_true',
      'repeats_rule',
    ])
  })
})

const isAt = (path: string, wanted: string): boolean =>
  wanted.endsWith('*') ? path.startsWith(wanted.slice(0, -1)) : path === wanted
