/** Rule sets with the tests that stand beside them, as `test` and `coverage` are asked for them. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  type FileIssue,
  type LinePlace,
  placesOf,
  RULE_TEST_LIMITS,
  type RuleSet,
  type RuleSetFile,
  type RuleTests,
  readRuleTests,
  type SourcePlaces,
  type Vocabulary,
  validateRuleSets,
} from '@postdelivery/rules'
import type { CommandContext } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { type FoundFile, findFiles, RULES_ENDING } from './find-files.ts'

/** A file of tests that can be run. */
export interface TestFile {
  /** As people find it. */
  readonly file: string
  readonly text: string
  readonly tests: RuleTests
}

/** A rule set with all its tests. */
export interface TestedSet {
  readonly file: string
  /** The folder's absolute path. */
  readonly folder: string
  readonly ruleSet: RuleSet
  readonly testFiles: readonly TestFile[]
}

/** What was found: sets that can be tested, and what is wrong with files. */
export interface TestedRules {
  readonly sets: readonly TestedSet[]
  readonly issues: readonly FileIssue[]
  /** Where something is in a file; both numbers count from 1. */
  readonly placeOf: PlaceOf
}

export type PlaceOf = (file: string, issue: Pick<FileIssue, 'code' | 'path'>) => LinePlace

const TESTS_ENDING = '.tests.json'

/** The files of one folder that are asked for; rule sets of one folder are in force together. */
interface Folder {
  readonly path: string
  readonly shown: string
  /** Names of the rule files or test files that were named; empty: all. */
  readonly named: readonly string[]
}

/** Lists the absolute paths of everything that `readTestedRules` reads, for looking again. */
export const listTestedFiles = (
  context: Pick<CommandContext, 'resolve'>,
  paths: readonly string[],
): readonly string[] =>
  findFolders(context, paths).flatMap((folder) =>
    namesIn(folder).map((name) => join(folder.path, name)),
  )

/**
 * Reads rule sets and tests: all below the folders that are named, or the file that is named with its counterpart.
 *
 * Throws: `CommandError` when nothing is found.
 */
export function readTestedRules(
  context: Pick<CommandContext, 'resolve'>,
  paths: readonly string[],
  vocabulary: Vocabulary,
): TestedRules {
  const read = findFolders(context, paths).map((folder) => readFolder(folder, vocabulary))
  const texts = new Map(read.flatMap(({ texts }) => [...texts]))
  return {
    sets: read.flatMap(({ sets }) => sets),
    issues: read.flatMap(({ issues }) => issues),
    placeOf: placesIn(texts),
  }
}

/** Looks for places only in files of which something is said. */
function placesIn(texts: ReadonlyMap<string, string>): PlaceOf {
  const known = new Map<string, SourcePlaces>()
  return (file, issue) => {
    const places = known.get(file) ?? placesOf(texts.get(file) ?? '', RULE_TEST_LIMITS)
    known.set(file, places)
    return places.placeOf(issue)
  }
}

function findFolders(
  context: Pick<CommandContext, 'resolve'>,
  paths: readonly string[],
): readonly Folder[] {
  const isTests = (path: string): boolean => path.endsWith(TESTS_ENDING)
  const ofTests = paths.filter(isTests).flatMap((path) => findFiles(context, [path], TESTS_ENDING))
  const others = paths.filter((path) => !isTests(path))
  const ofRules =
    others.length === 0 && ofTests.length > 0 ? [] : findFiles(context, others, RULES_ENDING)
  const isNamed = ({ file }: FoundFile): boolean => paths.includes(file)
  const folders = new Map<string, Folder>()
  for (const found of [...ofRules, ...ofTests]) {
    const path = dirname(found.path)
    const before = folders.get(path)
    const isWhole = before?.named.length === 0 || !isNamed(found)
    const named = isWhole ? [] : [...(before?.named ?? []), basename(found.path)]
    folders.set(path, { path, shown: dirname(found.file), named })
  }
  return [...folders.values()]
}

interface FolderRead extends Omit<TestedRules, 'placeOf'> {
  readonly texts: ReadonlyMap<string, string>
}

function readFolder(folder: Folder, vocabulary: Vocabulary): FolderRead {
  const files = namesIn(folder).map((name) => readFile(folder, name))
  const isAsked = ({ file }: RuleSetFile): boolean =>
    folder.named.length === 0 || folder.named.includes(basename(file))
  const texts = new Map(files.map(({ file, text }) => [file, text]))
  const ruleFiles = files.filter(({ file }) => !file.endsWith(TESTS_ENDING))
  const check = validateRuleSets(ruleFiles, vocabulary)
  if (!check.ok)
    return {
      sets: [],
      issues: check.issues.filter(({ severity }) => severity === 'error'),
      texts,
    }
  const testFiles = files.filter(({ file }) => file.endsWith(TESTS_ENDING))
  const read = testFiles.map((each) => ({
    ...each,
    check: readRuleTests(each.text, vocabulary, check.ruleSets),
  }))
  const sets = check.ruleSets.flatMap((ruleSet, index): readonly TestedSet[] => {
    const ruleFile = ruleFiles[index]
    if (ruleFile === undefined) return []
    const all = read.flatMap(({ file, text, check }) =>
      check.ok && check.ruleSet === ruleSet ? [{ file, text, tests: check.tests }] : [],
    )
    const asked = isAsked(ruleFile) ? all : all.filter(isAsked)
    if (!isAsked(ruleFile) && asked.length === 0) return []
    return [{ file: ruleFile.file, folder: folder.path, ruleSet, testFiles: asked }]
  })
  // Of files that cannot be read it is not known which set they are for.
  const issues = read.flatMap(({ file, check }) =>
    check.issues.map((issue) => ({ ...issue, file })),
  )
  return { sets, issues, texts }
}

/** All rules and tests of a folder, and what is named whatever it is called. */
const namesIn = ({ path, named }: Folder): readonly string[] => {
  const found = readdirSync(path).filter(
    (name) => name.endsWith(RULES_ENDING) || name.endsWith(TESTS_ENDING),
  )
  return [...new Set([...found, ...named])].toSorted()
}

function readFile({ path, shown }: Folder, name: string): RuleSetFile {
  const file = shown === '.' ? name : join(shown, name)
  const bytes = readFileSync(join(path, name))
  if (bytes.length > FILE_MAX_BYTES)
    throw new CommandError(EXIT.configuration, `\`${file}\` is larger than ${FILE_MAX_BYTES} bytes`)
  return { file, text: bytes.toString('utf8') }
}

/** No file of rules or tests is taken that is larger. */
const FILE_MAX_BYTES = 1_048_576
