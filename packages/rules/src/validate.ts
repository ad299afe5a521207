/** Checks the text of a rule set completely: every issue with its place, and never an exception. */
import { checkRule, type Draft } from './check-rule.ts'
import { addWrongType, type Fields, openFields, readText, readWord, shown } from './fields.ts'
import { deepFreeze } from './freeze.ts'
import { createIssueList, type Issue, type IssueList } from './issues.ts'
import { readJson } from './read-json.ts'
import { HIT_POLICIES, RULE_SET_LIMITS, type RuleSet } from './rule-set.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A rule set that can be taken, perhaps with warnings; or all that is wrong with its text. */
export type RuleSetCheck =
  | { readonly ok: true; readonly ruleSet: RuleSet; readonly issues: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] }

const RULE_SET_KEYS = {
  required: ['name', 'version', 'rules'],
  optional: ['$schema', 'description', 'hitPolicy', 'publishedBy'],
}

/** Names that stand in keys and buckets: no blanks, no slashes, no colons. */
export const SET_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
export const VERSION_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/

/**
 * Checks the text of a rule-set file.
 *
 * The text is bounded before anything else is done with it, so that no file is slow. Nothing of it is run.
 * Returns: the rule set with its warnings, or every issue, sorted by place and then by precedence.
 * Refuses: every error in the order of `ISSUES`. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, validateRuleSet } from '@postdelivery/rules'
 *
 * const check = validateRuleSet('{ "name": "returns", "version": "1", "ruels": [] }', builtInVocabulary())
 * expect(check.issues.map((issue) => [issue.code, issue.path, issue.hint])).toEqual([
 *   ['no_publisher', '/publishedBy', 'say who publishes the set'],
 *   ['unknown_key', '/ruels', 'did you mean `rules`?'],
 *   ['missing', '/rules', undefined],
 * ])
 * ```
 */
export function validateRuleSet(text: string, vocabulary: Vocabulary): RuleSetCheck {
  const { draft, issues } = readRuleSet(text, vocabulary)
  if (issues.hasErrors() || draft === undefined) return { ok: false, issues: issues.sorted() }
  return { ok: true, ruleSet: deepFreeze(draft) as RuleSet, issues: issues.sorted() }
}

/** A text as far as it could be read: the draft is to be trusted where the list has no error. */
export interface RuleSetReading {
  readonly draft: Draft<RuleSet> | undefined
  readonly issues: IssueList
}

/** Reads the text of a rule-set file, and lists what is wrong with it. Throws: never. */
export function readRuleSet(text: string, vocabulary: Vocabulary): RuleSetReading {
  const issues = createIssueList()
  if (typeof text !== 'string') {
    issues.add('not_json', '', 'a rule set is a JSON text')
    return { draft: undefined, issues }
  }
  const data = readJson(text, RULE_SET_LIMITS, issues)
  if (data === undefined) return { draft: undefined, issues }
  return { draft: checkRuleSet(data, vocabulary, issues), issues }
}

/** The text of one rule-set file. */
export interface RuleSetFile {
  /** How people find it, for example its path. */
  readonly file: string
  readonly text: string
}

/** An issue with the file that it is in. */
export interface FileIssue extends Issue {
  readonly file: string
}

export type RuleSetsCheck =
  | {
      readonly ok: true
      readonly ruleSets: readonly RuleSet[]
      readonly issues: readonly FileIssue[]
    }
  | { readonly ok: false; readonly issues: readonly FileIssue[] }

/**
 * Checks all files that are to be in force together, in their order.
 *
 * Refuses: all of them when one is refused, or when two sets have the same name. Throws: never.
 */
export function validateRuleSets(
  files: readonly RuleSetFile[],
  vocabulary: Vocabulary,
): RuleSetsCheck {
  const readings = files.map(({ file, text }) => ({ file, ...readRuleSet(text, vocabulary) }))
  addDuplicateSets(readings)
  const issues = readings.flatMap(({ file, issues: found }) =>
    found.sorted().map((issue): FileIssue => ({ ...issue, file })),
  )
  if (issues.some((issue) => issue.severity === 'error')) return { ok: false, issues }
  const ruleSets = readings.map(({ draft }) => deepFreeze(draft) as RuleSet)
  return { ok: true, ruleSets, issues }
}

/** Says of each set that has the name of one before it that it has. */
export function addDuplicateSets(
  readings: readonly (RuleSetReading & Pick<RuleSetFile, 'file'>)[],
): void {
  const fileByName = new Map<string, string>()
  for (const { file, draft, issues } of readings) {
    if (draft === undefined || typeof draft.name !== 'string') continue
    const other = fileByName.get(draft.name)
    if (other === undefined) fileByName.set(draft.name, file)
    else {
      const message = `\`${shown(other)}\` has a rule set \`${shown(draft.name)}\` too`
      issues.add('duplicate_rule_set', '/name', message, 'give each set a name of its own')
    }
  }
}

function checkRuleSet(
  data: unknown,
  vocabulary: Vocabulary,
  issues: IssueList,
): Draft<RuleSet> | undefined {
  const fields = openFields(data, '', RULE_SET_KEYS, issues)
  if (fields === undefined) return undefined
  readText(fields, '$schema', { max: RULE_SET_LIMITS.stringMaxLength }, issues)
  const name = readText(
    fields,
    'name',
    {
      max: RULE_SET_LIMITS.nameMaxLength,
      format: { pattern: SET_NAME_PATTERN, sentence: 'letters, digits, `.`, `_` and `-`' },
    },
    issues,
  )
  const version = readVersion(fields, issues)
  const description = readText(
    fields,
    'description',
    { max: RULE_SET_LIMITS.descriptionMaxLength },
    issues,
  )
  const publishedBy = readPublisher(fields, issues)
  const hitPolicy = readWord(fields, 'hitPolicy', HIT_POLICIES, issues) ?? 'collect'
  const rules = checkRules(fields, vocabulary, issues)
  return {
    name,
    version,
    ...(description === undefined ? {} : { description }),
    hitPolicy,
    publishedBy,
    rules,
  }
}

/** Null, as checked sets write it, says the same as leaving it out. */
function readPublisher(fields: Fields, issues: IssueList): string | null {
  const isSaid = (fields.get('publishedBy') ?? null) !== null
  if (isSaid) {
    const bounds = { max: RULE_SET_LIMITS.publisherMaxLength }
    return readText(fields, 'publishedBy', bounds, issues) ?? null
  }
  const message = '`publishedBy` is not said, so nobody is kept from approving their own rules'
  issues.add('no_publisher', fields.at('publishedBy'), message, 'say who publishes the set')
  return null
}

function readVersion(fields: Fields, issues: IssueList): string | undefined {
  const version = fields.get('version')
  if (typeof version === 'number') {
    const message = `must be a text, \`${version}\` given`
    issues.add('wrong_type', fields.at('version'), message, {
      hint: `write "${version}" in quotes`,
      repair: { kind: 'replace_value', value: String(version) },
    })
    return undefined
  }
  const format = { pattern: VERSION_PATTERN, sentence: 'letters, digits, `.`, `_`, `+` and `-`' }
  return readText(fields, 'version', { max: RULE_SET_LIMITS.versionMaxLength, format }, issues)
}

function checkRules(fields: Fields, vocabulary: Vocabulary, issues: IssueList): unknown {
  const rules = fields.get('rules')
  const path = fields.at('rules')
  if (rules === undefined) return undefined
  if (!Array.isArray(rules)) {
    addWrongType(issues, path, 'a list of rules', rules)
    return undefined
  }
  if (rules.length === 0) issues.add('no_rules', path, 'the set has no rules')
  if (rules.length > RULE_SET_LIMITS.ruleMaxCount) {
    const message = `a set has at most ${RULE_SET_LIMITS.ruleMaxCount} rules, ${rules.length} given`
    issues.add('too_many', path, message, 'split the rules over several sets')
  }
  const pathByName = new Map<string, string>()
  return rules.map((rule, index) => {
    const rulePath = `${path}/${index}`
    const draft = checkRule(rule, rulePath, vocabulary, issues)
    const name = typeof draft?.name === 'string' ? draft.name.normalize('NFC') : undefined
    if (name === undefined) return draft
    const other = pathByName.get(name)
    if (other === undefined) pathByName.set(name, rulePath)
    else {
      const message = `the rule at ${other} is named \`${shown(name)}\` too`
      issues.add('duplicate_rule', `${rulePath}/name`, message, 'give each rule a name of its own')
    }
    return draft
  })
}
