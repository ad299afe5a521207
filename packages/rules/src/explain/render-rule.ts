/** A rule as one sentence that people approve and records quote. */
import { WAKING_EVENT_TYPES } from '@postdelivery/core'
import type { Rule } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { renderAction } from './render-action.ts'
import { renderConditions } from './render-conditions.ts'
import { type SayOptions, sayCount } from './say-value.ts'

/**
 * Says a rule in its one canonical sentence: when it is asked, what must hold, what it then does, and how often it may.
 *
 * Deterministic, and the same for rules that differ in spelling only. Two rules that ask at other events, hold at other
 * facts, or do something else never read the same. The rule's name, priority and description are not part of it.
 * Total: a fact that the vocabulary does not have is called by its name. Throws: never.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, renderRule } from '@postdelivery/rules'
 *
 * const sentence = renderRule(
 *   {
 *     name: 'Damaged goods: more time to pay',
 *     on: ['return.registered'],
 *     priority: 10,
 *     mode: 'live',
 *     conditions: {
 *       all: [
 *         { fact: 'return.reason', operator: 'equal', value: 'damaged' },
 *         { fact: 'order.payLater', operator: 'equal', value: true },
 *         { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 },
 *       ],
 *     },
 *     event: { type: 'extendDueDate', params: { choose: 'longest', maxFeeMinor: { SEK: 1000 } } },
 *     limits: { perOrder: 1, perDay: 200 },
 *   },
 *   builtInVocabulary(),
 * )
 * expect(sentence).toBe(
 *   "When a return is registered: if the return's reason is damaged, and the order is pay later, and the due date is " +
 *     'fewer than 14 days away, then extend the due date by the longest option at a fee of at most 10.00 SEK (live, ' +
 *     'at most once per order, 200 a day).',
 * )
 * ```
 */
export function renderRule(rule: Rule, vocabulary: Vocabulary, options: SayOptions = {}): string {
  const conditions = renderConditions(rule.conditions, vocabulary, options)
  const action = renderAction(rule.event, options)
  return `When ${sayEvents(rule.on)}: if ${conditions}, then ${action} (${sayBrakes(rule)}).`
}

/** Says an event type: `a return is registered`. Total. */
export const sayEvent = (type: string): string =>
  Object.hasOwn(EVENT_WORDS, type)
    ? (EVENT_WORDS[type] ?? type)
    : `the shop reports ${JSON.stringify(type.replace(/^shop\./, ''))}`

/** A list of events is a set: ours in their order of life, then the shop's own. */
function sayEvents(on: readonly string[]): string {
  const known = WAKING_EVENT_TYPES.filter((type) => on.includes(type))
  const own = [...new Set(on)].filter((type) => !known.includes(type)).toSorted()
  return [...known, ...own].map(sayEvent).join(', or ')
}

const EVENT_WORDS: Readonly<Record<string, string>> = {
  'order.captured': 'an order is registered or refreshed',
  'shipment.dispatched': 'a shipment is dispatched',
  'shipment.delivered': 'a shipment is delivered',
  'return.registered': 'a return is registered',
  'return.received': 'a return is received',
  'return.inspected': 'a return is inspected',
  'customer.reported': 'the customer reports a problem',
  'delivery.accepted': 'the delivery is accepted',
  'order.observed': 'the order is read at Klarna',
  'action.requested': 'a person asks for an action',
  'deadline.approaching': 'a deadline comes near',
}

const MODE_WORDS: Readonly<Record<Rule['mode'], string>> = {
  draft: 'draft, never acts',
  shadow: 'shadow, only watches',
  approval: 'waits for approval each time',
  live: 'live',
}

function sayBrakes({ mode, limits: { perOrder, perDay } }: Rule): string {
  const brakes = [
    ...(perOrder === undefined ? [] : [`${sayTimes(perOrder)} per order`]),
    ...(perDay === undefined ? [] : [`${perDay} a day`]),
  ]
  return brakes.length === 0
    ? MODE_WORDS[mode]
    : `${MODE_WORDS[mode]}, at most ${brakes.join(', ')}`
}

const sayTimes = (count: number): string =>
  count === 1 ? 'once' : count === 2 ? 'twice' : sayCount(count, 'time')
