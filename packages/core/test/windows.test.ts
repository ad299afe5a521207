import {
  addMs,
  alertAt,
  type CommandChartContext,
  type IsoInstant,
  instant,
  type OrderState,
  plainDate,
  workOfWindows,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { aCapture, anOrder, fired, returned, settings, settle, T0 } from './builders.ts'

const HOUR_MS = 3_600_000
const until = (at: IsoInstant, spanMs: number): IsoInstant => addMs(at, -spanMs)

/** The guide's order with one command, put where a test wants it. */
function standing(
  action: Parameters<typeof fired>,
  phase: unknown,
  context: Partial<CommandChartContext> = {},
  order: Partial<OrderState> = {},
): OrderState {
  const settled = settle(
    anOrder({ captures: [aCapture({ dueOn: plainDate('2026-12-14') })] }),
    returned(),
    [fired(...action)],
  )
  return {
    ...settled.routed.order,
    ...order,
    commands: settled.routed.order.commands.map((command) => ({
      ...command,
      chart: { value: phase, context: { ...command.chart.context, ...context } },
    })),
  }
}

const refund: Parameters<typeof fired> = ['refund', { basis: 'amount', amountMinor: 1000 }]
const extend: Parameters<typeof fired> = [
  'extendDueDate',
  { choose: 'longest', maxFeeMinor: { SEK: 1000 } },
]
const longer: Parameters<typeof fired> = ['extendAuthorization']

const isHeld = () => true
const isFree = () => false
const kinds = (order: OrderState, now: IsoInstant, held = isFree) =>
  workOfWindows(order, settings, now, held).map(({ kind }) => kind)

const approvalExpiresAt = addMs(T0, 24 * HOUR_MS)
const doubt = { firstReachableAt: T0, unknownCount: 2 } as const
const keyEndsAt = addMs(T0, 20 * HOUR_MS)
const expiresAt = instant('2026-12-20T12:00:00Z')
const requested = { requested: 'ready' }

describe('a window that closes', () => {
  const waiting = standing(refund, 'awaitingApproval', { approvalExpiresAt })
  const doubtful = standing(refund, 'doubtful', doubt)
  const stuck = standing(longer, 'stuck', {}, { authorizationExpiresAt: expiresAt })
  const late = standing(extend, 'stuck')
  // Stockholm: the day before the due date begins at 23:00 in UTC, and the day itself ends a day after that.
  const [dayBefore, dayAfter] = ['2026-12-12T23:00:00.000Z', '2026-12-14T23:00:00.000Z'].map(
    instant,
  ) as [IsoInstant, IsoInstant]

  it.for([
    ['approval_expiring', waiting, until(approvalExpiresAt, 4 * HOUR_MS), approvalExpiresAt],
    ['repeat_expiring', doubtful, until(keyEndsAt, 4 * HOUR_MS), keyEndsAt],
    ['authorization_expiring', stuck, until(expiresAt, 48 * HOUR_MS), expiresAt],
    ['due_date_near', late, dayBefore, dayAfter],
  ] as const)('is `%s` from its time on until it is over', ([kind, order, from, end]) => {
    expect(kinds(order, addMs(from, -1), isHeld)).toEqual([])
    expect(kinds(order, from, isHeld)).toEqual([kind])
    expect(kinds(order, addMs(end, -1), isHeld)).toEqual([kind])
    expect(kinds(order, end, isHeld)).toEqual([])
    expect(alertAt(order, settings, T0)).toBe(from)
    expect(alertAt(order, settings, addMs(end, -1))).toBe(from)
    expect(alertAt(order, settings, end)).toBeNull()
    const [work] = workOfWindows(order, settings, from, isHeld)
    expect(work).toMatchObject({
      until: end,
      openedAt: from,
      commandId: order.commands[0]?.command.id,
    })
    expect(work?.what).toContain(`until ${end}`)
  })

  it('of a short approval is told of for its last quarter', () => {
    const short = { ...settings, approval: { ...settings.approval, expiresAfterHours: 4 } }
    const order = standing(refund, 'awaitingApproval', { approvalExpiresAt })

    expect(alertAt(order, short, T0)).toBe(until(approvalExpiresAt, HOUR_MS))
  })

  it.for([
    ['a repeat that nothing holds', doubtful, until(keyEndsAt, HOUR_MS)],
    [
      'a longer authorization on its way',
      standing(longer, requested, {}, { authorizationExpiresAt: expiresAt }),
      until(expiresAt, HOUR_MS),
    ],
    ['more time on its way', standing(extend, requested), dayBefore],
    ['more time that waits a little', standing(extend, requested, { deferCount: 9 }), dayBefore],
    ['what is settled', standing(extend, 'confirmed'), dayBefore],
    [
      'a release that the expiry makes needless',
      standing(['releaseAuthorization'], 'stuck', {}, { authorizationExpiresAt: expiresAt }),
      until(expiresAt, HOUR_MS),
    ],
    ['a doubt that no send has left', standing(refund, 'paused', {}), until(keyEndsAt, HOUR_MS)],
  ] as const)('is not told of for %s', ([, order, now]) => {
    expect(kinds(order, now)).toEqual([])
  })

  it('is told of for a paused command in doubt, and for what a stop holds on its way', () => {
    expect(kinds(standing(refund, 'paused', doubt), until(keyEndsAt, HOUR_MS))).toEqual([
      'repeat_expiring',
    ])
    expect(kinds(standing(extend, requested), dayBefore, isHeld)).toEqual(['due_date_near'])
  })

  it('is told of for what is held back again and again before it is sent', () => {
    const heldBack = standing(extend, requested, { deferCount: 10 })
    expect(kinds(heldBack, dayBefore)).toEqual(['due_date_near'])
  })
})
