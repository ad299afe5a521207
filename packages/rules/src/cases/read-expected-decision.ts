/** Reads what a story expects of one decision: its actions with what becomes of them, and what rules say. */
import { ACTION_TYPES, type DecidedAction, REFUSALS, type RefusalCode } from '@postdelivery/core'
import { type Fields, openFields, readInteger, readText, readWord } from '../fields.ts'
import { readExpectedVerdicts, VERDICT_KEYS } from './read-expected-verdicts.ts'
import { type CaseReading, readList } from './reading.ts'
import { type ExpectedAction, type ExpectedDecision, RULE_TEST_LIMITS } from './rule-tests.ts'

export const DECISION_KEYS = ['actions', 'refusal', ...VERDICT_KEYS] as const

const ACTION_KEYS = {
  required: ['type'],
  optional: ['rule', 'outcome', 'refusal', 'refundMinor', 'feeMinor', 'days', 'sentence'],
}

/** What can become of an action, for editors and for people. */
export const OUTCOMES: readonly DecidedAction['outcome'][] = [
  'queued',
  'awaiting_approval',
  'superseded',
  'refused',
  'not_live',
  'observed',
  'conflict',
  'done',
]

/** The codes of all refusals. */
export const REFUSAL_CODES = Object.keys(REFUSALS) as readonly RefusalCode[]

/** Reads what is expected of a decision on an event of type `on`. */
export function readExpectedDecision(
  fields: Fields,
  on: string,
  reading: CaseReading,
): ExpectedDecision {
  const bounds = { max: RULE_TEST_LIMITS.ruleMaxCount, of: 'actions' }
  const read = (data: unknown, path: string) => readExpectedAction(data, path, reading)
  return {
    ...readExpectedVerdicts(fields, on, reading),
    actions: readList(fields, 'actions', bounds, { issues: reading.issues, read }) ?? [],
    refusal: readWord(fields, 'refusal', REFUSAL_CODES, reading.issues) ?? null,
  }
}

function readExpectedAction(
  data: unknown,
  path: string,
  { issues, ruleSet }: CaseReading,
): ExpectedAction | undefined {
  const fields = openFields(data, path, ACTION_KEYS, issues)
  const type = fields === undefined ? undefined : readWord(fields, 'type', ACTION_TYPES, issues)
  if (fields === undefined || type === undefined) return undefined
  const amount = (key: string) =>
    readInteger(fields, key, { min: 0, max: Number.MAX_SAFE_INTEGER }, issues) ?? null
  const names = ruleSet.rules.map((rule) => rule.name)
  return {
    path,
    type,
    outcome: readWord(fields, 'outcome', OUTCOMES, issues) ?? null,
    rule: readWord(fields, 'rule', names, issues) ?? null,
    refusal: readWord(fields, 'refusal', REFUSAL_CODES, issues) ?? null,
    refundMinor: amount('refundMinor'),
    feeMinor: amount('feeMinor'),
    days: amount('days'),
    sentence:
      readText(fields, 'sentence', { max: RULE_TEST_LIMITS.sentenceMaxLength }, issues) ?? null,
  }
}
