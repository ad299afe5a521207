/** `postdelivery fmt`: writes rule files and their tests in the one form that changes are compared in. */
import { writeFileSync } from 'node:fs'
import { formatRuleSet } from '@postdelivery/rules'
import { type CommandContext, defineCommand, type OptionTable } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { type FoundFile, findFiles } from './find-files.ts'
import { printable } from './output.ts'
import { readRuleText } from './read-rule-text.ts'

const OPTIONS = {
  check: { type: 'flag', summary: 'change nothing; exit 1 when a file would change' },
} as const satisfies OptionTable

/** Tests with whole stories are longer than rules. */
const FILE_MAX_BYTES = 16_777_216

export const fmtCommand = defineCommand({
  arguments: [
    {
      name: 'PATH',
      summary: 'rule files, test files or folders; left out: the working folder',
      count: 'any',
      completes: 'files',
    },
  ],
  options: OPTIONS,
  formats: ['pretty', 'json'],
  examples: [
    ['fmt rules', 'format all rules and tests in `rules`'],
    ['fmt rules --check', 'in CI: is everything formatted?'],
  ],
  notes: ['The meaning stays: a rule set has the same hash before and after.'],
  async run({ options, format, out, talk, ...context }) {
    const looked = findFormatted(context).map((found) => look(found))
    const changed = looked.filter((each) => each.status === 'changed')
    if (!options.check) for (const { path, text } of changed) writeFileSync(path, text)
    const bad = looked.filter((each) => each.status === 'bad')
    if (format === 'json')
      out.data({
        changed: changed.map(({ file }) => file),
        bad: bad.map(({ file, text }) => ({ file, message: text })),
      })
    else for (const { file } of changed) out.line(printable(file))
    for (const { file, text } of bad) talk.line(`${printable(file)}: ${printable(text)}`)
    const word = options.check ? 'would change' : 'changed'
    talk.line(`${changed.length} of ${looked.length} files ${word}`)
    return exitCodeOf(bad.length, options.check ? changed.length : 0)
  },
})

const exitCodeOf = (badCount: number, changedCount: number): ExitCode =>
  badCount > 0 || changedCount > 0 ? EXIT.findings : EXIT.fine

/** Rule files and test files; folders that have only one kind are fine. */
function findFormatted(
  context: Pick<CommandContext, 'resolve' | 'arguments'>,
): readonly FoundFile[] {
  const found = new Map<string, FoundFile>()
  let failure: unknown
  for (const ending of ['.rules.json', '.tests.json']) {
    try {
      for (const each of findFiles(context, context.arguments, ending)) found.set(each.path, each)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      failure ??= error
    }
  }
  if (found.size === 0) throw failure
  return [...found.values()]
}

interface Looked extends FoundFile {
  readonly status: 'same' | 'changed' | 'bad'
  /** The text as it should be, or why there is none. */
  readonly text: string
}

function look({ file, path }: FoundFile): Looked {
  const before = readRuleText(path, FILE_MAX_BYTES)
  const formatted = formatRuleSet(before)
  if (formatted.ok) {
    const status = formatted.value === before ? 'same' : 'changed'
    return { file, path, status, text: formatted.value }
  }
  const [issue] = formatted.error
  const text = `${issue?.message ?? 'cannot be read'}; \`lint\` says more`
  return { file, path, status: 'bad', text }
}
