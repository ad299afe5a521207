import type { FactDefinition, FactType } from '@postdelivery/core'
import { judge, OPERATORS } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'

const fact = (type: FactType, values?: readonly string[]): FactDefinition => ({
  name: 'shop.fact',
  type,
  nullable: true,
  sentence: 'a fact',
  source: 'static',
  ...(values === undefined ? {} : { values }),
})

type Row = readonly [FactType, unknown, string, unknown, 'true' | 'false' | 'unknown']

const rows: readonly Row[] = [
  ['text', 'a', 'equal', 'a', 'true'],
  ['text', 'a', 'equal', 'A', 'false'],
  ['text', '', 'equal', '', 'true'],
  ['text', 'a', 'notEqual', 'b', 'true'],
  ['text', 'a', 'in', ['b', 'a'], 'true'],
  ['text', 'a', 'notIn', ['b'], 'true'],
  ['text', 'a', 'notIn', ['a'], 'false'],
  ['integer', 13, 'lessThan', 14, 'true'],
  ['integer', 14, 'lessThan', 14, 'false'],
  ['integer', 14, 'lessThanInclusive', 14, 'true'],
  ['integer', 15, 'lessThanInclusive', 14, 'false'],
  ['integer', 15, 'greaterThan', 14, 'true'],
  ['integer', 14, 'greaterThan', 14, 'false'],
  ['integer', 14, 'greaterThanInclusive', 14, 'true'],
  ['integer', 13, 'greaterThanInclusive', 14, 'false'],
  ['integer', -0, 'equal', 0, 'true'],
  ['integer', 2, 'in', [1, 2], 'true'],
  ['flag', false, 'equal', false, 'true'],
  ['flag', false, 'notEqual', true, 'true'],
  ['date', '2026-12-14', 'lessThan', '2027-01-01', 'true'],
  ['date', '2026-12-14', 'greaterThanInclusive', '2026-12-14', 'true'],
  ['date', '2026-12-14', 'in', ['2026-12-14'], 'true'],
  ['textList', ['a', 'b'], 'contains', 'b', 'true'],
  ['textList', ['ab'], 'contains', 'b', 'false'],
  ['textList', [], 'doesNotContain', 'b', 'true'],
  // What is missing or of another type is unknown, also to negative operators.
  ['text', undefined, 'notEqual', 'b', 'unknown'],
  ['text', null, 'notEqual', 'b', 'unknown'],
  ['text', 1, 'notEqual', '1', 'unknown'],
  ['integer', '1000', 'lessThan', 2000, 'unknown'],
  ['integer', Number.NaN, 'notEqual', 0, 'unknown'],
  ['integer', Number.POSITIVE_INFINITY, 'greaterThan', 0, 'unknown'],
  ['integer', 0.5, 'lessThan', 1, 'unknown'],
  ['integer', 2 ** 53, 'greaterThan', 1, 'unknown'],
  ['integer', true, 'lessThan', 2, 'unknown'],
  ['integer', [1], 'lessThan', 2, 'unknown'],
  ['integer', null, 'lessThan', 2, 'unknown'],
  ['flag', 'false', 'equal', false, 'unknown'],
  ['flag', 0, 'notEqual', true, 'unknown'],
  ['date', '2026-02-30', 'notEqual', '2026-03-02', 'unknown'],
  ['date', 'soon', 'greaterThan', '2026-03-02', 'unknown'],
  ['textList', 'ab', 'contains', 'a', 'unknown'],
  ['textList', ['a', 1], 'doesNotContain', 'b', 'unknown'],
  ['textList', undefined, 'doesNotContain', 'b', 'unknown'],
  // What is wanted is held to the same types.
  ['integer', 1000, 'lessThan', '2000', 'unknown'],
  ['integer', -50, 'lessThan', null, 'unknown'],
  ['integer', 1, 'notEqual', undefined, 'unknown'],
  ['integer', 1, 'notEqual', Number.NaN, 'unknown'],
  ['text', 'S', 'in', 'NL,SE', 'unknown'],
  ['text', '', 'in', 'NL,SE', 'unknown'],
  ['text', 'a', 'notIn', [], 'unknown'],
  ['text', 'a', 'notIn', ['b', 1], 'unknown'],
  ['text', 'a', 'equal', { fact: 'shop.fact' }, 'unknown'],
  // Operators that do not go with the type, or are none.
  ['text', 'a', 'lessThan', 'b', 'unknown'],
  ['text', 'ab', 'contains', 'a', 'unknown'],
  ['textList', ['a'], 'equal', 'a', 'unknown'],
  ['flag', true, 'in', [true], 'unknown'],
  ['text', 'a', 'equals', 'a', 'unknown'],
  ['text', 'a', 'not:equal', 'b', 'unknown'],
  ['text', 'a', 'constructor', 'a', 'unknown'],
]

describe('judge', () => {
  for (const [type, seen, operator, value, verdict] of rows) {
    it(`says ${verdict} to ${type} ${JSON.stringify(seen)} ${operator} ${JSON.stringify(value)}`, () => {
      expect(judge({ operator, value }, seen, fact(type))).toBe(verdict)
    })
  }

  it('does not know a text outside the listed values', () => {
    const stage = fact('text', ['registered', 'received'])

    expect(judge({ operator: 'notEqual', value: 'received' }, 'lost', stage)).toBe('unknown')
    expect(judge({ operator: 'notEqual', value: 'lost' }, 'received', stage)).toBe('unknown')
  })

  it('does not look at what a value inherits', () => {
    const inherited = Object.create(['a'])

    expect(judge({ operator: 'contains', value: 'a' }, inherited, fact('textList'))).toBe('unknown')
  })
})

describe('operators', () => {
  it('each have an opposite that has them as opposite, for the same types', () => {
    for (const operator of OPERATORS) {
      const opposite = OPERATORS.find((each) => each.name === operator.negation)

      expect(opposite).toMatchObject({
        negation: operator.name,
        types: operator.types,
        takes: operator.takes,
      })
    }
  })

  it('say the opposite of their opposite, and unknown together', () => {
    const flipped = { true: 'false', false: 'true', unknown: 'unknown' }
    for (const [type, seen, name, value, verdict] of rows) {
      const operator = OPERATORS.find((each) => each.name === name)?.negation
      if (operator === undefined) continue

      expect(judge({ operator, value }, seen, fact(type))).toBe(flipped[verdict])
    }
  })
})
