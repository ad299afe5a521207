/** `postdelivery completion`: a script for the shell, made from the table of commands. */
import {
  type CommandDefinition,
  type CommandEntry,
  defineCommand,
  type OptionDefinition,
} from './command-definition.ts'
import { EXIT } from './exit-codes.ts'
import { optionsOf } from './parse-arguments.ts'
import { type CompletedCommand, SHELLS, scriptFor } from './shell-scripts.ts'

export const completionCommand = defineCommand({
  arguments: [{ name: 'SHELL', summary: SHELLS.join(', '), completes: SHELLS }],
  options: {},
  examples: [
    ['completion bash > ~/.local/share/bash-completion/completions/postdelivery', 'bash'],
    ['completion zsh > ~/.zfunc/_postdelivery', 'zsh, with `~/.zfunc` in `fpath`'],
    ['completion fish > ~/.config/fish/completions/postdelivery.fish', 'fish'],
  ],
  async run({ arguments: [shell = ''], commands, out, talk }) {
    const known = SHELLS.find((each) => each === shell)
    if (known === undefined) {
      talk.line(`wrong usage: SHELL is one of ${SHELLS.map((each) => `\`${each}\``).join(', ')}`)
      return EXIT.usage
    }
    out.text(scriptFor(known, await Promise.all(commands.map(completedOf))))
    return EXIT.fine
  },
})

async function completedOf({ name, summary, load }: CommandEntry): Promise<CompletedCommand> {
  const definition = await load()
  return {
    name,
    summary,
    options: Object.entries(optionsOf(definition)).map(([option, found]) => ({
      name: `--${option}`,
      summary: found.summary,
      takesValue: found.type !== 'flag',
      values: valuesOf(found),
      isFile: 'value' in found && found.value === 'FILE',
    })),
    arguments: wordsOf(definition),
    takesFiles: definition.arguments.some(({ completes }) => completes === 'files'),
  }
}

const valuesOf = (option: OptionDefinition): readonly string[] =>
  option.type === 'choice' ? option.choices : []

const wordsOf = (definition: CommandDefinition): readonly string[] =>
  definition.arguments.flatMap(({ completes }) =>
    completes === undefined || completes === 'files' ? [] : completes,
  )
