/** Examples of what can be wrong with tests of rules. */
import type { IssueExample } from './example.ts'

const fires = [{ rule: 'Damaged goods', action: 'review' }]

const testCase = (changes: Readonly<Record<string, unknown>> = {}) => ({
  name: 'damaged goods are reviewed',
  on: 'return.registered',
  facts: { 'return.reason': 'damaged' },
  expect: { fires },
  ...changes,
})
const tests = (...cases: readonly unknown[]) => ({ ruleSet: 'returns', cases })

export const TEST_EXAMPLES: readonly IssueExample[] = [
  {
    code: 'unknown_rule_set',
    advice: 'Tests name the rule set that they are about, by its `name`.',
    part: 'tests',
    wrong: { ruleSet: 'retruns', cases: [testCase()] },
    right: tests(testCase()),
    place: '/ruleSet',
  },
  {
    code: 'unknown_rule',
    advice: 'Rules are named exactly as in their set. After a rename the tests change as well.',
    part: 'tests',
    wrong: tests(testCase({ expect: { fires: [{ rule: 'Damaged', action: 'review' }] } })),
    right: tests(testCase()),
    place: '/cases/0/expect/fires/0/rule',
  },
  {
    code: 'rule_not_awake',
    advice: 'The event of the case does not wake the rule, so it can neither fire nor be silent.',
    part: 'tests',
    wrong: tests(testCase({ on: 'return.received' })),
    right: tests(testCase()),
    place: '/cases/0/expect/fires/0/rule',
  },
  {
    code: 'duplicate_case',
    advice: 'Reports name cases by their names, so each needs its own.',
    part: 'tests',
    wrong: tests(testCase(), testCase()),
    right: tests(
      testCase(),
      testCase({
        name: 'other reasons are left alone',
        facts: { 'return.reason': 'late' },
        expect: { fires: [] },
      }),
    ),
    place: '/cases/1/name',
  },
  {
    code: 'test_failed',
    advice: 'Either the rule or the case is wrong: say which by correcting one of them.',
    part: 'tests',
    wrong: tests(testCase({ facts: { 'return.reason': 'late' } })),
    right: tests(testCase()),
    place: '/cases/0/expect/fires/0',
  },
]
