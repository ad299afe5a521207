/** The contract's part on events: durable once, in order of arrival, parked and given up. */
import { expect, it } from 'vitest'
import { aChange, aDecision, aListing, anEvent, at, START, settled } from './builders.ts'
import type { AnyStore } from './store.contract.ts'

export function describeInbox(opened: () => AnyStore): void {
  it('accepts an event once and keeps its exact text', async () => {
    const body = '{"id":"event-1","note":"å, 漢字, \\u0000, 👍 and \\"quotes\\""}'
    const event = anEvent({ body, planHash: 'plan' })

    expect(await opened().accept(event)).toEqual({ type: 'accepted' })

    expect(await opened().accept(event)).toEqual({ type: 'repeated', status: 'accepted' })
    expect(await opened().event('order-1', 'event-1')).toEqual({
      ...event,
      arrival: 1,
      status: 'accepted',
      tryCount: 0,
      retryAt: null,
      reason: null,
    })
  })

  it('leaves out a plan that was not given', async () => {
    await opened().accept(anEvent())

    expect(await opened().event('order-1', 'event-1')).not.toHaveProperty('planHash')
  })

  it('tells a reused id from a repeated event and keeps the first', async () => {
    const first = anEvent()
    await opened().accept(first)

    expect(await opened().accept(anEvent({ body: '{"other":true}' }))).toEqual({ type: 'reused' })

    expect((await opened().event('order-1', 'event-1'))?.body).toBe(first.body)
    expect(await opened().events('order-1')).toHaveLength(1)
  })

  it('has one name space of ids per order', async () => {
    await opened().accept(anEvent({ orderId: 'order-1' }))

    expect(await opened().accept(anEvent({ orderId: 'order-2' }))).toEqual({ type: 'accepted' })
  })

  it('says what became of an event that comes again', async () => {
    await opened().accept(anEvent())
    await opened().commit(aChange({ event: settled(anEvent()) }))

    expect(await opened().accept(anEvent())).toEqual({ type: 'repeated', status: 'decided' })
  })

  it('counts arrivals over all orders and gives the first open event of each', async () => {
    await opened().accept(anEvent({ orderId: 'order-1', eventId: 'a' }))
    await opened().accept(anEvent({ orderId: 'order-2', eventId: 'b' }))
    await opened().accept(anEvent({ orderId: 'order-1', eventId: 'c', acceptedAt: at(-60) }))
    await opened().commit(
      aChange({ event: settled(anEvent({ orderId: 'order-1', eventId: 'a' })) }),
    )

    expect(await opened().firstOpenEvent('order-1')).toMatchObject({ eventId: 'c', arrival: 3 })
    expect(await opened().firstOpenEvent('order-2')).toMatchObject({ eventId: 'b', arrival: 2 })
    expect(await opened().firstOpenEvent('order-3')).toBe(undefined)
    expect((await opened().events('order-1')).map((event) => event.eventId)).toEqual(['a', 'c'])
  })

  it('keeps an event that waits before those that came later, and counts how often it was put off', async () => {
    await opened().accept(anEvent({ eventId: 'a' }))
    await opened().accept(anEvent({ eventId: 'b' }))
    const wait = (seconds: number) =>
      aChange({
        event: settled(anEvent({ eventId: 'a' }), {
          status: 'waiting',
          retryAt: at(seconds),
          reason: 'source_down',
        }),
      })

    await opened().commit(wait(5))
    await opened().commit(wait(30))

    expect(await opened().firstOpenEvent('order-1')).toMatchObject({
      eventId: 'a',
      status: 'waiting',
      tryCount: 2,
      retryAt: at(30),
      reason: 'source_down',
    })
  })

  it('gives the first open event of certain types', async () => {
    const types = ['command.approved', 'command.rejected']
    await opened().accept(anEvent({ eventId: 'a' }))
    await opened().accept(anEvent({ eventId: 'b', type: 'command.rejected' }))
    await opened().accept(anEvent({ eventId: 'c', type: 'command.approved' }))
    await opened().accept(anEvent({ orderId: 'order-2', type: 'command.approved' }))
    const firstId = async (given?: readonly string[]) =>
      (await opened().firstOpenEvent('order-1', given))?.eventId

    expect(await firstId()).toBe('a')
    expect(await firstId(types)).toBe('b')
    expect(await firstId(['command.approved'])).toBe('c')
    expect(await firstId(['books.confirmed'])).toBe(undefined)
    expect(await firstId([])).toBe(undefined)

    await opened().commit(
      aChange({ event: settled(anEvent({ eventId: 'b', type: 'command.rejected' })) }),
    )
    expect(await firstId(types)).toBe('c')
  })

  it('takes parked events up in their order of arrival when the order is known', async () => {
    for (const eventId of ['late', 'later']) {
      await opened().accept(anEvent({ eventId }))
      await opened().commit(
        aChange({
          event: settled(anEvent({ eventId }), { status: 'parked', reason: 'unknown_order' }),
        }),
      )
    }
    await opened().accept(anEvent({ eventId: 'captured' }))
    expect(await opened().firstOpenEvent('order-1')).toMatchObject({ eventId: 'captured' })

    await opened().commit(
      aChange({
        event: settled(anEvent({ eventId: 'captured' })),
        snapshot: '{}',
        listing: aListing(),
        unparks: true,
      }),
    )

    expect(await opened().firstOpenEvent('order-1')).toMatchObject({
      eventId: 'late',
      arrival: 1,
      status: 'accepted',
      reason: null,
    })
    expect(await opened().dueOrders(START, 10)).toEqual(['order-1'])
    expect((await opened().events('order-1')).map((event) => event.status)).toEqual([
      'accepted',
      'accepted',
      'decided',
    ])
  })

  it('gives up events that were parked too long, with work for each, and none else', async () => {
    const parked = [
      anEvent({ orderId: 'order-1', acceptedAt: at(0) }),
      anEvent({ orderId: 'order-2', acceptedAt: at(10) }),
      anEvent({ orderId: 'order-3', acceptedAt: at(20) }),
    ]
    for (const event of parked) {
      await opened().accept(event)
      await opened().commit(
        aChange({ event: settled(event, { status: 'parked', reason: 'unknown_order' }) }),
      )
    }
    await opened().accept(anEvent({ orderId: 'order-4', acceptedAt: at(0) }))

    const givenUp = await opened().deadLetterParked(at(20), at(100))

    expect(givenUp.map(({ orderId, status }) => [orderId, status])).toEqual([
      ['order-1', 'dead_lettered'],
      ['order-2', 'dead_lettered'],
    ])
    expect(await opened().work()).toMatchObject([
      { orderId: 'order-1', kind: 'dead_letter', eventId: 'event-1', openedAt: at(100) },
      { orderId: 'order-2', kind: 'dead_letter', eventId: 'event-1', openedAt: at(100) },
    ])
    expect(await opened().event('order-3', 'event-1')).toMatchObject({ status: 'parked' })
    expect(await opened().event('order-4', 'event-1')).toMatchObject({ status: 'accepted' })
    expect(await opened().deadLetterParked(at(20), at(101))).toEqual([])
    expect(await opened().accept(parked[0] ?? anEvent())).toEqual({
      type: 'repeated',
      status: 'dead_lettered',
    })
  })

  it('takes what a step submits, once, whatever its body', async () => {
    const due = anEvent({ eventId: 'due:1', type: 'deadline.approaching' })
    const submit = (seq: number, eventId: string, submitted = due) =>
      opened().commit(
        aChange({
          expectedSeq: seq,
          event: settled(anEvent({ eventId })),
          snapshot: '{}',
          submits: [submitted, anEvent({ orderId: 'order-2', eventId: 'due:2' })],
        }),
      )

    expect(await submit(0, 'a')).toEqual({ type: 'committed', seq: 1 })
    expect(await submit(1, 'b')).toEqual({ type: 'committed', seq: 2 })
    expect(await submit(2, 'c', anEvent({ eventId: 'due:1', body: '{}' }))).toEqual({
      type: 'committed',
      seq: 3,
    })

    expect(await opened().firstOpenEvent('order-1')).toMatchObject({ ...due, status: 'accepted' })
    expect(await opened().firstOpenEvent('order-2')).toMatchObject({ eventId: 'due:2' })
    expect([...(await opened().dueOrders(START, 10))].sort()).toEqual(['order-1', 'order-2'])
  })

  it('ends an event with its decision in one step', async () => {
    await opened().accept(anEvent())

    await opened().commit(aChange({ event: settled(anEvent()), decision: aDecision({ seq: 0 }) }))

    expect(await opened().firstOpenEvent('order-1')).toBe(undefined)
    expect(await opened().decision('order-1', 'event-1')).toEqual(aDecision({ seq: 0 }))
    expect(await opened().decision('order-1', 'event-2')).toBe(undefined)
  })
}
