/** Checks the conditions of one rule: shape, facts, operators and the types of what is compared. */
import { escaped, type FactDefinition, isPlainRecord } from '@postdelivery/core'
import { addNotListed, addUnknownKey, addWrongType, openFields, shown } from './fields.ts'
import type { Advice, IssueList } from './issues.ts'
import { isKnownValue, OPERATORS, type OperatorDefinition, operatorOf } from './operators.ts'
import { type Condition, type ConditionGroup, RULE_SET_LIMITS } from './rule-set.ts'
import { nearestAdvice, suggest, surelyMeant } from './suggest.ts'
import type { Vocabulary } from './vocabulary.ts'

interface Checking {
  readonly vocabulary: Vocabulary
  readonly issues: IssueList
  /** Facts that the rule names, with their first place. */
  readonly factPaths: Map<string, string>
  count: number
}

const GROUPS = ['all', 'any', 'not'] as const
const OPERATOR_NAMES = OPERATORS.map((each) => each.name)
const COMPARISON_KEYS = ['fact', 'operator', 'value'] as const

/** Parts of json-rules-engine's documents that are left out, with what to do instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  condition: 'write the conditions out where they are used',
  path: 'name the fact itself; a path can run code',
  params: 'name the fact itself; facts take no params',
  priority: 'every condition is looked at; leave it out',
  name: "say it in the rule's `description`",
}

/**
 * Checks the conditions of a rule.
 *
 * Returns: the conditions, to be trusted when no issue was added, and the places of the facts that they name.
 */
export function checkConditions(
  data: unknown,
  path: string,
  vocabulary: Vocabulary,
  issues: IssueList,
): { readonly conditions: ConditionGroup; readonly factPaths: ReadonlyMap<string, string> } {
  const checking: Checking = { vocabulary, issues, factPaths: new Map(), count: 0 }
  const conditions = checkCondition(data, path, checking)
  if (isPlainRecord(data) && !hasGroup(data)) {
    const message = 'the conditions of a rule are a group'
    issues.add('not_a_group', path, message, {
      hint: 'write { "all": [ … ] } around it',
      repair: { kind: 'replace_value', value: { all: [data] } },
    })
  }
  if (checking.count > RULE_SET_LIMITS.conditionMaxCount) {
    const message = `a rule has at most ${RULE_SET_LIMITS.conditionMaxCount} conditions, ${checking.count} given`
    issues.add('too_many', path, message, 'split the rule, or compare with `in`')
  }
  return { conditions: conditions as ConditionGroup, factPaths: checking.factPaths }
}

const hasGroup = (data: Readonly<Record<string, unknown>>): boolean =>
  GROUPS.some((group) => Object.hasOwn(data, group))

function checkCondition(data: unknown, path: string, checking: Checking): Condition | undefined {
  const { issues } = checking
  checking.count += 1
  if (!isPlainRecord(data)) {
    addWrongType(issues, path, 'a condition, which is an object', data)
    return undefined
  }
  addUnsupported(data, path, issues)
  const groups = GROUPS.filter((group) => Object.hasOwn(data, group))
  if (groups.length === 0) {
    return addUnknownKind(data, path, issues) ? undefined : checkComparison(data, path, checking)
  }
  if (groups.length > 1) {
    const message = `one condition says ${groups.map((group) => `\`${group}\``).join(' and ')}`
    issues.add('several_groups', path, message, 'put one inside the other')
  }
  openFields(without(data), path, { required: [], optional: groups }, issues)
  return groups.map((group) => checkGroup(group, data[group], `${path}/${group}`, checking))[0]
}

/** What has no field of a comparison is more likely a misspelt group than a comparison with three missing fields. */
function addUnknownKind(
  data: Readonly<Record<string, unknown>>,
  path: string,
  issues: IssueList,
): boolean {
  const keys = Object.keys(data)
  if (keys.length === 0 || COMPARISON_KEYS.some((key) => Object.hasOwn(data, key))) return false
  const unknown = keys.filter((key) => !Object.hasOwn(UNSUPPORTED, key))
  for (const key of unknown) addUnknownKey(issues, path, key, [...GROUPS, ...COMPARISON_KEYS], keys)
  return true
}

function checkGroup(
  group: (typeof GROUPS)[number],
  data: unknown,
  path: string,
  checking: Checking,
): ConditionGroup | undefined {
  if (group === 'not') {
    if (Array.isArray(data)) {
      const message = '`not` takes one condition, not a list'
      checking.issues.add('wrong_type', path, message, 'write { "not": { "any": [ … ] } }')
      return undefined
    }
    const inner = checkCondition(data, path, checking)
    return inner === undefined ? undefined : { not: inner }
  }
  if (!Array.isArray(data)) {
    addWrongType(checking.issues, path, 'a list of conditions', data)
    return undefined
  }
  if (data.length === 0) {
    const message = `an empty \`${group}\` would always be true`
    checking.issues.add('empty_group', path, message, 'say at least one condition')
  }
  const inner = data.flatMap((each, index) => {
    const condition = checkCondition(each, `${path}/${index}`, checking)
    return condition === undefined ? [] : [condition]
  })
  return group === 'all' ? { all: inner } : { any: inner }
}

function checkComparison(
  data: Readonly<Record<string, unknown>>,
  path: string,
  checking: Checking,
): Condition | undefined {
  const { issues, vocabulary, factPaths } = checking
  const keys = { required: COMPARISON_KEYS, optional: [] }
  const fields = openFields(without(data), path, keys, issues)
  const fact = fields?.get('fact')
  const operator = fields?.get('operator')
  const value = fields?.get('value')
  const said = typeof fact === 'string' ? vocabulary.definitionOf(fact) : undefined
  const saidOperator = typeof operator === 'string' ? operatorOf(operator) : undefined
  if (fact !== undefined && said === undefined)
    addUnknownFact(issues, `${path}/fact`, fact, vocabulary)
  if (operator !== undefined && saidOperator === undefined)
    addUnknownOperator(issues, `${path}/operator`, operator)
  if (said !== undefined && !factPaths.has(said.name)) factPaths.set(said.name, `${path}/fact`)
  // What is misspelt must not hide what is wrong with the value beside it.
  const definition = said ?? vocabulary.definitionOf(surelyMeant(fact, vocabulary.names) ?? '')
  const known = saidOperator ?? operatorOf(surelyMeant(operator, OPERATOR_NAMES) ?? '')
  if (definition === undefined || known === undefined || value === undefined) return undefined

  if (!known.types.includes(definition.type)) {
    const possible = OPERATORS.filter((each) => each.types.includes(definition.type))
    const message = `\`${known.name}\` cannot compare \`${definition.name}\`, which is ${TYPE_WORDS[definition.type]}`
    const hint = `use one of ${possible.map((each) => each.name).join(', ')}`
    issues.add('operator_mismatch', `${path}/operator`, message, hint)
    return undefined
  }
  checkOperand(value, `${path}/value`, known, definition, issues)
  return { fact: definition.name, operator: known.name, value: value as never }
}

function addUnknownFact(
  issues: IssueList,
  path: string,
  fact: unknown,
  vocabulary: Vocabulary,
): void {
  if (typeof fact !== 'string') {
    addWrongType(issues, path, "a fact's name", fact)
    return
  }
  const advice = nearestAdvice(fact, vocabulary.names, (value) => ({
    kind: 'replace_value',
    value,
  }))
  const hint = 'facts of your own are declared in code first'
  issues.add('unknown_fact', path, `there is no fact \`${shown(fact)}\``, advice ?? hint)
}

function addUnknownOperator(issues: IssueList, path: string, operator: unknown): void {
  if (typeof operator === 'string' && operator.includes(':')) {
    const hint = `say \`${suggest(operator.replace(/^.*:/s, ''), OPERATOR_NAMES) ?? 'in'}\` without it, inside \`not\` if need be`
    const message = `decorated operators such as \`${shown(operator)}\` are not supported`
    issues.add('not_supported', path, message, hint)
  } else if (typeof operator !== 'string') {
    addWrongType(issues, path, "an operator's name", operator)
  } else {
    addNotListed(issues, 'unknown_operator', path, operator, OPERATOR_NAMES)
  }
}

const TYPE_WORDS = {
  text: 'a text',
  integer: 'a whole number',
  flag: 'true or false',
  textList: 'a list of texts',
  date: 'a date such as `2026-12-14`',
} as const

function checkOperand(
  value: unknown,
  path: string,
  operator: OperatorDefinition,
  definition: FactDefinition,
  issues: IssueList,
): void {
  if (isPlainRecord(value)) {
    const message = 'a condition compares with a value, not with another fact or an object'
    issues.add('not_supported', path, message, 'declare a fact of your own that compares the two')
    return
  }
  if (operator.takes !== 'list') {
    const type = operator.takes === 'entry' ? 'text' : definition.type
    checkEntry(value, path, { ...definition, type }, issues)
    return
  }
  if (!Array.isArray(value)) {
    const message = `\`${operator.name}\` takes a list, \`${shown(value)}\` given`
    issues.add('operand_mismatch', path, message, {
      hint: 'write the values in [ ]',
      ...(isKnownValue(value, definition)
        ? { repair: { kind: 'replace_value', value: [value] } }
        : {}),
    })
    return
  }
  if (value.length === 0) issues.add('empty_list', path, 'an empty list matches nothing')
  if (value.length > RULE_SET_LIMITS.listMaxCount) {
    const message = `at most ${RULE_SET_LIMITS.listMaxCount} entries are allowed, ${value.length} given`
    issues.add('too_long', path, message)
    return
  }
  value.forEach((entry, index) => {
    if (value.indexOf(entry) < index)
      issues.add('repeated_entry', `${path}/${index}`, `\`${shown(entry)}\` is in the list twice`, {
        hint: 'take it out',
        repair: { kind: 'remove_entry' },
      })
    checkEntry(entry, `${path}/${index}`, definition, issues)
  })
}

/** Says what keeps a value from being one that the fact can have. */
export function checkEntry(
  value: unknown,
  path: string,
  definition: FactDefinition,
  issues: IssueList,
): void {
  if (typeof value === 'string' && value.length > RULE_SET_LIMITS.operandMaxLength) {
    const message = `at most ${RULE_SET_LIMITS.operandMaxLength} characters are allowed, ${value.length} given`
    issues.add('too_long', path, message)
    return
  }
  if (isKnownValue(value, definition)) return
  if (definition.values !== undefined && typeof value === 'string') {
    addNotListed(issues, 'not_listed', path, value, definition.values)
    return
  }
  const message = `\`${definition.name}\` is ${TYPE_WORDS[definition.type]}, \`${shown(value)}\` given`
  issues.add('operand_mismatch', path, message, operandHint(value, definition))
}

function operandHint(value: unknown, definition: FactDefinition): Advice {
  if (value === null)
    return 'what is missing is unknown, and unknown never acts; leave the condition out'
  if (Array.isArray(value)) return 'to compare with several values use `in`'
  const isQuoted = typeof value === 'string' && /^(-?\d+|true|false)$/.test(value)
  const isTyped = definition.type === 'integer' || definition.type === 'flag'
  if (!isQuoted || !isTyped) return OPERAND_HINTS[definition.type]
  const unquoted = value === 'true' || (value === 'false' ? false : Number(value))
  return {
    hint: 'write it without quotes',
    ...(isKnownValue(unquoted, definition)
      ? { repair: { kind: 'replace_value', value: unquoted } }
      : {}),
  }
}

const OPERAND_HINTS = {
  text: 'write a text in quotes',
  integer: 'write a whole number, without quotes',
  flag: 'write `true` or `false`, without quotes',
  textList: 'write a text in quotes',
  date: 'write an existing day as `YYYY-MM-DD`',
} as const

function addUnsupported(
  data: Readonly<Record<string, unknown>>,
  path: string,
  issues: IssueList,
): void {
  for (const key of Object.keys(data)) {
    if (!Object.hasOwn(UNSUPPORTED, key)) continue
    const message = `\`${key}\` in a condition is not supported`
    issues.add('not_supported', `${path}/${escaped(key)}`, message, UNSUPPORTED[key])
  }
}

/** What is left when the unsupported keys, which are reported already, are taken out. */
const without = (data: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !Object.hasOwn(UNSUPPORTED, key)))
