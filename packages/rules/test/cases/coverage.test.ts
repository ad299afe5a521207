import { type Coverage, coverageOf, runRuleTests } from '@postdelivery/rules'
import { expect, test } from 'vitest'
import {
  aCase,
  aReturn,
  aStory,
  damagedFacts,
  type Json,
  returns,
  testsFrom,
  vocabulary,
} from './builders.ts'

const covered = (...cases: readonly Json[]): Coverage =>
  coverageOf(returns, [runRuleTests(testsFrom(cases), returns, vocabulary)])

/** How often each comparison was true, false and unknown, by its place. */
const seenBy = (coverage: Coverage): Json =>
  Object.fromEntries(
    coverage.rules.flatMap(({ path, seen, comparisons }) =>
      [{ path, seen }, ...comparisons].map((each) => [
        each.path,
        `${each.seen.true} ${each.seen.false} ${each.seen.unknown}`,
      ]),
    ),
  )

test('counts what rules and comparisons said, below `not` as well, by their places', () => {
  const { 'order.payLater': _, ...unsure } = damagedFacts
  const coverage = covered(
    aCase(),
    aCase({ name: 'b', facts: unsure, expect: { fires: [] } }),
    aCase({
      name: 'c',
      on: 'return.received',
      facts: { 'return.reason': 'damaged', 'return.valueMinor': 50001 },
      expect: { fires: [] },
    }),
  )

  expect(seenBy(coverage)).toEqual({
    '/rules/0': '1 0 1',
    '/rules/0/conditions/all/0': '2 0 0',
    '/rules/0/conditions/all/1': '1 0 1',
    '/rules/0/conditions/all/2': '2 0 0',
    '/rules/1': '0 1 0',
    '/rules/1/conditions/all/0': '1 0 0',
    '/rules/1/conditions/all/1/not': '1 0 0',
  })
})

test('gives the share of rules and comparisons seen both ways; unknown adds nothing', () => {
  const silent = aCase({
    name: 'b',
    facts: { ...damagedFacts, 'time.daysToDueDate': 14 },
    expect: { fires: [] },
  })
  const unknown = aCase({ name: 'c', facts: {}, expect: { fires: [] } })
  const share = ({ seenCount, allCount, percent }: Coverage) => [seenCount, allCount, percent]

  expect(share(covered())).toEqual([0, 14, 0])
  expect(share(covered(aCase()))).toEqual([4, 14, 28])
  expect(share(covered(aCase(), silent))).toEqual([6, 14, 42])
  expect(share(covered(aCase(), silent, unknown))).toEqual([6, 14, 42])
})

test('counts the steps of stories, and cases that fail', () => {
  const event = aReturn('return.received', '2026-11-22T10:00:00Z')
  const story = aStory([{ event, expect: { actions: [] } }])
  const coverage = covered(story)

  expect(coverage.rules[1]?.seen).toEqual({ true: 1, false: 0, unknown: 0 })
})
