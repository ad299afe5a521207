import { type ObservedOrder, orderBooks, orderWord } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { ACTIONS, asked, DAY_MS, HOUR_MS, MINUTE_MS, ORDER_ID, returned } from './builders.ts'
import { aDecided, aRegistered, type Rig, staff } from './rig.ts'
import { http, lost, notConnected, old, timeout, vanished } from './scripted-klarna.ts'

const confirmBooks = (rig: Rig, refundedMinor: number) =>
  rig.tell({
    id: `resolve:books:${refundedMinor}`,
    type: 'books.confirmed',
    orderId: ORDER_ID,
    at: rig.now(),
    by: 'lead@shop.example',
    why: 'compared with the portal',
    refundedMinor,
  })

describe('a look before paying', () => {
  test('that finds our reference confirms the refund without a send', async () => {
    const rig = await aDecided(ACTIONS.refund)
    const { id } = await rig.command()
    rig.klarna.scriptReads((order) => ({
      ...order,
      refundedMinor: 1000,
      refunds: [{ refundId: 'r-7', reference: id, refundedMinor: 1000 }],
    }))

    await rig.run()

    expect(rig.klarna.sent).toEqual([])
    expect(await rig.phases()).toEqual(['confirmed'])
    expect((await rig.commands())[0]?.chart.context.resultId).toBe('r-7')
    expect(orderBooks(await rig.order()).refundedMinor).toBe(1000)
  })

  test('that finds nothing left to release confirms the release without a send', async () => {
    const rig = await aDecided(ACTIONS.release)
    rig.klarna.scriptReads((order) => ({ ...order, remainingAuthorizedMinor: 0 }))

    await rig.run()

    expect(rig.klarna.sent).toEqual([])
    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('that finds another amount to release asks a person', async () => {
    const rig = await aDecided(ACTIONS.release)
    rig.klarna.scriptReads((order) => ({ ...order, remainingAuthorizedMinor: 1500 }))

    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toEqual([])
    expect(await rig.work()).toEqual(['stuck_command'])
  })

  const capturesWith = (refundedMinor: number) => (order: ObservedOrder) => ({
    ...order,
    captures: order.captures.map((each) => ({ ...each, refundedMinor })),
  })
  const lefts = [
    ['exactly enough is left', 5000, ['confirmed'], []],
    ['a unit less is left', 5001, ['stuck'], ['stuck_command']],
  ] as const
  for (const [name, refundedMinor, phases, work] of lefts) {
    test(`compares with what Klarna has left of the capture: ${name}`, async () => {
      const rig = await aDecided(ACTIONS.refund)
      rig.klarna.scriptReads(capturesWith(refundedMinor))

      await rig.run()

      expect(await rig.phases()).toEqual(phases)
      expect(await rig.work()).toEqual(work)
      expect(rig.klarna.sent).toHaveLength(phases[0] === 'confirmed' ? 1 : 0)
    })
  }

  test('that does not find the capture at all asks a person', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.scriptReads((order) => ({ ...order, captures: [] }))

    await rig.run()

    expect(rig.klarna.sent).toEqual([])
    expect((await rig.commands())[0]?.chart.context.why).toBe('capture_has_less_left:0')
  })

  const failures = [
    ['503', http(503)],
    ['a timeout', timeout],
    ['no connection', notConnected],
    ['429', http(429, null, { rateLimitResetMs: 3_000 })],
  ] as const
  for (const [name, answer] of failures) {
    test(`that fails with ${name} sends nothing and looks again`, async () => {
      const rig = await aDecided(ACTIONS.refund)
      rig.klarna.scriptReads(answer, answer)
      await rig.run()
      expect(rig.klarna.sent).toEqual([])
      expect(await rig.phases()).toEqual(['requested'])

      await rig.play(HOUR_MS)

      expect(await rig.phases()).toEqual(['confirmed'])
      expect(await rig.attempts()).toEqual(['done'])
    })
  }

  test('that Klarna does not allow pauses the refund', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.scriptReads(http(404, 'NO_SUCH_ORDER'))

    await rig.run()

    expect(rig.klarna.sent).toEqual([])
    expect(await rig.phases()).toEqual(['paused'])
    expect(await rig.work()).toEqual(['paused_command'])
  })

  test('whose read is refused with a code does not refuse the refund', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.scriptReads(http(403, 'NOT_ALLOWED'))

    await rig.play(HOUR_MS)

    expect(await rig.phases()).toEqual(['confirmed'])
  })
})

describe('a read that is older than our books', () => {
  const story = async () => {
    const rig = await aDecided(ACTIONS.refund)
    await rig.run()
    await rig.submit(asked('refund', { basis: 'amount', amountMinor: 500 }, { id: 'ask-2' }))
    return rig
  }

  test('waits a minute and looks again', async () => {
    const rig = await story()
    rig.klarna.scriptReads(old, old)

    await rig.play(HOUR_MS)

    expect(await rig.phases()).toEqual(['confirmed', 'confirmed'])
    expect(rig.klarna.observed(ORDER_ID).refundedMinor).toBe(1500)
    expect(await rig.alarms()).toEqual([])
  })

  test('again and again is the work of a person', async () => {
    const rig = await story()
    rig.klarna.scriptReads(old, old, old, old, old, old)

    await rig.play(HOUR_MS)

    expect(rig.klarna.sent).toHaveLength(1)
    expect(await rig.phases()).toEqual(['confirmed', 'stuck'])
  })
})

describe("books that differ from Klarna's", () => {
  const story = async () => {
    const rig = await aRegistered({
      rules: [
        { on: 'return.received', action: { type: 'refund', params: { basis: 'returned_items' } } },
      ],
    })
    rig.klarna.refundInPortal(ORDER_ID, 1000)
    return rig
  }

  test('stop the refund, raise an alarm and ask a person', async () => {
    const rig = await story()

    await rig.tell(returned())
    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toEqual([])
    expect(await rig.phases()).toEqual(['stuck'])
    expect(await rig.alarms()).toEqual(['books_differ'])
    expect((await rig.work()).toSorted()).toEqual(['books_differ', 'stuck_command'])
    expect((await rig.order()).booksDiffer).toMatchObject({ oursMinor: 0, klarnasMinor: 1000 })
  })

  test('refuse further refunds and let everything else pass', async () => {
    const rig = await story()
    await rig.tell(returned())

    await rig.tell(asked('refund', { basis: 'amount', amountMinor: 500 }))
    await rig.tell(asked('sendOut'))
    await rig.tell(asked('releaseAuthorization'))

    const decisions = await rig.store.decisions(ORDER_ID)
    expect(decisions.flatMap((each) => each.actions).map((each) => each.refusal?.code)).toEqual([
      undefined,
      'refunds_stopped',
      undefined,
      undefined,
    ])
    expect(rig.klarna.done.map((each) => each.operation)).toEqual([
      'triggerSendOut',
      'releaseRemainingAuthorization',
    ])
  })

  test('are equal again once a person has confirmed them; the stuck refund is tried as new', async () => {
    const rig = await story()
    await rig.tell(returned())
    const { id } = await rig.command()

    await confirmBooks(rig, 1000)
    await rig.tell(staff(rig, id, { type: 'command.resolved', how: 'try_as_new' }))

    expect(await rig.phases()).toEqual(['confirmed'])
    expect(await rig.work()).toEqual([])
    expect(rig.klarna.observed(ORDER_ID).refundedMinor).toBe(4000)
    expect(orderBooks(await rig.order())).toMatchObject({
      refundedMinor: 4000,
      refundableMinor: 2000,
    })
  })

  test('keep an accepted order open until they are confirmed', async () => {
    const rig = await story()
    const push = { id: 'push', type: 'order.observed', orderId: ORDER_ID, at: rig.now() } as const
    await rig.tell(push)
    await rig.tell(asked('releaseAuthorization'))
    await rig.tell({ id: 'ok', type: 'delivery.accepted', orderId: ORDER_ID, at: rig.now() })
    expect(orderWord(await rig.order())).toBe('released')

    await confirmBooks(rig, 1000)

    expect(orderWord(await rig.order())).toBe('closed')
  })

  test('that a person confirmed wrongly differ again, and nothing is sent', async () => {
    const rig = await story()
    await rig.tell(returned())
    const { id } = await rig.command()

    await confirmBooks(rig, 700)
    await rig.tell(staff(rig, id, { type: 'command.resolved', how: 'try_as_new' }))

    expect(rig.klarna.sent).toEqual([])
    expect((await rig.order()).booksDiffer).toMatchObject({ oursMinor: 700, klarnasMinor: 1000 })
  })

  test('found by a read stop a refund that is in doubt from being repeated', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(vanished)
    await rig.run()
    rig.klarna.refundInPortal(ORDER_ID, 700)
    rig.klarna.scriptReads(null, old, old, old)

    await rig.tell({ id: 'push-1', type: 'order.observed', orderId: ORDER_ID, at: rig.now() })
    await rig.play(HOUR_MS)

    expect((await rig.order()).booksDiffer).not.toBe(null)
    expect(rig.klarna.sent).toHaveLength(1)
  })
})

describe('time between a look and the next attempt', () => {
  const pauses = [
    ['wrong credentials', { answer: http(401) }],
    ['a full quota', { answer: http(429) }],
    ['no connection', { answer: notConnected }],
  ] as const
  for (const [name, fault] of pauses) {
    test(`after ${name}: a refund made in the portal meanwhile is not paid twice`, async () => {
      const rig = await aDecided(ACTIONS.refund)
      rig.klarna.script(fault)
      await rig.run()
      rig.klarna.refundInPortal(ORDER_ID, 1000)
      rig.pass(3 * HOUR_MS)
      const { id } = await rig.command()

      if (name === 'wrong credentials') await rig.tell(staff(rig, id, { type: 'command.resumed' }))
      await rig.play(10 * MINUTE_MS)

      expect(rig.klarna.observed(ORDER_ID).refundedMinor).toBe(1000)
      expect(await rig.alarms()).toEqual(['books_differ'])
    })
  }

  test('after an attempt in doubt: the repeat looks as well', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(vanished)
    await rig.run()
    rig.klarna.refundInPortal(ORDER_ID, 1000)

    await rig.play(DAY_MS)

    expect(rig.klarna.done).toEqual([])
    expect(await rig.phases()).toEqual(['stuck'])
  })
})

test('a look sees what the customer got: a late answer of an own refund is no difference', async () => {
  const rig = await aDecided(ACTIONS.refund)
  rig.klarna.script(lost)
  await rig.run()
  const seen: ObservedOrder = rig.klarna.observed(ORDER_ID)
  expect(seen.refundedMinor).toBe(1000)

  await rig.tell({ id: 'push-1', type: 'order.observed', orderId: ORDER_ID, at: rig.now() })

  expect((await rig.order()).booksDiffer).toBe(null)
})
