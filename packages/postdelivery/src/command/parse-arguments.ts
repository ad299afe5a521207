/** Reads what was typed after a command's name: everything that is wrong at once, nothing guessed. */
import { parseArgs } from 'node:util'
import type {
  ArgumentDefinition,
  CommandDefinition,
  Format,
  OptionDefinition,
  OptionTable,
} from './command-definition.ts'

/** One thing wrong with a command line. */
export interface UsageProblem {
  readonly message: string
  readonly hint?: string
}

/** What was given for the options of a command. */
export type OptionValues = Readonly<Record<string, unknown>>

export type Parsed =
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly problems: readonly UsageProblem[] }
  | {
      readonly type: 'run'
      readonly arguments: readonly string[]
      readonly options: OptionValues
      readonly format: Format
    }

/** The words to choose from that are nearest to a wrong one, as a hint; passed in, so that it loads when it is needed. */
export type DidYouMean = (word: string, known: readonly string[]) => string | undefined

/** All options of a command: its own, and those that follow from what it writes and reads. */
export const optionsOf = ({ options, formats, readsConfig }: CommandDefinition): OptionTable => ({
  ...options,
  ...(readsConfig === true
    ? {
        config: {
          type: 'text',
          value: 'FILE',
          summary: 'the configuration; default: `postdelivery.config.ts`, looked for upwards',
        } as const,
      }
    : {}),
  ...(formats === undefined
    ? {}
    : {
        format: {
          type: 'choice',
          choices: formats,
          summary: `how results are written; default: ${formats[0]}`,
        } as const,
        ...(formats.includes('json')
          ? { json: { type: 'flag', summary: 'the same as `--format json`' } as const }
          : {}),
      }),
  help: { type: 'flag', summary: 'print this' },
})

/** Parses the arguments of one command. */
export function parseArguments(
  definition: CommandDefinition,
  args: readonly string[],
  didYouMean: DidYouMean,
): Parsed {
  const table = optionsOf(definition)
  const given = new Map<string, string[]>()
  const problems: UsageProblem[] = []
  const positionals: string[] = []
  let hasUnknown = false
  for (const token of tokensOf(table, args)) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined
    if (option === undefined) {
      hasUnknown = true
      const names = Object.keys(table).map((name) => `--${name}`)
      problems.push(
        problem(`unknown option \`${shown(token.rawName)}\``, didYouMean(token.rawName, names)),
      )
      continue
    }
    const fault = faultOf(token, option)
    if (fault !== undefined) problems.push(problem(`\`--${token.name}\` ${fault}`))
    given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? ''])
  }
  if (given.has('help')) return { type: 'help' }
  const options: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(table)) {
    const read = readOption(option, given.get(name) ?? [], didYouMean)
    if (read.problem === undefined) options[name] = read.value
    else problems.push({ ...read.problem, message: `\`--${name}\` ${read.problem.message}` })
  }
  // After an unknown option nobody knows which words are its value.
  if (!hasUnknown) problems.push(...argumentProblems(definition.arguments, positionals))
  const format = formatOf(definition, options, problems)
  if (problems.length > 0) return { type: 'wrong', problems }
  return { type: 'run', arguments: positionals, options, format }
}

const tokensOf = (table: OptionTable, args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(table).map(([name, { type }]) => [
        name,
        {
          type: type === 'flag' ? ('boolean' as const) : ('string' as const),
          ...(name === 'help' ? { short: 'h' } : {}),
        },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens

/** A value that follows apart and looks like an option is the next option: the value was forgotten. */
function faultOf(
  token: { readonly value: string | undefined; readonly inlineValue: boolean | undefined },
  option: OptionDefinition,
): string | undefined {
  if (option.type === 'flag') return token.value === undefined ? undefined : 'takes no value'
  const { value, inlineValue } = token
  const isForgotten =
    value === undefined || value === '' || (!inlineValue && value.startsWith('--'))
  return isForgotten ? 'needs a value' : undefined
}

function readOption(
  option: OptionDefinition,
  values: readonly string[],
  didYouMean: DidYouMean,
): { readonly value?: unknown; readonly problem?: UsageProblem } {
  if (option.type === 'flag') return { value: values.length > 0 }
  if (option.type === 'list') return { value: values }
  const [value] = values
  if (values.length > 1) return { problem: problem('is said more than once') }
  if (value === undefined) {
    const isMissing = option.isRequired === true
    return isMissing ? { problem: problem(`is missing: ${option.summary}`) } : { value }
  }
  if (value === '') return { value: undefined }
  if (option.type === 'choice' && !option.choices.includes(value)) {
    const choices = option.choices.map((choice) => `\`${choice}\``).join(', ')
    return {
      problem: problem(
        `is one of ${choices}, not \`${shown(value)}\``,
        didYouMean(value, option.choices),
      ),
    }
  }
  return option.type === 'integer' ? readInteger(option, value) : { value }
}

function readInteger(
  { min, max }: { readonly min: number; readonly max: number },
  value: string,
): { readonly value?: number; readonly problem?: UsageProblem } {
  const number = /^-?\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  if (number >= min && number <= max) return { value: number }
  return { problem: problem(`is a whole number from ${min} to ${max}, not \`${shown(value)}\``) }
}

function argumentProblems(
  definitions: readonly ArgumentDefinition[],
  given: readonly string[],
): readonly UsageProblem[] {
  const required = definitions.filter(({ count }) => count === undefined || count === 'many')
  const isOpen = definitions.some(({ count }) => count === 'any' || count === 'many')
  const extra = isOpen ? undefined : given[definitions.length]
  return [
    ...required
      .slice(given.length)
      .map(({ name, summary }) => problem(`${name} is missing: ${summary}`)),
    ...(extra === undefined ? [] : [problem(`\`${shown(extra)}\` is one argument too many`)]),
    ...(given.includes('') ? [problem('an argument is empty')] : []),
  ]
}

function formatOf(
  { formats }: CommandDefinition,
  options: Readonly<Record<string, unknown>>,
  problems: UsageProblem[],
): Format {
  const named = formats?.find((format) => format === options['format'])
  if (options['json'] !== true) return named ?? formats?.[0] ?? 'pretty'
  if (named !== undefined && named !== 'json')
    problems.push(problem(`\`--json\` and \`--format ${named}\` contradict each other`))
  return 'json'
}

const problem = (message: string, hint?: string): UsageProblem =>
  hint === undefined ? { message } : { message, hint }

const SHOWN_MAX_LENGTH = 60

/** What was typed, short and harmless to a terminal. */
export const shown = (typed: string): string => {
  const line = typed.replaceAll(/\p{Cc}/gu, '\u00b7')
  return line.length > SHOWN_MAX_LENGTH ? `${line.slice(0, SHOWN_MAX_LENGTH)}…` : line
}
