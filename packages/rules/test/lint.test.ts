/** What lint adds to checking: lines and columns, edits, and rules that are analysed beside others that are wrong. */
import { applyEdits, lintRuleSets } from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditions } from './arbitraries.ts'
import {
  aRule,
  aRuleSet,
  check,
  damaged,
  type Json,
  vocabulary,
  withConditions,
} from './builders.ts'

const lint = (text: string) => lintRuleSets([{ file: 'a.rules.json', text }], vocabulary)
const write = (document: unknown): string => JSON.stringify(document, null, 2)

/** What stands at the place of an issue, to the end of the word. */
function at(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): string {
  const rest = (text.split('\n')[line - 1] ?? '').slice(column - 1)
  return /^("[^"]*"|[^",\]}]*)/.exec(rest)?.[0] ?? ''
}

describe('places', () => {
  const good = write(aRuleSet({ rules: [aRule({ limits: { perOrder: 1 } })] }))
  const cases: readonly (readonly [title: string, from: string, to: string, word: string])[] = [
    ['a misspelt key', '"conditions"', '"conditons"', '"conditons"'],
    ['a value', '"live"', '"on"', '"on"'],
    ['an entry of a list', '"return.registered"', '"return.gone"', '"return.gone"'],
    ['a number', '"perOrder": 1', '"perOrder": 0', '0'],
    ['a key with escapes', '"event":', '"ev\\u0065nt": 1,\n"event":', '"event"'],
    ['a key that is refused', '"limits"', '"__proto__"', '"__proto__"'],
    ['what follows the end', '\n}', '\n} x', 'x'],
  ]

  for (const [title, from, to, word] of cases) {
    it(`names the line and column of ${title}`, () => {
      const text = good.replace(from, to)

      expect(lint(text).map((issue) => at(text, issue))).toContain(word)
    })
  }

  it('counts columns in lines that end in CRLF, and beyond the first plane', () => {
    const text = '{\r\n  "name": "\u{1f600}", "versoin": "1" }'

    expect(lint(text).find(({ code }) => code === 'unknown_key')).toMatchObject({
      line: 2,
      column: 17,
    })
  })

  it('stand at the nearest thing around what is missing', () => {
    expect(lint('[]')).toMatchObject([{ line: 1, column: 1, path: '' }])
    const issues = lint('{\n "rules": [\n  {}\n ]\n}')
    expect(issues.filter(({ path }) => path.startsWith('/rules/0'))).toMatchObject(
      Array.from({ length: 5 }, () => ({ line: 3, column: 3, code: 'missing' })),
    )
  })
})

describe('fixes', () => {
  const cases: readonly (readonly [title: string, wrong: Json, right: Json])[] = [
    ['a misspelt key', { conditons: { all: [damaged] }, conditions: undefined }, {}],
    ['a misspelt event', { on: ['return.regsitered'] }, {}],
    ['an event without its list', { on: 'return.registered' }, {}],
    ['a misspelt word', { mode: 'livee' }, {}],
    ['a fact', { conditions: { all: [{ ...damaged, fact: 'return.raeson' }] } }, {}],
    ['an operator', { conditions: { all: [{ ...damaged, operator: 'Equal' }] } }, {}],
    ['a comparison without a group', { conditions: damaged }, {}],
    [
      'quotes around a number',
      { conditions: { all: [{ fact: 'time.daysToDueDate', operator: 'lessThan', value: '14' }] } },
      { conditions: { all: [{ fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }] } },
    ],
    [
      'quotes around a flag',
      { conditions: { all: [{ fact: 'order.payLater', operator: 'equal', value: 'false' }] } },
      { conditions: { all: [{ fact: 'order.payLater', operator: 'equal', value: false }] } },
    ],
    [
      'one value where a list is wanted',
      { conditions: { all: [{ ...damaged, operator: 'in' }] } },
      { conditions: { all: [{ ...damaged, operator: 'in', value: ['damaged'] }] } },
    ],
    [
      'an entry that is said twice',
      { conditions: { all: [{ ...damaged, operator: 'in', value: ['a', 'b', 'a'] }] } },
      { conditions: { all: [{ ...damaged, operator: 'in', value: ['a', 'b'] }] } },
    ],
    [
      'a currency in lower case',
      { event: { type: 'extendDueDate', params: { days: 14, maxFeeMinor: { eur: 1 } } } },
      { event: { type: 'extendDueDate', params: { days: 14, maxFeeMinor: { EUR: 1 } } } },
    ],
    [
      'a misspelt param',
      { event: { type: 'refund', params: { bassis: 'remaining' } } },
      { event: { type: 'refund', params: { basis: 'remaining' } } },
    ],
  ]

  for (const [title, wrong, right] of cases) {
    it(`settle ${title}`, () => {
      const text = write(aRuleSet({ rules: [aRule(wrong)] }))
      const edits = lint(text).flatMap(({ fix }) => fix ?? [])

      expect(JSON.parse(applyEdits(text, edits))).toEqual(aRuleSet({ rules: [aRule(right)] }))
    })
  }

  it('are not offered where two words are as near, or the word is said already', () => {
    const near = { conditions: { all: [{ ...damaged, fact: 'order.refundabledMinor' }] } }
    const said = { mode: 'live', moed: 'draft' }
    const fixes = [near, said].flatMap((changes) =>
      lint(write(aRuleSet({ rules: [aRule(changes)] }))).map(({ fix }) => fix?.text),
    )

    // The third: a text is no value of the fact that is surely meant.
    expect(fixes).toEqual(['"order.refundableMinor"', undefined, undefined])
  })

  it('leave nothing that the same fix is offered for', () => {
    const spoilt = fc.constantFrom('conditions', 'event', 'mode', 'return.registered', 'all', 'any')
    fc.assert(
      fc.property(conditions, spoilt, (condition, word) => {
        const text = write(withConditions(condition)).replace(word, `${word.slice(0, -1)}`)
        let current = text
        for (let pass = 0; pass < 10; pass += 1) {
          const edits = lint(current).flatMap(({ fix }) => fix ?? [])
          if (edits.length === 0) return
          current = applyEdits(current, edits)
        }
        expect(current).toBe('mended')
      }),
      { numRuns: 100 },
    )
  })
})

describe('the analysis', () => {
  it('looks at rules beside others that are wrong', () => {
    const never = {
      all: [
        { fact: 'time.daysToDueDate', operator: 'lessThan', value: 3 },
        { fact: 'time.daysToDueDate', operator: 'greaterThan', value: 3 },
      ],
    }
    const rules = [aRule({ mode: 'on' }), aRule({ name: 'Never', conditions: never })]
    const codes = lint(write(aRuleSet({ rules }))).map(({ code }) => code)

    expect(codes).toEqual(['not_listed', 'never_true'])
  })

  it('compares rules of all sets that are in force together', () => {
    const extend = (days: number) => ({
      event: { type: 'extendDueDate', params: { days, maxFeeMinor: { SEK: 9999 } } },
      limits: { perOrder: 1 },
    })
    const files = [
      aRuleSet({ rules: [aRule(extend(10))] }),
      aRuleSet({ name: 'other', rules: [aRule(extend(30))] }),
    ].map((set, index) => ({ file: `${index}`, text: write(set) }))

    expect(lintRuleSets(files, vocabulary).map(({ file, code }) => [file, code])).toEqual([
      ['1', 'rules_compete'],
    ])
  })

  it('refuses nothing that checking takes, and says the same errors', () => {
    fc.assert(
      fc.property(conditions, (condition) => {
        const document = withConditions(condition)
        const checked = check(document).issues.map(({ code, path }) => `${code} ${path}`)
        const found = lint(write(document)).map(({ code, path }) => `${code} ${path}`)
        expect(found).toEqual(expect.arrayContaining(checked))
      }),
      { numRuns: 100 },
    )
  })
})
