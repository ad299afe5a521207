import {
  type EngineEvent,
  instant,
  isInternalEventId,
  makeInboxEvent,
  parseEvent,
  readInboxEvent,
  sha256Hex,
} from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { captured, returned, T0 } from '../builders.ts'

const LATER = instant('2026-12-09T08:00:00Z')

test('an event is stored as canonical text with its hash, and is read back as it was', () => {
  const event = captured()
  const stored = makeInboxEvent(event, T0)

  expect(stored).toMatchObject({ orderId: 'order-1', eventId: 'shop-1', type: 'order.captured' })
  expect(stored.bodyHash).toBe(sha256Hex(stored.body))
  expect(readInboxEvent(stored)).toEqual(event)
})

test('the hash is of what the event says, not of how it is written or when it came', () => {
  const event = returned()
  const turned = Object.fromEntries(Object.entries(event).toReversed()) as unknown as EngineEvent

  expect(makeInboxEvent(turned, LATER).bodyHash).toBe(makeInboxEvent(event, T0).bodyHash)
  expect(makeInboxEvent(event, T0, 'a plan').bodyHash).toBe(makeInboxEvent(event, T0).bodyHash)
})

test('a plan is kept beside the event and left out when there is none', () => {
  expect(makeInboxEvent(returned(), T0, 'a plan').planHash).toBe('a plan')
  expect(Object.hasOwn(makeInboxEvent(returned(), T0), 'planHash')).toBe(false)
})

test('another content has another hash', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }), (a, b) => {
      const hashOf = (quantity: number) =>
        makeInboxEvent(returned({ lines: [{ reference: '123050', quantity }] }), T0).bodyHash

      expect(hashOf(a) === hashOf(b)).toBe(a === b)
    }),
  )
})

describe('the public door refuses what only the engine says', () => {
  const shop = { id: 'shop-9', type: 'shop.opened', orderId: 'order-1', at: '2026-12-08T08:00:00Z' }

  test.each([
    'command.answered',
    'command.started',
    'command.audited',
    'command.expired',
    'command.approved',
    'command.rejected',
    'command.resolved',
    'command.resumed',
    'books.confirmed',
    'deadline.approaching',
  ])('type %s', (type) => {
    expect(parseEvent({ ...shop, type }).ok).toBe(false)
    expect(parseEvent(shop).ok).toBe(true)
  })

  test.each([
    'answer:command:0:1',
    'start:command:0:1',
    'due:due_date:capture-1:2026-12-14:7',
    'expiry:command',
    'approval:command',
    'resolve:command',
    'track:order-1',
  ])('id %s', (id) => {
    expect(isInternalEventId(id)).toBe(true)
    expect(parseEvent({ ...shop, id }).ok).toBe(false)
  })
})

describe('the public door refuses what nothing behind it can reckon with', () => {
  const parsed = (order: object, capture: object) => {
    const event = captured()
    return parseEvent({
      ...event,
      order: { ...event.order, ...order },
      captures: event.captures.map((each) => ({ ...each, ...capture })),
    }).ok
  }

  test('but takes the guide’s order', () => {
    expect(parsed({}, {})).toBe(true)
  })

  test.each([
    ['a currency of digits', { currency: '123' }, {}],
    ['a currency with a sign', { currency: 'S€K' }, {}],
    ['a due date at the end of the calendar', {}, { dueOn: '9999-12-31' }],
    ['a return window at the end of the calendar', {}, { returnWindowEndsOn: '9999-12-31' }],
    ['a delivery at the end of the calendar', {}, { deliveredAt: '9999-12-31T23:59:59Z' }],
  ])('%s', (_, order, capture) => {
    expect(parsed(order, capture)).toBe(false)
  })
})
