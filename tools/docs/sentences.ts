/** Sentences that only the documents need; the types hold them complete. */
import type { Deadline, Operation, OrderWord, PublicEventType } from '@postdelivery/core'

/** What each event says. */
export const EVENT_SENTENCES: Readonly<Record<PublicEventType | 'deadline.approaching', string>> = {
  'order.captured':
    'registers an order or refreshes it: new captures, a moved base due date, what is left of the authorization; never what was paid back or extended',
  'shipment.dispatched': 'parcels are on their way; changes nothing until a rule acts',
  'shipment.delivered': 'the parcel arrived; the newest report says when',
  'return.registered': 'the customer announced a return',
  'return.received': 'this is what came back',
  'return.inspected': 'this is what was accepted',
  'customer.reported': 'the customer has a problem',
  'delivery.accepted':
    'all is well, nothing more will be captured; the order closes once nothing is open',
  'action.requested': 'staff ask for an action by hand, on the same path and under the same limits',
  'order.observed': 'carries nothing; triggers a read of the order at Klarna',
  'deadline.approaching':
    "a date of the order comes near; made by the engine from the order's own dates, refused at the public door",
}

/** When the order has each word, unless an earlier one applies. */
export const WORD_SENTENCES: Readonly<Record<OrderWord, string>> = {
  closed: 'the delivery was accepted and nothing is open; whatever comes reopens it',
  refunded: 'all that was captured is paid back',
  partlyRefunded: 'something is paid back',
  released: 'no authorization is held back any more',
  extended: 'the due date of at least one capture was extended',
  captured: 'nothing of the above',
}

/** Where each deadline's date comes from. */
export const DEADLINE_SENTENCES: Readonly<Record<Deadline, string>> = {
  due_date: "the capture's `dueOn` by the merchant's terms, plus confirmed extension days",
  authorization_expiry: "the order's expiry at Klarna, while anything is left of the authorization",
  return_window: "the capture's `returnWindowEndsOn`",
}

/** What each state of each chart means, by chart and path. */
export const STATE_SENTENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  order: {
    open: 'something may still happen',
    'open.held': 'authorization is left, or nobody knows that it is gone',
    'open.releasing': 'its release is decided and not settled',
    'open.released': 'nothing is held back any more',
    closed: "accepted and done; ours and reopenable, not Klarna's `CLOSED`",
  },
  capture: {
    money: 'how much was paid back',
    'money.captured': 'nothing was paid back',
    'money.partlyRefunded': 'a part was paid back',
    'money.refunded': 'all of it was paid back',
    term: 'how long the customer has to pay',
    'term.standard': "by the merchant's terms",
    'term.extended': 'longer, at the fee that was quoted',
    parcel: 'whether Klarna knows a parcel',
    'parcel.untracked': 'none',
    'parcel.tracked': 'at least one',
  },
  command: {
    proposed: 'just decided; left within the same step',
    awaitingApproval: 'people must agree; the money is reserved',
    requested: 'it will be sent, or is being sent',
    'requested.ready': 'nothing is on its way; sent when its turn comes',
    'requested.sending': 'an attempt is recorded and may be at Klarna',
    doubtful: 'an attempt may have worked; the same key is repeated',
    paused: "the merchant's set-up is broken; everything of the order waits",
    auditing: "no repeat is left; Klarna's books are read",
    stuck: 'only a person can find out; the claim stands, other commands pass',
    confirmed: 'Klarna did it, and it is in our books',
    refused: 'it did not happen; the claim is free again',
    rejected: 'people said no, or nobody answered; nothing was sent',
  },
}

/** How a person, or the engine, finds out whether an operation happened. */
export const READ_BACK: Readonly<
  Record<
    Operation,
    { readonly mark: string; readonly readBack: string; readonly otherwise: string }
  >
> = {
  refundOrder: {
    mark: 'our command id as the `reference` of the refund',
    readBack: 'a refund of the order carries the reference',
    otherwise: 'a person',
  },
  releaseRemainingAuthorization: {
    mark: 'the remaining authorized amount',
    readBack: 'the amount is 0',
    otherwise: 'a person',
  },
  extendDueDate: {
    mark: 'none',
    readBack: 'not by us; Klarna shows people the new due date in its portal',
    otherwise: 'a person at once: no reads are made',
  },
  appendShippingInfo: {
    mark: 'carrier and tracking number on the capture',
    readBack: 'every parcel of the command stands on the capture and was not there before',
    otherwise: 'a person',
  },
  triggerSendOut: {
    mark: 'none',
    readBack: 'not by us; ask the customer before it is sent again',
    otherwise: 'a person at once: no reads are made',
  },
  extendAuthorizationTime: {
    mark: 'none that proves it was us',
    readBack: 'not by us; a person compares `expires_at` of the order with what it was',
    otherwise: 'a person at once: no reads are made',
  },
}
