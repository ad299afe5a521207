import { readFileSync } from 'node:fs'
import { ACTION_TYPES, type ActionType, parseAction } from '@postdelivery/core'
import {
  ACTION_PARAMS,
  createRuleSetSchema,
  createVocabulary,
  type JsonSchema,
} from '@postdelivery/rules'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rules } from './arbitraries.ts'
import { aRuleSet, check, vocabulary, withEvent, withLeaf } from './builders.ts'
import { BAD, GOOD, WARNED } from './cases.ts'

const compile = (schema: JsonSchema) =>
  new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false }).compile(
    schema,
  )
const published = createRuleSetSchema(vocabulary, { allowsOwnFacts: true })
const accepts = compile(createRuleSetSchema(vocabulary))

describe('the published schema', () => {
  it('is what the tables say now', () => {
    const file = new URL('../schema/rule-set.schema.json', import.meta.url)

    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(published)
  })

  it('lets facts of the merchant’s own stand, and no others', () => {
    const acceptsOwn = compile(published)
    const leaf = (fact: string) => withLeaf({ fact, operator: 'lessThan', value: 3 })

    expect(acceptsOwn(leaf('customer.claims'))).toBe(true)
    expect(acceptsOwn(leaf('shop.claims'))).toBe(true)
    expect(acceptsOwn(leaf('order.claims'))).toBe(false)
    expect(acceptsOwn(leaf('return.reason'))).toBe(false)
  })
})

describe('the schema of a vocabulary', { timeout: 60_000 }, () => {
  for (const { title, document } of [...GOOD, ...WARNED]) {
    it(`takes ${title}, as the validator does`, () => {
      expect(accepts(document)).toBe(true)
    })
  }

  for (const { title, document, isInSchema } of BAD) {
    const verb = isInSchema === false ? 'cannot refuse' : 'refuses'
    it(`${verb} ${title}`, () => {
      expect(accepts(document)).toBe(isInSchema === false)
    })
  }

  it('refuses no random rule set that the validator takes', () => {
    fc.assert(
      fc.property(rules, (list) => {
        expect(accepts(aRuleSet({ rules: list }))).toBe(true)
      }),
    )
  })

  it('names the facts that a merchant declared, with their values', () => {
    const fact = {
      name: 'customer.tier',
      type: 'text',
      nullable: true,
      sentence: 'tier',
      source: 'static',
    } as const
    const own = createVocabulary([{ ...fact, values: ['plain', 'gold'] }])
    const acceptsOwn = own.ok ? compile(createRuleSetSchema(own.value)) : () => undefined
    const leaf = (name: string, value: string) => withLeaf({ fact: name, operator: 'equal', value })

    expect(acceptsOwn(leaf('customer.tier', 'gold'))).toBe(true)
    expect(acceptsOwn(leaf('customer.tier', 'silver'))).toBe(false)
    expect(acceptsOwn(leaf('customer.teir', 'gold'))).toBe(false)
  })
})

describe('the params of actions', { timeout: 60_000 }, () => {
  for (const type of ACTION_TYPES) {
    it(`of ${type} are those that core reads`, () => {
      const names = ACTION_PARAMS[type].map((param) => param.name)

      expect(names.toSorted()).toEqual(knownToCore(type).toSorted())
    })
  }

  const values = fc.oneof(
    fc.constantFrom<unknown>(
      'returned_items',
      'remaining',
      'amount',
      'percent',
      'received',
      'longest',
      'yes',
      'x',
      '',
    ),
    fc.constantFrom<unknown>(
      0,
      1,
      100,
      101,
      365,
      366,
      200_000_000,
      200_000_001,
      -1,
      true,
      null,
      [],
      {},
    ),
    fc.constantFrom<unknown>({ SEK: 0 }, { SEK: 1, EUR: 2 }, { sek: 1 }, { SEK: -1 }, { SEK: '1' }),
    fc.constantFrom<unknown>(
      [{}],
      [{ trackingNumber: '1' }],
      [{ shippingMethod: 'Home' }],
      [{ shippingMethod: 'home' }],
      [{ x: 1 }],
    ),
    fc.constantFrom<unknown>(
      { type: 'sendOut', params: {} },
      { type: 'sendOut' },
      { type: 'notify', params: {} },
    ),
    fc.constantFrom<unknown>(
      { type: 'refund', params: { basis: 'amount' } },
      { type: 'refund', params: { basis: 'remaining' } },
    ),
    fc.constantFrom(255, 256, 100, 101, 500, 501, 1000, 1001).map((length) => 'x'.repeat(length)),
  )

  it('are taken and refused by the schema as by the validator', () => {
    const counts = { taken: 0, refused: 0 }
    const events = fc.constantFrom(...ACTION_TYPES).chain((type) =>
      fc
        .record(
          Object.fromEntries([
            ...ACTION_PARAMS[type].map((param) => [param.name, values] as const),
            ['stray', values] as const,
          ]),
          { requiredKeys: [] },
        )
        .chain((params) => fc.constantFrom(params, withoutStray(params), sensible(type, params)))
        .map((params) => ({ type, params })),
    )
    fc.assert(
      fc.property(events, (event) => {
        const document = withEvent(event)
        const isTaken = check(document).ok

        expect(accepts(document)).toBe(isTaken)
        counts[isTaken ? 'taken' : 'refused'] += 1
      }),
      { numRuns: 5000 },
    )
    expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(300)
  })
})

type Params = Readonly<Record<string, unknown>>

const withoutStray = ({ stray: _, ...params }: Params): Params => params

/** Params that are right, with one of the random ones put in. */
function sensible(type: ActionType, params: Params): Params {
  const good: Readonly<Partial<Record<ActionType, Params>>> = {
    refund: { basis: 'remaining' },
    extendDueDate: { choose: 'longest', maxFeeMinor: { SEK: 1 } },
    review: { question: 'So?' },
    notify: { channel: 'a', message: 'b' },
  }
  const [first] = Object.entries(withoutStray(params))
  return { ...good[type], ...(first === undefined ? {} : { [first[0]]: first[1] }) }
}

/** The fields that core names when it refuses one that it does not know. */
function knownToCore(type: ActionType): readonly string[] {
  const read = parseAction(type, { stray: 1 })
  const message = read.ok
    ? ''
    : (read.error.find((each) => each.code === 'unknown_key')?.message ?? '')
  return message
    .replace(/^.*known: /, '')
    .split(', ')
    .filter((name) => name !== '')
}
