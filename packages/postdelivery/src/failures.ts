/** What the package throws at callers: refused events, and things that cannot be done now. Codes are a public contract. */
import type { Problem, Refusal } from '@postdelivery/core'

/** An event was not taken; nothing of it is stored. */
export class EventError extends Error {
  override readonly name = 'EventError'
  /** `event_invalid`: see `problems`. `event_id_reused`: the id stands for another event; a person is told. */
  readonly code: 'event_invalid' | 'event_id_reused'
  /** Everything wrong with it. Values that were sent are not repeated. */
  readonly problems: readonly Problem[]

  constructor(code: EventError['code'], problems: readonly Problem[]) {
    const list = problems.map(({ path, message }) => `\`${path}\` ${message}`).join('; ')
    super(`the event is refused: ${list}`)
    this.code = code
    this.problems = problems
  }
}

/** Tells whether an error is this one, also when it comes from another copy of this package. */
export const isEventError = (error: unknown): error is EventError =>
  error instanceof EventError || (error instanceof Error && error.name === 'EventError')

/** Every code with what to do, in order of precedence. */
export const POST_DELIVERY_FAILURES = {
  closed: { retry: false, hint: 'create it again; what was accepted is stored and goes on' },
  input_invalid: { retry: false, hint: 'mend what `problems` list' },
  unknown_order: { retry: false, hint: 'register the order first with `track`' },
  unknown_event: { retry: false, hint: 'the order has no decision on this event; see `timeline`' },
  unknown_work: {
    retry: false,
    hint: 'nothing of this id waits for a person now; see `work`',
  },
  event_reported: {
    retry: false,
    hint: 'the event goes its way without this plan; plan another one under an id of its own',
  },
  plan_refused: { retry: false, hint: 'see `refusal`' },
  source_down: { retry: true, hint: 'try again later' },
  unknown_at_klarna: {
    retry: false,
    hint: 'check the id, the region, and that the credentials are those of the merchant',
  },
  klarna_unreadable: { retry: true, hint: 'see `status` and `errorCode`, then try again' },
  nothing_captured: { retry: false, hint: 'capture the order first' },
  order_unusable: { retry: false, hint: 'submit `order.captured` with the details yourself' },
} as const satisfies Record<string, { readonly retry: boolean; readonly hint: string }>

export type PostDeliveryFailureCode = keyof typeof POST_DELIVERY_FAILURES

/** Facts beside a failure; which of them are there depends on the code. */
export interface FailureFacts {
  /** With `input_invalid`. */
  readonly problems?: readonly Problem[]
  /** With `plan_refused`. */
  readonly refusal?: Refusal
  /** With `klarna_unreadable` and `unknown_at_klarna`: the HTTP status, when an answer came. */
  readonly status?: number
  /** Klarna's code, likewise. */
  readonly errorCode?: string
  /** Names the call in Klarna's logs, likewise. */
  readonly correlationId?: string
}

/** What was asked for cannot be done now; nothing was changed. */
export class PostDeliveryFailure extends Error {
  override readonly name = 'PostDeliveryFailure'
  readonly code: PostDeliveryFailureCode
  /** Whether the same call may work later. */
  readonly retry: boolean
  /** What to do now. */
  readonly hint: string
  readonly facts: FailureFacts

  constructor(code: PostDeliveryFailureCode, message: string, facts: FailureFacts = {}) {
    super(message)
    this.code = code
    this.retry = POST_DELIVERY_FAILURES[code].retry
    this.hint = POST_DELIVERY_FAILURES[code].hint
    this.facts = facts
  }
}

/** Tells whether an error is this one, also when it comes from another copy of this package. */
export const isPostDeliveryFailure = (error: unknown): error is PostDeliveryFailure =>
  error instanceof PostDeliveryFailure ||
  (error instanceof Error && error.name === 'PostDeliveryFailure')

/** A problem without the value that was given: what people send may be personal, and errors end in logs. */
export const withoutValue = <Found extends { readonly message: string }>(
  problem: Found,
): Found => ({
  ...problem,
  message: problem.message.replace(/, `.*` given$/s, ''),
})
