/** Writes to one of the two streams of a command: lines, data, progress, in colour where it is wanted. */
import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** The part of a stream that is written to. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Output {
  /** Writes one line, or several; none ends in a line break. */
  line(...lines: readonly string[]): void
  /** Writes raw text, as `sarif`, `junit` or `html` need it. */
  text(text: string): void
  /** Writes an object as JSON with `schemaVersion` 1 first: indented, or as one line when the format is `ndjson`. */
  data(value: object): void
  /** Shows how far something is, in place of the last one. Silent where nobody watches. */
  progress(text: string): void
  /** Colours a text, when colours are wanted here. */
  paint(style: Style, text: string): string
  /** Columns of the terminal, or null when it is none. */
  readonly columnCount: number | null
}

export interface OutputOptions {
  readonly stream: TextStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isOneLine?: boolean
}

/** Makes an output over a stream. */
export function createOutput({ stream, env, isOneLine = false }: OutputOptions): Output {
  const isColoured = wantsColour(stream, env)
  const isWatched = stream.isTTY === true && env['TERM'] !== 'dumb' && !env['CI']
  let isInProgress = false
  const write = (text: string): void => {
    if (isInProgress) stream.write(CLEAR_LINE)
    isInProgress = false
    stream.write(text)
  }
  return {
    line: (...lines) => write(`${lines.join('\n')}\n`),
    text: write,
    data: (value) => {
      const whole = { schemaVersion: 1, ...value }
      write(`${isOneLine ? JSON.stringify(whole) : JSON.stringify(whole, null, 2)}\n`)
    },
    progress: (text) => {
      if (!isWatched) return
      write('')
      const columnCount = stream.columns ?? DEFAULT_COLUMN_COUNT
      stream.write(text === '' ? '' : text.slice(0, columnCount - 1))
      isInProgress = text !== ''
    },
    paint: (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text),
    columnCount: stream.isTTY === true ? (stream.columns ?? DEFAULT_COLUMN_COUNT) : null,
  }
}

/** Source: no-color.org, force-color.org. */
function wantsColour(stream: TextStream, env: OutputOptions['env']): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

const CLEAR_LINE = '\r\u001b[2K'
const DEFAULT_COLUMN_COUNT = 80

/** A text from outside as it may stand in a terminal: on one line, without characters that would steer it. */
export const printable = (text: string): string =>
  text.replaceAll(/[\s]+/gu, ' ').replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\u00b7')
