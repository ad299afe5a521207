/** Runs one side of an example through what says its code. */
import type { FactDefinition } from '@postdelivery/core'
import { checkRuleTests } from '../cases/check-rule-tests.ts'
import type { Issue } from '../issues.ts'
import { lintRuleSets } from '../lint.ts'
import { checkActivation, type RuleSet, refOf } from '../rule-set.ts'
import { validateRuleSet } from '../validate.ts'
import { builtInVocabulary, createVocabulary } from '../vocabulary.ts'
import { type ExamplePart, filesOf, TESTED_SET } from './example.ts'

/**
 * What is said of one side of an example, with the built-in vocabulary.
 *
 * @example
 * ```ts
 * import { ISSUE_EXAMPLES, issuesOfExample } from '@postdelivery/rules'
 *
 * const [example] = ISSUE_EXAMPLES.filter(({ code }) => code === 'unknown_fact')
 * const issues = example === undefined ? [] : issuesOfExample(example.part, example.wrong)
 * expect(issues.map(({ code, path }) => [code, path])).toEqual([
 *   ['unknown_fact', '/rules/0/conditions/all/0/fact'],
 * ])
 * ```
 */
export function issuesOfExample(part: ExamplePart, side: unknown): readonly Issue[] {
  if (part === 'facts') {
    const made = createVocabulary(side as readonly FactDefinition[])
    return made.ok ? [] : made.error
  }
  if (part === 'versions') {
    const [before, after] = (side as readonly unknown[]).map((each) => refOf(ruleSetOf(each)))
    if (before === undefined || after === undefined) return []
    const checked = checkActivation([before], after)
    return checked.ok ? [] : [checked.error]
  }
  if (part === 'tests') {
    const files = [{ file: 'returns.tests.json', text: JSON.stringify(side) }]
    return [...checkRuleTests(files, [ruleSetOf(TESTED_SET)], builtInVocabulary())].flat()
  }
  const files = filesOf(part, side).map((text, index) => ({ file: `${index}.rules.json`, text }))
  return lintRuleSets(files, builtInVocabulary())
}

function ruleSetOf(document: unknown): RuleSet {
  const check = validateRuleSet(JSON.stringify(document), builtInVocabulary())
  if (!check.ok) throw new Error('the sets of examples are good')
  return check.ruleSet
}
