/**
 * A rule changes, with nobody from engineering in the room: it is linted, read, tested, explained, compared with the version
 * in force, and tried on past orders, before any order meets it.
 *
 * What the command line does for people is done here by the functions behind it.
 */
import { readFileSync } from 'node:fs'
import type { Facts } from '@postdelivery/core'
import {
  builtInVocabulary,
  compileRules,
  coverageOf,
  diffRuleSets,
  explainVerdict,
  flipsOf,
  lintRuleSets,
  type RuleSet,
  readRuleTests,
  renderRule,
  runRuleTests,
  scoreMutants,
  validateRuleSet,
} from '@postdelivery/rules'
import { formatMinor } from 'postdelivery'
import { samplePastOrders } from 'postdelivery/testing'
import { type Spent, spendOn } from './spend.ts'

type Print = (line: string) => void

const vocabulary = builtInVocabulary()

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** Goes with a rule from the first draft to the last figure. */
export async function main(print: Print): Promise<void> {
  const before = ruleSetIn('before/returns.rules.json')
  const after = ruleSetIn('after/returns.rules.json')
  const [rule] = after.rules
  if (rule === undefined) throw new Error('the set has no rules')

  print('Damaged goods take three weeks to come back, so 14 days before the due date is too short.')
  print('')
  print('1. A draft, written in a hurry:')
  lintDraft(print)

  print('2. Mended, it reads:')
  print(`   ${renderRule(rule, vocabulary)}`)

  print('3. Its tests:')
  runTests('before/returns.tests.json', after, print)
  runTests('after/returns.tests.json', after, print)

  print('4. Why not this one?')
  explain(
    after,
    { 'return.reason': 'damaged', 'order.payLater': true, 'time.daysToDueDate': 25 },
    print,
  )

  print('5. What is different from the version in force?')
  compare(before, after, print)

  print('6. What would it have done to 1,000 past orders?')
  backtest(before, after, print)
}

function ruleSetIn(path: string): RuleSet {
  const check = validateRuleSet(textOf(path), vocabulary)
  if (!check.ok) throw new Error(JSON.stringify(check.issues))
  return check.ruleSet
}

function lintDraft(print: Print): void {
  const text = textOf('after/returns.rules.json')
    .replace('"return.reason"', '"return.resaon"')
    .replace('"value": 21', '"value": "21"')
  for (const { line, column, message, hint } of lintRuleSets([{ file: 'draft', text }], vocabulary))
    print(`   ${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`)
}

function runTests(path: string, ruleSet: RuleSet, print: Print): void {
  const check = readRuleTests(textOf(path), vocabulary, [ruleSet])
  if (!check.ok) throw new Error(JSON.stringify(check.issues))
  const run = runRuleTests(check.tests, ruleSet, vocabulary)
  print(`   ${path}: ${run.results.length} cases, ${run.failed.length} failed`)
  for (const { testCase, differences } of run.failed) {
    const [first] = differences
    if (first !== undefined)
      print(`     ${testCase.name}: wanted ${first.wanted}, got ${first.got}`)
  }
  const score = scoreMutants(ruleSet, [check.tests], vocabulary)
  if (score === null) return
  print(`     they see ${coverageOf(ruleSet, [run]).percent} % of the comparisons both ways`)
  print(`     they notice ${score.percent} % of ${score.allCount} small mistakes`)
}

function explain(ruleSet: RuleSet, facts: Facts, print: Print): void {
  const [rule] = ruleSet.rules
  const [verdict] = compileRules(vocabulary, [ruleSet]).verdicts('return.registered', facts)
  if (rule === undefined || verdict === undefined) throw new Error('no rule is awake')
  print(`   ${explainVerdict(verdict)}`)
  for (const { sentence } of flipsOf(rule, facts, vocabulary).flips) print(`   It ${sentence}.`)
}

function compare(before: RuleSet, after: RuleSet, print: Print): void {
  for (const { name, parts, witnesses } of diffRuleSets([before], [after], vocabulary).changes) {
    print(`   ${name}: ${parts.join(', ')}`)
    for (const witness of witnesses) {
      print(`     for example ${witness.eventType} with ${JSON.stringify(witness.facts)}`)
      print(`     before: ${saidBy(witness.before)}, after: ${saidBy(witness.after)}`)
    }
  }
}

const saidBy = (said: readonly { readonly action: { readonly type: string } }[]): string =>
  said.length === 0 ? 'nothing' : said.map(({ action }) => action.type).join(', ')

function backtest(before: RuleSet, after: RuleSet, print: Print): void {
  const orders = samplePastOrders({ orderCount: 1000 })
  const spent = [before, after].map((ruleSet) => spendOn(orders, ruleSet, vocabulary))
  const currencies = [...new Set(spent.flatMap((each) => [...each.keys()]))].toSorted()
  print(`   ${'extensions'.padEnd(12)}${'before'.padStart(22)}${'after'.padStart(22)}`)
  for (const currency of currencies) {
    const cells = spent.map((each) => describe(each.get(currency), currency).padStart(22))
    print(`   ${currency.padEnd(12)}${cells.join('')}`)
  }
}

const describe = (spent: Spent | undefined, currency: string): string =>
  spent === undefined ? 'none' : `${spent.count} for ${formatMinor(spent.feeMinor, currency)}`

if (import.meta.main) await main((line) => console.log(line))
