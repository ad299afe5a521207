/** Where rules come from: a folder of `*.rules.json` with their `*.tests.json`, or texts. Reading only, nothing is checked. */
import { open, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { RuleSetFile } from '@postdelivery/rules'

/** Everything that was found, or why not all of it could be read. */
export type RulesRead =
  | {
      readonly ok: true
      readonly files: readonly RuleSetFile[]
      /** Tests that these rules must pass; none when left out. */
      readonly tests?: readonly RuleSetFile[]
    }
  | { readonly ok: false; readonly issues: readonly RulesIssue[] }

/** One thing wrong with rules: with a file as a whole, or one of the issues of rule sets. */
export interface RulesIssue {
  /** The file's name, or the folder. */
  readonly file: string
  /** `unreadable`, `no_files`, `too_many_files`, or the code of a rule set's issue. */
  readonly code: string
  /** JSON Pointer into the file. */
  readonly path: string
  readonly message: string
  readonly hint?: string
}

/** Rules that are not read yet. */
export interface RulesSource {
  /** Milliseconds between looks for changes, or null to read once. */
  readonly watchMs: number | null
  /** The absolute path of the folder that is read, without those below it; left out where there is none. */
  readonly folder?: string
  /** Says in a short text what is there, so that two looks tell whether it has changed. Throws: never. */
  look(): Promise<string>
  /** Reads everything. Throws: never. */
  read(): Promise<RulesRead>
}

export interface RulesFromOptions {
  /** Takes changed files while running: good ones come into force, bad ones are refused and the last good set stays. */
  readonly watch?: boolean
  /** Milliseconds between looks for changes, with `watch`; from 20 to 3,600,000, default 1,000. */
  readonly watchMs?: number
}

/** More files than this are a mistake of the path. */
const RULE_FILE_MAX_COUNT = 100
const RULES_ENDING = '.rules.json'
const TESTS_ENDING = '.tests.json'
/** Bytes of the largest file: the 262,144 characters that a rule set may have, at four bytes each. */
const RULE_FILE_MAX_BYTES = 1_048_576
const DEFAULT_WATCH_MS = 1_000

/**
 * Rules from the files `*.rules.json` of a folder, in the order of their names; folders below it are not read. A relative
 * folder counts from where the process works now.
 *
 * The tests in `*.tests.json` beside them are run before rules come into force: when one fails, the rules are refused.
 *
 * With `watch` the folder is looked at every second; what has changed is taken when it has stopped changing. Looking
 * instead of listening works on every file system, mounted ones and swapped links included.
 *
 * @example
 * ```ts no-run
 * import { rulesFrom } from 'postdelivery'
 *
 * const rules = rulesFrom('./rules', { watch: true })
 * ```
 */
export const rulesFrom = (folder: string, options: RulesFromOptions = {}): RulesSource => {
  const path = resolve(folder)
  return {
    watchMs: options.watch === true ? (options.watchMs ?? DEFAULT_WATCH_MS) : null,
    folder: path,
    look: () => lookAtFolder(path),
    read: () => readFolder(path),
  }
}

/**
 * Rules from texts, by a name for each that people will find them by. Names that end in `.tests.json` are tests.
 *
 * @example
 * ```ts no-run
 * import { rulesFromText } from 'postdelivery'
 *
 * const rules = rulesFromText({ 'returns.rules.json': '{ "name": "returns", "version": "1", "rules": [] }' })
 * ```
 */
export const rulesFromText = (textsByName: Readonly<Record<string, string>>): RulesSource => ({
  watchMs: null,
  look: async () => '',
  read: async () => readOf(Object.entries(textsByName).map(([file, text]) => ({ file, text }))),
})

const readOf = (files: readonly RuleSetFile[]): RulesRead => ({
  ok: true,
  files: files.filter(({ file }) => !file.endsWith(TESTS_ENDING)),
  tests: files.filter(({ file }) => file.endsWith(TESTS_ENDING)),
})

async function lookAtFolder(folder: string): Promise<string> {
  try {
    const names = await listRuleFiles(folder)
    const seen = await Promise.all(names.map((name) => lookAtFile(folder, name)))
    return seen.join('\n')
  } catch (error) {
    return codeOf(error)
  }
}

async function lookAtFile(folder: string, name: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(join(folder, name))
    return [name, ino, size, mtimeMs, ctimeMs].join(' ')
  } catch (error) {
    return `${name} ${codeOf(error)}`
  }
}

async function readFolder(folder: string): Promise<RulesRead> {
  let names: readonly string[]
  try {
    names = await listRuleFiles(folder)
  } catch (error) {
    return { ok: false, issues: [unreadable(folder, codeOf(error))] }
  }
  const ruleNames = names.filter((name) => name.endsWith(RULES_ENDING))
  if (ruleNames.length === 0) {
    const message = 'the folder has no file that ends in `.rules.json`'
    const hint = 'name rule files like `returns.rules.json`'
    return { ok: false, issues: [{ file: folder, code: 'no_files', path: '', message, hint }] }
  }
  const count = Math.max(ruleNames.length, names.length - ruleNames.length)
  if (count > RULE_FILE_MAX_COUNT) {
    const message = `at most ${RULE_FILE_MAX_COUNT} files of rules or tests are read, ${count} found`
    const hint = 'join rules into fewer sets'
    return {
      ok: false,
      issues: [{ file: folder, code: 'too_many_files', path: '', message, hint }],
    }
  }
  const read = await Promise.all(names.map((name) => readFile(folder, name)))
  const issues = read.filter((each): each is RulesIssue => 'code' in each)
  if (issues.length > 0) return { ok: false, issues }
  return readOf(read.filter((each): each is RuleSetFile => 'text' in each))
}

const listRuleFiles = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith(RULES_ENDING) || name.endsWith(TESTS_ENDING))
    .toSorted()

/** Reads one file, and never more of it into memory than the limit and one byte. */
async function readFile(folder: string, file: string): Promise<RuleSetFile | RulesIssue> {
  try {
    const handle = await open(join(folder, file), 'r')
    try {
      const { size } = await handle.stat()
      const buffer = Buffer.alloc(Math.min(size, RULE_FILE_MAX_BYTES) + 1)
      let length = 0
      let bytesRead: number
      do {
        bytesRead = (await handle.read(buffer, length, buffer.length - length, length)).bytesRead
        length += bytesRead
      } while (bytesRead > 0 && length < buffer.length)
      if (length > RULE_FILE_MAX_BYTES) return tooLarge(file)
      if (length !== size) return unreadable(file, 'CHANGED')
      return { file, text: decoder.decode(buffer.subarray(0, length)) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    return unreadable(file, codeOf(error))
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'

const tooLarge = (file: string): RulesIssue => ({
  file,
  code: 'too_large',
  path: '',
  message: `the file is larger than ${RULE_FILE_MAX_BYTES} bytes; nothing of it is read`,
  hint: 'split the rules over several sets',
})

const unreadable = (file: string, code: string): RulesIssue => ({
  file,
  code: 'unreadable',
  path: '',
  message: READ_ERRORS[code] ?? `it cannot be read (\`${code}\`)`,
  hint: 'check the path and its permissions',
})

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'it is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
  CHANGED: 'it changed while it was read',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is no text in UTF-8',
}
