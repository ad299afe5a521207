/** Documents and what is said of them; the validator and the JSON Schema are both held to these. */

import { ACTION_FAULTS, extend, type Row, refund } from './action-cases.ts'
import {
  aRule,
  aRuleSet,
  damaged,
  type Json,
  withConditions,
  withEvent,
  withLeaf,
  withRule,
} from './builders.ts'

export interface DocumentCase {
  readonly title: string
  readonly document: unknown
  /** Every issue as `code pointer`, sorted. */
  readonly issues: readonly string[]
  /** False when a schema cannot express what is wrong. Default: true. */
  readonly isInSchema?: boolean
}

const at = (rest: string) => `/rules/0/conditions/all/0${rest}`
const days = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }
const without = (document: Json, key: string): Json =>
  Object.fromEntries(Object.entries(document).filter(([name]) => name !== key))
const nested = (depth: number): unknown => (depth === 0 ? damaged : { not: nested(depth - 1) })

const nestedGroups = (count: number, leaf: Json): unknown =>
  count === 0 ? leaf : { any: [nestedGroups(count - 1, leaf)] }

/** Good documents. */
export const GOOD: readonly DocumentCase[] = [
  ['a small set', aRuleSet()],
  [
    'every field',
    aRuleSet({
      $schema: './rule-set.schema.json',
      description: 'What comes back',
      hitPolicy: 'unique',
      rules: [
        aRule({ description: 'Ask', priority: 1_000_000, limits: { perOrder: 1, perDay: 200 } }),
      ],
    }),
  ],
  [
    'groups in groups',
    withConditions({ any: [{ all: [damaged] }, { not: { any: [damaged, days] } }] }),
  ],
  [
    'five groups in one another',
    withConditions(nestedGroups(5, { ...damaged, operator: 'in', value: ['a'] })),
  ],
  ['a root that is negated', withConditions({ not: damaged })],
  ['a fact that one of two events carries', withRule({ on: ['shop.claim', 'return.received'] })],
  [
    'an event of the merchant’s own',
    withRule({ on: ['shop.claim.opened'], conditions: { all: [days] } }),
  ],
  ['a list of whole numbers', withLeaf({ ...days, operator: 'in', value: [1, -2] })],
  [
    'an entry of a list',
    withLeaf({ fact: 'return.references', operator: 'doesNotContain', value: '123050' }),
  ],
  ['a flag', withLeaf({ fact: 'order.payLater', operator: 'notEqual', value: false })],
  [
    'a listed text',
    withLeaf({ fact: 'return.stage', operator: 'notIn', value: ['registered', 'received'] }),
  ],
  ['an empty text', withLeaf({ value: '' })],
  ['an action without params', withEvent({ type: 'sendOut' })],
  [
    'a refund of returned items',
    refund({ basis: 'returned_items', stage: 'received', returnFeeMinor: 500 }),
  ],
  ['a refund of an amount', refund({ basis: 'amount', amountMinor: 1000, description: 'Sorry' })],
  ['a refund of a share', refund({ basis: 'percent', percent: 100 })],
  ['an extension by days', extend({ days: 10, maxFeeMinor: { SEK: 0 } })],
  [
    'an extension by choice',
    extend({
      choose: 'cheapest',
      atLeastDays: 10,
      maxFeeMinor: { SEK: 1000, EUR: 100 },
      again: 'yes',
    }),
  ],
  [
    'shipping info',
    withEvent({
      type: 'addShippingInfo',
      params: { shippingInfo: [{ shippingMethod: 'Home', trackingNumber: '1' }] },
    }),
  ],
  [
    'a suggestion',
    withEvent({
      type: 'review',
      params: { question: 'So?', suggest: { type: 'refund', params: { basis: 'remaining' } } },
    }),
  ],
  ['a message', withEvent({ type: 'notify', params: { channel: 'ops', message: 'Look' } })],
].map(([title, document]) => ({ title: title as string, document, issues: [] }))

/** Documents that are taken, with warnings. A schema has none. */
export const WARNED: readonly DocumentCase[] = [
  ['no rules', aRuleSet({ rules: [] }), ['no_rules /rules']],
  ['no publisher', without(aRuleSet(), 'publishedBy'), ['no_publisher /publishedBy']],
  ['a publisher that is null', aRuleSet({ publishedBy: null }), ['no_publisher /publishedBy']],
  [
    'a refund without limits',
    withRule({ event: { type: 'refund', params: { basis: 'remaining' } } }),
    ['no_limits /rules/0/limits'],
  ],
  [
    'an extension without limits',
    withRule({
      event: { type: 'extendDueDate', params: { days: 1, maxFeeMinor: { SEK: 1 } } },
      limits: {},
    }),
    ['no_limits /rules/0/limits'],
  ],
  [
    'a return’s fact on another event',
    withRule({ on: ['customer.reported', 'shop.claim'] }),
    [`fact_never_known ${at('/fact')}`],
  ],
  [
    'a problem on a deadline',
    withRule({
      on: ['deadline.approaching'],
      conditions: { any: [{ fact: 'event.problem', operator: 'equal', value: 'late' }] },
    }),
    ['fact_never_known /rules/0/conditions/any/0/fact'],
  ],
].map(([title, document, issues]) => ({
  title: title as string,
  document,
  issues: issues as string[],
}))

const root: readonly Row[] = [
  ['null', null, ['wrong_type ']],
  ['a list', [], ['wrong_type ']],
  ['a number', 1, ['wrong_type ']],
  [
    'an empty object',
    {},
    ['missing /name', 'no_publisher /publishedBy', 'missing /rules', 'missing /version'],
  ],
  [
    'a misspelt key',
    { ...without(aRuleSet(), 'rules'), ruels: [] },
    ['unknown_key /ruels', 'missing /rules'],
  ],
  ['a name that is a number', aRuleSet({ name: 1 }), ['wrong_type /name']],
  ['an empty name', aRuleSet({ name: '' }), ['out_of_range /name']],
  ['a name with a slash', aRuleSet({ name: 'a/b' }), ['wrong_format /name']],
  ['a name that is too long', aRuleSet({ name: 'a'.repeat(101) }), ['too_long /name']],
  ['a version that is a number', aRuleSet({ version: 3 }), ['wrong_type /version']],
  ['a version with a blank', aRuleSet({ version: '3 4' }), ['wrong_format /version']],
  ['a publisher that is a number', aRuleSet({ publishedBy: 1 }), ['wrong_type /publishedBy']],
  ['an unknown hit policy', aRuleSet({ hitPolicy: 'frist' }), ['not_listed /hitPolicy']],
  ['facts in the file', aRuleSet({ facts: [] }), ['unknown_key /facts']],
  ['rules that are no list', aRuleSet({ rules: {} }), ['wrong_type /rules']],
  ['a rule that is no object', aRuleSet({ rules: [null] }), ['wrong_type /rules/0']],
  [
    'too many rules',
    aRuleSet({
      rules: Array.from({ length: 501 }, (_, index) => aRule({ name: `Rule ${index}` })),
    }),
    ['too_many /rules'],
  ],
  [
    'two rules of one name',
    aRuleSet({ rules: [aRule(), aRule({ name: 'Other' }), aRule()] }),
    ['duplicate_rule /rules/2/name'],
    false,
  ],
  [
    'two rules of one name, spelt with other code points',
    aRuleSet({ rules: [aRule({ name: 'Å' }), aRule({ name: 'A\u030a' })] }),
    ['duplicate_rule /rules/1/name'],
    false,
  ],
]

const rule: readonly Row[] = [
  [
    'an empty rule',
    aRuleSet({ rules: [{}] }),
    [
      'missing /rules/0/conditions',
      'missing /rules/0/event',
      'missing /rules/0/mode',
      'missing /rules/0/name',
      'missing /rules/0/on',
    ],
  ],
  ['a misspelt key in a rule', withRule({ prioritie: 3 }), ['unknown_key /rules/0/prioritie']],
  ['handlers', withRule({ onSuccess: 'x' }), ['unknown_key /rules/0/onSuccess']],
  ['a blank name', withRule({ name: ' ' }), ['out_of_range /rules/0/name']],
  ['a name with blanks around it', withRule({ name: ' a' }), ['wrong_format /rules/0/name']],
  ['a name on two lines', withRule({ name: 'a\nb' }), ['wrong_format /rules/0/name']],
  ['a name zero', withRule({ name: 0 }), ['wrong_type /rules/0/name']],
  ['priority 0', withRule({ priority: 0 }), ['out_of_range /rules/0/priority']],
  ['a negative priority', withRule({ priority: -1 }), ['out_of_range /rules/0/priority']],
  [
    'a priority beyond its bound',
    withRule({ priority: 1_000_001 }),
    ['out_of_range /rules/0/priority'],
  ],
  ['a priority that is a text', withRule({ priority: '7' }), ['wrong_type /rules/0/priority']],
  ['a priority that is a fraction', withRule({ priority: 1.7 }), ['bad_number /rules/0/priority']],
  ['an unknown mode', withRule({ mode: 'Live' }), ['not_listed /rules/0/mode']],
  ['a mode that is null', withRule({ mode: null }), ['not_listed /rules/0/mode']],
  ['limits that are no object', withRule({ limits: 3 }), ['wrong_type /rules/0/limits']],
  [
    'an unknown limit',
    withRule({ limits: { perMonth: 3 } }),
    ['unknown_key /rules/0/limits/perMonth'],
  ],
  [
    'a limit of 0',
    withRule({ limits: { perOrder: 0 } }),
    ['out_of_range /rules/0/limits/perOrder'],
  ],
  [
    'a limit that is a text',
    withRule({ limits: { perDay: '1' } }),
    ['wrong_type /rules/0/limits/perDay'],
  ],
  ['no events', withRule({ on: [] }), ['empty_list /rules/0/on']],
  ['an event that is no list', withRule({ on: 'return.registered' }), ['wrong_type /rules/0/on']],
  ['an event that is a number', withRule({ on: [1] }), ['wrong_type /rules/0/on/0']],
  ['a misspelt event', withRule({ on: ['return.registred'] }), ['unknown_event /rules/0/on/0']],
  [
    'an internal event',
    withRule({ on: ['return.registered', 'command.answered'] }),
    ['unknown_event /rules/0/on/1'],
  ],
  [
    'a person’s request',
    withRule({ on: ['return.registered', 'action.requested'] }),
    ['unknown_event /rules/0/on/1'],
  ],
  [
    'an own event in upper case',
    withRule({ on: ['return.registered', 'shop.Claim'] }),
    ['unknown_event /rules/0/on/1'],
  ],
  [
    'an event twice',
    withRule({ on: ['return.registered', 'return.registered'] }),
    ['repeated_entry /rules/0/on/1'],
  ],
  [
    'too many events',
    withRule({
      on: ['return.registered', ...Array.from({ length: 50 }, (_, index) => `shop.e${index}`)],
    }),
    ['too_long /rules/0/on'],
  ],
]

const conditions: readonly Row[] = [
  ['conditions that are null', withConditions(null), ['wrong_type /rules/0/conditions']],
  ['conditions that are a list', withConditions([damaged]), ['wrong_type /rules/0/conditions']],
  ['conditions without a group', withConditions(damaged), ['not_a_group /rules/0/conditions']],
  [
    'empty conditions',
    withConditions({}),
    [
      'not_a_group /rules/0/conditions',
      'missing /rules/0/conditions/fact',
      'missing /rules/0/conditions/operator',
      'missing /rules/0/conditions/value',
    ],
  ],
  [
    'a misspelt group',
    withConditions({ al: [damaged] }),
    ['not_a_group /rules/0/conditions', 'unknown_key /rules/0/conditions/al'],
  ],
  ['an empty `all`', withConditions({ all: [] }), ['empty_group /rules/0/conditions/all']],
  ['an empty `any`', withConditions({ any: [] }), ['empty_group /rules/0/conditions/any']],
  [
    'an empty `all` inside',
    withConditions({ any: [damaged, { all: [] }] }),
    ['empty_group /rules/0/conditions/any/1/all'],
  ],
  [
    'both `all` and `any`',
    withConditions({ all: [damaged], any: [damaged] }),
    ['several_groups /rules/0/conditions'],
  ],
  [
    'a group and a comparison in one',
    withConditions({ all: [damaged], ...damaged }),
    [
      'unknown_key /rules/0/conditions/fact',
      'unknown_key /rules/0/conditions/operator',
      'unknown_key /rules/0/conditions/value',
    ],
  ],
  [
    '`all` that is no list',
    withConditions({ all: damaged }),
    ['wrong_type /rules/0/conditions/all'],
  ],
  ['`not` of a list', withConditions({ not: [damaged] }), ['wrong_type /rules/0/conditions/not']],
  ['a condition that is a text', withConditions({ all: ['x'] }), [`wrong_type ${at('')}`]],
  [
    'a reference to named conditions',
    withConditions({ condition: 'isGood' }),
    ['not_a_group /rules/0/conditions', 'not_supported /rules/0/conditions/condition'],
  ],
  [
    'a reference inside',
    withConditions({ all: [damaged, { condition: 'isGood' }] }),
    ['not_supported /rules/0/conditions/all/1/condition'],
  ],
  ['a priority of a condition', withLeaf({ priority: 5 }), [`not_supported ${at('/priority')}`]],
  [
    'a name of a group',
    withConditions({ all: [damaged], name: 'x' }),
    ['not_supported /rules/0/conditions/name'],
  ],
  ['a path', withLeaf({ path: '$.x' }), [`not_supported ${at('/path')}`]],
  ['params of a fact', withLeaf({ params: {} }), [`not_supported ${at('/params')}`]],
  [
    'a misspelt key of a comparison',
    withConditions({ all: [{ fact: 'return.reason', operator: 'equal', valeu: 'x' }] }),
    [`unknown_key ${at('/valeu')}`, `missing ${at('/value')}`],
  ],
  [
    'a comparison without an operator',
    withConditions({ all: [{ fact: 'return.reason', value: 'x' }] }),
    [`missing ${at('/operator')}`],
  ],
  ['an unknown fact', withLeaf({ fact: 'return.resaon' }), [`unknown_fact ${at('/fact')}`]],
  ['an inherited name as fact', withLeaf({ fact: 'constructor' }), [`unknown_fact ${at('/fact')}`]],
  ['a fact that is a number', withLeaf({ fact: 1 }), [`wrong_type ${at('/fact')}`]],
  [
    'an unknown operator',
    withLeaf({ operator: 'equals' }),
    [`unknown_operator ${at('/operator')}`],
  ],
  [
    'an inherited name as operator',
    withLeaf({ operator: 'toString' }),
    [`unknown_operator ${at('/operator')}`],
  ],
  ['an operator that is null', withLeaf({ operator: null }), [`wrong_type ${at('/operator')}`]],
  [
    'a decorated operator',
    withLeaf({ operator: 'not:equal' }),
    [`not_supported ${at('/operator')}`],
  ],
  [
    'unknown fact, operator and value at once',
    withLeaf({ fact: 'x', operator: 'y', value: 0.5 }),
    [
      `unknown_fact ${at('/fact')}`,
      `unknown_operator ${at('/operator')}`,
      `bad_number ${at('/value')}`,
    ],
  ],
]

const operands: readonly Row[] = [
  [
    'an order of texts',
    withLeaf({ operator: 'lessThan' }),
    [`operator_mismatch ${at('/operator')}`],
  ],
  [
    'equality of lists',
    withLeaf({ fact: 'return.references', value: 'x' }),
    [`operator_mismatch ${at('/operator')}`],
  ],
  [
    'an entry of a text',
    withLeaf({ operator: 'contains' }),
    [`operator_mismatch ${at('/operator')}`],
  ],
  [
    'a list for a flag',
    withLeaf({ fact: 'order.payLater', operator: 'in', value: [true] }),
    [`operator_mismatch ${at('/operator')}`],
  ],
  ['a number for a text', withLeaf({ value: 1 }), [`operand_mismatch ${at('/value')}`]],
  ['a text for a number', withLeaf({ ...days, value: '14' }), [`operand_mismatch ${at('/value')}`]],
  ['a flag for a number', withLeaf({ ...days, value: true }), [`operand_mismatch ${at('/value')}`]],
  [
    'a text for a flag',
    withLeaf({ fact: 'order.payLater', value: 'true' }),
    [`operand_mismatch ${at('/value')}`],
  ],
  ['a fraction', withLeaf({ ...days, value: 0.5 }), [`bad_number ${at('/value')}`]],
  ['null', withLeaf({ ...days, value: null }), [`operand_mismatch ${at('/value')}`]],
  [
    'a text outside the listed values',
    withLeaf({ fact: 'return.stage', value: 'recieved' }),
    [`not_listed ${at('/value')}`],
  ],
  [
    'a value from another fact',
    withLeaf({ value: { fact: 'return.condition' } }),
    [`not_supported ${at('/value')}`],
  ],
  ['an object', withLeaf({ value: {} }), [`not_supported ${at('/value')}`]],
  ['a list for `equal`', withLeaf({ value: ['damaged'] }), [`operand_mismatch ${at('/value')}`]],
  [
    '`in` with a text',
    withLeaf({ operator: 'in', value: 'NL,SE' }),
    [`operand_mismatch ${at('/value')}`],
  ],
  [
    '`in` with an empty list',
    withLeaf({ operator: 'in', value: [] }),
    [`empty_list ${at('/value')}`],
  ],
  [
    '`in` with mixed entries',
    withLeaf({ operator: 'in', value: ['a', 1, null] }),
    [`operand_mismatch ${at('/value/1')}`, `operand_mismatch ${at('/value/2')}`],
  ],
  [
    '`notIn` with a repeated entry',
    withLeaf({ operator: 'notIn', value: ['a', 'b', 'a'] }),
    [`repeated_entry ${at('/value/2')}`],
  ],
  [
    '`in` with too many entries',
    withLeaf({ operator: 'in', value: Array.from({ length: 501 }, (_, index) => `r${index}`) }),
    [`too_long ${at('/value')}`],
  ],
  [
    '`in` with a value that is not listed',
    withLeaf({ fact: 'return.stage', operator: 'in', value: ['received', 'lost'] }),
    [`not_listed ${at('/value/1')}`],
  ],
  [
    'a number as entry',
    withLeaf({ fact: 'return.references', operator: 'contains', value: 1 }),
    [`operand_mismatch ${at('/value')}`],
  ],
  ['a text that is too long', withLeaf({ value: 'x'.repeat(501) }), [`too_long ${at('/value')}`]],
]

const limits: readonly Row[] = [
  [
    'too many conditions',
    withConditions({ all: Array.from({ length: 200 }, () => damaged) }),
    ['too_many /rules/0/conditions'],
    false,
  ],
  [
    'too deep',
    withConditions({ all: [nested(20)] }),
    ['too_deep /rules/0/conditions/all/0/not/not/not/not/not/not/not/not/not/not/not'],
    false,
  ],
  [
    'a text that is too long for any place',
    aRuleSet({ description: 'x'.repeat(2001) }),
    ['too_long /description'],
  ],
  ['a key that is too long', aRuleSet({ ['k'.repeat(101)]: 1 }), [`too_long /${'k'.repeat(40)}…`]],
  [
    'control characters',
    withRule({ description: 'a\u001b[2Jb' }),
    ['bad_text /rules/0/description'],
    false,
  ],
  [
    'marks that turn the direction of text',
    withRule({ name: 'Refund \u202e001 KES' }),
    ['bad_text /rules/0/name'],
    false,
  ],
  ['a broken surrogate', withLeaf({ value: '\ud800' }), [`bad_text ${at('/value')}`], false],
]

const toCase = ([title, document, issues, isInSchema]: Row): DocumentCase => ({
  title,
  document,
  issues,
  isInSchema: isInSchema ?? true,
})

/** Documents that are refused, with every issue. */
export const BAD: readonly DocumentCase[] = [
  ...root,
  ...rule,
  ...conditions,
  ...operands,
  ...ACTION_FAULTS,
  ...limits,
].map(toCase)
