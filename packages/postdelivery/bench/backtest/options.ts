/** What can be chosen on the command line of the benchmark. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export interface BenchOptions {
  readonly orderCount: number
  readonly ruleCount: number
  readonly workerCount: number
  /** Orders of which json-rules-engine decides the last event; its time for all is reckoned from them. */
  readonly sampleCount: number
  readonly isJson: boolean
}

export const HELP = `Measures a backtest: past orders are read from a file and replayed under two versions of rules.

Each order has a capture and two later events. Both modes are measured: one decision an order, and every
event carried through the lifecycle, with commands, books and limits. Reading and checking the file is in
the time; making it up is not. json-rules-engine decides the last events of a sample, is checked to fire
the same rules, and its time for all orders and both versions is reckoned from that, on as many cores.

Usage: npx pnpm bench:backtest [options]

  --orders N   how many orders (default 1000000)
  --rules N    how many rules (default 50)
  --workers N  threads (default: one for each core)
  --short      20000 orders
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
  const orderCount = Number(values.orders ?? (isShort ? 20_000 : 1_000_000))
  const ruleCount = Number(values.rules ?? 50)
  const workerCount = Number(values.workers ?? availableParallelism())
  if (
    ![orderCount, ruleCount, workerCount].every((count) => Number.isSafeInteger(count) && count > 0)
  )
    return { type: 'wrong', problem: 'counts are whole numbers above 0' }
  const sampleCount = Math.min(orderCount, isShort ? 500 : 2_000)
  return {
    type: 'run',
    options: { orderCount, ruleCount, workerCount, sampleCount, isJson: values.json === true },
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      orders: { type: 'string' },
      rules: { type: 'string' },
      workers: { type: 'string' },
      short: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values
