/** Checks one rule of a set: its fields, the events that wake it, and how often it may act. */
import { isOwnEventType, type RuleLimits, WAKING_EVENT_TYPES } from '@postdelivery/core'
import { checkAction } from './check-action.ts'
import { checkConditions } from './check-conditions.ts'
import {
  addNotListed,
  addWrongType,
  type Fields,
  openFields,
  readInteger,
  readText,
  readWord,
  shown,
} from './fields.ts'
import type { IssueList } from './issues.ts'
import { RULE_MODES, RULE_SET_LIMITS, type Rule } from './rule-set.ts'
import { nearestAdvice } from './suggest.ts'
import type { Vocabulary } from './vocabulary.ts'
import { addRuleWarnings } from './warnings.ts'

/** What was read so far: every field may be anything until the list of issues is known to be empty. */
export type Draft<Checked> = {
  [Key in keyof Checked as Key extends string ? Key : never]?: unknown
}

const RULE_KEYS = {
  required: ['name', 'on', 'mode', 'conditions', 'event'],
  optional: ['description', 'priority', 'limits'],
}
const LIMIT_KEYS = { required: [], optional: ['perOrder', 'perDay'] }

/** Names for people: any text on one line without blanks around it. */
export const RULE_NAME_PATTERN = /^[^\s](?:[^\t\r\n]*[^\s])?$/

/** Checks one rule. Returns a draft that can be trusted when no error was added. */
export function checkRule(
  data: unknown,
  path: string,
  vocabulary: Vocabulary,
  issues: IssueList,
): Draft<Rule> | undefined {
  const fields = openFields(data, path, RULE_KEYS, issues)
  if (fields === undefined) return undefined
  const name = readText(
    fields,
    'name',
    {
      max: RULE_SET_LIMITS.ruleNameMaxLength,
      format: { pattern: RULE_NAME_PATTERN, sentence: 'on one line without blanks around it' },
    },
    issues,
  )
  const description = readText(
    fields,
    'description',
    { max: RULE_SET_LIMITS.descriptionMaxLength },
    issues,
  )
  const on = checkEvents(fields, issues)
  const priorityBounds = { min: 1, max: RULE_SET_LIMITS.priorityMax }
  const priority = readInteger(fields, 'priority', priorityBounds, issues) ?? 1
  const mode = readWord(fields, 'mode', RULE_MODES, issues)
  const checked = Object.hasOwn(data as object, 'conditions')
    ? checkConditions(fields.get('conditions'), fields.at('conditions'), vocabulary, issues)
    : undefined
  const event = checkAction(fields.get('event'), fields.at('event'), issues)
  const limits = checkLimits(fields, issues)
  addRuleWarnings({ path, on, event, limits, factPaths: checked?.factPaths }, issues)
  return {
    name,
    ...(description === undefined ? {} : { description }),
    on,
    priority,
    mode,
    conditions: checked?.conditions,
    event,
    limits,
  }
}

function checkEvents(fields: Fields, issues: IssueList): readonly string[] {
  const on = fields.get('on')
  const path = fields.at('on')
  if (on === undefined) return []
  if (!Array.isArray(on)) {
    const message = `must be a list of event types, \`${shown(on)}\` given`
    issues.add('wrong_type', path, message, {
      hint: 'write the event types in [ ]',
      ...(typeof on === 'string' && isWakingType(on)
        ? { repair: { kind: 'replace_value', value: [on] } }
        : {}),
    })
    return []
  }
  if (on.length === 0) issues.add('empty_list', path, 'a rule that no event wakes does nothing')
  if (on.length > RULE_SET_LIMITS.eventMaxCount) {
    const message = `at most ${RULE_SET_LIMITS.eventMaxCount} events are allowed, ${on.length} given`
    issues.add('too_long', path, message)
    return []
  }
  on.forEach((type, index) => {
    const place = `${path}/${index}`
    if (on.indexOf(type) < index)
      issues.add('repeated_entry', place, `\`${shown(type)}\` is in the list twice`, {
        hint: 'take it out',
        repair: { kind: 'remove_entry' },
      })
    if (typeof type !== 'string') addWrongType(issues, place, 'an event type', type)
    else if (!isWakingType(type)) addUnknownEvent(issues, place, type)
  })
  return on.filter((type) => typeof type === 'string' && isWakingType(type))
}

/** Tells whether rules can wake on events of a type. */
export const isWakingType = (type: string): boolean =>
  WAKING_EVENT_TYPES.includes(type) || isOwnEventType(type)

/** Says that no event of this type wakes rules, with the nearest that does. */
export function addUnknownEvent(issues: IssueList, path: string, type: string): void {
  if (type.startsWith('shop.')) {
    const hint = 'after `shop.` come lower-case letters, digits, `_`, `-` and `.`'
    issues.add('unknown_event', path, `\`${shown(type)}\` cannot be an event of your own`, hint)
    return
  }
  const advice = nearestAdvice(type, WAKING_EVENT_TYPES, (value) => ({
    kind: 'replace_value',
    value,
  }))
  if (advice === undefined) addNotListed(issues, 'unknown_event', path, type, WAKING_EVENT_TYPES)
  else issues.add('unknown_event', path, `no event \`${shown(type)}\` wakes rules`, advice)
}

function checkLimits(fields: Fields, issues: IssueList): RuleLimits {
  if (fields.get('limits') === undefined) return {}
  const limits = openFields(fields.get('limits'), fields.at('limits'), LIMIT_KEYS, issues)
  if (limits === undefined) return {}
  const bounds = { min: 1, max: RULE_SET_LIMITS.limitMax }
  const perOrder = readInteger(limits, 'perOrder', bounds, issues)
  const perDay = readInteger(limits, 'perDay', bounds, issues)
  return {
    ...(perOrder === undefined ? {} : { perOrder }),
    ...(perDay === undefined ? {} : { perDay }),
  }
}
