import { DEFAULT_UNUSUAL_RATE, isUnusual } from '@postdelivery/core'
import { expect, test } from 'vitest'

const cases: readonly [string, number, readonly number[], boolean][] = [
  ['far above the mean', 51, [10, 10, 10], true],
  ['exactly the factor', 50, [10, 10, 10], false],
  ['far above a small mean, below the least count', 19, [1, 1, 1], false],
  ['far above a small mean, from the least count on', 20, [1, 1, 1], true],
  ['far above two days only', 500, [1, 1], false],
  ['no day before', 500, [], false],
  ['a mean that is no whole number', 21, [4, 4, 4, 5], false],
  ['the same, one more', 22, [4, 4, 4, 5], true],
]

test.for(cases)('%s: %i after %j', ([, firedCount, earlierCounts, expected]) => {
  expect(isUnusual(firedCount, earlierCounts, DEFAULT_UNUSUAL_RATE)).toBe(expected)
})
