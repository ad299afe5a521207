/** `postdelivery test`: runs the tests that stand beside rules. */
import { type CaseResult, didYouMean, runRuleTests, type Vocabulary } from '@postdelivery/rules'
import { type CommandContext, defineCommand, type OptionTable } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { scoreData, scoreSets, writeScores } from './mutation-report.ts'
import { printable } from './output.ts'
import { shown } from './parse-arguments.ts'
import { proposeTests } from './propose-tests.ts'
import { readVocabulary } from './read-vocabulary.ts'
import { sayUnreadFolders } from './say-unread-folders.ts'
import { countCases, summaryLine, type TestReport, writeTestReport } from './test-report.ts'
import { listTestedFiles, readTestedRules, type TestedRules } from './tested-rules.ts'
import { quoted } from './type-again.ts'
import { watchFiles } from './watch-files.ts'

const OPTIONS = {
  rule: { type: 'text', value: 'NAME', summary: 'only cases in which this rule is asked' },
  watch: { type: 'flag', summary: 'run again whenever a file changes, until Ctrl-C' },
  mutation: {
    type: 'flag',
    summary: 'also make small mistakes in the rules and count what tests notice',
  },
  propose: {
    type: 'flag',
    summary: 'show the cases at boundaries that no test covers, with what the rules say now',
  },
  write: { type: 'flag', summary: 'with --propose: ask for each case, and write those with a yes' },
  yes: { type: 'flag', summary: 'with --propose --write: a yes to all of them' },
} as const satisfies OptionTable

export const testCommand = defineCommand({
  arguments: [
    {
      name: 'PATH',
      summary: 'rule files, test files or folders; left out: the working folder',
      count: 'any',
      completes: 'files',
    },
  ],
  options: OPTIONS,
  formats: ['pretty', 'json', 'ndjson', 'junit', 'github'],
  readsConfig: true,
  examples: [
    ['test rules', 'run all tests in `rules`'],
    ['test rules --watch', 'and again whenever something changes'],
    ['test rules/returns.rules.json --mutation', 'which mistakes would nobody notice?'],
    ['test rules --propose --write', 'answer yes or no to the cases that are missing'],
    ['test rules --format junit > tests.xml', 'for CI'],
  ],
  notes: [
    'Tests stand in `*.tests.json` beside `*.rules.json`; docs/rule-tests.md shows how they are written.',
    'Exit code 1: a case fails, or a file has a mistake.',
  ],
  async run(context) {
    const { options, format, signal } = context
    if (!options.propose && (options.write || options.yes))
      throw new CommandError(EXIT.usage, '`--write` and `--yes` go with `--propose`')
    if (options.yes && !options.write)
      throw new CommandError(EXIT.usage, '`--yes` goes with `--propose --write`')
    if (options.propose && format !== 'pretty' && format !== 'json')
      throw new CommandError(EXIT.usage, '`--propose` is written as `pretty` or `json`')
    const vocabulary = await readVocabulary(context, context.arguments)
    if (!options.watch) return runOnce(context, vocabulary)
    const find = () => listTestedFiles(context, context.arguments)
    await watchFiles(find, async () => void (await runOnce(context, vocabulary)), signal)
    return EXIT.interrupted
  },
})

type TestContext = CommandContext<typeof OPTIONS>

async function runOnce(context: TestContext, vocabulary: Vocabulary): Promise<ExitCode> {
  const { options, format, out, talk } = context
  const rules = readTestedRules(context, context.arguments, vocabulary)
  const report = reportOf(rules, vocabulary, options.rule)
  const isFine = countCases(report).failedCount === 0 && report.issues.length === 0
  if (options.propose && isFine) return proposeTests(context, rules.sets, vocabulary)
  const scores = options.mutation ? scoreSets(rules.sets, vocabulary, talk) : []
  const mutation = options.mutation ? { mutation: scores.map(scoreData) } : {}
  writeTestReport(out, report, { format, ...mutation })
  if (format === 'pretty') writeScores(out, scores)
  talk.line(summaryLine(report))
  for (const { file, testFiles } of rules.sets) {
    // A file that cannot be read is of a set that is not known here.
    if (testFiles.length > 0 || report.issues.length > 0) continue
    const next = `${context.program} test ${quoted(file)} --propose`
    talk.line(`no tests stand beside ${printable(file)}; to see some: ${next}`)
  }
  sayUnreadFolders(
    talk,
    [...rules.sets, ...rules.issues].map(({ file }) => file),
  )
  return isFine ? EXIT.fine : EXIT.findings
}

function reportOf(
  { sets, issues, placeOf }: TestedRules,
  vocabulary: Vocabulary,
  rule: string | undefined,
): TestReport {
  const names = sets.flatMap(({ ruleSet }) => ruleSet.rules.map(({ name }) => name))
  if (rule !== undefined && !names.includes(rule)) {
    const hint = didYouMean(rule, names)
    const message = `no rule is named \`${shown(rule)}\``
    throw new CommandError(EXIT.findings, message, hint === undefined ? {} : { hint })
  }
  const isAsked = ({ verdicts }: CaseResult): boolean =>
    rule === undefined || verdicts.some((verdict) => verdict.rule === rule)
  const files = sets.flatMap(({ ruleSet, testFiles }) =>
    testFiles.map(({ file, tests }) => {
      const { results, failed } = runRuleTests(tests, ruleSet, vocabulary)
      const run = { results: results.filter(isAsked), failed: failed.filter(isAsked) }
      return { file, ruleSet: ruleSet.name, run }
    }),
  )
  return { files, issues, placeOf }
}
