import { EVENT_TYPES, parseEvent } from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { captured, returned } from './builders.ts'

const base = { id: 'e-1', orderId: 'order-1', at: '2026-12-08T09:00:00+01:00' }
const samples: Readonly<Record<string, object>> = {
  'order.captured': captured(),
  'shipment.dispatched': {
    ...base,
    type: 'shipment.dispatched',
    shippingInfo: [{ trackingNumber: 'P1', returnTrackingNumber: 'R1' }],
  },
  'shipment.delivered': {
    ...base,
    type: 'shipment.delivered',
    captureId: 'c',
    deliveredAt: base.at,
  },
  'return.registered': returned({ type: 'return.registered' }),
  'return.received': returned(),
  'return.inspected': returned({ type: 'return.inspected' }),
  'customer.reported': { ...base, type: 'customer.reported', problem: 'damaged' },
  'delivery.accepted': { ...base, type: 'delivery.accepted' },
  'action.requested': {
    ...base,
    type: 'action.requested',
    by: 'kim',
    why: 'goodwill',
    action: { type: 'refund', params: { basis: 'remaining' } },
  },
  'order.observed': { ...base, type: 'order.observed' },
}
const problems = (data: unknown) => {
  const parsed = parseEvent(data)
  return parsed.ok ? [] : parsed.error.map(({ path, code }) => `${path} ${code}`)
}

describe('an event at the public door', () => {
  it.each(EVENT_TYPES)('%s is read', (type) => {
    expect(parseEvent(samples[type])).toMatchObject({ ok: true, value: { type } })
  })

  it('is read with its instants in UTC', () => {
    const parsed = parseEvent(samples['delivery.accepted'])
    expect(parsed.ok && parsed.value.at).toBe('2026-12-08T08:00:00.000Z')
  })

  it("may be the merchant's own", () => {
    expect(
      problems({ ...base, type: 'shop.fraud_flagged', data: { score: 3, isNew: true } }),
    ).toEqual([])
    expect(problems({ ...base, type: 'shop.', data: {} })).toEqual(['/type not_listed'])
  })

  it.each([
    'command.answered',
    'command.approved',
    'command.started',
    'books.confirmed',
    'deadline.approaching',
  ])('cannot forge %s', (type) => {
    expect(
      problems({
        ...base,
        type,
        commandId: 'c',
        deadline: 'due_date',
        on: '2026-12-14',
        daysLeft: 1,
      }),
    ).toEqual(['/type not_listed'])
  })

  it.each([
    'answer:c:0:1',
    'start:c:0:1',
    'due:due_date:c:2026-12-14:7',
    'approval:c:kim',
    'track:order-1:x',
  ])("cannot take the engine's id %s", (id) => {
    expect(problems({ ...samples['delivery.accepted'], id })).toEqual(['/id not_listed'])
  })

  it('is refused with all its problems, by place', () => {
    expect(
      problems({
        id: '',
        type: 'return.received',
        orderId: '..',
        at: 'yesterday',
        returnId: 'x'.repeat(201),
        lines: [
          { reference: 'a', quantity: 0 },
          { reference: 'a', quantity: 1.5 },
          { quantitty: 1 },
        ],
        captureID: 'c',
      }),
    ).toEqual([
      '/at wrong_type',
      '/captureID unknown_key',
      '/id out_of_range',
      '/lines/0/quantity out_of_range',
      '/lines/1/quantity wrong_type',
      '/lines/2/quantitty unknown_key',
      '/lines/2/quantity missing',
      '/lines/2/reference missing',
      '/orderId out_of_range',
      '/returnId too_long',
    ])
  })

  it.each([
    ['nothing', null, ['' + ' wrong_type']],
    ['a list', [], [' wrong_type']],
    ['no type', { ...base }, ['/type not_listed']],
    [
      'a fraction of an öre',
      { ...captured(), order: { ...captured().order, authorizedMinor: 0.5 } },
      ['/order/authorizedMinor wrong_type'],
    ],
    [
      'an amount beyond Klarna',
      { ...captured(), order: { ...captured().order, authorizedMinor: 200_000_001 } },
      ['/order/authorizedMinor out_of_range'],
    ],
    [
      'a day that does not exist',
      { ...captured(), captures: [{ ...captured().captures[0], dueOn: '2026-02-30' }] },
      ['/captures/0/dueOn wrong_type'],
    ],
    [
      'control characters',
      { ...samples['customer.reported'], captureId: 'a\u0000b' },
      ['/captureId out_of_range'],
    ],
    [
      'a prototype key',
      JSON.parse(
        '{"id":"e","type":"delivery.accepted","orderId":"o","at":"2026-12-08T08:00:00Z","__proto__":{"x":1}}',
      ),
      ['/__proto__ unknown_key'],
    ],
    [
      'a prototype key among its own facts',
      { ...samples['delivery.accepted'], data: JSON.parse('{"__proto__":1}') },
      ['/data/__proto__ bad_key'],
    ],
    ['no captures', { ...captured(), captures: [] }, ['/captures missing']],
    [
      'an unknown problem',
      { ...samples['customer.reported'], problem: 'sad' },
      ['/problem not_listed'],
    ],
    [
      'a nested fact',
      { ...samples['delivery.accepted'], data: { a: { b: 1 } } },
      ['/data/a wrong_type'],
    ],
  ])('is refused with %s', (_, data, want) => {
    expect(problems(data)).toEqual(want)
  })

  it('never makes the reader throw', () => {
    const types = fc.constantFrom(...EVENT_TYPES, 'shop.x', 'nope')
    fc.assert(
      fc.property(fc.jsonValue(), types, (value, type) => {
        const merged =
          typeof value === 'object' && value !== null ? { ...samples[type], ...value, type } : value
        expect(typeof parseEvent(merged).ok).toBe('boolean')
      }),
    )
  })
})
