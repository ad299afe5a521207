/** A small rule set with tests, and short ways to read and run them. */
import {
  builtInVocabulary,
  type CaseResult,
  createVocabulary,
  type Difference,
  defineFact,
  type RuleSet,
  type RuleTests,
  readRuleTests,
  runRuleTests,
  type Vocabulary,
  validateRuleSet,
} from '@postdelivery/rules'

export type Json = Readonly<Record<string, unknown>>

export const vocabulary = builtInVocabulary()

/** More time within 14 days, payment at once up to 500.00, and a person for dear returns. */
export const RULES: Json = {
  name: 'returns',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [
    {
      name: 'More time',
      on: ['return.registered'],
      mode: 'live',
      priority: 10,
      conditions: {
        all: [
          { fact: 'return.reason', operator: 'equal', value: 'damaged' },
          { fact: 'order.payLater', operator: 'equal', value: true },
          { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 },
        ],
      },
      event: { type: 'extendDueDate', params: { choose: 'longest', maxFeeMinor: { SEK: 1000 } } },
      limits: { perOrder: 1 },
    },
    {
      name: 'Pay back',
      on: ['return.received', 'return.inspected'],
      mode: 'live',
      conditions: {
        all: [
          { fact: 'return.reason', operator: 'in', value: ['damaged', 'wrong item'] },
          { not: { fact: 'return.valueMinor', operator: 'greaterThan', value: 50000 } },
        ],
      },
      event: { type: 'refund', params: { basis: 'returned_items' } },
      limits: { perOrder: 2 },
    },
  ],
}

/** Checks a rule set that must be good. */
export function ruleSetFrom(document: Json = RULES, words: Vocabulary = vocabulary): RuleSet {
  const check = validateRuleSet(JSON.stringify(document), words)
  if (!check.ok) throw new Error(JSON.stringify(check.issues))
  return check.ruleSet
}

export const returns = ruleSetFrom()

/** A vocabulary with a fact that is read on demand. */
export function withTier(): Vocabulary {
  const tier = defineFact({
    name: 'customer.tier',
    type: 'text',
    values: ['plain', 'gold'],
    sentence: 'how good a customer they are',
    load: async () => 'gold',
  })
  const made = createVocabulary([tier])
  if (!made.ok) throw new Error('a good fact')
  return made.value
}

export const damagedFacts = {
  'return.reason': 'damaged',
  'order.payLater': true,
  'time.daysToDueDate': 6,
}

/** A case that passes. */
export const aCase = (changes: Json = {}): Json => ({
  name: 'six days to the due date',
  on: 'return.registered',
  facts: damagedFacts,
  expect: { fires: [{ rule: 'More time' }] },
  ...changes,
})

/** An order of two shirts at 100.00 SEK, due on the first of December. */
const anOrder = {
  at: '2026-11-01T10:00:00Z',
  order: {
    currency: 'SEK',
    country: 'SE',
    payLater: true,
    authorizedMinor: 20000,
    remainingAuthorizedMinor: 0,
  },
  captures: [
    {
      captureId: 'c-1',
      capturedMinor: 20000,
      capturedAt: '2026-11-01T10:00:00Z',
      dueOn: '2026-12-01',
      lines: [
        {
          reference: 'shirt',
          name: 'Shirt',
          quantity: 2,
          unitPriceMinor: 10000,
          totalMinor: 20000,
        },
      ],
    },
  ],
}

/** A return of one shirt. */
export const aReturn = (type: string, at: string, more: Json = {}): Json => ({
  type,
  at,
  returnId: 'R-1',
  reason: 'damaged',
  lines: [{ reference: 'shirt', quantity: 1 }],
  ...more,
})

export const aStory = (events: readonly Json[], changes: Json = {}): Json => ({
  name: 'a story',
  order: anOrder,
  events,
  ...changes,
})

export const aFile = (cases: readonly Json[], changes: Json = {}): Json => ({
  ruleSet: 'returns',
  cases,
  ...changes,
})

/** Reads a file of tests. */
export const read = (document: unknown, words: Vocabulary = vocabulary, ruleSet = returns) =>
  readRuleTests(JSON.stringify(document), words, [ruleSet])

/** Reads tests that must be good. */
export function testsFrom(
  cases: readonly Json[],
  changes: Json = {},
  ruleSet: RuleSet = returns,
  words: Vocabulary = vocabulary,
): RuleTests {
  const check = read(aFile(cases, { ruleSet: ruleSet.name, ...changes }), words, ruleSet)
  if (!check.ok) throw new Error(JSON.stringify(check.issues, null, 2))
  return check.tests
}

/** Runs one case. */
export function runCase(testCase: Json, changes: Json = {}): CaseResult {
  const [result] = runRuleTests(testsFrom([testCase], changes), returns, vocabulary).results
  if (result === undefined) throw new Error('one case gives one result')
  return result
}

/** Differences in short: place below the case, wanted, got. */
export const brief = (differences: readonly Difference[]): readonly string[] =>
  differences.map(({ path, wanted, got }) => `${path.replace('/cases/0', '')}: ${wanted} / ${got}`)
