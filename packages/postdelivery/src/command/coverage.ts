/** `postdelivery coverage`: what tests have seen of rules, and which mistakes they would not notice. */
import {
  type Coverage,
  coverageOf,
  renderComparison,
  runRuleTests,
  type SeenVerdicts,
  type Vocabulary,
} from '@postdelivery/rules'
import { defineCommand } from './command-definition.ts'
import { EXIT } from './exit-codes.ts'
import { scoreData, scoreSets, writeScores } from './mutation-report.ts'
import { type Output, printable } from './output.ts'
import { readVocabulary } from './read-vocabulary.ts'
import { issueLines } from './test-report.ts'
import { readTestedRules } from './tested-rules.ts'
import { writeTable } from './write-table.ts'

export const coverageCommand = defineCommand({
  arguments: [
    {
      name: 'PATH',
      summary: 'rule files, test files or folders; left out: the working folder',
      count: 'any',
      completes: 'files',
    },
  ],
  options: {
    min: {
      type: 'integer',
      value: 'PERCENT',
      min: 0,
      max: 100,
      summary: 'exit with 1 when a rule set has less',
    },
    mutation: {
      type: 'flag',
      summary: 'also make small mistakes in the rules and count what tests notice',
    },
    all: { type: 'flag', summary: 'list what is covered as well' },
  },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    ['coverage rules', 'what the tests of all rule sets in `rules` have not seen'],
    ['coverage rules/returns.rules.json --min 100', 'exit with 1 when anything was not seen'],
    ['coverage rules --mutation', 'which thresholds no test would notice'],
  ],
  notes: [
    'Counted: every rule firing and silent, every comparison true and false. Unknown is shown and not counted.',
    'With --mutation, --min holds for the share of noticed mistakes as well.',
  ],
  async run(context) {
    const { options, format, out, talk } = context
    const vocabulary = await readVocabulary(context, context.arguments)
    const { sets, issues, placeOf } = readTestedRules(context, context.arguments, vocabulary)
    for (const issue of issues) talk.line(...issueLines(talk, issue, placeOf))
    const covered = sets.map((set) => ({
      file: set.file,
      coverage: coverageOf(
        set.ruleSet,
        set.testFiles.map(({ tests }) => runRuleTests(tests, set.ruleSet, vocabulary)),
      ),
    }))
    const scores = options.mutation ? scoreSets(sets, vocabulary, talk) : []
    if (format === 'json') {
      const coverage = covered.map((each) => ({ file: each.file, ...each.coverage }))
      out.data({ coverage, ...(options.mutation ? { mutation: scores.map(scoreData) } : {}) })
    } else {
      for (const each of covered) writeCoverage(out, each, { isAll: options.all, vocabulary })
      writeScores(out, scores)
    }
    const min = options.min ?? 0
    const isBelow =
      covered.some(({ coverage }) => coverage.percent < min) ||
      scores.some(({ score }) => (score?.percent ?? 0) < min)
    return issues.length > 0 || isBelow ? EXIT.findings : EXIT.fine
  },
})

function writeCoverage(
  out: Output,
  { file, coverage }: { readonly file: string; readonly coverage: Coverage },
  { isAll, vocabulary }: { readonly isAll: boolean; readonly vocabulary: Vocabulary },
): void {
  const { rules, percent, seenCount, allCount } = coverage
  const head = `coverage  ${printable(file)}  ${out.paint('bold', `${percent} %`)}`
  out.line(`${head}  ${seenCount} of ${allCount} seen`)
  const rows = rules.flatMap(({ rule, seen, comparisons }) => [
    { what: rule, seen, isGap: hasGap(seen) || comparisons.some((each) => hasGap(each.seen)) },
    ...comparisons.map(({ fact, operator, value, seen }) => ({
      what: `- ${renderComparison({ fact, operator, value }, vocabulary)}`,
      seen,
      isGap: hasGap(seen),
    })),
  ])
  writeTable(
    out,
    ['RULE, CONDITION', 'TRUE', 'FALSE', 'UNKNOWN', ''],
    rows
      .filter(({ isGap }) => isAll || isGap)
      .map(({ what, seen }) => [
        what,
        String(seen.true),
        String(seen.false),
        String(seen.unknown),
        (['true', 'false'] as const)
          .flatMap((verdict) => (seen[verdict] === 0 ? `never ${verdict}` : []))
          .join(', '),
      ]),
  )
}

const hasGap = (seen: SeenVerdicts): boolean => seen.true === 0 || seen.false === 0
