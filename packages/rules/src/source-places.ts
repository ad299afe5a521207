/** Where in a JSON text the things are that issues speak of: lines, columns and offsets by JSON Pointer. */
import { createIssueList, type IssueCode } from './issues.ts'
import { type JsonLimits, readJson } from './read-json.ts'

/** A stretch of a text as UTF-16 offsets; `to` is behind its last character. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** A place for people, both counted from 1; columns in UTF-16 code units. */
export interface LinePlace {
  readonly line: number
  readonly column: number
}

/** The places of one text. */
export interface SourcePlaces {
  valueAt(path: string): Span | undefined
  keyAt(path: string): Span | undefined
  /** Where an issue is; of what is not in the text, the nearest thing around it. */
  placeOf(issue: { readonly code: IssueCode; readonly path: string }): LinePlace
}

/** Issues that are about a key, not about its value. */
const ABOUT_KEYS: readonly IssueCode[] = [
  'unknown_key',
  'duplicate_key',
  'forbidden_key',
  'bad_key',
  'not_supported',
]
/** Issues after which nothing is read. */
const ABOUT_STOPS: readonly IssueCode[] = ['not_json', 'too_deep']

/**
 * Finds all places of a text, as far as it can be read.
 *
 * Returns: of a key that is said twice, the second where the issue is `duplicate_key`, else the first. Throws: never.
 */
export function placesOf(text: string, limits: JsonLimits): SourcePlaces {
  const values = new Map<string, Span>()
  const keys = new Map<string, Span>()
  const lastKeys = new Map<string, Span>()
  let stoppedAt = 0
  readJson(text, limits, createIssueList(), {
    addValue: (path, from, to) => {
      if (!values.has(path)) values.set(path, { from, to })
    },
    addKey: (path, from, to) => {
      if (!keys.has(path)) keys.set(path, { from, to })
      lastKeys.set(path, { from, to })
    },
    stop: (at) => {
      stoppedAt = at
    },
  })
  const lineAt = lineFinder(text)
  return {
    valueAt: (path) => values.get(path),
    keyAt: (path) => keys.get(path),
    placeOf({ code, path }) {
      if (ABOUT_STOPS.includes(code)) return lineAt(stoppedAt)
      const key = (code === 'duplicate_key' ? lastKeys : keys).get(path)
      const isAboutKey = ABOUT_KEYS.includes(code) && key !== undefined
      const span = isAboutKey ? key : nearest(values, path)
      return lineAt(span?.from ?? 0)
    },
  }
}

function nearest(values: ReadonlyMap<string, Span>, path: string): Span | undefined {
  let around = path
  for (;;) {
    const span = values.get(around)
    if (span !== undefined || around === '') return span
    around = around.slice(0, around.lastIndexOf('/'))
  }
}

function lineFinder(text: string): (offset: number) => LinePlace {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
