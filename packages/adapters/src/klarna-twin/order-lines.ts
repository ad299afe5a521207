/** The arithmetic of order lines, as Klarna's payments calls check it. */
import type { TwinSettings } from './settings.ts'
import type { WireLine } from './wire.ts'

/**
 * The first line whose amounts differ from what they should be, in words; undefined when all is well or unchecked.
 *
 * Source: reference, order_line (`total_amount`); Klarna's tax page (`total_tax_amount`).
 */
export function linesProblem(
  lines: readonly WireLine[],
  { lineArithmetic, lineToleranceMinor }: TwinSettings,
): string | undefined {
  if (lineArithmetic === 'ignored') return undefined
  for (const [index, line] of lines.entries()) {
    const totalMinor = line.quantity * line.unit_price - (line.total_discount_amount ?? 0)
    const problem =
      difference(`order_lines[${index}].total_amount`, line.total_amount, totalMinor) ??
      (line.total_tax_amount === undefined
        ? undefined
        : difference(
            `order_lines[${index}].total_tax_amount`,
            line.total_tax_amount,
            taxMinor(line),
          ))
    if (problem !== undefined) return problem
  }
  return undefined

  function difference(name: string, givenMinor: number, wantedMinor: number): string | undefined {
    if (Math.abs(givenMinor - wantedMinor) <= lineToleranceMinor) return undefined
    const wanted = Math.round(wantedMinor)
    return `Bad value: ${name} (${givenMinor}) differs from the calculated value [${wanted}] by more than [${lineToleranceMinor}]`
  }
}

const taxMinor = ({ total_amount, tax_rate = 0 }: WireLine): number =>
  total_amount - (total_amount * 10_000) / (10_000 + tax_rate)
