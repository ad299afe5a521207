/** A wrong and a right example of every issue code: shown in the docs, and run against the linter by a test. */

import type { IssueExample } from './issue-examples/example.ts'
import { ANALYSIS_EXAMPLES } from './issue-examples/of-analysis.ts'
import { RULE_EXAMPLES } from './issue-examples/of-rules.ts'
import { TEST_EXAMPLES } from './issue-examples/of-tests.ts'
import { TEXT_EXAMPLES } from './issue-examples/of-texts.ts'
import { ISSUES } from './issues.ts'

const examples = [...TEXT_EXAMPLES, ...RULE_EXAMPLES, ...TEST_EXAMPLES, ...ANALYSIS_EXAMPLES]

/** The examples, in order of precedence. */
export const ISSUE_EXAMPLES: readonly IssueExample[] = ISSUES.flatMap(
  ({ code }) => examples.find((example) => example.code === code) ?? [],
)
