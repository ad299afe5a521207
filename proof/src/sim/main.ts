/** `npx pnpm sim`: random stories under a lying world, bugs that must be found, and one story told line by line. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createProgress } from '../progress.ts'
import { BUGS } from './bugs.ts'
import { findBugs } from './find-bugs.ts'
import { HELP, readOptions, type SimOptions } from './options.ts'
import { plantBug } from './plant-bug.ts'
import { readStory } from './read-story.ts'
import { runHistories, type SimReport } from './run-histories.ts'
import { shrink } from './shrink.ts'
import { missingMarks, WANTED_MARKS } from './wanted-marks.ts'
import type { SimResult } from './worker.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function run(options: SimOptions): Promise<boolean> {
  switch (options.type) {
    case 'list-bugs':
      for (const { name, says } of BUGS) say(`${name.padEnd(36)} ${says}`)
      return true
    case 'bugs':
      return tellBugs(options)
    case 'replay':
      return replay(options)
    case 'crashes':
      return tellCrashes(options)
    case 'histories':
      return tellHistories(options)
  }
}

async function tellHistories(options: SimOptions): Promise<boolean> {
  const progress = createProgress('stories', options.historyCount)
  const { report, broken } = await runHistories({
    historyCount: options.historyCount,
    seed: options.seed,
    workerCount: options.workerCount,
    endsAtViolation: true,
    onResult: (_, soFar) =>
      progress.at(soFar.histories, `${soFar.crashes} crashes, ${soFar.violations} violations`),
  })
  progress.end()
  const missing = missingMarks(report)
  showReport(report)
  for (const line of missing) say(`not reached: ${line}`)
  const [first] = broken
  if (first !== undefined) await showBroken(first)
  write(options, { ...report, wantedMarks: WANTED_MARKS.length, missingMarks: missing })
  return broken.length === 0 && missing.length === 0
}

function showReport(report: SimReport): void {
  say(
    `${report.histories} stories, ${report.simulatedYears.toFixed(1)} simulated years, ${report.events} events, ${report.crashes} crashes, ${report.calls} calls, ${report.effects} effects at Klarna`,
  )
  say(
    `${report.toldTwice} told twice, ${report.differing} of them went another way; ${Object.keys(report.marks).length} marks reached, ${WANTED_MARKS.length} wanted`,
  )
  say(`${report.violations} violations in ${report.seconds.toFixed(0)} s (seed ${report.seed})`)
}

/** Shows what was violated, how to see it again, and the shortest story that shows it. */
async function showBroken(result: SimResult): Promise<void> {
  for (const { invariant, what, at } of result.violations)
    say(`VIOLATED ${invariant} at ${at}: ${what}`)
  if (result.isSame === false) say(`story ${result.seed} went another way when it was told again`)
  say(`tell it again: npx pnpm sim --replay ${result.seed}`)
  const [violation] = result.violations
  if (violation === undefined) return
  const { drawHistory } = await import('../world/draw-history.ts')
  const { tellSafely } = await import('./tell-seed.ts')
  const shortest = await shrink(drawHistory(result.seed), {
    breaks: async (history) => (await tellSafely(history)).violations.map((each) => each.invariant),
    invariant: violation.invariant,
    triesMax: 400,
  })
  const path = fileURLToPath(
    new URL(`../../regressions/${fileNameOf(result.seed, violation.invariant)}`, import.meta.url),
  )
  mkdirSync(fileURLToPath(new URL('../../regressions', import.meta.url)), { recursive: true })
  writeFileSync(
    path,
    `${JSON.stringify({ breaks: violation.invariant, history: shortest }, null, 2)}\n`,
  )
  say(`the shortest story found has ${shortest.steps.length} steps: ${path}`)
  for (const step of shortest.steps)
    say(
      `  ${(step.atMs / 3_600_000).toFixed(2).padStart(7)} h ${JSON.stringify({ ...step, atMs: undefined })}`,
    )
}

const fileNameOf = (seed: string, invariant: string): string =>
  `${invariant}-${seed.replaceAll('/', '-')}.json`

async function tellBugs(options: SimOptions): Promise<boolean> {
  const startedMs = performance.now()
  const names = options.bugs.length > 0 ? options.bugs : BUGS.map((bug) => bug.name)
  const found = await findBugs(names, options, ({ name, invariant, historyCount }) =>
    say(
      invariant === null
        ? `MISSED ${name} in ${historyCount} stories`
        : `found  ${name.padEnd(36)} ${invariant.padEnd(9)} in ${historyCount} stories`,
    ),
  )
  const missed = found.filter((each) => each.invariant === null).map((each) => each.name)
  const seconds = (performance.now() - startedMs) / 1000
  say(`${found.length - missed.length} of ${found.length} bugs found in ${seconds.toFixed(0)} s`)
  write(options, {
    bugs: found.length,
    bugsFound: found.length - missed.length,
    missed,
    found,
    historiesMax: options.historyCount,
    seed: options.seed,
    seconds,
  })
  return missed.length === 0
}

async function tellCrashes(options: SimOptions): Promise<boolean> {
  // Here alone, since it loads the product, which a replay loads after its bug is planted.
  const { runCrashes } = await import('../crashes/run-crashes.ts')
  const { report, broken } = await runCrashes(options)
  say(
    `${report.scenarios} canonical stories, ${report.singleCrashes} single crashes, ${report.pairs} pairs, ${report.violations} violations in ${report.seconds.toFixed(0)} s`,
  )
  for (const { scenario, where, what } of broken) say(`VIOLATED in "${scenario}" ${where}: ${what}`)
  write(options, report)
  return broken.length === 0
}

async function replay(options: SimOptions): Promise<boolean> {
  const [bug] = options.bugs
  if (bug !== undefined) plantBug(bug)
  // Order matters: the product is loaded after the bug is planted.
  const { drawHistory } = await import('../world/draw-history.ts')
  const { tellSafely } = await import('./tell-seed.ts')
  const kept = readStory(options.replay)
  const told = await tellSafely(kept ?? drawHistory(options.replay), (line) =>
    say(line.slice(0, 400)),
  )
  say(
    `${told.violations.length} violations, ${told.deathCount} deaths, ${told.effects.length} effects, trace ${told.trace}`,
  )
  for (const { invariant, what, at } of told.violations)
    say(`VIOLATED ${invariant} at ${at}: ${what}`)
  return told.violations.length === 0
}

function write(options: SimOptions, report: object): void {
  if (options.reportPath !== undefined)
    writeFileSync(options.reportPath, `${JSON.stringify(report, null, 2)}\n`)
  if (options.isJson) say(JSON.stringify(report))
}

/** What cannot be run as it was asked for; found before anything is run, since a run may be long. */
function problemOf({ bugs, reportPath, replay: story }: SimOptions): string | null {
  const unknown = bugs.filter((name) => !BUGS.some((bug) => bug.name === name))
  if (unknown.length > 0) return `there is no bug \`${unknown.join('`, `')}\`; see --list-bugs`
  try {
    readStory(story)
    if (reportPath !== undefined) writeFileSync(reportPath, '')
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

// Whoever reads the first lines only has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

// Order matters: last, when everything above is there.
const read = readOptions(process.argv.slice(2))
const problem =
  read.type === 'wrong' ? read.problem : read.type === 'run' ? problemOf(read.options) : null
if (read.type === 'help') process.stdout.write(HELP)
if (problem !== null) {
  process.stderr.write(`${problem}\n${read.type === 'wrong' ? `\n${HELP}` : ''}`)
  process.exitCode = 2
} else if (read.type === 'run') process.exitCode = (await run(read.options)) ? 0 : 1
