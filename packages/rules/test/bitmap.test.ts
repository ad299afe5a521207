import { builtInVocabulary } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { createBitmapIndex } from '../src/compile/bitmap/bitmap-index.ts'
import { conjunctsOf } from '../src/compile/bitmap/conjuncts.ts'
import type { Positive } from '../src/positive.ts'

const { definitions } = builtInVocabulary()
const is = (value: string): Positive => ({ fact: 'return.reason', operator: 'equal', value })
const oneOf = (...values: readonly string[]): Positive => ({ any: values.map(is) })

describe('alternatives', () => {
  it('are multiplied out, in order', () => {
    const condition = { all: [oneOf('a', 'b'), is('c')] }

    expect(conjunctsOf(condition, 2)).toEqual([
      [is('a'), is('c')],
      [is('b'), is('c')],
    ])
  })

  it('are given up when there are more than allowed, long before they use up memory', () => {
    const pair = oneOf('a', 'b')

    expect(conjunctsOf({ all: [pair, pair] }, 3)).toBeNull()
    expect(conjunctsOf({ all: Array.from({ length: 199 }, () => pair) }, 16)).toBeNull()
  })
})

describe('the index', () => {
  const rows = [
    { conjunct: [is('a')], answer: 4 },
    { conjunct: [is('b')], answer: 4 },
    { conjunct: [is('b')], answer: 7 },
  ].map(({ conjunct, answer }) => ({
    conjunct: conjunctsOf({ all: conjunct }, 1)?.[0] ?? [],
    answer,
  }))

  it('gives each answer once, in order', () => {
    const index = createBitmapIndex(rows, definitions, 1000)

    expect(index?.({ 'return.reason': 'b' })).toEqual([4, 7])
    expect(index?.({ 'return.reason': 'c' })).toEqual([])
  })

  it('is not built when it would take more memory than allowed', () => {
    expect(createBitmapIndex(rows, definitions, 10)).toBeNull()
  })
})
