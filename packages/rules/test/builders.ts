/** Small valid documents that a test changes in one place. */

import type { Facts, RulesInForce, RuleVerdict } from '@postdelivery/core'
import {
  builtInVocabulary,
  createRuleBook,
  type Issue,
  type RuleSet,
  validateRuleSet,
} from '@postdelivery/rules'

export type Json = Readonly<Record<string, unknown>>

export const vocabulary = builtInVocabulary()

export const damaged = { fact: 'return.reason', operator: 'equal', value: 'damaged' } as const

/** A rule without warnings. */
export const aRule = (changes: Json = {}): Json => ({
  name: 'Damaged goods',
  on: ['return.registered'],
  mode: 'live',
  conditions: { all: [damaged] },
  event: { type: 'review', params: { question: 'Refund at once?' } },
  ...changes,
})

/** A rule set without warnings. */
export const aRuleSet = (changes: Json = {}): Json => ({
  name: 'returns',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [aRule()],
  ...changes,
})

export const withRule = (changes: Json): Json => aRuleSet({ rules: [aRule(changes)] })
export const withConditions = (conditions: unknown): Json => withRule({ conditions })
export const withLeaf = (leaf: Json): Json => withConditions({ all: [{ ...damaged, ...leaf }] })
export const withEvent = (event: unknown): Json => withRule({ event, limits: { perOrder: 1 } })

/** Checks a document as text. */
export const check = (document: unknown) => validateRuleSet(JSON.stringify(document), vocabulary)

/** The codes and places of issues, for comparing. */
export const brief = (issues: readonly Issue[]): readonly string[] =>
  issues.map((issue) => `${issue.code} ${issue.path}`)

/** Checks a document that must be good. */
export function ruleSetOf(document: unknown): RuleSet {
  const checked = check(document)
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues, null, 2))
  return checked.ruleSet
}

/** Puts sets in force, checked or forced. */
export function inForce(...ruleSets: readonly RuleSet[]): RulesInForce {
  const book = createRuleBook(vocabulary, ruleSets)
  if (!book.ok) throw new Error(JSON.stringify(book.error))
  return book.value.inForce()
}

/** A rule set that was never checked, as a defect or an attack could make one. */
export const forced = (rules: readonly Json[]): RuleSet =>
  ({
    name: 'forced',
    version: '1',
    hitPolicy: 'collect',
    publishedBy: null,
    rules: rules.map((rule) => ({ priority: 1, limits: {}, ...rule })),
  }) as unknown as RuleSet

/** What one rule with these conditions says to facts on `return.registered`. */
export async function verdictOf(conditions: unknown, facts: Json): Promise<RuleVerdict> {
  const rules = inForce(ruleSetOf(withConditions(conditions)))
  return only(await rules.evaluate('return.registered', facts as Facts))
}

/** What one unchecked rule says. */
export async function forcedVerdict(changes: Json, facts: Json): Promise<RuleVerdict> {
  return only(await inForce(forced([aRule(changes)])).evaluate('return.registered', facts as Facts))
}

export function only<Value>(list: readonly Value[]): Value {
  const [first, ...others] = list
  if (first === undefined || others.length > 0)
    throw new Error(`one is expected, not ${list.length}`)
  return first
}
