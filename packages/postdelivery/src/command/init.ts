/** `postdelivery init`: makes a folder to begin with. Everything is written, or nothing. */
import { basename, join, relative } from 'node:path'
import { TEMPLATE_NAMES } from '../templates.ts'
import { type CommandContext, defineCommand } from './command-definition.ts'
import { EXIT } from './exit-codes.ts'
import { nextSteps, shopFiles } from './shop-files.ts'
import { quoted } from './type-again.ts'
import { writeAllOrNothing } from './write-all-or-nothing.ts'

const DEFAULT_TEMPLATE = 'damaged-goods'

export const initCommand = defineCommand({
  arguments: [
    { name: 'DIR', summary: 'the folder; it is made when it is not there', completes: 'files' },
  ],
  options: {
    template: {
      type: 'choice',
      choices: TEMPLATE_NAMES,
      summary: `the rules to begin with; default: ${DEFAULT_TEMPLATE}`,
    },
  },
  formats: ['pretty', 'json'],
  examples: [
    ['init ../shop', 'a configuration, a rule set with its tests, sample orders'],
    [
      'init ../shop --template lost-parcel',
      'with the rules of another situation, see docs/templates.md',
    ],
  ],
  notes: [
    'Files that are there already are never changed: a name that clashes ends it before anything is written.',
  ],
  async run(context) {
    const { arguments: args, options, format, out, resolve } = context
    const folder = resolve(args[0] ?? '')
    const template = options.template ?? DEFAULT_TEMPLATE
    const steps = stepsOf(context, folder)
    const files = await shopFiles({ name: basename(folder), template, steps })
    writeAllOrNothing(folder, files)
    const names = files.map(({ path }) => path)
    if (format === 'json')
      out.data({ folder, template, files: names, next: steps.map(([line]) => line) })
    else {
      out.line(`${out.paint('green', 'made')} ${folder}`, ...names.map((name) => `  ${name}`), '')
      out.line(
        'Next:',
        ...steps.flatMap(([line, what]) => [`  ${out.paint('dim', `# ${what}`)}`, `  ${line}`]),
      )
    }
    return EXIT.fine
  },
})

/** What to type next, as it is typed where the command was called. */
function stepsOf(
  { program, commands, cwd }: CommandContext,
  folder: string,
): readonly (readonly [line: string, what: string])[] {
  const known = new Set(commands.map(({ name }) => name))
  const path = (name: string): string =>
    quoted(shorter(relative(cwd, join(folder, name)), join(folder, name)))
  return nextSteps(path)
    .filter(([words]) => known.has(words.split(' ')[0] ?? ''))
    .map(([words, what]) => [`${program} ${words}`, what] as const)
}

const shorter = (a: string, b: string): string => (a.length < b.length ? a : b)
