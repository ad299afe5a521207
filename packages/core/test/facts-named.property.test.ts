import { FACTS, type OrderEvent, type OrderState, type ReportedEvent } from '@postdelivery/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { factsNamed, factsOf } from '../src/facts-of.ts'
import { aCapture, anOrder, apply, returned, settings, T0 } from './builders.ts'

const twice = [aCapture({ dueOn: null }), aCapture({ captureId: 'capture-2' })]
const customer = { tier: 'gold', currency: 'not ours to take' }
const orders: readonly OrderState[] = [
  anOrder({ order: { customer } }),
  anOrder({ captures: twice, order: { remainingAuthorizedMinor: 0 } }),
  apply(anOrder(), returned({ reason: 'late' }) as never),
]
const events: readonly OrderEvent[] = [
  returned({ returnId: 'R-881' }),
  returned({ returnId: 'R-9', type: 'return.inspected' }),
  { id: 'a', type: 'customer.reported', orderId: 'order-1', at: T0, problem: 'late' },
  { id: 'b', type: 'shop.packed', orderId: 'order-1', at: T0, data: { weight: 3, type: 'x' } },
  {
    id: 'c',
    type: 'deadline.approaching',
    orderId: 'order-1',
    at: T0,
    captureId: 'capture-1',
    deadline: 'due_date',
    on: '2026-12-14',
    daysLeft: 6,
  },
]
const names = [
  ...FACTS.map(({ name }) => name),
  'customer.tier',
  'customer.currency',
  'customer.constructor',
  'event.weight',
  'event.toString',
  'tier',
  'shop.weight',
]

it('reads by name exactly what it reads in full, and nothing inherited', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...orders),
      fc.constantFrom(...events),
      fc.subarray(names),
      (order, event, wanted) => {
        const all = factsOf(order, event, T0, settings.timeZone)
        const known = Object.entries(all).filter(([name]) => wanted.includes(name))
        const moment = { now: T0, timeZone: settings.timeZone }
        expect(factsNamed(wanted, order, event as ReportedEvent, moment)).toEqual(
          Object.fromEntries(known),
        )
      },
    ),
    { numRuns: 500 },
  )
})
