/** One operator with its operand as a function of the value seen. */
import type { FactValue } from '@postdelivery/core'
import type { Operand, OperatorName } from '../operators.ts'

/**
 * Makes the comparison with one operand.
 *
 * Both sides are taken to be of the fact's type; nothing is checked. Dates are `YYYY-MM-DD`, so they compare as texts.
 */
export function comparer(operator: OperatorName, wanted: Operand): (seen: FactValue) => boolean {
  switch (operator) {
    case 'equal':
      return (seen) => seen === wanted
    case 'notEqual':
      return (seen) => seen !== wanted
    case 'in':
      return oneOf(wanted as readonly FactValue[])
    case 'notIn': {
      const isListed = oneOf(wanted as readonly FactValue[])
      return (seen) => !isListed(seen)
    }
    case 'lessThan':
      return (seen) => seen < wanted
    case 'lessThanInclusive':
      return (seen) => seen <= wanted
    case 'greaterThan':
      return (seen) => seen > wanted
    case 'greaterThanInclusive':
      return (seen) => seen >= wanted
    case 'contains':
      return (seen) => (seen as readonly unknown[]).includes(wanted)
    case 'doesNotContain':
      return (seen) => !(seen as readonly unknown[]).includes(wanted)
  }
}

/** Lists as long as this are looked up in a set. */
const SCANNED_MAX_COUNT = 8

function oneOf(list: readonly FactValue[]): (seen: FactValue) => boolean {
  if (list.length <= SCANNED_MAX_COUNT) return (seen) => list.includes(seen)
  const values = new Set(list)
  return (seen) => values.has(seen)
}
