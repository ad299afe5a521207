/**
 * Fails when less than 95 % of the branches on the money path ran in the tests, part by part.
 *
 * Usage: `node tools/check-coverage.ts [SUMMARY]`, the summary being what vitest's `json-summary` reporter wrote.
 */
import { existsSync, readFileSync } from 'node:fs'
import { matchesGlob, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Source: the goal for code that moves money, in percent of all branches of a part. */
const WANTED_PERCENT = 95

/** The money path. A file counts in the first part that names it. */
const PARTS: readonly { readonly name: string; readonly files: readonly string[] }[] = [
  {
    name: 'settle',
    files: [
      'packages/core/src/lifecycle/{settle-decision,rank-asks,reserve}.ts',
      'packages/core/src/{allocate-refund,expand-action}.ts',
    ],
  },
  { name: 'apply', files: ['packages/core/src/lifecycle/*.ts', 'packages/core/src/books.ts'] },
  { name: 'classify', files: ['packages/core/src/engine/{classify,retry}.ts'] },
  { name: 'perform', files: ['packages/core/src/engine/*.ts'] },
  { name: 'client', files: ['packages/adapters/src/klarna/{client,gateway,transport}.ts'] },
  { name: 'store', files: ['packages/adapters/src/sqlite/*.ts'] },
]

/** Branches of one file. */
interface FileCoverage {
  readonly path: string
  readonly totalCount: number
  readonly coveredCount: number
}

const root = fileURLToPath(new URL('..', import.meta.url))
const [summaryPath = `${root}coverage/coverage-summary.json`] = process.argv.slice(2)
const files = readSummary(summaryPath)
const taken = new Set<string>()
for (const part of PARTS) {
  const own = files.filter(
    ({ path }) => !taken.has(path) && part.files.some((glob) => matchesGlob(path, glob)),
  )
  for (const { path } of own) taken.add(path)
  if (!report(part.name, own)) process.exitCode = 1
}

/** Says what a part reached, and which of its files are below. */
function report(name: string, own: readonly FileCoverage[]): boolean {
  const totalCount = own.reduce((all, file) => all + file.totalCount, 0)
  const coveredCount = own.reduce((all, file) => all + file.coveredCount, 0)
  const isEnough = own.length > 0 && percentOf({ totalCount, coveredCount }) >= WANTED_PERCENT
  const said =
    own.length === 0
      ? 'the summary has none of its files'
      : `${shown({ totalCount, coveredCount })}, wanted ${WANTED_PERCENT} %`
  console.log(`${isEnough ? 'ok    ' : 'BELOW '} ${name}: branches ${said}`)
  for (const file of own.filter((each) => percentOf(each) < WANTED_PERCENT))
    console.log(`       ${file.path}: ${shown(file)}`)
  return isEnough
}

type Branches = Omit<FileCoverage, 'path'>

function percentOf({ totalCount, coveredCount }: Branches): number {
  return totalCount === 0 ? 100 : (coveredCount / totalCount) * 100
}

function shown(branches: Branches): string {
  return `${percentOf(branches).toFixed(1)} % (${branches.coveredCount} of ${branches.totalCount})`
}

function readSummary(path: string): readonly FileCoverage[] {
  // Without a summary every part is below.
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}'
  const summary = JSON.parse(text) as Readonly<
    Record<string, { readonly branches: { readonly total: number; readonly covered: number } }>
  >
  return Object.entries(summary)
    .filter(([file]) => file !== 'total')
    .map(([file, { branches }]) => ({
      path: relative(root, file),
      totalCount: branches.total,
      coveredCount: branches.covered,
    }))
}
