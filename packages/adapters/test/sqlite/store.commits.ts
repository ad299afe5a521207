/** The contract's part on one step's change: everything of it, or nothing. */
import { expect, it } from 'vitest'
import {
  aChange,
  aCommand,
  aDecision,
  aListing,
  anEvent,
  at,
  aWork,
  commandIdOfName,
  settled,
} from './builders.ts'
import type { AnyStore } from './store.contract.ts'

export function describeCommits(opened: () => AnyStore): void {
  const register = () =>
    opened().commit(
      aChange({ event: settled(anEvent({ eventId: 'captured' })), snapshot: '{"v":1}' }),
    )

  it('creates an order and then counts its changes', async () => {
    expect(await opened().order('order-1')).toBe(undefined)
    expect(await register()).toEqual({ type: 'committed', seq: 1 })

    const result = await opened().commit(
      aChange({ expectedSeq: 1, event: settled(anEvent()), snapshot: '{"v":2}' }),
    )

    expect(result).toEqual({ type: 'committed', seq: 2 })
    expect(await opened().order('order-1')).toEqual({ snapshot: '{"v":2}', seq: 2 })
  })

  it('leaves the number where it is when the order does not change', async () => {
    await register()

    const result = await opened().commit(aChange({ expectedSeq: 1, event: settled(anEvent()) }))

    expect(result).toEqual({ type: 'committed', seq: 1 })
    expect(await opened().order('order-1')).toEqual({ snapshot: '{"v":1}', seq: 1 })
  })

  it.each([
    ['older than the order', 0],
    ['ahead of the order', 2],
  ])('is a conflict when its number is %s, and writes nothing', async (_, expectedSeq) => {
    await register()
    await opened().accept(anEvent())

    const result = await opened().commit({ ...everything(), expectedSeq })

    expect(result).toEqual({ type: 'conflict' })
    await expectNothingOf('event-1', 1)
  })

  it('is a conflict when a known order is expected and there is none', async () => {
    expect(await opened().commit(aChange({ expectedSeq: 1, snapshot: '{}' }))).toEqual({
      type: 'conflict',
    })
    expect(await opened().events('order-1')).toEqual([])
  })

  it.each(['decided', 'dead_lettered'] as const)(
    'is a conflict when its event is %s already',
    async (status) => {
      await opened().commit(aChange({ event: settled(anEvent(), { status }) }))

      expect(await opened().commit(aChange({ event: settled(anEvent()), snapshot: '{}' }))).toEqual(
        { type: 'conflict' },
      )
      expect(await opened().order('order-1')).toBe(undefined)
      expect(await opened().event('order-1', 'event-1')).toMatchObject({ status })
    },
  )

  it('lets only one of two changes of the same order through', async () => {
    const change = (eventId: string) =>
      opened().commit(aChange({ event: settled(anEvent({ eventId })), snapshot: eventId }))

    const results = await Promise.all([change('a'), change('b')])

    expect(results).toEqual([{ type: 'committed', seq: 1 }, { type: 'conflict' }])
    expect(await opened().order('order-1')).toEqual({ snapshot: 'a', seq: 1 })
    expect(await opened().event('order-1', 'b')).toBe(undefined)
  })

  it('keeps those that succeed when others of the same moment fail', async () => {
    const change = (orderId: string, expectedSeq: number) =>
      opened().commit(
        aChange({
          expectedSeq,
          event: settled(anEvent({ orderId })),
          snapshot: '{}',
          reservations: [
            { commandId: orderId, bucket: 'shared', amount: 1, ceiling: expectedSeq === 0 ? 2 : 0 },
          ],
        }),
      )
    const defect = opened()
      .commit(aChange({ orderId: 'order-9', event: settled(anEvent({ orderId: 'order-8' })) }))
      .catch((error: unknown) => error)

    const results = await Promise.all([
      change('order-1', 0),
      change('order-2', 7),
      change('order-3', 0),
      change('order-4', 0),
    ])

    expect(results.map((result) => result.type)).toEqual([
      'committed',
      'conflict',
      'committed',
      'limit_reached',
    ])
    expect(await defect).toMatchObject({ name: 'AssertionError' })
    const listed = await opened().orders({ limit: 10 })
    expect(listed.map((order) => order.orderId)).toEqual(['order-1', 'order-3'])
  })

  it('writes all that a step says', async () => {
    await opened().accept(anEvent())

    expect(await opened().commit(everything())).toEqual({ type: 'committed', seq: 1 })

    expect(await opened().order('order-1')).toEqual({ snapshot: '{"v":9}', seq: 1 })
    expect(await opened().decisions('order-1')).toEqual([aDecision()])
    expect(await opened().requests('order-1')).toHaveLength(1)
    expect(await opened().attempts('order-1')).toHaveLength(1)
    expect(await opened().work()).toEqual([aWork()])
    expect(await opened().undeliveredNotices(10)).toHaveLength(1)
    expect(await opened().event('order-1', 'due:1')).toMatchObject({ status: 'accepted' })
    expect(await opened().sendingOrders()).toEqual(['order-1'])
    expect(await opened().orders({ limit: 10 })).toEqual([
      { orderId: 'order-1', word: 'refunded', currency: 'SEK', hasOpenCommand: true, seq: 1 },
    ])
  })

  it('writes nothing of a step whose limit is reached', async () => {
    await opened().accept(anEvent())
    const commandId = commandIdOfName('a')

    const result = await opened().commit({
      ...everything(),
      reservations: [
        { commandId, bucket: 'day', amount: 5, ceiling: 10 },
        { commandId, bucket: 'rule', amount: 5, ceiling: 4 },
      ],
    })

    expect(result).toEqual({ type: 'limit_reached', commandId, bucket: 'rule', ceiling: 4 })
    await expectNothingOf('event-1', 0)
    const whole = await opened().commit({
      ...everything(),
      reservations: [{ commandId, bucket: 'day', amount: 10, ceiling: 10 }],
    })
    expect(whole).toEqual({ type: 'committed', seq: 1 })
  })

  it('writes nothing of a step that contradicts what is stored, and goes on', async () => {
    await opened().accept(anEvent())
    const commandId = commandIdOfName('a')

    const impossible = opened().commit({
      ...everything(),
      attempt: {
        type: 'answered',
        commandId,
        generation: 0,
        attempt: 7,
        at: at(1),
        outcome: { type: 'refused', code: 'NOT_ALLOWED' },
        correlationId: null,
      },
    })

    await expect(impossible).rejects.toThrow('never began')
    await expectNothingOf('event-1', 0)
    expect(await opened().commit(everything())).toEqual({ type: 'committed', seq: 1 })
  })

  it('refuses an event under a known id with another body', async () => {
    await opened().accept(anEvent())

    const changed = opened().commit(aChange({ event: settled(anEvent({ body: '{}' })) }))

    await expect(changed).rejects.toThrow('known with another body')
  })

  it('lists decisions in the order in which they were made', async () => {
    await opened().accept(anEvent({ eventId: 'slow' }))
    for (const [seq, eventId] of [
      [1, 'quick'],
      [2, 'slow'],
      [3, 'last'],
    ] as const) {
      await opened().commit(
        aChange({
          expectedSeq: seq - 1,
          event: settled(anEvent({ eventId })),
          snapshot: '{}',
          decision: aDecision({ eventId, seq, decidedAt: at(seq) }),
        }),
      )
    }

    const decisions = await opened().decisions('order-1')

    expect(decisions.map((decision) => decision.eventId)).toEqual(['quick', 'slow', 'last'])
  })

  it('lists orders page by page and by word', async () => {
    for (const [orderId, word] of [
      ['c', 'captured'],
      ['a', 'refunded'],
      ['d', 'refunded'],
      ['b', 'captured'],
    ] as const) {
      await opened().commit(
        aChange({
          event: settled(anEvent({ orderId })),
          snapshot: '{}',
          listing: aListing({ word }),
        }),
      )
    }
    await opened().commit(
      aChange({
        expectedSeq: 1,
        event: settled(anEvent({ orderId: 'c', eventId: 'event-2' })),
        snapshot: '{}',
        listing: aListing({ word: 'refunded' }),
      }),
    )
    const ids = async (page: Parameters<AnyStore['orders']>[0]) =>
      (await opened().orders(page)).map((order) => order.orderId)

    expect(await ids({ limit: 3 })).toEqual(['a', 'b', 'c'])
    expect(await ids({ limit: 3, after: 'c' })).toEqual(['d'])
    expect(await ids({ limit: 2, word: 'refunded' })).toEqual(['a', 'c'])
    expect(await ids({ limit: 2, word: 'refunded', after: 'c' })).toEqual(['d'])
    expect(await ids({ limit: 2, word: 'closed' })).toEqual([])
  })

  /** A change with something of everything. */
  const everything = () =>
    aChange({
      event: settled(anEvent()),
      order: { snapshot: '{"v":9}', wakeAt: at(9), isSending: true },
      listing: aListing({ word: 'refunded', hasOpenCommand: true }),
      decision: aDecision(),
      commands: [aCommand('a')],
      generations: [],
      attempt: {
        type: 'started',
        commandId: commandIdOfName('a'),
        generation: 0,
        attempt: 1,
        at: at(1),
      },
      reservations: [{ commandId: commandIdOfName('a'), bucket: 'day', amount: 5, ceiling: 10 }],
      opensWork: [aWork()],
      notices: [{ id: 'notice-1', orderId: 'order-1', channel: 'ops', message: 'look' }],
      submits: [anEvent({ eventId: 'due:1', type: 'deadline.approaching' })],
    })

  async function expectNothingOf(eventId: string, seq: number): Promise<void> {
    expect((await opened().order('order-1'))?.seq ?? 0).toBe(seq)
    expect(await opened().event('order-1', eventId)).toMatchObject({ status: 'accepted' })
    expect(await opened().event('order-1', 'due:1')).toBe(undefined)
    expect(await opened().decisions('order-1')).toEqual([])
    expect(await opened().requests('order-1')).toEqual([])
    expect(await opened().attempts('order-1')).toEqual([])
    expect(await opened().work()).toEqual([])
    expect(await opened().undeliveredNotices(10)).toEqual([])
    expect(await opened().sendingOrders()).toEqual([])
    expect(await opened().dueOrders(at(0), 10)).toEqual(['order-1'])
  }
}
