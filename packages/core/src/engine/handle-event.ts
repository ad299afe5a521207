/** Handles the first open event of an order: decides it and writes everything in one transaction. No loop, no timer. */
import { findCommand } from '../books.ts'
import { ACTION_OF_OPERATION } from '../commands.ts'
import type { DecidedAction, Decision } from '../decision.ts'
import { errorName } from '../error-name.ts'
import type { OrderEvent } from '../events.ts'
import type { EngineEvent } from '../internal-events.ts'
import { applyEvent, isCommandEvent } from '../lifecycle/apply-event.ts'
import type { OrderState } from '../order-state.ts'
import type { StoredEvent, Work } from '../ports/store.ts'
import { describeRefusal, refusal } from '../refusals.ts'
import type { Settings } from '../settings.ts'
import { addMs, dateInZone, type IsoInstant } from '../time.ts'
import type { Firing } from '../unusual-rate.ts'
import { describeCommand, makeWork } from '../work.ts'
import { buildChange, type StepParts } from './change.ts'
import { type Decided, decideEvent } from './decide-event.ts'
import type { Advanced, EnginePorts } from './engine-ports.ts'
import { readInboxEvent } from './inbox-event.ts'
import { type LoadedOrder, loadOrder } from './loaded-order.ts'
import { planHashOf } from './plan.ts'
import { FACT_WAITS_MS, lengthen } from './retry.ts'
import { tellAlarms } from './tell-alarms.ts'

/**
 * Decides one stored event and commits its end, the next state, the decision, the commands with their bytes and keys,
 * and the claims on limits, all or nothing.
 *
 * An event of an unknown order is parked; one whose facts cannot be loaded waits and becomes a person's work in the end;
 * a change that came in between makes it decide again. Returns `gone` when somebody else has decided the event meanwhile.
 */
export async function handleEvent(
  ports: EnginePorts,
  found: StoredEvent,
): Promise<Advanced | 'gone'> {
  let stored: StoredEvent | undefined = found
  while (stored !== undefined && isOpenEvent(stored)) {
    const handled = await handleOnce(ports, stored)
    if (handled !== 'conflict') return handled
    stored = await ports.store.event(found.orderId, found.eventId)
  }
  return 'gone'
}

const isOpenEvent = ({ status }: StoredEvent): boolean =>
  status === 'accepted' || status === 'waiting'

async function handleOnce(ports: EnginePorts, stored: StoredEvent): Promise<Advanced | 'conflict'> {
  const event = readInboxEvent(stored)
  const loaded = await loadOrder(ports, stored.orderId)
  if (loaded.order === null && event.type !== 'order.captured') return park(ports, stored, loaded)
  return isStaffEvent(event)
    ? handleStaffEvent(ports, stored, event, loaded)
    : handleOrderEvent(ports, stored, event, loaded)
}

type StaffEvent = Exclude<EngineEvent, OrderEvent>

const isStaffEvent = (event: EngineEvent): event is StaffEvent =>
  isCommandEvent(event) ||
  event.type === 'books.confirmed' ||
  event.type === 'deadline.fired' ||
  event.type === 'clock.distrusted'

async function handleOrderEvent(
  ports: EnginePorts,
  stored: StoredEvent,
  event: OrderEvent,
  loaded: LoadedOrder,
): Promise<Advanced | 'conflict'> {
  const { settle } = await decideSafely(ports, loaded, event)
  const denied = new Map<string, string>()
  for (;;) {
    const decided = settle(denied)
    if (decided.type === 'down') return putOff(ports, stored, loaded, decided.reason)
    const checked = checkPlan(stored, loaded, decided)
    const result = await ports.store.commit(
      buildChange(partsOf(ports, stored, event, loaded, checked)),
    )
    if (result.type === 'conflict') return 'conflict'
    if (result.type === 'limit_reached') {
      denied.set(result.commandId, `limit:${result.bucket}`)
      continue
    }
    tellUnusual(ports, stored, result.unusualRules ?? [], loaded.now)
    return tellDecided(ports, stored, loaded, checked)
  }
}

/** A defect met while deciding puts the event off, and in the end to a person: it must not hold its order back for ever. */
async function decideSafely(
  ports: EnginePorts,
  loaded: LoadedOrder,
  event: OrderEvent,
): ReturnType<typeof decideEvent> {
  const giveWay = (error: unknown): Decided => {
    const reason = `deciding_failed:${errorName(error)}`
    const attributes = { code: 'deciding_failed', reason }
    const { orderId, id: eventId } = event
    ports.telemetry.record({
      name: 'alarm',
      level: 'error',
      at: loaded.now,
      orderId,
      eventId,
      attributes,
    })
    return { type: 'down', reason }
  }
  try {
    const { settle } = await decideEvent(ports, loaded, event)
    return {
      settle: (denied) => {
        try {
          return settle(denied)
        } catch (error) {
          return giveWay(error)
        }
      },
    }
  } catch (error) {
    const failed = giveWay(error)
    return { settle: () => failed }
  }
}

/** With `apply(plan)`: what was planned is done, or nothing. */
function checkPlan(
  stored: StoredEvent,
  loaded: LoadedOrder,
  decided: Exclude<Decided, { type: 'down' }>,
): Exclude<Decided, { type: 'down' }> {
  if (stored.planHash === undefined) return decided
  const planned = decided.type === 'decided' ? planHashOf(decided.settled, loaded.seq) : null
  if (planned === stored.planHash) return decided
  const drifted = refusal('plan_drifted')
  const { decision } = decided
  return {
    type: 'refused',
    refusal: drifted,
    decision: {
      ...decision,
      seq: loaded.seq,
      actions: [],
      refusal: drifted,
      summary: describeRefusal(drifted),
    },
  }
}

function partsOf(
  ports: EnginePorts,
  stored: StoredEvent,
  event: OrderEvent,
  loaded: LoadedOrder,
  decided: Exclude<Decided, { type: 'down' }>,
): StepParts {
  const parts = {
    orderId: stored.orderId,
    expectedSeq: loaded.seq,
    event: stored,
    now: loaded.now,
    settings: ports.settings,
  }
  if (decided.type === 'refused') return { ...parts, decision: decided.decision }
  return {
    ...parts,
    routed: decided.routed,
    decision: decided.decision,
    commands: decided.settled.commands,
    reservations: decided.settled.reservations,
    notices: decided.settled.notices,
    work: decided.work,
    firings: firingsOf(decided.decision, ports.settings, loaded.now),
    unparks: event.type === 'order.captured',
  }
}

/** The rules that fired and may act. Drafts and shadows act on nothing, however often they fire. */
const firingsOf = (
  { rules }: Decision,
  { timeZone, unusualRate }: Settings,
  now: IsoInstant,
): readonly Firing[] =>
  rules
    .filter(({ verdict, mode }) => verdict === 'true' && (mode === 'live' || mode === 'approval'))
    .map(({ ruleSet, rule }) => ({
      rule: `${ruleSet}/${rule}`,
      day: dateInZone(now, timeZone),
      unusualRate,
    }))

function tellUnusual(
  { telemetry }: EnginePorts,
  { orderId, eventId }: StoredEvent,
  rules: readonly string[],
  at: IsoInstant,
): void {
  for (const rule of rules) {
    const attributes = { code: 'rule_rate_unusual', ruleSet: rule.slice(0, rule.indexOf('/')) }
    telemetry.record({ name: 'alarm', level: 'warn', at, orderId, eventId, attributes })
  }
}

function tellDecided(
  ports: EnginePorts,
  stored: StoredEvent,
  { now, order }: LoadedOrder,
  decided: Exclude<Decided, { type: 'down' }>,
): Advanced {
  const { decision } = decided
  if (decided.type === 'decided') tellAlarms(ports, decided.routed, now)
  const commands = decided.type === 'decided' ? decided.settled.commands : []
  ports.telemetry.record({
    name: 'event_decided',
    level: decided.type === 'refused' ? 'warn' : 'info',
    at: now,
    orderId: stored.orderId,
    eventId: stored.eventId,
    attributes: {
      type: stored.type,
      outcome: decided.type === 'refused' ? decided.refusal.code : 'decided',
      ruleCount: decision.rules.length,
      commandCount: commands.length,
    },
  })
  for (const { command } of commands) {
    ports.telemetry.record({
      name: 'command_queued',
      level: 'info',
      at: now,
      orderId: stored.orderId,
      eventId: stored.eventId,
      commandId: command.id,
      attributes: { operation: command.body.operation },
    })
  }
  return {
    type: 'decided',
    eventId: stored.eventId,
    decision,
    order: decided.type === 'decided' ? decided.routed.order : order,
  }
}

/** What staff do to commands and books: applied, or refused with the reason; rules are not asked. */
async function handleStaffEvent(
  ports: EnginePorts,
  stored: StoredEvent,
  event: StaffEvent,
  loaded: LoadedOrder,
): Promise<Advanced | 'conflict'> {
  const applied = applyEvent(loaded.order, event, loaded.now)
  const actions = applied.ok ? staffActions(applied.value.order, event) : []
  const [action] = actions
  const by = 'by' in event ? event.by : 'the engine'
  const summary = applied.ok
    ? `${event.type} by ${by}${action === undefined ? '' : `: ${action.sentence}`}`
    : describeRefusal(applied.error)
  const decision = {
    orderId: stored.orderId,
    eventId: stored.eventId,
    eventType: stored.type,
    decidedAt: loaded.now,
    seq: applied.ok ? loaded.seq + 1 : loaded.seq,
    ruleSets: [],
    evaluator: 'none: a person acted',
    facts: {},
    rules: [],
    actions,
    ...(applied.ok ? {} : { refusal: applied.error }),
    summary,
  }
  const result = await ports.store.commit(
    buildChange({
      orderId: stored.orderId,
      expectedSeq: loaded.seq,
      event: stored,
      now: loaded.now,
      settings: ports.settings,
      decision,
      ...(applied.ok ? { routed: applied.value } : {}),
    }),
  )
  if (result.type !== 'committed') return 'conflict'
  if (applied.ok) tellAlarms(ports, applied.value, loaded.now)
  return {
    type: 'decided',
    eventId: stored.eventId,
    decision,
    order: applied.ok ? applied.value.order : loaded.order,
  }
}

/** The command that somebody acted on, so that whoever waits for the decision waits for the command. */
function staffActions(order: OrderState, event: StaffEvent): readonly DecidedAction[] {
  const found = 'commandId' in event ? findCommand(order, event.commandId) : undefined
  if (found === undefined) return []
  const { command } = found
  return [
    {
      ruleSet: null,
      rule: null,
      requestedBy: 'by' in event ? event.by : null,
      type: ACTION_OF_OPERATION[command.body.operation],
      outcome: 'done',
      commandIds: [command.id],
      sentence: describeCommand(command),
    },
  ]
}

async function park(
  ports: EnginePorts,
  stored: StoredEvent,
  loaded: LoadedOrder,
): Promise<Advanced | 'conflict'> {
  const reason = 'unknown_order'
  return writePutOff(ports, stored, loaded, { status: 'parked', reason })
}

/** A source is down: the event waits longer each time, and becomes a person's work in the end. */
async function putOff(
  ports: EnginePorts,
  stored: StoredEvent,
  loaded: LoadedOrder,
  reason: string,
): Promise<Advanced | 'conflict'> {
  const waitMs = FACT_WAITS_MS[stored.tryCount]
  if (waitMs !== undefined) {
    const retryAt = addMs(loaded.now, lengthen(waitMs, `${stored.eventId}:${stored.tryCount}`))
    return writePutOff(ports, stored, loaded, { status: 'waiting', reason, retryAt })
  }
  const work = makeWork({
    kind: 'dead_letter',
    id: `dead:${stored.orderId}:${stored.eventId}`,
    orderId: stored.orderId,
    at: loaded.now,
    about: reason,
    eventId: stored.eventId,
  })
  return writePutOff(ports, stored, loaded, { status: 'dead_lettered', reason, work: [work] })
}

interface PutOff {
  readonly status: 'waiting' | 'parked' | 'dead_lettered'
  readonly reason: string
  readonly retryAt?: LoadedOrder['now']
  readonly work?: readonly Work[]
}

const PUT_OFF_NAMES = {
  waiting: 'event_waiting',
  parked: 'event_parked',
  dead_lettered: 'event_dead_lettered',
} as const

async function writePutOff(
  ports: EnginePorts,
  stored: StoredEvent,
  loaded: LoadedOrder,
  put: PutOff,
): Promise<Advanced | 'conflict'> {
  const result = await ports.store.commit(
    buildChange({
      orderId: stored.orderId,
      expectedSeq: loaded.seq,
      event: stored,
      now: loaded.now,
      settings: ports.settings,
      ...put,
    }),
  )
  if (result.type !== 'committed') return 'conflict'
  ports.telemetry.record({
    name: PUT_OFF_NAMES[put.status],
    level: put.status === 'dead_lettered' ? 'error' : 'warn',
    at: loaded.now,
    orderId: stored.orderId,
    eventId: stored.eventId,
    attributes: { type: stored.type, reason: put.reason },
  })
  return { type: 'put_off', eventId: stored.eventId, status: put.status, reason: put.reason }
}
