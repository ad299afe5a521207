/** Runs the tests of a rule set: what its rules say, and what comes of it, against what the cases expect. */
import type { RuleVerdict } from '@postdelivery/core'
import { type CompiledRules, compileRules } from '../compile/compile.ts'
import { whyRule } from '../explain/why-rule.ts'
import { messageOf } from '../prepare-rule.ts'
import type { RuleSet } from '../rule-set.ts'
import { simulatedRulesOf } from '../simulated-rules.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { type Difference, judgeVerdicts, type Telling } from './judge-verdicts.ts'
import type { FactsCase, RuleTests, TestCase } from './rule-tests.ts'
import { runStory } from './run-story.ts'

/** What came of one case. It has passed when there are no differences. */
export interface CaseResult {
  readonly testCase: TestCase
  readonly differences: readonly Difference[]
  /** Everything that rules said during the case, for coverage. */
  readonly verdicts: readonly RuleVerdict[]
}

/** What came of all cases of a file, in their order. */
export interface RuleTestsRun {
  readonly results: readonly CaseResult[]
  /** Those that have not passed. */
  readonly failed: readonly CaseResult[]
}

/**
 * Runs tests against their rule set alone, with our own evaluator and a simulated Klarna.
 *
 * Stories are told without limits and approvals of a merchant's; the rules' own `limits` and modes count. The same tests
 * and rules always give the same results. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, readRuleTests, runRuleTests, validateRuleSet } from '@postdelivery/rules'
 *
 * const vocabulary = builtInVocabulary()
 * const damaged = { fact: 'return.reason', operator: 'equal', value: 'damaged' }
 * const rule = { name: 'Damaged', on: ['return.registered'], mode: 'live', conditions: { all: [damaged] } }
 * const event = { type: 'review', params: { question: 'Pay back at once?' } }
 * const rules = { name: 'returns', version: '1', rules: [{ ...rule, event }] }
 * const cases = [
 *   { name: 'damaged', on: 'return.registered', facts: { 'return.reason': 'late' }, expect: { fires: [{ rule: 'Damaged' }] } },
 * ]
 *
 * const set = validateRuleSet(JSON.stringify(rules), vocabulary)
 * const ruleSets = set.ok ? [set.ruleSet] : []
 * const check = readRuleTests(JSON.stringify({ ruleSet: 'returns', cases }), vocabulary, ruleSets)
 * const run = check.ok ? runRuleTests(check.tests, check.ruleSet, vocabulary) : undefined
 * expect(run?.failed[0]?.differences[0]).toEqual({
 *   path: '/cases/0/expect/fires/0',
 *   rule: 'Damaged',
 *   wanted: 'fires',
 *   got: 'is silent',
 *   sentence: "did not fire: the return's reason is late, and has to be damaged",
 * })
 * ```
 */
export function runRuleTests(
  tests: RuleTests,
  ruleSet: RuleSet,
  vocabulary: Vocabulary,
): RuleTestsRun {
  const results = [...runCases(tests, ruleSet, vocabulary)]
  return { results, failed: results.filter(hasFailed) }
}

/** Runs the cases one by one, as their results are asked for, so that something else can be done in between. */
export function* runCases(
  tests: RuleTests,
  ruleSet: RuleSet,
  vocabulary: Vocabulary,
): Generator<CaseResult, void, undefined> {
  const compiled = compileRules(vocabulary, [ruleSet])
  const rules = simulatedRulesOf(compiled)
  const say = (verdict: RuleVerdict): string => whyRule(verdict, vocabulary).sentence
  const runCase = (testCase: TestCase): CaseResult =>
    testCase.kind === 'facts'
      ? runFactsCase(testCase, compiled, say)
      : { testCase, ...runStory(testCase, rules, { timeZone: tests.timeZone, say }) }
  for (const testCase of tests.cases) yield runSafely(testCase, runCase)
}

/** Whether a case does not do what it says. */
const hasFailed = ({ differences }: CaseResult): boolean => differences.length > 0

/** A case that breaks the simulation fails, and takes no other with it. */
function runSafely(testCase: TestCase, runCase: (testCase: TestCase) => CaseResult): CaseResult {
  try {
    return runCase(testCase)
  } catch (cause) {
    const got = `it cannot be run: ${messageOf(cause)}`
    const difference = { path: testCase.path, rule: null, wanted: 'a case that can be run', got }
    return { testCase, differences: [difference], verdicts: [] }
  }
}

function runFactsCase(
  testCase: FactsCase,
  compiled: CompiledRules,
  say: Telling['say'],
): CaseResult {
  const { on, facts, expect, path } = testCase
  const verdicts = compiled.verdicts(on, facts)
  return {
    testCase,
    verdicts,
    differences: judgeVerdicts(expect, verdicts, { path: `${path}/expect`, say }),
  }
}
