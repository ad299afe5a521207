/** The order's books: what was captured, paid back and is reserved, always derived, never kept twice. */
import type { RefundOrder } from './commands.ts'
import type { OrderWord } from './facts.ts'
import type { CaptureState, CommandState, OrderState } from './order-state.ts'

/** The states in which a command still claims what it asked for. */
const OPEN: readonly string[] = [
  'proposed',
  'awaitingApproval',
  'doubtful',
  'paused',
  'auditing',
  'stuck',
]

/** The outermost state of a command, for example `requested`. */
export function commandPhase(command: CommandState): string {
  const { value } = command.chart
  if (typeof value === 'string') return value
  for (const phase in value as object) return phase
  return ''
}

/** Whether an attempt of the command is on its way right now. */
export const isSending = ({ chart }: CommandState): boolean =>
  isIn(chart.value, 'requested', 'sending')

/** Whether the command is neither confirmed nor refused nor rejected. */
export function isOpen(command: CommandState): boolean {
  const phase = commandPhase(command)
  return phase === 'requested' || OPEN.includes(phase)
}

/** Whether Klarna has done it. */
export const isConfirmed = (command: CommandState): boolean => commandPhase(command) === 'confirmed'

/** Refunds of an order in their state, those of one capture when it is named. */
export const refundsOf = (
  order: OrderState,
  captureId?: string,
): readonly (CommandState & { readonly refund: RefundOrder })[] =>
  order.commands.flatMap((each) => {
    const { body } = each.command
    if (body.operation !== 'refundOrder') return []
    if (captureId !== undefined && body.captureId !== captureId) return []
    return [{ ...each, refund: body }]
  })

/**
 * Whether our books speak for the authorization: a release of ours is on its way, or done. Klarna's total is `authorizedMinor`
 * in a report that may be older than the release; only one that is higher than before is surely newer.
 */
export function hasOwnRelease(order: OrderState, authorizedMinor: number): boolean {
  const releases = order.commands.filter(
    ({ command }) => command.body.operation === 'releaseRemainingAuthorization',
  )
  if (releases.some(isOpen)) return true
  // After an authorization was raised again, ours is history.
  const isLast = order.remainingAuthorizedMinor === 0 && authorizedMinor <= order.authorizedMinor
  return isLast && releases.some(isConfirmed)
}

/** Amounts of one capture, in minor units. */
export interface CaptureBooks {
  readonly capturedMinor: number
  readonly refundedMinor: number
  /** Claimed by refunds that are not settled. */
  readonly reservedMinor: number
  /** What a new refund of the capture may pay at most; never negative. */
  readonly refundableMinor: number
}

/** The amounts of a capture. */
export function captureBooks(order: OrderState, capture: CaptureState): CaptureBooks {
  const { capturedMinor, refundedMinor } = capture.chart.context
  let reservedMinor = 0
  for (const each of order.commands) {
    const { body } = each.command
    const isOfCapture = body.operation === 'refundOrder' && body.captureId === capture.captureId
    if (isOfCapture && isOpen(each)) reservedMinor += body.refundMinor
  }
  return {
    capturedMinor,
    refundedMinor,
    reservedMinor,
    refundableMinor: Math.max(0, capturedMinor - refundedMinor - reservedMinor),
  }
}

/** Amounts of the whole order, in minor units. */
export function orderBooks(order: OrderState): CaptureBooks {
  const captures = order.captures.map((capture) => captureBooks(order, capture))
  const capturedMinor = sum(captures.map((each) => each.capturedMinor))
  const refundedMinor =
    sum(captures.map((each) => each.refundedMinor)) + order.unallocatedRefundedMinor
  const reservedMinor = sum(captures.map((each) => each.reservedMinor))
  return {
    capturedMinor,
    refundedMinor,
    reservedMinor,
    refundableMinor: Math.max(0, capturedMinor - refundedMinor - reservedMinor),
  }
}

/** Whether a chart region is in a state, for charts whose value is an object of regions. */
export const isIn = (value: unknown, region: string, state: string): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (value as Record<string, unknown>)[region] === state

/**
 * The one word that people see for an order of several captures and regions, the first that applies in `ORDER_WORDS`:
 * `closed`; `refunded` when every capture is; `partlyRefunded` when anything was paid back; `released`; `extended` when
 * any capture is; `captured`.
 */
export function orderWord(order: OrderState): OrderWord {
  if (order.chart.value === 'closed') return 'closed'
  const { capturedMinor, refundedMinor } = orderBooks(order)
  if (capturedMinor > 0 && refundedMinor >= capturedMinor) return 'refunded'
  if (refundedMinor > 0) return 'partlyRefunded'
  if (isIn(order.chart.value, 'open', 'released')) return 'released'
  if (order.captures.some((capture) => isIn(capture.chart.value, 'term', 'extended')))
    return 'extended'
  return 'captured'
}

/** The capture with an id. */
export const findCapture = (order: OrderState, captureId: string): CaptureState | undefined =>
  order.captures.find((capture) => capture.captureId === captureId)

/** The command with an id. */
export const findCommand = (order: OrderState, commandId: string): CommandState | undefined =>
  order.commands.find((each) => each.command.id === commandId)

/** The sum of whole amounts. */
export const sum = (amounts: readonly number[]): number =>
  amounts.reduce((all, each) => all + each, 0)
