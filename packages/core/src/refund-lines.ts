/** Lines of a refund: parts of a capture's lines that add up, with their tax, in the words that Klarna recalculates. */
import type { OrderLine } from './events.ts'
import { KLARNA_MAX_MINOR } from './money.ts'
import type { UnitRange } from './unit-ranges.ts'

/**
 * The lines for units of a reference, as they were captured, tax included.
 *
 * Each unit costs the same however often and in whatever order units are taken, and all units of a line cost the line.
 */
export function linesOfUnits(
  lines: readonly OrderLine[],
  reference: string,
  ranges: readonly UnitRange[],
): readonly OrderLine[] {
  const taken: OrderLine[] = []
  let start = 0
  for (const line of lines.filter((each) => each.reference === reference)) {
    const within = ranges
      .map((range) => ({
        from: Math.max(range.from - start, 0),
        to: Math.min(range.to - start, line.quantity),
      }))
      .filter(({ from, to }) => to > from)
    if (within.length > 0) taken.push(unitsOf(line, within))
    start += line.quantity
  }
  return taken
}

/** The discount is shared by whole minor units so that the parts of all units sum to the line exactly. */
function unitsOf(line: OrderLine, ranges: readonly UnitRange[]): OrderLine {
  // What the line lacks to quantity x price: its discount, and what the shop rounded.
  const discountMinor = line.quantity * line.unitPriceMinor - line.totalMinor
  const upTo = (units: number) =>
    Number((BigInt(discountMinor) * BigInt(units)) / BigInt(line.quantity))
  let quantity = 0
  let totalDiscountMinor = 0
  for (const { from, to } of ranges) {
    quantity += to - from
    totalDiscountMinor += upTo(to) - upTo(from)
  }
  const totalMinor = quantity * line.unitPriceMinor - totalDiscountMinor
  return totalDiscountMinor < 0 || totalDiscountMinor > KLARNA_MAX_MINOR
    ? lumpOf(line, totalMinor)
    : {
        ...namesOf(line),
        quantity,
        unitPriceMinor: line.unitPriceMinor,
        ...(totalDiscountMinor > 0 ? { totalDiscountMinor } : {}),
        totalMinor,
        ...taxOf(line, totalMinor),
      }
}

/** A whole line as it was captured, where it adds up; as one unit at its total where the shop rounded it. */
export function wholeLine(line: OrderLine): OrderLine {
  const { quantity, unitPriceMinor, totalDiscountMinor = 0, totalMinor } = line
  if (quantity * unitPriceMinor - totalDiscountMinor !== totalMinor) return lumpOf(line, totalMinor)
  const { taxRateBasisPoints: _, totalTaxMinor: __, ...rest } = line
  return { ...rest, ...capturedTaxOf(line) }
}

/** Part of what a line costs, as one unit: it names the line, and its price is what is paid. */
export const lumpOf = (line: OrderLine, totalMinor: number): OrderLine => ({
  ...namesOf(line),
  quantity: 1,
  unitPriceMinor: totalMinor,
  totalMinor,
  ...taxOf(line, totalMinor),
})

const namesOf = ({ reference, name, type }: OrderLine) => ({
  reference,
  name,
  ...(type === undefined ? {} : { type }),
})

type Tax = Pick<OrderLine, 'taxRateBasisPoints' | 'totalTaxMinor'>

/** The tax in an amount that includes it. Source: Klarna's tax handling, `total - total * 10000 / (10000 + rate)`. */
export function taxOf(line: OrderLine, totalMinor: number): Tax {
  const { taxRateBasisPoints } = line
  if (taxRateBasisPoints === undefined) return {}
  const netMinor = Math.round((totalMinor * 10_000) / (10_000 + taxRateBasisPoints))
  return { taxRateBasisPoints, totalTaxMinor: totalMinor - netMinor }
}

/** The tax that the capture said, where it is within Klarna's tolerance of one minor unit; else worked out. */
function capturedTaxOf(line: OrderLine): Tax {
  const { taxRateBasisPoints, totalTaxMinor, totalMinor } = line
  if (taxRateBasisPoints === undefined || totalTaxMinor === undefined)
    return taxOf(line, totalMinor)
  const exactMinor = totalMinor - (totalMinor * 10_000) / (10_000 + taxRateBasisPoints)
  return Math.abs(totalTaxMinor - exactMinor) <= 1
    ? { taxRateBasisPoints, totalTaxMinor }
    : taxOf(line, totalMinor)
}
