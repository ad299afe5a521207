/** Writes what came of tests of rules: for people, for programs, for CI. */
import type { CaseResult, FileIssue, RuleTestsRun } from '@postdelivery/rules'
import type { Format } from './command-definition.ts'
import { type Output, printable } from './output.ts'
import { annotation, xml } from './report-escapes.ts'
import type { PlaceOf } from './tested-rules.ts'

/** One file of tests with what came of it. */
export interface FileRun {
  readonly file: string
  readonly ruleSet: string
  readonly run: RuleTestsRun
}

/** What came of everything that was asked for. */
export interface TestReport {
  readonly files: readonly FileRun[]
  /** What is wrong with files, so that they were not run. */
  readonly issues: readonly FileIssue[]
  readonly placeOf: PlaceOf
}

/** How many cases passed and failed. */
export function countCases({ files }: TestReport): {
  readonly passedCount: number
  readonly failedCount: number
} {
  const allCount = files.reduce((sum, { run }) => sum + run.results.length, 0)
  const failedCount = files.reduce((sum, { run }) => sum + run.failed.length, 0)
  return { passedCount: allCount - failedCount, failedCount }
}

/** Writes a report; as one object of JSON with the mutation score, when there is one. */
export function writeTestReport(
  out: Output,
  report: TestReport,
  { format, mutation }: { readonly format: Format; readonly mutation?: readonly object[] },
): void {
  if (format === 'json')
    out.data({ ...asData(report), ...(mutation === undefined ? {} : { mutation }) })
  else if (format === 'ndjson') for (const line of asLines(report)) out.data(line)
  else if (format === 'junit') out.text(asJunit(report))
  else if (format === 'github') writeForGithub(out, report)
  else writePretty(out, report)
}

function writePretty(out: Output, report: TestReport): void {
  for (const issue of report.issues) out.line(...issueLines(out, issue, report.placeOf))
  for (const { file, run } of report.files) {
    const { failed, results } = run
    const mark = failed.length === 0 ? out.paint('green', 'pass') : out.paint('red', 'FAIL')
    const passed = `${results.length - failed.length} of ${results.length} cases pass`
    out.line(`${mark}  ${printable(file)}  ${out.paint('dim', passed)}`)
    for (const result of failed)
      out.line(...failureLines(out, result, (path) => shownPlace(report.placeOf, file, path)))
  }
}

/** The last line of a report for people. */
export function summaryLine(report: TestReport): string {
  const { passedCount, failedCount } = countCases(report)
  const { length } = report.issues
  const refused = length === 0 ? '' : `, ${length} mistakes in files`
  return `${passedCount} passed, ${failedCount} failed${refused}`
}

/** An issue for people, with its place. */
export function issueLines(
  out: Output,
  { file, path, code, message, hint }: FileIssue,
  placeOf: PlaceOf,
): readonly string[] {
  const { line, column } = placeOf(file, { code, path })
  const head = `${printable(file)}:${line}:${column} ${out.paint('red', 'error')} ${code}`
  const hinted = hint === undefined ? '' : `; ${hint}`
  return [head, `    ${printable(`${message}${hinted}`)}`]
}

function failureLines(
  out: Output,
  { testCase, differences }: CaseResult,
  placed: (path: string) => string,
): readonly string[] {
  return [
    `  ${out.paint('red', '✗')} ${printable(testCase.name)}`,
    ...differences.flatMap(({ path, rule, wanted, got, sentence }) => [
      ...(rule === null ? [] : [`      ${printable(rule)}`]),
      `      wanted  ${printable(wanted)}`,
      `      got     ${out.paint('red', printable(got))}`,
      ...(sentence === undefined ? [] : [`      why     ${printable(sentence)}`]),
      out.paint('dim', `      at      ${placed(path)}`),
    ]),
  ]
}

const shownPlace = (placeOf: PlaceOf, file: string, path: string): string => {
  const { line, column } = placeOf(file, { code: 'test_failed', path })
  return `${printable(file)}:${line}:${column}`
}

const asData = (report: TestReport) => ({
  ...countCases(report),
  issues: report.issues.map((issue) => issueData(issue, report)),
  files: report.files.map(({ file, ruleSet, run }) => ({
    file,
    ruleSet,
    passedCount: run.results.length - run.failed.length,
    failedCount: run.failed.length,
    cases: run.results.map((result) => caseData(result, file, report)),
  })),
})

const issueData = ({ file, path, code, message, hint }: FileIssue, { placeOf }: TestReport) => ({
  file,
  ...placeOf(file, { code, path }),
  path,
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
})

const caseData = (
  { testCase: { name, path }, differences }: CaseResult,
  file: string,
  { placeOf }: TestReport,
) => ({
  name,
  path,
  passed: differences.length === 0,
  differences: differences.map((each) => ({
    ...placeOf(file, { code: 'test_failed', path: each.path }),
    ...each,
  })),
})

const asLines = (report: TestReport): readonly object[] => [
  ...report.issues.map((issue) => ({ kind: 'issue', ...issueData(issue, report) })),
  ...report.files.flatMap(({ file, ruleSet, run }) =>
    run.results.map((result) => ({
      kind: 'case',
      file,
      ruleSet,
      ...caseData(result, file, report),
    })),
  ),
]

/** The XML that CI systems read: a suite for each file, a failure for each case that fails. */
function asJunit(report: TestReport): string {
  const { passedCount, failedCount } = countCases(report)
  const suites = report.files.map(({ file, run }) => {
    const cases = run.results.map(({ testCase, differences }) => {
      const head = `    <testcase name="${xml(testCase.name)}" classname="${xml(file)}"`
      if (differences.length === 0) return `${head}/>`
      const [first] = differences
      const message = `${first?.rule ?? testCase.name}: wanted ${first?.wanted}, got ${first?.got}`
      const body = differences.map(({ path, rule, wanted, got, sentence = '' }) =>
        [
          shownPlace(report.placeOf, file, path),
          rule ?? '',
          `wanted ${wanted}`,
          `got ${got}`,
          sentence,
        ]
          .filter((line) => line !== '')
          .join('\n'),
      )
      return `${head}><failure message="${xml(message)}">${xml(body.join('\n\n'))}</failure></testcase>`
    })
    const counts = `tests="${run.results.length}" failures="${run.failed.length}" errors="0"`
    return [`  <testsuite name="${xml(file)}" ${counts}>`, ...cases, '  </testsuite>'].join('\n')
  })
  const broken = report.issues.map(({ file, path, code, message }) =>
    [
      `  <testsuite name="${xml(file)}" tests="1" failures="0" errors="1">`,
      `    <testcase name="${xml(`${code} ${path}`)}" classname="${xml(file)}"><error message="${xml(message)}"/></testcase>`,
      '  </testsuite>',
    ].join('\n'),
  )
  const { length } = report.issues
  const counts = `tests="${passedCount + failedCount + length}" failures="${failedCount}" errors="${length}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n${[...broken, ...suites].join('\n')}\n</testsuites>\n`
}

/** Notes that GitHub shows beside the files. Source: its workflow commands. */
function writeForGithub(out: Output, { files, issues, placeOf }: TestReport): void {
  for (const { file, path, code, message } of issues)
    out.line(
      annotation({
        severity: 'error',
        file,
        ...placeOf(file, { code, path }),
        title: code,
        message,
      }),
    )
  for (const { file, run } of files)
    for (const { testCase, differences } of run.failed)
      for (const { path, rule, wanted, got, sentence } of differences) {
        const about = rule === null ? '' : `${rule}: `
        const why = sentence === undefined ? '' : `\n${sentence}`
        const place = placeOf(file, { code: 'test_failed', path })
        const message = `${about}wanted ${wanted}, got ${got}${why}`
        out.line(annotation({ severity: 'error', file, ...place, title: testCase.name, message }))
      }
}
