/** What can be chosen on the command line of the benchmark. */
import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Rounds that count, for each side; one more is run first and thrown away. */
  readonly roundCount: number
  /** How long a side steps one chart in a round, in milliseconds. */
  readonly roundMs: number
  readonly isJson: boolean
}

export const HELP = `Measures how fast the charts of an order, a capture and a command are stepped.

Five sides hear the same stories, event by event, and are compared before anything is timed: XState's public
\`transition()\` over snapshots that are kept; the same with plain values before and after each step, as they lie
in a store; the way in which live orders are stepped, which does just that; the tables that simulations step;
and a reducer written by hand that knows these stories only.

Usage: npx pnpm bench:lifecycle [options]

  --rounds N   rounds that count, each side in turn; medians are reported (default 9)
  --ms N       how long a side steps each chart in a round, in milliseconds (default 150)
  --short      3 rounds of 30 ms
  --json       the last line of stdout is the report as JSON
  --help       this text
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
  const roundCount = Number(values.rounds ?? (isShort ? 3 : 9))
  const roundMs = Number(values.ms ?? (isShort ? 30 : 150))
  if (![roundCount, roundMs].every((count) => Number.isSafeInteger(count) && count > 0))
    return { type: 'wrong', problem: '--rounds and --ms are whole numbers above 0' }
  return { type: 'run', options: { roundCount, roundMs, isJson: values.json === true } }
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      ms: { type: 'string' },
      short: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values
