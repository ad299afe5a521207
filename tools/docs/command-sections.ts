/** The generated sections about the command: the list of commands, each with its help, and the exit codes. */
import { code, fence, table } from './markdown.ts'
import type { Sections } from './markers.ts'

interface Entry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<unknown>
}

/** The parts of the command that are written into documents; imported by path, since the package exports none of them. */
interface Command {
  readonly COMMANDS: readonly Entry[]
  readonly EXIT: Readonly<Record<string, number>>
  readonly EXIT_SENTENCES: Readonly<Record<string, string>>
  readonly commandLines: (
    entry: Entry,
    definition: unknown,
    output: { readonly paint: (style: string, text: string) => string },
  ) => readonly string[]
}

/** All sections that the folder of the command gives. */
export async function commandSections(folder: URL): Promise<Sections> {
  const files = ['commands.ts', 'exit-codes.ts', 'help.ts'] as const
  const parts = await Promise.all(files.map((file) => import(new URL(file, folder).href)))
  const command = Object.assign({}, ...parts) as Command
  const help = await Promise.all(command.COMMANDS.map((entry) => helpOf(command, entry)))
  return new Map([
    [
      'commands',
      table(
        ['Command', 'What it does'],
        command.COMMANDS.map(({ name, summary }) => [
          `[${code(name)}](#${anchorOf(name)})`,
          summary,
        ]),
      ),
    ],
    [
      'exit-codes',
      table(
        ['Code', 'Meaning'],
        Object.entries(command.EXIT).map(([name, exitCode]) => [
          String(exitCode),
          command.EXIT_SENTENCES[name] ?? '',
        ]),
      ),
    ],
    ['command-help', help.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))],
  ])
}

async function helpOf({ commandLines }: Command, entry: Entry): Promise<readonly string[]> {
  const lines = commandLines(entry, await entry.load(), { paint: (_, text) => text })
  return [`### ${entry.name}`, '', ...fence('text', lines)]
}

const anchorOf = (name: string): string => name.replaceAll(' ', '-')
