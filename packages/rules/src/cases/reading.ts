/** What the parts of a test file are read with, and the small readers that they share. */
import { escaped, type Facts, type FactValue, isPlainRecord } from '@postdelivery/core'
import { checkEntry } from '../check-conditions.ts'
import { addUnknownEvent, isWakingType, RULE_NAME_PATTERN } from '../check-rule.ts'
import { addWrongType, type Fields, readText, shown } from '../fields.ts'
import type { IssueList } from '../issues.ts'
import { isKnownValue } from '../operators.ts'
import type { RuleSet } from '../rule-set.ts'
import { didYouMean } from '../suggest.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { RULE_TEST_LIMITS } from './rule-tests.ts'

export interface CaseReading {
  readonly vocabulary: Vocabulary
  readonly issues: IssueList
  /** The set under test. */
  readonly ruleSet: RuleSet
}

/** Reads the name of a case. */
export const readCaseName = (fields: Fields, issues: IssueList): string | undefined =>
  readText(
    fields,
    'name',
    {
      max: RULE_TEST_LIMITS.caseNameMaxLength,
      format: { pattern: RULE_NAME_PATTERN, sentence: 'on one line without blanks around it' },
    },
    issues,
  )

/** Reads the type of the event that wakes the rules. */
export function readWakingType(fields: Fields, key: string, issues: IssueList): string | undefined {
  const type = readText(fields, key, { max: RULE_TEST_LIMITS.nameMaxLength }, issues)
  if (type === undefined) return undefined
  if (isWakingType(type)) return type
  addUnknownEvent(issues, fields.at(key), type)
  return undefined
}

/** Reads facts by name, each of its own type. What is unknown is left out. */
export function readFacts(
  data: unknown,
  path: string,
  { vocabulary, issues }: Pick<CaseReading, 'vocabulary' | 'issues'>,
): Facts {
  if (data === undefined) return {}
  if (!isPlainRecord(data)) {
    addWrongType(issues, path, 'an object of facts', data)
    return {}
  }
  const facts: [string, FactValue][] = []
  for (const [name, value] of Object.entries(data)) {
    const place = `${path}/${escaped(name)}`
    const definition = vocabulary.definitionOf(name)
    if (definition === undefined) {
      const hint =
        didYouMean(name, vocabulary.names) ?? 'facts of your own are declared in code first'
      issues.add('unknown_fact', place, `there is no fact \`${shown(name)}\``, hint)
    } else if (value === null) {
      const message = `\`${name}\` has no value`
      issues.add(
        'operand_mismatch',
        place,
        message,
        'leave it out: a fact that is not there is unknown',
      )
    } else {
      checkEntry(value, place, definition, issues)
      if (isKnownValue(value, definition)) facts.push([name, value as FactValue])
    }
  }
  return Object.fromEntries(facts)
}

/** Reads a list of different entries, each by a reader of its own; what cannot be read is left out. */
export function readList<Entry>(
  fields: Fields,
  key: string,
  bounds: { readonly max: number; readonly of: string },
  {
    issues,
    read,
  }: {
    readonly issues: IssueList
    readonly read: (data: unknown, path: string) => Entry | undefined
  },
): readonly Entry[] | undefined {
  const data = fields.get(key)
  const path = fields.at(key)
  if (data === undefined) return undefined
  if (!Array.isArray(data)) {
    addWrongType(issues, path, `a list of ${bounds.of}`, data)
    return undefined
  }
  if (data.length > bounds.max) {
    const message = `at most ${bounds.max} entries are allowed, ${data.length} given`
    issues.add('too_long', path, message)
    return undefined
  }
  return data.flatMap((each, index) => read(each, `${path}/${index}`) ?? [])
}
