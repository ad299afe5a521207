/** Writes HTML: every text from outside is escaped here and nowhere else. */

const made: unique symbol = Symbol('made by html')

/** A piece of HTML. Made by `html` only, so that no text is taken for one. */
export interface Html {
  readonly [made]: true
  readonly text: string
}

/** What can stand in a template: texts and numbers, which are escaped, and HTML. */
export type Part = string | number | Html | readonly Html[]

/** Joins a template. Attributes stand in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.reduce((all, string, index) => {
    const part = parts[index - 1]
    return `${all}${part === undefined ? '' : textOf(part)}${string}`
  })
  return { [made]: true, text }
}

function textOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  return isList(part) ? part.map(({ text }) => text).join('') : part.text
}

const isList = (part: Html | readonly Html[]): part is readonly Html[] => Array.isArray(part)

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text as it may stand in an element or a quoted attribute; what would steer a reader's eye is a dot. */
const escapeHtml = (text: string): string =>
  text
    .replaceAll(/[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu, '\u00b7')
    .replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
