import { describe, expect, it } from 'vitest'
import { suggest } from '../src/suggest.ts'

const words = ['value', 'operator', 'fact', 'return.reason', 'all', 'any']

const cases: readonly (readonly [string, string | undefined])[] = [
  ['valeu', 'value'],
  ['Value', 'value'],
  ['vlue', 'value'],
  ['operater', 'operator'],
  ['return.resaon', 'return.reason'],
  ['aal', 'all'],
  ['al', undefined],
  ['', undefined],
  ['something', undefined],
  ['x'.repeat(101), undefined],
]

describe('suggestions', () => {
  for (const [word, nearest] of cases) {
    it(`answers \`${word.slice(0, 20)}\` with ${nearest ?? 'nothing'}`, () => {
      expect(suggest(word, words)).toBe(nearest)
    })
  }
})
