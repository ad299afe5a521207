/** Random rules and facts: mostly well typed, biased to boundaries and to what is missing. */
import type { FactDefinition } from '@postdelivery/core'
import { type Condition, OPERATORS } from '@postdelivery/rules'
import fc from 'fast-check'
import { aRule, type Json, vocabulary } from './builders.ts'

/** A few facts of every type that the built-in vocabulary has. */
const NAMES = [
  'return.reason',
  'return.stage',
  'order.payLater',
  'time.daysToDueDate',
  'return.valueMinor',
  'return.references',
]
const DEFINITIONS: readonly FactDefinition[] = NAMES.flatMap(
  (name) => vocabulary.definitionOf(name) ?? [],
)

const integers = fc.constantFrom(-1, 0, 1, 2, Number.MAX_SAFE_INTEGER)
const dates = fc.constantFrom('1970-01-01', '2024-02-28', '2024-02-29', '2026-12-14')
const texts = fc.constantFrom('a', 'b', 'A', '', 'constructor', 'length')

/** One value that a fact can have; lists give their entries. */
function entryOf(definition: FactDefinition): fc.Arbitrary<string | number | boolean> {
  if (definition.values !== undefined) return fc.constantFrom(...definition.values)
  if (definition.type === 'integer') return integers
  if (definition.type === 'date') return dates
  return definition.type === 'flag' ? fc.boolean() : texts
}

const comparisonOver = (known: readonly FactDefinition[]): fc.Arbitrary<Condition> =>
  fc.constantFrom(...known).chain((definition) => {
    const operators = OPERATORS.filter((each) => each.types.includes(definition.type))
    return fc.constantFrom(...operators).chain((operator) => {
      const entry = entryOf(definition)
      const value =
        operator.takes === 'list' ? fc.uniqueArray(entry, { minLength: 1, maxLength: 3 }) : entry
      return value.map(
        (wanted) =>
          ({ fact: definition.name, operator: operator.name, value: wanted }) as Condition,
      )
    })
  })

/** The conditions of a rule over some facts, at most three groups deep. */
export function conditionsOver(known: readonly FactDefinition[]): fc.Arbitrary<Condition> {
  const comparison = comparisonOver(known)
  const { group } = fc.letrec<{ readonly group: Condition; readonly condition: Condition }>(
    (tie) => {
      const several = fc.array(tie('condition'), { minLength: 1, maxLength: 3 })
      return {
        condition: fc.oneof({ maxDepth: 3 }, comparison, tie('group')),
        group: fc.oneof(
          { maxDepth: 3 },
          several.map((all) => ({ all })),
          several.map((any) => ({ any })),
          tie('condition').map((not) => ({ not })),
        ),
      }
    },
  )
  return group
}

/** The conditions of a rule over a few built-in facts. */
export const conditions = conditionsOver(DEFINITIONS)

/** What is not a value of any fact. */
const wrong: fc.Arbitrary<unknown> = fc.constantFrom(
  null,
  undefined,
  Number.NaN,
  0.5,
  Number.POSITIVE_INFINITY,
  [1],
  {},
  () => 'a',
)

/** Facts of one event: of their types, missing, or mistyped. */
export const facts: fc.Arbitrary<Json> = fc.record(
  Object.fromEntries(
    DEFINITIONS.map((definition) => {
      const entry = entryOf(definition)
      const value =
        definition.type === 'textList'
          ? fc.array(entry, { maxLength: 3 })
          : (entry as fc.Arbitrary<unknown>)
      return [definition.name, fc.oneof({ arbitrary: value, weight: 6 }, wrong)]
    }),
  ),
  { requiredKeys: [] },
)

/** Rules with few priorities, so that ties are frequent. */
export const rules: fc.Arbitrary<readonly Json[]> = fc
  .array(fc.record({ conditions, priority: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((list) => list.map((each, index) => aRule({ ...each, name: `Rule ${index}` })))
