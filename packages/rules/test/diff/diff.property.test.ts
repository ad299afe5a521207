import type { FactValue } from '@postdelivery/core'
import {
  boundariesOf,
  compileRules,
  createSpace,
  diffRuleSets,
  type RuleSet,
} from '@postdelivery/rules'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { conditions } from '../arbitraries.ts'
import { aRule, aRuleSet, type Json, ruleSetOf, vocabulary } from '../builders.ts'

const EVENTS = ['return.registered', 'customer.reported'] as const
const POINT_MAX_COUNT = 3_000

const rule = fc.record({
  conditions,
  on: fc.subarray([...EVENTS], { minLength: 1 }),
  priority: fc.integer({ min: 1, max: 2 }),
  mode: fc.constantFrom('draft', 'approval', 'live'),
  limits: fc.constantFrom({}, { perOrder: 1 }),
  event: fc.constantFrom(
    { type: 'review', params: { question: 'Refund?' } },
    { type: 'sendOut' },
    { type: 'refund', params: { basis: 'remaining' } },
  ),
}) as fc.Arbitrary<Json>

const named = (rules: readonly Json[]): readonly Json[] =>
  rules.map((each, index) => aRule({ ...each, name: `Rule ${index}` }))

/** A version and one that differs from it in a few places, perhaps in none that matters. */
const versions = fc
  .record({
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    changed: rule,
    at: fc.nat({ max: 3 }),
    keys: fc.subarray(['conditions', 'on', 'priority', 'mode', 'limits', 'event'], {
      maxLength: 2,
    }),
    turn: fc.constantFrom('stay', 'reverse', 'add', 'drop'),
    policies: fc.tuple(
      fc.constantFrom('collect', 'first', 'unique'),
      fc.constantFrom('collect', 'first', 'unique'),
    ),
    isPolicyKept: fc.boolean(),
  })
  .map(({ rules, changed, at, keys, turn, policies: [before, after], isPolicyKept }) => {
    const old = named(rules)
    const next = old.map((each, index) =>
      index === at
        ? { ...each, ...Object.fromEntries(keys.map((key) => [key, changed[key]])) }
        : each,
    )
    const moved = {
      stay: next,
      reverse: next.toReversed(),
      add: [...next, { ...aRule(changed), name: 'Added' }],
      drop: next.length > 1 ? next.slice(1) : next,
    }[turn]
    return {
      before: ruleSetOf(aRuleSet({ rules: old, hitPolicy: before })),
      after: ruleSetOf(aRuleSet({ rules: moved, hitPolicy: isPolicyKept ? before : after })),
    }
  })

/** What is done, read afresh from the verdicts. */
function doneBy(set: RuleSet, eventType: string, facts: Readonly<Record<string, FactValue>>) {
  const acting = compileRules(vocabulary, [set])
    .verdicts(eventType, facts)
    .filter(({ verdict, mode }) => verdict === 'true' && mode !== 'draft' && mode !== 'shadow')
  if (set.hitPolicy === 'unique' && acting.length > 1) return ['a person decides']
  const standing = set.hitPolicy === 'first' ? acting.slice(0, 1) : acting
  const texts = standing.map(({ rule: name, action, mode }) => {
    const limits = set.rules.find((each) => each.name === name)?.limits ?? {}
    return JSON.stringify([action, mode, limits, Object.keys(limits).length > 0 ? name : ''])
  })
  return texts.filter((text, index) => text.includes('"review"') || texts.indexOf(text) === index)
}

/** All elementary points of both versions for one type of event. */
function* pointsOf(sets: readonly RuleSet[], eventType: string) {
  const all = sets.flatMap(({ rules }) => rules.map((each) => each.conditions))
  const boundaries = [...boundariesOf(all, createSpace(vocabulary, eventType))]
  const count = boundaries.reduce((product, [, values]) => product * values.length, 1)
  fc.pre(count <= POINT_MAX_COUNT)
  for (let number = 0; number < count; number += 1) {
    let rest = number
    const facts: Record<string, FactValue> = {}
    for (const [fact, values] of boundaries) {
      const value = values[rest % values.length]
      rest = Math.floor(rest / values.length)
      if (value !== undefined) facts[fact] = value
    }
    yield facts
  }
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index])

it('finds a change exactly where brute force over all elementary points finds one', () => {
  const seen = { changes: 0, none: 0 }
  fc.assert(
    fc.property(versions, ({ before, after }) => {
      const isChanged = EVENTS.some((eventType) =>
        [...pointsOf([before, after], eventType)].some(
          (facts) => !isSame(doneBy(before, eventType, facts), doneBy(after, eventType, facts)),
        ),
      )

      const { effect } = diffRuleSets([before], [after], vocabulary)

      seen[isChanged ? 'changes' : 'none'] += 1
      expect(effect).toBe(isChanged ? 'changes' : 'none')
    }),
    { numRuns: 250 },
  )
  expect(Math.min(seen.changes, seen.none)).toBeGreaterThan(20)
})

it('shows each change by an order to which the versions do answer differently', () => {
  fc.assert(
    fc.property(versions, ({ before, after }) => {
      for (const { effect, witnesses } of diffRuleSets([before], [after], vocabulary).changes) {
        expect(witnesses.length > 0).toBe(effect === 'changes')
        for (const { eventType, facts } of witnesses)
          expect(doneBy(before, eventType, facts)).not.toEqual(doneBy(after, eventType, facts))
      }
    }),
    { numRuns: 250 },
  )
})

it('finds nothing between a version and itself', () => {
  fc.assert(
    fc.property(versions, ({ before }) => {
      expect(diffRuleSets([before], [before], vocabulary)).toEqual({ effect: 'none', changes: [] })
    }),
  )
})
