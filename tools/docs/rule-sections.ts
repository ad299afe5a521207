/** The generated sections about rules: operators and issue codes. */
import { ISSUES, OPERATORS } from '@postdelivery/rules'
import { code, table } from './markdown.ts'
import type { Sections } from './markers.ts'

const TAKES = {
  value: "a value of the fact's type",
  list: "a list of values of the fact's type",
  entry: "one entry of the fact's list",
} as const

/** All sections that the tables of rules give. */
export const ruleSections = (): Sections =>
  new Map([
    [
      'operators',
      table(
        ['Operator', 'Facts of type', 'Takes', 'True when'],
        OPERATORS.map((operator) => [
          code(operator.name),
          operator.types.join(', '),
          TAKES[operator.takes],
          operator.sentence,
        ]),
      ),
    ],
    [
      'issues',
      table(
        ['Code', 'Severity', 'Says'],
        ISSUES.map((issue) => [
          `[${code(issue.code)}](issues/${issue.code}.md)`,
          issue.severity,
          issue.sentence,
        ]),
      ),
    ],
  ])
