/** Explains rules without an order: each in its sentence, or what all of them say to facts that a person writes down. */
import { stdin } from 'node:process'
import { type Facts, isOwnEventType, WAKING_EVENT_TYPES } from '@postdelivery/core'
import {
  compileRules,
  didYouMean,
  type FileIssue,
  nearMissesOf,
  type Rule,
  type RuleSet,
  readFactSet,
  renderRule,
  type Vocabulary,
  validateRuleSets,
} from '@postdelivery/rules'
import { explainRule, sayOptionsOf } from '../rule-explanation.ts'
import type { CommandContext } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { writeRules } from './explanation-report.ts'
import { findRulesInForce } from './find-files.ts'
import { printable } from './output.ts'
import { shown } from './parse-arguments.ts'
import { readRuleText } from './read-rule-text.ts'
import { readVocabulary } from './read-vocabulary.ts'

/** Which rules, and what they are asked. */
export interface RulesQuestion {
  /** A rule file, or a folder of them. */
  readonly path: string
  readonly rule?: string | undefined
  readonly action?: string | undefined
  readonly facts?: string | undefined
  readonly on?: string | undefined
}

/** Explains the rules of files. */
export async function explainRules(
  context: CommandContext,
  question: RulesQuestion,
): Promise<ExitCode> {
  const { facts, on } = question
  if ((facts === undefined) !== (on === undefined))
    throw new CommandError(EXIT.usage, '`--facts` and `--on` go together', {
      hint: 'for example `--facts facts.json --on return.registered`',
    })
  if (on !== undefined && !WAKING_EVENT_TYPES.includes(on) && !isOwnEventType(on)) {
    const hint = didYouMean(on, WAKING_EVENT_TYPES) ?? `one of ${WAKING_EVENT_TYPES.join(', ')}`
    throw new CommandError(EXIT.usage, `no event \`${shown(on)}\` wakes rules`, { hint })
  }
  const vocabulary = await readVocabulary(context, [question.path])
  const rules = rulesOf(readSets(context, question.path, vocabulary)).filter((each) =>
    isAsked(each, question),
  )
  if (rules.length === 0) throw noSuchRule(question)
  if (facts === undefined || on === undefined) return sayRules(context, rules, vocabulary)
  const known = await readFacts(context, facts, vocabulary)
  return askRules(context, { rules, on, facts: { ...known, 'event.type': on } }, vocabulary)
}

interface NamedRule {
  readonly set: RuleSet
  readonly rule: Rule
}

function readSets(
  context: CommandContext,
  path: string,
  vocabulary: Vocabulary,
): readonly RuleSet[] {
  const files = findRulesInForce(context, path).map((found) => ({
    file: found.file,
    text: readRuleText(found.path),
  }))
  const check = validateRuleSets(files, vocabulary)
  if (check.ok) return check.ruleSets
  throw refused(check.issues)
}

function refused(issues: readonly FileIssue[]): CommandError {
  const errors = issues.filter(({ severity }) => severity === 'error')
  const [first] = errors
  const place = first === undefined ? '' : `${first.file}${first.path}: ${first.message}`
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new CommandError(EXIT.findings, printable(`the rules cannot be read: ${place}${more}`), {
    hint: 'see all of it with `postdelivery lint`',
  })
}

const rulesOf = (sets: readonly RuleSet[]): readonly NamedRule[] =>
  sets.flatMap((set) => set.rules.map((rule) => ({ set, rule })))

const isAsked = ({ set, rule }: NamedRule, question: RulesQuestion): boolean =>
  (question.rule === undefined ||
    [rule.name, `${set.name}/${rule.name}`].includes(question.rule)) &&
  (question.action === undefined || rule.event.type === question.action)

const noSuchRule = ({ rule, action }: RulesQuestion): CommandError => {
  const wanted = [
    ...(rule === undefined ? [] : [`is named \`${shown(rule)}\``]),
    ...(action === undefined ? [] : [`asks for \`${action}\``]),
  ]
  return new CommandError(EXIT.findings, `no rule ${wanted.join(' and ')}`)
}

function sayRules(
  { format, out }: CommandContext,
  rules: readonly NamedRule[],
  vocabulary: Vocabulary,
): ExitCode {
  const said = rules.map(({ set, rule }) => ({
    ruleSet: set.name,
    rule: rule.name,
    mode: rule.mode,
    says: renderRule(rule, vocabulary),
  }))
  if (format === 'json') out.data({ rules: said })
  else
    for (const { ruleSet, rule, says } of said)
      out.line(out.paint('bold', printable(`${ruleSet}/${rule}`)), `  ${printable(says)}`)
  return EXIT.fine
}

interface Asked {
  readonly rules: readonly NamedRule[]
  readonly on: string
  readonly facts: Facts
}

function askRules(
  { format, out }: CommandContext,
  { rules, on, facts }: Asked,
  vocabulary: Vocabulary,
): ExitCode {
  const sets = [...new Set(rules.map(({ set }) => set))]
  const find = (ruleSet: string, name: string): Rule | undefined =>
    rules.find(({ set, rule }) => set.name === ruleSet && rule.name === name)?.rule
  const verdicts = compileRules(vocabulary, sets)
    .verdicts(on, facts)
    .filter((each) => find(each.ruleSet, each.rule) !== undefined)
  const explained = verdicts.map((verdict) =>
    explainRule(verdict, { facts, rule: find(verdict.ruleSet, verdict.rule), vocabulary }),
  )
  const nearMisses = nearMissesOf(verdicts, facts, vocabulary, sayOptionsOf(facts))
  if (format === 'json') out.data({ on, facts, rules: explained, nearMisses })
  else if (explained.length === 0) out.line(`no rule wakes on ${printable(on)}`)
  else writeRules(out, explained)
  return EXIT.fine
}

async function readFacts(
  context: CommandContext,
  file: string,
  vocabulary: Vocabulary,
): Promise<Facts> {
  const text = file === '-' ? await readInput() : readFileOf(context, file)
  const read = readFactSet(text, vocabulary)
  if (read.ok) return read.value
  const [first] = read.error
  const message = `the facts cannot be read: ${first?.path === '' ? '' : `${first?.path}: `}${first?.message}`
  throw new CommandError(EXIT.usage, printable(message), {
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
  })
}

function readFileOf({ resolve }: CommandContext, file: string): string {
  try {
    return readRuleText(resolve(file))
  } catch (cause) {
    throw new CommandError(EXIT.usage, `\`${shown(file)}\` cannot be read`, { cause })
  }
}

/** As much as a file may have; what goes beyond is refused for its length. */
const INPUT_MAX_LENGTH = 1_048_577

async function readInput(): Promise<string> {
  let text = ''
  stdin.setEncoding('utf8')
  for await (const chunk of stdin) {
    text += String(chunk)
    if (text.length > INPUT_MAX_LENGTH) break
  }
  return text
}
