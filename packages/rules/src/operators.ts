/** What conditions can compare, and the one function that compares: true, false, or unknown. */
import {
  type FactDefinition,
  type FactType,
  isFactValue,
  isPlainDate,
  type Verdict,
} from '@postdelivery/core'

export type OperatorName =
  | 'equal'
  | 'notEqual'
  | 'in'
  | 'notIn'
  | 'lessThan'
  | 'lessThanInclusive'
  | 'greaterThan'
  | 'greaterThanInclusive'
  | 'contains'
  | 'doesNotContain'

/** What one condition compares with: a value of the fact's type, a list of them, or one entry of a list. */
export type Operand = string | number | boolean | readonly (string | number)[]

export interface OperatorDefinition {
  readonly name: OperatorName
  /** The types of facts that it can compare. */
  readonly types: readonly FactType[]
  /** What `value` is: one of the fact's values, a list of them, or one entry of the fact's list. */
  readonly takes: 'value' | 'list' | 'entry'
  /** True exactly where this one is false; unknown where it is unknown. */
  readonly negation: OperatorName
  /** Before the value, in plain sentences: "wanted less than 14". */
  readonly phrase: string
  /** For docs and editors. */
  readonly sentence: string
}

const single = ['text', 'integer', 'flag', 'date'] as const
const listed = ['text', 'integer', 'date'] as const
const ordered = ['integer', 'date'] as const

/** The operators, by json-rules-engine's names, each strict about types. */
export const OPERATORS: readonly OperatorDefinition[] = [
  {
    name: 'equal',
    types: single,
    takes: 'value',
    negation: 'notEqual',
    phrase: '',
    sentence: 'the fact is the value',
  },
  {
    name: 'notEqual',
    types: single,
    takes: 'value',
    negation: 'equal',
    phrase: 'not ',
    sentence: 'the fact is known and is not the value',
  },
  {
    name: 'in',
    types: listed,
    takes: 'list',
    negation: 'notIn',
    phrase: 'one of ',
    sentence: 'the fact is one of the values',
  },
  {
    name: 'notIn',
    types: listed,
    takes: 'list',
    negation: 'in',
    phrase: 'none of ',
    sentence: 'the fact is known and is none of the values',
  },
  {
    name: 'lessThan',
    types: ordered,
    takes: 'value',
    negation: 'greaterThanInclusive',
    phrase: 'less than ',
    sentence: 'the fact is below the value; a date is before it',
  },
  {
    name: 'lessThanInclusive',
    types: ordered,
    takes: 'value',
    negation: 'greaterThan',
    phrase: 'at most ',
    sentence: 'the fact is below the value or equal to it',
  },
  {
    name: 'greaterThan',
    types: ordered,
    takes: 'value',
    negation: 'lessThanInclusive',
    phrase: 'more than ',
    sentence: 'the fact is above the value; a date is after it',
  },
  {
    name: 'greaterThanInclusive',
    types: ordered,
    takes: 'value',
    negation: 'lessThan',
    phrase: 'at least ',
    sentence: 'the fact is above the value or equal to it',
  },
  {
    name: 'contains',
    types: ['textList'],
    takes: 'entry',
    negation: 'doesNotContain',
    phrase: 'a list with ',
    sentence: 'the list has the value as an entry',
  },
  {
    name: 'doesNotContain',
    types: ['textList'],
    takes: 'entry',
    negation: 'contains',
    phrase: 'a list without ',
    sentence: 'the list is known and has no such entry',
  },
]

const definitions = new Map<string, OperatorDefinition>(
  OPERATORS.map((operator) => [operator.name, operator]),
)

/** The operator of a name, or undefined. */
export const operatorOf = (name: string): OperatorDefinition | undefined => definitions.get(name)

/**
 * Compares what was seen with what is wanted.
 *
 * Pure and total: nothing is converted, and whatever does not have the fact's type is unknown: a fact that is
 * missing, NaN, a text outside the fact's listed values, a date that does not exist, an operator or an operand that
 * does not fit. `true` and `false` are said of two well-typed sides only.
 *
 * @example
 * ```ts
 * import { judge } from '@postdelivery/rules'
 *
 * const days = { name: 'time.daysToDueDate', type: 'integer', nullable: true, sentence: '', source: 'static' } as const
 * const soon = { operator: 'lessThan', value: 14 }
 * expect(judge(soon, 6, days)).toBe('true')
 * expect(judge(soon, '6', days)).toBe('unknown')
 * expect(judge(soon, undefined, days)).toBe('unknown')
 * ```
 */
export function judge(
  comparison: { readonly operator: string; readonly value: unknown },
  seen: unknown,
  definition: FactDefinition,
): Verdict {
  const operator = operatorOf(comparison.operator)
  if (operator === undefined || !operator.types.includes(definition.type)) return 'unknown'
  if (!isKnownValue(seen, definition)) return 'unknown'
  if (!isOperand(comparison.value, operator, definition)) return 'unknown'
  return compare(operator.name, seen as never, comparison.value as never) ? 'true' : 'false'
}

/** Tells whether a value is one that the fact can have. */
export const isKnownValue = (value: unknown, definition: FactDefinition): boolean =>
  isFactValue(value, definition) &&
  (definition.type !== 'date' || isPlainDate(value)) &&
  (definition.values === undefined ||
    definition.type === 'textList' ||
    definition.values.includes(value as string))

/** Tells whether a value is one that the operator can compare the fact with. */
export function isOperand(
  value: unknown,
  operator: OperatorDefinition,
  definition: FactDefinition,
): boolean {
  switch (operator.takes) {
    case 'value':
      return isKnownValue(value, definition)
    case 'entry':
      return typeof value === 'string'
    case 'list':
      return (
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((entry) => isKnownValue(entry, definition))
      )
  }
}

/** Compares two sides whose types were checked. Dates are `YYYY-MM-DD`, so they compare as texts. */
function compare(operator: OperatorName, seen: never, wanted: never): boolean {
  switch (operator) {
    case 'equal':
      return seen === wanted
    case 'notEqual':
      return seen !== wanted
    case 'in':
      return has(wanted, seen)
    case 'notIn':
      return !has(wanted, seen)
    case 'lessThan':
      return seen < wanted
    case 'lessThanInclusive':
      return seen <= wanted
    case 'greaterThan':
      return seen > wanted
    case 'greaterThanInclusive':
      return seen >= wanted
    case 'contains':
      return has(seen, wanted)
    case 'doesNotContain':
      return !has(seen, wanted)
  }
}

const has = (list: readonly unknown[], entry: unknown): boolean => list.includes(entry)
