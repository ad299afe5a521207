/** `postdelivery import`: takes over rules that were written for json-rules-engine, as drafts. */
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { type Issue, importJsonRulesEngine, RULE_SET_LIMITS } from '@postdelivery/rules'
import { type CommandContext, defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { type Output, printable } from './output.ts'
import { readVocabulary } from './read-vocabulary.ts'

export const importCommand = defineCommand({
  arguments: [
    { name: 'FILE', summary: 'a JSON document of json-rules-engine', completes: 'files' },
  ],
  options: {
    on: { type: 'list', value: 'EVENT', summary: 'the type of an event that wakes the rules' },
    name: { type: 'text', value: 'NAME', summary: 'name of the set (default: that of the file)' },
    mode: {
      type: 'choice',
      choices: ['draft', 'shadow', 'approval', 'live'],
      summary: 'mode of all rules (default draft: they act on nothing)',
    },
    'published-by': { type: 'text', value: 'WHO', summary: 'who publishes the set' },
  },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    [
      'import old.json --on return.registered > rules/old.rules.json',
      'write what can be taken over into a rule set',
    ],
    ['import old.json --on return.registered --json', 'the same with all issues, for programs'],
  ],
  notes: [
    'The rule set goes to standard output, what is refused and why to standard error.',
    'Facts of your own are known from the configuration. Exit code 1: some rules are left out.',
  ],
  async run(context) {
    const [file = ''] = context.arguments
    const { options, format, out, talk } = context
    if (options.on.length === 0)
      throw new CommandError(EXIT.usage, 'no event is named that wakes the rules', {
        hint: 'say for example `--on return.registered`',
      })
    const publishedBy = options['published-by']
    const taken = importJsonRulesEngine(
      readText(context, file),
      await readVocabulary(context, []),
      {
        name: options.name ?? basename(file).replace(/\..*$/, ''),
        on: options.on,
        ...(options.mode === undefined ? {} : { mode: options.mode }),
        ...(publishedBy === undefined ? {} : { publishedBy }),
      },
    )
    if (format === 'json') out.data(taken)
    else {
      for (const issue of taken.issues) sayIssue(talk, file, issue)
      if (taken.text !== null) out.text(taken.text)
      talk.line(`rules taken over: ${taken.takenCount}, left out: ${taken.refusedCount}`)
    }
    const isComplete = taken.text !== null && taken.refusedCount === 0
    return isComplete ? EXIT.fine : EXIT.findings
  },
})

/** No text that is longer than a rule file may be is read. */
function readText({ resolve }: Pick<CommandContext, 'resolve'>, file: string): string {
  const path = resolve(file)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats?.isFile() !== true)
    throw new CommandError(EXIT.usage, `\`${printable(file)}\` is no file`)
  if (stats.size > BYTES_PER_UNIT_MAX * RULE_SET_LIMITS.textMaxLength)
    throw new CommandError(EXIT.usage, `\`${printable(file)}\` is too large for rules`)
  return readFileSync(path, 'utf8')
}

/** UTF-8 takes at most so many bytes for one UTF-16 code unit. */
const BYTES_PER_UNIT_MAX = 3

function sayIssue(
  talk: Output,
  file: string,
  { code, severity, path, message, hint }: Issue,
): void {
  const colour = severity === 'error' ? 'red' : 'yellow'
  const place = `${printable(file)} ${path === '' ? '/' : printable(path)}`
  talk.line(`${talk.paint(colour, code)} ${place}: ${printable(message)}`)
  if (hint !== undefined) talk.line(talk.paint('dim', `  ${printable(hint)}`))
}
