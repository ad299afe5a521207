/** Charts as SVG that stands in a page: bars of before and after. Each has a title, and its figures stand in a table too. */
import { type Html, html } from './html.ts'

/** One row of a chart of bars. */
export interface BarRow {
  readonly label: string
  readonly before: number
  readonly after: number
  /** The figures as people read them. */
  readonly beforeText: string
  readonly afterText: string
}

const WIDTH = 720
const VALUE_WIDTH = 130
const BAR_HEIGHT = 13
const ROW_HEIGHT = 58
const LABEL_MAX_LENGTH = 90

/** Two bars a row under its label, the version before above the version after, on one scale. */
export function barChart(title: string, rows: readonly BarRow[]): Html {
  const most = Math.max(1, ...rows.flatMap(({ before, after }) => [before, after]))
  const scale = (WIDTH - VALUE_WIDTH) / most
  const height = rows.length * ROW_HEIGHT + 8
  const bars = rows.map((row, index) => {
    const top = index * ROW_HEIGHT + 22
    return html`<text x="0" y="${top - 6}" class="label">${shortened(row.label)}</text>
${bar('before', row.before * scale, row.beforeText, top)}
${bar('after', row.after * scale, row.afterText, top + BAR_HEIGHT + 3)}`
  })
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img"><title>${title}</title>
${bars}</svg>`
}

function bar(side: 'before' | 'after', length: number, text: string, top: number): Html {
  const width = length === 0 ? 0 : Math.max(1, Math.round(length))
  return html`<rect x="0" y="${top}" width="${width}" height="${BAR_HEIGHT}" class="${side}"/>
<text x="${width + 6}" y="${top + BAR_HEIGHT - 2}" class="value">${text}</text>`
}

const shortened = (label: string): string =>
  label.length > LABEL_MAX_LENGTH ? `${label.slice(0, LABEL_MAX_LENGTH - 1)}…` : label

/** One column of a chart over time. */
export interface Column {
  readonly label: string
  readonly count: number
}

const COLUMN_CHART_HEIGHT = 200
const COLUMN_AREA_HEIGHT = 150
const COLUMN_MAX_COUNT = 60
const AXIS_WIDTH = 60

/** A column a day; of a long period neighbours are joined, so that columns stay wide enough to see. */
export function columnChart(title: string, columns: readonly Column[]): Html {
  const joined = joinColumns(columns)
  const most = Math.max(1, ...joined.map(({ count }) => count))
  const step = (WIDTH - AXIS_WIDTH) / Math.max(1, joined.length)
  const base = COLUMN_AREA_HEIGHT + 16
  const bars = joined.map(({ label, count }, index) => {
    const height = count === 0 ? 0 : Math.max(1, Math.round((count / most) * COLUMN_AREA_HEIGHT))
    const x = Math.round(AXIS_WIDTH + index * step)
    const width = Math.max(1, Math.floor(step) - 1)
    return html`<rect x="${x}" y="${base - height}" width="${width}" height="${height}" class="after"><title>${label}: ${count}</title></rect>`
  })
  const first = joined[0]?.label ?? ''
  const last = joined.at(-1)?.label ?? ''
  return html`<svg viewBox="0 0 ${WIDTH} ${COLUMN_CHART_HEIGHT}" role="img"><title>${title}</title>
<line x1="${AXIS_WIDTH}" y1="${base}" x2="${WIDTH}" y2="${base}" class="axis"/>
<text x="${AXIS_WIDTH - 6}" y="26" class="value end">${most}</text>
<text x="${AXIS_WIDTH - 6}" y="${base}" class="value end">0</text>
${bars}
<text x="${AXIS_WIDTH}" y="${base + 18}" class="value">${first}</text>
<text x="${WIDTH}" y="${base + 18}" class="value end">${joined.length > 1 ? last : ''}</text></svg>`
}

function joinColumns(columns: readonly Column[]): readonly Column[] {
  const size = Math.max(1, Math.ceil(columns.length / COLUMN_MAX_COUNT))
  const joined: Column[] = []
  for (let index = 0; index < columns.length; index += size) {
    const part = columns.slice(index, index + size)
    const count = part.reduce((sum, each) => sum + each.count, 0)
    const [first, last] = [part[0]?.label ?? '', part.at(-1)?.label ?? '']
    joined.push({ label: first === last ? first : `${first} to ${last}`, count })
  }
  return joined
}
