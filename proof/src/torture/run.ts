/** The run: the named parts one after the other, in a folder that stays only when something was found. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../random.ts'
import { runCalls } from './calls/run-calls.ts'
import { runKills } from './kills/run-kills.ts'
import type { TortureOptions } from './options.ts'
import type { PartContext } from './part.ts'
import { endPrograms } from './processes.ts'
import { makeReport, type Timed, type TortureReport } from './report.ts'
import { runTorn } from './torn/run-torn.ts'
import type { Violation } from './violation.ts'

export interface RunResult {
  readonly report: TortureReport
  /** Where the files of violations are; null when there are none. */
  readonly keptFolder: string | null
}

export interface RunContext {
  /** Hears of progress, a line every few seconds. */
  readonly say: (line: string) => void
  /** Aborted to break the run off. */
  readonly signal: AbortSignal
}

const SAY_EVERY_MS = 3_000

/** Runs the parts. Nothing that it started is left behind, however it ends. Throws: when it is broken off. */
export async function runTorture(options: TortureOptions, context: RunContext): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'postdelivery-torture-'))
  const startedMs = performance.now()
  const violations: Violation[] = []
  let isKept = false
  context.signal.addEventListener('abort', endPrograms, { once: true })
  const part = async <Report extends { readonly violations: readonly Violation[] }>(
    name: string,
    volume: number,
    run: (part: PartContext, volume: number) => Promise<Report>,
  ): Promise<Timed<Report> | undefined> => {
    if (volume === 0) return undefined
    const partStartedMs = performance.now()
    const { violations: found, ...figures } = await run(
      partContext(name, folder, options, context),
      volume,
    )
    if (context.signal.aborted) throw new Error('the run was broken off')
    violations.push(...found)
    return { ...figures, seconds: secondsSince(partStartedMs) }
  }
  try {
    const kills = await part('kills', options.kills, runKills)
    const torn = await part('torn', options.torn, runTorn)
    const calls = await part('calls', options.calls, runCalls)
    const report = makeReport({
      seed: options.seed,
      seconds: secondsSince(startedMs),
      parts: {
        ...(kills === undefined ? {} : { kills }),
        ...(torn === undefined ? {} : { torn }),
        ...(calls === undefined ? {} : { calls }),
      },
      violations,
    })
    isKept = violations.length > 0
    return { report, keptFolder: isKept ? folder : null }
  } catch (error) {
    isKept = !context.signal.aborted
    if (isKept) context.say(`seed ${options.seed}, the files are kept in ${folder}`)
    throw error
  } finally {
    endPrograms()
    if (!isKept) rmSync(folder, { recursive: true, force: true })
  }
}

function partContext(
  name: string,
  folder: string,
  { seed }: TortureOptions,
  { say, signal }: RunContext,
): PartContext {
  let saidMs = performance.now()
  const partFolder = join(folder, name)
  mkdirSync(partFolder)
  return {
    draws: createRandom(`${seed}/${name}`),
    folder: partFolder,
    tell: (progress) => {
      if (performance.now() - saidMs < SAY_EVERY_MS) return
      saidMs = performance.now()
      say(`${name}: ${progress}`)
    },
    isOver: () => signal.aborted,
  }
}

const secondsSince = (startedMs: number): number =>
  Math.round((performance.now() - startedMs) / 100) / 10
