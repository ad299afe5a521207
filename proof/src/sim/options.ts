/** The command line of the simulation. */

export interface SimOptions {
  readonly type: 'histories' | 'crashes' | 'bugs' | 'replay' | 'list-bugs'
  readonly historyCount: number
  readonly pairCount: number
  readonly seed: string
  readonly isJson: boolean
  readonly workerCount: number | undefined
  /** Bugs to plant, one after the other; all when empty. */
  readonly bugs: readonly string[]
  /** A seed or a file. */
  readonly replay: string
  readonly reportPath: string | undefined
}

export type ReadOptions =
  | { readonly type: 'run'; readonly options: SimOptions }
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly problem: string }

export const HELP = `Usage: npx pnpm sim [--histories N] [--seed S] [--json] [--report FILE]
       npx pnpm sim --crashes [--pairs N]
       npx pnpm sim --bugs [NAME ...] [--histories N]
       npx pnpm sim --replay SEED|FILE [--bugs NAME]

Tells random stories of a shop: the real engine, store, rules and client against the stand-in for Klarna, in a world that
crashes, repeats, reorders, hangs and lies, under a simulated clock. After every step the invariants of the promise are checked
from both books. A story that breaks one is made shorter, kept as a file, and told again by one command.

  --histories N   stories to tell (default 5000); with --bugs, to tell at most for each bug
  --seed S        the stories follow from it (default 1)
  --bugs [NAME]   plants bugs in the product and says in which story each was found; all that are known, or those named
  --crashes       tells each canonical story once for every place at which the process may die: before and after
                  each call to the store and to Klarna
  --pairs N       and for N pairs of such places (default 0)
  --list-bugs     names the bugs that can be planted
  --replay WHAT   tells one story line by line: a seed such as 1/57, or a file of proof/regressions
  --workers N     threads (default: one for each core)
  --json          the last line is a report in JSON
  --report FILE   writes the report into a file as well
  --help          this text

Exit: 0 all held (with --bugs: all found), 1 something was violated, 2 the command line is wrong.
`

/** Reads the arguments. Never throws. */
export function readOptions(args: readonly string[]): ReadOptions {
  const rest = [...args]
  const bugs: string[] = []
  const given: { -readonly [Key in keyof SimOptions]: SimOptions[Key] } = {
    type: 'histories',
    historyCount: 5_000,
    pairCount: 0,
    seed: '1',
    isJson: false,
    workerCount: undefined,
    bugs,
    replay: '',
    reportPath: undefined,
  }
  const wrong = (problem: string): ReadOptions => ({ type: 'wrong', problem })
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const value = rest[0]
    switch (name) {
      case '--help':
        return { type: 'help' }
      case '--json':
        given.isJson = true
        break
      case '--crashes':
        given.type = 'crashes'
        break
      case '--list-bugs':
        given.type = 'list-bugs'
        break
      case '--bugs':
        if (given.type === 'histories') given.type = 'bugs'
        while (rest[0] !== undefined && !rest[0].startsWith('--')) bugs.push(rest.shift() ?? '')
        break
      case '--histories':
      case '--pairs':
      case '--workers': {
        const count = countOf(rest.shift())
        if (count === null)
          return wrong(`\`${name}\` takes a whole number from 1 to 10000000, not \`${value}\``)
        if (name === '--histories') given.historyCount = count
        else if (name === '--pairs') given.pairCount = count
        else given.workerCount = count
        break
      }
      case '--seed':
      case '--replay':
      case '--report':
        if (value === undefined || value.startsWith('--')) return wrong(`\`${name}\` takes a value`)
        rest.shift()
        if (name === '--seed') given.seed = value
        else if (name === '--report') given.reportPath = value
        else {
          given.replay = value
          given.type = 'replay'
        }
        break
      default:
        return wrong(`there is no \`${name}\``)
    }
  }
  return { type: 'run', options: given }
}

const countOf = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,7}$/.test(text) && Number(text) <= 10_000_000
    ? Number(text)
    : null
