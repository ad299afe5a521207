import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import type { EventStatus, IsoInstant } from '@postdelivery/core'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { aChange, anEvent, at, settled } from './builders.ts'

// Hundreds of runs, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const ORDERS = ['order-1', 'order-2', 'order-3'] as const
const EVENTS = ['a', 'b', 'c', 'd'] as const
const STATUSES = ['accepted', 'waiting', 'parked', 'decided', 'dead_lettered'] as const

const seconds = fc.integer({ min: 0, max: 20 })
const orderId = fc.constantFrom(...ORDERS)
const eventId = fc.constantFrom(...EVENTS)

const action = fc.oneof(
  fc.record({ type: fc.constant('accept' as const), orderId, eventId, seconds }),
  fc.record({
    type: fc.constant('commit' as const),
    orderId,
    eventId,
    seconds,
    status: fc.constantFrom(...STATUSES),
    changes: fc.boolean(),
    unparks: fc.boolean(),
  }),
  fc.record({ type: fc.constant('rearm' as const), orderId, seconds: fc.option(seconds) }),
  fc.record({ type: fc.constant('giveUp' as const), seconds }),
)
type Action = typeof action extends fc.Arbitrary<infer Drawn> ? Drawn : never

/** One of the ids stands for what staff did, which passes an event that waits. */
const typeOf = (eventId: string): string =>
  eventId === 'd' ? 'command.approved' : 'return.received'

interface ModelEvent {
  readonly orderId: string
  readonly eventId: string
  readonly acceptedAt: IsoInstant
  status: EventStatus
  retryAt: IsoInstant | null
}

/** The simple model: lists, searched from the beginning every time. */
function createModel() {
  const events: ModelEvent[] = []
  const orders = new Map<string, { seq: number; wakeAt: IsoInstant | null }>()
  const find = (orderId: string, eventId: string) =>
    events.find((event) => event.orderId === orderId && event.eventId === eventId)
  const open = (orderId: string) =>
    events.filter(
      (event) =>
        event.orderId === orderId && (event.status === 'accepted' || event.status === 'waiting'),
    )
  const head = (orderId: string) => open(orderId)[0]
  /** When the order's events are due: at once since an instant, or later at one. */
  const eventsDue = (orderId: string) => {
    const first = head(orderId)
    const staff = open(orderId).find((event) => event.eventId === 'd')
    const heads = [first, staff].filter((event) => event !== undefined)
    const immediate = heads.find((event) => event.retryAt === null)
    const retryAt = heads
      .map((event) => event.retryAt)
      .filter((instant) => instant !== null)
      .sort()[0]
    return { isImmediate: immediate !== undefined, dueAt: immediate?.acceptedAt ?? retryAt ?? null }
  }

  return {
    seqOf: (orderId: string) => orders.get(orderId)?.seq ?? 0,
    head,
    accept: (event: ModelEvent) => {
      if (find(event.orderId, event.eventId) === undefined) events.push(event)
    },
    commit: (drawn: Extract<Action, { type: 'commit' }>, event: ModelEvent) => {
      const known = find(event.orderId, event.eventId)
      if (known?.status === 'decided' || known?.status === 'dead_lettered') return
      if (known === undefined) events.push(event)
      else Object.assign(known, { status: event.status, retryAt: event.retryAt })
      if (drawn.changes) {
        const seq = (orders.get(event.orderId)?.seq ?? 0) + 1
        orders.set(event.orderId, { seq, wakeAt: at(drawn.seconds) })
      }
      const parked = events.filter(
        (other) => other.orderId === event.orderId && other.status === 'parked',
      )
      if (drawn.unparks)
        for (const other of parked) Object.assign(other, { status: 'accepted', retryAt: null })
    },
    rearm: (orderId: string, wakeAt: IsoInstant | null) => {
      const order = orders.get(orderId)
      if (order !== undefined) order.wakeAt = wakeAt
    },
    giveUp: (before: IsoInstant) => {
      for (const event of events)
        if (event.status === 'parked' && event.acceptedAt < before) event.status = 'dead_lettered'
    },
    /** When each order is due, and since when, at `now`. */
    due: (now: IsoInstant) =>
      ORDERS.flatMap((orderId) => {
        const { isImmediate, dueAt } = eventsDue(orderId)
        const wakeAt = orders.get(orderId)?.wakeAt ?? null
        const instants = [
          ...(dueAt !== null && (isImmediate || dueAt <= now) ? [dueAt] : []),
          ...(wakeAt !== null && wakeAt <= now ? [wakeAt] : []),
        ].sort()
        return instants[0] === undefined ? [] : [{ orderId, since: instants[0] }]
      }).sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0)),
    next: () =>
      ORDERS.flatMap((orderId) =>
        [eventsDue(orderId).dueAt, orders.get(orderId)?.wakeAt ?? null].filter(
          (instant) => instant !== null,
        ),
      ).sort()[0] ?? null,
  }
}

it('knows at any time which orders are due and since when, whatever happened before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), seconds, async (actions, now) => {
      const store = await openSqliteStore(':memory:')
      const model = createModel()
      for (const drawn of actions) await applyToBoth(store, model, drawn)

      const due = await store.dueOrders(at(now), 10)
      const expected = model.due(at(now))
      expect([...due].sort()).toEqual(expected.map(({ orderId }) => orderId).sort())
      const sinceOf = (id: string) => expected.find(({ orderId }) => orderId === id)?.since
      expect(due.map(sinceOf)).toEqual(expected.map(({ since }) => since))
      expect((await store.dueOrders(at(now), 1)).map(sinceOf)).toEqual(
        expected.slice(0, 1).map(({ since }) => since),
      )
      expect(await store.nextDueAt()).toBe(model.next())
      for (const id of ORDERS)
        expect((await store.firstOpenEvent(id))?.eventId).toBe(model.head(id)?.eventId)
      await store.close()
    }),
    { numRuns: 300 },
  )
})

async function applyToBoth(
  store: Awaited<ReturnType<typeof openSqliteStore>>,
  model: ReturnType<typeof createModel>,
  drawn: Action,
): Promise<void> {
  if (drawn.type === 'giveUp') {
    model.giveUp(at(drawn.seconds))
    await store.deadLetterParked(at(drawn.seconds), at(99))
    return
  }
  if (drawn.type === 'rearm') {
    const wakeAt = drawn.seconds === null ? null : at(drawn.seconds)
    model.rearm(drawn.orderId, wakeAt)
    await store.rearm(drawn.orderId, wakeAt)
    return
  }
  const { orderId, eventId } = drawn
  const event = anEvent({
    orderId,
    eventId,
    type: typeOf(eventId),
    acceptedAt: at(drawn.seconds),
  })
  if (drawn.type === 'accept') {
    model.accept({ ...event, status: 'accepted', retryAt: null })
    await store.accept(event)
    return
  }
  const retryAt = drawn.status === 'waiting' ? at(drawn.seconds) : null
  const expectedSeq = model.seqOf(orderId)
  model.commit(drawn, { ...event, status: drawn.status, retryAt })
  await store.commit(
    aChange({
      expectedSeq,
      event: settled(event, { status: drawn.status, retryAt }),
      ...(drawn.changes ? { snapshot: '{}', wakeAt: at(drawn.seconds) } : {}),
      unparks: drawn.unparks,
    }),
  )
}
