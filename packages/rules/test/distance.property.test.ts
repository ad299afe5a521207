import type { FactDefinition, FactValue } from '@postdelivery/core'
import { addDays, plainDate } from '@postdelivery/core'
import { type ComparisonTrace, distanceOf, judge, OPERATORS } from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const days: FactDefinition = {
  name: 'time.daysToDueDate',
  type: 'integer',
  nullable: true,
  sentence: 'days',
  source: 'static',
}
const bought: FactDefinition = { ...days, name: 'shop.boughtOn', type: 'date' }

const traceOf = (
  definition: FactDefinition,
  operator: string,
  wanted: unknown,
  seen: FactValue,
): ComparisonTrace => {
  const verdict = judge({ operator, value: wanted }, seen, definition)
  return { kind: 'condition', fact: definition.name, operator, wanted, seen, verdict }
}

const small = fc.integer({ min: -6, max: 6 })
const comparisons = fc
  .constantFrom(...OPERATORS.filter((each) => each.types.includes('integer')))
  .chain(({ name, takes }) =>
    fc.record({
      operator: fc.constant(name),
      wanted: takes === 'list' ? fc.uniqueArray(small, { minLength: 1, maxLength: 5 }) : small,
      seen: small,
    }),
  )

describe('the distance of a comparison', () => {
  it('is the smallest change of a number that turns the verdict round', () => {
    fc.assert(
      fc.property(comparisons, ({ operator, wanted, seen }) => {
        const trace = traceOf(days, operator, wanted, seen)

        const distance = distanceOf(trace)

        const flips = (by: number) =>
          [seen - by, seen + by].some(
            (value) => judge({ operator, value: wanted }, value, days) !== trace.verdict,
          )
        const byHand = Array.from({ length: 30 }, (_, by) => by).find(flips)
        expect(distance?.by).toBe(byHand)
        expect(
          judge({ operator, value: wanted }, distance?.flipsAt, days),
          'the value that is named flips',
        ).not.toBe(trace.verdict)
      }),
      { numRuns: 1000 },
    )
  })

  it('counts days of dates as it counts whole numbers', () => {
    const ordered = comparisons.filter(({ operator }) => /Than/.test(operator))
    const dayOf = (day: number) => addDays(plainDate('2026-02-27'), day)
    fc.assert(
      fc.property(ordered, ({ operator, wanted, seen }) => {
        const distance = distanceOf(traceOf(bought, operator, dayOf(Number(wanted)), dayOf(seen)))

        expect(distance?.by).toBe(distanceOf(traceOf(days, operator, wanted, seen))?.by)
      }),
    )
  })

  const none: readonly (readonly [string, ComparisonTrace])[] = [
    ['an unknown fact', traceOf(days, 'lessThan', 3, 'three')],
    ['a value that cannot be', traceOf(days, 'greaterThan', Number.MAX_SAFE_INTEGER, 1)],
    ['a day after all days', traceOf(bought, 'greaterThan', '9999-12-31', '2026-02-27')],
    ['a day before all days', traceOf(bought, 'lessThan', '0000-01-01', '2026-02-27')],
    ['a text', traceOf({ ...days, type: 'text' }, 'equal', '2026-02-27', '2026-02-28')],
    ['a flag', traceOf({ ...days, type: 'flag' }, 'equal', true, false)],
    ['a list', traceOf({ ...days, type: 'textList' }, 'contains', 'a', ['b'])],
  ]
  it.each(none)('is not told of %s', (_, trace) => {
    expect(distanceOf(trace)).toBeNull()
  })
})
