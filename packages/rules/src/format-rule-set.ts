/** Writes rule files and their tests in the one form that everybody's changes are compared in. */
import { err, isPlainRecord, ok, type Result } from '@postdelivery/core'
import { createIssueList, type Issue } from './issues.ts'
import { type JsonLimits, readJson } from './read-json.ts'

/** Bounds of what is formatted: wide enough for tests with whole event stories. */
const FORMAT_LIMITS: JsonLimits = {
  textMaxLength: 4_194_304,
  depthMax: 32,
  keyMaxLength: 500,
  stringMaxLength: 10_000,
}

const LINE_MAX_LENGTH = 100

/** Keys in the order in which people read them; all others follow, in the author's order. */
const KEY_ORDER: readonly string[] = [
  '$schema',
  'name',
  'type',
  'ruleSet',
  'rule',
  'action',
  'version',
  'description',
  'publishedBy',
  'hitPolicy',
  'on',
  'priority',
  'mode',
  'fact',
  'operator',
  'value',
  'all',
  'any',
  'not',
  'conditions',
  'event',
  'params',
  'limits',
  'rules',
  'facts',
  'order',
  'offers',
  'events',
  'expect',
  'cases',
]
const RANKS = new Map(KEY_ORDER.map((key, index) => [key, index]))

/** Lists whose entries are written over several lines, so that a change of one line is a change of one thing. */
const SPREAD_LISTS: readonly string[] = ['rules', 'cases']

/**
 * Formats the text of a rule set or of its tests: stable order of keys, two blanks, what is short on one line.
 *
 * The meaning stays: a rule set has the same hash before and after. Formatting twice changes nothing more.
 * Refuses: what is no strict JSON, with the issues. Throws: never.
 *
 * @example
 * ```ts
 * import { formatRuleSet } from '@postdelivery/rules'
 *
 * const formatted = formatRuleSet('{"version":"1","rules":[],"name":"returns"}')
 * expect(formatted.ok && formatted.value).toBe(
 *   '{\n  "name": "returns",\n  "version": "1",\n  "rules": []\n}\n',
 * )
 * ```
 */
export function formatRuleSet(text: string): Result<string, readonly Issue[]> {
  const issues = createIssueList()
  const value = readJson(text, FORMAT_LIMITS, issues)
  if (value === undefined || issues.hasErrors()) return err(issues.sorted())
  return ok(formatJson(value))
}

/** Writes a JSON value in the form of rule files, its end of line included. */
export const formatJson = (value: unknown): string =>
  `${write(value, { indent: 0, before: 0, isSpread: true })}\n`

interface Layout {
  /** Blanks before the lines of the value. */
  readonly indent: number
  /** Characters that stand on the value's first line beside its indent and itself. */
  readonly before: number
  /** Written over several lines, however short. */
  readonly isSpread: boolean
}

function write(value: unknown, layout: Layout, key = ''): string {
  const members = Array.isArray(value) ? value.length : isPlainRecord(value) ? 1 : 0
  if (members === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value)
  const line = layout.isSpread ? undefined : lineOf(value, key)
  const room = LINE_MAX_LENGTH - layout.indent - layout.before
  if (line !== undefined && line.length <= room) return line
  return Array.isArray(value) ? writeList(value, layout, key) : writeObject(value, layout, key)
}

function writeList(list: readonly unknown[], { indent }: Layout, key: string): string {
  const inner = indent + STEP
  const isSpread = SPREAD_LISTS.includes(key)
  const entries = list.map((entry, index) => {
    const before = index < list.length - 1 ? 1 : 0
    return `${' '.repeat(inner)}${write(entry, { indent: inner, before, isSpread })}`
  })
  return `[\n${entries.join(',\n')}\n${' '.repeat(indent)}]`
}

function writeObject(value: object, { indent }: Layout, key: string): string {
  const entries = entriesOf(value, key)
  if (entries.length === 0) return '{}'
  const inner = indent + STEP
  const lines = entries.map(([name, member], index) => {
    const head = `${JSON.stringify(name)}: `
    const before = head.length + (index < entries.length - 1 ? 1 : 0)
    return `${' '.repeat(inner)}${head}${write(member, { indent: inner, before, isSpread: false }, name)}`
  })
  return `{\n${lines.join(',\n')}\n${' '.repeat(indent)}}`
}

const STEP = 2

/** The value on one line, or undefined when it is written over several: several objects of several keys never share one. */
function lineOf(value: unknown, key = ''): string | undefined {
  if (Array.isArray(value)) {
    if (value.length > 1 && value.every(hasSeveralMembers)) return undefined
    const entries = value.map((entry) => lineOf(entry))
    return entries.includes(undefined) ? undefined : `[${entries.join(', ')}]`
  }
  if (!isPlainRecord(value)) return JSON.stringify(value)
  const members = entriesOf(value, key).map(([name, member]) => {
    const line = SPREAD_LISTS.includes(name) ? undefined : lineOf(member, name)
    return line === undefined ? undefined : `${JSON.stringify(name)}: ${line}`
  })
  if (members.includes(undefined)) return undefined
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

const hasSeveralMembers = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 1

/** The members of an object by the rank of their keys; params stay as their author put them. Sorting is stable. */
function entriesOf(value: object, key: string): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(value)
  return key === 'params' ? entries : entries.toSorted(([a], [b]) => rankOf(a) - rankOf(b))
}

const rankOf = (key: string): number => RANKS.get(key) ?? KEY_ORDER.length
