/** Scripts by which bash, zsh and fish complete the command: everything is written out, nothing is run while typing. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A command as shells complete it. */
export interface CompletedCommand {
  readonly name: string
  readonly summary: string
  readonly options: readonly CompletedOption[]
  /** Words that may follow it. */
  readonly arguments: readonly string[]
  readonly takesFiles: boolean
}

export interface CompletedOption {
  /** With its dashes. */
  readonly name: string
  readonly summary: string
  readonly takesValue: boolean
  readonly values: readonly string[]
  readonly isFile: boolean
}

/** Writes the script of a shell. */
export const scriptFor = (shell: Shell, commands: readonly CompletedCommand[]): string =>
  SCRIPTS[shell](commands)

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: (commands) =>
    `${bashFunction(commands)}complete -o default -F _postdelivery postdelivery\n`,
  zsh: (commands) =>
    `#compdef postdelivery\nautoload -U +X bashcompinit && bashcompinit\n${bashFunction(commands)}complete -o default -F _postdelivery postdelivery\n`,
  fish: fishScript,
}

/** One function for bash and zsh: the value of the option before, else options, else words. */
function bashFunction(commands: readonly CompletedCommand[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(
        (option) =>
          `    ${quote(`${name} ${option.name}`)}) words=${quote(option.values.join(' '))}; files=${option.isFile ? 1 : 0} ;;`,
      ),
  )
  const own = commands.map(
    ({ name, options, arguments: words, takesFiles }) =>
      `      ${quote(name)}) options=${quote(options.map((option) => option.name).join(' '))}; words="$words "${quote(words.join(' '))}; files=${takesFiles ? 1 : 0} ;;`,
  )
  return `_postdelivery() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local first="\${COMP_WORDS[1]}" second="\${COMP_WORDS[2]}" name="" words="" options="" files=0
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quote(firstWords(commands).join(' '))} -- "$current"))
    return
  fi
  name="$first"
  case "$first $second" in
    ${
      commands
        .filter(({ name }) => name.includes(' '))
        .map(({ name }) => quote(name))
        .join('|') || quote(' ')
    }) if [ "$COMP_CWORD" -gt 2 ]; then name="$first $second"; fi ;;
  esac
  case "$name $previous" in
${values.join('\n')}
    *)
      if [ "$COMP_CWORD" -eq 2 ]; then
        case "$first" in
${groups(commands)
  .map(([group, words]) => `          ${quote(group)}) words=${quote(words.join(' '))} ;;`)
  .join('\n')}
        esac
      fi
      case "$name" in
${own.join('\n')}
      esac
      if [ "\${current#-}" != "$current" ]; then words="$options"; files=0; fi ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "$files" -eq 1 ]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
`
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const seen = (words: readonly string[]): string =>
    words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ')
  const lines = commands.flatMap(({ name, summary, options, arguments: words, takesFiles }) => {
    const [first = '', second] = name.split(' ')
    const head =
      second === undefined
        ? `complete -c postdelivery -n __fish_use_subcommand -f -a ${quote(first)} -d ${quote(summary)}`
        : `complete -c postdelivery -n ${quote(`${seen([first])}; and not ${seen([second])}`)} -f -a ${quote(second)} -d ${quote(summary)}`
    const when = `-n ${quote(seen(name.split(' ')))}`
    return [
      head,
      ...(takesFiles
        ? []
        : [
            `complete -c postdelivery ${when} -f${words.length === 0 ? '' : ` -a ${quote(words.join(' '))}`}`,
          ]),
      ...options.map((option) => {
        const value = option.takesValue
          ? ` ${option.isFile ? '-r -F' : '-x'}${option.values.length === 0 ? '' : ` -a ${quote(option.values.join(' '))}`}`
          : ''
        return `complete -c postdelivery ${when} -l ${option.name.slice(2)}${value} -d ${quote(option.summary)}`
      }),
    ]
  })
  const heads = groups(commands)
    .filter(([group]) => !commands.some(({ name }) => name === group))
    .map(([group]) => `complete -c postdelivery -n __fish_use_subcommand -f -a ${quote(group)}`)
  return `${[...heads, ...lines].join('\n')}\n`
}

const firstWords = (commands: readonly CompletedCommand[]): readonly string[] => [
  ...new Set(['help', ...commands.map(({ name }) => name.split(' ')[0] ?? name)]),
]

/** Second words by first word. */
function groups(
  commands: readonly CompletedCommand[],
): readonly (readonly [group: string, words: readonly string[]])[] {
  const words = new Map<string, string[]>()
  for (const { name } of commands) {
    const [first = '', second] = name.split(' ')
    if (second !== undefined) words.set(first, [...(words.get(first) ?? []), second])
  }
  return [...words]
}

/** In single quotes, which all three shells leave alone. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
