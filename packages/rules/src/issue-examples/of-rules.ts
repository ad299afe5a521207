/** Examples of what can be wrong with rules, one rule at a time or several together. */
import type { IssueExample } from './example.ts'
import { damaged, extend, ruleWith } from './example.ts'

const SET = {
  name: 'returns',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [ruleWith({})],
}
const days = (value: unknown) => ({ fact: 'time.daysToDueDate', operator: 'lessThan', value })
const fact = (name: string) => ({
  name,
  type: 'text',
  nullable: true,
  sentence: 'their tier',
  source: 'static',
})
const { limits: _, ...unlimited } = ruleWith({ event: extend })
const inConditions = (rest: string): string => `/rules/0/conditions${rest}`

export const RULE_EXAMPLES: readonly IssueExample[] = [
  {
    code: 'bad_key',
    advice: 'A currency is three upper-case letters, as ISO 4217 has them.',
    part: 'event',
    wrong: { type: 'extendDueDate', params: { choose: 'longest', maxFeeMinor: { sek: 1000 } } },
    right: extend,
    place: '/rules/0/event/params/maxFeeMinor/sek',
  },
  {
    code: 'unknown_event',
    advice: 'Rules are woken by the events of the guide, or by your own, which begin with `shop.`.',
    part: 'rule',
    wrong: ruleWith({ on: ['return.regstered'] }),
    right: ruleWith({ on: ['return.registered'] }),
    place: '/rules/0/on/0',
  },
  {
    code: 'repeated_entry',
    advice: 'The second entry has no effect; often another one was meant.',
    part: 'conditions',
    wrong: { all: [{ ...damaged, operator: 'in', value: ['damaged', 'damaged'] }] },
    right: { all: [{ ...damaged, operator: 'in', value: ['damaged', 'wrong_item'] }] },
    place: inConditions('/all/0/value/1'),
  },
  {
    code: 'empty_list',
    advice: 'An empty list matches nothing, and a rule that no event wakes does nothing.',
    part: 'rule',
    wrong: ruleWith({ on: [] }),
    right: ruleWith({ on: ['return.registered'] }),
    place: '/rules/0/on',
  },
  {
    code: 'too_many',
    advice: 'Split the rule, or compare with `in` instead of many `equal`.',
    part: 'conditions',
    wrong: {
      any: Array.from({ length: 201 }, (_, index) => ({ ...damaged, value: `reason ${index}` })),
    },
    shownAs: 'a group of 201 conditions',
    right: { any: [{ ...damaged, operator: 'in', value: ['damaged', 'wrong_item'] }] },
    place: '/rules/0/conditions',
  },
  {
    code: 'not_a_group',
    advice: 'Conditions begin with `all`, `any` or `not`, also when there is only one.',
    part: 'conditions',
    wrong: damaged,
    right: { all: [damaged] },
    place: '/rules/0/conditions',
  },
  {
    code: 'several_groups',
    advice: 'One would win without a word. Put one inside the other.',
    part: 'conditions',
    wrong: { all: [damaged], any: [days(14)] },
    right: { all: [damaged, { any: [days(14)] }] },
    place: '/rules/0/conditions',
  },
  {
    code: 'empty_group',
    advice: 'An empty group would always be true, so that the rule would fire for every order.',
    part: 'conditions',
    wrong: { all: [] },
    right: { all: [damaged] },
    place: inConditions('/all'),
  },
  {
    code: 'unknown_fact',
    advice: 'The facts are in the guide to rules; facts of your own are declared in code first.',
    part: 'conditions',
    wrong: { all: [{ ...damaged, fact: 'return.resaon' }] },
    right: { all: [damaged] },
    place: inConditions('/all/0/fact'),
  },
  {
    code: 'unknown_operator',
    advice: 'The operators are in the guide to rules.',
    part: 'conditions',
    wrong: { all: [{ ...damaged, operator: 'equals' }] },
    right: { all: [damaged] },
    place: inConditions('/all/0/operator'),
  },
  {
    code: 'operator_mismatch',
    advice: 'Whole numbers and dates have an order; texts and flags are equal or not.',
    part: 'conditions',
    wrong: { all: [{ fact: 'order.payLater', operator: 'lessThan', value: true }] },
    right: { all: [{ fact: 'order.payLater', operator: 'equal', value: true }] },
    place: inConditions('/all/0/operator'),
  },
  {
    code: 'operand_mismatch',
    advice:
      "The value has the fact's type: numbers and flags without quotes, texts and dates in quotes.",
    part: 'conditions',
    wrong: { all: [days('14')] },
    right: { all: [days(14)] },
    place: inConditions('/all/0/value'),
  },
  {
    code: 'duplicate_rule',
    advice: 'Decisions, limits and stops name rules by their names, so each needs its own.',
    part: 'rules',
    wrong: [ruleWith({}), ruleWith({ conditions: { all: [days(3)] } })],
    right: [ruleWith({}), ruleWith({ name: 'Due soon', conditions: { all: [days(3)] } })],
    place: '/rules/1/name',
  },
  {
    code: 'duplicate_rule_set',
    advice: 'Two files name their set alike. Give each set a name of its own.',
    part: 'files',
    wrong: [SET, { ...SET, version: '2', rules: [ruleWith({ conditions: { all: [days(3)] } })] }],
    right: [
      SET,
      { ...SET, name: 'due-dates', rules: [ruleWith({ conditions: { all: [days(3)] } })] },
    ],
    place: '/name',
  },
  {
    code: 'version_reused',
    advice:
      'Decisions name the version that they were made with. Give the changed set a new version.',
    part: 'versions',
    wrong: [SET, { ...SET, description: 'changed' }],
    right: [SET, { ...SET, version: '2', description: 'changed' }],
    place: '/version',
  },
  {
    code: 'bad_fact_name',
    advice:
      'Facts of your own are declared in code; their names cannot be mistaken for built-in ones.',
    part: 'facts',
    wrong: [fact('tier')],
    right: [fact('customer.tier')],
    place: '/0/name',
  },
  {
    code: 'duplicate_fact',
    advice: 'Declare each fact once.',
    part: 'facts',
    wrong: [fact('customer.tier'), fact('customer.tier')],
    right: [fact('customer.tier'), fact('customer.score')],
    place: '/1/name',
  },
  {
    code: 'more_issues',
    advice: 'Settle those that are listed first; the others are listed then.',
    part: 'set',
    wrong: { ...SET, rules: Array.from({ length: 1001 }, () => 0) },
    shownAs: 'a set with 1,001 rules that are no rules',
    right: SET,
    place: '',
  },
  {
    code: 'no_rules',
    advice: 'A set without rules decides nothing. That is allowed, but rarely meant.',
    part: 'set',
    wrong: { ...SET, rules: [] },
    right: SET,
    place: '/rules',
  },
  {
    code: 'no_publisher',
    advice: 'Who publishes a set cannot approve what its rules ask for. Say it.',
    part: 'set',
    wrong: { name: 'returns', version: '1', rules: [ruleWith({})] },
    right: SET,
    place: '/publishedBy',
  },
  {
    code: 'no_limits',
    advice:
      'The limits of the engine hold anyway; limits of the rule stop a mistake in it much earlier.',
    part: 'rule',
    wrong: unlimited,
    right: ruleWith({ event: extend, limits: { perOrder: 1, perDay: 200 } }),
    place: '/rules/0/limits',
  },
  {
    code: 'fact_never_known',
    advice: 'What is not known never acts. Wake the rule by an event that carries the fact.',
    part: 'rule',
    wrong: ruleWith({
      on: ['return.registered'],
      conditions: {
        any: [damaged, { fact: 'event.problem', operator: 'equal', value: 'damaged' }],
      },
    }),
    right: ruleWith({
      on: ['return.registered', 'customer.reported'],
      conditions: {
        any: [damaged, { fact: 'event.problem', operator: 'equal', value: 'damaged' }],
      },
    }),
    place: inConditions('/any/1/fact'),
  },
]
