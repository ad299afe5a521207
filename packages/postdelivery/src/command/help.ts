/** Help as lines of text: of the program, of a group such as `orders`, of one command with its examples first. */
import type {
  ArgumentDefinition,
  CommandDefinition,
  CommandEntry,
  OptionDefinition,
} from './command-definition.ts'
import { EXIT, EXIT_SENTENCES } from './exit-codes.ts'
import type { Output } from './output.ts'
import { optionsOf } from './parse-arguments.ts'

/** Help of the program, or of the commands that begin with a word. */
export function overviewLines(
  commands: readonly CommandEntry[],
  { paint }: Pick<Output, 'paint'>,
  group = '',
): readonly string[] {
  const listed = commands.filter(
    ({ name }) => group === '' || name === group || name.startsWith(`${group} `),
  )
  const width = Math.max(...listed.map(({ name }) => name.length))
  return [
    group === ''
      ? 'postdelivery: what happens to a Klarna order after delivery'
      : `postdelivery ${group}`,
    '',
    ...(group === '' ? ['  postdelivery COMMAND [OPTION ...]', ''] : []),
    ...listed.map(({ name, summary }) => `  ${paint('bold', name.padEnd(width))}  ${summary}`),
    '',
    'See `postdelivery COMMAND --help` for examples and options.',
    ...(group === '' ? ['', 'Exit codes:', ...exitLines()] : []),
  ]
}

const exitLines = (): readonly string[] =>
  rowLines(
    Object.entries(EXIT).map(([name, exitCode]) => [
      String(exitCode),
      // Both tables have the same keys.
      EXIT_SENTENCES[name as keyof typeof EXIT],
    ]),
  )

/** Help of one command: examples, then usage, options, notes. */
export function commandLines(
  { name, summary }: Pick<CommandEntry, 'name' | 'summary'>,
  definition: CommandDefinition,
  { paint }: Pick<Output, 'paint'>,
): readonly string[] {
  const { examples, notes = [] } = definition
  return [
    `postdelivery ${name}: ${summary}`,
    '',
    ...examples.flatMap(([line, what]) => [
      `  ${paint('dim', `# ${what}`)}`,
      `  ${paint('bold', `postdelivery ${line}`)}`,
    ]),
    '',
    `Usage: ${usageOf(name, definition)}`,
    '',
    ...rowLines(rowsOf(definition)),
    ...notes.flatMap((note) => ['', ...wrapped(note, LINE_MAX_LENGTH)]),
  ]
}

/** One line: how a command is typed. */
const usageOf = (name: string, definition: CommandDefinition): string =>
  [
    ...['postdelivery', ...name.split(' '), ...definition.arguments.map(placeOf)],
    ...Object.entries(optionsOf(definition))
      .filter(([, option]) => 'isRequired' in option)
      .map(([option, found]) => `--${option}${placeholderOf(found)}`),
    '[OPTION ...]',
  ].join(' ')

/** Arguments and options of a command, each with its sentence. */
const rowsOf = (
  definition: CommandDefinition,
): readonly (readonly [what: string, summary: string])[] => [
  ...definition.arguments.map(({ name, summary }) => [name, summary] as const),
  ...Object.entries(optionsOf(definition)).map(
    ([name, option]) => [`--${name}${placeholderOf(option)}`, sentenceOf(option)] as const,
  ),
]

const placeOf = ({ name, count }: ArgumentDefinition): string => {
  if (count === 'optional') return `[${name}]`
  if (count === 'any') return `[${name} ...]`
  return count === 'many' ? `${name} ...` : name
}

const placeholderOf = (option: OptionDefinition): string => {
  if (option.type === 'flag') return ''
  if (option.type !== 'choice') return ` ${option.value}`
  const choices = option.choices.join('|')
  return ` ${choices.length > CHOICES_MAX_LENGTH ? 'WORD' : choices}`
}

/** Choices that are too many for the line of the option stand behind its sentence. */
const sentenceOf = (option: OptionDefinition): string =>
  option.type === 'choice' && placeholderOf(option) === ' WORD'
    ? `${option.summary}: ${option.choices.join(', ')}`
    : option.summary

const CHOICES_MAX_LENGTH = 40

/** Lines up the sentences; a long option gets a line of its own. */
function rowLines(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.min(Math.max(...rows.map(([what]) => what.length)), WIDTH_MAX)
  return rows.flatMap(([what, summary]) => {
    const [first = '', ...others] = wrapped(summary, LINE_MAX_LENGTH - width - 4)
    const rest = others.map((line) => `${''.padEnd(width + 4)}${line}`)
    return what.length > width
      ? [`  ${what}`, `${''.padEnd(width + 4)}${first}`, ...rest]
      : [`  ${what.padEnd(width)}  ${first}`, ...rest]
  })
}

function wrapped(text: string, lengthMax: number): readonly string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= lengthMax) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}

const WIDTH_MAX = 26
const LINE_MAX_LENGTH = 100
