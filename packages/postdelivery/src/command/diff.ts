/** `postdelivery diff`: what changed in meaning between two versions of rules. */
import { diffRuleSets, renderDiff } from '@postdelivery/rules'
import { defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { printable } from './output.ts'
import { readVocabulary } from './read-vocabulary.ts'
import { readVersion } from './version-files.ts'

export const diffCommand = defineCommand({
  arguments: [
    {
      name: 'VERSION',
      summary: 'BEFORE and AFTER: a rule file each, or a folder of rules each',
      count: 'many',
      completes: 'files',
    },
  ],
  options: {
    'exit-code': { type: 'flag', summary: 'exit with 1 when the meaning changed, or may have' },
  },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    ['diff old/rules rules', 'what changed, with an order that shows it for each change'],
    ['diff returns.v3.rules.json returns.v4.rules.json --exit-code', 'for CI'],
  ],
  notes: [
    'Layout, descriptions and other words for the same conditions are no change in meaning.',
    'Every example order was evaluated with both versions.',
  ],
  async run(context) {
    const { options, format, out } = context
    const [before = '', after = ''] = twoOf(context.arguments)
    const vocabulary = await readVocabulary(context, [after])
    const sets = {
      before: readVersion(context, before, vocabulary).ruleSets,
      after: readVersion(context, after, vocabulary).ruleSets,
    }
    const diff = diffRuleSets(sets.before, sets.after, vocabulary)
    if (format === 'json') out.data(diff)
    else {
      for (const line of renderDiff(diff, sets, vocabulary)) {
        const indent = line.length - line.trimStart().length
        const text = `${' '.repeat(indent)}${printable(line.trimStart())}`
        out.line(indent === 0 && diff.changes.length > 0 ? out.paint('bold', text) : text)
      }
    }
    return options['exit-code'] && diff.effect !== 'none' ? EXIT.findings : EXIT.fine
  },
})

function twoOf(paths: readonly string[]): readonly string[] {
  if (paths.length === 2) return paths
  throw new CommandError(EXIT.usage, `two versions are compared, ${paths.length} given`)
}
