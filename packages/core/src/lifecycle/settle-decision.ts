/** Settles what the rules (or a person) asked for: which actions win, what they become, who must agree, what is reserved. */
import { type Action, parseAction } from '../actions.ts'
import { assert } from '../assert.ts'
import { type Command, type CommandBody, captureOf, type PreparedRequest } from '../commands.ts'
import type { DecidedAction, RuleVerdict } from '../decision.ts'
import { describeBody, describeReasons } from '../describe-decision.ts'
import { type Expansion, expandAction } from '../expand-action.ts'
import type { Reservation } from '../limits.ts'
import type { NewCommand } from '../order-state.ts'
import type { Notice } from '../ports/notifier.ts'
import type { RuleSetsInForce } from '../ports/rule-book.ts'
import { describeRefusal, type Refusal, refusal } from '../refusals.ts'
import { LIVE_SCRIBE, type Scribe } from '../scribe.ts'
import type { Settings } from '../settings.ts'
import { addMs } from '../time.ts'
import { makeWork } from '../work.ts'
import { reopen } from './apply-report.ts'
import { type Charts, LIVE_CHARTS } from './charts.ts'
import { NEW_COMMAND } from './command-chart-event.ts'
import { type Ask, rankAsks } from './rank-asks.ts'
import { approvalReason, describeWait, reservationsFor, ruleLimitsOf } from './reserve.ts'
import { closeIfDone, type Routed, stepCommand, stepOrder } from './router.ts'

/** Everything that settling looks at; nothing else is read. */
export interface SettleInput extends Omit<Expansion, 'rule'> {
  readonly verdicts: readonly RuleVerdict[]
  readonly rules: RuleSetsInForce | null
  readonly settings: Settings
  /** Says the exact bytes of a command. Pure. */
  readonly prepare: (command: Command) => PreparedRequest
  /** Commands that found a shared limit reached when their claims were made, with the limit's name. */
  readonly denied: ReadonlyMap<string, string>
  /** How charts are stepped; by XState itself when left out. */
  readonly charts?: Charts
  /** How params become an action; `parseAction` when left out. */
  readonly readAction?: typeof parseAction
  /** Who writes down names and words; a live engine's when left out. */
  readonly scribe?: Scribe
}

/** What settling came to; written in one transaction with the event. */
export interface Settled {
  readonly routed: Routed
  readonly actions: readonly DecidedAction[]
  readonly commands: readonly NewCommand[]
  readonly reservations: readonly Reservation[]
  readonly notices: readonly Notice[]
}

/** What is being settled, action by action. */
interface Settling extends Settled {
  readonly scribe: Scribe
  /** `operation:capture` of the commands so far: at most one each in a decision. */
  readonly taken: ReadonlySet<string>
}

/**
 * Settles one event's decision.
 *
 * Pure: the same input gives the same commands, ids and bytes, so that deciding again after a conflict or a crash makes
 * nothing twice.
 * Returns: the next order with its new commands, the bytes to store, the claims to make and what people are told.
 * Refuses: nothing as a whole; each action carries its own refusal.
 * Throws: `AssertionError` when a command would break Klarna's limits after all checks.
 */
export function settleDecision(input: SettleInput): Settled {
  const start: Settling = {
    routed: { order: input.order, effects: [], charts: input.charts ?? LIVE_CHARTS },
    actions: [],
    commands: [],
    reservations: [],
    notices: [],
    taken: new Set(),
    scribe: input.scribe ?? LIVE_SCRIBE,
  }
  const {
    taken: _,
    scribe: __,
    ...settled
  } = rankAsks(input).reduce((all, ask) => settleAsk(all, ask, input), start)
  return { ...settled, routed: closeIfDone(settled.routed) }
}

function settleAsk(settling: Settling, ask: Ask, input: SettleInput): Settling {
  if (ask.standing === 'not_live')
    return record(settling, ask, 'not_live', () => `${ask.mode} rule: would ask for ${ask.type}`)
  if (ask.standing === 'superseded')
    return record(settling, ask, 'superseded', () => 'the set lets the first rule decide')
  if (ask.standing === 'conflict') return settleConflict(settling, ask, input)

  const parsed = (input.readAction ?? parseAction)(ask.type, ask.params)
  if (!parsed.ok) {
    const [problem] = parsed.error
    return refuse(
      settling,
      ask,
      refusal('unknown_action', { at: problem?.path ?? '', why: problem?.message ?? '' }),
    )
  }
  const action = parsed.value
  if (action.type === 'review') return settleReview(settling, ask, action, input)
  if (action.type === 'notify') return settleNotice(settling, ask, action, input)

  const expanded = expandAction(action, {
    ...input,
    order: settling.routed.order,
    rule: ruleKey(ask),
  })
  if (!expanded.ok) return refuse(settling, ask, expanded.error)
  return settleBodies(settling, ask, expanded.value, input)
}

function settleBodies(
  settling: Settling,
  ask: Ask,
  bodies: readonly CommandBody[],
  input: SettleInput,
): Settling {
  const subjects = bodies.map((body) => `${body.operation}:${captureOf(body) ?? ''}`)
  if (subjects.some((subject) => settling.taken.has(subject))) {
    return record(
      settling,
      ask,
      'superseded',
      () => 'a rule before it asks for the same of the same capture',
    )
  }
  const sentence = () => describeAsk(ask, bodies, input.order.currency)
  const taken = new Set([...settling.taken, ...subjects])
  if (input.settings.observe) return record({ ...settling, taken }, ask, 'observed', sentence)

  const queued = bodies.reduce<Settling>((all, body) => queueCommand(all, ask, body, input), {
    ...settling,
    taken,
  })
  const added = queued.commands.slice(settling.commands.length)
  const waiting = added.flatMap(({ command }) => {
    const state = queued.routed.order.commands.find((each) => each.command.id === command.id)
    return state?.chart.value === 'awaitingApproval' && state.chart.context.why !== null
      ? [state.chart.context.why]
      : []
  })
  const commandIds = added.map((each) => each.command.id)
  return waiting.length === 0
    ? record(queued, ask, 'queued', sentence, commandIds)
    : record(
        queued,
        ask,
        'awaiting_approval',
        () => `${sentence()}; waits for approval: ${waiting.map(describeWait).join(', ')}`,
        commandIds,
      )
}

/** Why, and what will be done. */
function describeAsk(ask: Ask, bodies: readonly CommandBody[], currency: string): string {
  const reasons = ask.verdict === null ? (ask.why ?? '') : describeReasons(ask.verdict, currency)
  const what = bodies.map((body) => describeBody(body, currency)).join(', ')
  return reasons === '' ? what : `${reasons}: ${what}`
}

/** Makes one command: id, bytes, key, its place in the chart and its claims. */
function queueCommand(
  settling: Settling,
  ask: Ask,
  body: CommandBody,
  input: SettleInput,
): Settling {
  const { scribe } = settling
  const { order } = settling.routed
  const commandId = scribe.commandIdOf({
    orderId: order.orderId,
    eventId: input.event.id,
    commandIndex: settling.commands.length,
    operation: body.operation,
    captureId: captureOf(body) ?? '',
  })
  assert(
    !order.commands.some((each) => each.command.id === commandId),
    `command ${commandId} is new`,
  )
  const command: Command = {
    id: commandId,
    orderId: order.orderId,
    currency: order.currency,
    eventId: input.event.id,
    rule: ruleKey(ask),
    requestedBy: ask.requestedBy,
    body,
  }
  const request = input.prepare(command)
  // A closed order that something is still done about is open again.
  const opened = reopen(settling.routed)
  const proposed: Routed = {
    ...opened,
    order: {
      ...opened.order,
      commands: [
        ...order.commands,
        {
          command,
          requestHash: request.hash,
          approvalHash: scribe.approvalHashOf(command, request),
          barredApprovers: ask.barredApprovers,
          chart: { value: 'proposed', context: NEW_COMMAND },
        },
      ],
    },
  }
  const limits = {
    command,
    order,
    ask,
    settings: input.settings,
    rules: input.rules,
  }
  const why = approvalReason(limits) ?? input.denied.get(commandId) ?? null
  const { approvers, expiresAfterHours } = input.settings.approval
  const routed = stepCommand(
    claimRelease(proposed, body),
    commandId,
    why === null
      ? { type: 'request' }
      : {
          type: 'awaitApproval',
          why,
          approvalsNeeded: approvers,
          expiresAt: addMs(input.now, expiresAfterHours * 3_600_000),
        },
    input.now,
  )
  return {
    ...settling,
    routed,
    commands: [...settling.commands, { command, request, idempotencyKey: scribe.keyOf(commandId) }],
    reservations: input.denied.has(commandId)
      ? settling.reservations
      : [
          ...settling.reservations,
          ...reservationsFor({
            command,
            settings: input.settings,
            now: input.now,
            ruleLimits: ruleLimitsOf(limits),
          }),
        ],
  }
}

const ruleKey = (ask: Ask): string | null =>
  ask.rule === null ? null : `${ask.ruleSet}/${ask.rule}`

const claimRelease = (routed: Routed, body: CommandBody): Routed =>
  body.operation === 'releaseRemainingAuthorization'
    ? stepOrder(routed, { type: 'releaseRequested' })
    : routed

function settleConflict(settling: Settling, ask: Ask, input: SettleInput): Settling {
  const work = makeWork({
    kind: 'rule_conflict',
    id: `conflict:${input.order.orderId}:${input.event.id}:${ask.ruleSet}`,
    orderId: input.order.orderId,
    at: input.now,
    about: `rule set ${ask.ruleSet}`,
    eventId: input.event.id,
  })
  return record(
    openWork(settling, work),
    ask,
    'conflict',
    () => 'several rules of this set fired, and it allows one only',
  )
}

function settleReview(
  settling: Settling,
  ask: Ask,
  action: Extract<Action, { type: 'review' }>,
  input: SettleInput,
): Settling {
  const { question, suggest } = action.params
  const work = makeWork({
    kind: 'review',
    id: `review:${input.order.orderId}:${input.event.id}:${settling.actions.length}`,
    orderId: input.order.orderId,
    at: input.now,
    about: question,
    eventId: input.event.id,
    ...(suggest === undefined ? {} : { details: { suggest } }),
  })
  return record(openWork(settling, work), ask, 'done', () => `asks a person: ${question}`)
}

function settleNotice(
  settling: Settling,
  ask: Ask,
  action: Extract<Action, { type: 'notify' }>,
  input: SettleInput,
): Settling {
  const { channel, message } = action.params
  if (input.settings.observe) return record(settling, ask, 'observed', () => `notify ${channel}`)
  const id = `notice:${input.order.orderId}:${input.event.id}:${settling.notices.length}`
  const notice: Notice = { id, orderId: input.order.orderId, channel, message }
  return record(
    { ...settling, notices: [...settling.notices, notice] },
    ask,
    'done',
    () => `notify ${channel}`,
  )
}

const openWork = (settling: Settling, work: ReturnType<typeof makeWork>): Settling => ({
  ...settling,
  routed: { ...settling.routed, effects: [...settling.routed.effects, { type: 'openWork', work }] },
})

const refuse = (settling: Settling, ask: Ask, refused: Refusal): Settling =>
  record(settling, ask, 'refused', () => describeRefusal(refused), [], refused)

function record(
  settling: Settling,
  ask: Ask,
  outcome: DecidedAction['outcome'],
  say: () => string,
  commandIds: readonly string[] = [],
  refused?: Refusal,
): Settling {
  const action: DecidedAction = {
    ruleSet: ask.ruleSet,
    rule: ask.rule,
    requestedBy: ask.requestedBy,
    type: ask.type,
    outcome,
    ...(refused === undefined ? {} : { refusal: refused }),
    commandIds,
    sentence: settling.scribe.sentence(say),
  }
  return { ...settling, actions: [...settling.actions, action] }
}
