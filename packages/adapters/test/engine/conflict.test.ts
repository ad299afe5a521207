import {
  advanceOrder,
  type Change,
  canonicalJson,
  type EnginePorts,
  orderBooks,
} from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  aCapture,
  asked,
  captured,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  ORDER_ID,
  type RuleSpec,
  returned,
  type T0,
  told,
} from './builders.ts'
import { aRegistered, type Rig, type RigOptions, staff } from './rig.ts'
import { lost, old, timeout } from './scripted-klarna.ts'

const PAY_RETURNS: readonly RuleSpec[] = [
  { on: 'return.received', action: { type: 'refund', params: { basis: 'returned_items' } } },
]

/** Ports whose store lets somebody else write right before the n-th commit. */
const disturbed = (
  ports: EnginePorts,
  at: number,
  disturb: (change: Change) => Promise<unknown>,
): EnginePorts => {
  let count = 0
  const { store } = ports
  return {
    ...ports,
    store: new Proxy(store, {
      get: (target, name) =>
        name !== 'commit'
          ? (Reflect.get(target, name) as unknown)
          : async (change: Change) => {
              count += 1
              if (count === at) await disturb(change)
              return store.commit(change)
            },
    }),
  }
}

/** An order at which another writer handles a harmless event just before the n-th commit. */
const story = async (options: RigOptions, at: number): Promise<Rig> => {
  const rig = await aRegistered(options)
  const sound = rig.ports
  rig.ports = disturbed(sound, at, async () => {
    // Straight through the store, as another process would: an event of its own, decided.
    const order = await rig.store.order(ORDER_ID)
    const body = canonicalJson({ id: `other-${at}` })
    await rig.store.commit({
      orderId: ORDER_ID,
      expectedSeq: order?.seq ?? 0,
      event: {
        orderId: ORDER_ID,
        eventId: `other-${at}`,
        type: 'shop.other',
        body,
        bodyHash: body,
        acceptedAt: rig.now(),
        status: 'decided',
        retryAt: null,
        reason: null,
      },
      order: { snapshot: order?.snapshot ?? '', wakeAt: rig.now(), isSending: false },
      listing: { word: 'captured', currency: 'SEK', hasOpenCommand: true, alertAt: null },
      decision: null,
      commands: [],
      generations: [],
      attempt: null,
      reservations: [],
      freedCommandIds: [],
      opensWork: [],
      closesWork: [],
      notices: [],
      unparks: false,
      submits: [],
      firings: [],
    })
  })
  return rig
}

describe('another writer that comes in between', () => {
  for (const at of [1, 2, 3]) {
    test(`before commit ${at} makes nothing twice and loses nothing`, async () => {
      const rig = await story({ rules: PAY_RETURNS }, at)

      await rig.tell(returned())
      await rig.play(HOUR_MS)

      expect((await rig.store.events(ORDER_ID)).map((each) => each.eventId)).toContain(
        `other-${at}`,
      )
      expect(await rig.phases()).toEqual(['confirmed'])
      expect(rig.klarna.sent).toHaveLength(1)
      expect(rig.klarna.done).toHaveLength(1)
      expect(await rig.attempts()).toEqual(['done'])
      expect((await rig.store.decisions(ORDER_ID)).map((each) => each.eventId)).toEqual([
        'shop-1',
        'wms-1',
      ])
    })
  }

  test('and decides the same event first: it is decided once, and the engine goes on', async () => {
    const rig = await aRegistered({ rules: PAY_RETURNS })
    const sound = rig.ports
    rig.ports = disturbed(sound, 1, () => advanceOrder(sound, ORDER_ID))

    await rig.tell(returned())

    expect(rig.klarna.done).toHaveLength(1)
    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('between a look and the record of the attempt: it is looked at again', async () => {
    const rig = await aRegistered({ rules: PAY_RETURNS })
    const sound = rig.ports
    await rig.submit(returned())
    await advanceOrder(sound, ORDER_ID)
    rig.ports = disturbed(sound, 1, async () => {
      rig.klarna.refundInPortal(ORDER_ID, 6000)
      await rig.submit({ id: 'push', type: 'order.observed', orderId: ORDER_ID, at: rig.now() })
      await advanceOrder(sound, ORDER_ID)
    })

    await rig.run()

    expect(rig.klarna.sent).toEqual([])
    expect((await rig.order()).booksDiffer).not.toBe(null)
  })

  test('while a call is under way does not lose its answer', async () => {
    const rig = await aRegistered({ rules: PAY_RETURNS })
    const { gateway } = rig.ports
    const sound = rig.ports
    rig.ports = {
      ...sound,
      gateway: {
        ...gateway,
        perform: async (...call) => {
          const answer = await gateway.perform(...call)
          await rig.submit(told('meanwhile'))
          await advanceOrder(sound, ORDER_ID)
          return answer
        },
      },
    }

    await rig.tell(returned())

    expect(await rig.phases()).toEqual(['confirmed'])
    expect(orderBooks(await rig.order()).refundedMinor).toBe(3000)
    expect(await rig.alarms()).toEqual([])
  })

  test('and reports more of the return: the refund is decided on what is known then', async () => {
    const rig = await aRegistered({ rules: PAY_RETURNS })
    const sound = rig.ports
    rig.ports = disturbed(sound, 1, async () => {
      // Decided by another process before the first, although it came later.
      const other = returned({ id: 'wms-2', lines: [{ reference: '123050', quantity: 7 }] })
      await rig.submit(other)
      const early = await rig.store.event(ORDER_ID, 'wms-2')
      expect(early?.status).toBe('accepted')
    })

    await rig.tell(returned())
    await rig.play(DAY_MS)

    expect(rig.klarna.observed(ORDER_ID).refundedMinor).toBe(4200)
    expect((await rig.commands()).map((each) => each.command.eventId)).toEqual(['wms-1', 'wms-2'])
  })
})

describe('another writer that comes in before', () => {
  const approvable = {
    rules: [{ on: 'shop.go', action: ACTIONS.refund, mode: 'approval' as const }],
  }

  test('a person’s approval is committed: it counts all the same', async () => {
    // Commits after the registration: the decision, then the approval.
    const rig = await story(approvable, 2)
    await rig.tell(told('go'))
    const [command] = await rig.commands()

    await rig.tell(
      staff(rig, command?.command.id ?? '', {
        type: 'command.approved',
        by: 'lead@shop.example',
        hash: command?.approvalHash ?? '',
      }),
    )

    expect(await rig.phases()).toEqual(['confirmed'])
    expect(rig.klarna.done).toHaveLength(1)
  })

  test('an approval expires: it expires all the same', async () => {
    const rig = await story(approvable, 2)
    await rig.tell(told('go'))

    await rig.play(2 * DAY_MS)

    expect(await rig.phases()).toEqual(['rejected'])
    expect(await rig.work()).toEqual(['approval_expired'])
  })

  test('an event is put off: it is put off once', async () => {
    const rig = await story({}, 1)
    rig.klarna.failReads(timeout)

    await rig.tell({ id: 'push', type: 'order.observed', orderId: ORDER_ID, at: rig.now() })

    expect(await rig.store.event(ORDER_ID, 'push')).toMatchObject({
      status: 'waiting',
      tryCount: 1,
      reason: 'order at Klarna: timeout',
    })
  })

  test('a deadline fires: the rules hear of it once', async () => {
    const rig = await story({}, 2)
    const due = captured({
      id: 'shop-2',
      at: '2026-12-08T08:00:01.000Z' as typeof T0,
      captures: [aCapture({ dueOn: '2026-12-14' as never })],
    })

    await rig.tell(due)

    const heard = (await rig.store.decisions(ORDER_ID)).map((each) => each.eventType)
    expect(heard.filter((type) => type === 'deadline.approaching')).toHaveLength(1)
  })

  test('a read of the books is committed: they are read again', async () => {
    const rig = await aRegistered({ rules: PAY_RETURNS })
    rig.klarna.script(lost, lost, lost, lost)
    rig.klarna.scriptReads(null, old, old, old)
    await rig.tell(returned())
    while ((await rig.phases())[0] === 'doubtful') await rig.play(5 * MINUTE_MS)
    expect(await rig.phases()).toEqual(['auditing'])
    const sound = rig.ports
    rig.ports = disturbed(sound, 1, async () => {
      await rig.submit(told('meanwhile'))
      await advanceOrder(sound, ORDER_ID)
    })

    await rig.play(DAY_MS)

    expect(await rig.phases()).toEqual(['confirmed'])
  })
})

test('two engines that advance one order at once do everything once', async () => {
  const rules = Object.values(ACTIONS).map((action) => ({ on: 'shop.go', action }))
  const rig = await aRegistered({ rules: [...rules, ...PAY_RETURNS] })
  rig.klarna.script(lost)
  await rig.submit(told('go'))
  await rig.submit(returned())

  for (let round = 0; round < 40; round += 1) {
    // The contract forbids it; even so no effect may happen twice.
    await Promise.allSettled([advanceOrder(rig.ports, ORDER_ID), advanceOrder(rig.ports, ORDER_ID)])
    rig.pass(1000)
  }
  await rig.play(DAY_MS)

  const keys = rig.klarna.done.map((each) => each.key)
  expect(new Set(keys).size).toBe(keys.length)
  expect(new Set(await rig.phases())).toEqual(new Set(['confirmed']))
  expect(rig.klarna.observed(ORDER_ID).refundedMinor).toBe(4000)
})

test('an approval that comes twice counts once', async () => {
  const rig = await aRegistered({
    rules: [{ on: 'shop.go', action: ACTIONS.refund, mode: 'approval' }],
  })
  await rig.tell(told('go'))
  const [command] = await rig.commands()
  const approval = staff(rig, command?.command.id ?? '', {
    type: 'command.approved',
    by: 'lead@shop.example',
    hash: command?.approvalHash ?? '',
  })

  await rig.submit(approval)
  expect(await rig.submit(approval)).toMatchObject({ type: 'repeated' })
  await rig.run()
  await rig.tell(asked('sendOut'))

  expect(rig.klarna.done.map((each) => each.operation)).toEqual(['refundOrder', 'triggerSendOut'])
})
