/** The domain's "no", as values. The order of the table is the order of precedence. */

/** Every refusal with the sentence that people read. A test holds each code; docs are written from this table. */
export const REFUSALS = {
  event_id_reused: 'this event id was used before with another content; nothing was done',
  unknown_order:
    'this order is not known yet; the event is kept and replayed once the order is registered',
  event_decided: 'this event was decided before; nothing more comes of it',
  from_the_future: 'the event says that it happens more than a day from now; nothing was done',
  stale_event: 'a newer report of the same thing is known already',
  unknown_capture: 'the order has no such capture',
  capture_not_named: 'the order has several captures and the event names none',
  unknown_return: 'the order has no such return',
  unknown_command: 'the order has no such command',
  unknown_line: 'the capture has no line with this reference',
  return_exceeds_captured: 'more units are reported as returned than the line has',
  currency_changed: 'an order does not change its currency',
  captured_amount_changed: 'a capture does not change its amount',
  refunds_stopped:
    "refunds of this order stand still until a person has compared the books with Klarna's",
  stage_not_reported: 'the return has not reached the stage that the rule names',
  already_refunded: 'these units of this return are paid back, or on their way',
  nothing_to_refund: 'nothing is left to pay back',
  line_exceeds_captured: 'more units of a line would be paid back than were captured',
  refund_exceeds_captured: 'the refund would exceed what is left of the captured amount',
  return_fee_not_allowed:
    'Klarna takes a return fee only with one full capture, in certain markets',
  nothing_captured: 'nothing was captured',
  nothing_to_release: 'no authorization is left to release',
  release_in_progress: 'the remaining authorization is being released',
  not_pay_later: 'the order has no due date to extend',
  extended_before: 'the capture was extended before, and the rule does not say `again`',
  currency_not_listed: "the rule's cap names no amount for this currency",
  no_option_offered: 'Klarna offers no extension now',
  no_option_within_cap: 'no extension that Klarna offers meets the wish within the cap',
  quote_changed: "Klarna's offer changed before the call was made",
  shipping_info_known: 'every parcel is known already',
  no_shipping_info: 'neither the event nor the action carries a parcel',
  sent_before: 'the invoice was sent again for this reason before',
  authorization_expired: 'the authorization has expired',
  authorization_unknown: 'no expiry of the authorization is known, or nothing is left of it',
  unknown_action: 'the action cannot be read',
  not_awaiting_approval: 'the command does not wait for an approval',
  approval_expired: 'the approval comes after its time; the command was given up',
  not_stuck: 'the command is neither stuck nor paused, so there is nothing to resolve',
  not_paused: 'the command is not paused',
  command_under_way: 'the command has been sent, or was, and can no longer be dropped',
  approver_not_allowed:
    'the approver asked for the action, wrote the rule, or has approved already',
  approval_not_bound: 'the approval names other bytes than the command would send',
  resolution_not_bound: 'the finding is about another key of the command than its present one',
  plan_drifted: 'the order, the rules or the offers changed since the plan was made',
} as const

export type RefusalCode = keyof typeof REFUSALS

/** A domain "no": its code and the facts behind it (ids, amounts, counts; never personal data). */
export interface Refusal {
  readonly code: RefusalCode
  readonly facts?: Readonly<Record<string, string | number | boolean>>
}

/** Makes a refusal. */
export const refusal = (code: RefusalCode, facts?: Refusal['facts']): Refusal =>
  facts === undefined ? { code } : { code, facts }

/** The sentence of a refusal, with its facts. */
export function describeRefusal(refused: Refusal): string {
  const facts = Object.entries(refused.facts ?? {}).map(([name, value]) => `${name} ${value}`)
  return facts.length === 0
    ? REFUSALS[refused.code]
    : `${REFUSALS[refused.code]} (${facts.join(', ')})`
}

/** The refusal that comes first in the table. */
export function firstRefusal(refusals: readonly Refusal[]): Refusal | undefined {
  const order = Object.keys(REFUSALS)
  return refusals.toSorted((a, b) => order.indexOf(a.code) - order.indexOf(b.code))[0]
}
