/** How people say each fact: its subject, what it is, and which way it can move. The one table that all sentences use. */
import type { FactDefinition } from '@postdelivery/core'
import type { Vocabulary } from '../vocabulary.ts'

/** The words of one fact. */
export interface FactWords {
  /** What is spoken of: `the due date`. */
  readonly subject: string
  /** A sentence with a place for the value: `the due date is {} away`. */
  readonly is: string
  /** A flag that is set, and one that is not. */
  readonly yes?: string
  readonly no?: string
  /** A list that has an entry, and one that has not. */
  readonly has?: string
  readonly lacks?: string
  /** Which way a number moves, with a place for the difference. */
  readonly less: string
  readonly more: string
  /** The facts' listed values as people say them. */
  readonly values: Readonly<Record<string, string>>
  /** Why it may be unknown. */
  readonly unknown: string
}

type Entry = Pick<FactWords, 'subject'> & Partial<FactWords>

/**
 * The words of a fact.
 *
 * Total: a fact that the vocabulary does not have is called by its name in quotes. No two facts of a vocabulary have the
 * same words. The merchant's own facts are called by their sentence.
 */
export function wordsOf(name: string, vocabulary: Vocabulary): FactWords {
  const builtIn = Object.hasOwn(FACT_WORDS, name) ? FACT_WORDS[name] : undefined
  const entry = builtIn ?? ownWords(name, vocabulary)
  const { subject } = entry
  return {
    is: `${subject} is {}`,
    less: '{} lower',
    more: '{} higher',
    values: {},
    unknown: UNKNOWN_OF_NAMESPACE[name.split('.')[0] ?? ''] ?? 'nobody has told it',
    ...entry,
  }
}

/** Names the facts that have words of their own; a test holds this against the built-in vocabulary. */
export const factsWithWords = (): readonly string[] => Object.keys(FACT_WORDS)

function ownWords(name: string, { definitions, definitionOf }: Vocabulary): Entry {
  const definition = definitionOf(name)
  if (definition === undefined) return ofSubject(`the fact ${JSON.stringify(name)}`)
  const said = oneLine(definition)
  const isShared = definitions.some((each) => each.name !== name && oneLine(each) === said)
  return ofSubject(isShared ? `${JSON.stringify(said)} (${name})` : JSON.stringify(said))
}

const oneLine = ({ sentence }: FactDefinition): string => sentence.trim().replaceAll(/\s+/g, ' ')

const ofSubject = (subject: string): Entry => ({
  subject,
  yes: `${subject} is yes`,
  no: `${subject} is no`,
  has: `${subject} has {}`,
  lacks: `${subject} does not have {}`,
})

const UNKNOWN_OF_NAMESPACE: Readonly<Record<string, string>> = {
  order: 'the order was registered without it',
  capture: 'the order has several captures, and the event names none',
  return: 'the event is not about a return, or does not say it',
  extension: "Klarna's offers were not read for this order",
  time: 'the date it counts from or to is not known',
  event: 'the event does not say it',
  customer: 'the shop has told nothing about it',
  shop: 'the shop has told nothing about it',
}

const FACT_WORDS: Readonly<Record<string, Entry>> = {
  'order.currency': { subject: "the order's currency" },
  'order.country': { subject: 'the country of purchase' },
  'order.paymentMethod': { subject: 'the payment method' },
  'order.payLater': {
    subject: 'whether the order is pay later',
    yes: 'the order is pay later',
    no: 'the order is not pay later',
  },
  'order.capturedMinor': { subject: "the order's captured amount" },
  'order.refundedMinor': { subject: "the order's refunded amount" },
  'order.reservedMinor': { subject: "the order's amount in unsettled refunds" },
  'order.refundableMinor': { subject: "the order's refundable amount" },
  'order.remainingAuthorizedMinor': { subject: 'the amount authorized and not captured' },
  'order.captureCount': { subject: "the order's number of captures" },
  'order.status': {
    subject: "the order's status",
    values: { partlyRefunded: 'partly refunded' },
  },
  'order.klarnaStatus': {
    subject: "Klarna's status of the order",
    values: {
      AUTHORIZED: 'authorized',
      PART_CAPTURED: 'partly captured',
      CAPTURED: 'captured',
      CANCELLED: 'cancelled',
      EXPIRED: 'expired',
      CLOSED: 'closed',
    },
  },
  'capture.capturedMinor': { subject: "the capture's amount" },
  'capture.refundedMinor': { subject: "the capture's refunded amount" },
  'capture.reservedMinor': { subject: "the capture's amount in unsettled refunds" },
  'capture.refundableMinor': { subject: "the capture's refundable amount" },
  'capture.tracked': {
    subject: 'whether Klarna knows a parcel of the capture',
    yes: 'Klarna knows a parcel of the capture',
    no: 'Klarna knows no parcel of the capture',
  },
  'capture.extendedDays': {
    subject: 'the extension of the due date so far',
    less: '{} shorter',
    more: '{} longer',
  },
  'capture.extensionCount': { subject: 'the number of extensions of the due date so far' },
  'capture.refundCount': { subject: "the capture's number of refunds" },
  'return.reason': { subject: "the return's reason" },
  'return.condition': { subject: 'the condition of the returned goods' },
  'return.stage': { subject: "the return's stage" },
  'return.valueMinor': { subject: 'the value of the returned goods' },
  'return.sharePercent': { subject: 'the returned share of the capture' },
  'return.lineCount': { subject: 'the number of returned lines' },
  'return.references': {
    subject: 'the list of returned lines',
    has: 'the returned lines include {}',
    lacks: 'the returned lines do not include {}',
  },
  'extension.available': {
    subject: 'whether Klarna offers an extension',
    yes: 'Klarna offers an extension',
    no: 'Klarna offers no extension',
  },
  'extension.longestDays': {
    subject: 'the longest extension on offer',
    less: '{} shorter',
    more: '{} longer',
  },
  'extension.longestFeeMinor': { subject: 'the fee of the longest extension on offer' },
  'extension.freeDays': {
    subject: 'the longest free extension on offer',
    less: '{} shorter',
    more: '{} longer',
  },
  'time.daysSinceCapture': {
    subject: 'the capture',
    is: 'the capture was {} ago',
    less: '{} more recent',
    more: '{} longer ago',
  },
  'time.daysSinceDelivery': {
    subject: 'the delivery',
    is: 'the delivery was {} ago',
    less: '{} more recent',
    more: '{} longer ago',
    unknown: 'no delivery was reported',
  },
  'time.daysToDueDate': {
    subject: 'the due date',
    is: 'the due date is {} away',
    less: '{} nearer',
    more: '{} further away',
    unknown: 'nobody has told the due date of this capture',
  },
  'time.daysToAuthorizationExpiry': {
    subject: 'the expiry of the authorization',
    is: 'the expiry of the authorization is {} away',
    less: '{} nearer',
    more: '{} further away',
    unknown: 'nobody has told when the authorization expires',
  },
  'event.type': { subject: 'the kind of event' },
  'event.problem': {
    subject: 'what the customer reported',
    values: {
      invoice_missing: 'a missing invoice',
      not_received: 'a missing parcel',
      wrong_item: 'a wrong item',
      damaged: 'damaged goods',
      late: 'a late delivery',
      other: 'something else',
    },
  },
  'event.deadline': {
    subject: 'the deadline that comes near',
    values: {
      due_date: 'the due date',
      authorization_expiry: 'the expiry of the authorization',
      return_window: 'the end of the return window',
    },
  },
  'event.daysLeft': {
    subject: 'the deadline',
    is: 'the deadline is {} away',
    less: '{} nearer',
    more: '{} further away',
  },
}
