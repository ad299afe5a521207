/** Plays moves through the pure core alone: events applied, decisions settled, no store, no engine, no clock. */
import { prepareRequest } from '@postdelivery/adapters/klarna'
import {
  addMs,
  applyEvent,
  type CommandState,
  commandPhase,
  type EngineEvent,
  type IsoInstant,
  isOpen,
  type NewCommand,
  type Observation,
  type OrderEvent,
  type OrderState,
  orderBooks,
  type Routed,
  type RouterEffect,
  type RuleVerdict,
  type Settings,
  settleDecision,
} from '@postdelivery/core'
import { SETTINGS } from '../engine/builders.ts'
import type { Move, Wish } from './any-move.ts'
import { type Captured, ORDER_ID } from './any-order.ts'

/** What one move came to. */
export interface Told {
  readonly before: OrderState | null
  readonly order: OrderState
  readonly effects: readonly RouterEffect[]
  /** Commands that were decided, with the order as it was when they were. */
  readonly decided: readonly NewCommand[]
  readonly isBooksConfirmed: boolean
}

const MUCH = { SEK: 1e9 }
const GENEROUS: Settings = {
  ...SETTINGS,
  limits: {
    perCommand: { refundMaxMinor: MUCH, extensionFeeMaxMinor: MUCH },
    perOrder: { refundMaxMinor: MUCH, extensionFeeMaxMinor: MUCH, commandMaxCount: 1000 },
    perRuleAndDay: { commandMaxCount: 1000, refundMaxMinor: MUCH, extensionFeeMaxMinor: MUCH },
    perMerchantAndDay: { commandMaxCount: 1000, refundMaxMinor: MUCH, extensionFeeMaxMinor: MUCH },
  },
  approval: { ...SETTINGS.approval, refundAboveMinor: { SEK: 40_000 } },
}

/** Plays a story and gives what each move came to. What is refused changes nothing and is told as well. */
export function* playStory(registered: Captured, moves: readonly Move[]): Generator<Told> {
  let told = tell(null, registered, [], registered.at)
  yield told
  for (const [index, move] of moves.entries()) {
    // Events of one story are an hour apart, so that approvals stay open and reports have an order.
    const now = addMs(registered.at, (index + 1) * 3_600_000)
    for (const event of eventsOf(move, told.order, { index, now, registered })) {
      const wishes = move.kind === 'return' ? move.wishes : []
      const mode = move.kind === 'return' ? move.mode : 'live'
      told = tell(
        told.order,
        event.event,
        wishes.map((wish, at) => verdictOf(wish, at, mode)),
        now,
        event.seen,
      )
      yield told
    }
  }
}

interface Happening {
  readonly event: EngineEvent
  readonly seen?: Observation
}
interface Scene {
  readonly index: number
  readonly now: IsoInstant
  readonly registered: Captured
}

/** Applies an event, and settles what rules or a person ask for, as the engine does in one transaction. */
function tell(
  before: OrderState | null,
  event: EngineEvent,
  verdicts: readonly RuleVerdict[],
  now: IsoInstant,
  seen: Observation = {},
): Told {
  const applied = applyEvent(before, event, now, seen)
  if (!applied.ok) {
    if (before === null) throw new Error(`the order is refused: ${applied.error.code}`)
    return { before, order: before, effects: [], decided: [], isBooksConfirmed: false }
  }
  const isBooksConfirmed = event.type === 'books.confirmed'
  const routed: Routed = applied.value
  if (isBooksConfirmed || event.type.startsWith('command.'))
    return { before, ...routed, decided: [], isBooksConfirmed }
  const settled = settleDecision({
    order: routed.order,
    event: event as OrderEvent,
    now,
    quotes: new Map(),
    verdicts,
    rules: null,
    settings: GENEROUS,
    prepare: (command) => prepareRequest(command, 'reference'),
    denied: new Map(),
  })
  return {
    before,
    order: settled.routed.order,
    effects: [...routed.effects, ...settled.routed.effects],
    decided: settled.commands,
    isBooksConfirmed,
  }
}

const paramsOf = (wish: Wish): Readonly<Record<string, unknown>> => ({
  basis: wish.basis,
  ...(wish.basis === 'returned_items' && wish.stage !== undefined ? { stage: wish.stage } : {}),
  ...(wish.basis === 'amount' ? { amountMinor: wish.amountMinor } : {}),
  ...(wish.basis === 'percent' ? { percent: wish.percent } : {}),
  ...(wish.returnFeeMinor === undefined ? {} : { returnFeeMinor: wish.returnFeeMinor }),
})

const verdictOf = (wish: Wish, index: number, mode: 'live' | 'approval'): RuleVerdict => ({
  ruleSet: 'returns',
  rule: `rule ${index} ${wish.basis}`,
  mode,
  priority: 1,
  verdict: 'true',
  trace: null,
  action: { type: 'refund', params: paramsOf(wish) },
})

const one = <Item>(items: readonly Item[], pick: number): Item | undefined =>
  items[pick % Math.max(1, items.length)]

/** The events of a move; none when there is nothing that it could be about. */
function eventsOf(move: Move, order: OrderState, scene: Scene): readonly Happening[] {
  switch (move.kind) {
    case 'return':
      return returnOf(move, order, scene)
    case 'staff':
      return [{ event: staffOf(move, order, scene) }]
    case 'portal':
      return [portalOf(move, order, scene)]
    case 'confirmBooks':
      return [{ event: booksOf(order, scene) }]
    case 'refresh':
      return [{ event: refreshOf(move, order, scene) }]
    default:
      return commandEventsOf(move, order, scene)
  }
}

function returnOf(
  move: Extract<Move, { readonly kind: 'return' }>,
  order: OrderState,
  { index, now }: Scene,
): readonly Happening[] {
  const returnId = `R-${move.returnPick}`
  const known = order.returns.find((each) => each.returnId === returnId)
  const capture =
    order.captures.find((each) => each.captureId === known?.captureId) ??
    one(order.captures, move.capturePick)
  const lines = move.lines.flatMap(({ linePick, quantity }) => {
    const line = one(capture?.lines ?? [], linePick)
    return line === undefined ? [] : [{ reference: line.reference, quantity }]
  })
  if (capture === undefined || lines.length === 0) return []
  const event = {
    id: `wms-${index}`,
    type: `return.${move.stage}` as const,
    orderId: ORDER_ID,
    at: addMs(now, move.afterMinutes * 60_000 * 60),
    captureId: capture.captureId,
    returnId,
    lines,
  }
  return [{ event }]
}

const staffOf = (
  { capturePick, returnPick, wish }: Extract<Move, { readonly kind: 'staff' }>,
  order: OrderState,
  { index, now }: Scene,
): EngineEvent => {
  const capture = capturePick === undefined ? undefined : one(order.captures, capturePick)
  return {
    id: `staff-${index}`,
    type: 'action.requested',
    orderId: ORDER_ID,
    at: now,
    by: 'agent@shop.example',
    why: 'goodwill',
    ...(capture === undefined ? {} : { captureId: capture.captureId }),
    ...(returnPick === undefined ? {} : { returnId: `R-${returnPick}` }),
    action: { type: 'refund', params: paramsOf(wish) },
  }
}

/** Somebody pays back in the portal, and the next read tells. */
function portalOf(
  { percent }: Extract<Move, { readonly kind: 'portal' }>,
  order: OrderState,
  { index, now }: Scene,
): Happening {
  const { capturedMinor, refundedMinor } = orderBooks(order)
  const moreMinor = Math.floor((Math.max(0, capturedMinor - refundedMinor) * percent) / 100)
  const ours = order.commands.filter((each) => commandPhase(each) === 'confirmed')
  const event: EngineEvent = {
    id: `push-${index}`,
    type: 'order.observed',
    orderId: ORDER_ID,
    at: now,
  }
  const seen: Observation = {
    order: {
      orderId: ORDER_ID,
      status: 'CAPTURED',
      currency: order.currency,
      country: order.country,
      paymentMethod: null,
      authorizedMinor: order.authorizedMinor,
      capturedMinor,
      refundedMinor: refundedMinor + moreMinor,
      remainingAuthorizedMinor: order.remainingAuthorizedMinor,
      expiresAt: null,
      captures: [],
      refunds: ours.map((each) => ({
        refundId: null,
        reference: each.command.id,
        refundedMinor: 0,
      })),
    },
  }
  return { event, seen }
}

const booksOf = (order: OrderState, { index, now }: Scene): EngineEvent => ({
  id: `books-${index}`,
  type: 'books.confirmed',
  orderId: ORDER_ID,
  at: now,
  by: 'lead@shop.example',
  why: 'compared',
  refundedMinor: order.booksDiffer?.klarnasMinor ?? orderBooks(order).refundedMinor,
})

/** The shop reports the order anew, with a further capture or with more refunds than we know. */
function refreshOf(
  { addsCapture, refundedPercent }: Extract<Move, { readonly kind: 'refresh' }>,
  order: OrderState,
  { index, now, registered }: Scene,
): EngineEvent {
  const [first] = registered.captures
  const extra =
    addsCapture && first !== undefined
      ? [{ ...first, captureId: `capture-of-${index}`, refundedMinor: 0 }]
      : []
  const { capturedMinor, refundedMinor } = orderBooks(order)
  return {
    ...registered,
    id: `shop-again-${index}`,
    at: now,
    order: {
      ...registered.order,
      refundedMinor:
        refundedMinor +
        Math.floor((Math.max(0, capturedMinor - refundedMinor) * refundedPercent) / 100),
    },
    captures: [...registered.captures, ...extra],
  }
}

type CommandMove = Extract<Move, { readonly commandPick: number }>

function commandEventsOf(move: CommandMove, order: OrderState, scene: Scene): readonly Happening[] {
  const wanted = order.commands.filter((each) => isFor(move, each))
  const command = one(wanted, move.commandPick)
  return command === undefined
    ? []
    : commandEvents(move, command, scene).map((event) => ({ event }))
}

/** Whether a move has something to say to a command in its state. */
function isFor(move: CommandMove, command: CommandState): boolean {
  const phase = commandPhase(command)
  switch (move.kind) {
    case 'answer':
      return phase === 'requested' || phase === 'doubtful'
    case 'audit':
      return phase === 'auditing'
    case 'resolve':
      return phase === 'stuck' || phase === 'paused'
    case 'resume':
      return phase === 'paused'
    case 'late':
      return move.isOldKey ? command.chart.context.generation > 0 : !isOpen(command)
    default:
      return phase === 'awaitingApproval' || phase === 'requested'
  }
}

function commandEvents(
  move: CommandMove,
  { command, approvalHash, chart: { context } }: CommandState,
  { index, now }: Scene,
): readonly EngineEvent[] {
  const head = { id: `${move.kind}:${index}`, orderId: ORDER_ID, at: now, commandId: command.id }
  const staff = { ...head, by: 'lead@shop.example', why: 'seen' }
  const sent = { ...head, generation: context.generation, attempt: context.attemptCount + 1 }
  switch (move.kind) {
    case 'answer':
      return [
        { ...sent, id: `start:${index}`, type: 'command.started' },
        { ...sent, type: 'command.answered', outcome: move.outcome, correlationId: null },
      ]
    case 'late':
      return [
        {
          ...sent,
          generation: context.generation - (move.isOldKey ? 1 : 0),
          type: 'command.answered',
          outcome: move.outcome,
          correlationId: null,
        },
      ]
    case 'audit':
      return [{ ...head, type: 'command.audited', finding: move.isPresent ? 'present' : 'absent' }]
    case 'approve':
      return [{ ...head, type: 'command.approved', by: 'lead@shop.example', hash: approvalHash }]
    case 'reject':
      return [{ ...staff, type: 'command.rejected' }]
    case 'expire':
      return [{ ...head, type: 'command.expired' }]
    case 'resume':
      return [{ ...staff, type: 'command.resumed' }]
    case 'resolve':
      return [{ ...staff, type: 'command.resolved', how: move.how }]
  }
}
