/** Small pieces of Markdown, written the same way every time. */

/** A table. Cells are one line; pipes inside them are escaped. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

/** Code in a sentence. */
export const code = (text: string): string => `\`${text}\``

/** Several pieces of code after one another. */
export const codes = (texts: readonly string[]): string => texts.map(code).join(', ')

/** A fenced block. */
export const fence = (language: string, lines: readonly string[]): readonly string[] => [
  `\`\`\`${language}`,
  ...lines,
  '```',
]

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
