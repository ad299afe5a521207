import { FACTS, type FactDefinition } from '@postdelivery/core'
import { builtInVocabulary, createVocabulary, defineFact } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { brief } from './builders.ts'

const tier: FactDefinition = {
  name: 'customer.tier',
  type: 'text',
  nullable: true,
  sentence: 'how good a customer',
  source: 'static',
}

const cases: readonly (readonly [string, readonly unknown[], readonly string[]])[] = [
  ['a name outside the namespaces', [{ ...tier, name: 'order.tier' }], ['bad_fact_name /0/name']],
  ['a built-in name', [{ ...tier, name: 'event.problem' }], ['bad_fact_name /0/name']],
  ['a name in upper case', [{ ...tier, name: 'customer.Tier' }], ['bad_fact_name /0/name']],
  ['a prototype as name', [{ ...tier, name: '__proto__' }], ['bad_fact_name /0/name']],
  ['a name that is a number', [{ ...tier, name: 1 }], ['bad_fact_name /0/name']],
  ['a name twice', [tier, { ...tier, type: 'flag' }], ['duplicate_fact /1/name']],
  ['an unknown type', [{ ...tier, type: 'float' }], ['not_listed /0/type']],
  ['an unknown source', [{ ...tier, source: 'web' }], ['not_listed /0/source']],
  ['a unit of a text', [{ ...tier, unit: 'days' }], ['not_listed /0/unit']],
  ['an unknown unit', [{ ...tier, type: 'integer', unit: 'weeks' }], ['not_listed /0/unit']],
  ['values of a flag', [{ ...tier, type: 'flag', values: ['a'] }], ['wrong_type /0/values']],
  ['no values', [{ ...tier, values: [] }], ['wrong_type /0/values']],
  ['a value twice', [{ ...tier, values: ['a', 'a'] }], ['wrong_type /0/values']],
  ['values that are numbers', [{ ...tier, values: [1] }], ['wrong_type /0/values']],
  ['no sentence', [{ ...tier, sentence: ' ' }], ['missing /0/sentence']],
  ['what is no fact', [null], ['wrong_type /0']],
  [
    'several at once',
    [
      { ...tier, name: 'x', type: 'y' },
      { ...tier, sentence: '' },
    ],
    ['bad_fact_name /0/name', 'not_listed /0/type', 'missing /1/sentence'],
  ],
]

describe('the vocabulary', () => {
  for (const [title, facts, issues] of cases) {
    it(`refuses ${title}`, () => {
      const created = createVocabulary(facts as readonly FactDefinition[])

      expect(created.ok ? [] : brief(created.error)).toEqual(issues)
    })
  }

  it('has the built-in facts and the merchant’s own after them', () => {
    const created = createVocabulary([tier])

    expect(created.ok && created.value.definitions).toEqual([...FACTS, tier])
    expect(builtInVocabulary().definitions).toEqual(FACTS)
  })

  it('finds facts by their own names only', () => {
    const { definitionOf } = builtInVocabulary()

    expect(definitionOf('return.reason')?.type).toBe('text')
    for (const name of ['constructor', 'toString', '__proto__', 'length', ''])
      expect(definitionOf(name)).toBeUndefined()
  })

  it('cannot be changed by who declared the facts', () => {
    const values = ['a']
    const created = createVocabulary([{ ...tier, values }])
    values.push('b')

    expect(created.ok && created.value.definitionOf('customer.tier')?.values).toEqual(['a'])
  })
})

describe('declaring a fact', () => {
  it('fills in what is not said: nullable, and static without a loader', () => {
    const fact = defineFact({
      name: 'customer.tier',
      type: 'text',
      sentence: 'how good a customer',
    })

    expect(fact).toEqual(tier)
  })

  it('makes a fact with a loader one on demand, and keeps the loader out of the vocabulary', () => {
    const load = () => 3
    const fact = defineFact({
      name: 'shop.openClaims',
      type: 'integer',
      unit: 'count',
      nullable: false,
      sentence: 'claims that are open',
      load,
    })
    const created = createVocabulary([fact])

    expect(fact).toMatchObject({ source: 'on_demand', nullable: false, unit: 'count', load })
    expect(created.ok && created.value.definitionOf('shop.openClaims')).not.toHaveProperty('load')
  })
})
