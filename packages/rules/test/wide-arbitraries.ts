/** Random rule sets and facts over every type, biased to names that objects inherit, to boundaries and to wrong types. */
import type { FactDefinition } from '@postdelivery/core'
import { type Condition, createVocabulary, defineFact, OPERATORS } from '@postdelivery/rules'
import fc from 'fast-check'
import { aRule, type Json } from './builders.ts'

/** The built-in facts, a date, and a text whose listed values are names that objects inherit. */
export const wideVocabulary = (() => {
  const created = createVocabulary([
    defineFact({ name: 'shop.boughtOn', type: 'date', sentence: 'the day of the purchase' }),
    defineFact({
      name: 'customer.tier',
      type: 'text',
      values: ['constructor', 'gold'],
      sentence: 'how good a customer they are',
    }),
  ])
  if (!created.ok) throw new Error(JSON.stringify(created.error))
  return created.value
})()

const DEFINITIONS: readonly FactDefinition[] = [
  'return.reason',
  'customer.tier',
  'order.payLater',
  'time.daysToDueDate',
  'return.valueMinor',
  'return.references',
  'shop.boughtOn',
].flatMap((name) => wideVocabulary.definitionOf(name) ?? [])

const TEXTS = ['a', 'b', '', 'constructor', '__proto__', 'toString', 'length', '1', 'NaN']
const NUMBERS = [-2, -1, 0, 1, 2, 3, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
const DAYS = ['2026-02-27', '2026-02-28', '2026-03-01', '0000-01-01', '9999-12-31']

type Entry = string | number | boolean

function entryOf({ type, values }: FactDefinition): fc.Arbitrary<Entry> {
  if (values !== undefined) return fc.constantFrom(...values)
  if (type === 'integer') return fc.constantFrom<Entry>(...NUMBERS)
  if (type === 'flag') return fc.boolean()
  return fc.constantFrom<Entry>(...(type === 'date' ? DAYS : TEXTS))
}

const comparison: fc.Arbitrary<Condition> = fc.constantFrom(...DEFINITIONS).chain((definition) => {
  const operators = OPERATORS.filter((each) => each.types.includes(definition.type))
  return fc.constantFrom(...operators).chain((operator) => {
    const entry = entryOf(definition)
    const list = fc.uniqueArray(entry, { minLength: 1, maxLength: 12 })
    return (operator.takes === 'list' ? list : entry).map(
      (value) => ({ fact: definition.name, operator: operator.name, value }) as Condition,
    )
  })
})

const { group } = fc.letrec<{ readonly group: Condition; readonly condition: Condition }>((tie) => {
  const several = fc.array(tie('condition'), { minLength: 1, maxLength: 4 })
  return {
    condition: fc.oneof({ maxDepth: 3 }, { arbitrary: comparison, weight: 2 }, tie('group')),
    group: fc.oneof(
      { maxDepth: 3 },
      several.map((all) => ({ all })),
      several.map((any) => ({ any })),
      tie('condition').map((not) => ({ not })),
    ),
  }
})

/** So many alternatives that no index takes the rule. */
const broad: fc.Arbitrary<Condition> = fc
  .tuple(...[5, 4].map((length) => fc.array(comparison, { minLength: length, maxLength: length })))
  .map((choices) => ({ all: choices.map((any) => ({ any })) }))

const conditions = fc.oneof({ arbitrary: group, weight: 9 }, broad)

/** Rules of few or many, so that their rows fill one word of bits or several. */
export const wideRules: fc.Arbitrary<readonly Json[]> = fc
  .oneof(
    { arbitrary: fc.constant({ minLength: 1, maxLength: 6 }), weight: 3 },
    fc.constant({ minLength: 30, maxLength: 70 }),
  )
  .chain((size) =>
    fc.array(fc.record({ conditions, priority: fc.integer({ min: 1, max: 3 }) }), size),
  )
  .map((list) => list.map((each, index) => aRule({ ...each, name: `Rule ${index}` })))

/** What is a value of some fact, but not of this one, or of none. */
const wrong: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, Number.NaN, 0.5, -0, 2 ** 53, Number.NEGATIVE_INFINITY),
  fc.constantFrom<unknown>([1], [null], {}, () => 'a', new Date(0), '2026-02-30', 'platinum'),
  fc.constantFrom<unknown>(...TEXTS, ...NUMBERS, true, ['a']),
)

const valueIn = (definition: FactDefinition): fc.Arbitrary<unknown> =>
  definition.type === 'textList'
    ? fc.array(entryOf(definition), { maxLength: 4 })
    : entryOf(definition)

/** Facts of one event: own or inherited, of their types or not, or missing. */
export const wideFacts: fc.Arbitrary<Json> = fc
  .record({
    own: fc.record(
      Object.fromEntries(
        DEFINITIONS.map((each) => [
          each.name,
          fc.oneof({ arbitrary: valueIn(each), weight: 6 }, wrong),
        ]),
      ),
      { requiredKeys: [] },
    ),
    inherited: fc.constantFrom<object | null>(Object.prototype, null, {
      'return.reason': 'a',
      'time.daysToDueDate': 1,
    }),
  })
  .map(({ own, inherited }) => Object.assign(Object.create(inherited) as object, own) as Json)

/** Facts that are all known. */
export const knownFacts: fc.Arbitrary<Json> = fc.record(
  Object.fromEntries(DEFINITIONS.map((each) => [each.name, valueIn(each)])),
)
