/** The run: all sides are compared, then each in turn hears every story, round by round. */
import { isDeepStrictEqual } from 'node:util'
import type { BenchOptions } from './options.ts'
import { type Report, type Round, reportRounds } from './report.ts'
import { SIDES, type Side } from './sides.ts'
import { CHART_NAMES, type ChartName, STORIES } from './stories.ts'

/** Runs everything. `say` hears of progress. */
export function run({ roundCount, roundMs }: BenchOptions, say: (line: string) => void): Report {
  const difference = firstDifference()
  if (difference !== null) return { ...reportRounds([]), difference }
  const rounds: Round[] = []
  // The first round warms up and does not count.
  for (let number = 0; number <= roundCount; number += 1) {
    // In turn, so that no side always has the quieter machine.
    const sides = number % 2 === 0 ? SIDES : SIDES.toReversed()
    for (const chart of CHART_NAMES) {
      for (const side of sides) {
        const eventsPerSecond = race(side, chart, roundMs)
        if (number > 0) rounds.push({ chart, side: side.name, number, eventsPerSecond })
      }
    }
    say(`round ${number} of ${roundCount}${number === 0 ? ' (warming up)' : ''}`)
  }
  return { ...reportRounds(rounds), difference: null }
}

/** Says where a side differs from the first one, or null: states and effects after every event of every story. */
function firstDifference(): string | null {
  const [oracle, ...others] = SIDES
  for (const chart of CHART_NAMES) {
    const { initial, lives } = STORIES[chart]
    for (const [index, life] of lives.entries()) {
      const wanted = oracle === undefined ? [] : told(oracle, chart, initial, life)
      for (const side of others) {
        const got = told(side, chart, initial, life)
        const at = got.findIndex((shown, place) => !isDeepStrictEqual(shown, wanted[place]))
        if (at !== -1) return `${side.name}: ${chart}, story ${index}, event ${at}`
      }
    }
  }
  return null
}

function told(
  side: Side<unknown>,
  chart: ChartName,
  initial: (typeof STORIES)[ChartName]['initial'],
  life: (typeof STORIES)[ChartName]['lives'][number],
) {
  let state = side.begin(chart, initial)
  return life.map((event) => {
    state = side.step(chart, state, event)
    const { state: after, effects } = side.show(state)
    return { value: { ...Object(after.value) }, text: JSON.stringify(after), effects }
  })
}

/** Steps the stories of a chart again and again. Returns: events in a second of this thread's CPU. */
function race(side: Side<unknown>, chart: ChartName, roundMs: number): number {
  const { initial, lives } = STORIES[chart]
  const begun = side.begin(chart, initial)
  const endMs = performance.now() + roundMs
  const started = cpuMs()
  let count = 0
  do {
    for (let again = 0; again < 20; again += 1) {
      for (const life of lives) {
        let state = begun
        for (const event of life) state = side.step(chart, state, event)
        count += life.length
      }
    }
    // Some machines count CPU in steps of several milliseconds.
  } while (performance.now() < endMs || cpuMs() === started)
  return (count * 1000) / (cpuMs() - started)
}

/** CPU that this thread has used. Before Node.js 23.9 the whole process is counted. */
function cpuMs(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)()
  return (user + system) / 1000
}
