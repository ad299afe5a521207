/** Takes over rules that were written for json-rules-engine: what means the same here, and why the rest does not. */
import { isPlainRecord, type RuleMode } from '@postdelivery/core'
import { checkRule } from '../check-rule.ts'
import { addWrongType, openFields } from '../fields.ts'
import { createIssueList, type Issue, type IssueList } from '../issues.ts'
import { readJson } from '../read-json.ts'
import { RULE_SET_LIMITS } from '../rule-set.ts'
import { validateRuleSet } from '../validate.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { inlineConditions, type NamedConditions } from './inline-conditions.ts'

/** What json-rules-engine's documents do not say. */
export interface ImportOptions {
  /** Name of the new set. */
  readonly name: string
  /** Default `1`. */
  readonly version?: string
  readonly publishedBy?: string
  /** Types of the events that wake the rules. */
  readonly on: readonly string[]
  /** Default `draft`: imported rules are asked and act on nothing. */
  readonly mode?: RuleMode
}

/** What was taken over. */
export interface RuleImport {
  /** The rule set as the text of a file; null when no rule could be taken. */
  readonly text: string | null
  readonly takenCount: number
  readonly refusedCount: number
  /** With pointers into the document that was read. A rule with an error is left out; warnings leave it in. */
  readonly issues: readonly Issue[]
}

const NOTHING = { text: null, takenCount: 0, refusedCount: 0 } as const

/**
 * Takes over a document of json-rules-engine: one rule, a list of them, or `{ "rules": [ … ], "conditions": { … } }`.
 *
 * Named conditions are written out where they are used. A rule that is taken means the same as before wherever all of
 * its facts are known; where one is not, it does not fire.
 * Refuses, rule by rule: paths, params, decorators, operators and facts that are not known here, comparisons with other
 * facts, priorities of conditions, callbacks, and event types that are no actions. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, importJsonRulesEngine } from '@postdelivery/rules'
 *
 * const soon = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }
 * const event = { type: 'review', params: { question: 'Refund at once?' } }
 * const document = [
 *   { name: 'Soon', conditions: { all: [soon] }, event },
 *   { name: 'Path', conditions: { all: [{ ...soon, path: '$.days' }] }, event },
 * ]
 * const options = { name: 'taken-over', on: ['return.registered'] }
 * const taken = importJsonRulesEngine(JSON.stringify(document), builtInVocabulary(), options)
 * expect([taken.takenCount, taken.refusedCount]).toEqual([1, 1])
 * expect(taken.issues.map((issue) => `${issue.code} ${issue.path}`)).toEqual([
 *   'not_supported /1/conditions/all/0/path',
 * ])
 * ```
 */
export function importJsonRulesEngine(
  text: string,
  vocabulary: Vocabulary,
  options: ImportOptions,
): RuleImport {
  const issues = createIssueList()
  const data = readJson(text, RULE_SET_LIMITS, issues)
  const source = data === undefined ? undefined : findRules(data, issues)
  if (source === undefined || issues.hasErrors()) return { ...NOTHING, issues: issues.sorted() }

  const names = new Map<string, string>()
  const taken = source.rules.flatMap((rule, index) => {
    const path = source.isSingle ? '' : `${source.path}/${index}`
    const own = createIssueList()
    const translated = translate(rule, { path, index, options, named: source.named }, own)
    if (translated !== undefined) {
      checkRule(translated, path, vocabulary, own)
      addDuplicate(translated.name, path, names, own)
    }
    for (const issue of own.sorted()) issues.add(issue.code, issue.path, issue.message, issue.hint)
    return translated === undefined || own.hasErrors() ? [] : [translated]
  })
  const refusedCount = source.rules.length - taken.length
  if (taken.length === 0) return { ...NOTHING, refusedCount, issues: issues.sorted() }
  return { ...writeRuleSet(taken, vocabulary, options, issues), refusedCount }
}

interface Source {
  readonly rules: readonly unknown[]
  readonly named: NamedConditions
  /** The place of the list. */
  readonly path: string
  readonly isSingle: boolean
}

/** Finds the rules in one of the three forms. */
function findRules(data: unknown, issues: IssueList): Source | undefined {
  if (Array.isArray(data))
    return bounded({ rules: data, named: {}, path: '', isSingle: false }, issues)
  if (!isPlainRecord(data) || !Object.hasOwn(data, 'rules'))
    return { rules: [data], named: {}, path: '', isSingle: true }
  const fields = openFields(data, '', { required: ['rules'], optional: ['conditions'] }, issues)
  const rules = fields?.get('rules')
  const named = fields?.get('conditions') ?? {}
  if (!Array.isArray(rules)) addWrongType(issues, '/rules', 'a list of rules', rules)
  if (!isPlainRecord(named)) addWrongType(issues, '/conditions', 'named conditions', named)
  if (!Array.isArray(rules) || !isPlainRecord(named)) return undefined
  return bounded({ rules, named, path: '/rules', isSingle: false }, issues)
}

function bounded(source: Source, issues: IssueList): Source {
  const count = source.rules.length
  if (count <= RULE_SET_LIMITS.ruleMaxCount) return source
  const message = `a set has at most ${RULE_SET_LIMITS.ruleMaxCount} rules, ${count} given`
  issues.add('too_many', source.path, message, 'take the rules over in several parts')
  return source
}

/** A rule in our words; checked afterwards. */
interface Translated {
  readonly name: unknown
  readonly on: readonly string[]
  readonly mode: RuleMode
  readonly priority?: unknown
  readonly conditions: unknown
  readonly event: unknown
}

interface Place {
  readonly path: string
  readonly index: number
  readonly options: ImportOptions
  readonly named: NamedConditions
}

const RULE_KEYS = {
  required: ['conditions', 'event'],
  optional: ['name', 'priority', 'onSuccess', 'onFailure'],
}

function translate(rule: unknown, place: Place, issues: IssueList): Translated | undefined {
  const { path, index, options, named } = place
  const fields = openFields(rule, path, RULE_KEYS, issues)
  if (fields === undefined) return undefined
  for (const callback of ['onSuccess', 'onFailure']) {
    if (fields.get(callback) === undefined) continue
    const message = `\`${callback}\` is code, and rules are data`
    issues.add('not_supported', fields.at(callback), message, 'take it out')
  }
  const priority = fields.get('priority')
  if (issues.hasErrors()) return undefined
  return {
    name: fields.get('name') ?? `Imported rule ${index + 1}`,
    on: options.on,
    mode: options.mode ?? 'draft',
    ...(priority === undefined ? {} : { priority }),
    conditions: inlineConditions(fields.get('conditions'), fields.at('conditions'), named, issues),
    event: fields.get('event'),
  }
}

function addDuplicate(
  name: unknown,
  path: string,
  pathByName: Map<string, string>,
  issues: IssueList,
): void {
  if (typeof name !== 'string') return
  const key = name.normalize('NFC')
  const other = pathByName.get(key)
  if (other === undefined) {
    pathByName.set(key, path)
    return
  }
  const message = `the rule at ${other} is named \`${name}\` too`
  issues.add('duplicate_rule', `${path}/name`, message, 'give each rule a name of its own')
}

/** Writes the set, and checks it as any other file. */
function writeRuleSet(
  rules: readonly Translated[],
  vocabulary: Vocabulary,
  { name, version, publishedBy }: ImportOptions,
  issues: IssueList,
): Omit<RuleImport, 'refusedCount'> {
  const ruleSet = {
    $schema: './rule-set.schema.json',
    name,
    version: version ?? '1',
    ...(publishedBy === undefined ? {} : { publishedBy }),
    rules,
  }
  const text = `${JSON.stringify(ruleSet, null, 2)}\n`
  const check = validateRuleSet(text, vocabulary)
  if (check.ok) return { text, takenCount: rules.length, issues: issues.sorted() }
  return { text: null, takenCount: 0, issues: [...issues.sorted(), ...check.issues] }
}
