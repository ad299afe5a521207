/** The contract's part on people: work, notices, the kill switch, rule sets. */
import { expect, it } from 'vitest'
import { aChange, aListing, anEvent, at, aWork, settled } from './builders.ts'
import type { AnyStore } from './store.contract.ts'

export function describePeople(opened: () => AnyStore): void {
  it('keeps work with all that it says until it is done', async () => {
    const work = aWork({
      eventId: 'event-1',
      commandId: 'command-1',
      details: { question: 'why?' },
    })
    await opened().openWork(work)

    expect(await opened().work()).toEqual([work])
    expect(await opened().closeWork('work-1', 'anna', 'looked', at(1))).toBe(true)
    expect(await opened().closeWork('work-1', 'anna', 'again', at(2))).toBe(false)
    expect(await opened().work()).toEqual([])
  })

  it('leaves work that is open as it is, and opens what was closed', async () => {
    await opened().openWork(aWork({ what: 'first' }))
    await opened().openWork(aWork({ what: 'second' }))
    expect(await opened().work()).toMatchObject([{ what: 'first' }])

    await opened().closeWork('work-1', 'anna', 'done', at(1))
    await opened().openWork(aWork({ what: 'third' }))

    expect(await opened().work()).toMatchObject([{ what: 'third' }])
  })

  it('lists work by order and kind, oldest first', async () => {
    await opened().openWork(aWork({ id: 'c' }))
    await opened().openWork(aWork({ id: 'a', orderId: 'order-2' }))
    await opened().openWork(aWork({ id: 'b', orderId: 'order-2', kind: 'dead_letter' }))
    const ids = async (filter: Parameters<AnyStore['work']>[0]) =>
      (await opened().work(filter)).map((work) => work.id)

    expect(await ids({})).toEqual(['c', 'a', 'b'])
    expect(await ids({ orderId: 'order-2' })).toEqual(['a', 'b'])
    expect(await ids({ kind: 'review' })).toEqual(['c', 'a'])
    expect(await ids({ orderId: 'order-2', kind: 'dead_letter' })).toEqual(['b'])
  })

  it('keeps who closed work and why, beside work that is open', async () => {
    await opened().openWork(aWork())
    await opened().openWork(aWork({ id: 'other', orderId: 'order-2' }))
    await opened().closeWork('work-1', 'anna', 'answered by phone', at(1))
    await opened().openWork(aWork({ what: 'again' }))

    expect(await opened().workHistory('order-1')).toEqual([
      { ...aWork(), closedAt: at(1), closedBy: 'anna', closedWhy: 'answered by phone' },
      { ...aWork({ what: 'again' }), closedAt: null, closedBy: null, closedWhy: null },
    ])
  })

  it('lists events that were put off, the longest first', async () => {
    const put = (name: string, status: 'parked' | 'waiting', seconds: number) =>
      opened().commit(
        aChange({
          event: settled(
            anEvent({ orderId: name, eventId: name, acceptedAt: at(seconds) }),
            status === 'parked' ? { status } : { status, retryAt: at(99) },
          ),
        }),
      )
    await put('b', 'parked', 2)
    await put('a', 'parked', 1)
    await put('c', 'waiting', 0)
    await opened().accept(anEvent({ orderId: 'd' }))
    const ids = async (status: 'parked' | 'waiting', limit = 10) =>
      (await opened().putOffEvents(status, limit)).map(({ orderId }) => orderId)

    expect(await ids('parked')).toEqual(['a', 'b'])
    expect(await ids('parked', 1)).toEqual(['a'])
    expect(await ids('waiting')).toEqual(['c'])
  })

  it('lists orders whose alert has come, the longest first', async () => {
    const write = (orderId: string, alertAt: ReturnType<typeof at> | null, expectedSeq = 0) =>
      opened().commit(
        aChange({
          orderId,
          expectedSeq,
          event: settled(anEvent({ orderId, eventId: `${orderId}-${expectedSeq}` })),
          snapshot: `{"of":"${orderId}"}`,
          listing: aListing({ alertAt }),
        }),
      )
    await write('a', at(5))
    await write('b', at(3))
    await write('c', at(9))
    await write('d', null)
    const due = async (seconds: number, limit = 10) =>
      (await opened().alertedOrders({ now: at(seconds), limit })).map(({ snapshot }) => snapshot)

    expect(await due(2)).toEqual([])
    expect(await due(5)).toEqual(['{"of":"b"}', '{"of":"a"}'])
    expect(await due(9, 1)).toEqual(['{"of":"b"}'])
    await write('b', null, 1)
    expect(await due(5)).toEqual(['{"of":"a"}'])
  })

  it('lists orders of one alert page by page, none twice and none left out', async () => {
    for (const orderId of ['c', 'a', 'b']) {
      const event = settled(anEvent({ orderId, eventId: `${orderId}-0` }))
      const listing = aListing({ alertAt: at(1) })
      await opened().commit(aChange({ orderId, expectedSeq: 0, event, snapshot: '{}', listing }))
    }
    const found: string[] = []
    let after: { readonly orderId: string; readonly alertAt: ReturnType<typeof at> } | undefined
    do {
      const page = { now: at(1), limit: 1, ...(after === undefined ? {} : { after }) }
      after = (await opened().alertedOrders(page))[0]
      if (after !== undefined) found.push(after.orderId)
    } while (after !== undefined)

    expect(found).toEqual(['a', 'b', 'c'])
  })

  it('has a step close work before it opens work', async () => {
    await opened().openWork(aWork({ id: 'old' }))
    await opened().openWork(aWork({ id: 'again', what: 'first' }))

    await opened().commit(
      aChange({
        event: settled(anEvent()),
        closesWork: ['old', 'again', 'unknown'],
        opensWork: [aWork({ id: 'again', what: 'second' })],
      }),
    )

    expect(await opened().work()).toMatchObject([{ id: 'again', what: 'second' }])
  })

  it('hands notices out, oldest first, until they are delivered, each once', async () => {
    const notice = (id: string) => ({
      id,
      orderId: 'order-1',
      channel: 'ops',
      message: `read ${id}`,
    })
    await opened().commit(
      aChange({ event: settled(anEvent()), notices: [notice('b'), notice('a')] }),
    )
    await opened().commit(
      aChange({
        event: settled(anEvent({ eventId: 'event-2' })),
        notices: [notice('c'), notice('b')],
      }),
    )
    expect(await opened().undeliveredNotices(10)).toEqual([notice('b'), notice('a'), notice('c')])
    expect(await opened().undeliveredNotices(1)).toEqual([notice('b')])

    await opened().markDelivered('b', at(1))
    await opened().markDelivered('b', at(2))
    await opened().markDelivered('unknown', at(2))

    expect(await opened().undeliveredNotices(10)).toEqual([notice('a'), notice('c')])
    await opened().commit(
      aChange({ event: settled(anEvent({ eventId: 'event-3' })), notices: [notice('b')] }),
    )
    expect(await opened().undeliveredNotices(10)).toHaveLength(2)
  })

  it('keeps one stop per scope, the newest words, until it is lifted', async () => {
    const stop = { scope: 'action:refund', by: 'anna', why: 'looks wrong', at: at(1) }
    await opened().setStop({ ...stop, by: 'bo', why: 'first', at: at(0) })
    await opened().setStop(stop)
    await opened().setStop({ ...stop, scope: 'everything' })
    expect(await opened().stops()).toEqual([stop, { ...stop, scope: 'everything' }])

    expect(await opened().clearStop('everything', 'anna', at(2))).toBe(true)
    expect(await opened().clearStop('everything', 'anna', at(3))).toBe(false)

    expect(await opened().stops()).toEqual([stop])
  })

  it('keeps a version of a rule set for ever the same', async () => {
    const ref = { name: 'returns', version: '3', hash: 'hash-3' }

    expect(await opened().saveRuleSet(ref, '{}', at(0))).toBe('saved')
    expect(await opened().saveRuleSet(ref, '{}', at(1))).toBe('known')
    expect(await opened().saveRuleSet({ ...ref, hash: 'other' }, '{"a":1}', at(2))).toBe(
      'version_reused',
    )
    expect(await opened().saveRuleSet({ ...ref, version: '4', hash: 'hash-4' }, '{}', at(3))).toBe(
      'saved',
    )
  })

  it('hands a rule set out as it was saved, by exactly what names it', async () => {
    const ref = { name: 'returns', version: '3', hash: 'hash-3' }
    await opened().saveRuleSet(ref, '{"a":1}', at(0))
    await opened().saveRuleSet({ ...ref, version: '4', hash: 'hash-4' }, '{"a":2}', at(1))

    expect(await opened().ruleSet(ref)).toBe('{"a":1}')
    expect(await opened().ruleSet({ ...ref, hash: 'hash-4' })).toBeUndefined()
    expect(await opened().ruleSet({ ...ref, version: '5' })).toBeUndefined()
  })
}
