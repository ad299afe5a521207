/** Examples of what the analysis finds: rules that can be read, and are of no use or not what was meant. */
import type { IssueExample } from './example.ts'
import { damaged, extend, refund, ruleWith } from './example.ts'

const condition = (fact: string, operator: string, value: unknown) => ({ fact, operator, value })
const dueIn = (value: number) => condition('time.daysToDueDate', 'lessThan', value)
const dueAfter = (value: number) => condition('time.daysToDueDate', 'greaterThanInclusive', value)
const inConditions = (rest: string): string => `/rules/0/conditions${rest}`
const payLater = condition('order.payLater', 'equal', true)
const ask = (question: string) => ({ type: 'review', params: { question } })

/** Conditions of so many combinations that nobody can say where they hold. */
const tangled = {
  all: Array.from({ length: 40 }, (_, index) => ({
    any: [
      condition('return.references', 'contains', `a${index}`),
      condition('return.reason', 'equal', `b${index}`),
      condition('return.references', 'contains', `c${index}`),
    ],
  })),
}

export const ANALYSIS_EXAMPLES: readonly IssueExample[] = [
  {
    code: 'never_true',
    advice: 'Two conditions exclude each other, or one can never hold. Correct one of them.',
    part: 'conditions',
    wrong: { all: [dueIn(3), dueAfter(14)] },
    right: { any: [dueIn(3), dueAfter(14)] },
    place: inConditions('/all/1'),
  },
  {
    code: 'never_acts',
    advice:
      'Under `first` a rule before it always decides; under `unique` another always fires with it. Give it a higher priority, or make the conditions exclude each other.',
    part: 'rules',
    wrong: {
      hitPolicy: 'first',
      rules: [
        ruleWith({ name: 'All returns', conditions: { all: [payLater] } }),
        ruleWith({ conditions: { all: [payLater, damaged] }, event: ask('Send a new one?') }),
      ],
    },
    right: {
      hitPolicy: 'first',
      rules: [
        ruleWith({ name: 'All returns', conditions: { all: [payLater] } }),
        ruleWith({
          priority: 10,
          conditions: { all: [payLater, damaged] },
          event: ask('Send a new one?'),
        }),
      ],
    },
    place: '/rules/1',
  },
  {
    code: 'action_refused',
    advice: 'The order is never in a state in which the action is possible. The message says why.',
    part: 'rule',
    wrong: ruleWith({
      event: extend,
      conditions: { all: [condition('order.payLater', 'equal', false)] },
    }),
    right: ruleWith({ event: extend, conditions: { all: [payLater] } }),
    place: '/rules/0/event',
  },
  {
    code: 'event_in_vain',
    advice:
      'The conditions name what this event never brings, or the action is refused on it. Take the event out.',
    part: 'rule',
    wrong: ruleWith({ on: ['return.registered', 'shipment.delivered'] }),
    right: ruleWith({ on: ['return.registered'] }),
    place: '/rules/0/on/1',
  },
  {
    code: 'part_never_true',
    advice: 'The rule may still fire through its other parts; this part is dead.',
    part: 'conditions',
    wrong: { any: [damaged, condition('order.refundableMinor', 'lessThan', 0)] },
    right: { any: [damaged, condition('order.refundableMinor', 'equal', 0)] },
    place: inConditions('/any/1'),
  },
  {
    code: 'always_true',
    advice:
      'Amounts that were captured or paid back are never negative, so the comparison decides nothing.',
    part: 'conditions',
    wrong: { all: [damaged, condition('order.capturedMinor', 'greaterThanInclusive', 0)] },
    right: { all: [damaged, condition('order.capturedMinor', 'greaterThanInclusive', 100)] },
    place: inConditions('/all/1'),
  },
  {
    code: 'redundant_condition',
    advice:
      'The other conditions imply it. Take it out, or correct it if it should narrow the rule.',
    part: 'conditions',
    wrong: { all: [dueIn(7), dueIn(14)] },
    right: { all: [dueIn(7), damaged] },
    place: inConditions('/all/1'),
  },
  {
    code: 'unlikely_value',
    advice: 'Shares are whole percent, 0 to 100.',
    part: 'conditions',
    wrong: { all: [condition('return.sharePercent', 'greaterThan', 5000)] },
    right: { all: [condition('return.sharePercent', 'greaterThan', 50)] },
    place: inConditions('/all/0/value'),
  },
  {
    code: 'option_not_listed',
    advice:
      'Klarna decides what it offers for an order, so this is a warning: days that the price list does not have, or a cap below each of its fees, will hardly ever be offered.',
    part: 'rule',
    wrong: ruleWith({
      event: { type: 'extendDueDate', params: { days: 7, maxFeeMinor: { SEK: 1000 } } },
      conditions: { all: [condition('order.payLater', 'equal', true)] },
    }),
    right: ruleWith({
      event: { type: 'extendDueDate', params: { days: 10, maxFeeMinor: { SEK: 1000 } } },
      conditions: { all: [condition('order.payLater', 'equal', true)] },
    }),
    place: '/rules/0/event/params/days',
  },
  {
    code: 'currency_without_cap',
    advice:
      'An extension is refused for a currency without a cap. List an amount for each currency.',
    part: 'rule',
    wrong: ruleWith({
      event: extend,
      conditions: { all: [condition('order.currency', 'in', ['SEK', 'NOK'])] },
    }),
    right: ruleWith({
      event: {
        type: 'extendDueDate',
        params: { choose: 'longest', maxFeeMinor: { SEK: 1000, NOK: 1000 } },
      },
      conditions: { all: [condition('order.currency', 'in', ['SEK', 'NOK'])] },
    }),
    place: '/rules/0/event/params/maxFeeMinor',
  },
  {
    code: 'repeats_rule',
    advice:
      'Of the same action for the same order only the first is taken. Take one rule out, or correct its conditions.',
    part: 'rules',
    wrong: [
      ruleWith({ name: 'Damaged', event: refund, conditions: { all: [damaged] } }),
      ruleWith({
        name: 'Damaged and due',
        event: refund,
        conditions: { all: [damaged, dueIn(7)] },
      }),
    ],
    right: [
      ruleWith({ name: 'Damaged', event: refund, conditions: { all: [damaged] } }),
      ruleWith({
        name: 'Wrong item',
        event: refund,
        conditions: { all: [condition('return.reason', 'equal', 'wrong_item')] },
      }),
    ],
    place: '/rules/1',
  },
  {
    code: 'rules_compete',
    advice:
      'Of two that ask for the same kind of action only the first is taken, and their order in the file decides. Make the conditions exclude each other, or say by `priority` which is meant.',
    part: 'rules',
    wrong: [
      ruleWith({ name: 'Damaged', event: extend }),
      ruleWith({
        name: 'Due soon',
        conditions: { all: [dueIn(7)] },
        event: { type: 'extendDueDate', params: { days: 10, maxFeeMinor: { SEK: 1000 } } },
      }),
    ],
    right: [
      ruleWith({ name: 'Damaged', event: extend, priority: 10 }),
      ruleWith({
        name: 'Due soon',
        conditions: { all: [dueIn(7)] },
        event: { type: 'extendDueDate', params: { days: 10, maxFeeMinor: { SEK: 1000 } } },
      }),
    ],
    place: '/rules/1',
  },
  {
    code: 'too_complex',
    advice:
      'Nothing is wrong, but nothing more can be said either. Split the rule, or compare with `in`.',
    part: 'conditions',
    wrong: tangled,
    shownAs: 'forty groups of three conditions each that must all hold',
    right: { all: [condition('return.reason', 'in', ['damaged', 'wrong_item'])] },
    place: '/rules/0/conditions',
  },
]
