import {
  addMs,
  type GatewayAnswer,
  instant,
  instantToMs,
  type PaymentGateway,
} from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { aRuleBook, captured, dispatched, SETTINGS, TELL_PARCELS } from './builders.ts'
import { type Rig, useRigs } from './rig.ts'
import { aGateway, DONE } from './scripted-gateway.ts'
import { createSimulatedTime, type SimulatedTime } from './simulated-time.ts'

const ORDER = { orderId: 'order-1', captureId: 'capture-1' }
const OTHER = { orderId: 'order-2', captureId: 'capture-2' }
const AT = instant('2026-11-24T08:00:00.000Z')
const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1_000, 60_000, 3_600_000]
const DAY_MS = 24 * HOUR_MS
const POLL_MS = 10 * MINUTE_MS
const LOST: GatewayAnswer = { type: 'no_answer', reason: 'timeout', mayHaveReached: true }
const EXTEND = {
  on: 'customer.reported',
  type: 'extendDueDate',
  params: { choose: 'longest', maxFeeMinor: { SEK: 1000 } },
} as const
const OFFER = { currency: 'SEK', options: [{ numberOfDays: 10, feeMinor: 1000 }] }

const rigs = useRigs()

/** A machine whose clock lies by `skewMs`, and by so much per mille of the time that passes. */
function aLyingMachine(time: SimulatedTime) {
  const startMs = instantToMs(time.clock.now())
  const passedMs = () => instantToMs(time.clock.now()) - startMs
  const lie = { skewMs: 0, driftPerMille: 0 }
  return {
    lie,
    clock: {
      now: () =>
        addMs(time.clock.now(), lie.skewMs + Math.round((passedMs() * lie.driftPerMille) / 1_000)),
    },
    timers: time.timers,
    monotonicMs: passedMs,
  }
}

/** Everything that is sent in `spanMs`, with the real time at which it was. */
async function pass(time: SimulatedTime, rig: Rig, spanMs: number, stepMs = MINUTE_MS) {
  for (let passedMs = 0; passedMs < spanMs; passedMs += stepMs) {
    await time.advance(stepMs)
    await rig.engine.idle()
  }
}

/** A Klarna that loses the first answers for parcels and extensions, and notes the real time of each call. */
function aKlarna(time: SimulatedTime, lostCount: number) {
  const sentAtMs: number[] = []
  const gateway: PaymentGateway = {
    ...aGateway(() => {
      sentAtMs.push(instantToMs(time.clock.now()))
      return sentAtMs.length <= lostCount ? LOST : DONE
    }),
    readDueDateOptions: async () => ({ type: 'read', value: OFFER }),
  }
  return { gateway, sentAtMs }
}

const reported = { id: 'reported-1', type: 'customer.reported', problem: 'damaged' } as const

describe('a clock that is set back while the engine runs', () => {
  for (const backMs of [2 * HOUR_MS, 48 * HOUR_MS]) {
    test(`by ${backMs / HOUR_MS} h makes no wait longer, and is told once`, async () => {
      const time = createSimulatedTime()
      const machine = aLyingMachine(time)
      const { gateway, sentAtMs } = aKlarna(time, 1)
      const rig = await rigs.start({ ...machine, gateway })
      await rig.decide(captured(ORDER, AT))
      await rig.engine.submit(dispatched(ORDER, AT))
      await rig.engine.idle()

      machine.lie.skewMs = -backMs
      await pass(time, rig, 8 * SECOND_MS, SECOND_MS)

      expect(sentAtMs).toHaveLength(2)
      expect((await rig.order('order-1')).commands[0]?.chart.value).toBe('confirmed')
      expect(rig.alarms()).toEqual(['clock_set_back'])
    })
  }

  test('after it had jumped two days ahead: nothing stalls, what was in doubt is not sent under an old key', async () => {
    const time = createSimulatedTime()
    const machine = aLyingMachine(time)
    const { gateway, sentAtMs } = aKlarna(time, 1)
    const ruleBook = aRuleBook([EXTEND, TELL_PARCELS])
    const rig = await rigs.start({ ...machine, gateway, ruleBook, pollMs: POLL_MS })
    await rig.decide(captured(ORDER, AT, { dueOn: '2026-12-14' }))
    await rig.engine.submit({ ...reported, orderId: 'order-1', captureId: 'capture-1', at: AT })
    await rig.engine.idle()
    machine.lie.skewMs = 2 * DAY_MS
    await pass(time, rig, MINUTE_MS, SECOND_MS)
    machine.lie.skewMs = 0
    await pass(time, rig, MINUTE_MS, SECOND_MS)

    await rig.decide(captured(OTHER, AT))
    await rig.settle(dispatched(OTHER, AT))
    await pass(time, rig, DAY_MS, 30 * MINUTE_MS)

    // By the clock its 20 hours were over: a person is asked, and the other order was served at once.
    expect(sentAtMs).toHaveLength(2)
    expect((await rig.order('order-1')).commands[0]?.chart.value).toBe('stuck')
    expect((await rig.store.work()).map(({ kind }) => kind)).toEqual(['stuck_command'])
  })
})

describe('a clock that was set back between two processes', () => {
  /** An extension in doubt, sent while the clock ran two days ahead; then the process ends and the clock is set right. */
  async function sentAhead() {
    const time = createSimulatedTime()
    const machine = aLyingMachine(time)
    const { gateway, sentAtMs } = aKlarna(time, 1)
    machine.lie.skewMs = 2 * DAY_MS
    const ruleBook = aRuleBook([EXTEND, TELL_PARCELS])
    const first = await rigs.start({ ...machine, gateway, ruleBook })
    await first.decide(captured(ORDER, AT, { dueOn: '2026-12-14' }))
    await first.engine.submit({ ...reported, orderId: 'order-1', captureId: 'capture-1', at: AT })
    await first.engine.idle()
    await first.close()
    machine.lie.skewMs = 0
    const options = { ...machine, gateway, ruleBook, pollMs: POLL_MS }
    const next = await rigs.start({ ...options, path: first.path })
    await pass(time, next, 10 * SECOND_MS, SECOND_MS)
    return { time, machine, rig: next, sentAtMs }
  }

  test('stops the orders that it would deceive, and says until when', async () => {
    const { rig, sentAtMs } = await sentAhead()

    const [work] = await rig.store.work({ kind: 'order_stopped' })
    expect(work?.what).toContain('goes on by itself at `2026-11-26T07:00:00.000Z`')
    expect(sentAtMs).toHaveLength(1)
    expect(rig.alarms().filter((code) => code === 'order_stopped')).toHaveLength(1)
    expect(rig.notices.map(({ message }) => message.split(':')[0])).toEqual(['key_ended'])
  })

  test('lets them go on by itself, without sending what may be done already', async () => {
    const { time, rig, sentAtMs } = await sentAhead()

    await pass(time, rig, 3 * DAY_MS, 30 * MINUTE_MS)

    expect(sentAtMs).toHaveLength(1)
    expect((await rig.order('order-1')).commands[0]?.chart.value).toBe('stuck')
    expect((await rig.store.work()).map(({ kind }) => kind)).toEqual(['stuck_command'])
  })

  test('concerns no other order', async () => {
    const { rig } = await sentAhead()

    await rig.decide(captured(OTHER, AT))
    const settled = await rig.settle(dispatched(OTHER, AT))

    expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
  })

  test('ends the stop at once when it turns out that the clock was behind', async () => {
    const { time, machine, rig } = await sentAhead()
    machine.lie.skewMs = 2 * DAY_MS

    await pass(time, rig, 2 * SECOND_MS, SECOND_MS)

    expect(await rig.store.work({ kind: 'order_stopped' })).toEqual([])
  })
})

describe('a clock that drifts', () => {
  for (const driftPerMille of [-50, 50]) {
    test(`by ${driftPerMille} per mille: all repeats come in time, none after 24 hours`, async () => {
      const time = createSimulatedTime()
      const machine = aLyingMachine(time)
      machine.lie.driftPerMille = driftPerMille
      const { gateway, sentAtMs } = aKlarna(time, 9)
      const rig = await rigs.start({ ...machine, gateway, pollMs: POLL_MS })
      await rig.decide(captured(ORDER, AT))
      await rig.engine.submit(dispatched(ORDER, AT))
      await rig.engine.idle()
      await pass(time, rig, 2 * MINUTE_MS, SECOND_MS)

      await pass(time, rig, 2 * DAY_MS, 10 * MINUTE_MS)

      const [firstMs = 0] = sentAtMs
      expect(sentAtMs).toHaveLength(4)
      expect((sentAtMs.at(-1) ?? 0) - firstMs).toBeLessThan(DAY_MS)
      expect((await rig.order('order-1')).commands[0]?.chart.value).toBe('stuck')
      expect(rig.alarms()).toEqual([])
    })
  }
})

test('the night in which the clocks go back fires each deadline once, at its own midnight', async () => {
  const time = createSimulatedTime('2026-10-23T12:00:00.000Z')
  const fired: string[] = []
  const ruleBook = aRuleBook([], (type) => {
    if (type === 'deadline.approaching') fired.push(time.clock.now())
  })
  const deadlineDays = { ...SETTINGS.deadlineDays, due_date: [2, 1] }
  const rig = await rigs.start({
    ...time,
    gateway: aGateway(),
    ruleBook,
    settings: { ...SETTINGS, deadlineDays },
    pollMs: HOUR_MS,
  })
  await rig.decide(captured(ORDER, time.clock.now(), { dueOn: '2026-10-27' }))

  await pass(time, rig, 4 * DAY_MS, 30 * MINUTE_MS)

  // Summer time ends on the 25th at 01:00 UTC: that day has 25 hours.
  expect(fired).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'])
})
