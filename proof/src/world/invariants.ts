/**
 * What must be true whatever happens. A new invariant is one entry here: it is checked in every story from then on.
 *
 * Each check looks at both sides and says what it found wrong, one line each. The numbers are those of the promise's table in
 * docs/reliability.md.
 */
import {
  ACTION_OF_OPERATION,
  type Change,
  type CommandState,
  commandPhase,
  dateInZone,
  idempotencyKeyOf,
  isConfirmed,
  isOpen,
  type OrderState,
  SAME_KEY_STOP_MS,
} from '@postdelivery/core'
import type { Arrival } from './books.ts'
import type { EndEvidence, Evidence, OrderRecord } from './evidence.ts'
import type { SentCall } from './network.ts'
import { CANARIES, captureIdsOf, extensionCapOf, isForbiddenRule, returnableOf } from './shop.ts'

type Findings = readonly string[]

export interface Invariant {
  readonly id: string
  readonly says: string
  /** A write leaves the process. */
  readonly onSend?: (call: SentCall, evidence: Evidence) => Findings
  /** A write has arrived at Klarna; it is the last of `evidence.arrivals`. */
  readonly onArrival?: (arrival: Arrival, evidence: Evidence) => Findings
  /** A step has been committed; `order` is the order after it. */
  readonly onCommit?: (change: Change, order: OrderState, evidence: Evidence) => Findings
  /** The storm is over and everything had time to settle. */
  readonly atEnd?: (evidence: EndEvidence) => Findings
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

export const INVARIANTS: readonly Invariant[] = [
  {
    id: 'I1',
    says: 'refunds never exceed what was captured, per capture and in total, at Klarna and in our books',
    onArrival: ({ orderId, operation, isEffect }, { twin }) => {
      if (operation !== 'refundOrder' || !isEffect) return []
      const { captures, refunds, refundedMinor, capturedMinor } = twin.books(orderId)
      return [
        ...captures
          .filter((each) => each.refundedMinor > each.capturedMinor)
          .map(
            (each) =>
              `capture ${each.captureId} paid back ${each.refundedMinor} of ${each.capturedMinor}`,
          ),
        ...(refundedMinor > capturedMinor
          ? [`order ${orderId} paid back ${refundedMinor} of ${capturedMinor}`]
          : []),
        ...refunds
          .filter((each) => each.by === 'api' && each.captureId === null)
          .map((each) => `refund ${each.reference} belongs to no capture`),
      ]
    },
    onCommit: (change, order) => {
      // What is seen at Klarna may break the books; what is newly decided may not.
      const decided = change.commands.filter(
        ({ command }) => command.body.operation === 'refundOrder',
      )
      if (decided.length === 0) return []
      return order.captures.flatMap(({ captureId, chart: { context } }) => {
        // Recounted here: a product that counts wrongly must not check itself.
        const reservedMinor = sum(
          order.commands.map(({ command: { body }, chart }) =>
            body.operation === 'refundOrder' &&
            body.captureId === captureId &&
            !SETTLED.includes(chart.value)
              ? body.refundMinor
              : 0,
          ),
        )
        return context.refundedMinor + reservedMinor > context.capturedMinor
          ? [
              `our books of ${captureId}: ${context.refundedMinor} paid back and ${reservedMinor} reserved of ${context.capturedMinor}`,
            ]
          : []
      })
    },
  },
  {
    id: 'I2',
    says: 'each decided command happens at Klarna exactly once, or a person is told',
    onArrival: (arrival, evidence) => {
      const owner = evidence.ownerByKey.get(arrival.key)
      if (!arrival.isEffect || owner === undefined) return []
      const count = effectsOf(evidence, owner.command.id).length
      return count > 1 ? [`${arrival.operation} ${owner.command.id} happened ${count} times`] : []
    },
    atEnd: (evidence) =>
      commandsOf(evidence).flatMap(({ record, command }) => {
        const { id, body } = command.command
        const count = effectsOf(evidence, id).length
        const phase = commandPhase(command)
        if (['refused', 'rejected'].includes(phase) && count > 0)
          return [`${body.operation} ${id} is ${phase} and has happened`]
        // These two can be as wanted without a call of ours: released in the portal, prolonged on the same day.
        const canBeSo =
          body.operation === 'releaseRemainingAuthorization' ||
          body.operation === 'extendAuthorizationTime'
        if (phase === 'confirmed' && count === 0 && !canBeSo)
          return [`${body.operation} ${id} is confirmed and never happened`]
        if (!isOpen(command)) return []
        const isTold = record.work.some(
          (work) =>
            work.commandId === id ||
            ['books_differ', 'paused_command', 'order_stopped'].includes(work.kind),
        )
        return isTold
          ? []
          : [
              `${body.operation} ${id} is ${phase} (${command.chart.context.why}) and nobody is told`,
            ]
      }),
  },
  {
    id: 'I2-why',
    says: 'a command is refused only by Klarna in so many words, by a closed gate, or by a person',
    atEnd: (evidence) =>
      commandsOf(evidence).flatMap(({ record, command }) => {
        const { id, body } = command.command
        if (commandPhase(command) !== 'refused') return []
        const isRefusedByKlarna = evidence.arrivals.some(
          (each) =>
            evidence.ownerByKey.get(each.key)?.command.id === id &&
            (each.status === 403 || each.status === 404),
        )
        const isRefusedByPerson = record.events.some(
          (each) =>
            each.type === 'command.resolved' && each.status === 'decided' && each.body.includes(id),
        )
        const isGate =
          body.operation === 'extendDueDate' && command.chart.context.why === 'quote_changed'
        return isRefusedByKlarna || isRefusedByPerson || isGate
          ? []
          : [`${body.operation} ${id} is refused (${command.chart.context.why}) by nobody`]
      }),
  },
  {
    id: 'I2-units',
    says: 'no returned unit is paid back twice, nor more units than were captured',
    onArrival: (arrival, evidence) => {
      if (arrival.operation !== 'refundOrder' || !arrival.isEffect) return []
      const paid = new Map<string, number>()
      for (const each of evidence.arrivals) {
        const body = evidence.ownerByKey.get(each.key)?.command.body
        if (!each.isEffect || each.orderId !== arrival.orderId || body?.operation !== 'refundOrder')
          continue
        for (const { returnId, reference, quantity } of body.units) {
          add(paid, `return ${returnId} ${body.captureId} ${reference}`, quantity)
          add(paid, `capture ${body.captureId} ${reference}`, quantity)
        }
      }
      return [...paid].flatMap(([what, quantity]) => {
        const max = reportedMax(evidence, arrival.orderId, what)
        return quantity > max ? [`${what}: ${quantity} units paid back of ${max}`] : []
      })
    },
  },
  {
    id: 'I2-once',
    says: 'a parcel is told once, an invoice is sent once for a reason, a due date moves once unless asked again',
    atEnd: (evidence) =>
      evidence.orders.flatMap(({ orderId }) => {
        const seen = new Map<string, number>()
        for (const arrival of evidence.arrivals) {
          const command = evidence.ownerByKey.get(arrival.key)?.command
          if (!arrival.isEffect || arrival.orderId !== orderId || command === undefined) continue
          const { body } = command
          if (body.operation === 'appendShippingInfo')
            for (const info of body.shippingInfo)
              add(seen, `parcel ${body.captureId} ${JSON.stringify(info)}`, 1)
          if (body.operation === 'triggerSendOut')
            add(seen, `invoice ${body.captureId} ${body.reason}`, 1)
          if (body.operation === 'extendDueDate' && command.rule !== null)
            add(seen, `due date ${body.captureId}`, 1)
        }
        return [...seen]
          .filter(([, count]) => count > 1)
          .map(([what, count]) => `${what}: ${count} times`)
      }),
  },
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
    id: 'I5',
    says: 'an authorization is released at most once by us',
    onArrival: (arrival, { arrivals }) => {
      const count = arrivals.filter(
        (each) =>
          each.isEffect &&
          each.orderId === arrival.orderId &&
          each.operation === 'releaseRemainingAuthorization',
      ).length
      return count > 1 ? [`order ${arrival.orderId} was released ${count} times`] : []
    },
  },
  {
    id: 'I6',
    says: 'an extension costs no more than was quoted, nor than the cap of the rule version that decided',
    onArrival: (arrival, evidence) => {
      const body = evidence.ownerByKey.get(arrival.key)?.command.body
      if (!arrival.isEffect || body?.operation !== 'extendDueDate') return []
      // Klarna may change its offer between our look and our call; nobody can help that.
      const isRace = (evidence.offersChangedMs.get(arrival.orderId) ?? []).some(
        (ms) => ms >= arrival.sentMs - 3 * MINUTE_MS && ms <= arrival.arrivedMs,
      )
      const extensions =
        evidence.twin
          .books(arrival.orderId)
          .captures.find((each) => each.captureId === body.captureId)?.extensions ?? []
      const feeMinor = extensions.at(-1)?.feeMinor ?? 0
      return feeMinor > body.feeMinor && !isRace
        ? [`extension of ${body.captureId} cost ${feeMinor}, quoted ${body.feeMinor}`]
        : []
    },
    atEnd: (evidence) =>
      commandsOf(evidence).flatMap(({ record, command: { command } }) => {
        if (command.body.operation !== 'extendDueDate' || command.rule === null) return []
        const decision = record.decisions.find((each) => each.eventId === command.eventId)
        const [set] = decision?.ruleSets ?? []
        const maxMinor =
          extensionCapOf(set?.version ?? '', command.rule.slice(command.rule.indexOf('/') + 1))[
            command.currency
          ] ?? 0
        return command.body.feeMinor > maxMinor
          ? [
              `extension ${command.id} was decided at ${command.body.feeMinor}, the rule's cap is ${maxMinor}`,
            ]
          : []
      }),
  },
  {
    id: 'I7',
    says: 'what passes without a person stays within the limits of each rule and day, and of the merchant and day',
    atEnd: (evidence) => {
      const { settings } = evidence
      const spent = new Map<string, number>()
      for (const { record, command } of commandsOf(evidence)) {
        const { body, rule, eventId, id, currency } = command.command
        const decision = record.decisions.find((each) => each.eventId === eventId)
        const action = decision?.actions.find((each) => each.commandIds.includes(id))
        if (
          decision === undefined ||
          action?.outcome !== 'queued' ||
          !(isOpen(command) || isConfirmed(command))
        )
          continue
        const day = dateInZone(decision.decidedAt, settings.timeZone)
        const refundMinor = body.operation === 'refundOrder' ? body.refundMinor : 0
        const feeMinor = body.operation === 'extendDueDate' ? body.feeMinor : 0
        add(spent, `merchant count ${day}`, 1)
        add(spent, `merchant refund ${day} ${currency}`, refundMinor)
        add(spent, `merchant fee ${day} ${currency}`, feeMinor)
        if (rule !== null) {
          add(spent, `rule count ${day} ${rule}`, 1)
          add(spent, `rule refund ${day} ${currency} ${rule}`, refundMinor)
          add(spent, `rule fee ${day} ${currency} ${rule}`, feeMinor)
        }
      }
      const { perRuleAndDay, perMerchantAndDay } = settings.limits
      return [...spent].flatMap(([bucket, amount]) => {
        const [whose, what, , currency = ''] = bucket.split(' ')
        const limits = whose === 'rule' ? perRuleAndDay : perMerchantAndDay
        const max =
          what === 'count'
            ? limits.commandMaxCount
            : what === 'refund'
              ? (limits.refundMaxMinor[currency] ?? 0)
              : (limits.extensionFeeMaxMinor[currency] ?? 0)
        return amount > max ? [`${bucket}: ${amount} of ${max}`] : []
      })
    },
  },
  {
    id: 'I7-claims',
    says: 'claims on shared limits add up, and what came to nothing holds none',
    atEnd: ({ orders, claims, totals }) => {
      const settled = new Map(
        orders.flatMap(({ state }) =>
          (state?.commands ?? []).map((each) => [each.command.id, each.chart.value] as const),
        ),
      )
      const sums = new Map<string, number>()
      for (const { bucket, amount } of claims) add(sums, bucket, amount)
      return [
        ...claims
          .filter(({ commandId }) =>
            ['refused', 'rejected'].includes(String(settled.get(commandId))),
          )
          .map(
            ({ commandId, bucket }) => `command ${commandId} came to nothing and claims ${bucket}`,
          ),
        ...[...totals]
          .filter(([bucket, total]) => (sums.get(bucket) ?? 0) !== total)
          .map(
            ([bucket, total]) => `${bucket}: ${total} in total, ${sums.get(bucket) ?? 0} claimed`,
          ),
      ]
    },
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
    id: 'I9',
    says: 'one key carries one request for ever, and none is sent once Klarna may have forgotten it',
    onArrival: (arrival, evidence) => {
      const sameKey = evidence.arrivals.filter((each) => each.key === arrival.key)
      // Refused at the door, Klarna has not looked at the key.
      const first = sameKey.find((each) => each.status !== 401 && each.status !== 404) ?? arrival
      const isOther =
        first.body !== arrival.body ||
        first.path !== arrival.path ||
        first.method !== arrival.method
      const agedMs = arrival.sentMs - first.sentMs
      // A clock that drifts by 5 % makes 21 hours of 20; Klarna forgets after 24.
      const maxMs =
        evidence.history.clockDrift === 0 ? SAME_KEY_STOP_MS + 5 * MINUTE_MS : 22 * HOUR_MS
      return [
        ...(isOther ? [`key ${arrival.key} carried two requests`] : []),
        ...(agedMs > maxMs && !evidence.history.steps.some((step) => step.type === 'clock')
          ? [`key ${arrival.key} was sent again after ${(agedMs / HOUR_MS).toFixed(1)} h`]
          : []),
        ...(agedMs > 24 * HOUR_MS
          ? [`key ${arrival.key} was sent again after Klarna forgot it`]
          : []),
      ]
    },
    atEnd: (evidence) =>
      [...evidence.ownerByKey].flatMap(([key, { command, generation }]) =>
        key === idempotencyKeyOf(command.id, generation)
          ? []
          : [`key ${key} does not follow from command ${command.id}`],
      ),
  },
  {
    id: 'I10',
    says: "when all has settled our books equal Klarna's",
    atEnd: ({ orders, twin }) =>
      orders.flatMap(({ state, orderId }) => {
        if (state === null || state.commands.some(isOpen)) return []
        const books = twin.books(orderId)
        const oursMinor = sum(state.captures.map((each) => each.chart.context.refundedMinor))
        const klarnasMinor = sum(
          books.refunds.filter((each) => each.by === 'api').map((each) => each.refundedMinor),
        )
        const days = sum(state.captures.map((each) => each.chart.context.extendedDays))
        const feesMinor = sum(state.captures.map((each) => each.chart.context.feesMinor))
        return [
          ...(oursMinor === klarnasMinor
            ? []
            : [`order ${orderId}: refunds ${oursMinor} ours, ${klarnasMinor} Klarna's`]),
          ...(days === books.extensionDays
            ? []
            : [
                `order ${orderId}: ${days} days more in our books, ${books.extensionDays} at Klarna`,
              ]),
          ...(feesMinor >= books.extensionFeeMinor
            ? []
            : [
                `order ${orderId}: fees ${feesMinor} in our books, ${books.extensionFeeMinor} at Klarna`,
              ]),
          ...(state.remainingAuthorizedMinor === 0 && books.remainingAuthorizedMinor > 0
            ? [`order ${orderId}: released in our books alone`]
            : []),
        ]
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
    id: 'I15',
    says: 'what is unknown never acts',
    onCommit: (change) =>
      change.commands
        .filter(({ command }) => command.rule !== null && isForbiddenRule(command.rule))
        .map(({ command }) => `\`${command.rule}\` has acted`),
  },
  {
    id: 'I16',
    says: "no refund is sent while Klarna has one of somebody else's that a person has not seen",
    onArrival: (arrival, evidence) => {
      if (arrival.operation !== 'refundOrder' || !arrival.isEffect) return []
      const knownMinor = evidence.latest.get(arrival.orderId)?.unallocatedRefundedMinor ?? 0
      // A read may lag five minutes behind, and the look comes some time before the call.
      const seenMs = arrival.sentMs - 10 * MINUTE_MS
      const foreignMinor = sum(
        evidence.twin
          .books(arrival.orderId)
          .refunds.filter((each) => each.by === 'person' && Date.parse(each.at) < seenMs)
          .map((each) => each.refundedMinor),
      )
      return foreignMinor > knownMinor
        ? [
            `order ${arrival.orderId}: paid back while ${foreignMinor} of somebody else's stood there, ${knownMinor} known`,
          ]
        : []
    },
  },
  {
    id: 'I17',
    says: 'one key is not sent twice within a second',
    onArrival: (arrival, evidence) => {
      const tooNear = evidence.arrivals.find(
        (each) =>
          each !== arrival &&
          each.key === arrival.key &&
          Math.abs(each.sentMs - arrival.sentMs) < 900,
      )
      // A clock that jumps forward makes any wait short.
      const hasJumped = evidence.history.steps.some((step) => step.type === 'clock')
      return tooNear === undefined || hasJumped
        ? []
        : [`key ${arrival.key} was sent again after ${arrival.sentMs - tooNear.sentMs} ms`]
    },
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

/** States of a command from which nothing comes any more. */
const SETTLED: readonly unknown[] = ['confirmed', 'refused', 'rejected']

/** Alarms that say that something of ours is broken. */
const DEFECTS: readonly string[] = [
  'deciding_failed',
  'order_stopped',
  'work_not_opened',
  'store_unreadable',
]
/** Errors that the world may cause. */
const OUTSIDE: readonly string[] = ['StoreFailure', 'ClockFailure']

interface OwnCommand {
  readonly record: OrderRecord
  readonly command: CommandState
}

const commandsOf = ({ orders }: EndEvidence): readonly OwnCommand[] =>
  orders.flatMap((record) => (record.state?.commands ?? []).map((command) => ({ record, command })))

/** What happened at Klarna for one command, under all its keys. */
const effectsOf = ({ arrivals, ownerByKey }: Evidence, commandId: string): readonly Arrival[] =>
  arrivals.filter((each) => each.isEffect && ownerByKey.get(each.key)?.command.id === commandId)

/** The most units that were ever reported for a return, or captured. */
function reportedMax({ history }: Evidence, orderId: string, what: string): number {
  const [kind, ...rest] = what.split(' ')
  const plan = history.orders.find((each) =>
    orderId.endsWith(each.index.toString(16).padStart(12, '0')),
  )
  if (plan === undefined) return 0
  if (kind === 'capture') {
    const [captureId, reference] = rest
    const lines = returnableOf(plan, captureIdsOf(plan).indexOf(captureId ?? ''))
    return sum(lines.filter((each) => each.reference === reference).map((each) => each.quantity))
  }
  const [returnId, captureId, reference] = rest
  const quantities = history.steps.flatMap((step) => {
    if ((step.type !== 'report' && step.type !== 'forge') || step.order !== plan.index) return []
    const { report } = step
    if (
      !('returnId' in report) ||
      !('lines' in report) ||
      report.returnId !== returnId ||
      report.captureId !== captureId
    )
      return []
    return [
      sum(report.lines.filter((each) => each.reference === reference).map((each) => each.quantity)),
    ]
  })
  return Math.max(0, ...quantities)
}

const add = (amounts: Map<string, number>, name: string, amount: number): void => {
  amounts.set(name, (amounts.get(name) ?? 0) + amount)
}

const sum = (amounts: readonly number[]): number => amounts.reduce((all, each) => all + each, 0)

/** Who publishes the shop's rules, as their files say. */
const PUBLISHER = 'ops@shop.example'
