import {
  applyEvent,
  commandPhase,
  type EngineEvent,
  instant,
  type ObservedOrder,
  type OrderState,
  orderBooks,
  orderWord,
  plainDate,
  type RefusalCode,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import {
  aCapture,
  anOrder,
  apply,
  attempt,
  captured,
  done,
  fired,
  returned,
  settle,
  T0,
  tomatoes,
  unknown,
} from '../builders.ts'

const later = instant('2026-12-09T08:00:00Z')
const earlier = instant('2026-12-01T08:00:00Z')
const two = [aCapture(), aCapture({ captureId: 'capture-2' })]
const guide = anOrder()
const event = (type: string, more: object = {}): EngineEvent =>
  ({ id: `e-${type}`, type, orderId: 'order-1', at: T0, ...more }) as unknown as EngineEvent

/** An order with one refund on its way, and the refund's id. */
function withRefund(order = guide): readonly [OrderState, string] {
  const reported = returned()
  const settled = settle(apply(order, reported as EngineEvent), reported, [
    fired('refund', { basis: 'returned_items' }),
  ])
  return [settled.routed.order, settled.commands[0]?.command.id ?? '']
}

const asksPerson = { type: 'needs_person', reason: 'http_400' } as const
const stuckRefund = (): OrderState =>
  apply(withRefund()[0], ...attempt(withRefund()[1], asksPerson))
const foundOut = () =>
  ({ commandId: withRefund()[1], by: 'kim', why: 'looked', how: 'try_as_new' }) as const

const refused: readonly [string, RefusalCode, OrderState | null, EngineEvent][] = [
  ['an event of an order that nobody registered', 'unknown_order', null, returned() as EngineEvent],
  [
    'a registration older than the last',
    'stale_event',
    guide,
    captured({ id: 'shop-0', at: earlier }),
  ],
  [
    'a return report older than the last of its stage',
    'stale_event',
    apply(guide, returned() as EngineEvent),
    returned({ id: 'wms-0', at: earlier }) as EngineEvent,
  ],
  [
    'another currency',
    'currency_changed',
    guide,
    captured({ id: 'shop-2', order: { currency: 'EUR' } }),
  ],
  [
    'another captured amount',
    'captured_amount_changed',
    guide,
    captured({ id: 'shop-2', captures: [aCapture({ capturedMinor: 5999 })] }),
  ],
  [
    'an opening balance above the capture',
    'refund_exceeds_captured',
    null,
    captured({ captures: [aCapture({ refundedMinor: 6001 })] }),
  ],
  [
    'a capture that the order does not have',
    'unknown_capture',
    guide,
    event('shipment.delivered', { captureId: 'other', deliveredAt: T0 }),
  ],
  [
    'a delivery of one of several captures that names none',
    'capture_not_named',
    anOrder({ captures: two }),
    event('shipment.delivered', { deliveredAt: T0 }),
  ],
  [
    'a return on one of several captures that names none',
    'capture_not_named',
    anOrder({ captures: two }),
    returned() as EngineEvent,
  ],
  [
    'a return that moves to another capture',
    'unknown_return',
    apply(anOrder({ captures: two }), returned({ captureId: 'capture-1' }) as EngineEvent),
    returned({ id: 'wms-2', captureId: 'capture-2' }) as EngineEvent,
  ],
  [
    'a line that the capture does not have',
    'unknown_line',
    guide,
    returned({ lines: [{ reference: 'melon', quantity: 1 }] }) as EngineEvent,
  ],
  [
    'more units than were captured, over several rows',
    'return_exceeds_captured',
    guide,
    returned({
      lines: [
        { reference: '123050', quantity: 6 },
        { reference: '123050', quantity: 5 },
      ],
    }) as EngineEvent,
  ],
  [
    'an answer for a command that nobody knows',
    'unknown_command',
    guide,
    event('command.resumed', { commandId: 'nope' }),
  ],
  [
    'an approval that nobody waits for',
    'not_awaiting_approval',
    withRefund()[0],
    event('command.approved', { commandId: withRefund()[1], by: 'kim', hash: 'h' }),
  ],
  [
    'an event of the day after tomorrow',
    'from_the_future',
    guide,
    event('delivery.accepted', { at: instant('2026-12-10T08:00:00Z') }),
  ],
  [
    'to resolve what is not stuck',
    'not_stuck',
    withRefund()[0],
    event('command.resolved', { commandId: withRefund()[1], by: 'kim', why: 'w', how: 'happened' }),
  ],
  [
    'to resolve what was found out about a later key',
    'resolution_not_bound',
    stuckRefund(),
    event('command.resolved', { ...foundOut(), generation: 1 }),
  ],
  [
    'to resolve what was found out about the key before, when the next is stuck as well',
    'resolution_not_bound',
    apply(
      stuckRefund(),
      event('command.resolved', { ...foundOut(), generation: 0 }),
      ...attempt(withRefund()[1], asksPerson).map((each) => ({ ...each, generation: 1 }) as never),
    ),
    event('command.resolved', { ...foundOut(), generation: 0 }),
  ],
  [
    'to resume what is not paused',
    'not_paused',
    withRefund()[0],
    event('command.resumed', { commandId: withRefund()[1] }),
  ],
  [
    'to drop what was sent',
    'command_under_way',
    apply(withRefund()[0], ...attempt(withRefund()[1], unknown)),
    event('command.rejected', { commandId: withRefund()[1], by: 'kim', why: 'w' }),
  ],
]

describe('applyEvent refuses', () => {
  it.each(refused)('%s: %s', (_, code, order, given) => {
    const applied = applyEvent(order, given, given.at > later ? T0 : given.at)
    expect(applied.ok ? 'accepted' : applied.error.code).toBe(code)
  })
})

describe('an order is registered', () => {
  it('with its opening balances: allocated refunds on captures, the rest on the order', () => {
    const order = anOrder({
      order: { refundedMinor: 1500 },
      captures: [aCapture({ refundedMinor: 1000 })],
    })
    expect(orderBooks(order)).toEqual({
      capturedMinor: 6000,
      refundedMinor: 1500,
      reservedMinor: 0,
      refundableMinor: 4500,
    })
    expect(orderWord(order)).toBe('partlyRefunded')
  })

  it('again: new captures and due dates come in, money and extensions stay', () => {
    const [refunding, commandId] = withRefund()
    const refunded = apply(refunding, ...attempt(commandId, done))
    const refreshed = apply(
      refunded,
      captured({
        id: 'shop-2',
        at: later,
        captures: [
          aCapture({ dueOn: plainDate('2027-01-31') }),
          aCapture({ captureId: 'capture-2' }),
        ],
      }),
    )
    expect(
      refreshed.captures.map((each) => [
        each.captureId,
        each.baseDueOn,
        each.chart.context.refundedMinor,
      ]),
    ).toEqual([
      ['capture-1', '2027-01-31', 3000],
      ['capture-2', '2026-12-14', 0],
    ])
  })

  it.each([
    ['INVOICE', true],
    ['CARD', false],
    ['OTHER', null],
    [undefined, null],
  ] as const)('with payment method %s as pay later: %s', (paymentMethod, payLater) => {
    const order = apply(null, {
      ...captured(),
      order: { ...captured().order, paymentMethod },
    } as EngineEvent)
    expect(order.payLater).toBe(payLater)
  })

  it('and a refresh that tells of a refund by somebody else stops refunds and asks a person', () => {
    const applied = applyEvent(guide, captured({ id: 'shop-2', order: { refundedMinor: 700 } }), T0)
    expect(applied.ok && applied.value.order.booksDiffer).toMatchObject({
      oursMinor: 0,
      klarnasMinor: 700,
    })
    expect(applied.ok && applied.value.effects.map((effect) => effect.type)).toEqual([
      'openWork',
      'alarm',
    ])
  })
})

describe('a return', () => {
  it('keeps one report per stage, the newest, however they arrive', () => {
    const order = apply(
      guide,
      returned({
        id: 'a',
        type: 'return.received',
        at: later,
        lines: [{ reference: '123050', quantity: 4 }],
      }) as EngineEvent,
      returned({
        id: 'b',
        type: 'return.registered',
        lines: [{ reference: '123050', quantity: 5 }],
      }) as EngineEvent,
      returned({
        id: 'c',
        type: 'return.inspected',
        at: later,
        lines: [{ reference: '123050', quantity: 3 }],
      }) as EngineEvent,
    )
    expect(order.returns).toMatchObject([
      {
        stages: {
          registered: { lines: [{ quantity: 5 }] },
          received: { lines: [{ quantity: 4 }] },
          inspected: { lines: [{ quantity: 3 }] },
        },
      },
    ])
  })

  it('finds its capture by the return that is known', () => {
    const order = apply(
      anOrder({ captures: two }),
      returned({ captureId: 'capture-2' }) as EngineEvent,
      returned({ id: 'wms-2', type: 'return.inspected', at: later }) as EngineEvent,
    )
    expect(order.returns.map((each) => [each.captureId, Object.keys(each.stages)])).toEqual([
      ['capture-2', ['received', 'inspected']],
    ])
  })
})

describe('an answer', () => {
  const [refunding, id] = withRefund()

  it('that Klarna did it is booked, and the money is no longer reserved', () => {
    expect(orderBooks(refunding)).toMatchObject({
      refundedMinor: 0,
      reservedMinor: 3000,
      refundableMinor: 3000,
    })
    expect(orderBooks(apply(refunding, ...attempt(id, done)))).toMatchObject({
      refundedMinor: 3000,
      reservedMinor: 0,
      refundableMinor: 3000,
    })
  })

  it('that Klarna refused frees the money', () => {
    const refusedOrder = apply(
      refunding,
      ...attempt(id, { type: 'refused', code: 'REFUND_NOT_ALLOWED' }),
    )
    expect(orderBooks(refusedOrder)).toMatchObject({
      refundedMinor: 0,
      reservedMinor: 0,
      refundableMinor: 6000,
    })
  })

  it('that nobody knows keeps the money reserved', () => {
    expect(orderBooks(apply(refunding, ...attempt(id, unknown)))).toMatchObject({
      refundedMinor: 0,
      reservedMinor: 3000,
    })
  })

  it('that comes late after a refusal is still booked, with an alarm', () => {
    const refusedOrder = apply(
      refunding,
      ...attempt(id, { type: 'refused', code: 'REFUND_NOT_ALLOWED' }),
    )
    const [, answered] = attempt(id, done)
    const applied = applyEvent(refusedOrder, answered as EngineEvent, T0)
    expect(applied.ok && orderBooks(applied.value.order).refundedMinor).toBe(3000)
    expect(applied.ok && applied.value.effects).toEqual([
      { type: 'alarm', code: 'late_success', commandId: id },
      { type: 'claim', commandId: id },
    ])
  })

  it('under a key that a person gave up raises an alarm and stops refunds', () => {
    const stuck = apply(refunding, ...attempt(id, { type: 'needs_person', reason: 'http_400' }))
    const anew = apply(
      stuck,
      event('command.resolved', { commandId: id, by: 'kim', why: 'looked', how: 'try_as_new' }),
    )
    const [, answered] = attempt(id, done)
    const applied = applyEvent(anew, answered as EngineEvent, T0)
    expect(applied.ok && applied.value.order.booksDiffer).not.toBeNull()
    expect(
      applied.ok &&
        applied.value.effects.map((effect) => ('code' in effect ? effect.code : effect.type)),
    ).toEqual(['late_success', 'openWork', 'books_differ'])
  })

  it('that the books differ stops refunds until a person confirms them', () => {
    const differing = apply(
      refunding,
      ...attempt(id, { type: 'books_differ', reason: 'r', oursMinor: 0, klarnasMinor: 700 }),
    )
    expect(differing.booksDiffer).toMatchObject({ klarnasMinor: 700 })
    const confirmed = applyEvent(
      differing,
      event('books.confirmed', { by: 'kim', why: 'portal', refundedMinor: 700 }),
      T0,
    )
    expect(confirmed.ok && confirmed.value.order).toMatchObject({
      booksDiffer: null,
      unallocatedRefundedMinor: 700,
    })
    expect(confirmed.ok && confirmed.value.effects).toEqual([
      { type: 'closeWork', workId: 'books:order-1' },
    ])
  })
})

describe('a command that something keeps holding back', () => {
  const [refunding, id] = withRefund()
  const again = (order: OrderState, outcome: Parameters<typeof attempt>[1], count: number) => {
    let next = order
    for (let number = 1; number <= count; number += 1)
      next = apply(next, ...attempt(id, outcome, T0, number))
    return next
  }

  it('waits longer each time, and goes to a person in the end', () => {
    const busy = { type: 'not_started', reason: 'http_429', waitMs: 1000 } as const
    expect(commandPhase(again(refunding, busy, 300).commands[0] as never)).toBe('requested')
    const tired = again(refunding, busy, 301)
    expect(commandPhase(tired.commands[0] as never)).toBe('stuck')
    expect(orderBooks(tired).reservedMinor).toBe(3000)
  })

  it('goes to a person when the books stay unreadable', () => {
    const audited = (order: OrderState, finding: string) =>
      apply(order, event('command.audited', { id: 'audit', commandId: id, finding }))
    let order = again(refunding, unknown, 4)
    expect(commandPhase(order.commands[0] as never)).toBe('auditing')
    for (let count = 0; count < 301; count += 1) order = audited(order, 'unreadable')
    expect([
      commandPhase(order.commands[0] as never),
      order.commands[0]?.chart.context.why,
    ]).toEqual(['stuck', 'books_unreadable'])
  })

  it('hears a refusal under a key that a person gave up, and changes nothing', () => {
    const stuck = apply(refunding, ...attempt(id, { type: 'needs_person', reason: 'http_400' }))
    const anew = apply(
      stuck,
      event('command.resolved', { commandId: id, by: 'kim', why: 'looked', how: 'try_as_new' }),
    )
    const applied = applyEvent(
      anew,
      attempt(id, { type: 'refused', code: 'NOT_ALLOWED' })[1] as EngineEvent,
      T0,
    )
    expect(applied.ok && applied.value.effects).toEqual([
      { type: 'alarm', code: 'answer_repeated', commandId: id },
    ])
    expect(applied.ok && applied.value.order.booksDiffer).toBeNull()
  })
})

describe('a contradiction is heard, and changes nothing in the books', () => {
  const [refunding, id] = withRefund()
  const answeredWith = (outcome: Parameters<typeof attempt>[1]) =>
    attempt(id, outcome)[1] as EngineEvent
  const confirmed = apply(refunding, ...attempt(id, done))
  const waitingOrder = settle(guide, event('customer.reported', { problem: 'late' }) as never, [
    fired('sendOut', {}, { mode: 'approval' }),
  ]).routed.order
  const waitingId = waitingOrder.commands[0]?.command.id ?? ''
  const cases: readonly [string, OrderState, EngineEvent][] = [
    ['late_refusal', confirmed, answeredWith({ type: 'refused', code: 'REFUND_NOT_ALLOWED' })],
    ['answer_repeated', confirmed, answeredWith(done)],
    [
      'answer_unexpected',
      waitingOrder,
      attempt(waitingId, { type: 'refused', code: 'NOT_ALLOWED' })[1] as EngineEvent,
    ],
    ['unexpected_event', confirmed, event('command.audited', { commandId: id, finding: 'absent' })],
  ]
  it.each(cases)('%s', (code, order, given) => {
    const applied = applyEvent(order, given, given.at)
    expect(applied.ok && applied.value.effects).toMatchObject([{ type: 'alarm', code }])
    expect(applied.ok && orderBooks(applied.value.order)).toEqual(orderBooks(order))
  })

  it('approval_expired: an approval after its time', () => {
    const [command] = waitingOrder.commands
    const late = event('command.approved', {
      commandId: waitingId,
      by: 'kim',
      hash: command?.approvalHash,
      at: instant('2026-12-09T08:00:01Z'),
    })
    const applied = applyEvent(waitingOrder, late, late.at)
    expect(applied.ok ? '' : applied.error.code).toBe('approval_expired')
  })
})

describe('a read of the order', () => {
  const observed: ObservedOrder = {
    orderId: 'order-1',
    status: 'PART_CAPTURED',
    currency: 'SEK',
    country: 'SE',
    paymentMethod: 'INVOICE',
    authorizedMinor: 8000,
    capturedMinor: 6000,
    refundedMinor: 0,
    remainingAuthorizedMinor: 2000,
    expiresAt: later,
    captures: [],
    refunds: [],
  }
  const see = (order: OrderState, changes: Partial<ObservedOrder>) => {
    const applied = applyEvent(order, event('order.observed'), T0, {
      order: { ...observed, ...changes },
    })
    if (!applied.ok) throw new Error(applied.error.code)
    return applied.value.order
  }

  it("takes over Klarna's status and what is left of the authorization", () => {
    expect(see(guide, { status: 'CAPTURED', remainingAuthorizedMinor: 0 })).toMatchObject({
      klarnaStatus: 'CAPTURED',
      remainingAuthorizedMinor: 0,
      authorizationExpiresAt: later,
      chart: { value: { open: 'released' } },
    })
  })

  it('changes nothing when it is older than our own books', () => {
    const [refunding, id] = withRefund()
    const refunded = apply(refunding, ...attempt(id, done))
    expect(see(refunded, { status: 'OLD' })).toEqual({ ...refunded })
  })

  it('counts a refund of ours that is still in doubt when Klarna lists it', () => {
    const [refunding, id] = withRefund()
    const doubtful = apply(refunding, ...attempt(id, unknown))
    const refunds = [{ refundId: 'k', reference: id, refundedMinor: 3000 }]
    expect(see(doubtful, { refundedMinor: 3000, refunds }).booksDiffer).toBeNull()
  })

  it('stops refunds when somebody else refunded', () => {
    const refunds = [{ refundId: 'k', reference: null, refundedMinor: 700 }]
    expect(see(guide, { refundedMinor: 700, refunds }).booksDiffer).toMatchObject({
      oursMinor: 0,
      klarnasMinor: 700,
    })
  })
})

describe('the order', () => {
  it('closes when the customer accepted, nothing is open and nothing is held, and reopens on a late return', () => {
    const accepted = event('delivery.accepted') as Extract<
      EngineEvent,
      { type: 'delivery.accepted' }
    >
    const settled = settle(apply(guide, accepted), accepted, [fired('releaseAuthorization')])
    const id = settled.commands[0]?.command.id ?? ''
    expect(settled.routed.order.chart.value).toEqual({ open: 'releasing' })
    const closed = apply(settled.routed.order, ...attempt(id, done))
    expect([closed.chart.value, orderWord(closed), closed.remainingAuthorizedMinor]).toEqual([
      'closed',
      'closed',
      0,
    ])
    const reopened = apply(closed, returned({ at: later }) as EngineEvent)
    expect([reopened.chart.value, orderWord(reopened)]).toEqual([{ open: 'released' }, 'released'])
  })

  it.each([
    ['captured', guide],
    ['partlyRefunded', anOrder({ captures: [aCapture({ refundedMinor: 1 })] })],
    ['refunded', anOrder({ captures: [aCapture({ refundedMinor: 6000 })] })],
    ['extended', apply(...extendedOrder())],
  ])('is %s in one word', (word, order) => {
    expect(orderWord(order as OrderState)).toBe(word)
  })
})

function extendedOrder(): [OrderState, ...EngineEvent[]] {
  const reported = event('customer.reported', { problem: 'late' }) as never
  const settled = settle(guide, reported, [
    fired('extendDueDate', { choose: 'longest', maxFeeMinor: { SEK: 1000 } }),
  ])
  return [settled.routed.order, ...attempt(settled.commands[0]?.command.id ?? '', done)]
}

it('never changes the state it was given', () => {
  const frozen = deepFreeze(structuredClone(guide))
  expect(() =>
    apply(
      frozen,
      returned() as EngineEvent,
      captured({
        id: 'shop-2',
        at: later,
        captures: [aCapture({ lines: [tomatoes], dueOn: plainDate('2027-01-01') })],
      }),
    ),
  ).not.toThrow()
})

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze)
    Object.freeze(value)
  }
  return value
}
