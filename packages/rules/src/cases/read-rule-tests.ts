/** Reads the text of a test file completely: every issue with its place, and never an exception. */
import { isTimeZone } from '@postdelivery/core'
import { addWrongType, openFields, readText, shown } from '../fields.ts'
import { deepFreeze } from '../freeze.ts'
import { createIssueList, type Issue, type IssueList } from '../issues.ts'
import { readJson } from '../read-json.ts'
import type { RuleSet } from '../rule-set.ts'
import { didYouMean } from '../suggest.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { readFactsCase } from './read-facts-case.ts'
import { readStoryCase } from './read-story-case.ts'
import type { CaseReading } from './reading.ts'
import { RULE_TEST_LIMITS, type RuleTests, type TestCase } from './rule-tests.ts'

/** Tests that can be run, or all that is wrong with their text. */
export type RuleTestsCheck =
  | {
      readonly ok: true
      readonly tests: RuleTests
      /** The set that they test. */
      readonly ruleSet: RuleSet
      readonly issues: readonly Issue[]
    }
  | { readonly ok: false; readonly issues: readonly Issue[] }

const TEST_KEYS = {
  required: ['ruleSet', 'cases'],
  optional: ['$schema', 'description', 'timeZone'],
}

/**
 * Reads a file of tests against the rule sets that it can be about.
 *
 * The text is bounded before anything else is done with it. Every rule, fact, event and action that it names must be
 * there, so that no test passes because of a misspelt word.
 * Returns: the tests with their rule set, or every issue, sorted by place and then by precedence. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, readRuleTests } from '@postdelivery/rules'
 *
 * const check = readRuleTests('{ "ruleSet": "returns", "caeses": [] }', builtInVocabulary(), [])
 * expect(check.issues.map((issue) => [issue.code, issue.path, issue.hint])).toEqual([
 *   ['unknown_key', '/caeses', 'did you mean `cases`?'],
 *   ['missing', '/cases', undefined],
 *   ['unknown_rule_set', '/ruleSet', 'say the `name` of the rule set'],
 * ])
 * ```
 */
export function readRuleTests(
  text: string,
  vocabulary: Vocabulary,
  ruleSets: readonly RuleSet[],
): RuleTestsCheck {
  const issues = createIssueList()
  const data = readJson(text, RULE_TEST_LIMITS, issues)
  const found = data === undefined ? undefined : readTests(data, { vocabulary, issues }, ruleSets)
  if (issues.hasErrors() || found === undefined) return { ok: false, issues: issues.sorted() }
  return { ok: true, ...found, tests: deepFreeze(found.tests), issues: issues.sorted() }
}

function readTests(
  data: unknown,
  { vocabulary, issues }: { readonly vocabulary: Vocabulary; readonly issues: IssueList },
  ruleSets: readonly RuleSet[],
): { readonly tests: RuleTests; readonly ruleSet: RuleSet } | undefined {
  const fields = openFields(data, '', TEST_KEYS, issues)
  if (fields === undefined) return undefined
  readText(fields, '$schema', { max: RULE_TEST_LIMITS.stringMaxLength }, issues)
  readText(fields, 'description', { max: RULE_TEST_LIMITS.descriptionMaxLength }, issues)
  const timeZone = readText(fields, 'timeZone', { max: 100 }, issues) ?? 'UTC'
  if (!isTimeZone(timeZone)) {
    const message = `\`${shown(timeZone)}\` is no time zone that is known here`
    issues.add('not_listed', fields.at('timeZone'), message, 'write one such as `Europe/Stockholm`')
  }
  const name = readText(fields, 'ruleSet', { max: RULE_TEST_LIMITS.nameMaxLength }, issues)
  const ruleSet = ruleSets.find((each) => each.name === name)
  if (name !== undefined && ruleSet === undefined) {
    const names = ruleSets.map((each) => each.name)
    const hint = didYouMean(name, names) ?? 'say the `name` of the rule set'
    issues.add(
      'unknown_rule_set',
      fields.at('ruleSet'),
      `no rule set is named \`${shown(name)}\``,
      hint,
    )
  }
  const cases = fields.get('cases')
  if (cases !== undefined && !Array.isArray(cases))
    addWrongType(issues, fields.at('cases'), 'a list of cases', cases)
  if (ruleSet === undefined || !Array.isArray(cases)) return undefined
  const reading: CaseReading = { vocabulary, issues, ruleSet }
  return { tests: { ruleSet: ruleSet.name, timeZone, cases: readCases(cases, reading) }, ruleSet }
}

function readCases(cases: readonly unknown[], reading: CaseReading): readonly TestCase[] {
  const { issues } = reading
  if (cases.length > RULE_TEST_LIMITS.caseMaxCount) {
    const message = `a file has at most ${RULE_TEST_LIMITS.caseMaxCount} cases, ${cases.length} given`
    issues.add('too_long', '/cases', message, 'split the cases over several files')
    return []
  }
  const pathByName = new Map<string, string>()
  return cases.flatMap((data, index) => {
    const path = `/cases/${index}`
    const isStory = typeof data === 'object' && data !== null && Object.hasOwn(data, 'events')
    const read = (isStory ? readStoryCase : readFactsCase)(data, path, reading)
    if (read === undefined) return []
    const other = pathByName.get(read.name)
    if (other === undefined) pathByName.set(read.name, path)
    else {
      const message = `the case at ${other} is named \`${shown(read.name)}\` too`
      issues.add('duplicate_case', `${path}/name`, message, 'give each case a name of its own')
    }
    return [read]
  })
}
