import type { FactDefinition, RuleBook } from '@postdelivery/core'
import {
  createVocabulary,
  defineFact,
  type Operand,
  type OwnFact,
  type ReplaceableRuleBook,
  type RuleSet,
} from '@postdelivery/rules'
import { describe, expectTypeOf, it } from 'vitest'

const head = { name: 'shop.fact', sentence: 'a fact' } as const

describe('a loader', () => {
  it('gives a value of the type of its fact, at once or later, or null', () => {
    expectTypeOf(defineFact({ ...head, type: 'text', load: () => 'a' })).toEqualTypeOf<
      OwnFact<'text', 'shop.fact'>
    >()
    expectTypeOf(
      defineFact({ ...head, type: 'integer', load: async () => 1 }),
    ).toExtend<FactDefinition>()
    defineFact({ ...head, type: 'flag', load: async () => null })
    defineFact({ ...head, type: 'textList', load: () => ['a'] as const })
  })

  it('of another type does not compile', () => {
    // @ts-expect-error a text fact is not loaded as a number
    defineFact({ ...head, type: 'text', load: () => 1 })
    // @ts-expect-error a number in quotes is a text
    defineFact({ ...head, type: 'integer', load: async () => '1' })
    // @ts-expect-error a missing value is null, never undefined
    defineFact({ ...head, type: 'flag', load: () => undefined })
    // @ts-expect-error a list holds texts
    defineFact({ ...head, type: 'textList', load: () => [1] })
  })

  it('is told what it is asked about', () => {
    defineFact({
      ...head,
      type: 'text',
      load: ({ orderId, captureId, eventId }, facts) => {
        expectTypeOf(orderId).toEqualTypeOf<string>()
        expectTypeOf(captureId).toEqualTypeOf<string | null>()
        expectTypeOf(eventId).toEqualTypeOf<string>()
        return facts['order.currency'] === 'SEK' ? 'a' : null
      },
    })
  })
})

describe('a declaration', () => {
  it('has units on integers and listed values on texts only', () => {
    defineFact({ ...head, type: 'integer', unit: 'days' })
    defineFact({ ...head, type: 'text', values: ['a'] })
    // @ts-expect-error a text has no unit
    defineFact({ ...head, type: 'text', unit: 'days' })
    // @ts-expect-error a flag has no listed values
    defineFact({ ...head, type: 'flag', values: ['a'] })
    // @ts-expect-error no such type
    defineFact({ ...head, type: 'float' })
  })

  it('goes into a vocabulary', () => {
    expectTypeOf(createVocabulary).toBeCallableWith([defineFact({ ...head, type: 'date' })])
  })
})

describe('a rule set', () => {
  it('cannot be written by hand, only checked', () => {
    const written = {
      name: 'a',
      version: '1',
      hitPolicy: 'collect',
      publishedBy: null,
      rules: [],
    } as const

    // @ts-expect-error only `validateRuleSet` makes one
    const ruleSet: RuleSet = written
    expectTypeOf(ruleSet).toExtend<object>()
  })

  it('compares with plain values only', () => {
    expectTypeOf<Operand>().toEqualTypeOf<
      string | number | boolean | readonly (string | number)[]
    >()
    expectTypeOf<{ readonly fact: string }>().not.toExtend<Operand>()
  })

  it('is evaluated behind the port of core', () => {
    expectTypeOf<ReplaceableRuleBook>().toExtend<RuleBook>()
  })
})
