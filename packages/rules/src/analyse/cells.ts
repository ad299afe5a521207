/**
 * The elementary cells of a fact: values between which no comparison of the given conditions can tell a difference, with
 * one value of each. All verdicts that conditions can come to are seen on the combinations of these values.
 */
import type { FactDefinition, FactValue } from '@postdelivery/core'
import type { Comparison, Condition } from '../rule-set.ts'
import { hasValue, numberOf, pickValue, valueFrom } from './fact-set.ts'
import type { Space } from './space.ts'

/** Lists with more named entries than this are not tried in every combination. */
const COMBINED_MAX_COUNT = 6

/** All comparisons of conditions, in the author's order. */
export function comparisonsIn(condition: Condition): readonly Comparison[] {
  if ('fact' in condition) return [condition]
  if ('not' in condition) return comparisonsIn(condition.not)
  return ('all' in condition ? condition.all : condition.any).flatMap(comparisonsIn)
}

/**
 * The values of each fact at which conditions can change their minds: at every boundary the value on either side.
 *
 * Returns: per fact the values in order, and undefined first where the space allows unknown.
 *
 * @example
 * ```ts
 * import { boundariesOf, builtInVocabulary, createSpace } from '@postdelivery/rules'
 *
 * const condition = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 } as const
 * const space = createSpace(builtInVocabulary())
 * expect(boundariesOf([condition], space).get('time.daysToDueDate')).toEqual([undefined, 13, 14])
 * ```
 */
export function boundariesOf(
  conditions: readonly Condition[],
  space: Space,
): ReadonlyMap<string, readonly (FactValue | undefined)[]> {
  const comparisons = conditions.flatMap(comparisonsIn)
  const facts = [...new Set(comparisons.map(({ fact }) => fact))]
  return new Map(
    facts.map((fact) => {
      const own = comparisons.filter((each) => each.fact === fact)
      const definition = space.definitionOf(fact)
      const domain = space.domainOf(fact)
      const values = valuesAround(own, definition, space).filter((value) =>
        hasValue(domain, value, definition),
      )
      return [fact, domain.canBeUnknown ? [undefined, ...values] : values]
    }),
  )
}

function valuesAround(
  comparisons: readonly Comparison[],
  definition: FactDefinition,
  space: Space,
): readonly FactValue[] {
  const named = comparisons.flatMap(({ value }) => (Array.isArray(value) ? value : [value]))
  if (definition.type === 'textList') return listsOf([...new Set(named.map(String))])
  if (definition.type === 'text') {
    const texts = [...new Set(named.map(String))].toSorted()
    const set = { kind: 'texts', isExcept: true, texts } as const
    const other = definition.values?.find((each) => !texts.includes(each))
    const free = pickValue({ known: set, canBeUnknown: false }, definition)
    const rest = definition.values === undefined ? free : other
    return rest === undefined ? texts : [...texts, rest]
  }
  return numbersAround(comparisons, definition, space)
}

function numbersAround(
  comparisons: readonly Comparison[],
  definition: FactDefinition,
  space: Space,
): readonly FactValue[] {
  // A cut lies before its number.
  const cuts = new Set(comparisons.flatMap(cutsOf))
  const { known } = space.domainOf(definition.name)
  if (known?.kind !== 'numbers') return []
  const isInside = (number: number) =>
    known.ranges.some(({ from, to }) => from <= number && number <= to)
  const around = [...cuts].flatMap((cut) => [cut - 1, cut]).filter(isInside)
  const numbers =
    around.length > 0 ? around : known.ranges.map(({ from, to }) => Math.min(Math.max(from, 0), to))
  return [...new Set(numbers)]
    .toSorted((a, b) => a - b)
    .map((number) => valueFrom(number, definition))
}

function cutsOf({ operator, value }: Comparison): readonly number[] {
  const numbers = (Array.isArray(value) ? value : [value]).map(numberOf)
  if (operator === 'lessThan' || operator === 'greaterThanInclusive') return numbers
  if (operator === 'lessThanInclusive' || operator === 'greaterThan')
    return numbers.map((number) => number + 1)
  return numbers.flatMap((number) => [number, number + 1])
}

/** Every combination of the entries, or each alone, none and all when there are many. */
function listsOf(entries: readonly string[]): readonly (readonly string[])[] {
  if (entries.length > COMBINED_MAX_COUNT) return [[], ...entries.map((entry) => [entry]), entries]
  let lists: readonly (readonly string[])[] = [[]]
  for (const entry of entries) lists = lists.flatMap((list) => [list, [...list, entry]])
  return lists
}
