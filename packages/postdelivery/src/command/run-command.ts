/** Runs one command line from its words to an exit code. Knows no command: they come as a table. */
import { resolve } from 'node:path'
import type { CommandContext, CommandDefinition, CommandEntry } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { commandLines, overviewLines } from './help.ts'
import { findConfig, loadConfigFile } from './load-nearest-config.ts'
import { createOutput, type Output, type TextStream } from './output.ts'
import { type Parsed, parseArguments, shown, type UsageProblem } from './parse-arguments.ts'
import { programName } from './program-name.ts'
import { reportError } from './report-error.ts'

/** What a command line is run with. */
export interface RunInput {
  /** The words after the program's name. */
  readonly args: readonly string[]
  readonly commands: readonly CommandEntry[]
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly signal: AbortSignal
}

/** Runs a command line. Throws: never; what goes wrong is said on standard error and by the exit code. */
export async function runCommand(input: RunInput): Promise<ExitCode> {
  const { args, commands, stderr, env } = input
  const talk = createOutput({ stream: stderr, env })
  const out = createOutput({ stream: input.stdout, env })
  try {
    const [first, ...others] = args
    if (first === '--version' || first === '-V') {
      out.line((await import('./package-version.ts')).packageVersion())
      return EXIT.fine
    }
    const isHelp = first === 'help' || first === '--help' || first === '-h'
    const words = isHelp ? [...others.filter((word) => !word.startsWith('-')), '--help'] : args
    const found = findCommand(commands, words)
    if (found !== undefined) return await runFound(input, found, talk)
    return await withoutCommand(input, words, { out, talk })
  } catch (error) {
    return reportError(error, talk, env)
  }
}

interface Found {
  readonly entry: CommandEntry
  readonly rest: readonly string[]
}

/** The longest name that the words begin with. */
function findCommand(
  commands: readonly CommandEntry[],
  words: readonly string[],
): Found | undefined {
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(' ')
    const entry = commands.find((each) => each.name === name)
    if (entry !== undefined) return { entry, rest: words.slice(entry.name.split(' ').length) }
  }
  return undefined
}

async function runFound(input: RunInput, { entry, rest }: Found, talk: Output): Promise<ExitCode> {
  const definition = await entry.load()
  const suggest = await loadSuggest(definition, rest)
  const parsed = parseArguments(definition, rest, suggest)
  const { env, stdout: stream } = input
  if (parsed.type === 'help') {
    const out = createOutput({ stream, env })
    out.line(...commandLines(entry, definition, out))
    return EXIT.fine
  }
  if (parsed.type === 'wrong' && isWordOfGroup(input, { entry, rest }, definition))
    return withoutCommand(input, [entry.name, ...rest], {
      out: createOutput({ stream, env }),
      talk,
    })
  if (parsed.type === 'wrong') return wrong(parsed.problems, entry.name, talk)
  const context = contextOf(input, parsed, talk)
  return definition.run(context)
}

/** `work rsolve`: a command that takes no arguments and has others below it was meant to be one of them. */
const isWordOfGroup = (
  { commands }: RunInput,
  { entry, rest: [next] }: Found,
  definition: CommandDefinition,
): boolean =>
  next !== undefined &&
  !next.startsWith('-') &&
  definition.arguments.length === 0 &&
  commands.some(({ name }) => name.startsWith(`${entry.name} `))

/** Words are compared only when something is wrong with them; then all of rules may load. */
async function loadSuggest(
  definition: CommandDefinition,
  rest: readonly string[],
): Promise<(word: string, known: readonly string[]) => string | undefined> {
  const silent = (): undefined => undefined
  if (parseArguments(definition, rest, silent).type !== 'wrong') return silent
  return (await import('@postdelivery/rules')).didYouMean
}

function contextOf(
  input: RunInput,
  parsed: Extract<Parsed, { readonly type: 'run' }>,
  talk: Output,
): CommandContext {
  const { cwd, env, signal, commands } = input
  const { format, options } = parsed
  const toAbsolute = (path: string): string => resolve(cwd, path)
  const loadConfigIfAny: CommandContext['loadConfigIfAny'] = async (near = '.') => {
    const named = options['config']
    const path = typeof named === 'string' ? toAbsolute(named) : findConfig(toAbsolute(near))
    return path === undefined ? undefined : loadConfigFile(path)
  }
  return {
    words: input.args,
    arguments: parsed.arguments,
    // Read by the definition's own table, which is what the types say.
    options: options as CommandContext['options'],
    format,
    out: createOutput({ stream: input.stdout, env, isOneLine: format === 'ndjson' }),
    talk,
    cwd,
    resolve: toAbsolute,
    env,
    signal,
    commands,
    program: programName(env),
    loadConfigIfAny,
    loadConfig: async (near) => {
      const loaded = await loadConfigIfAny(near)
      if (loaded !== undefined) return loaded
      throw new CommandError(EXIT.configuration, 'no `postdelivery.config.ts` is found', {
        hint: 'go to the folder that has it, or name it with `--config FILE`',
      })
    },
  }
}

/** No command, a group such as `orders`, or a word that is none. */
async function withoutCommand(
  { commands }: RunInput,
  [word = '', next]: readonly string[],
  { out, talk }: { readonly out: Output; readonly talk: Output },
): Promise<ExitCode> {
  const inGroup = commands.filter(({ name }) => name.startsWith(`${word} `))
  const isHelp = next === undefined || next === '--help' || next === '-h'
  if (word === '' || word === '--help' || (inGroup.length > 0 && isHelp)) {
    out.line(...overviewLines(commands, out, word === '--help' ? '' : word))
    return EXIT.fine
  }
  const { didYouMean } = await import('@postdelivery/rules')
  const isGroup = inGroup.length > 0
  const typed = isGroup ? `${word} ${next}` : word
  const known = isGroup ? inGroup.map(({ name }) => name) : wordsOf(commands)
  const hint = word.startsWith('-') ? 'options follow a command' : didYouMean(typed, known)
  const message = `\`${shown(typed)}\` is no command`
  return wrong([hint === undefined ? { message } : { message, hint }], isGroup ? word : '', talk)
}

const wordsOf = (commands: readonly CommandEntry[]): readonly string[] => [
  ...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name)),
]

function wrong(problems: readonly UsageProblem[], name: string, talk: Output): ExitCode {
  for (const { message, hint } of problems)
    talk.line(
      `${talk.paint('red', 'wrong usage')}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
    )
  talk.line(`see \`${['postdelivery', ...(name === '' ? [] : [name]), '--help'].join(' ')}\``)
  return EXIT.usage
}
