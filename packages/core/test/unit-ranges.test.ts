import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freeUnits, overlap, type UnitRange } from '../src/unit-ranges.ts'

const range = (from: number, to: number): UnitRange => ({ from, to })

describe('free units', () => {
  it.each<[string, readonly UnitRange[], number, readonly UnitRange[]]>([
    ['of an untouched line are the first ones', [], 3, [range(0, 3)]],
    ['come after what is taken', [range(0, 4)], 2, [range(4, 6)]],
    ['fill a hole first', [range(2, 4)], 3, [range(0, 2), range(4, 5)]],
    [
      'fill every hole in turn',
      [range(5, 6), range(1, 3)],
      4,
      [range(0, 1), range(3, 5), range(6, 7)],
    ],
    ['stay clear of units that two have taken', [range(0, 3), range(1, 2)], 1, [range(3, 4)]],
    ['are none when none is asked for', [range(0, 3)], 0, []],
  ])('%s', (_, taken, quantity, want) => {
    expect(freeUnits(taken, quantity)).toEqual(want)
  })

  it('are as many as asked for, and never taken ones, nor each other', () => {
    const ranges = fc.array(
      fc
        .tuple(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 9 }))
        .map(([from, length]) => range(from, from + length)),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(ranges, fc.nat({ max: 60 }), (taken, quantity) => {
        const free = freeUnits(taken, quantity)

        expect(free.reduce((all, { from, to }) => all + to - from, 0)).toBe(quantity)
        for (const [index, one] of free.entries())
          expect([...taken, ...free.slice(0, index)].some((other) => overlap(one, other))).toBe(
            false,
          )
      }),
    )
  })
})
