/**
 * `npx pnpm proof`: all parts of the proof after one another; `npx pnpm proof:full`: the volumes of a release, in slices.
 *
 * Slices that are done are remembered, so that a long run can be ended and goes on where it was.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PARTS, type Part } from './parts.ts'

const HELP = `Usage: npx pnpm proof [PART ...]
       npx pnpm proof:full [PART ...] [--hours H]

Runs the parts of the proof (${PARTS.map((part) => part.name).join(', ')}; all when none is named) and writes their reports into proof/reports, from
which docs/reliability.md is generated (npx pnpm generate).

  --full      the volumes of a release, slice by slice; what is done is kept in .cache/proof-full.json
  --hours H   begins no further slice after so many hours
  --help      this text

Exit: 0 all held, 1 something was violated, 2 the command line is wrong.
`

const SOURCES = new URL('../', import.meta.url)
const REPORTS = new URL('../../reports/', import.meta.url)
const DONE = new URL('../../../.cache/proof-full.json', import.meta.url)

interface Wanted {
  readonly parts: readonly Part[]
  readonly isFull: boolean
  readonly hoursMax: number
}

function readWanted(args: readonly string[]): Wanted | string {
  const names: string[] = []
  let isFull = false
  let hoursMax = Number.POSITIVE_INFINITY
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--full') isFull = true
    else if (arg === '--hours') {
      hoursMax = Number(rest.shift())
      if (!(hoursMax > 0)) return '`--hours` takes a number above 0'
    } else if (PARTS.some((part) => part.name === arg)) names.push(arg)
    else return `there is no part or option \`${arg}\``
  }
  const parts = PARTS.filter((part) => names.length === 0 || names.includes(part.name))
  return { parts, isFull, hoursMax }
}

/** Runs one program with what it prints shown as it comes. Returns whether all held. */
function runPart(part: Part, args: readonly string[], report: URL): boolean {
  const program = fileURLToPath(new URL(part.program, SOURCES))
  const { status } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, ...args, '--report', fileURLToPath(report)],
    { stdio: 'inherit' },
  )
  return status === 0
}

function runOnce({ parts }: Wanted): boolean {
  mkdirSync(REPORTS, { recursive: true })
  const failed = parts.filter((part) => {
    process.stdout.write(`\n== ${part.name} ${part.everyChange.join(' ')}\n`)
    return !runPart(part, part.everyChange, new URL(`${part.name}.json`, REPORTS))
  })
  for (const { name } of failed) process.stdout.write(`${name}: violated\n`)
  return failed.length === 0
}

function runFull({ parts, hoursMax }: Wanted): boolean {
  const startedMs = performance.now()
  const done = new Set<string>(
    existsSync(DONE) ? (JSON.parse(readFileSync(DONE, 'utf8')) as string[]) : [],
  )
  mkdirSync(new URL('.', DONE), { recursive: true })
  for (const part of parts)
    for (let number = 1; number <= part.sliceCount; number += 1) {
      const name = `${part.name} ${number}`
      if (done.has(name)) continue
      if (performance.now() - startedMs > hoursMax * 3_600_000) {
        process.stdout.write(
          `the time is up before ${name} of ${part.sliceCount}; run it again to go on\n`,
        )
        return true
      }
      process.stdout.write(`\n== ${name} of ${part.sliceCount}\n`)
      const report = new URL(
        `../../../.cache/proof-full-${part.name}-${number}.json`,
        import.meta.url,
      )
      if (!runPart(part, part.slice(number), report)) return false
      done.add(name)
      writeFileSync(DONE, JSON.stringify([...done]))
    }
  return true
}

const args = process.argv.slice(2)
const wanted = readWanted(args.filter((arg) => arg !== '--help'))
if (args.includes('--help')) process.stdout.write(HELP)
else if (typeof wanted === 'string') {
  process.stderr.write(`${wanted}\n\n${HELP}`)
  process.exitCode = 2
} else process.exitCode = (wanted.isFull ? runFull(wanted) : runOnce(wanted)) ? 0 : 1
