/** The pages of issue codes: each with a wrong and a right example, from the table that a test runs. */
import {
  formatJson,
  ISSUE_EXAMPLES,
  ISSUES,
  type IssueExample,
  issuesOfExample,
} from '@postdelivery/rules'
import { code, fence, table } from './markdown.ts'

/** What an example shows, where that is not a whole file. */
const PARTS: Readonly<Record<IssueExample['part'], string>> = {
  text: 'a file',
  set: 'a file',
  rule: 'a rule',
  rules: 'the rules of a set',
  conditions: 'the conditions of a rule',
  event: 'the action of a rule',
  files: 'two files in one folder',
  facts: 'facts declared in code',
  versions: 'a file as it was, and as it is now',
  tests: 'a file of tests',
}

/** All pages by their file names, the index included. */
export const issuePages = (): ReadonlyMap<string, string> =>
  new Map([
    ['README.md', textOf(indexLines())],
    ...ISSUE_EXAMPLES.map((example) => [`${example.code}.md`, textOf(pageLines(example))] as const),
  ])

const GENERATED = '<!-- Written by `pnpm generate` from the issue table; do not edit. -->'

const textOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`

const indexLines = (): readonly string[] => [
  '# Issue codes',
  '',
  GENERATED,
  '',
  'Everything that [`lint`](../lint.md) and the engine say of rules and their tests, in order of precedence.',
  '',
  ...table(
    ['Code', 'Severity', 'Says'],
    ISSUES.map((issue) => [linkTo(issue.code), issue.severity, issue.sentence]),
  ),
]

const linkTo = (name: string): string => `[${code(name)}](${name}.md)`

function pageLines(example: IssueExample): readonly string[] {
  const row = ISSUES.find((issue) => issue.code === example.code)
  const said = issuesOfExample(example.part, example.wrong).find(
    (issue) => issue.code === example.code,
  )
  const hint = said?.hint === undefined ? [] : [`hint: ${said.hint}`]
  return [
    `# ${code(example.code)}`,
    '',
    GENERATED,
    '',
    `${row?.severity === 'error' ? 'Error' : 'Warning'}: ${row?.sentence ?? ''}.`,
    '',
    example.advice,
    '',
    `## Wrong: ${PARTS[example.part]}`,
    '',
    ...(example.shownAs === undefined ? shown(example.wrong) : [`(${example.shownAs})`]),
    '',
    ...fence('text', [
      `${example.place === '' ? 'the whole file' : example.place}`,
      said?.message ?? '',
      ...hint,
    ]),
    '',
    '## Right',
    '',
    ...shown(example.right),
    '',
    '[All issue codes](README.md)',
  ]
}

const shown = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? fence('text', visible(value).trimEnd().split('\n'))
    : fence('json', visible(formatJson(value)).trimEnd().split('\n'))

/** What cannot be seen is written as JSON can write it. */
const visible = (text: string): string =>
  text.replaceAll(
    /[\u202a-\u202e\u2066-\u2069]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
