/**
 * Sums up a run on CI: names the tests that were skipped, and prints as its last line `N passed, N failed`.
 *
 * Usage: `node tools/sum-up.ts REPORT PASSED FAILED`: the JSON report of the tests, and the counts of the checks beside
 * them. Exits with 1 when anything failed.
 */
import { existsSync, readFileSync } from 'node:fs'

/** What is read of the report. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

const [path = '', checksPassed = '0', checksFailed = '1'] = process.argv.slice(2)
const report = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : undefined
if (report === undefined) console.log('the tests left no report: they count as failed')
for (const { name, assertionResults } of report?.testResults ?? []) {
  for (const { fullName, status } of assertionResults) {
    // The title of a test that can be skipped says why.
    if (status !== 'passed' && status !== 'failed') console.log(`skipped: ${name}: ${fullName}`)
  }
}
const passedCount = Number(checksPassed) + (report?.numPassedTests ?? 0)
const failedCount =
  report === undefined
    ? Math.max(1, Number(checksFailed))
    : Number(checksFailed) + report.numFailedTests
if (failedCount > 0) process.exitCode = 1
console.log(`${passedCount} passed, ${failedCount} failed`)
