/** What can be chosen on the command line of the benchmark. */
import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Rounds that count, for each side and setting; one more is run first and thrown away. */
  readonly roundCount: number
  /** Cycles of one round, by how many orders are worked on at once. */
  readonly cycleCounts: ReadonlyMap<number, number>
  /** How many orders are stored. */
  readonly storedCounts: readonly number[]
  /** Fails below this ratio at the highest number of orders at once; null: never. */
  readonly ratioMin: number | null
  readonly isJson: boolean
}

export const HELP = `Measures the embedded engine beside a bare loop that does the same work by hand.

One cycle: an event comes in, five rules are asked, one fires, its call is made at a twin of Klarna over
HTTP, and the outcome is written. Everything is durable (SQLite, WAL, synchronous=FULL). The bare loop
decides nothing: it makes the same calls through the same client and writes the same rows in as many
transactions, committed in groups as the engine's are. The twin runs in a thread of its own.

Usage: npx pnpm bench:engine [options]

  --rounds N      rounds that count, each side in turn; medians are reported (default 5)
  --at-once LIST  how many orders are worked on at once (default 1,64)
  --cycles LIST   cycles of one round, one number for each of --at-once (default 300,3000)
  --stored LIST   how many orders are stored (default 1000,100000); in each round as many of them as the
                  smallest number have their turn, all equally often, so that all have the same history
  --short         2 rounds of 50,500 cycles with 1000,3000 stored orders
  --min-ratio R   exit with 1 when engine/bare is below R at the highest --at-once
  --json          the last line of stdout is the report as JSON
  --help          this text
`

/** Reads the command line. Returns: the options, or what is wrong with them, or that help is wanted. */
export function readOptions(
  args: readonly string[],
):
  | { readonly type: 'run'; readonly options: BenchOptions }
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly problem: string } {
  let values: ReturnType<typeof parse>
  try {
    values = parse(args)
  } catch (error) {
    return { type: 'wrong', problem: error instanceof Error ? error.message : String(error) }
  }
  if (values.help === true) return { type: 'help' }

  const isShort = values.short === true
  const atOnce = countsOf(values['at-once'] ?? '1,64')
  const cycles = countsOf(values.cycles ?? (isShort ? '50,500' : '300,3000'))
  const stored = countsOf(values.stored ?? (isShort ? '1000,3000' : '1000,100000'))
  const [roundCount] = countsOf(values.rounds ?? (isShort ? '2' : '5')) ?? []
  const ratioMin = values['min-ratio'] === undefined ? null : Number(values['min-ratio'])
  if (atOnce === null || cycles === null || stored === null || roundCount === undefined) {
    return { type: 'wrong', problem: 'counts are whole numbers above 0, lists of them with commas' }
  }
  if (cycles.length !== atOnce.length) {
    return { type: 'wrong', problem: '--cycles needs one number for each of --at-once' }
  }
  if (ratioMin !== null && !(ratioMin >= 0)) {
    return { type: 'wrong', problem: '--min-ratio is a number, for example 0.4' }
  }
  const cycleCounts = new Map(atOnce.map((count, index) => [count, cycles[index] ?? 1]))
  if (Math.min(...stored) < 2 * Math.max(...atOnce)) {
    return { type: 'wrong', problem: '--stored is at least twice the highest --at-once' }
  }
  return {
    type: 'run',
    options: {
      roundCount,
      cycleCounts,
      storedCounts: stored,
      ratioMin,
      isJson: values.json === true,
    },
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      'at-once': { type: 'string' },
      cycles: { type: 'string' },
      stored: { type: 'string' },
      short: { type: 'boolean' },
      'min-ratio': { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values

function countsOf(text: string): readonly number[] | null {
  const counts = text.split(',').map(Number)
  return counts.every((count) => Number.isSafeInteger(count) && count > 0) ? counts : null
}
