/** Performs one attempt of a command: looks, records the attempt, sends the stored bytes, records what came of it. */
import { assert } from '../assert.ts'
import { findCommand } from '../books.ts'
import type { DeadlineApproaching } from '../events.ts'
import { answerEventId } from '../ids.ts'
import type {
  CommandAnswered,
  CommandAudited,
  CommandExpired,
  CommandStarted,
  DeadlineFired,
} from '../internal-events.ts'
import { leavesNoTrace } from '../lifecycle/apply-command-event.ts'
import type { IsHeld } from '../lifecycle/next-step.ts'
import type { CommandState, OrderState } from '../order-state.ts'
import type { Outcome } from '../outcome.ts'
import type { AttemptChange } from '../ports/store.ts'
import type { IsoInstant } from '../time.ts'
import { classify } from './classify.ts'
import { commitStep, type KnownOrder, nowOf, type Stepped } from './commit-step.ts'
import type { EnginePorts } from './engine-ports.ts'
import { holdsOf } from './holds.ts'
import { makeInboxEvent } from './inbox-event.ts'
import { loadOrderAsItIs } from './loaded-order.ts'
import { findAtKlarna, lookBefore } from './look-before.ts'
import { isSameKeyAllowed } from './retry.ts'

/**
 * Says which commands of an order must not be sent now: those that the kill switch names, all in observe mode, and refunds
 * while the books differ.
 */
export async function readHolds(
  { store, settings }: EnginePorts,
  order: OrderState,
): Promise<IsHeld> {
  return holdsOf(order, settings, await store.stops())
}

/**
 * Makes one attempt of a command that is due.
 *
 * Order matters: the look, then the attempt's record, then the call, then its outcome. A crash between any two leaves
 * either nothing done or an attempt on record, which recovery counts as unknown.
 */
export async function performAttempt(
  ports: EnginePorts,
  loaded: KnownOrder,
  command: CommandState,
): Promise<Stepped> {
  const { generation, attemptCount } = command.chart.context
  if (!isSameKeyAllowed(command.chart.context, loaded.now)) {
    return answer(ports, loaded, command, {
      outcome: { type: 'unknown', reason: 'same_key_stop' },
      attempt: 0,
    })
  }
  const look = await lookBefore(ports.gateway, loaded.order, command)
  if (look.type === 'stop')
    return answer(ports, loaded, command, { outcome: look.outcome, attempt: 0 })
  // The look may have taken a minute: the kill switch and the clock are read again, right before the send.
  const isHeld = await readHolds(ports, loaded.order)
  if (isHeld(command)) return 'conflict'
  if (!isSameKeyAllowed(command.chart.context, nowOf(ports, loaded))) {
    const outcome = { type: 'unknown', reason: 'same_key_stop' } as const
    return answer(ports, loaded, command, { outcome, attempt: 0 })
  }

  const attempt = attemptCount + 1
  const started = await start(ports, loaded, command, attempt)
  if (started === 'conflict') return 'conflict'

  const request = await ports.store.request(command.command.id, generation)
  assert(request !== undefined, `the request of command ${command.command.id} is stored`)
  // Klarna compares only the key: other bytes under it would be answered with the result of the first.
  assert(
    request.hash === command.requestHash,
    `command ${command.command.id} sends the bytes that were decided`,
  )
  const answered = await ports.gateway.perform(request, request.idempotencyKey)
  const correlationId = answered.type === 'answered' ? answered.correlationId : null
  return answerForSure(ports, started, command, {
    outcome: classify(answered),
    attempt,
    correlationId,
  })
}

/** Records what Klarna said, from the newest state if another change came first: it must not be lost. */
async function answerForSure(
  ports: EnginePorts,
  started: KnownOrder,
  command: CommandState,
  given: Answer,
): Promise<Stepped> {
  let loaded = started
  for (;;) {
    const recorded = await answer(ports, loaded, command, given)
    if (recorded !== 'conflict') return recorded
    const { order, ...rest } = await loadOrderAsItIs(ports, command.command.orderId)
    assert(order !== null, 'an order with commands stays registered')
    loaded = { order, ...rest }
  }
}

/** Records that an attempt begins. Time since loading is the look's, so the clock is read again. */
async function start(
  ports: EnginePorts,
  loaded: KnownOrder,
  { command, chart }: CommandState,
  attempt: number,
): Promise<KnownOrder | 'conflict'> {
  const { generation } = chart.context
  const at = nowOf(ports, loaded)
  const event: CommandStarted = {
    id: `start:${command.id}:${generation}:${attempt}`,
    type: 'command.started',
    orderId: command.orderId,
    at,
    commandId: command.id,
    generation,
    attempt,
  }
  const next = await commitStep(ports, loaded, event, {
    type: 'started',
    commandId: command.id,
    generation,
    attempt,
    at,
  })
  if (next !== 'conflict') {
    const attributes = { operation: command.body.operation, generation, attempt }
    ports.telemetry.record({
      name: 'attempt_started',
      level: 'info',
      at,
      orderId: command.orderId,
      commandId: command.id,
      attributes,
    })
  }
  return next
}

interface Answer {
  readonly outcome: Outcome
  /** 0 when nothing was sent. */
  readonly attempt: number
  readonly correlationId?: string | null
}

/** Records an outcome; attempt 0 says that nothing was sent. */
export async function answer(
  ports: EnginePorts,
  loaded: KnownOrder,
  { command, chart }: CommandState,
  { outcome, attempt, correlationId = null }: Answer,
): Promise<Stepped> {
  const { generation } = chart.context
  const at = nowOf(ports, loaded)
  const event: CommandAnswered = {
    id:
      attempt === 0
        ? `${answerEventId(command.id, generation, 0)}:${loaded.seq}`
        : answerEventId(command.id, generation, attempt),
    type: 'command.answered',
    orderId: command.orderId,
    at,
    commandId: command.id,
    generation,
    attempt,
    outcome,
    correlationId,
  }
  const row: AttemptChange = {
    type: 'answered',
    commandId: command.id,
    generation,
    attempt,
    at,
    outcome,
    correlationId,
  }
  const next = await commitStep(ports, loaded, event, attempt === 0 ? null : row)
  if (next === 'conflict') return 'conflict'
  ports.telemetry.record({
    name: 'attempt_answered',
    level: outcome.type === 'done' ? 'info' : 'warn',
    at,
    orderId: command.orderId,
    commandId: command.id,
    attributes: {
      operation: command.body.operation,
      outcome: outcome.type,
      attempt,
      ...reasonOf(outcome),
    },
  })
  tellSettled(ports, next, command.id, at)
  return { type: 'stepped', commandId: command.id, order: next.order }
}

const reasonOf = (outcome: Outcome): { readonly reason?: string } =>
  'reason' in outcome
    ? { reason: outcome.reason }
    : outcome.type === 'refused'
      ? { reason: outcome.code }
      : {}

function tellSettled(
  ports: EnginePorts,
  { order }: KnownOrder,
  commandId: string,
  at: IsoInstant,
): void {
  const phase = findCommand(order, commandId)?.chart.value
  if (phase !== 'confirmed' && phase !== 'refused' && phase !== 'stuck') return
  ports.telemetry.record({
    name: 'command_settled',
    level: phase === 'stuck' ? 'error' : 'info',
    at,
    orderId: order.orderId,
    commandId,
    attributes: { phase },
  })
}

/** Reads Klarna's books for a command whose attempts left doubt. */
export async function audit(
  ports: EnginePorts,
  loaded: KnownOrder,
  command: CommandState,
): Promise<Stepped> {
  const { orderId, id } = command.command
  const finding = leavesNoTrace(command)
    ? 'no_trace'
    : findAtKlarna(command, await ports.gateway.readOrder(orderId))
  const event: CommandAudited = {
    id: `answer:${id}:audit:${loaded.seq}`,
    type: 'command.audited',
    orderId,
    at: nowOf(ports, loaded),
    commandId: id,
    finding,
  }
  return stepped(await commitStep(ports, loaded, event), id)
}

/** Nobody approved in time. */
export async function expireApproval(
  ports: EnginePorts,
  loaded: KnownOrder,
  { command }: CommandState,
): Promise<Stepped> {
  const event: CommandExpired = {
    id: `expiry:${command.id}`,
    type: 'command.expired',
    orderId: command.orderId,
    at: loaded.now,
    commandId: command.id,
  }
  return stepped(await commitStep(ports, loaded, event), command.id)
}

/** Remembers that a deadline fired and reports it to the rules, in one transaction. */
export async function fireDeadline(
  ports: EnginePorts,
  loaded: KnownOrder,
  reports: DeadlineApproaching,
): Promise<Stepped> {
  const { orderId } = reports
  const event: DeadlineFired = {
    id: `fire:${reports.id}`,
    type: 'deadline.fired',
    orderId,
    at: loaded.now,
    reports,
  }
  const submits = [makeInboxEvent(reports, loaded.now)]
  const next = await commitStep(ports, loaded, event, null, submits)
  return next === 'conflict' ? next : { type: 'stepped', commandId: null, order: next.order }
}

const stepped = (next: KnownOrder | 'conflict', commandId: string): Stepped =>
  next === 'conflict' ? next : { type: 'stepped', commandId, order: next.order }
