/** What the benchmark found, for people and for programs. */
import { SIDE_NAMES, type SideName } from './sides.ts'
import { CHART_NAMES, type ChartName } from './stories.ts'

/** One side stepping one chart. */
export interface Round {
  readonly chart: ChartName
  readonly side: SideName
  readonly number: number
  readonly eventsPerSecond: number
}

/** Medians over the rounds. */
export interface ChartReport {
  readonly chart: ChartName
  readonly eventsPerSecond: Readonly<Record<SideName, number>>
  /** Each side to XState's public `transition()`: the median of the rounds' own ratios. */
  readonly ratio: Readonly<Record<SideName, number>>
}

export interface Report {
  readonly node: string
  readonly charts: readonly ChartReport[]
  /** Where a side says something else than XState, or null; then nothing was timed. */
  readonly difference: string | null
}

const GOALS = { liveRatio: 3, tableEventsPerSecond: 500_000 } as const

export const reportRounds = (rounds: readonly Round[]): Omit<Report, 'difference'> => ({
  node: process.versions.node,
  charts: CHART_NAMES.map((chart) => reportChart(chart, rounds)),
})

function reportChart(chart: ChartName, rounds: readonly Round[]): ChartReport {
  const ofSide = (side: SideName) =>
    rounds.filter((round) => round.chart === chart && round.side === side)
  const bySide = (figureOf: (round: Round) => number) =>
    Object.fromEntries(
      SIDE_NAMES.map((side) => [side, median(ofSide(side).map(figureOf))]),
    ) as Record<SideName, number>
  const base = new Map(ofSide('xstate').map((round) => [round.number, round.eventsPerSecond]))
  return {
    chart,
    eventsPerSecond: bySide((round) => round.eventsPerSecond),
    ratio: bySide((round) => round.eventsPerSecond / (base.get(round.number) ?? Number.NaN)),
  }
}

/** The report as a table. */
export function formatReport({ charts, difference, node }: Report): string {
  if (difference !== null) return `the sides differ, nothing was timed: ${difference}`
  const head = ['chart', ...SIDE_NAMES.map((side) => `${side} /s`), ...SIDE_NAMES.slice(1)]
  const rows = charts.map(({ chart, eventsPerSecond, ratio }) => [
    chart,
    ...SIDE_NAMES.map((side) => String(Math.round(eventsPerSecond[side]))),
    ...SIDE_NAMES.slice(1).map((side) => `x ${ratio[side].toFixed(1)}`),
  ])
  const table = [head, ...rows].map((cells) => cells.map((cell) => cell.padStart(12)).join(''))
  const liveRatio = Math.min(...charts.map(({ ratio }) => ratio.live))
  const restoredRatio = Math.min(...charts.map(({ ratio }) => ratio.live / ratio.restored))
  const tableSpeed = Math.min(...charts.map(({ eventsPerSecond }) => eventsPerSecond.table))
  return [
    ...table,
    '',
    "ratios are to XState's public transition(); events in a second of CPU; medians",
    goal(
      'live stepping',
      liveRatio >= GOALS.liveRatio,
      `x ${liveRatio.toFixed(1)} on the slowest chart, wanted x ${GOALS.liveRatio}; x ${restoredRatio.toFixed(1)} where states are restored for each event, as live`,
    ),
    goal(
      'the table',
      tableSpeed >= GOALS.tableEventsPerSecond,
      `${Math.round(tableSpeed)} events/s on the slowest chart, wanted ${GOALS.tableEventsPerSecond}`,
    ),
    `Node.js ${node}`,
  ].join('\n')
}

const goal = (what: string, isReached: boolean, figure: string): string =>
  `${what}: ${isReached ? 'goal reached' : 'GOAL MISSED'} (${figure})`

/** The middle value; of an even number, the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
