/**
 * Reads JSON text from people who are not trusted: bounded, strict, without recursion, with the place of every fault.
 *
 * Knows nothing of rules. What `JSON.parse` would change or drop without a word is refused: doubled keys, keys that
 * reach a prototype, numbers that do not survive.
 */
import { escaped } from '@postdelivery/core'
import type { IssueList } from './issues.ts'

/** Bounds of a text; lengths in UTF-16 code units. */
export interface JsonLimits {
  readonly textMaxLength: number
  /** Objects and lists inside one another, the outermost counted. */
  readonly depthMax: number
  readonly keyMaxLength: number
  readonly stringMaxLength: number
}

/** Is told where each value and each key stands, as offsets into the text; `to` is behind the last character. */
export interface PlaceBook {
  addValue(path: string, from: number, to: number): void
  addKey(path: string, from: number, to: number): void
  /** Where reading stopped. */
  stop(at: number): void
}

type Frame = ObjectFrame | ListFrame

interface ListFrame {
  readonly from: number
  readonly path: string
  readonly value: unknown[]
}

interface ObjectFrame {
  /** Where it begins in the text. */
  readonly from: number
  /** Its place, empty when nobody asks for places. */
  readonly path: string
  readonly value: Record<string, unknown>
  readonly keys: Set<string>
  /** The key whose value is read, null before it is known. */
  key: string | null
  /** False when the key is refused: its value is read, and dropped. */
  isKept: boolean
}

interface Reader {
  readonly text: string
  readonly limits: JsonLimits
  readonly issues: IssueList
  readonly frames: Frame[]
  readonly places: PlaceBook | null
  index: number
}

/** Says that reading ended at a fault that is in the list already. */
const stopped = Symbol('stopped')
type Stopped = typeof stopped

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const SHOWN_MAX_LENGTH = 40

/** Control characters except tab and line breaks, marks that turn the direction of text, surrogates that stand alone. */
const BAD_TEXT = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u

/**
 * Reads one JSON value.
 *
 * Returns: the value, or undefined when reading had to stop. Every fault is added to `issues`; a value is only to be
 * trusted when there are none. Time and memory grow with the shorter of the text and `textMaxLength`.
 * Throws: never.
 */
export function readJson(
  text: string,
  limits: JsonLimits,
  issues: IssueList,
  places: PlaceBook | null = null,
): unknown {
  if (text.length > limits.textMaxLength) {
    const message = `the text has ${text.length} characters, at most ${limits.textMaxLength} are read`
    issues.add('too_large', '', message, 'split the rules over several sets')
    return undefined
  }
  const reader: Reader = { text, limits, issues, frames: [], places, index: 0 }
  const value = readValue(reader)
  if (value === stopped) return undefined
  skipBlanks(reader)
  if (reader.index < text.length) {
    stopAt(reader, 'the text goes on after its end')
    return undefined
  }
  return value
}

/** Reads a value with all that is in it: opens frames, and closes them as they are complete. */
function readValue(reader: Reader): unknown | Stopped {
  for (;;) {
    skipBlanks(reader)
    const from = reader.index
    let value = readStart(reader)
    if (value === stopped) return stopped
    if (value !== opened) reader.places?.addValue(childPath(reader), from, reader.index)
    while (value !== opened) {
      const frame = reader.frames.at(-1)
      if (frame === undefined) return value
      attach(frame, value)
      const next = readAfterValue(reader, frame)
      if (next === stopped) return stopped
      if (next === 'more') break
      reader.frames.pop()
      reader.places?.addValue(frame.path, frame.from, reader.index)
      value = frame.value
    }
  }
}

/** Says that an object or list was begun that has something in it. */
const opened = Symbol('opened')

function readStart(reader: Reader): unknown | Stopped | typeof opened {
  const char = reader.text[reader.index]
  if (char === '{' || char === '[') return openFrame(reader, char)
  if (char === '"') return readString(reader)
  if (char === '-' || isDigit(char)) return readNumber(reader)
  for (const [word, value] of WORDS) {
    if (!reader.text.startsWith(word, reader.index)) continue
    reader.index += word.length
    return value
  }
  return stopAt(reader, 'a value is expected')
}

const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

function openFrame(reader: Reader, char: '{' | '['): unknown | Stopped | typeof opened {
  const { depthMax } = reader.limits
  if (reader.frames.length >= depthMax) {
    const message = `more than ${depthMax} objects and lists inside one another`
    reader.issues.add('too_deep', place(reader), message, 'write the conditions flatter')
    reader.places?.stop(reader.index)
    return stopped
  }
  const head = { from: reader.index, path: childPath(reader) }
  const frame: Frame =
    char === '{'
      ? { ...head, value: {}, keys: new Set(), key: null, isKept: true }
      : { ...head, value: [] }
  reader.index += 1
  skipBlanks(reader)
  if (reader.text[reader.index] === (char === '{' ? '}' : ']')) {
    reader.index += 1
    return frame.value
  }
  reader.frames.push(frame)
  return 'key' in frame && readKey(reader, frame) === stopped ? stopped : opened
}

/** After a value: `more` when another follows in the frame, `done` when the frame is closed. */
function readAfterValue(reader: Reader, frame: Frame): 'more' | 'done' | Stopped {
  skipBlanks(reader)
  const char = reader.text[reader.index]
  const isObject = 'key' in frame
  if (char === (isObject ? '}' : ']')) {
    reader.index += 1
    return 'done'
  }
  if (char !== ',') return stopAt(reader, `\`,\` or \`${isObject ? '}' : ']'}\` is expected`)
  reader.index += 1
  if (!isObject) return 'more'
  skipBlanks(reader)
  return readKey(reader, frame) === stopped ? stopped : 'more'
}

/** Reads a key and its colon. */
function readKey(reader: Reader, frame: ObjectFrame): Stopped | undefined {
  if (reader.text[reader.index] !== '"') return stopAt(reader, 'a key in double quotes is expected')
  frame.key = null
  const from = reader.index
  const key = readToken(reader)
  if (key === stopped) return stopped
  reader.places?.addKey(`${frame.path}/${escaped(key)}`, from, reader.index)
  const fault = keyFault(key, frame, reader.limits)
  frame.key = key
  frame.isKept = fault === undefined
  if (fault !== undefined) reader.issues.add(fault[0], place(reader), fault[1], fault[2])
  frame.keys.add(key)
  skipBlanks(reader)
  if (reader.text[reader.index] !== ':') return stopAt(reader, '`:` is expected')
  reader.index += 1
  return undefined
}

function keyFault(
  key: string,
  frame: { readonly keys: ReadonlySet<string> },
  limits: JsonLimits,
):
  | readonly ['duplicate_key' | 'forbidden_key' | 'too_long' | 'bad_text', string, string]
  | undefined {
  const shown = `\`${shortened(key)}\``
  if (FORBIDDEN_KEYS.has(key))
    return ['forbidden_key', `the key ${shown} is not allowed`, 'take it out']
  if (frame.keys.has(key)) return ['duplicate_key', `the key ${shown} is said twice`, 'keep one']
  if (key.length > limits.keyMaxLength)
    return ['too_long', `a key has at most ${limits.keyMaxLength} characters`, 'use a shorter key']
  if (BAD_TEXT.test(key))
    return ['bad_text', 'the key has characters that cannot be seen', 'type it anew']
  return undefined
}

function readString(reader: Reader): string | Stopped {
  const value = readToken(reader)
  if (value === stopped) return stopped
  const { stringMaxLength } = reader.limits
  if (value.length > stringMaxLength) {
    const message = `at most ${stringMaxLength} characters are allowed, ${value.length} given`
    reader.issues.add('too_long', place(reader), message)
  } else if (BAD_TEXT.test(value)) {
    const message = 'the text has control characters, direction marks or broken surrogates'
    reader.issues.add('bad_text', place(reader), message, 'type it anew')
  }
  return value
}

/** Reads a text in double quotes. */
function readToken(reader: Reader): string | Stopped {
  const { text } = reader
  let end = reader.index + 1
  let isPlain = true
  for (let code = text.charCodeAt(end); end < text.length && code !== 0x22; ) {
    if (code < 0x20 || code === 0x5c) isPlain = false
    end += code === 0x5c ? 2 : 1
    code = text.charCodeAt(end)
  }
  if (end >= text.length) return stopAt(reader, 'a text has no closing quote')
  const token = text.slice(reader.index, end + 1)
  const value = isPlain ? token.slice(1, -1) : decode(token)
  if (value === undefined) return stopAt(reader, 'a text has a line break or an unknown escape')
  reader.index = end + 1
  return value
}

function decode(token: string): string | undefined {
  try {
    return JSON.parse(token) as string
  } catch {
    return undefined
  }
}

const NUMBER_TOKEN = /-?\d[\d.eE+-]*|-/y
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const INTEGER = /^(?:0|-?[1-9]\d*)$/

function readNumber(reader: Reader): number | Stopped {
  NUMBER_TOKEN.lastIndex = reader.index
  const token = NUMBER_TOKEN.exec(reader.text)?.[0] ?? ''
  if (!NUMBER.test(token)) return stopAt(reader, 'this is not how JSON writes a number')
  reader.index += token.length
  const value = Number(token)
  if (!INTEGER.test(token) || !Number.isSafeInteger(value)) {
    const message = `\`${shortened(token)}\` is not a whole number in plain digits up to ${Number.MAX_SAFE_INTEGER}`
    const hint = 'amounts are whole minor units, spans are whole days'
    reader.issues.add('bad_number', place(reader), message, hint)
  }
  return value
}

function attach(frame: Frame, value: unknown): void {
  if (!('key' in frame)) frame.value.push(value)
  else if (frame.isKept && frame.key !== null) frame.value[frame.key] = value
}

function skipBlanks(reader: Reader): void {
  for (;;) {
    const char = reader.text[reader.index]
    if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return
    reader.index += 1
  }
}

/** The place of the value that comes next, with its keys as they are; empty when nobody asks for places. */
function childPath({ places, frames }: Reader): string {
  const frame = frames.at(-1)
  if (places === null || frame === undefined) return ''
  return `${frame.path}/${'key' in frame ? escaped(frame.key ?? '') : frame.value.length}`
}

/** The JSON Pointer of the value that is being read. */
function place(reader: Reader): string {
  return reader.frames
    .map((frame) =>
      'key' in frame
        ? frame.key === null
          ? ''
          : `/${escaped(shortened(frame.key))}`
        : `/${frame.value.length}`,
    )
    .join('')
}

function stopAt(reader: Reader, what: string): Stopped {
  const before = reader.text.slice(0, reader.index)
  const line = before.split('\n').length
  const column = reader.index - before.lastIndexOf('\n')
  const message = `${what} at line ${line}, column ${column}`
  reader.issues.add('not_json', place(reader), message, hintFor(reader))
  reader.places?.stop(reader.index)
  return stopped
}

function hintFor({ text, index }: Reader): string {
  if (text.startsWith('\ufeff')) return 'save the file without a byte order mark'
  if (text[index] === '/') return 'JSON has no comments; use `description`'
  if (text[index] === "'") return 'texts stand in double quotes'
  const isClosing = text[index] === '}' || text[index] === ']'
  if (isClosing && text.slice(0, index).trimEnd().endsWith(','))
    return 'take out the comma before it'
  return 'check the commas and brackets before it'
}

const shortened = (text: string): string =>
  text.length > SHOWN_MAX_LENGTH ? `${text.slice(0, SHOWN_MAX_LENGTH)}…` : text

const isDigit = (char: string | undefined): boolean =>
  char !== undefined && char >= '0' && char <= '9'
