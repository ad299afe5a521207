import { formatRuleSet, hashOf, validateRuleSet } from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditions } from './arbitraries.ts'
import { aRuleSet, type Json, ruleSetOf, vocabulary, withConditions } from './builders.ts'

/** The same document as a text with other blanks and another order of keys. */
const spellings = (document: unknown): fc.Arbitrary<string> =>
  fc
    .record({ indent: fc.constantFrom(0, 1, 4, '\t'), isReversed: fc.boolean() })
    .map(({ indent, isReversed }) =>
      JSON.stringify(isReversed ? reversed(document) : document, null, indent),
    )

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, reversed(member)] as const)
      .toReversed(),
  )
}

const formatted = (text: string): string => {
  const result = formatRuleSet(text)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

describe('formatting', () => {
  it('keeps the meaning, and changes nothing the second time', () => {
    const texts = conditions.chain((condition) => spellings(withConditions(condition)))
    fc.assert(
      fc.property(texts, (text) => {
        const once = formatted(text)
        const check = validateRuleSet(once, vocabulary)
        const before = ruleSetOf(JSON.parse(text))
        expect(check.ok && hashOf(check.ruleSet)).toBe(hashOf(before))
        expect(formatted(once)).toBe(once)
      }),
      { numRuns: 200 },
    )
  })

  it('gives one text for all spellings of a document', () => {
    fc.assert(
      fc.property(conditions, (condition) => {
        const document = withConditions(condition)
        const texts = [document, reversed(document)].map((each) => formatted(JSON.stringify(each)))
        expect(texts[0]).toBe(texts[1]?.replace(paramsOf(texts[1]), paramsOf(texts[0] ?? '')))
      }),
      { numRuns: 100 },
    )
  })

  it('takes any JSON that is strict, and keeps every value', () => {
    const keys = fc
      .string({ maxLength: 5 })
      .filter((key) => !/^(__proto__|constructor|prototype)$/.test(key))
    const json = fc.letrec<{ readonly value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          keys.filter((key) => /^[ -~]*$/.test(key)),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    })).value
    fc.assert(
      fc.property(json, (value) => {
        const text = formatted(JSON.stringify(value))
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(formatted(text)).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('breaks no line that fits, and leaves none that does not where it can be broken', () => {
    const long: Json = aRuleSet({ description: 'x'.repeat(60), name: 'n' })
    const lines = formatted(JSON.stringify(long)).split('\n')

    expect(lines.every((line) => line.length <= 100)).toBe(true)
    expect(lines).toContain('      "on": ["return.registered"],')
  })

  it('refuses what is no strict JSON', () => {
    for (const text of ['{ "a": 1, "a": 2 }', '{ "a": 1e3 }', '{,}', '{ "__proto__": 1 }'])
      expect(formatRuleSet(text).ok).toBe(false)
  })
})

const paramsOf = (text: string): string => /"params": .*/.exec(text)?.[0] ?? ''
