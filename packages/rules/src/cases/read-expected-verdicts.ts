/** Reads what a case expects of rules: which fire, which are silent, which cannot tell, and because of what. */
import { ACTION_TYPES, isPlainRecord } from '@postdelivery/core'
import { comparisonsIn } from '../analyse/cells.ts'
import {
  addNotListed,
  addWrongType,
  type Fields,
  openFields,
  readText,
  readWord,
  shown,
} from '../fields.ts'
import type { Rule } from '../rule-set.ts'
import { didYouMean } from '../suggest.ts'
import { type CaseReading, readList } from './reading.ts'
import {
  type ExpectedFiring,
  type ExpectedSilence,
  type ExpectedVerdicts,
  RULE_TEST_LIMITS,
} from './rule-tests.ts'

/** The lists of expectations. */
export const VERDICT_KEYS = ['fires', 'silent', 'unknown'] as const

const FIRING_KEYS = { required: ['rule'], optional: ['action', 'params', 'because', 'sentence'] }
const SILENCE_KEYS = { required: ['rule'], optional: ['because', 'sentence'] }

/** Reads the lists. `on` is the event's type, undefined when it could not be read. */
export function readExpectedVerdicts(
  fields: Fields,
  on: string | undefined,
  reading: CaseReading,
): ExpectedVerdicts {
  const places = new Map<string, string>()
  const listOf = <Entry>(key: string, read: (data: unknown, path: string) => Entry | undefined) =>
    readList(
      fields,
      key,
      { max: RULE_TEST_LIMITS.ruleMaxCount, of: 'rules' },
      { issues: reading.issues, read },
    )
  const silence = (data: unknown, path: string) => readSilence(data, path, { on, places, reading })
  return {
    fires: listOf('fires', (data, path) => readFiring(data, path, { on, places, reading })) ?? null,
    silent: listOf('silent', silence) ?? [],
    unknown: listOf('unknown', silence) ?? [],
  }
}

interface Expecting {
  readonly on: string | undefined
  /** Where each rule is named in this case. */
  readonly places: Map<string, string>
  readonly reading: CaseReading
}

function readFiring(data: unknown, path: string, expecting: Expecting): ExpectedFiring | undefined {
  const { issues } = expecting.reading
  const fields = openFields(data, path, FIRING_KEYS, issues)
  if (fields === undefined) return undefined
  const silence = readSilenceFields(fields, expecting)
  const action = readWord(fields, 'action', ACTION_TYPES, issues) ?? null
  const params = fields.get('params')
  if (params !== undefined && !isPlainRecord(params))
    addWrongType(issues, fields.at('params'), 'an object', params)
  if (silence === undefined) return undefined
  return { ...silence, action, params: isPlainRecord(params) ? params : null }
}

function readSilence(
  data: unknown,
  path: string,
  expecting: Expecting,
): ExpectedSilence | undefined {
  const fields = openFields(data, path, SILENCE_KEYS, expecting.reading.issues)
  return fields === undefined ? undefined : readSilenceFields(fields, expecting)
}

function readSilenceFields(fields: Fields, expecting: Expecting): ExpectedSilence | undefined {
  const { issues } = expecting.reading
  const rule = readRule(fields, expecting)
  const bounds = { max: RULE_TEST_LIMITS.sentenceMaxLength }
  const sentence = readText(fields, 'sentence', bounds, issues) ?? null
  if (rule === undefined) return undefined
  return {
    path: fields.path,
    rule: rule.name,
    because: readBecause(fields, rule, expecting),
    sentence,
  }
}

function readRule(fields: Fields, { on, places, reading }: Expecting): Rule | undefined {
  const { issues, ruleSet } = reading
  const name = readText(fields, 'rule', { max: RULE_TEST_LIMITS.ruleNameMaxLength }, issues)
  const path = fields.at('rule')
  if (name === undefined) return undefined
  const rule = ruleSet.rules.find((each) => each.name === name)
  if (rule === undefined) {
    const names = ruleSet.rules.map((each) => each.name)
    const hint =
      didYouMean(name, names) ??
      `its rules: ${names
        .map((each) => `\`${shown(each)}\``)
        .slice(0, 5)
        .join(', ')}`
    issues.add('unknown_rule', path, `\`${ruleSet.name}\` has no rule \`${shown(name)}\``, hint)
    return undefined
  }
  const other = places.get(name)
  if (other !== undefined)
    issues.add(
      'repeated_entry',
      path,
      `\`${shown(name)}\` is expected at ${other} already`,
      'keep one',
    )
  places.set(name, fields.path)
  if (on !== undefined && !rule.on.includes(on)) {
    const message = `\`${shown(name)}\` does not wake on \`${on}\``
    issues.add(
      'rule_not_awake',
      path,
      message,
      `it wakes on ${rule.on.map((each) => `\`${each}\``).join(', ')}`,
    )
  }
  return rule
}

function readBecause(
  fields: Fields,
  rule: Rule,
  { reading: { issues } }: Expecting,
): readonly string[] | null {
  const known = [...new Set(comparisonsIn(rule.conditions).map(({ fact }) => fact))]
  const bounds = { max: RULE_TEST_LIMITS.conditionMaxCount, of: 'facts' }
  const seen = new Set<unknown>()
  const read = (fact: unknown, path: string): string | undefined => {
    if (seen.has(fact))
      issues.add('repeated_entry', path, `\`${shown(fact)}\` is in the list twice`)
    seen.add(fact)
    const name = known.find((each) => each === fact)
    if (name === undefined) addNotListed(issues, 'not_listed', path, fact, known)
    return name
  }
  return readList(fields, 'because', bounds, { issues, read }) ?? null
}
