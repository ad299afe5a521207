/** Says all that is wrong with rule files, or worth a look, at once: with the place, and where it is certain with the fix. */
import { isPlainRecord } from '@postdelivery/core'
import { analyseRules, type ReadRules } from './analyse/analyse-rules.ts'
import { editFor, type TextEdit } from './fixes.ts'
import type { Issue } from './issues.ts'
import { RULE_SET_LIMITS, type Rule, type RuleSet } from './rule-set.ts'
import { type LinePlace, placesOf } from './source-places.ts'
import { addDuplicateSets, type RuleSetFile, type RuleSetReading, readRuleSet } from './validate.ts'
import type { Vocabulary } from './vocabulary.ts'

/** An issue with its place in the text, and with the edit that settles it where only one can be meant. */
export interface LintIssue extends Omit<Issue, 'repair'>, LinePlace {
  readonly file: string
  readonly fix?: TextEdit
}

/**
 * Checks files that are to be in force together: all that `validateRuleSets` says, and what an analysis of the rules finds.
 *
 * Rules without an error are analysed even when others have one. What is found by the analysis refuses no file: its errors
 * say that a rule is of no use as it stands.
 * Returns: all issues by file, line and column, then by precedence; both count from 1. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, lintRuleSets } from '@postdelivery/rules'
 *
 * const text = '{ "name": "returns", "version": "1", "publishedBy": "ops", "ruels": [] }'
 * const issues = lintRuleSets([{ file: 'returns.rules.json', text }], builtInVocabulary())
 * expect(issues.map(({ code, column, fix }) => [code, column, fix?.text])).toEqual([
 *   ['missing', 1, undefined],
 *   ['unknown_key', 60, '"rules"'],
 * ])
 * ```
 */
export function lintRuleSets(
  files: readonly RuleSetFile[],
  vocabulary: Vocabulary,
): readonly LintIssue[] {
  const readings = files.map((file) => ({ ...file, ...readRuleSet(file.text, vocabulary) }))
  addDuplicateSets(readings)
  const sound = readings.flatMap((reading) => soundRulesOf(reading) ?? [])
  analyseRules(sound, vocabulary)
  return readings.flatMap(({ file, text, issues }) => placed(file, text, issues.sorted()))
}

/** The rules that have no error of their own, when the set around them can be read. */
function soundRulesOf({ draft, issues }: RuleSetReading): ReadRules | undefined {
  const rules = draft?.rules
  if (draft === undefined || !Array.isArray(rules)) return undefined
  const errors = issues.sorted().filter((issue) => issue.severity === 'error')
  const faulty = new Set(errors.map(({ path }) => path.split('/').slice(0, 3).join('/')))
  const sound = rules.flatMap((rule, index): readonly (readonly [number, Rule])[] =>
    faulty.has(`/rules/${index}`) || !isPlainRecord(rule) ? [] : [[index, rule as unknown as Rule]],
  )
  const { name, hitPolicy } = draft as Pick<RuleSet, 'name' | 'hitPolicy'>
  // Reading may have ended before the faults of the rules were found.
  const isRead = typeof name === 'string' && !faulty.has('') && !faulty.has('/hitPolicy')
  return isRead ? { ruleSet: { name, hitPolicy }, rules: new Map(sound), issues } : undefined
}

function placed(file: string, text: string, issues: readonly Issue[]): readonly LintIssue[] {
  if (issues.length === 0) return []
  const places = placesOf(text, RULE_SET_LIMITS)
  const found = issues.map((issue): LintIssue => {
    const { repair: _, ...said } = issue
    const fix = editFor(issue, places)
    const place = places.placeOf(issue)
    return { file, ...place, ...said, ...(fix === undefined ? {} : { fix }) }
  })
  return found.toSorted((a, b) => a.line - b.line || a.column - b.column)
}
