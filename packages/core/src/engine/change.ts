/** Builds the one transaction of a step from what the pure steps returned. */
import { isOpen, isSending, orderWord } from '../books.ts'
import type { Decision } from '../decision.ts'
import { idempotencyKeyOf } from '../ids.ts'
import { ALARMS } from '../lifecycle/chart-effects.ts'
import { wakeAt } from '../lifecycle/next-step.ts'
import { claimsAnyway } from '../lifecycle/reserve.ts'
import { ofType, type Routed, type RouterEffect } from '../lifecycle/router.ts'
import { encodeSnapshot } from '../lifecycle/snapshot.ts'
import type { Reservation } from '../limits.ts'
import type { NewCommand } from '../order-state.ts'
import type { Notice } from '../ports/notifier.ts'
import type { AttemptChange, Change, EventStatus, InboxEvent, Work } from '../ports/store.ts'
import type { Settings } from '../settings.ts'
import type { IsoInstant } from '../time.ts'
import type { Firing } from '../unusual-rate.ts'
import { alertAt } from '../windows.ts'

/** What a step changes, before it is a transaction. */
export interface StepParts {
  readonly orderId: string
  readonly expectedSeq: number
  readonly event: InboxEvent
  readonly now: IsoInstant
  readonly settings: Settings
  readonly status?: EventStatus
  readonly retryAt?: IsoInstant
  readonly reason?: string
  /** Absent when the order stays as it is. */
  readonly routed?: Routed
  readonly decision?: Decision
  readonly commands?: readonly NewCommand[]
  readonly attempt?: AttemptChange
  readonly reservations?: readonly Reservation[]
  readonly notices?: readonly Notice[]
  readonly work?: readonly Work[]
  readonly unparks?: boolean
  readonly submits?: readonly InboxEvent[]
  readonly firings?: readonly Firing[]
}

/** Builds the transaction. Alarms become notices on the channel `alarm`, so that a person hears of them at least once. */
export function buildChange(parts: StepParts): Change {
  const { routed, event } = parts
  const effects = routed?.effects ?? []
  return {
    orderId: parts.orderId,
    expectedSeq: parts.expectedSeq,
    event: {
      ...event,
      status: parts.status ?? 'decided',
      retryAt: parts.retryAt ?? null,
      reason: parts.reason ?? null,
    },
    order:
      routed === undefined
        ? null
        : {
            snapshot: encodeSnapshot(routed.order),
            wakeAt: wakeAt(routed.order, parts.settings, parts.now),
            isSending: routed.order.commands.some(isSending),
          },
    listing:
      routed === undefined
        ? null
        : {
            word: orderWord(routed.order),
            currency: routed.order.currency,
            hasOpenCommand: routed.order.commands.some(isOpen),
            alertAt: alertAt(routed.order, parts.settings, parts.now),
          },
    decision: parts.decision ?? null,
    commands: parts.commands ?? [],
    generations: ofType(effects, 'openGeneration').map(({ commandId, generation }) => ({
      commandId,
      generation,
      idempotencyKey: idempotencyKeyOf(commandId, generation),
    })),
    attempt: parts.attempt ?? null,
    reservations: [
      ...(parts.reservations ?? []),
      ...(routed === undefined ? [] : claimsAnyway(routed, parts)),
    ],
    freedCommandIds: ofType(effects, 'free').map((effect) => effect.commandId),
    opensWork: [...ofType(effects, 'openWork').map((effect) => effect.work), ...(parts.work ?? [])],
    closesWork: ofType(effects, 'closeWork').map((effect) => effect.workId),
    notices: [
      ...(parts.notices ?? []),
      ...ofType(effects, 'alarm').map((effect, index) => alarmNotice(parts, effect, index)),
    ],
    unparks: parts.unparks ?? false,
    submits: parts.submits ?? [],
    firings: parts.firings ?? [],
  }
}

const alarmNotice = (
  { orderId, event }: StepParts,
  { code, commandId }: Extract<RouterEffect, { readonly type: 'alarm' }>,
  index: number,
): Notice => ({
  id: `alarm:${orderId}:${event.eventId}:${index}`,
  orderId,
  channel: 'alarm',
  message: `${code}: ${ALARMS[code]}${commandId === undefined ? '' : ` (command ${commandId})`}`,
})
