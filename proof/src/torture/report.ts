/** What a run came to: one record for programs, a few lines for people. */
import type { CallsReport } from './calls/run-calls.ts'
import type { KillsReport } from './kills/run-kills.ts'
import type { TornReport } from './torn/run-torn.ts'
import { describeViolation, LAWS, type Violation } from './violation.ts'

export interface TortureReport {
  readonly seed: string
  readonly seconds: number
  readonly kills: number
  readonly tornImages: number
  /** Answers that were lost on the way after Klarna had done the work. */
  readonly lostAnswers: number
  readonly proxiedCalls: number
  readonly acknowledgedEvents: number
  readonly violations: number
  /** The first violations, as they are printed. */
  readonly violated: readonly string[]
  readonly node: string
  /** Each part that ran, with its seconds and figures. */
  readonly parts: Parts
}

export interface Parts {
  readonly kills?: Timed<KillsReport>
  readonly torn?: Timed<TornReport>
  readonly calls?: Timed<CallsReport>
}

/** A part's figures without its violations, which stand in the report itself. */
export type Timed<Report> = Omit<Report, 'violations'> & { readonly seconds: number }

const VIOLATED_MAX_COUNT = 20

/** Puts the parts together. */
export function makeReport(run: {
  readonly seed: string
  readonly seconds: number
  readonly parts: Parts
  readonly violations: readonly Violation[]
}): TortureReport {
  const { kills, torn, calls } = run.parts
  return {
    seed: run.seed,
    seconds: run.seconds,
    kills: kills?.kills ?? 0,
    tornImages: torn?.tornImages ?? 0,
    lostAnswers: calls?.lostAnswers ?? 0,
    proxiedCalls: calls?.proxiedCalls ?? 0,
    acknowledgedEvents:
      (kills?.acknowledgedEvents ?? 0) +
      (torn?.acknowledgedEvents ?? 0) +
      (calls?.acknowledgedEvents ?? 0),
    violations: run.violations.length,
    violated: run.violations.slice(0, VIOLATED_MAX_COUNT).map(describeViolation),
    node: process.versions.node,
    parts: run.parts,
  }
}

/** Says a report in lines for people. */
export function describeReport(report: TortureReport): string {
  const { kills, torn, calls } = report.parts
  const lines = [
    kills === undefined
      ? ''
      : `kills: ${kills.kills} engines killed (${tally(kills.killsByPhase)}) on ${kills.files} files, ${kills.attemptsCutOff} attempts cut off, ${kills.acknowledgedEvents} events acknowledged, ${kills.commands} commands, ${kills.withPerson} of them with a person, ${kills.seconds} s`,
    torn === undefined
      ? ''
      : `torn files: ${torn.tornImages} images (${tally(torn.imagesByDamage)}) of ${torn.recordings} runs, ${torn.commitsSeen} different commits to fall back to, ${torn.refused} refused, ${torn.resumed} resumed, ${torn.seconds} s`,
    calls === undefined
      ? ''
      : `lost answers: ${calls.proxiedCalls} writes over the lossy network (${tally(calls.callsByFate)}), ${calls.lostAnswers} answers lost after the work was done, ${calls.commands} commands, ${calls.withPerson} of them with a person, ${calls.seconds} s`,
    ...report.violated,
    `${report.violations} violations of ${Object.keys(LAWS).length} laws, seed ${report.seed}, ${report.seconds} s`,
  ]
  return lines.filter((line) => line !== '').join('\n')
}

const tally = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name.replaceAll('_', ' ')} ${count}`)
    .join(', ')
