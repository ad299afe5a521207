/** Invariants of money: what is paid back, spent, and claimed, at Klarna and in our books. */
import { dateInZone, isConfirmed, isOpen } from '@postdelivery/core'
import type { Evidence } from '../evidence.ts'
import { captureIdsOf, extensionCapOf, returnableOf } from '../shop.ts'
import { add, commandsOf, type Invariant, MINUTE_MS, sum } from './invariant.ts'

export const MONEY: readonly Invariant[] = [
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
]

/** States of a command from which nothing comes any more. */
const SETTLED: readonly unknown[] = ['confirmed', 'refused', 'rejected']

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
