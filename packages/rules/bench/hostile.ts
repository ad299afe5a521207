/**
 * Tries generated hostile rule files: no crash, no write, no network, no evaluation over 50 ms.
 *
 * Usage: `npx pnpm hostile [--files 100000] [--seed 1] [--json]`. Exit code 1 when something is wrong.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { HostileRun } from './hostile/try-texts.ts'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const root = fileURLToPath(new URL('../../../', import.meta.url))
const guarded = fileURLToPath(new URL('hostile/guarded.ts', import.meta.url))
const start = performance.now()
const child = spawnSync(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--permission',
    `--allow-fs-read=${root}`,
    guarded,
    values.files,
    values.seed,
  ],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
)
const seconds = (performance.now() - start) / 1000
const run = child.status === 0 ? (JSON.parse(child.stdout) as HostileRun) : undefined
if (values.json)
  process.stdout.write(`${JSON.stringify({ ...run, seconds, isCrashed: run === undefined })}\n`)
else process.stdout.write(`${linesOf(run).join('\n')}\n`)
if (run === undefined || run.faults.length > 0) process.exitCode = 1

function linesOf(found: HostileRun | undefined): readonly string[] {
  if (found === undefined) return [`the process ended with ${child.status ?? child.signal}`]
  const { fileCount, takenCount, refusedCount, worstEvaluationMs, worstLintMs, faults } = found
  return [
    `${fileCount} files in ${seconds.toFixed(1)} s: ${refusedCount} refused, ${takenCount} taken`,
    `worst evaluation ${worstEvaluationMs.toFixed(2)} ms, worst lint ${worstLintMs.toFixed(2)} ms`,
    faults.length === 0
      ? 'no crash, nothing written, no connection'
      : faults.slice(0, 20).join('\n'),
  ]
}
