/** Turns the repairs of issues into edits of the text, and applies them. */
import type { Issue, Repair } from './issues.ts'
import type { SourcePlaces, Span } from './source-places.ts'

/** One stretch of a text that is replaced. */
export interface TextEdit extends Span {
  readonly text: string
}

/** The edit that settles an issue, or undefined when none is certain. */
export function editFor({ path, repair }: Issue, places: SourcePlaces): TextEdit | undefined {
  if (repair === undefined) return undefined
  const span = spanFor(path, repair, places)
  return span === undefined ? undefined : { ...span, text: textFor(repair) }
}

function spanFor(path: string, repair: Repair, places: SourcePlaces): Span | undefined {
  if (repair.kind === 'rename_key') return places.keyAt(path)
  const value = places.valueAt(path)
  if (repair.kind === 'replace_value' || value === undefined) return value
  // An entry that is said again has one before it; the comma between them goes as well.
  const cut = path.lastIndexOf('/')
  const before = places.valueAt(`${path.slice(0, cut)}/${Number(path.slice(cut + 1)) - 1}`)
  return before === undefined ? undefined : { from: before.to, to: value.to }
}

function textFor(repair: Repair): string {
  switch (repair.kind) {
    case 'rename_key':
      return JSON.stringify(repair.to)
    case 'replace_value':
      return JSON.stringify(repair.value)
    case 'remove_entry':
      return ''
  }
}

/**
 * Applies edits to a text; of two that touch the same stretch the first is taken.
 *
 * @example
 * ```ts
 * import { applyEdits } from '@postdelivery/rules'
 *
 * expect(applyEdits('{ "ruels": [] }', [{ from: 2, to: 9, text: '"rules"' }])).toBe('{ "rules": [] }')
 * ```
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let done = ''
  let at = 0
  for (const edit of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (edit.from < at) continue
    done += text.slice(at, edit.from) + edit.text
    at = edit.to
  }
  return done + text.slice(at)
}
