import {
  advanceOrder,
  FACT_WAITS_MS,
  type FactSource,
  instantToMs,
  type LoadedFact,
  PARKED_DAYS,
} from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  asked,
  captured,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  ORDER_ID,
  returned,
  ruleBook,
  SECOND_MS,
  T0,
  told,
} from './builders.ts'
import { aRegistered, aRig, type Rig } from './rig.ts'
import { http } from './scripted-klarna.ts'

const decided = async (rig: Rig) =>
  (await rig.store.decisions(ORDER_ID)).map((decision) => decision.eventId)

describe('an event that came before', () => {
  const story = () => aRegistered({ rules: [{ on: 'return.received', action: ACTIONS.refund }] })

  test('with the same content changes nothing', async () => {
    const rig = await story()
    await rig.tell(returned())
    const before = await rig.store.order(ORDER_ID)

    expect(await rig.submit(returned())).toEqual({ type: 'repeated', status: 'decided' })
    await rig.run()

    expect(await rig.store.order(ORDER_ID)).toEqual(before)
    expect(rig.klarna.sent).toHaveLength(1)
  })

  test('with another content is refused and alarmed, once', async () => {
    const rig = await story()
    await rig.tell(returned())
    const other = returned({ lines: [{ reference: '123050', quantity: 6 }] })

    expect(await rig.submit(other)).toEqual({ type: 'reused' })
    expect(await rig.submit(other)).toEqual({ type: 'reused' })
    await rig.run()

    expect(await rig.work()).toEqual(['event_id_reused'])
    expect(rig.records.filter((each) => each.name === 'alarm')).toHaveLength(2)
    expect(rig.klarna.sent).toHaveLength(1)
    expect((await rig.order()).returns[0]?.stages.received?.lines).toEqual(returned().lines)
  })

  test('under the same id but of another order is another event', async () => {
    const rig = await story()
    await rig.register(captured({ orderId: 'order-2' }))
    await rig.tell(returned())

    await rig.tell(returned({ orderId: 'order-2' }))

    expect(rig.klarna.done.map((each) => each.orderId)).toEqual(['order-1', 'order-2'])
    expect(new Set(rig.klarna.done.map((each) => each.key)).size).toBe(2)
  })
})

describe('events of an order that is not known', () => {
  test('are parked and decided in their order of arrival once it is registered', async () => {
    const rig = await aRig({ rules: [{ on: 'return.received', action: ACTIONS.refund }] })
    rig.klarna.open(captured())
    await rig.tell(told('first'))
    await rig.tell(returned())
    await rig.submit(told('third'))
    expect((await rig.store.events(ORDER_ID)).map((each) => each.status)).toEqual([
      'parked',
      'parked',
      'accepted',
    ])
    expect(await rig.store.dueOrders(rig.now(), 10)).toEqual([ORDER_ID])

    await rig.tell(captured())

    expect(await decided(rig)).toEqual(['shop-1', 'own-first', 'wms-1', 'own-third'])
    expect(rig.klarna.done).toHaveLength(1)
  })

  test('stay parked when the registration is refused', async () => {
    const rig = await aRig()
    await rig.tell(returned())

    await rig.tell(
      captured({ captures: [{ ...captured().captures[0], refundedMinor: 9 ** 9 } as never] }),
    )

    expect((await rig.store.event(ORDER_ID, 'wms-1'))?.status).toBe('parked')
    expect(await rig.store.order(ORDER_ID)).toBe(undefined)
  })

  test('are given up after 7 days and become work', async () => {
    const rig = await aRig()
    await rig.tell(returned())
    rig.pass(PARKED_DAYS * DAY_MS + 1)
    const before = new Date(instantToMs(rig.now()) - PARKED_DAYS * DAY_MS).toISOString()

    const givenUp = await rig.store.deadLetterParked(before as typeof T0, rig.now())

    expect(givenUp.map((each) => each.eventId)).toEqual(['wms-1'])
    expect(await rig.work()).toEqual(['dead_letter'])
  })
})

describe('events that contradict', () => {
  test('an older report of a stage is refused', async () => {
    const rig = await aRegistered()
    await rig.tell(returned({ at: '2026-12-08T07:00:00.000Z' as typeof T0 }))

    await rig.tell(returned({ id: 'wms-0', at: '2026-12-08T06:00:00.000Z' as typeof T0 }))

    expect((await rig.store.decisions(ORDER_ID)).at(-1)?.refusal?.code).toBe('stale_event')
  })

  test('a report from the future is refused and poisons nothing', async () => {
    const rig = await aRegistered()

    await rig.tell(returned({ id: 'typo', at: '2062-12-08T06:00:00.000Z' as typeof T0 }))
    await rig.tell(returned())

    expect((await rig.store.decisions(ORDER_ID)).map((each) => each.refusal?.code)).toEqual([
      undefined,
      'from_the_future',
      undefined,
    ])
  })

  test('an event of an unknown capture is refused with the reason', async () => {
    const rig = await aRegistered()

    await rig.tell(returned({ captureId: 'another' }))

    expect((await rig.store.decisions(ORDER_ID)).at(-1)).toMatchObject({
      refusal: { code: 'unknown_capture' },
      actions: [],
    })
  })
})

/** A fact that loads as the story says. */
const source = (answer: () => LoadedFact): FactSource => ({
  definitions: [
    { name: 'customer.score', type: 'number', sentence: 'a score', source: 'on_demand' } as never,
  ],
  load: async () => answer(),
})

describe("an event whose fact's source is down", () => {
  const story = async (answer: () => LoadedFact) =>
    aRegistered({
      rules: [
        { on: 'shop.go', action: ACTIONS.sendOut, needs: ['customer.score'] },
        { on: 'return.received', action: ACTIONS.refund },
      ],
      factSource: source(answer),
    })
  const down = (): LoadedFact => ({ type: 'failed', reason: 'connection refused' })

  test('waits longer each time, then becomes work; nothing is decided', async () => {
    const rig = await story(down)
    const tries: number[] = []
    await rig.submit(told('go'))
    for (let count = 0; count <= FACT_WAITS_MS.length; count += 1) {
      await rig.run()
      const stored = await rig.store.event(ORDER_ID, 'own-go')
      if (stored?.retryAt == null) break
      tries.push(instantToMs(stored.retryAt) - instantToMs(rig.now()))
      rig.pass(tries.at(-1) ?? 0)
    }

    expect(tries).toHaveLength(FACT_WAITS_MS.length)
    tries.forEach((wait, index) => {
      expect(wait).toBeGreaterThanOrEqual(FACT_WAITS_MS[index] ?? 0)
      expect(wait).toBeLessThanOrEqual((FACT_WAITS_MS[index] ?? 0) * 1.5)
    })
    expect((await rig.store.event(ORDER_ID, 'own-go'))?.status).toBe('dead_lettered')
    expect(await rig.work()).toEqual(['dead_letter'])
    expect(await decided(rig)).toEqual(['shop-1'])
    await rig.play(3 * DAY_MS)
    expect(rig.klarna.sent).toEqual([])
  })

  test('is decided once the source is back', async () => {
    let isDown = true
    const rig = await story(() => (isDown ? down() : { type: 'loaded', value: 7 }))
    await rig.tell(told('go'))
    isDown = false

    await rig.play(MINUTE_MS)

    expect(await decided(rig)).toEqual(['shop-1', 'own-go'])
    expect(rig.klarna.done).toHaveLength(1)
  })

  test('holds back the events behind it, not the commands before it', async () => {
    let isDown = true
    const rig = await story(() => (isDown ? down() : { type: 'absent' }))
    rig.klarna.script({ answer: http(429, null, { rateLimitResetMs: 2 * SECOND_MS }) })
    await rig.tell(asked('refund', { basis: 'amount', amountMinor: 100 }))
    await rig.tell(told('go'))
    await rig.tell(returned())

    await rig.play(4 * SECOND_MS)
    expect(rig.klarna.sent).toHaveLength(2)
    expect(await decided(rig)).toEqual(['shop-1', 'ask-refund'])
    isDown = false
    await rig.play(MINUTE_MS)

    expect(await decided(rig)).toEqual(['shop-1', 'ask-refund', 'own-go', 'wms-1'])
  })

  test('says when it looks again, also when nothing else is due', async () => {
    const rig = await story(down)
    await rig.tell(told('go'))

    const next = await rig.store.nextDueAt()
    const idle = await advanceOrder(rig.ports, ORDER_ID)

    expect(instantToMs(next ?? T0) - instantToMs(T0)).toBeGreaterThanOrEqual(5 * SECOND_MS)
    expect(idle).toEqual({ type: 'idle', wakeAt: next })
  })

  test('for a shadow rule alone is decided at once', async () => {
    const rule = { on: 'shop.go', action: ACTIONS.sendOut, needs: ['customer.score'] }
    const rig = await aRegistered({
      rules: [
        { ...rule, mode: 'shadow', name: 'a shadow', when: () => 'unknown' },
        { on: 'shop.go', action: ACTIONS.ship },
      ],
      factSource: source(down),
    })

    await rig.tell(told('go'))

    expect(await decided(rig)).toEqual(['shop-1', 'own-go'])
    expect(rig.klarna.done.map((each) => each.operation)).toEqual(['appendShippingInfo'])
  })

  test('that answers nothing or nonsense is unknown, and the event is decided', async () => {
    for (const answer of [{ type: 'absent' }, { type: 'loaded', value: 'seven' }] as const) {
      const rig = await story(() => answer)

      await rig.tell(told('go'))

      expect(await decided(rig)).toEqual(['shop-1', 'own-go'])
      expect((await rig.store.decisions(ORDER_ID))[1]?.facts).not.toHaveProperty('customer.score')
    }
  })
})

describe('a read at Klarna that an event asks for', () => {
  const push = { id: 'push', type: 'order.observed', orderId: ORDER_ID, at: T0 } as const

  test('that fails makes the event wait, and it is not lost', async () => {
    const rig = await aRegistered()
    rig.klarna.scriptReads(http(503), http(404, 'NO_SUCH_ORDER'))

    await rig.tell(push)
    expect((await rig.store.event(ORDER_ID, 'push'))?.status).toBe('waiting')
    await rig.play(HOUR_MS)

    expect(await decided(rig)).toEqual(['shop-1', 'push'])
  })

  test('takes over what only Klarna knows', async () => {
    const rig = await aRegistered()
    rig.klarna.scriptReads((order) => ({
      ...order,
      status: 'EXPIRED',
      remainingAuthorizedMinor: 0,
    }))

    await rig.tell(push)

    expect(await rig.order()).toMatchObject({
      klarnaStatus: 'EXPIRED',
      remainingAuthorizedMinor: 0,
    })
  })
})

describe('work', () => {
  test('of two orders under one event id is two', async () => {
    const question = { type: 'review', params: { question: 'refund at once?' } } as const
    const rig = await aRig({ rules: [{ on: 'shop.go', action: question }] })
    for (const orderId of ['order-1', 'order-2']) {
      await rig.register(captured({ orderId }))
      await rig.tell(told('go', { orderId }))
    }

    expect(await rig.work()).toEqual(['review', 'review'])
  })

  test('of rules that fail, and of rules that exclude one another, is two as well', async () => {
    const rules = [
      { on: 'shop.go', action: ACTIONS.refund, name: 'a' },
      { on: 'shop.go', action: ACTIONS.release, name: 'b' },
      { on: 'shop.go', action: ACTIONS.sendOut, name: 'c', when: () => 'failed' as const },
    ]
    const rig = await aRig({ ruleBook: ruleBook(rules, { hitPolicy: 'unique' }) })
    for (const orderId of ['order-1', 'order-2']) {
      await rig.register(captured({ orderId }))
      await rig.tell(told('go', { orderId }))
    }

    expect((await rig.work()).toSorted()).toEqual([
      'rule_conflict',
      'rule_conflict',
      'rule_failed',
      'rule_failed',
    ])
    expect(rig.klarna.sent).toEqual([])
  })
})
