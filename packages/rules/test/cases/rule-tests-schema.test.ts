import { readFileSync } from 'node:fs'
import {
  createRuleTestsSchema,
  ISSUE_EXAMPLES,
  type JsonSchema,
  proposeCases,
} from '@postdelivery/rules'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import {
  aCase,
  aFile,
  aReturn,
  aStory,
  type Json,
  read,
  returns,
  vocabulary,
  withTier,
} from './builders.ts'

const compile = (schema: JsonSchema) =>
  new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false }).compile(
    schema,
  )
const published = createRuleTestsSchema(vocabulary, { allowsOwnFacts: true })
const accepts = compile(createRuleTestsSchema(vocabulary))

const event = aReturn('return.received', '2026-11-22T10:00:00Z')
const story = aStory(
  [
    { event, klarna: 'refused', expect: { actions: [{ type: 'refund', refundMinor: 10000 }] } },
    { deadline: 'due_date', daysLeft: 3, expect: { actions: [], fires: [] } },
    {
      event: { ...event, id: 'x', orderId: 'order-1' },
      expect: { actions: [], refusal: 'unknown_line' },
    },
  ],
  { offers: [{ days: 10, feeMinor: 0 }], until: '2026-12-01T00:00:00Z', expect: { actions: [] } },
)

const good: readonly (readonly [string, Json])[] = [
  ['no cases', aFile([], { $schema: './rule-tests.schema.json', timeZone: 'UTC' })],
  ['a facts case', aFile([aCase()])],
  ['a story', aFile([story])],
  [
    'every proposal',
    aFile((proposeCases(returns, [], vocabulary) ?? []).map(({ written }) => ({ ...written }))),
  ],
]

const bad: readonly (readonly [string, Json])[] = [
  ['an unknown key', aFile([], { case: [] })],
  ['an unknown fact', aFile([aCase({ facts: { 'return.resaon': 'x' } })])],
  ['a fact of another type', aFile([aCase({ facts: { 'time.daysToDueDate': '6' } })])],
  ['a text that the fact cannot be', aFile([aCase({ facts: { 'return.stage': 'gone' } })])],
  ['a case that expects nothing said', aFile([aCase({ expect: {} })])],
  ['an unknown event', aFile([aCase({ on: 'return.registred' })])],
  ['a step with neither event nor deadline', aFile([aStory([{ expect: { actions: [] } }])])],
  ['an unknown refusal', aFile([aStory([{ event, expect: { actions: [], refusal: 'no' } }])])],
]

describe('the schema of test files', () => {
  it('is published as the tables say now', () => {
    const file = new URL('../../schema/rule-tests.schema.json', import.meta.url)

    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(published)
  })

  for (const [title, document] of good) {
    it(`takes ${title}, as the reader does`, () => {
      expect(read(document).issues).toEqual([])
      expect(accepts(document)).toBe(true)
    })
  }

  for (const [title, document] of bad) {
    it(`refuses ${title}, as the reader does`, () => {
      expect(read(document).ok).toBe(false)
      expect(accepts(document)).toBe(false)
    })
  }

  it('takes the right examples of issues', () => {
    const right = ISSUE_EXAMPLES.filter(({ part }) => part === 'tests').map((each) => each.right)

    expect(right.map((document) => accepts(document))).toEqual(right.map(() => true))
    expect(right.length).toBeGreaterThan(0)
  })

  it('knows the facts that a merchant declared; as published it lets any of their names stand', () => {
    const withFact = (value: string) => aFile([aCase({ facts: { 'customer.tier': value } })])
    const own = compile(createRuleTestsSchema(withTier()))

    expect(own(withFact('gold'))).toBe(true)
    expect(own(withFact('silver'))).toBe(false)
    expect(compile(published)(withFact('silver'))).toBe(true)
    expect(accepts(withFact('gold'))).toBe(false)
  })
})
