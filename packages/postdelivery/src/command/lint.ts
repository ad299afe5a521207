/** `postdelivery lint`: says all that is wrong with rule files, with places, and settles what is certain. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  applyEdits,
  type LintIssue,
  lintRuleSets,
  type RuleSetFile,
  type Vocabulary,
} from '@postdelivery/rules'
import { type CommandContext, defineCommand, type OptionTable } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { type FoundFile, findFiles, RULES_ENDING } from './find-files.ts'
import { type LintReport, summaryLine, writeLintReport } from './lint-report.ts'
import { readRuleText } from './read-rule-text.ts'
import { readVocabulary } from './read-vocabulary.ts'
import { sayUnreadFolders } from './say-unread-folders.ts'
import { watchFiles } from './watch-files.ts'

const OPTIONS = {
  fix: { type: 'flag', summary: 'change the files where only one correction can be meant' },
  watch: { type: 'flag', summary: 'look again whenever a file changes, until Ctrl-C' },
  'max-warnings': {
    type: 'integer',
    value: 'N',
    min: 0,
    max: 1_000_000,
    summary: 'more warnings than this are a failure; default: any number is fine',
  },
} as const satisfies OptionTable

type LintContext = CommandContext<typeof OPTIONS>

export const lintCommand = defineCommand({
  arguments: [
    {
      name: 'PATH',
      summary: 'rule files or folders; left out: the working folder',
      count: 'any',
      completes: 'files',
    },
  ],
  options: OPTIONS,
  formats: ['pretty', 'json', 'ndjson', 'sarif', 'junit', 'github'],
  readsConfig: true,
  examples: [
    ['lint rules', 'all that is wrong with the rules in `rules`'],
    ['lint rules --fix', 'and mend misspelt words, quotes and the like'],
    ['lint rules --watch', 'again whenever something changes'],
    ['lint rules --format sarif > lint.sarif', 'for code scanning'],
    ['lint rules --max-warnings 0', 'in CI: warnings fail as well'],
  ],
  notes: [
    'Rule sets of one folder are checked together, as they come into force.',
    'Every code has a page with an example in docs/issues. Exit code 1: errors, or too many warnings.',
  ],
  async run(context) {
    const { options, signal } = context
    const vocabulary = await readVocabulary(context, context.arguments)
    if (!options.watch) return runOnce(context, vocabulary)
    const find = () => findRuleFiles(context).map(({ path }) => path)
    await watchFiles(find, async () => void runOnce(context, vocabulary), signal)
    return EXIT.interrupted
  },
})

/** Whoever names all files of a folder names its tests and schemas as well; they are no rules. */
function findRuleFiles(context: LintContext): readonly FoundFile[] {
  const found = findFiles(context, context.arguments, RULES_ENDING)
  const rules = found.filter(({ file }) => !/\.(tests|schema)\.json$/.test(file))
  if (rules.length > 0) return rules
  const hint = '`test` checks tests of rules'
  throw new CommandError(EXIT.usage, 'no rules are among these files', { hint })
}

function runOnce(context: LintContext, vocabulary: Vocabulary): ExitCode {
  const { options, format, out, talk } = context
  const files = findRuleFiles(context).map(({ file, path }) => ({
    file,
    path,
    folder: dirname(path),
    text: readRuleText(path),
  }))
  const folders = [...new Set(files.map(({ folder }) => folder))]
  const reports = folders.map((folder) =>
    lintFolder(
      files.filter((each) => each.folder === folder),
      vocabulary,
      options.fix,
    ),
  )
  const report: LintReport = {
    files: reports.flatMap(({ files }) => files),
    issues: reports.flatMap(({ issues }) => issues),
    fixedCount: reports.reduce((sum, { fixedCount }) => sum + fixedCount, 0),
  }
  writeLintReport(out, report, format)
  talk.line(summaryLine(report))
  sayUnreadFolders(
    talk,
    files.map(({ file }) => file),
  )
  const warnings = report.issues.filter(({ severity }) => severity === 'warning')
  const isFine =
    warnings.length === report.issues.length &&
    warnings.length <= (options['max-warnings'] ?? Number.POSITIVE_INFINITY)
  return isFine ? EXIT.fine : EXIT.findings
}

interface ReadFile extends RuleSetFile {
  readonly path: string
}

/** A correction can bring to light what was hidden behind the mistake. */
const PASS_MAX_COUNT = 10

function lintFolder(
  files: readonly ReadFile[],
  vocabulary: Vocabulary,
  isFixing: boolean,
): LintReport {
  let current = files
  let issues = lintRuleSets(current, vocabulary)
  let fixedCount = 0
  for (let pass = 0; isFixing && pass < PASS_MAX_COUNT; pass += 1) {
    const count = issues.filter(({ fix }) => fix !== undefined).length
    if (count === 0) break
    current = current.map((file) => ({ ...file, text: fixed(file, issues) }))
    fixedCount += count
    issues = lintRuleSets(current, vocabulary)
  }
  for (const [index, { path, text }] of current.entries())
    if (text !== files[index]?.text) writeIfUnchanged(path, files[index]?.text ?? '', text)
  return { files: current, issues, fixedCount }
}

const fixed = ({ file, text }: RuleSetFile, issues: readonly LintIssue[]): string =>
  applyEdits(
    text,
    issues.flatMap((issue) => (issue.file === file && issue.fix !== undefined ? [issue.fix] : [])),
  )

/** What somebody else has written meanwhile is left alone. */
function writeIfUnchanged(path: string, before: string, after: string): void {
  if (readFileSync(path, 'utf8') === before) writeFileSync(path, after)
}
