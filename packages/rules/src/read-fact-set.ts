/** Reads facts that people write down as one JSON object, to ask what rules say to them. */
import { err, type Facts, ok, type Result } from '@postdelivery/core'
import { readFacts } from './cases/reading.ts'
import { createIssueList, type Issue } from './issues.ts'
import { readJson } from './read-json.ts'
import { RULE_SET_LIMITS } from './rule-set.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * Reads facts by name from a JSON text. What is left out is unknown.
 *
 * Bounded and strict as a rule file is. Returns: the facts, or all that is wrong with them, with places. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, readFactSet } from '@postdelivery/rules'
 *
 * const read = readFactSet('{ "order.paylater": true }', builtInVocabulary())
 * expect(read.ok ? [] : read.error.map((issue) => issue.hint)).toEqual(['did you mean `order.payLater`?'])
 * ```
 */
export function readFactSet(text: string, vocabulary: Vocabulary): Result<Facts, readonly Issue[]> {
  const issues = createIssueList()
  const data = readJson(text, RULE_SET_LIMITS, issues)
  const facts = data === undefined ? {} : readFacts(data, '', { vocabulary, issues })
  return issues.hasErrors() ? err(issues.sorted()) : ok(facts)
}
