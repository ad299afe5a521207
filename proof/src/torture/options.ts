/** What can be chosen on the command line of the torture. Pure: gives what was asked, or what is wrong. */
import { parseArgs } from 'node:util'

/** How much of each part is run; 0 for none. */
export interface Volumes {
  readonly kills: number
  readonly torn: number
  readonly calls: number
}

export interface TortureOptions extends Volumes {
  readonly seed: string
  readonly isJson: boolean
  /** A file for the report, or null. */
  readonly reportPath: string | null
}

export type Read =
  | { readonly type: 'run'; readonly options: TortureOptions }
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly problem: string }

/** The volumes of continuous integration, where no part is named. */
export const DEFAULT_VOLUMES: Volumes = { kills: 500, torn: 20_000, calls: 20_000 }
const DEFAULT_SEED = '1'

export const HELP = `Tortures the real engine on real files, processes and sockets, and compares its books with Klarna's.

  npx pnpm torture [--kills N] [--torn N] [--calls N] [--seed S] [--json] [--report FILE]

  --kills N      kills an engine under load N times with SIGKILL, a twin of Klarna in another process
  --torn N       opens N images of a file whose log was cut, flipped, zeroed or half copied
  --calls N      makes N writes over a network that loses, delays, cuts and repeats them
  --seed S       what chance follows from (default ${DEFAULT_SEED}); processes still race, so a run is never quite the same
  --json         the last line of stdout is the report as JSON
  --report FILE  writes the report as JSON into a file as well
  --help         this text

Without a part it runs all three: --kills ${DEFAULT_VOLUMES.kills} --torn ${DEFAULT_VOLUMES.torn} --calls ${DEFAULT_VOLUMES.calls}.
Exit code: 0 when every law held, 1 when one was broken (its files are kept, and named), 2 for a wrong command line.
`

/** Reads the arguments after the program's name. */
export function readOptions(args: readonly string[]): Read {
  let values: ReturnType<typeof parse>
  try {
    values = parse(args)
  } catch (error) {
    return { type: 'wrong', problem: error instanceof Error ? error.message : String(error) }
  }
  if (values.help === true) return { type: 'help' }
  const isNamed = PARTS.some((part) => values[part] !== undefined)
  const volumes: Record<keyof Volumes, number> = { kills: 0, torn: 0, calls: 0 }
  for (const part of PARTS) {
    const given = values[part]
    const volume = given === undefined ? (isNamed ? 0 : DEFAULT_VOLUMES[part]) : countOf(given)
    if (volume === null)
      return {
        type: 'wrong',
        problem: `--${part} is a whole number from 1 to ${COUNT_MAX}, not \`${given}\``,
      }
    volumes[part] = volume
  }
  if (values.seed === '') return { type: 'wrong', problem: '--seed is empty' }
  if (values.report === '') return { type: 'wrong', problem: '--report needs the name of a file' }
  return {
    type: 'run',
    options: {
      ...volumes,
      seed: values.seed ?? DEFAULT_SEED,
      isJson: values.json === true,
      reportPath: values.report ?? null,
    },
  }
}

const PARTS = ['kills', 'torn', 'calls'] as const
const COUNT_MAX = 10_000_000

const parse = (args: readonly string[]) =>
  parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      kills: { type: 'string' },
      torn: { type: 'string' },
      calls: { type: 'string' },
      seed: { type: 'string' },
      report: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values

function countOf(text: string): number | null {
  const count = /^\d+$/.test(text) ? Number(text) : 0
  return count >= 1 && count <= COUNT_MAX ? count : null
}
