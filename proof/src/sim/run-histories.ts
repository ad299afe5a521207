/** Tells many stories on all cores and adds up what they came to. */
import { runPool } from '../pool.ts'
import type { SimResult, SimTask } from './worker.ts'

/** What a run came to; `docs/reliability.md` is written from it. */
export interface SimReport {
  readonly histories: number
  readonly simulatedYears: number
  readonly crashes: number
  readonly calls: number
  readonly effects: number
  readonly events: number
  readonly violations: number
  readonly seed: string
  readonly seconds: number
  /** Stories that were told twice, and those that went another way the second time. */
  readonly toldTwice: number
  readonly differing: number
  /** How often each mark was reached. */
  readonly marks: Readonly<Record<string, number>>
}

export interface RunOptions {
  readonly historyCount: number
  readonly seed: string
  readonly workerCount?: number | undefined
  readonly bug?: string
  /** Ends at the first violation. */
  readonly endsAtViolation: boolean
  readonly onResult?: (result: SimResult, soFar: SimReport) => void
}

const YEAR_MS = 365.25 * 86_400_000

/** One story in so many is told twice. */
const TWICE_EVERY = 100

/** Runs them. Returns: the report and the stories that broke something, in the order of their seeds. */
export async function runHistories(
  options: RunOptions,
): Promise<{ readonly report: SimReport; readonly broken: readonly SimResult[] }> {
  const { historyCount, seed, workerCount, bug } = options
  const startedMs = performance.now()
  const marks = new Map<string, number>()
  const broken: SimResult[] = []
  let report: SimReport = { ...EMPTY, seed }
  await runPool<SimTask, SimResult>(
    {
      program: new URL('worker.ts', import.meta.url),
      tasks: tasks(historyCount, seed),
      workerData: bug === undefined ? {} : { bug },
      ...(workerCount === undefined ? {} : { workerCount }),
    },
    (result) => {
      for (const [name, count] of result.marks) marks.set(name, (marks.get(name) ?? 0) + count)
      if (result.violations.length > 0 || result.isSame === false) broken.push(result)
      report = add(report, result, (performance.now() - startedMs) / 1000)
      options.onResult?.(result, report)
      return options.endsAtViolation && broken.length > 0 ? 'stop' : 'go on'
    },
  )
  const sorted = [...marks].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    report: { ...report, marks: Object.fromEntries(sorted) },
    broken: broken.toSorted((a, b) => indexOf(a) - indexOf(b)),
  }
}

function* tasks(count: number, seed: string): Iterable<SimTask> {
  for (let index = 0; index < count; index += 1)
    yield { seed: `${seed}/${index}`, isTwice: index % TWICE_EVERY === 0 }
}

const indexOf = ({ seed }: SimResult): number => Number(seed.split('/').at(-1))

const EMPTY: Omit<SimReport, 'seed'> = {
  histories: 0,
  simulatedYears: 0,
  crashes: 0,
  calls: 0,
  effects: 0,
  events: 0,
  violations: 0,
  seconds: 0,
  toldTwice: 0,
  differing: 0,
  marks: {},
}

const add = (report: SimReport, result: SimResult, seconds: number): SimReport => ({
  ...report,
  histories: report.histories + 1,
  simulatedYears: report.simulatedYears + result.simulatedMs / YEAR_MS,
  crashes: report.crashes + result.deathCount,
  calls: report.calls + result.callCount,
  effects: report.effects + result.effectCount,
  events: report.events + result.eventCount,
  violations: report.violations + result.violations.length,
  toldTwice: report.toldTwice + (result.isSame === null ? 0 : 1),
  differing: report.differing + (result.isSame === false ? 1 : 0),
  seconds,
})
