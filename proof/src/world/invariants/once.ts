/** Invariants of exactly once: what was decided happens, once, under keys that say so. */
import { commandPhase, idempotencyKeyOf, isOpen, SAME_KEY_STOP_MS } from '@postdelivery/core'
import { add, commandsOf, effectsOf, HOUR_MS, type Invariant, MINUTE_MS } from './invariant.ts'

export const ONCE: readonly Invariant[] = [
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
]
