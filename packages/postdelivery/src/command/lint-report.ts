/** Writes what lint has found: for people, for programs, for CI. */
import { ISSUES, type LintIssue, type RuleSetFile } from '@postdelivery/rules'
import type { Format } from './command-definition.ts'
import { type Output, printable } from './output.ts'
import { annotation, xml } from './report-escapes.ts'

/** Everything that was looked at, and what was found. */
export interface LintReport {
  /** Texts as they are after fixing. */
  readonly files: readonly RuleSetFile[]
  readonly issues: readonly LintIssue[]
  readonly fixedCount: number
}

/** Writes a report in a format. */
export function writeLintReport(out: Output, report: LintReport, format: Format): void {
  if (format === 'json') out.data({ ...countsOf(report), issues: report.issues })
  else if (format === 'ndjson') for (const issue of report.issues) out.data(issue)
  else if (format === 'sarif') out.text(`${JSON.stringify(asSarif(report), null, 2)}\n`)
  else if (format === 'junit') out.text(asJunit(report))
  else if (format === 'github') for (const issue of report.issues) out.line(asAnnotation(issue))
  else writePretty(out, report)
}

const countsOf = ({ files, issues, fixedCount }: LintReport) => {
  const errorCount = issues.filter(({ severity }) => severity === 'error').length
  return {
    fileCount: files.length,
    errorCount,
    warningCount: issues.length - errorCount,
    fixedCount,
  }
}

/** The last line of a report for people. */
export function summaryLine(report: LintReport): string {
  const { fileCount, errorCount, warningCount, fixedCount } = countsOf(report)
  const fixable = report.issues.filter(({ fix }) => fix !== undefined).length
  return [
    `${counted(errorCount, 'error')}, ${counted(warningCount, 'warning')} in ${counted(fileCount, 'file')}`,
    ...(fixedCount === 0 ? [] : [`${fixedCount} fixed`]),
    ...(fixable === 0 ? [] : [`${fixable} can be fixed with \`--fix\``]),
  ].join('; ')
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

function writePretty(out: Output, { files, issues }: LintReport): void {
  for (const { file, text } of files) {
    const own = issues.filter((issue) => issue.file === file)
    if (own.length === 0) continue
    const lines = text.split('\n')
    out.line(out.paint('bold', printable(file)))
    for (const issue of own) out.line(...issueLines(out, issue, lines[issue.line - 1] ?? ''))
    out.line('')
  }
}

function issueLines(out: Output, issue: LintIssue, source: string): readonly string[] {
  const { line, column, severity, code, message, hint } = issue
  const place = `${line}:${column}`.padEnd(PLACE_WIDTH)
  const word = out.paint(severity === 'error' ? 'red' : 'yellow', severity.padEnd(SEVERITY_WIDTH))
  const indent = ' '.repeat(PLACE_WIDTH + 2)
  return [
    `  ${place}${word} ${code}  ${printable(message)}`,
    ...(hint === undefined ? [] : [`${indent}${out.paint('cyan', printable(hint))}`]),
    ...sourceLines(source, column).map((each) => `${indent}${out.paint('dim', each)}`),
  ]
}

const PLACE_WIDTH = 8
const SEVERITY_WIDTH = 7
const SOURCE_MAX_LENGTH = 120

/** The line that an issue is in, with a mark below; nothing of a file without line breaks. */
function sourceLines(source: string, column: number): readonly string[] {
  const text = source.trimEnd()
  const blanks = text.length - text.trimStart().length
  if (text.trim() === '' || text.length - blanks > SOURCE_MAX_LENGTH) return []
  const mark = `${' '.repeat(Math.max(0, column - 1 - blanks))}^`
  return [printable(text.slice(blanks)), mark]
}

const asAnnotation = ({ file, line, column, severity, code, message, hint }: LintIssue): string =>
  annotation({
    severity,
    file,
    line,
    column,
    title: code,
    message: hint === undefined ? message : `${message}\n${hint}`,
  })

/** A suite for each file, a failure for each issue; a file without one has one case that passes. */
function asJunit({ files, issues }: LintReport): string {
  const suites = files.map(({ file }) => {
    const own = issues.filter((issue) => issue.file === file)
    const cases = own.map(({ line, column, code, path, message, hint }) => {
      const head = `    <testcase name="${xml(`${code} ${path}`)}" classname="${xml(file)}">`
      const text = xml(`${file}:${line}:${column}\n${hint ?? ''}`)
      return `${head}<failure message="${xml(message)}">${text}</failure></testcase>`
    })
    const fine = `    <testcase name="lint" classname="${xml(file)}"/>`
    const counts = `tests="${Math.max(1, own.length)}" failures="${own.length}" errors="0"`
    const all = own.length === 0 ? [fine] : cases
    return [`  <testsuite name="${xml(file)}" ${counts}>`, ...all, '  </testsuite>'].join('\n')
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites failures="${issues.length}">\n${suites.join('\n')}\n</testsuites>\n`
}

/** Source: SARIF 2.1.0, OASIS standard. */
function asSarif({ issues }: LintReport): object {
  const used = ISSUES.filter(({ code }) => issues.some((issue) => issue.code === code))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'postdelivery',
            rules: used.map(({ code, severity, sentence }) => ({
              id: code,
              shortDescription: { text: sentence },
              defaultConfiguration: { level: severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: issues.map((issue) => ({
          ...sarifResult(issue),
          ruleIndex: used.findIndex(({ code }) => code === issue.code),
        })),
      },
    ],
  }
}

function sarifResult({ file, line, column, path, code, severity, message, hint, fix }: LintIssue) {
  const artifactLocation = { uri: encodeURI(file.replaceAll('\\', '/')) }
  const replacement = fix && {
    deletedRegion: { charOffset: fix.from, charLength: fix.to - fix.from },
    insertedContent: { text: fix.text },
  }
  return {
    ruleId: code,
    level: severity,
    message: { text: hint === undefined ? message : `${message}; ${hint}` },
    locations: [
      {
        physicalLocation: { artifactLocation, region: { startLine: line, startColumn: column } },
        logicalLocations: [{ fullyQualifiedName: path, kind: 'member' }],
      },
    ],
    ...(replacement === undefined
      ? {}
      : {
          fixes: [
            {
              description: { text: hint ?? message },
              artifactChanges: [{ artifactLocation, replacements: [replacement] }],
            },
          ],
        }),
  }
}
