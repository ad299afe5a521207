import type { Decision, OrderState } from '@postdelivery/core'
import { expect, test } from 'vitest'
import { settlementOf } from '../../src/embedded/settlement.ts'

type Operation = 'refundOrder' | 'triggerSendOut'

/** A decision that made these commands. */
const aDecision = (...commandIds: readonly string[]): Decision =>
  ({ orderId: 'order-1', eventId: 'event-1', actions: [{ commandIds }] }) as unknown as Decision

/** An order with commands in these states of their charts. */
const anOrder = (
  states: readonly (readonly [string, unknown, Operation?])[],
  rest: Partial<OrderState> = {},
): OrderState =>
  ({
    booksDiffer: null,
    commands: states.map(([id, value, operation = 'refundOrder']) => ({
      command: { id, body: { operation } },
      chart: { value, context: { why: 'because' } },
    })),
    ...rest,
  }) as unknown as OrderState

const ready = { requested: 'ready' }
const sending = { requested: 'sending' }

const resting: readonly [unknown, boolean, string | null][] = [
  ['confirmed', false, null],
  ['refused', false, 'because'],
  ['rejected', false, 'because'],
  ['awaitingApproval', true, 'because'],
  ['paused', true, 'because'],
  ['stuck', true, 'because'],
]
for (const [state, needsPerson, why] of resting) {
  test(`a command that is ${state} rests, ${needsPerson ? 'for a person' : 'for good'}`, () => {
    const settlement = settlementOf(aDecision('a'), anOrder([['a', state]]))

    expect(settlement).toEqual({
      orderId: 'order-1',
      eventId: 'event-1',
      commands: [{ commandId: 'a', state, why }],
      needsPerson,
    })
  })
}

for (const state of [ready, sending, 'doubtful', 'auditing']) {
  test(`a command that is ${JSON.stringify(state)} goes on by itself`, () => {
    expect(settlementOf(aDecision('a'), anOrder([['a', state]]))).toBeNull()
  })
}

test('all commands of the decision must rest, others do not count', () => {
  const order = anOrder([
    ['a', 'confirmed'],
    ['b', 'doubtful'],
    ['c', 'confirmed'],
  ])

  expect(settlementOf(aDecision('a', 'c'), order)?.commands).toHaveLength(2)
  expect(settlementOf(aDecision('a', 'b'), order)).toBeNull()
  expect(settlementOf(aDecision('a', 'unknown'), order)).toBeNull()
})

test('a decision without commands is settled, whether there is an order or not', () => {
  expect(settlementOf(aDecision(), null)?.commands).toEqual([])
  expect(settlementOf(aDecision('a'), null)).toBeNull()
})

test('while another command is paused, those that wait are held and those under way are not', () => {
  const order = anOrder([
    ['a', ready],
    ['b', 'doubtful'],
    ['c', 'paused'],
    ['d', sending],
  ])

  expect(settlementOf(aDecision('a', 'b'), order)).toMatchObject({
    needsPerson: true,
    commands: [
      { state: 'held', why: 'paused:c' },
      { state: 'held', why: 'paused:c' },
    ],
  })
  expect(settlementOf(aDecision('d'), order)).toBeNull()
})

test('while the books differ, refunds that wait are held and other calls go on', () => {
  const booksDiffer = { since: '', oursMinor: 1, klarnasMinor: 2 } as unknown
  const order = anOrder(
    [
      ['a', ready],
      ['b', ready, 'triggerSendOut'],
      ['c', 'auditing'],
    ],
    { booksDiffer: booksDiffer as OrderState['booksDiffer'] },
  )

  expect(settlementOf(aDecision('a'), order)).toMatchObject({
    needsPerson: true,
    commands: [{ state: 'held', why: 'books_differ' }],
  })
  expect(settlementOf(aDecision('b'), order)).toBeNull()
  expect(settlementOf(aDecision('c'), order)).toBeNull()
})
