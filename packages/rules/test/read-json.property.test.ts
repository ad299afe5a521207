import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIssueList } from '../src/issues.ts'
import { readJson } from '../src/read-json.ts'
import { RULE_SET_LIMITS } from '../src/rule-set.ts'

const wide = { textMaxLength: 1e7, depthMax: 100, keyMaxLength: 1e6, stringMaxLength: 1e6 }

const read = (text: string) => {
  const issues = createIssueList()
  const value = readJson(text, wide, issues)
  return { value, codes: issues.sorted().map((issue) => issue.code) }
}

/** What `JSON.parse` says to a text. */
const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Texts that are nearly JSON: pieces of it in any order. */
const pieces = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"\\u0041"',
    '"',
    '\\',
    ' ',
    '\n',
    '\t',
    '0',
    '-1',
    '12',
    '01',
    '-',
    '.5',
  ],
  ...['1.5', '1e3', '1E+', 'true', 'false', 'null', 'nul', '"\\x"', '"é"', '/', '\u0000', '\ufeff'],
)

describe('reading JSON', { timeout: 60_000 }, () => {
  it('gives what JSON.parse gives for every value of whole numbers', () => {
    const leaf = fc.oneof(
      fc.maxSafeInteger().map((each) => each || 0),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    }))

    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2, '\t'), (data, indent) => {
        const text = JSON.stringify(data, null, indent)
        const { value: seen, codes } = read(text)
        fc.pre(!codes.includes('bad_text') && !codes.includes('forbidden_key'))

        expect(codes).toEqual([])
        expect(seen).toEqual(JSON.parse(text))
      }),
    )
  })

  it('stops exactly where JSON.parse throws', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        const { codes } = read(text)

        expect(codes.includes('not_json')).toBe(parse(text) === undefined)
      }),
      { numRuns: 5000 },
    )
  })

  it('reads the same as JSON.parse when it finds nothing wrong', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        const { value, codes } = read(text)
        fc.pre(codes.length === 0)

        expect(value).toEqual(parse(text)?.value)
      }),
      { numRuns: 5000 },
    )
  })
})

const hostile: readonly (readonly [string, string, string])[] = [
  ['5 MB of JSON', `[${'1,'.repeat(2_500_000)}1]`, 'too_large'],
  ['10,000 nested lists', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'too_deep'],
  ['10,000 nested conditions', `${'{"not":'.repeat(10_000)}{}${'}'.repeat(10_000)}`, 'too_deep'],
  ['a text without an end', `"${'\\"'.repeat(131_000)}`, 'not_json'],
  ['a number of 260,000 digits', '9'.repeat(260_000), 'bad_number'],
  ['130,000 wrong numbers', `[${'.5,'.repeat(80_000)}1]`, 'not_json'],
  ['65,000 fractions', `[${'1.5,'.repeat(65_000)}1]`, 'more_issues'],
  [
    'a key of 200,000 characters over fractions',
    `{"${'k'.repeat(100_000)}":[${'1.5,'.repeat(39_000)}1]}`,
    'more_issues',
  ],
  [
    '40,000 keys',
    `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join(',')},"k0":1}`,
    'duplicate_key',
  ],
]

describe('hostile texts', () => {
  for (const [title, text, code] of hostile) {
    it(`refuses ${title} in bounded time and space`, () => {
      const issues = createIssueList()
      const startedAt = performance.now()
      readJson(text, RULE_SET_LIMITS, issues)

      expect(issues.sorted().map((issue) => issue.code)).toContain(code)
      expect(JSON.stringify(issues.sorted()).length).toBeLessThan(1_000_000)
      expect(performance.now() - startedAt).toBeLessThan(1000)
    })
  }
})
