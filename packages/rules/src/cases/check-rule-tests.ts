/** Checks rule sets by their tests before they come into force: a test that fails is an issue like any other. */
import { makeIssue } from '../issues.ts'
import type { RuleSet } from '../rule-set.ts'
import type { FileIssue, RuleSetFile } from '../validate.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { readRuleTests } from './read-rule-tests.ts'
import { type CaseResult, runCases } from './run-rule-tests.ts'

/**
 * Reads and runs all test files of rule sets that are to be in force together, case by case: many stories take their
 * time, and whoever asks for the next one decides when.
 *
 * Gives lists, in the order of the files, which together hold what is wrong with the files and one `test_failed` for each
 * case that does not pass; all are empty when all is well. Throws: never.
 */
export function* checkRuleTests(
  files: readonly RuleSetFile[],
  ruleSets: readonly RuleSet[],
  vocabulary: Vocabulary,
): Generator<readonly FileIssue[], void, undefined> {
  for (const { file, text } of files) {
    const check = readRuleTests(text, vocabulary, ruleSets)
    yield check.issues.map((issue) => ({ ...issue, file }))
    if (!check.ok) continue
    for (const result of runCases(check.tests, check.ruleSet, vocabulary))
      yield issueOfFailure(result).map((issue) => ({ ...issue, file }))
  }
}

function issueOfFailure({ testCase, differences }: CaseResult) {
  const [first] = differences
  if (first === undefined) return []
  const { path, rule, wanted, got } = first
  const about = rule === null ? '' : `\`${rule}\`: `
  const more = differences.length === 1 ? '' : `, and ${differences.length - 1} more`
  const message = `the case \`${testCase.name}\` fails: ${about}${wanted} is wanted, but ${got}${more}`
  const hint = 'correct the rule, or the case when it asks for the wrong thing'
  return [makeIssue('test_failed', path, message.replaceAll(/\s+/g, ' '), hint)]
}
