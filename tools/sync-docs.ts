/**
 * Writes the tables and charts of the documents from the code. With `--check` it writes nothing and fails on a difference.
 *
 * Usage: `node tools/sync-docs.ts [--check] [--root FOLDER]`.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { commandSections } from './docs/command-sections.ts'
import { coreSections } from './docs/core-sections.ts'
import { failureSections } from './docs/failure-sections.ts'
import { issuePages } from './docs/issue-pages.ts'
import { fillMarkers, type Sections } from './docs/markers.ts'
import { reliabilitySections } from './docs/reliability-sections.ts'
import { ruleSections } from './docs/rule-sections.ts'
import { templateSections } from './docs/template-sections.ts'

const DOCUMENTS = [
  '*.md',
  'docs/**/*.md',
  'packages/*/README.md',
  'packages/postdelivery/templates/*/README.md',
  'examples/*/README.md',
]

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, root: { type: 'string' } },
})
const repository = fileURLToPath(new URL('..', import.meta.url))
const problems = await syncDocs(values.root, values.check)
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1

/** Fills every document of a folder, of the repository by default. Returns what is wrong, one line each. */
async function syncDocs(folder: string | undefined, isCheck: boolean): Promise<readonly string[]> {
  const root = folder ?? repository
  const sections: Sections = new Map([
    ...coreSections(new URL('../packages/core/src/', import.meta.url)),
    ...ruleSections(),
    ...templateSections(new URL('../packages/postdelivery/templates/', import.meta.url)),
    ...(await commandSections(new URL('../packages/postdelivery/src/command/', import.meta.url))),
    ...(await failureSections(new URL('../packages/', import.meta.url))),
    ...(await reliabilitySections(new URL('../proof/', import.meta.url))),
  ])
  const pageProblems = folder === undefined ? syncIssuePages(isCheck) : []
  const paths = globSync(DOCUMENTS, { cwd: root }).toSorted()
  const filled = paths.map((path) => {
    const before = readFileSync(join(root, path), 'utf8')
    return { path, before, ...fillMarkers(before, sections) }
  })
  const stale = filled.filter((document) => document.text !== document.before)
  if (!isCheck) for (const { path, text } of stale) writeFileSync(join(root, path), text)
  const shown = new Set(filled.flatMap((document) => document.names))
  const missing = [...sections.keys()].filter((name) => !shown.has(name))
  return [
    ...pageProblems,
    ...filled.flatMap(({ path, problems }) => problems.map((problem) => `${path}: ${problem}`)),
    ...(isCheck
      ? stale.map(({ path }) => `${path}: not up to date; run \`npx pnpm generate\``)
      : []),
    ...(folder === undefined ? missing : []).map(
      (name) => `no document shows \`${name}\`; give it a place between markers`,
    ),
  ]
}

/** Writes one page for each issue code, and takes out those of codes that are no more. */
function syncIssuePages(isCheck: boolean): readonly string[] {
  const folder = join(repository, 'docs/issues')
  const pages = issuePages()
  const stale = [...pages].filter(([name, text]) => {
    const path = join(folder, name)
    return !existsSync(path) || readFileSync(path, 'utf8') !== text
  })
  const left = globSync('*.md', { cwd: folder }).filter((name) => !pages.has(name))
  if (!isCheck) {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of stale) writeFileSync(join(folder, name), text)
    for (const name of left) rmSync(join(folder, name))
    return []
  }
  return [...stale.map(([name]) => name), ...left].map(
    (name) => `docs/issues/${name}: not up to date; run \`npx pnpm generate\``,
  )
}
