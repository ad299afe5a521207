/** Tables of a page: texts to the left, figures to the right, each with a caption for those who cannot see it. */
import { type Html, html } from './html.ts'

/** The cells of one row: texts first, then figures. */
export type Cells = readonly string[]

export interface Headings {
  readonly texts: readonly string[]
  readonly numbers: readonly string[]
}

/** Writes a table. */
export function table(label: string, { texts, numbers }: Headings, rows: readonly Cells[]): Html {
  const heads = [
    ...texts.map((text) => html`<th scope="col">${text}</th>`),
    ...numbers.map((text) => html`<th scope="col" class="number">${text}</th>`),
  ]
  const body = rows.map(
    (row) =>
      html`<tr>${row.map((cell, index) => (index < texts.length ? html`<td>${cell}</td>` : html`<td class="number">${cell}</td>`))}</tr>
`,
  )
  return html`<div class="scroll"><table aria-label="${label}"><thead><tr>${heads}</tr></thead><tbody>
${body}</tbody></table></div>`
}
