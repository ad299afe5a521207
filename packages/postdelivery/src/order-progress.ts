/**
 * What each step of a timeline changed, told from the order as it is now and the steps up to then.
 *
 * For people's eyes only: the engine decides from the order itself, never from this.
 */
import {
  addDays,
  type Command,
  type CommandEvent,
  type EngineEvent,
  findCommand,
  formatMinor,
  isConfirmed,
  type OrderState,
  type OrderWord,
  orderBooks,
  orderWord,
} from '@postdelivery/core'

/** What is different after a step. */
export interface StateChange {
  readonly what: string
  readonly word: OrderWord
}

export interface Progress {
  /** An event was decided and not refused. */
  decided(event: EngineEvent): StateChange | null
  /** Something became of a command. */
  commandChanged(command: Command, event: CommandEvent): StateChange | null
}

/** Begins before the first step of an order whose newest state is `order`. */
export function createProgress(order: OrderState): Progress {
  const { currency } = order
  const confirmed = new Map<string, Command>()
  const openingMinor = new Map<string, number>()
  let isRegistered = false

  const commandsOf = (operation: Command['body']['operation'], captureId?: string): Command[] =>
    [...confirmed.values()].filter(
      ({ body }) =>
        body.operation === operation &&
        (captureId === undefined || ('captureId' in body && body.captureId === captureId)),
    )
  const refundedMinorOf = (captureId: string): number =>
    (openingMinor.get(captureId) ?? 0) +
    commandsOf('refundOrder', captureId).reduce(
      (sum, { body }) => sum + ('refundMinor' in body ? body.refundMinor : 0),
      0,
    )
  const extendedDaysOf = (captureId: string): number =>
    commandsOf('extendDueDate', captureId).reduce(
      (sum, { body }) => sum + ('numberOfDays' in body ? body.numberOfDays : 0),
      0,
    )

  /** The order as it was: what was not confirmed by then is taken back. */
  const orderThen = (): OrderState => {
    const isReleased = commandsOf('releaseRemainingAuthorization').length > 0
    return {
      ...order,
      chart: { ...order.chart, value: { open: isReleased ? 'released' : 'held' } },
      captures: order.captures.map((capture) => {
        const { captureId, chart } = capture
        const term = extendedDaysOf(captureId) > 0 ? 'extended' : 'standard'
        const context = { ...chart.context, refundedMinor: refundedMinorOf(captureId) }
        return { ...capture, chart: { value: { ...(chart.value as object), term }, context } }
      }),
    }
  }
  const change = (what: string): StateChange => ({ what, word: orderWord(orderThen()) })

  const confirm = (command: Command): StateChange | null => {
    const { body } = command
    const dueBefore = 'captureId' in body ? dueOnOf(body.captureId) : null
    confirmed.set(command.id, command)
    switch (body.operation) {
      case 'refundOrder': {
        const { refundedMinor, capturedMinor } = orderBooks(orderThen())
        const left = `${formatMinor(refundedMinor, currency)} of ${formatMinor(capturedMinor, currency)}`
        return change(`refunded ${left}`)
      }
      case 'extendDueDate': {
        const dueAfter = dueOnOf(body.captureId)
        const dates = dueBefore === null ? '' : `: ${dueBefore} -> ${dueAfter}`
        return change(`due date extended by ${body.numberOfDays} days${dates}`)
      }
      case 'releaseRemainingAuthorization':
        return change('remaining authorization released')
      case 'appendShippingInfo':
        return change('parcel known to Klarna')
      case 'triggerSendOut':
        return change('invoice sent again')
      case 'extendAuthorizationTime':
        return change('authorization extended')
    }
  }
  const dueOnOf = (captureId: string): string | null => {
    const capture = order.captures.find((each) => each.captureId === captureId)
    if (capture === undefined || capture.baseDueOn === null) return null
    return addDays(capture.baseDueOn, extendedDaysOf(captureId))
  }

  return {
    decided(event) {
      if (event.type === 'command.resolved' && event.how === 'happened') {
        const resolved = findCommand(order, event.commandId)
        return resolved !== undefined && isConfirmed(resolved) ? confirm(resolved.command) : null
      }
      if (event.type !== 'order.captured') return null
      for (const { captureId, refundedMinor } of event.captures) {
        if (!openingMinor.has(captureId)) openingMinor.set(captureId, refundedMinor ?? 0)
      }
      const what = isRegistered ? 'refreshed' : 'registered'
      isRegistered = true
      const capturedMinor = event.captures.reduce((sum, each) => sum + each.capturedMinor, 0)
      const left = formatMinor(event.order.remainingAuthorizedMinor, currency)
      return change(
        `${what}: ${formatMinor(capturedMinor, currency)} captured, ${left} still authorized`,
      )
    },
    commandChanged(command, event) {
      switch (event.type) {
        case 'command.answered':
          return event.outcome.type === 'done' && !confirmed.has(command.id)
            ? confirm(command)
            : null
        case 'command.audited':
          return event.finding === 'present' && !confirmed.has(command.id) ? confirm(command) : null
        default:
          return null
      }
    },
  }
}
