/**
 * Finds what a reviewer would otherwise say twice, as `file:line: what; use what instead`.
 *
 * Usage: `node tools/tidy.ts [--root FOLDER] [--json]`. Exits with 1 when there is something.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  bannedWords,
  consoleCalls,
  impureCalls,
  leakedPlaces,
  longFiles,
} from './tidy/code-rules.ts'
import { hiddenExports, numbersWithoutUnit, undocumentedExports } from './tidy/docs-rules.ts'
import { forbiddenImports } from './tidy/layer-rules.ts'
import { brokenPaths, brokenSources, untestedCodes } from './tidy/reference-rules.ts'
import { openRepository } from './tidy/repository.ts'

const RULES = [
  undocumentedExports,
  numbersWithoutUnit,
  hiddenExports,
  untestedCodes,
  brokenPaths,
  brokenSources,
  bannedWords,
  consoleCalls,
  impureCalls,
  longFiles,
  forbiddenImports,
  leakedPlaces,
]

const { values } = parseArgs({
  options: { root: { type: 'string' }, json: { type: 'boolean', default: false } },
})
const repository = openRepository(values.root ?? fileURLToPath(new URL('..', import.meta.url)))
const findings = RULES.flatMap((rule) => rule(repository))
if (values.json) console.log(JSON.stringify(findings))
else
  for (const { path, line, what, instead } of findings)
    console.log(`${path}:${line}: ${what}; use ${instead}`)
if (findings.length > 0) process.exitCode = 1
