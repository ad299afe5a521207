/** What can be chosen on the command line of the benchmark. */
import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Rounds that count; one more is run first and thrown away. */
  readonly roundCount: number
  /** How many rules are asked. */
  readonly ruleCounts: readonly number[]
  /** How long each engine runs in a round, at least; in milliseconds. */
  readonly turnMs: number
  readonly isJson: boolean
}

export const HELP = `Measures rule engines on the same rules and facts.

Each rule has three comparisons that must all hold, over twelve facts of orders and returns: whole numbers,
texts, flags and lists. All facts are known and well typed, so that all engines mean the same. Before anything
is measured, every engine answers every order, and the rules that fire must be the same ones.

Each engine gets the form that is fastest for it: facts under flat names, everything parsed and compiled before.
The if-chain is what one would write by hand, in functions of 50 rules. "full trace" says of every condition what
it saw; all others only say which rules fire. "checked" is what decides live orders: ours and json-rules-engine.

Rates are decisions per second of CPU of the whole process, medians over the rounds; the engines take turns.

Usage: npx pnpm bench:rules [options]

  --rules LIST  how many rules (default 10,100,1000)
  --rounds N    rounds that count (default 5)
  --turn MS     how long each engine runs in a round (default 300)
  --short       2 rounds of 100 ms
  --json        the last line of stdout is the report as JSON
  --help        this text
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
  const ruleCounts = countsOf(values.rules ?? '10,100,1000')
  const [roundCount] = countsOf(values.rounds ?? (isShort ? '2' : '5')) ?? []
  const [turnMs] = countsOf(values.turn ?? (isShort ? '100' : '300')) ?? []
  if (ruleCounts === null || roundCount === undefined || turnMs === undefined)
    return { type: 'wrong', problem: 'counts are whole numbers above 0, lists of them with commas' }
  return {
    type: 'run',
    options: { roundCount, ruleCounts, turnMs, isJson: values.json === true },
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      rules: { type: 'string' },
      rounds: { type: 'string' },
      turn: { type: 'string' },
      short: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values

function countsOf(text: string): readonly number[] | null {
  const counts = text.split(',').map(Number)
  return counts.every((count) => Number.isSafeInteger(count) && count > 0) ? counts : null
}
