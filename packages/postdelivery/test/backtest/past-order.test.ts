import { expect, it } from 'vitest'
import { readPastOrder } from '../../src/backtest/past-order.ts'
import { captured, pastOrder, returned } from './builders.ts'

const cases: readonly (readonly [name: string, text: string, reason: string])[] = [
  ['no JSON', '{"orderId":', 'this is not JSON'],
  ['a list', '[]', 'an order is an object with `orderId` and `events`'],
  ['a key that is misspelt', pastOrder('o', { event: [] }), 'the key `/event` is not known'],
  [
    'a key that reaches a prototype',
    '{"orderId":"o","events":[],"__proto__":{}}',
    'the key `/__proto__` is not known',
  ],
  ['no events', '{"orderId":"o"}', '`/events` is missing'],
  ['no id', '{"events":[]}', '`/orderId` is missing'],
  ['nothing at all', '{}', '`/orderId` is missing'],
  ['an id that is no text', '{"orderId":1,"events":[]}', '`/orderId` must be a text'],
  ['events that are no list', '{"orderId":"o","events":{}}', '`/events` must be a list'],
  [
    'an order that nothing registers',
    pastOrder('o', { events: [returned('o', 'received', 1)] }),
    'the first event must be `order.captured`, which registers the order',
  ],
  [
    'an event of another order',
    pastOrder('o', { events: [captured('o'), captured('other')] }),
    "`/events/1/orderId` is not the order's `o`",
  ],
  [
    'an internal event',
    pastOrder('o', { events: [captured('o'), { ...captured('o'), type: 'command.answered' }] }),
    '`/events/1/type`',
  ],
  [
    'a wrong instant',
    pastOrder('o', { events: [captured('o', { at: '2026-02-30T00:00:00Z' })] }),
    '`/events/0/at`',
  ],
  ['a wrong offer', pastOrder('o', { offers: [{ days: 0, feeMinor: 1 }] }), '`/offers/0/days`'],
  [
    'too many events',
    pastOrder('o', { events: Array.from({ length: 10_001 }, () => 1) }),
    'an order has at most 10000 events',
  ],
]

for (const [name, text, reason] of cases)
  it(`refuses ${name}, with the place`, () => {
    const read = readPastOrder(text)

    expect(read.ok ? '' : read.error).toContain(reason)
  })

it('reads an order with the offers that were made for it', () => {
  const read = readPastOrder(pastOrder('o-1', { offers: [{ days: 10, feeMinor: 1000 }] }))

  expect(read.ok && read.value.offers).toEqual([{ numberOfDays: 10, feeMinor: 1000 }])
  expect(read.ok && read.value.events.map(({ type }) => type)).toEqual([
    'order.captured',
    'return.registered',
    'return.received',
  ])
})
