import {
  addDays,
  addMs,
  type CaptureDetails,
  dateInZone,
  instantToMs,
  type LoadedFact,
} from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  aCapture,
  captured,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  ORDER_ID,
  type RuleSpec,
  T0,
} from './builders.ts'
import { aRegistered, aRig, type Rig } from './rig.ts'
import { GUIDE_OPTIONS, http } from './scripted-klarna.ts'

type Date = NonNullable<CaptureDetails['dueOn']>

/** The guide's order, due on 14 December: it is the 8th, deadlines wake rules 7, 3 and 1 days before. */
const due = (dueOn: string, changes: Parameters<typeof captured>[0] = {}) =>
  captured({ captures: [aCapture({ dueOn: dueOn as Date })], ...changes })

/** Deadline events that rules heard of, as `daysLeft` at a day of the month in UTC. */
const fired = async (rig: Rig, orderId = ORDER_ID) =>
  (await rig.store.decisions(orderId))
    .filter((each) => each.eventType === 'deadline.approaching')
    .map(
      (each) => `${each.eventId.split(':').slice(1).join(':')} at ${each.decidedAt.slice(5, 16)}`,
    )

describe('a deadline', () => {
  test('wakes the rules at the start of each day that is set, in the merchant’s zone, once', async () => {
    const rig = await aRegistered({}, due('2026-12-20'))

    await rig.play(30 * DAY_MS)

    expect(await fired(rig)).toEqual([
      'due_date:capture-1:2026-12-20:7 at 12-12T23:00',
      'due_date:capture-1:2026-12-20:3 at 12-16T23:00',
      'due_date:capture-1:2026-12-20:1 at 12-18T23:00',
    ])
  })

  test('that an order is registered in the middle of wakes the rules at once with what is left', async () => {
    const rig = await aRegistered({}, due('2026-12-14'))

    expect(await fired(rig)).toEqual(['due_date:capture-1:2026-12-14:6 at 12-08T08:00'])
    await rig.play(30 * DAY_MS)

    expect(await fired(rig)).toHaveLength(3)
  })

  test('after an outage fires the nearest only', async () => {
    const rig = await aRegistered({}, due('2026-12-20'))
    rig.pass(9 * DAY_MS)

    await rig.play(30 * DAY_MS)

    expect(await fired(rig)).toEqual([
      'due_date:capture-1:2026-12-20:3 at 12-17T08:00',
      'due_date:capture-1:2026-12-20:1 at 12-18T23:00',
    ])
  })

  test('that has passed fires nothing', async () => {
    const rig = await aRegistered({}, due('2026-12-20'))
    rig.pass(13 * DAY_MS)

    await rig.play(30 * DAY_MS)

    expect(await fired(rig)).toEqual([])
  })

  test('on the day itself still fires', async () => {
    const rig = await aRegistered({}, due('2026-12-08'))

    expect(await fired(rig)).toEqual(['due_date:capture-1:2026-12-08:0 at 12-08T08:00'])
  })

  test('of every capture, of the authorization and of the return window fires on its own', async () => {
    const rig = await aRegistered(
      {},
      captured({
        order: { authorizationExpiresAt: '2026-12-20T08:00:00.000Z' as typeof T0 },
        captures: [
          aCapture({ dueOn: '2026-12-20' as Date }),
          aCapture({ captureId: 'b', returnWindowEndsOn: '2026-12-20' as Date }),
        ],
      }),
    )

    await rig.play(30 * DAY_MS)

    expect((await fired(rig)).map((each) => each.replace(/ at .*/, '')).toSorted()).toEqual([
      'authorization_expiry::2026-12-20:1',
      'authorization_expiry::2026-12-20:7',
      'due_date:capture-1:2026-12-20:1',
      'due_date:capture-1:2026-12-20:3',
      'due_date:capture-1:2026-12-20:7',
      'return_window:b:2026-12-20:3',
    ])
  })

  test('that an extension moves is another deadline', async () => {
    const rules: readonly RuleSpec[] = [
      {
        on: 'deadline.approaching',
        action: ACTIONS.extend,
        when: (facts) => (facts['event.daysLeft'] === 3 ? 'true' : 'false'),
      },
    ]
    const rig = await aRegistered({ rules }, due('2026-12-20'))

    await rig.play(40 * DAY_MS)

    expect(rig.klarna.done).toHaveLength(1)
    expect((await fired(rig)).map((each) => each.replace(/ at .*/, ''))).toEqual([
      'due_date:capture-1:2026-12-20:7',
      'due_date:capture-1:2026-12-20:3',
      'due_date:capture-1:2026-12-30:7',
      'due_date:capture-1:2026-12-30:3',
      'due_date:capture-1:2026-12-30:1',
    ])
    const [, , third] = await rig.store.decisions(ORDER_ID)
    expect(third?.actions[0]?.outcome).toBe('queued')
  })

  test('that a refresh moves and moves back does not fire twice', async () => {
    const rig = await aRegistered({}, due('2026-12-14'))
    const later = '2026-12-08T08:00:01.000Z' as typeof T0

    await rig.tell(due('2027-03-01', { id: 'shop-2', at: later }))
    await rig.tell(due('2026-12-14', { id: 'shop-3', at: later }))
    await rig.play(HOUR_MS)

    expect(await fired(rig)).toHaveLength(1)
  })

  test('of a closed order fires nothing', async () => {
    const rig = await aRegistered(
      { rules: [{ on: 'delivery.accepted', action: ACTIONS.release }] },
      due('2026-12-20'),
    )
    await rig.tell({ id: 'ok', type: 'delivery.accepted', orderId: ORDER_ID, at: T0 })

    await rig.play(30 * DAY_MS)

    expect(await fired(rig)).toEqual([])
  })

  test('asks for one review per order, although its id is the same for all of them', async () => {
    const question = { type: 'review', params: { question: 'release?' } } as const
    const rig = await aRig({ rules: [{ on: 'deadline.approaching', action: question }] })
    for (const orderId of ['order-1', 'order-2', 'order-3']) {
      const order = { authorizationExpiresAt: '2026-12-20T08:00:00.000Z' as typeof T0 }
      await rig.register(captured({ orderId, order }))
    }

    await rig.play(6 * DAY_MS)

    expect(await rig.work()).toEqual(['review', 'review', 'review'])
  })
})

describe('a deadline whose facts cannot be loaded', () => {
  const needing: readonly RuleSpec[] = [
    { on: 'deadline.approaching', action: ACTIONS.sendOut, needs: ['customer.score'] },
  ]
  const story = async (answer: () => LoadedFact) =>
    aRegistered(
      {
        rules: needing,
        factSource: {
          definitions: [
            { name: 'customer.score', type: 'number', sentence: 's', source: 'on_demand' } as never,
          ],
          load: async () => answer(),
        },
      },
      due('2026-12-14'),
    )

  test('waits its time, and the order comes to rest meanwhile', async () => {
    const rig = await story(() => ({ type: 'failed', reason: 'down' }))
    const open = await rig.store.firstOpenEvent(ORDER_ID)

    expect(open).toMatchObject({ type: 'deadline.approaching', status: 'waiting', tryCount: 1 })
    expect(instantToMs(open?.retryAt ?? T0) - instantToMs(T0)).toBeGreaterThanOrEqual(5000)
  })

  test('becomes work when the source stays down, and the next one fires all the same', async () => {
    let isDown = true
    const rig = await story(() =>
      isDown ? { type: 'failed', reason: 'down' } : { type: 'absent' },
    )

    await rig.play(2 * DAY_MS)
    expect(await rig.work()).toEqual(['dead_letter'])
    isDown = false
    await rig.play(30 * DAY_MS)

    expect((await fired(rig)).map((each) => each.replace(/ at .*/, ''))).toEqual([
      'due_date:capture-1:2026-12-14:3',
      'due_date:capture-1:2026-12-14:1',
    ])
  })

  test('because Klarna’s offers cannot be read, waits for them', async () => {
    const rig = await aRig({ rules: [{ on: 'deadline.approaching', action: ACTIONS.extend }] })
    rig.klarna.offer(http(503))
    await rig.register(due('2026-12-14'))
    expect((await rig.store.firstOpenEvent(ORDER_ID))?.status).toBe('waiting')
    rig.klarna.offer(GUIDE_OPTIONS)

    await rig.play(MINUTE_MS)

    expect(rig.klarna.done).toHaveLength(1)
  })

  test('decided late does not make a nearer one fire again', async () => {
    let isDown = true
    const rig = await story(() =>
      isDown ? { type: 'failed', reason: 'down' } : { type: 'absent' },
    )
    // Midnight passes while the event of the 8th waits.
    rig.pass(16 * HOUR_MS)
    isDown = false
    await rig.play(30 * DAY_MS)

    const names = (await fired(rig)).map((each) => each.replace(/ at .*/, ''))
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('in zones whose days begin when they like', () => {
  const zones = [
    'UTC',
    'Europe/Stockholm',
    'America/Santiago',
    'Africa/Cairo',
    'Asia/Beirut',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Pacific/Apia',
    'Pacific/Kiritimati',
    'Etc/GMT+12',
  ]
  for (const timeZone of zones) {
    test(`${timeZone}: every day of a year fires once, as its first instant comes`, async () => {
      const everyDay = Array.from({ length: 364 }, (_, days) => days + 1)
      const rig = await aRegistered(
        {
          settings: {
            timeZone,
            deadlineDays: { due_date: everyDay, authorization_expiry: [], return_window: [] },
          },
        },
        due('2027-12-08'),
      )

      await rig.play(370 * DAY_MS)

      const decisions = (await rig.store.decisions(ORDER_ID)).slice(1)
      expect(decisions).toHaveLength(364 + (dateInZone(T0, timeZone) > '2026-12-08' ? -1 : 0))
      for (const { eventId, decidedAt } of decisions.slice(1)) {
        const [, , , on = '', daysLeft = ''] = eventId.split(':')
        const today = addDays(on as Date, -Number(daysLeft))
        expect(dateInZone(decidedAt, timeZone)).toBe(today)
        expect(dateInZone(addMs(decidedAt, -1), timeZone) < today).toBe(true)
      }
    })
  }
})
