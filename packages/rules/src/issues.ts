/** What can be wrong with rules: every code in order of precedence, and a bounded list that collects them. */

interface IssueRow {
  readonly code: string
  readonly severity: 'error' | 'warning'
  /** What it says, for people. */
  readonly sentence: string
}

/** Every code, in order of precedence: from the text as a whole down to one operand, then warnings. */
export const ISSUES = [
  error('too_large', 'the text is longer than 262,144 characters; nothing of it is read'),
  error('not_json', 'the text is not JSON; what follows the place is not read'),
  error('too_deep', 'more than 16 objects and lists inside one another; the rest is not read'),
  error('duplicate_key', 'an object says the same key twice, so one of the two would be ignored'),
  error('forbidden_key', '`__proto__`, `constructor` and `prototype` cannot be keys'),
  error('bad_number', 'numbers are whole, in plain digits, and not beyond 2^53 - 1'),
  error('bad_text', 'control characters, direction marks and broken surrogates cannot be in texts'),
  error('too_long', 'a text, a key or a list is longer than allowed'),
  error('wrong_type', 'something else is expected here: a text, a number, a list or an object'),
  error('missing', 'a required field is not there'),
  error('unknown_key', 'the field is not known here; a misspelt field would have no effect'),
  error('not_supported', 'a feature of json-rules-engine that is left out because it is not safe'),
  error('wrong_format', 'a name or a version has characters that it cannot have'),
  error('not_listed', 'the word is not one of those that can occur here'),
  error('out_of_range', 'a number or a text is outside its bounds'),
  error('bad_key', 'a key that the author chooses, such as a currency, has the wrong form'),
  error('unknown_event', 'no such event wakes rules'),
  error('repeated_entry', 'a list says the same entry twice'),
  error('empty_list', 'the list needs at least one entry'),
  error('too_many', 'more than 500 rules in a set, or more than 200 conditions in a rule'),
  error('not_a_group', 'the conditions of a rule begin with `all`, `any` or `not`'),
  error('several_groups', 'one condition says more than one of `all`, `any` and `not`'),
  error('empty_group', 'an empty `all` or `any` would always be true'),
  error('unknown_fact', 'the vocabulary has no such fact'),
  error('unknown_operator', 'there is no such operator'),
  error('operator_mismatch', "the operator cannot compare facts of this fact's type"),
  error('operand_mismatch', "the value is not of the fact's type"),
  error('duplicate_rule', 'two rules of a set have the same name'),
  error('duplicate_rule_set', 'two rule sets in force have the same name'),
  error('version_reused', 'this version of the rule set was activated before with another content'),
  error('bad_fact_name', 'a fact of your own is `customer.`, `event.` or `shop.` and a new name'),
  error('duplicate_fact', 'two facts have the same name'),
  error('never_true', 'the conditions of the rule can never hold together'),
  error('never_acts', 'whenever the rule fires, the hit policy lets another rule decide'),
  error('action_refused', 'wherever the rule fires, the action is sure to be refused'),
  error('unknown_rule_set', 'tests name a rule set that is not there'),
  error('unknown_rule', 'the tested rule set has no such rule'),
  error('rule_not_awake', 'a test expects something of a rule that its event does not wake'),
  error('duplicate_case', 'two tests of a file have the same name'),
  error('test_failed', 'the rules do not do what a test of theirs says'),
  error('more_issues', 'there are more issues than are listed'),
  warning('no_rules', 'the set has no rules, so nothing is decided'),
  warning('no_publisher', 'without `publishedBy` nobody is kept from approving their own rules'),
  warning('no_limits', 'a rule that moves money has no limits of its own'),
  warning('fact_never_known', 'none of the events that wake the rule carries the fact'),
  warning('event_in_vain', 'an event wakes the rule, and on that event it can never fire'),
  warning('part_never_true', 'a part of the conditions can never hold'),
  warning('always_true', 'a condition, or the whole of them, holds for every order'),
  warning('redundant_condition', 'without the condition the rule fires for the same orders'),
  warning('unlikely_value', 'a percentage is compared with a number that is no percentage'),
  warning(
    'option_not_listed',
    "Klarna's price list has no option of such days, or none below the cap",
  ),
  warning('currency_without_cap', 'the rule fires for a currency that its cap does not list'),
  warning('repeats_rule', 'a rule before it asks for the same action for the same orders'),
  warning('rules_compete', 'two rules ask for different things of the same order'),
  warning('too_complex', 'the conditions are too complex to be analysed'),
] as const

export type IssueCode = (typeof ISSUES)[number]['code']

/** One thing wrong, or worth a look. */
export interface Issue {
  readonly code: IssueCode
  /** A rule set with an error is refused when it is loaded, or would be of no use; one with warnings only is taken. */
  readonly severity: 'error' | 'warning'
  /** JSON Pointer (RFC 6901) of the place, empty for the whole. */
  readonly path: string
  /** One line, lower case, without full stop. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** The change that settles it, where only one can be meant. */
  readonly repair?: Repair
}

/** A change of one place in a document. */
export type Repair =
  | { readonly kind: 'rename_key'; readonly to: string }
  | { readonly kind: 'replace_value'; readonly value: unknown }
  | { readonly kind: 'remove_entry' }

/** A hint, or a hint with the change that it is about. */
export type Advice = string | { readonly hint: string; readonly repair?: Repair }

/** At most this many issues are listed; nobody reads more, and their texts must not grow without bound. */
const ISSUE_MAX_COUNT = 1000

/** Collects issues while a document is read. */
export interface IssueList {
  add(code: IssueCode, path: string, message: string, advice?: Advice): void
  hasErrors(): boolean
  /** All issues by place, then by precedence. */
  sorted(): readonly Issue[]
}

/** Reading ended there: always said. */
const STOPS: ReadonlySet<IssueCode> = new Set(['too_large', 'not_json', 'too_deep'])

/** Faults of a value itself; what else could be said of the same place follows from them. */
const VALUE_FAULTS: ReadonlySet<IssueCode> = new Set(['bad_number', 'bad_text', 'too_long'])

/** An empty list of issues. */
export function createIssueList(): IssueList {
  const errors: Issue[] = []
  const warnings: Issue[] = []
  const faulty = new Set<string>()
  return {
    add(code, path, message, advice) {
      if (faulty.has(path) && !STOPS.has(code)) return
      const issue = makeIssue(code, path, message, advice)
      const list = issue.severity === 'error' ? errors : warnings
      if (list.length > ISSUE_MAX_COUNT) return
      if (VALUE_FAULTS.has(code)) faulty.add(path)
      // Order matters: errors have a bound of their own, so that no number of warnings can hide one.
      const isFull = list === errors && list.length === ISSUE_MAX_COUNT
      list.push(isFull ? tooMany : issue)
    },
    hasErrors: () => errors.length > 0,
    sorted: () => sortIssues([...errors, ...warnings]),
  }
}

/** One issue with the severity of its code. */
export function makeIssue(code: IssueCode, path: string, message: string, advice?: Advice): Issue {
  const severity = severities.get(code) ?? 'error'
  const { hint, repair } = typeof advice === 'object' ? advice : { hint: advice, repair: undefined }
  return {
    code,
    severity,
    path,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(repair === undefined ? {} : { repair }),
  }
}

/** Sorts issues by place (list indexes as numbers), then by precedence. */
function sortIssues<Found extends Issue>(issues: readonly Found[]): readonly Found[] {
  const keyed = issues.map((issue) => ({ issue, segments: issue.path.split('/') }))
  keyed.sort(
    (a, b) =>
      compareSegments(a.segments, b.segments) ||
      rankOf(a.issue.code) - rankOf(b.issue.code) ||
      compareTexts(a.issue.message, b.issue.message),
  )
  return keyed.map((entry) => entry.issue)
}

function error<const Code extends string>(code: Code, sentence: string) {
  return { code, severity: 'error', sentence } as const satisfies IssueRow
}

function warning<const Code extends string>(code: Code, sentence: string) {
  return { code, severity: 'warning', sentence } as const satisfies IssueRow
}

const severities = new Map<IssueCode, Issue['severity']>(
  ISSUES.map((row) => [row.code, row.severity]),
)
const ranks = new Map<IssueCode, number>(ISSUES.map((row, index) => [row.code, index]))
const rankOf = (code: IssueCode): number => ranks.get(code) ?? ISSUES.length

const tooMany = makeIssue(
  'more_issues',
  '',
  `more than ${ISSUE_MAX_COUNT} issues`,
  'settle those that are listed first',
)

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function compareSegments(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const [left = '', right = ''] = [a[index], b[index]]
    if (left === right) continue
    const isIndexed = /^\d{1,15}$/.test(left) && /^\d{1,15}$/.test(right)
    return isIndexed ? Number(left) - Number(right) : compareTexts(left, right)
  }
  return a.length - b.length
}
