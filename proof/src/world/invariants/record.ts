/** Invariants of the record and of people: nothing unexplained, nothing lost, nobody passed over, nothing leaked. */
import { ACTION_OF_OPERATION } from '@postdelivery/core'
import type { OrderRecord } from '../evidence.ts'
import type { History } from '../history.ts'
import { CANARIES, isForbiddenRule } from '../shop.ts'
import { commandsOf, effectsOf, type Invariant, MINUTE_MS } from './invariant.ts'

export const RECORD: readonly Invariant[] = [
  {
    id: 'I3',
    says: 'nothing happens at Klarna without a decision and an attempt that were recorded before',
    onArrival: (arrival, evidence) => {
      const owner = evidence.ownerByKey.get(arrival.key)
      if (owner === undefined)
        return [
          `${arrival.operation} of ${arrival.orderId} arrived under a key that nobody recorded`,
        ]
      const arrivedCount = evidence.arrivals.filter((each) => each.key === arrival.key).length
      const startedCount = evidence.startedCountByKey.get(arrival.key) ?? 0
      return arrivedCount > startedCount
        ? [
            `${arrival.operation} ${owner.command.id} arrived ${arrivedCount} times, ${startedCount} attempts are recorded`,
          ]
        : []
    },
    atEnd: ({ orders }) =>
      orders.flatMap(({ state, decisions }) =>
        (state?.commands ?? []).flatMap(({ command }) => {
          const decision = decisions.find((each) => each.eventId === command.eventId)
          const isExplained =
            decision?.actions.some((action) => action.commandIds.includes(command.id)) ?? false
          return isExplained ? [] : [`command ${command.id} stands in no decision`]
        }),
      ),
  },
  {
    id: 'I4',
    says: 'each acknowledged event is kept as it was and ends decided once, or a person is told',
    atEnd: ({ orders, acknowledged }) =>
      [...acknowledged].flatMap(([name, body]) => {
        const [orderId, eventId] = name.split('/')
        const record = orders.find((each) => each.orderId === orderId)
        const stored = record?.events.find((each) => each.eventId === eventId)
        if (record === undefined || stored === undefined) return [`event ${name} is lost`]
        if (stored.body !== body) return [`event ${name} has another body than was acknowledged`]
        if (stored.status === 'parked' && record.state === null) return []
        if (stored.status === 'dead_lettered')
          return record.work.some((work) => work.kind === 'dead_letter' && work.eventId === eventId)
            ? []
            : [`event ${name} was given up and nobody is told`]
        const isStopped = record.work.some((work) => work.kind === 'order_stopped')
        if (stored.status !== 'decided')
          return isStopped ? [] : [`event ${name} is still ${stored.status}`]
        const count = record.decisions.filter((each) => each.eventId === eventId).length
        return count === 1 ? [] : [`event ${name} has ${count} decisions`]
      }),
  },
  {
    id: 'I8',
    says: 'above the threshold distinct people agreed to exactly these bytes, none of whom asked or wrote the rules',
    atEnd: (evidence) =>
      commandsOf(evidence).flatMap(({ record, command }) => {
        const { body, id, requestedBy, currency } = command.command
        const { approval } = evidence.settings
        const isBig =
          (body.operation === 'refundOrder' &&
            body.refundMinor > (approval.refundAboveMinor[currency] ?? 0)) ||
          (body.operation === 'extendDueDate' &&
            body.feeMinor > (approval.extensionFeeAboveMinor[currency] ?? 0))
        if (!isBig || effectsOf(evidence, id).length === 0) return []
        const agreed = record.events
          .filter((each) => each.type === 'command.approved' && each.status === 'decided')
          // What is stored is JSON of ours.
          .map(
            (each) =>
              JSON.parse(each.body) as {
                readonly commandId: string
                readonly by: string
                readonly hash: string
              },
          )
          .filter((each) => each.commandId === id && each.hash === command.approvalHash)
          .map((each) => each.by.trim().toLowerCase())
          .filter((by) => by !== requestedBy && (command.command.rule === null || by !== PUBLISHER))
        return new Set(agreed).size < approval.approvers
          ? [`${body.operation} ${id} was agreed to by ${agreed.join(', ') || 'nobody'}`]
          : []
      }),
  },
  {
    id: 'I12',
    says: 'no call begins later than a second after a stop was acknowledged',
    onSend: (call, evidence) => {
      const command = evidence.ownerByKey.get(call.key)?.command
      if (command === undefined) return []
      const scopes = [
        'everything',
        `action:${ACTION_OF_OPERATION[command.body.operation]}`,
        `rule:${command.rule}`,
      ]
      return evidence.stops
        .filter(
          (stop) =>
            scopes.includes(stop.scope) && call.atMs > stop.fromMs + 1_000 && call.atMs < stop.toMs,
        )
        .map(
          (stop) =>
            `${command.body.operation} ${command.id} was sent ${call.atMs - stop.fromMs} ms after \`${stop.scope}\` was stopped`,
        )
    },
  },
  {
    id: 'I13',
    says: 'no credential and no personal field leaves the client',
    atEnd: ({ traces }) =>
      CANARIES.filter((canary) => traces.some((bytes) => bytes.includes(canary))).map(
        (canary) => `\`${canary}\` was found`,
      ),
  },
  {
    id: 'I14',
    says: 'in fair weather each event is decided, and each call that needs nobody is made, within a quarter of an hour',
    atEnd: ({ history, orders, acknowledged }) =>
      history.isFair
        ? orders.flatMap((record) => [
            ...lateEvents(record, acknowledged),
            ...lateCalls(record, history),
          ])
        : [],
  },
  {
    id: 'I15',
    says: 'what is unknown never acts',
    onCommit: (change) =>
      change.commands
        .filter(({ command }) => command.rule !== null && isForbiddenRule(command.rule))
        .map(({ command }) => `\`${command.rule}\` has acted`),
  },
  {
    id: 'D1',
    says: 'the engine meets no defect of its own, whatever happens around it',
    atEnd: ({ telemetry, twin }) => [
      ...telemetry
        .filter(
          ({ name, attributes }) =>
            name === 'alarm' &&
            DEFECTS.includes(String(attributes?.['code'])) &&
            !OUTSIDE.includes(String(attributes?.['error'])),
        )
        .map(
          ({ orderId, attributes }) =>
            `order ${orderId}: ${attributes?.['code']} ${attributes?.['error'] ?? attributes?.['reason'] ?? ''}`,
        ),
      ...twin.violations.map((each) => `the twin broke the contract: ${each.problems.join(', ')}`),
    ],
  },
]

/** Alarms that say that something of ours is broken. */
const DEFECTS: readonly string[] = [
  'deciding_failed',
  'order_stopped',
  'work_not_opened',
  'store_unreadable',
]
/** Errors that the world may cause. */
const OUTSIDE: readonly string[] = ['StoreFailure', 'ClockFailure']

/** Who publishes the shop's rules, as their files say. */
const PUBLISHER = 'ops@shop.example'

const SOON_MS = 15 * MINUTE_MS

const spanMs = (from: string, to: string): number => Date.parse(to) - Date.parse(from)

/** Events that were decided late; those that came before their order count from its registration. */
function lateEvents(
  { orderId, events, decisions }: OrderRecord,
  acknowledged: ReadonlyMap<string, string>,
): readonly string[] {
  const registeredAt = events.find((each) => each.type === 'order.captured')?.acceptedAt ?? ''
  return events.flatMap(({ eventId, acceptedAt }) => {
    const decision = decisions.find((each) => each.eventId === eventId)
    if (decision === undefined || !acknowledged.has(`${orderId}/${eventId}`)) return []
    const from = acceptedAt > registeredAt ? acceptedAt : registeredAt
    const lateMs = spanMs(from, decision.decidedAt)
    return lateMs > SOON_MS ? [`event ${orderId}/${eventId} was decided after ${lateMs} ms`] : []
  })
}

/** Confirmed commands whose first call was made late, where no person was needed and none had interfered. */
function lateCalls(
  { plan, state, decisions, attempts }: OrderRecord,
  { steps }: History,
): readonly string[] {
  if (steps.some((step) => step.type === 'portal' && step.order === plan.index)) return []
  return (state?.commands ?? []).flatMap(({ command: { id, eventId }, chart }) => {
    const decidedAt = decisions.find((each) => each.eventId === eventId)?.decidedAt
    const startedAt = attempts.find((each) => each.commandId === id)?.startedAt
    if (chart.value !== 'confirmed' || chart.context.approvalsNeeded > 0) return []
    if (decidedAt === undefined || startedAt === undefined) return []
    const lateMs = spanMs(decidedAt, startedAt)
    return lateMs > SOON_MS ? [`command ${id} was first sent after ${lateMs} ms`] : []
  })
}
