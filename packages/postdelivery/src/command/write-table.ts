/** Writes rows as columns: lined up, cut to the terminal where there is one, whole in a pipe. */
import { type Output, printable } from './output.ts'

/** Writes a table with a line of headings; nothing when there are no rows. Cells may come from outside. */
export function writeTable(
  out: Output,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  if (rows.length === 0) return
  const cells = rows.map((row) => row.map(printable))
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const lineOf = (row: readonly string[]): string =>
    cut(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '), out.columnCount)
  out.line(out.paint('dim', lineOf(headings)), ...cells.map(lineOf))
}

const cut = (line: string, columnCount: number | null): string => {
  const trimmed = line.trimEnd()
  if (columnCount === null || trimmed.length <= columnCount) return trimmed
  return `${trimmed.slice(0, Math.max(columnCount - 1, 1))}…`
}
