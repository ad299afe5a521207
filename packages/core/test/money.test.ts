import { currency, formatMinor, isMinor, minor, splitMinor } from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('splitMinor', () => {
  const cases: readonly [string, number, readonly number[], readonly number[]][] = [
    ['gives the rest to the largest remainder', 100, [1, 1, 1], [34, 33, 33]],
    ['gives ties to the first', 1, [1, 1], [1, 0]],
    ['gives nothing to a weight of zero', 7, [0, 1], [0, 7]],
    ['gives all to the first when every weight is zero', 7, [0, 0], [7, 0]],
    ['splits nothing into nothing', 0, [3, 4], [0, 0]],
    ['follows the weights', 1000, [700, 200, 100], [700, 200, 100]],
  ]
  it.each(cases)('%s', (_, total, weights, want) => {
    expect(splitMinor(total, weights)).toEqual(want)
  })

  it('never loses or adds a unit, and stays within one unit of the exact share', () => {
    const amounts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    const weights = fc.array(fc.integer({ min: 0, max: 200_000_000 }), {
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(amounts, weights, (total, parts) => {
        const split = splitMinor(total, parts)
        const sum = parts.reduce((all, each) => all + BigInt(each), 0n)
        expect(split.reduce((all, each) => all + BigInt(each), 0n)).toBe(BigInt(total))
        if (sum === 0n) return
        split.forEach((share, index) => {
          const exact = (BigInt(total) * BigInt(parts[index] ?? 0)) / sum
          expect(BigInt(share) - exact === 0n || BigInt(share) - exact === 1n).toBe(true)
        })
      }),
    )
  })

  it.each([[[]], [[-1]], [[0.5]]])('refuses the weights %j as a defect', (weights) => {
    expect(() => splitMinor(10, weights)).toThrow('weight')
  })
})

describe('amounts and currencies', () => {
  it.each([0, 1, Number.MAX_SAFE_INTEGER])('takes %d as an amount', (amount) => {
    expect(minor(amount)).toBe(amount)
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'refuses %d as an amount',
    (amount) => {
      expect(isMinor(amount)).toBe(false)
      expect(() => minor(amount)).toThrow('whole number of minor units')
    },
  )

  it('raises the case of a currency and refuses what is none', () => {
    expect(currency('sek')).toBe('SEK')
    expect(() => currency('kr')).toThrow('three letters')
  })

  it.each([
    [1000, 'SEK', '10.00 SEK'],
    [5, 'EUR', '0.05 EUR'],
    [-1999, 'EUR', '-19.99 EUR'],
    [500, 'JPY', '500 JPY'],
  ])('writes %d %s as %s', (amount, code, want) => {
    expect(formatMinor(amount, code)).toBe(want)
  })
})
