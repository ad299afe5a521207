/** Shows the cases that no test covers, asks a person whether the rules are right there, and writes what they say yes to. */
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  formatJson,
  type ProposedCase,
  proposeCases,
  readRuleTests,
  renderRule,
  runRuleTests,
  type Vocabulary,
  type WrittenCase,
} from '@postdelivery/rules'
import type { CommandContext } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { printable } from './output.ts'
import type { TestedSet } from './tested-rules.ts'
import { typeAgain } from './type-again.ts'

/** What `--propose` is called with. */
type ProposeContext = Pick<
  CommandContext,
  'format' | 'out' | 'talk' | 'program' | 'words' | 'signal'
> & {
  readonly options: { readonly write: boolean; readonly yes: boolean }
}

interface SetProposals {
  readonly set: TestedSet
  readonly proposals: readonly ProposedCase[]
}

/** Proposes cases for all sets. Exit code 1: a person said no to one, so a rule is wrong there. */
export async function proposeTests(
  context: ProposeContext,
  sets: readonly TestedSet[],
  vocabulary: Vocabulary,
): Promise<ExitCode> {
  const { format, out, talk, options } = context
  const found = sets.map((set): SetProposals => {
    const tests = set.testFiles.map((each) => each.tests)
    return { set, proposals: proposeCases(set.ruleSet, tests, vocabulary) ?? [] }
  })
  if (format === 'json') out.data({ proposals: found.flatMap(proposalData) })
  if (options.write) return writeAnswered(context, found, vocabulary)
  if (format === 'json') return EXIT.fine
  for (const { set, proposals } of found) {
    out.line(`${printable(set.file)}: ${proposals.length} cases that no test covers`)
    for (const each of proposals) out.line(...proposalLines(each, vocabulary))
  }
  if (found.some(({ proposals }) => proposals.length > 0))
    talk.line('to answer yes or no to each:', `  ${typeAgain(context, ['--write'])}`)
  return EXIT.fine
}

async function writeAnswered(
  context: ProposeContext,
  found: readonly SetProposals[],
  vocabulary: Vocabulary,
): Promise<ExitCode> {
  const { options, talk } = context
  if (found.every(({ proposals }) => proposals.length === 0)) {
    talk.line('no case is missing; nothing is written')
    return EXIT.fine
  }
  const answers = options.yes ? YES_TO_ALL : openAnswers(context)
  let isWrong = false
  try {
    for (const { set, proposals } of found) {
      const { accepted, rejected, isQuit } = await askAll(
        { ...context, vocabulary },
        proposals,
        answers,
      )
      for (const { shows } of rejected)
        talk.line(`look at \`${printable(shows.rule.name)}\`: ${printable(set.file)}#${shows.path}`)
      isWrong ||= rejected.length > 0
      if (accepted.length > 0) {
        const file = writeCases(set, accepted, vocabulary)
        talk.line(`${accepted.length} cases are written to ${printable(file)}`)
      }
      if (isQuit) break
    }
  } finally {
    answers.close()
  }
  return isWrong ? EXIT.findings : EXIT.fine
}

async function askAll(
  { format, out, vocabulary }: ProposeContext & { readonly vocabulary: Vocabulary },
  proposals: readonly ProposedCase[],
  answers: Answers,
): Promise<{
  readonly accepted: readonly WrittenCase[]
  readonly rejected: readonly ProposedCase[]
  readonly isQuit: boolean
}> {
  const accepted: WrittenCase[] = []
  const rejected: ProposedCase[] = []
  for (const each of proposals) {
    if (format === 'pretty') out.line(...proposalLines(each, vocabulary))
    const answer = await answers.ask()
    if (answer === 'quit') return { accepted, rejected, isQuit: true }
    if (answer === 'yes') accepted.push(each.written)
    else rejected.push(each)
  }
  return { accepted, rejected, isQuit: false }
}

type Answer = 'yes' | 'no' | 'quit'

interface Answers {
  ask(): Promise<Answer>
  close(): void
}

const YES_TO_ALL: Answers = { ask: async () => 'yes', close: () => {} }

function openAnswers({ signal, talk }: ProposeContext): Answers {
  if (process.stdin.isTTY !== true)
    throw new CommandError(EXIT.usage, 'nobody is here to say yes or no', {
      hint: 'say `--yes` to take all of them, after reading them without `--write`',
    })
  const input = createInterface({ input: process.stdin, output: process.stderr, prompt: PROMPT })
  // Ctrl-D and Ctrl-C end the lines, and so the questions.
  const lines = input[Symbol.asyncIterator]()
  signal.addEventListener('abort', () => input.close(), { once: true })
  return {
    close: () => input.close(),
    async ask(): Promise<Answer> {
      for (;;) {
        input.prompt()
        const { done, value } = await lines.next()
        if (done === true) return 'quit'
        const said = value.trim().toLowerCase()
        const answer = ANSWERS.find((each) => said !== '' && each.startsWith(said))
        if (answer !== undefined) return answer
        talk.line('  write y, n or q')
      }
    },
  }
}

const PROMPT = '  is that right? yes, no, quit: '
const ANSWERS: readonly Answer[] = ['yes', 'no', 'quit']

function proposalLines(
  { written, sentence, shows }: ProposedCase,
  vocabulary: Vocabulary,
): readonly string[] {
  const facts = Object.entries(written.facts).map(
    ([name, value]) => `${name} ${JSON.stringify(value)}`,
  )
  const asks = written.expect.fires.map(({ rule, action, params }) => {
    const with_ = params === undefined ? '' : ` ${JSON.stringify(params)}`
    return `  then    ${printable(rule)} asks for ${action}${printable(with_)}`
  })
  return [
    '',
    printable(written.name),
    `  rule    ${printable(renderRule(shows.rule, vocabulary))}`,
    `  on      ${written.on}`,
    `  given   ${printable(facts.join(', '))}`,
    ...(asks.length === 0 ? ['  then    nothing'] : asks),
    `  because ${printable(sentence)}`,
    `  no test would notice ${printable(shows.change)} at ${shows.path}`,
  ]
}

const proposalData = ({ set, proposals }: SetProposals) =>
  proposals.map(({ written, sentence, shows }) => ({
    file: set.file,
    case: written,
    sentence,
    shows: { path: shows.path, change: shows.change },
  }))

/** Adds cases to the set's first file of tests, or makes one beside the rules. Returns its name. */
function writeCases(
  { ruleSet, testFiles, file, folder }: TestedSet,
  cases: readonly WrittenCase[],
  vocabulary: Vocabulary,
): string {
  const [known] = testFiles
  const name = known?.file ?? file.replace(/(\.rules)?\.json$/, '.tests.json')
  const path = join(folder, basename(name))
  if (known === undefined && existsSync(path))
    throw new CommandError(EXIT.conflict, `\`${name}\` is there and tests another rule set`)
  const before = known === undefined ? { ruleSet: ruleSet.name, cases: [] } : JSON.parse(known.text)
  const text = formatJson({ ...before, cases: [...before.cases, ...cases] })
  const check = readRuleTests(text, vocabulary, [ruleSet])
  if (!check.ok || runRuleTests(check.tests, ruleSet, vocabulary).failed.length > 0)
    throw new Error('the proposed cases do not pass')
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
  return name
}
