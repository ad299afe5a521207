import { addMs, type StoredEvent, workOfParked, workOfWaiting } from '@postdelivery/core'
import { expect, it } from 'vitest'
import { T0 } from './builders.ts'

const stored = (changes: Partial<StoredEvent> = {}): StoredEvent => ({
  orderId: 'order-1',
  eventId: `event-${changes.arrival ?? 1}`,
  type: 'return.received',
  body: '{}',
  bodyHash: 'h',
  acceptedAt: T0,
  arrival: 1,
  status: 'parked',
  tryCount: 0,
  retryAt: null,
  reason: 'unknown_order',
  ...changes,
})
const MINUTE_MS = 60_000

it('tells of parked events once for each order, after a quarter of an hour', () => {
  const events = [
    stored({ arrival: 4, orderId: 'order-2', acceptedAt: addMs(T0, 10 * MINUTE_MS) }),
    stored({ arrival: 3, acceptedAt: addMs(T0, 5 * MINUTE_MS) }),
    stored({ arrival: 2 }),
  ]

  expect(workOfParked(events, addMs(T0, 15 * MINUTE_MS - 1))).toEqual([])
  expect(workOfParked(events, addMs(T0, 15 * MINUTE_MS))).toMatchObject([
    {
      id: 'parked:order-1',
      kind: 'event_parked',
      eventId: 'event-2',
      openedAt: T0,
      until: '2026-12-15T08:00:00.000Z',
      what: 'events wait for an order that is not registered: 2 events, the first one `return.received`',
    },
  ])
  expect(workOfParked(events, addMs(T0, 30 * MINUTE_MS)).map(({ id }) => id)).toEqual([
    'parked:order-2',
    'parked:order-1',
  ])
})

it('tells of an event that waits once its source was asked four times', () => {
  const waiting = { status: 'waiting', reason: 'stock: down', retryAt: addMs(T0, 1) } as const

  expect(workOfWaiting([stored({ ...waiting, tryCount: 3 })])).toEqual([])
  expect(workOfWaiting([stored({ ...waiting, tryCount: 4 })])).toMatchObject([
    {
      id: 'waiting:order-1',
      kind: 'event_waiting',
      details: { retryAt: addMs(T0, 1) },
      what: 'an event waits for something that is down: stock: down; one event, asked 4 of 7 times',
    },
  ])
})
