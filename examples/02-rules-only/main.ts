/** Evaluates and explains rules without the engine: no order, no store, no Klarna. */
import { readFileSync } from 'node:fs'
import type { Facts } from '@postdelivery/core'
import {
  createRuleBook,
  createVocabulary,
  defineFact,
  explainVerdict,
  validateRuleSet,
} from '@postdelivery/rules'

const tier = defineFact({
  name: 'customer.tier',
  type: 'text',
  nullable: true,
  sentence: "the customer's loyalty tier",
})

const customers: readonly [string, Facts][] = [
  [
    'a gold customer whose tomatoes were damaged',
    {
      'event.problem': 'damaged',
      'customer.tier': 'gold',
      'capture.capturedMinor': 6000,
      'order.country': 'SE',
      'time.daysSinceCapture': 3,
    },
  ],
  [
    'a German customer whose parcel is late',
    {
      'event.problem': 'late',
      'capture.capturedMinor': 6000,
      'order.country': 'DE',
      'time.daysSinceCapture': 9,
    },
  ],
  [
    'somebody of whom too little is known',
    { 'event.problem': 'damaged', 'capture.capturedMinor': 6000, 'time.daysSinceCapture': 30 },
  ],
]

/** Says what the rules say to three customers, and what is wrong with a rule that was written in a hurry. */
export async function main(print: (line: string) => void): Promise<void> {
  const vocabulary = createVocabulary([tier])
  if (!vocabulary.ok) throw new Error('the vocabulary has issues')
  const text = readFileSync(new URL('rules/goodwill.rules.json', import.meta.url), 'utf8')
  const check = validateRuleSet(text, vocabulary.value)
  if (!check.ok) throw new Error(JSON.stringify(check.issues))
  const book = createRuleBook(vocabulary.value, [check.ruleSet])
  if (!book.ok) throw new Error(JSON.stringify(book.error))

  for (const [who, facts] of customers) {
    print(`${who}:`)
    for (const verdict of await book.value.inForce().evaluate('customer.reported', facts)) {
      print(`  ${verdict.verdict.padEnd(7)} ${verdict.rule}`)
      print(`          ${explainVerdict(verdict)}`)
    }
  }

  print('a rule written in a hurry:')
  const hurried = text
    .replace('"event.problem"', '"event.problme"')
    .replace('"percent": 50', '"percent": 150')
  for (const issue of validateRuleSet(hurried, vocabulary.value).issues) {
    const hint = issue.hint === undefined ? '' : ` (${issue.hint})`
    print(`  ${issue.path}: ${issue.message}${hint}`)
  }
}

if (import.meta.main) await main((line) => console.log(line))
