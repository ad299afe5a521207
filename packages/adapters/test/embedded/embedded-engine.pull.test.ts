import {
  type Clock,
  type GatewayAnswer,
  instant,
  instantToMs,
  orderBooks,
  type PaymentGateway,
} from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  aRuleBook,
  captured,
  dispatched,
  REFUND_RETURNED,
  returned,
  TELL_PARCELS,
} from './builders.ts'
import { type Rig, useRigs } from './rig.ts'
import { aGateway, DONE, type SentRequest } from './scripted-gateway.ts'
import { createSimulatedTime, type SimulatedTime } from './simulated-time.ts'

const AT = instant('2026-11-24T08:00:00.000Z')
const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1_000, 60_000, 3_600_000]
const DAY_MS = 24 * HOUR_MS
const LOST: GatewayAnswer = { type: 'no_answer', reason: 'timeout', mayHaveReached: true }
const orderOf = (name: string) => ({ orderId: `order-${name}`, captureId: `capture-${name}` })

const rigs = useRigs()

/** A Klarna that is down for all orders, for some or for none, and when each write reached it. */
function aKlarna(clock: Clock) {
  const state: { isDown: (order: string) => boolean } = { isDown: () => true }
  const sentAt: { readonly order: string; readonly atMs: number }[] = []
  const gateway = aGateway((request: SentRequest) => {
    const order = request.path.split('/')[4] ?? ''
    sentAt.push({ order, atMs: instantToMs(clock.now()) })
    return state.isDown(order) ? LOST : DONE
  })
  const attemptsOf = (order: string) => sentAt.filter((each) => each.order === order).length
  return { state, sentAt, gateway, attemptsOf }
}

/** Lets time pass in steps small enough for a real disk to keep up. */
async function pass(time: SimulatedTime, rig: Rig, spanMs: number, stepMs = MINUTE_MS) {
  for (let passedMs = 0; passedMs < spanMs; passedMs += stepMs) {
    await time.advance(stepMs)
    await rig.engine.idle()
  }
}

/** An engine with parcels of some orders in doubt three times, so that their next repeat is hours away. */
async function inDoubt(names: readonly string[]) {
  const time = createSimulatedTime()
  const klarna = aKlarna(time.clock)
  const rig = await rigs.start({ ...time, gateway: klarna.gateway, pollMs: DAY_MS })
  for (const name of names) {
    await rig.decide(captured(orderOf(name), AT, { id: `captured-${name}` }))
    await rig.engine.submit(dispatched(orderOf(name), AT))
  }
  await rig.engine.idle()
  await pass(time, rig, 10 * MINUTE_MS, 10 * SECOND_MS)
  return { time, klarna, rig }
}

/** Another order gets an answer. */
async function answerOther(rig: Rig, name = 'other') {
  await rig.decide(captured(orderOf(name), AT, { id: `captured-${name}` }))
  await rig.engine.submit(dispatched(orderOf(name), AT))
  await rig.engine.idle()
}

const up = () => false

describe('when Klarna answers again', () => {
  test('what is in doubt is tried at once, long before its regular repeat', async () => {
    const names = ['a', 'b', 'c']
    const { time, klarna, rig } = await inDoubt(names)
    expect(names.map((name) => klarna.attemptsOf(`order-${name}`))).toEqual([3, 3, 3])
    await pass(time, rig, 20 * MINUTE_MS)
    klarna.state.isDown = up

    await answerOther(rig, 'new')

    expect(names.map((name) => klarna.attemptsOf(`order-${name}`))).toEqual([4, 4, 4])
    for (const name of names) {
      const [command] = (await rig.order(`order-${name}`)).commands
      expect(command?.chart.value).toBe('confirmed')
    }
  })

  test('nothing comes sooner while it is still down', async () => {
    const { time, klarna, rig } = await inDoubt(['a'])

    await pass(time, rig, 4 * HOUR_MS)

    expect(klarna.attemptsOf('order-a')).toBe(3)
  })

  test('but only seems to, the regular repeats stay where they were and nothing is used up', async () => {
    const { time, klarna, rig } = await inDoubt(['a'])
    const regularAt = (await rig.order('order-a')).commands[0]?.chart.context.notBefore
    klarna.state.isDown = (order) => order === 'order-a'

    for (const name of ['b', 'c', 'd', 'e']) {
      await answerOther(rig, name)
      await pass(time, rig, 10 * MINUTE_MS)
    }

    const context = (await rig.order('order-a')).commands[0]?.chart.context
    expect(context).toMatchObject({ unknownCount: 3, notBefore: regularAt, regularAt })
    expect(klarna.attemptsOf('order-a')).toBe(4)
    await pass(time, rig, 8 * HOUR_MS, 10 * MINUTE_MS)
    expect(klarna.attemptsOf('order-a')).toBe(5)
  })

  test('what a stop holds stays where it is', async () => {
    const { klarna, rig } = await inDoubt(['a'])
    const stop = { scope: 'action:addShippingInfo', by: 'kim', why: 'test', at: AT }
    await rig.store.setStop(stop)
    klarna.state.isDown = up

    await rig.decide(captured(orderOf('b'), AT))
    await rig.settle(returned(orderOf('b'), AT))
    await rig.engine.idle()

    expect(klarna.attemptsOf('order-a')).toBe(3)
    const [command] = (await rig.order('order-a')).commands
    expect(command?.chart.context.regularAt).toBe(null)
  })

  test('a read is enough: an order that is looked at brings the others', async () => {
    const { klarna, rig } = await inDoubt(['a'])
    klarna.state.isDown = up

    await rig.decide(captured(orderOf('b'), AT))
    await rig.decide({ id: 'push', type: 'order.observed', orderId: 'order-b', at: AT })
    await rig.engine.idle()

    expect(klarna.attemptsOf('order-a')).toBe(4)
  })

  test('a new process tries at its first clear answer what an earlier one left in doubt', async () => {
    const { time, klarna, rig } = await inDoubt(['a'])
    await rig.close()
    klarna.state.isDown = up
    const next = await rigs.start({
      ...time,
      gateway: klarna.gateway,
      path: rig.path,
      pollMs: DAY_MS,
    })
    await next.engine.idle()
    expect(klarna.attemptsOf('order-a')).toBe(3)

    await answerOther(next)

    expect(klarna.attemptsOf('order-a')).toBe(4)
  })

  test('many come in pages, no more than fifty orders a second', async () => {
    const names = Array.from({ length: 130 }, (_, index) => `n${String(index).padStart(3, '0')}`)
    const { time, klarna, rig } = await inDoubt(names)
    klarna.state.isDown = up
    const before = klarna.sentAt.length

    await answerOther(rig, 'new')
    await pass(time, rig, 5 * SECOND_MS, SECOND_MS)

    const pulled = klarna.sentAt.slice(before).filter(({ order }) => order !== 'order-new')
    const bySecond = Map.groupBy(pulled, ({ atMs }) => Math.floor(atMs / SECOND_MS))
    expect(pulled).toHaveLength(130)
    expect(Math.max(...[...bySecond.values()].map((all) => all.length))).toBeLessThanOrEqual(50)
  })

  test('a refund that had arrived is found by the look and not sent again', async () => {
    const time = createSimulatedTime()
    const klarna = aKlarna(time.clock)
    const found: string[] = []
    const gateway: PaymentGateway = {
      ...klarna.gateway,
      readOrder: async (orderId) => {
        const read = await klarna.gateway.readOrder(orderId)
        if (read.type === 'failed' || orderId !== 'order-a') return read
        const refunds = found.map((reference) => ({
          refundId: 'refund-1',
          reference,
          refundedMinor: 3000,
        }))
        const refundedMinor = 3000 * refunds.length
        const capture = {
          captureId: 'capture-a',
          capturedMinor: 6000,
          refundedMinor,
          capturedAt: AT,
          lines: [],
          shippingInfo: [],
        }
        return {
          type: 'read',
          value: { ...read.value, refunds, refundedMinor, captures: [capture] },
        }
      },
    }
    const ruleBook = aRuleBook([REFUND_RETURNED, TELL_PARCELS])
    const rig = await rigs.start({ ...time, gateway, ruleBook, pollMs: DAY_MS })
    await rig.decide(captured(orderOf('a'), AT))
    await rig.engine.submit(returned(orderOf('a'), AT))
    await rig.engine.idle()
    await pass(time, rig, 10 * MINUTE_MS, 10 * SECOND_MS)
    const [refund] = (await rig.order('order-a')).commands
    found.push(refund?.command.id ?? '')
    klarna.state.isDown = up
    const sent = klarna.sentAt.length

    await answerOther(rig, 'b')

    expect(klarna.sentAt.slice(sent).map(({ order }) => order)).toEqual(['order-b'])
    expect(orderBooks(await rig.order('order-a'))).toMatchObject({
      refundedMinor: 3000,
      reservedMinor: 0,
    })
  })
})

describe('when a stop is cleared', () => {
  test('what it held goes on at the next look, not a minute later', async () => {
    const time = createSimulatedTime()
    const klarna = aKlarna(time.clock)
    klarna.state.isDown = up
    const rig = await rigs.start({ ...time, gateway: klarna.gateway, pollMs: 500 })
    await rig.store.setStop({ scope: 'everything', by: 'kim', why: 'test', at: AT })
    for (const name of ['a', 'b']) {
      await rig.decide(captured(orderOf(name), AT))
      await rig.engine.submit(dispatched(orderOf(name), AT))
    }
    await rig.engine.idle()
    await pass(time, rig, 5 * SECOND_MS, SECOND_MS)
    expect(klarna.sentAt).toEqual([])

    await rig.store.clearStop('everything', 'kim', time.clock.now())
    await time.advance(500)
    await rig.engine.idle()

    expect(klarna.sentAt.map(({ order }) => order).toSorted()).toEqual(['order-a', 'order-b'])
    expect(klarna.sentAt[0]?.atMs).toBeLessThanOrEqual(instantToMs(AT) + 6 * SECOND_MS)
  })

  test('another one still holds what it names', async () => {
    const time = createSimulatedTime()
    const klarna = aKlarna(time.clock)
    klarna.state.isDown = up
    const rig = await rigs.start({ ...time, gateway: klarna.gateway, pollMs: 500 })
    for (const scope of ['everything', 'action:addShippingInfo'])
      await rig.store.setStop({ scope, by: 'kim', why: 'test', at: AT })
    await rig.decide(captured(orderOf('a'), AT))
    await rig.engine.submit(dispatched(orderOf('a'), AT))
    await rig.engine.idle()
    await time.advance(SECOND_MS)

    await rig.store.clearStop('everything', 'kim', time.clock.now())
    await pass(time, rig, 5 * MINUTE_MS)

    expect(klarna.sentAt).toEqual([])
  })
})
