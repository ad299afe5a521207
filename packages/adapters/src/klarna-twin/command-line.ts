/** The twin's arguments on the command line. Pure: gives what was asked, or what is wrong. */
import { DEFAULT_SETTINGS, problemsOfSettings, type TwinSettings } from './settings.ts'

/** What the command line asks for. */
export type Command =
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly problems: readonly string[] }
  | {
      readonly type: 'start'
      readonly port: number
      readonly json: boolean
      readonly settings: Partial<TwinSettings>
      readonly username?: string
      readonly password?: string
    }

/** Shown by `--help`. */
export const HELP = `Starts a stand-in for Klarna's order management API on this machine, with sample orders.

  twin [--port N] [--json] [--set NAME=VALUE ...] [--username NAME] [--password WORD]

  --port N          TCP port on 127.0.0.1; 0 (the default) picks a free one
  --json            print one line of JSON when ready, and nothing else, on standard output
  --set NAME=VALUE  change a setting; VALUE as in JSON, or a bare word; may be repeated
  --username NAME   default K000000_twin
  --password WORD   default twin-password
  --help            print this

Settings: ${Object.keys(DEFAULT_SETTINGS).join(', ')}.
They and the faults can be changed while it runs: see the path /__twin.
`

const PORT_MAX = 65_535

/** Reads the arguments after the program's name. */
export function commandOf(args: readonly string[]): Command {
  const problems: string[] = []
  const settings: Record<string, unknown> = {}
  const words: { username?: string; password?: string } = {}
  let port = 0
  let json = false

  const rest = args.flatMap(splitAtEquals)
  while (rest.length > 0) {
    const option = rest.shift()
    if (option === '--help' || option === '-h') return { type: 'help' }
    if (option === '--json') json = true
    else if (option === '--port') port = readPort(rest.shift())
    else if (option === '--username' || option === '--password') readWord(option, rest.shift())
    else if (option === '--set') readSetting(rest.shift() ?? '')
    else if (option !== '--') problems.push(`\`${option}\` is not known`)
  }
  problems.push(...problemsOfSettings(settings))
  if (problems.length > 0) return { type: 'wrong', problems }
  // Checked by name and value above.
  return { type: 'start', port, json, settings: settings as Partial<TwinSettings>, ...words }

  function readPort(value: string | undefined): number {
    const number = /^\d+$/.test(value ?? '') ? Number(value) : Number.NaN
    if (number <= PORT_MAX) return number
    problems.push(`\`--port\` is a whole number from 0 to ${PORT_MAX}, not \`${value ?? ''}\``)
    return 0
  }

  function readWord(option: '--username' | '--password', value: string | undefined): void {
    if (value === undefined || value === '') problems.push(`\`${option}\` needs a value`)
    else words[option === '--username' ? 'username' : 'password'] = value
  }

  function readSetting(pair: string): void {
    const at = pair.indexOf('=')
    if (at < 1) problems.push(`\`--set\` is followed by NAME=VALUE, not \`${pair}\``)
    else settings[pair.slice(0, at)] = settingValueOf(pair.slice(at + 1))
  }
}

/** `--port=0` is `--port 0`; the value of `--set` has an equals sign of its own and stands apart. */
const splitAtEquals = (arg: string): readonly string[] => {
  const [, name, value] = /^(--[a-z]+)=(.*)$/s.exec(arg) ?? []
  return name === undefined || value === undefined ? [arg] : [name, value]
}

const settingValueOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
