import { canonicalJson } from '@postdelivery/core'
import { createVocabulary, validateRuleSet, validateRuleSets } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import {
  aRule,
  aRuleSet,
  brief,
  check,
  damaged,
  vocabulary,
  withLeaf,
  withRule,
} from './builders.ts'
import { BAD, GOOD, WARNED } from './cases.ts'

describe('documents that are taken', () => {
  for (const { title, document, issues } of [...GOOD, ...WARNED]) {
    it(`takes ${title}`, () => {
      const checked = check(document)

      expect(checked.ok).toBe(true)
      expect(brief(checked.issues)).toEqual(issues)
    })
  }

  it('fills in defaults and freezes what it returns', () => {
    const checked = check(aRuleSet({ publishedBy: 'ops' }))

    expect(checked).toMatchObject({
      ruleSet: { hitPolicy: 'collect', publishedBy: 'ops', rules: [{ priority: 1, limits: {} }] },
    })
    expect(isFrozenThroughout(checked.ok ? checked.ruleSet : undefined)).toBe(true)
  })

  it('takes facts that the merchant declared', () => {
    const own = createVocabulary([
      {
        name: 'customer.birthday',
        type: 'date',
        nullable: true,
        sentence: 'a day',
        source: 'static',
      },
    ])
    const text = (value: unknown) =>
      JSON.stringify(withLeaf({ fact: 'customer.birthday', operator: 'lessThan', value }))
    const codes = (value: unknown) =>
      own.ok ? brief(validateRuleSet(text(value), own.value).issues) : []

    expect(codes('2026-02-28')).toEqual([])
    expect(codes('2026-02-30')).toEqual(['operand_mismatch /rules/0/conditions/all/0/value'])
  })
})

describe('documents that are refused', () => {
  for (const { title, document, issues } of BAD) {
    it(`refuses ${title}`, () => {
      const checked = check(document)

      expect(checked.ok).toBe(false)
      expect(brief(checked.issues)).toEqual(issues)
    })
  }
})

const hints: readonly (readonly [string, unknown, string])[] = [
  ['a misspelt key', withRule({ prioritie: 1 }), 'did you mean `priority`?'],
  ['a misspelt fact', withLeaf({ fact: 'return.resaon' }), 'did you mean `return.reason`?'],
  ['a misspelt operator', withLeaf({ operator: 'notequal' }), 'did you mean `notEqual`?'],
  ['a misspelt event', withRule({ on: ['return.registred'] }), 'did you mean `return.registered`?'],
  ['a misspelt action', withRule({ event: { type: 'sendout' } }), 'did you mean `sendOut`?'],
  [
    'a misspelt value',
    withLeaf({ fact: 'return.stage', value: 'recieved' }),
    'did you mean `received`?',
  ],
  [
    'a misspelt param',
    withRule({ event: { type: 'notify', params: { chanel: 'a', message: 'b' } } }),
    'did you mean `channel`?',
  ],
  [
    'a number in quotes',
    withLeaf({ fact: 'order.captureCount', value: '2' }),
    'write it without quotes',
  ],
  [
    'a word for a number',
    withLeaf({ fact: 'order.captureCount', value: 'two' }),
    'write a whole number, without quotes',
  ],
  [
    'a flag in quotes',
    withLeaf({ fact: 'order.payLater', value: 'true' }),
    'write it without quotes',
  ],
  [
    'null',
    withLeaf({ value: null }),
    'what is missing is unknown, and unknown never acts; leave the condition out',
  ],
  ['a list for one value', withLeaf({ value: ['a'] }), 'to compare with several values use `in`'],
  ['a misspelt key of a field that is there', withRule({ mod: 'live' }), 'take it out'],
  ['a key that is near none', withRule({ colour: 1 }), 'take it out'],
  [
    'a param that is near none',
    withRule({ event: { type: 'sendOut', params: { x: 1 } } }),
    'take it out',
  ],
  [
    'a decorated operator',
    withLeaf({ operator: 'everyFact:notIn' }),
    'say `notIn` without it, inside `not` if need be',
  ],
]

describe('hints', () => {
  for (const [title, document, hint] of hints) {
    it(`helps with ${title}`, () => {
      expect(check(document).issues.map((issue) => issue.hint)).toContain(hint)
    })
  }
})

it('judges a value by what is surely meant by a misspelt fact or operator', () => {
  const codes = (changes: Readonly<Record<string, unknown>>) =>
    brief(check(withLeaf(changes)).issues)

  expect(codes({ fact: 'order.captureConut', operator: 'equl', value: '2' })).toEqual([
    'unknown_fact /rules/0/conditions/all/0/fact',
    'unknown_operator /rules/0/conditions/all/0/operator',
    'operand_mismatch /rules/0/conditions/all/0/value',
  ])
  expect(codes({ fact: 'order.captureConut', operator: 'equal', value: 2 })).toEqual([
    'unknown_fact /rules/0/conditions/all/0/fact',
  ])
})

describe('texts', () => {
  const good = JSON.stringify(aRuleSet())
  const texts: readonly (readonly [string, string, readonly string[]])[] = [
    ['an empty text', '', ['not_json ']],
    ['no JSON', 'rules: []', ['not_json ']],
    ['a trailing comma', '{"name":"a","rules":[1,],}', ['not_json /rules/1']],
    ['a comment', '{"name":"a", // why\n"rules":[]}', ['not_json /name']],
    ['two documents', `${good}{}`, ['not_json ']],
    ['a byte order mark', `\ufeff${good}`, ['not_json ']],
    ['NaN', '{"name":NaN}', ['not_json /name']],
    ['a key without quotes', '{name:"a"}', ['not_json ']],
    ['more than 256 KB', `${good}${' '.repeat(262_144)}`, ['too_large ']],
    [
      'a doubled key',
      good.replace('"version":"1"', '"version":"1","version":"2"'),
      ['duplicate_key /version'],
    ],
    [
      'a doubled cap',
      good.replace('"params":{', '"params":{"question":"a",'),
      ['duplicate_key /rules/0/event/params/question'],
    ],
    [
      'a doubled key in escapes',
      good.replace('"version":"1"', '"version":"1","versi\\u006fn":"2"'),
      ['duplicate_key /version'],
    ],
    [
      'a `__proto__` key',
      good.replace('{', '{"__proto__":{"mode":"live"},'),
      ['forbidden_key /__proto__'],
    ],
    [
      'a `__proto__` key in escapes',
      good.replace('{', '{"__pr\\u006fto__":{},'),
      ['forbidden_key /__proto__'],
    ],
    [
      'a `constructor` key deep down',
      good.replace('"params":{', '"params":{"constructor":{"prototype":{}},'),
      [
        'forbidden_key /rules/0/event/params/constructor',
        'forbidden_key /rules/0/event/params/constructor/prototype',
      ],
    ],
    [
      'a number beyond 2^53',
      good.replace('"mode"', '"priority":9007199254740993,"mode"'),
      ['bad_number /rules/0/priority'],
    ],
    ['1e400', good.replace('"mode"', '"priority":1e400,"mode"'), ['bad_number /rules/0/priority']],
    [
      'an amount with an exponent',
      good.replace('"mode"', '"priority":1e3,"mode"'),
      ['bad_number /rules/0/priority'],
    ],
    [
      'a negative zero',
      good.replace('"mode"', '"priority":-0,"mode"'),
      ['bad_number /rules/0/priority'],
    ],
  ]
  for (const [title, text, issues] of texts) {
    it(`refuses ${title}`, () => {
      const checked = validateRuleSet(text, vocabulary)

      expect(checked.ok).toBe(false)
      expect(brief(checked.issues)).toEqual(issues)
    })
  }

  it('says where a text stops being JSON', () => {
    const checked = validateRuleSet('{\n  "name": "a",\n  "rules": [,]\n}', vocabulary)

    expect(checked.issues).toEqual([
      {
        code: 'not_json',
        severity: 'error',
        path: '/rules/0',
        message: 'a value is expected at line 3, column 13',
        hint: 'check the commas and brackets before it',
      },
    ])
  })

  it('refuses what is no text', () => {
    const checked = validateRuleSet(undefined as unknown as string, vocabulary)

    expect(brief(checked.issues)).toEqual(['not_json '])
  })
})

describe('hostile rule sets', () => {
  const leaf = (fact: string) => `{"fact":"${fact}","operator":"equall","value":"x"}`
  const withLeaves = (leaves: string) =>
    `{"name":"a","version":"1","rules":[{"name":"a","on":["return.recieved"],"conditions":${leaves}}]}`
  const texts: readonly (readonly [string, string, string])[] = [
    ['5 MB of rules', `{"rules":[${'{},'.repeat(1_700_000)}{}]}`, 'too_large '],
    [
      '10,000 nested conditions',
      withLeaves(`${'{"not":'.repeat(10_000)}${leaf('x')}${'}'.repeat(10_000)}`),
      `too_deep /rules/0/conditions${'/not'.repeat(13)}`,
    ],
    ['80,000 empty rules', `{"rules":[${'{},'.repeat(80_000)}{}]}`, 'more_issues '],
    [
      '3,000 misspelt facts',
      withLeaves(`{"all":[${`${leaf('order.remainingAuthorizedMinr')},`.repeat(3000)}{}]}`),
      'more_issues ',
    ],
    [
      '120,000 events that are none',
      `{"rules":[{"on":[${'1,'.repeat(120_000)}1]}]}`,
      'too_long /rules/0/on',
    ],
  ]
  for (const [title, text, issue] of texts) {
    it(`refuses ${title} in bounded time`, () => {
      const startedAt = performance.now()

      const { issues } = validateRuleSet(text, vocabulary)

      expect(brief(issues)).toContain(issue)
      expect(performance.now() - startedAt).toBeLessThan(3000)
    })
  }
})

describe('order and number of issues', () => {
  it('lists every issue by place, list indexes as numbers', () => {
    const rules = Array.from({ length: 11 }, (_, index) => aRule({ name: `R${index}`, mode: 'x' }))

    const paths = check(aRuleSet({ rules, name: '/' })).issues.map((issue) => issue.path)

    expect(paths).toEqual(['/name', ...rules.map((_, index) => `/rules/${index}/mode`)])
  })

  it('lists several issues of one place by precedence', () => {
    const conditions = { all: Array.from({ length: 200 }, () => damaged), any: [] }

    const codes = check(withRule({ conditions })).issues.map((issue) => issue.code)

    expect(codes).toEqual(['too_many', 'several_groups', 'empty_group'])
  })

  it('stops listing after 1000 errors and says so', () => {
    const { issues } = check(aRuleSet({ rules: Array.from({ length: 5000 }, () => 0) }))

    expect(issues).toHaveLength(1001)
    expect(issues[0]).toMatchObject({ code: 'more_issues', path: '' })
  })

  it('never lets warnings hide an error or become one', () => {
    const noisy = (name: string) =>
      aRule({
        name,
        on: ['customer.reported'],
        event: { type: 'refund', params: { basis: 'remaining' } },
        conditions: {
          all: ['return.reason', 'return.condition'].map((fact) => ({
            fact,
            operator: 'equal',
            value: 'x',
          })),
        },
      })
    const rules = Array.from({ length: 500 }, (_, index) => noisy(`R${index}`))

    const checked = check(
      aRuleSet({ rules: [...rules.slice(0, 499), { ...rules[499], mode: 'x' }] }),
    )

    expect(checked.ok).toBe(false)
    expect(brief(checked.issues)).toContain('not_listed /rules/499/mode')
    expect(check(aRuleSet({ rules })).ok).toBe(true)
    expect(brief(check(aRuleSet({ rules })).issues)).not.toContain('more_issues ')
  })
})

describe('a set that was checked', () => {
  it('is a document that is taken again, as the same set', () => {
    for (const { document } of [...GOOD, ...WARNED]) {
      const checked = check(document)
      const again = checked.ok && validateRuleSet(canonicalJson(checked.ruleSet), vocabulary)

      expect(again).toEqual(checked)
    }
  })
})

describe('several files', () => {
  const file = (name: string, changes = {}) => ({
    file: `${name}.json`,
    text: JSON.stringify(aRuleSet({ name, ...changes })),
  })

  it('takes them together, in their order', () => {
    const checked = validateRuleSets([file('b'), file('a')], vocabulary)

    expect(checked.ok && checked.ruleSets.map((set) => set.name)).toEqual(['b', 'a'])
  })

  it('refuses all when one is refused, with the file of each issue', () => {
    const checked = validateRuleSets([file('a'), file('b', { rules: 1 })], vocabulary)

    expect(checked.ok).toBe(false)
    expect(checked.issues).toMatchObject([{ file: 'b.json', code: 'wrong_type', path: '/rules' }])
  })

  it('refuses two sets of one name', () => {
    const checked = validateRuleSets([file('a'), { ...file('a'), file: 'copy.json' }], vocabulary)

    expect(checked.issues).toMatchObject([{ file: 'copy.json', code: 'duplicate_rule_set' }])
  })
})

const isFrozenThroughout = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isFrozenThroughout))
