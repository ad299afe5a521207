/** Carries an order through its events and through time, as a live engine does, with a simulated Klarna and no waiting. */
import { assert } from '../assert.ts'
import { commandPhase, isOpen } from '../books.ts'
import { holdsOf } from '../engine/holds.ts'
import type { OrderEvent, ReportedEvent } from '../events.ts'
import type { EngineEvent } from '../internal-events.ts'
import { applyEventWith } from '../lifecycle/apply-event.ts'
import type { Charts } from '../lifecycle/charts.ts'
import { nextDeadlineAt, wakeNobody } from '../lifecycle/deadlines.ts'
import { nextStep } from '../lifecycle/next-step.ts'
import { claimsAnyway } from '../lifecycle/reserve.ts'
import { ofType, type Routed } from '../lifecycle/router.ts'
import type { Reservation } from '../limits.ts'
import type { CommandState, OrderState } from '../order-state.ts'
import { type IsoInstant, laterOf } from '../time.ts'
import type { FullWorld } from './simulation.ts'

/** An order on its way. It changes in place: one order is carried at a time, and nobody else looks. */
export interface Life {
  readonly world: FullWorld
  readonly charts: Charts
  order: OrderState | null
  /** How often the order has changed. */
  seq: number
}

/** Decides one event for a life and remembers what came of it. */
export interface Decider {
  decide(life: Life, event: OrderEvent, now: IsoInstant): void
  /** An event whose id was decided before: nothing happens. */
  repeated(life: Life, event: ReportedEvent): void
}

/**
 * Carries a life through reported events, in their order.
 *
 * Before each event everything comes that is due by then: deadlines, approvals that expire. After each event its commands
 * are sent and answered, at the same instant. An event from before what was decided last is decided now, as live.
 * Throws: `AssertionError` when the events are of several orders.
 */
export function carryOrder(life: Life, events: readonly ReportedEvent[], decider: Decider): void {
  const known = new Set<string>()
  for (const event of events) {
    assert(event.orderId === events[0]?.orderId, `event ${event.id} is of the same order`)
    if (known.has(event.id)) {
      decider.repeated(life, event)
      continue
    }
    known.add(event.id)
    passTime(life, event.at, decider)
    const now = nowOf(life, event.at)
    decider.decide(life, event, now)
    doWhatIsDue(life, now, decider)
  }
  if (life.world.until !== undefined) passTime(life, life.world.until, decider)
}

/** When a step is taken, and what it claims. */
export interface StepMoment {
  readonly now: IsoInstant
  readonly reservations?: readonly Reservation[]
}

/**
 * Writes one step into the ledger.
 *
 * Returns: the claim that found its limit reached; then nothing was written.
 */
export function enterStep(
  { world: { ledger, settings } }: Life,
  routed: Routed,
  { now, reservations = [] }: StepMoment,
): Reservation | null {
  if (routed.effects.length === 0 && reservations.length === 0) return null
  const freedCommandIds = ofType(routed.effects, 'free').map(({ commandId }) => commandId)
  const claims = [...reservations, ...claimsAnyway(routed, { settings, now })]
  return ledger.commit({ claims, freedCommandIds })
}

/** Time does not run backwards. */
const nowOf = ({ order }: Life, at: IsoInstant): IsoInstant =>
  order === null ? at : laterOf(order.lastDecidedAt, at)

/** Lets everything come that is due at or before an instant, each at its own. */
function passTime(life: Life, until: IsoInstant, decider: Decider): void {
  for (;;) {
    const wakeAt = nextWakeAt(life)
    if (wakeAt === null || wakeAt > until) return
    const before = life.seq
    doWhatIsDue(life, nowOf(life, wakeAt), decider)
    if (life.seq === before) return
  }
}

function nextWakeAt({ order, world }: Life): IsoInstant | null {
  if (order === null) return null
  let next = nextDeadlineAt(order, world.settings, order.lastDecidedAt)
  for (const command of order.commands) {
    const { approvalExpiresAt } = command.chart.context
    if (approvalExpiresAt === null || commandPhase(command) !== 'awaitingApproval') continue
    if (next === null || approvalExpiresAt < next) next = approvalExpiresAt
  }
  return next
}

function doWhatIsDue(life: Life, now: IsoInstant, decider: Decider): void {
  while (doNext(life, now, decider)) {}
}

/** Does one due thing. Returns: whether there was one. */
function doNext(life: Life, now: IsoInstant, decider: Decider): boolean {
  const { order, world } = life
  if (order === null || isAtRest(order, world)) return false
  const isHeld = holdsOf(order, world.settings, [])
  const isPending = (each: CommandState) =>
    isHeld(each) || world.outcomeOf(each.command) === 'pending'
  const next = nextStep(order, world.settings, now, isPending)
  switch (next.type) {
    case 'nothing':
      return askPeople(life, now)
    case 'expireApproval':
      return applyOwn(life, {
        id: `expiry:${next.command.command.id}`,
        type: 'command.expired',
        orderId: order.orderId,
        at: now,
        commandId: next.command.command.id,
      })
    case 'fireDeadline': {
      const { event } = next
      const { id, orderId } = event
      applyOwn(life, { id: `fire:${id}`, type: 'deadline.fired', orderId, at: now, reports: event })
      decider.decide(life, event, now)
      return true
    }
    case 'attempt':
    case 'audit':
      return sendCommand(life, next.command, now)
  }
}

/** Whether nothing of an order can ever become due, as long as nothing is reported. */
const isAtRest = ({ commands }: OrderState, { settings }: FullWorld): boolean =>
  wakeNobody(settings) && !commands.some(isOpen)

/** Sends a command and takes the simulated answer; Klarna's answer never leaves doubt, so nothing is ever audited. */
function sendCommand(life: Life, { command, chart }: CommandState, now: IsoInstant): boolean {
  const { generation, attemptCount } = chart.context
  const attempt = attemptCount + 1
  const about = { orderId: command.orderId, at: now, commandId: command.id, generation, attempt }
  applyOwn(life, { ...about, id: `start:${command.id}`, type: 'command.started' })
  return applyOwn(life, {
    ...about,
    id: `answer:${command.id}`,
    type: 'command.answered',
    correlationId: null,
    outcome:
      life.world.outcomeOf(command) === 'refused'
        ? { type: 'refused', code: 'NOT_ALLOWED' }
        : { type: 'done', resultId: null, evidence: 'answer' },
  })
}

/** When all else has come to rest, people say what they have to say to the first command that waits for them. */
function askPeople(life: Life, now: IsoInstant): boolean {
  const waiting = life.order?.commands.find(
    (each) =>
      commandPhase(each) === 'awaitingApproval' && life.world.approvalOf(each.command) !== 'none',
  )
  if (waiting === undefined) return false
  const { command, approvalHash } = waiting
  const about = { orderId: command.orderId, at: now, commandId: command.id }
  const by = approverOf(waiting)
  const event: EngineEvent =
    life.world.approvalOf(command) === 'approved'
      ? {
          ...about,
          id: `approve:${command.id}:${by}`,
          type: 'command.approved',
          by,
          hash: approvalHash,
        }
      : { ...about, id: `reject:${command.id}`, type: 'command.rejected', by, why: 'simulated' }
  return applyOwn(life, event)
}

/** A person who may approve: nobody who asked, published the rules, or has agreed before. */
function approverOf({ command, barredApprovers, chart }: CommandState): string {
  const barred = [command.requestedBy, ...barredApprovers, ...chart.context.approvedBy]
  const isBarred = (name: string) => barred.some((each) => each?.trim().toLowerCase() === name)
  let number = 1
  while (isBarred(`simulated person ${number}`)) number += 1
  return `simulated person ${number}`
}

/** Applies an event of the engine's own. Returns: true, since something happened. */
function applyOwn(life: Life, event: EngineEvent): boolean {
  const { order, charts } = life
  const applied = applyEventWith(charts, { order, event, now: event.at, observation: {} })
  assert(applied.ok, `the simulation's own event ${event.id} is allowed`)
  enterStep(life, applied.value, { now: event.at })
  life.order = applied.value.order
  life.seq += 1
  return true
}
