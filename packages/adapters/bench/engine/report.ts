/** What the benchmark found, for people and for programs. */
import { median, type Round } from './measure.ts'

/** One side under one setting; medians over the rounds. */
export interface SideReport {
  readonly cyclesPerSecond: number
  readonly cpuMsPerCycle: number
  readonly rounds: readonly Round[]
}

/** Both sides under one setting. */
export interface SettingReport {
  readonly storedCount: number
  readonly atOnce: number
  readonly cyclesPerRound: number
  readonly engine: SideReport
  readonly bare: SideReport
  /** Engine to bare loop, in cycles per second: the median of the rounds' own ratios. */
  readonly ratio: number
  /** Bare loop to engine, in CPU per cycle. */
  readonly cpuRatio: number
}

/** Memory with a store of so many orders open and its engine running, after a collection. */
export interface MemoryReport {
  readonly storedCount: number
  /** The main thread's heap. */
  readonly heapUsedMb: number
  /** The whole process, with the twin and what earlier rounds have left. */
  readonly rssMb: number
}

export interface Report {
  readonly node: string
  readonly settings: readonly SettingReport[]
  readonly memory: readonly MemoryReport[]
  /** CPU of the engine per cycle with the most stored orders to that with the fewest, by orders at once. */
  readonly growth: readonly { readonly atOnce: number; readonly cpuFactor: number }[]
  /** Whether the twin's books hold each parcel exactly once. */
  readonly booksAgree: boolean
}

const reportSide = (rounds: readonly Round[]): SideReport => ({
  cyclesPerSecond: median(rounds.map((round) => round.cyclesPerSecond)),
  cpuMsPerCycle: median(rounds.map((round) => round.cpuMsPerCycle)),
  rounds,
})

/** Compares the rounds of both sides, which were run in pairs. */
export function reportSetting(
  setting: Pick<SettingReport, 'storedCount' | 'atOnce' | 'cyclesPerRound'>,
  engineRounds: readonly Round[],
  bareRounds: readonly Round[],
): SettingReport {
  const pairs = engineRounds.flatMap((engine, index) => {
    const bare = bareRounds[index]
    return bare === undefined ? [] : [{ engine, bare }]
  })
  return {
    ...setting,
    engine: reportSide(engineRounds),
    bare: reportSide(bareRounds),
    ratio: median(pairs.map(({ engine, bare }) => engine.cyclesPerSecond / bare.cyclesPerSecond)),
    cpuRatio: median(pairs.map(({ engine, bare }) => bare.cpuMsPerCycle / engine.cpuMsPerCycle)),
  }
}

/** How the engine's CPU per cycle grows with the stored orders. */
export function reportGrowth(settings: readonly SettingReport[]): Report['growth'] {
  const atOnces = [...new Set(settings.map(({ atOnce }) => atOnce))]
  return atOnces.flatMap((atOnce) => {
    const ordered = settings
      .filter((setting) => setting.atOnce === atOnce)
      .toSorted((a, b) => a.storedCount - b.storedCount)
    const fewest = ordered[0]
    const most = ordered.at(-1)
    if (fewest === undefined || most === undefined || fewest === most) return []
    return [{ atOnce, cpuFactor: most.engine.cpuMsPerCycle / fewest.engine.cpuMsPerCycle }]
  })
}

/** The report as a table. */
export function formatReport({ settings, memory, growth, booksAgree, node }: Report): string {
  const head = [
    'stored',
    'at once',
    'engine /s',
    'bare /s',
    'ratio',
    'engine CPU ms',
    'bare CPU ms',
    'CPU ratio',
  ]
  const rows = settings.map((each) => [
    String(each.storedCount),
    String(each.atOnce),
    each.engine.cyclesPerSecond.toFixed(0),
    each.bare.cyclesPerSecond.toFixed(0),
    each.ratio.toFixed(2),
    each.engine.cpuMsPerCycle.toFixed(3),
    each.bare.cpuMsPerCycle.toFixed(3),
    each.cpuRatio.toFixed(2),
  ])
  const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.padStart(13)).join(''))
  return [
    ...lines,
    '',
    ...memory.map(
      ({ storedCount, heapUsedMb, rssMb }) =>
        `memory with ${storedCount} stored orders: heap ${heapUsedMb.toFixed(0)} MB, whole process ${rssMb.toFixed(0)} MB`,
    ),
    ...growth.map(
      ({ atOnce, cpuFactor }) =>
        `CPU per cycle at ${atOnce} at once, most stored to fewest: x ${cpuFactor.toFixed(2)}`,
    ),
    `the twin's books: ${booksAgree ? 'each parcel exactly once' : 'WRONG, parcels are missing or doubled'}`,
    `Node.js ${node}`,
  ].join('\n')
}
