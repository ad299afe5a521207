/** The contract's part on time: which orders have something to do, and when the next one has. */
import { STAFF_EVENT_TYPES, type WakeUp } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { aChange, aListing, anEvent, at, START, settled } from './builders.ts'
import type { AnyStore } from './store.contract.ts'

export function describeDue(opened: () => AnyStore): void {
  const wait = (orderId: string, seconds: number) =>
    opened().commit(
      aChange({
        event: settled(anEvent({ orderId }), {
          status: 'waiting',
          retryAt: at(seconds),
          reason: 'source_down',
        }),
      }),
    )
  const wakeUp = (orderId: string, seconds: number) =>
    opened().commit(
      aChange({
        event: settled(anEvent({ orderId, eventId: 'captured' })),
        snapshot: '{}',
        wakeAt: at(seconds),
      }),
    )

  it('is empty at first', async () => {
    expect(await opened().dueOrders(at(1e9), 10)).toEqual([])
    expect(await opened().nextDueAt()).toBe(null)
    expect(await opened().sendingOrders()).toEqual([])
  })

  it('lists events and wake-ups by how long they are due, so that neither starves the other', async () => {
    await opened().accept(anEvent({ orderId: 'event-at-3', acceptedAt: at(3) }))
    await wakeUp('wakes-at-2', 2)
    await opened().accept(anEvent({ orderId: 'waits-till-1' }))
    await wait('waits-till-1', 1)
    await wakeUp('wakes-at-4', 4)
    await opened().accept(anEvent({ orderId: 'event-at-5', acceptedAt: at(5) }))
    await wakeUp('wakes-at-7', 7)

    expect(await opened().dueOrders(at(6), 10)).toEqual([
      'waits-till-1',
      'wakes-at-2',
      'event-at-3',
      'wakes-at-4',
      'event-at-5',
    ])
    expect(await opened().dueOrders(at(6), 2)).toEqual(['waits-till-1', 'wakes-at-2'])
    expect(await opened().nextDueAt()).toBe(at(1))
  })

  it('lists an order once that has several things to do', async () => {
    await wakeUp('order-1', 1)
    await opened().accept(anEvent({ orderId: 'order-1', eventId: 'a', acceptedAt: at(2) }))
    await opened().accept(anEvent({ orderId: 'order-1', eventId: 'b', acceptedAt: at(3) }))
    await wakeUp('order-2', 2)

    expect(await opened().dueOrders(at(5), 10)).toEqual(['order-1', 'order-2'])
    expect(await opened().dueOrders(at(5), 1)).toEqual(['order-1'])
  })

  it('leaves an order alone while its first event waits, whatever came after it', async () => {
    await opened().accept(anEvent({ eventId: 'event-1' }))
    await opened().accept(anEvent({ eventId: 'event-2' }))

    await wait('order-1', 60)

    expect(await opened().dueOrders(at(59), 10)).toEqual([])
    expect(await opened().nextDueAt()).toBe(at(60))
    expect(await opened().dueOrders(at(60), 10)).toEqual(['order-1'])
  })

  it.each(STAFF_EVENT_TYPES)('lets %s pass an event that waits', async (type) => {
    await opened().accept(anEvent({ eventId: 'event-1' }))
    await wait('order-1', 60)
    const staff = anEvent({ eventId: 'staff', type, acceptedAt: at(5) })

    await opened().accept(staff)
    expect(await opened().dueOrders(at(6), 10)).toEqual(['order-1'])
    expect(await opened().nextDueAt()).toBe(at(5))

    await opened().commit(aChange({ event: settled(staff) }))
    expect(await opened().dueOrders(at(6), 10)).toEqual([])
    expect(await opened().nextDueAt()).toBe(at(60))
  })

  it('keeps staff events due that came before the event began to wait', async () => {
    await opened().accept(anEvent({ eventId: 'event-1' }))
    await opened().accept(
      anEvent({ eventId: 'staff', type: 'command.approved', acceptedAt: at(5) }),
    )

    await wait('order-1', 60)

    expect(await opened().dueOrders(at(6), 10)).toEqual(['order-1'])
  })

  it('has an accepted event due at once, even when the clock was set back since', async () => {
    await opened().accept(anEvent({ acceptedAt: at(7_200) }))

    expect(await opened().dueOrders(START, 10)).toEqual(['order-1'])
  })

  it('does not list what is parked, decided or given up', async () => {
    for (const status of ['parked', 'decided', 'dead_lettered'] as const) {
      await opened().accept(anEvent({ orderId: status }))
      await opened().commit(aChange({ event: settled(anEvent({ orderId: status }), { status }) }))
    }

    expect(await opened().dueOrders(at(1e6), 10)).toEqual([])
    expect(await opened().nextDueAt()).toBe(null)
  })

  it('moves and removes a wake-up with each change, and by itself', async () => {
    await wakeUp('order-1', 10)
    await opened().rearm('order-1', at(20))
    expect(await opened().nextDueAt()).toBe(at(20))
    expect(await opened().order('order-1')).toEqual({ snapshot: '{}', seq: 1 })

    await opened().commit(
      aChange({
        expectedSeq: 1,
        event: settled(anEvent({ eventId: 'b' })),
        snapshot: '{}',
        wakeAt: at(30),
      }),
    )
    expect(await opened().nextDueAt()).toBe(at(30))

    await opened().rearm('order-1', null)
    await opened().rearm('order-1', null)
    await opened().rearm('unknown-order', at(1))
    expect(await opened().nextDueAt()).toBe(null)
    expect(await opened().order('unknown-order')).toBe(undefined)
  })

  it('lists orders whose attempt was started and not answered', async () => {
    const step = (seq: number, eventId: string, isSending: boolean) =>
      opened().commit(
        aChange({
          expectedSeq: seq,
          event: settled(anEvent({ eventId })),
          order: { snapshot: '{}', wakeAt: null, isSending },
          listing: aListing(),
        }),
      )

    await step(0, 'a', true)
    expect(await opened().sendingOrders()).toEqual(['order-1'])

    await step(1, 'b', false)
    expect(await opened().sendingOrders()).toEqual([])
  })

  describe('orders that wait with a command that is not over', () => {
    const waits = (orderId: string, seconds: number, hasOpenCommand = true) =>
      opened().commit(
        aChange({
          event: settled(anEvent({ orderId, eventId: 'captured' })),
          snapshot: '{}',
          wakeAt: at(seconds),
          listing: aListing({ hasOpenCommand }),
        }),
      )
    const page = async (after: WakeUp, untilSeconds: number, limit: number) =>
      (await opened().waitingOrders({ after, until: at(untilSeconds), limit })).map(
        ({ orderId }) => orderId,
      )

    it('are listed by wake-up between two instants, a page at a time', async () => {
      await waits('d', 9)
      await waits('c', 5)
      await waits('b', 5)
      await waits('a', 7)
      await waits('due already', 1)
      await waits('too late', 11)
      await waits('nothing open', 6, false)
      const start = { orderId: '', wakeAt: at(2) }

      expect(await page(start, 10, 10)).toEqual(['b', 'c', 'a', 'd'])
      expect(await page(start, 10, 2)).toEqual(['b', 'c'])
      expect(await page({ orderId: 'b', wakeAt: at(5) }, 10, 2)).toEqual(['c', 'a'])
      expect(await page({ orderId: 'a', wakeAt: at(7) }, 9, 2)).toEqual(['d'])
    })

    it('are listed by id, whether they wake up by themselves or not', async () => {
      await waits('c', 5)
      await waits('a', 7)
      await waits('b', 1)
      await opened().rearm('b', null)
      await waits('nothing open', 6, false)

      expect(await opened().openOrders('', 10)).toEqual(['a', 'b', 'c'])
      expect(await opened().openOrders('', 2)).toEqual(['a', 'b'])
      expect(await opened().openOrders('b', 2)).toEqual(['c'])
    })

    it('are those that wake up by themselves', async () => {
      await waits('a', 5)
      await opened().rearm('a', null)
      await waits('b', 5)

      expect(
        await opened().waitingOrders({
          after: { orderId: '', wakeAt: at(0) },
          until: at(9),
          limit: 9,
        }),
      ).toEqual([{ orderId: 'b', wakeAt: at(5) }])
    })
  })
}
