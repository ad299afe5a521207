/** The pure router: steps one chart of an order and carries what it asks for into the others. */
import { paysAgain } from '../allocate-refund.ts'
import { assert } from '../assert.ts'
import {
  captureBooks,
  commandPhase,
  findCapture,
  findCommand,
  isConfirmed,
  isOpen,
  orderBooks,
} from '../books.ts'
import type { CommandState, OrderState } from '../order-state.ts'
import type { Work } from '../ports/store.ts'
import type { IsoInstant } from '../time.ts'
import { booksWorkId, commandWorkId, describeCommand, makeWork } from '../work.ts'
import type { CaptureChartEvent } from './capture-chart.ts'
import type { AlarmCode, ChartEffect } from './chart-effects.ts'
import type { Charts } from './charts.ts'
import type { CommandChartEvent } from './command-chart-event.ts'
import type { OrderChartEvent } from './order-chart.ts'

/** What a step asks of the engine, beside the next state. */
export type RouterEffect =
  | { readonly type: 'openWork'; readonly work: Work }
  | { readonly type: 'closeWork'; readonly workId: string }
  /** Claims on shared limits are given back. */
  | { readonly type: 'free'; readonly commandId: string }
  /** Claims are made whatever the limits say: people agreed, or Klarna did what was given up. */
  | { readonly type: 'claim'; readonly commandId: string }
  | { readonly type: 'openGeneration'; readonly commandId: string; readonly generation: number }
  | { readonly type: 'alarm'; readonly code: AlarmCode; readonly commandId?: string }

/** The effects of one type. */
export const ofType = <Type extends RouterEffect['type']>(
  effects: readonly RouterEffect[],
  type: Type,
): readonly Extract<RouterEffect, { readonly type: Type }>[] =>
  effects.filter(
    (effect): effect is Extract<RouterEffect, { readonly type: Type }> => effect.type === type,
  )

/** An order with what the step so far asks for. */
export interface Routed {
  readonly order: OrderState
  readonly effects: readonly RouterEffect[]
  /** How its charts are stepped. */
  readonly charts: Charts
}

/** Steps the order's own chart. */
export function stepOrder(routed: Routed, event: OrderChartEvent): Routed {
  const step = routed.charts.order(routed.order.chart, event)
  return { ...routed, order: { ...routed.order, chart: step.state } }
}

/** Steps the chart of one capture. */
export function stepCapture(routed: Routed, captureId: string, event: CaptureChartEvent): Routed {
  assert(findCapture(routed.order, captureId) !== undefined, `the order has capture ${captureId}`)
  const captures = routed.order.captures.map((capture) =>
    capture.captureId === captureId
      ? { ...capture, chart: routed.charts.capture(capture.chart, event).state }
      : capture,
  )
  return { ...routed, order: { ...routed.order, captures } }
}

/** Steps the chart of one command and carries out what it asks for in the order's books. */
export function stepCommand(
  routed: Routed,
  commandId: string,
  event: CommandChartEvent,
  at: IsoInstant,
): Routed {
  const before = findCommand(routed.order, commandId)
  assert(before !== undefined, `the order has command ${commandId}`)
  const step = routed.charts.command(before.chart, event)
  const after: CommandState = { ...before, chart: step.state }
  const commands = routed.order.commands.map((each) => (each === before ? after : each))
  const start: Routed = {
    ...routed,
    order: { ...routed.order, commands },
    effects: step.isHandled
      ? routed.effects
      : [...routed.effects, { type: 'alarm', code: 'unexpected_event', commandId }],
  }
  const done = step.effects.reduce((all, effect) => route(all, after, effect, at), start)
  const wasDropped = !isOpen(before) && !isConfirmed(before)
  const stepped =
    wasDropped && after.chart.value !== before.chart.value ? checkLateRefund(done, after, at) : done
  return claimsAnyway(before, after)
    ? { ...stepped, effects: [...stepped.effects, { type: 'claim', commandId }] }
    : stepped
}

/** Whether a command that may hold no claims spends money from now on, so that later ones must see it as spent. */
const claimsAnyway = (before: CommandState, after: CommandState): boolean =>
  ['awaitingApproval', 'refused', 'rejected'].includes(commandPhase(before)) &&
  ['requested', 'confirmed'].includes(commandPhase(after))

function route(routed: Routed, command: CommandState, effect: ChartEffect, at: IsoInstant): Routed {
  const commandId = command.command.id
  const add = (more: RouterEffect): Routed => ({ ...routed, effects: [...routed.effects, more] })
  switch (effect.type) {
    case 'book':
      return book(routed, command, at)
    case 'free':
      return free(add({ type: 'free', commandId }), command)
    case 'openGeneration':
      return add({
        type: 'openGeneration',
        commandId,
        generation: command.chart.context.generation,
      })
    case 'alarm':
      return add({ type: 'alarm', code: effect.code, commandId })
    case 'closeWork':
      return add({ type: 'closeWork', workId: commandWorkId(effect.kind, commandId) })
    case 'openWork':
      return add({ type: 'openWork', work: workOf(effect.kind, command, at) })
  }
}

function workOf(
  kind: Parameters<typeof commandWorkId>[0],
  { command, chart, approvalHash }: CommandState,
  at: IsoInstant,
): Work {
  const { why } = chart.context
  return makeWork({
    kind,
    id: commandWorkId(kind, command.id),
    orderId: command.orderId,
    at,
    about: why === null ? describeCommand(command) : `${describeCommand(command)} (${why})`,
    commandId: command.id,
    eventId: command.eventId,
    details: { approvalHash },
  })
}

/** Klarna has done it: the amounts, the term, the parcels and the authorization follow. */
function book(routed: Routed, { command }: CommandState, at: IsoInstant): Routed {
  const { body } = command
  switch (body.operation) {
    case 'refundOrder':
      return checkBooks(
        stepCapture(routed, body.captureId, {
          type: 'refundBooked',
          refundMinor: body.refundMinor,
        }),
        at,
      )
    case 'extendDueDate':
      return stepCapture(routed, body.captureId, {
        type: 'dueDateExtended',
        numberOfDays: body.numberOfDays,
        feeMinor: body.feeMinor,
      })
    case 'appendShippingInfo': {
      const tracked = stepCapture(routed, body.captureId, { type: 'parcelTracked' })
      const captures = tracked.order.captures.map((capture) =>
        capture.captureId === body.captureId
          ? { ...capture, shippingInfo: [...capture.shippingInfo, ...body.shippingInfo] }
          : capture,
      )
      return { ...tracked, order: { ...tracked.order, captures } }
    }
    case 'releaseRemainingAuthorization': {
      const released = stepOrder(routed, { type: 'releaseConfirmed' })
      return { ...released, order: { ...released.order, remainingAuthorizedMinor: 0 } }
    }
    case 'extendAuthorizationTime':
      // The new expiry is told by the next read only; until then it is unknown, and unknown never acts.
      return { ...routed, order: { ...routed.order, authorizationExpiresAt: null } }
    case 'triggerSendOut':
      return routed
  }
}

function free(routed: Routed, { command }: CommandState): Routed {
  return command.body.operation === 'releaseRemainingAuthorization'
    ? stepOrder(routed, { type: 'releaseRefused' })
    : routed
}

/** Facts may break the books (a late success, a refund in the portal): then refunds stop and a person is asked. */
function checkBooks(routed: Routed, at: IsoInstant): Routed {
  const { capturedMinor, refundedMinor } = orderBooks(routed.order)
  const isBroken =
    refundedMinor > capturedMinor ||
    routed.order.captures.some(
      ({ chart }) => chart.context.refundedMinor > chart.context.capturedMinor,
    )
  return isBroken
    ? stopRefunds(routed, { oursMinor: capturedMinor, klarnasMinor: refundedMinor, at })
    : routed
}

/**
 * A refund that was dropped happened all the same, or may have: what it had given back may have been promised again
 * meanwhile, as money or as returned units. Then refunds stop before Klarna is asked for the second one.
 */
function checkLateRefund(routed: Routed, late: CommandState, at: IsoInstant): Routed {
  const { order } = routed
  const { command } = late
  if (command.body.operation !== 'refundOrder') return routed
  const books = [orderBooks(order), ...order.captures.map((each) => captureBooks(order, each))]
  const isPromisedTwice = books.some(
    ({ capturedMinor, refundedMinor, reservedMinor }) =>
      refundedMinor + reservedMinor > capturedMinor,
  )
  if (!isPromisedTwice && !paysAgain(order, command)) return routed
  const { refundedMinor } = orderBooks(order)
  const { refundMinor } = command.body
  const oursMinor = isConfirmed(late) ? refundedMinor - refundMinor : refundedMinor
  return stopRefunds(routed, { oursMinor, klarnasMinor: oursMinor + refundMinor, at })
}

/** Stops the refunds of an order until a person has compared the books. Stopping twice changes nothing. */
export function stopRefunds(
  routed: Routed,
  found: { readonly oursMinor: number; readonly klarnasMinor: number; readonly at: IsoInstant },
): Routed {
  if (routed.order.booksDiffer !== null) return routed
  const { orderId, currency } = routed.order
  const work = makeWork({
    kind: 'books_differ',
    id: booksWorkId(orderId),
    orderId,
    at: found.at,
    about: `ours ${found.oursMinor}, Klarna's ${found.klarnasMinor} minor units of ${currency}`,
    details: { oursMinor: found.oursMinor, klarnasMinor: found.klarnasMinor },
  })
  return {
    ...routed,
    order: {
      ...routed.order,
      booksDiffer: {
        since: found.at,
        oursMinor: found.oursMinor,
        klarnasMinor: found.klarnasMinor,
      },
    },
    effects: [
      ...routed.effects,
      { type: 'openWork', work },
      { type: 'alarm', code: 'books_differ' },
    ],
  }
}

/** Closes an accepted order once nothing is open and nothing is held back any more. */
export function closeIfDone(routed: Routed): Routed {
  const { order } = routed
  const isDone =
    !order.commands.some(isOpen) &&
    order.remainingAuthorizedMinor === 0 &&
    order.booksDiffer === null
  return isDone ? stepOrder(routed, { type: 'settled' }) : routed
}
