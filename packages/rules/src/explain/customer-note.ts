/** What support may tell a customer: what happened and what comes next, and nothing of rules, limits or judgements. */
import { type ActionType, type DecidedAction, formatMinor } from '@postdelivery/core'

/** One action as the customer meets it. */
export interface CustomerAction {
  readonly type: ActionType
  readonly outcome: DecidedAction['outcome']
  /** The phase of its command now, `confirmed` for example; left out when it has none. */
  readonly phase?: string
  /** Whether something keeps its command from being sent until people have looked: a stop, books that differ. */
  readonly isHeld?: boolean
  /** What is paid back, in minor units of `currency`. */
  readonly refundMinor?: number
  /** How much more time there is to pay. */
  readonly extensionDays?: number
  /** ISO 4217, upper case. */
  readonly currency?: string
}

/** What support may say. */
export interface CustomerNote {
  /** What happened; polite whole sentences. */
  readonly happened: readonly string[]
  /** What the customer can expect or do. */
  readonly next: readonly string[]
}

/**
 * Words one event and what came of it for the customer.
 *
 * The words follow from the kind of event, the kind of action, its outcome, and, for what is done or on its way, the
 * amount or the days; from nothing else. So whatever a rule says, however it was decided and whoever looks at it, two
 * customers to whom the same happens are told the same. Throws: never.
 *
 * @example
 * ```ts
 * import { customerNote } from '@postdelivery/rules'
 *
 * const refund = { type: 'refund', outcome: 'queued', refundMinor: 3000, currency: 'SEK' } as const
 * expect(customerNote('return.received', [refund])).toEqual({
 *   happened: ['Your return has arrived.', 'Your refund of 30.00 SEK is on its way.'],
 *   next: ['There is nothing that you need to do.'],
 * })
 * ```
 */
export function customerNote(eventType: string, actions: readonly CustomerAction[]): CustomerNote {
  const told = actions.map(tellAction).filter((each) => each !== null)
  const received = Object.hasOwn(EVENT_NOTES, eventType) ? (EVENT_NOTES[eventType] ?? []) : []
  const happened = unique([...received, ...told.map((each) => each.happened)])
  const next = unique(told.map((each) => each.next))
  if (told.length > 0) return { happened, next }
  return { happened: unique([...happened, NOTHING.happened]), next: [NOTHING.next] }
}

interface Told {
  readonly happened: string
  readonly next: string
}

const unique = (sentences: readonly string[]): readonly string[] => [...new Set(sentences)]

/** What the customer did or sees is said back; what is internal is not. */
const EVENT_NOTES: Readonly<Record<string, readonly string[]>> = {
  'shipment.dispatched': ['Your parcel is on its way.'],
  'shipment.delivered': ['Your parcel was delivered.'],
  'return.registered': ['Your return is registered.'],
  'return.received': ['Your return has arrived.'],
  'return.inspected': ['Your return has been looked at.'],
  'customer.reported': ['Thank you for telling us.'],
}

const NOTHING: Told = {
  happened: 'There is no change to your order or your invoice right now.',
  next: 'If you have a question, we are glad to help.',
}
const LOOKED_AT: Told = {
  happened: 'We are looking into your order.',
  next: 'We will get back to you.',
}
const NOTHING_TO_DO = 'There is nothing that you need to do.'

function tellAction(action: CustomerAction): Told | null {
  const standing = standingOf(action)
  if (standing === 'nothing') return null
  if (standing === 'looked_at') return LOOKED_AT
  const words = ACTION_NOTES[action.type]
  return words === null ? null : words[standing](action)
}

type Standing = 'done' | 'under_way' | 'looked_at' | 'nothing'

/** A message of the shop's own is no news of the order; a review is a person who looks. */
function standingOf({ type, outcome, phase, isHeld = false }: CustomerAction): Standing {
  if (type === 'notify') return 'nothing'
  if (type === 'review' && outcome === 'done') return 'looked_at'
  const byPhase = phase !== undefined && Object.hasOwn(PHASES, phase) ? PHASES[phase] : undefined
  const standing = byPhase ?? OUTCOMES[outcome]
  return isHeld && standing === 'under_way' ? 'looked_at' : standing
}

const OUTCOMES: Readonly<Record<DecidedAction['outcome'], Standing>> = {
  queued: 'under_way',
  awaiting_approval: 'looked_at',
  conflict: 'looked_at',
  superseded: 'nothing',
  refused: 'nothing',
  not_live: 'nothing',
  observed: 'nothing',
  done: 'nothing',
}

const PHASES: Readonly<Record<string, Standing>> = {
  proposed: 'under_way',
  requested: 'under_way',
  awaitingApproval: 'looked_at',
  // Nobody knows whether it happened: it is not promised.
  doubtful: 'looked_at',
  auditing: 'looked_at',
  paused: 'looked_at',
  stuck: 'looked_at',
  confirmed: 'done',
  refused: 'nothing',
  rejected: 'nothing',
}

type Notes = Readonly<Record<'done' | 'under_way', (action: CustomerAction) => Told>>

const fixed =
  (happened: string, next = NOTHING_TO_DO) =>
  (): Told => ({ happened, next })

const amountOf = ({ refundMinor, currency }: CustomerAction): string =>
  refundMinor === undefined || currency === undefined
    ? ''
    : ` of ${formatMinor(refundMinor, currency)}`

const daysOf = ({ extensionDays }: CustomerAction): string =>
  extensionDays === undefined
    ? 'more time'
    : `${extensionDays} more day${extensionDays === 1 ? '' : 's'}`

/** What each action is for the customer; null for what they never notice. */
const ACTION_NOTES: Readonly<Record<ActionType, Notes | null>> = {
  refund: {
    done: (action) => ({
      happened: `Your refund${amountOf(action)} has been made.`,
      next: 'Depending on how you paid, it can take a few days until you see it.',
    }),
    under_way: (action) => ({
      happened: `Your refund${amountOf(action)} is on its way.`,
      next: NOTHING_TO_DO,
    }),
  },
  extendDueDate: {
    done: (action) => ({
      happened: `You have ${daysOf(action)} to pay your invoice.`,
      next: 'You find the new due date in your Klarna account.',
    }),
    under_way: (action) => ({
      happened: `You are getting ${daysOf(action)} to pay your invoice.`,
      next: 'You find the due date in your Klarna account.',
    }),
  },
  releaseAuthorization: {
    done: fixed('The part of your order that is not delivered is no longer held at Klarna.'),
    under_way: fixed('The part of your order that is not delivered will not be charged.'),
  },
  addShippingInfo: {
    done: fixed('Klarna can show you where your parcel is.'),
    under_way: fixed('Klarna will soon show you where your parcel is.'),
  },
  sendOut: {
    done: fixed(
      'Klarna has sent you your invoice again.',
      'Please look into your spam folder, too.',
    ),
    under_way: fixed(
      'Klarna is sending you your invoice again.',
      'Please look into your spam folder, too.',
    ),
  },
  extendAuthorization: null,
  review: null,
  notify: null,
}
