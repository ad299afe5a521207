import { type Operation, orderBooks, orderWord } from '@postdelivery/core'
import { expect, test } from 'vitest'
import {
  ACTIONS,
  aCapture,
  asked,
  captured,
  DAY_MS,
  type RuleSpec,
  returned,
  told,
} from './builders.ts'
import { aRegistered } from './rig.ts'

interface Case {
  readonly action: RuleSpec['action']
  readonly operation: Operation
  readonly body: unknown
  readonly word: string
  readonly readCount: number
  /** What the order's state says afterwards. */
  readonly after: Readonly<Record<string, unknown>>
}

const expiring = captured({
  order: { authorizationExpiresAt: '2027-01-20T08:00:00.000Z' as never },
  captures: [aCapture({ dueOn: '2027-02-14' as never })],
})

const cases: readonly [string, Case][] = [
  [
    'a refund is looked up, sent once and booked',
    {
      action: ACTIONS.refund,
      operation: 'refundOrder',
      body: expect.objectContaining({ refunded_amount: 1000 }),
      word: 'partlyRefunded',
      readCount: 1,
      after: { refundedMinor: 1000, reservedMinor: 0 },
    },
  ],
  [
    'a release is looked up, sent once and booked',
    {
      action: ACTIONS.release,
      operation: 'releaseRemainingAuthorization',
      body: null,
      word: 'released',
      readCount: 1,
      after: { remainingAuthorizedMinor: 0 },
    },
  ],
  [
    'an extension reads the offers to decide and as a gate, and is booked with its fee',
    {
      action: ACTIONS.extend,
      operation: 'extendDueDate',
      body: { number_of_days: 10 },
      word: 'extended',
      readCount: 2,
      after: { extendedDays: 10, feesMinor: 1000, extensionCount: 1 },
    },
  ],
  [
    'shipping info is sent once and remembered',
    {
      action: ACTIONS.ship,
      operation: 'appendShippingInfo',
      body: { shipping_info: [{ shipping_company: 'PostNord', tracking_number: 'PN-1' }] },
      word: 'captured',
      readCount: 0,
      after: { parcels: 1 },
    },
  ],
  [
    'a send-out is sent once',
    {
      action: ACTIONS.sendOut,
      operation: 'triggerSendOut',
      body: null,
      word: 'captured',
      readCount: 0,
      after: {},
    },
  ],
  [
    'a longer authorization is sent once; its new expiry is unknown until it is read',
    {
      action: ACTIONS.extendAuthorization,
      operation: 'extendAuthorizationTime',
      body: null,
      word: 'captured',
      readCount: 0,
      after: { authorizationExpiresAt: null },
    },
  ],
]

for (const [name, { action, operation, body, word, readCount, after }] of cases) {
  test(name, async () => {
    const rig = await aRegistered({ rules: [{ on: 'shop.go', action }] }, expiring)

    const steps = await rig.tell(told('go'))

    const command = await rig.command()
    const [requests] = await rig.store.requests('order-1')
    expect(steps.map((step) => step.type)).toEqual(['decided', 'stepped'])
    expect(rig.klarna.sent).toHaveLength(1)
    expect(rig.klarna.sent[0]).toMatchObject({ operation, key: requests?.idempotencyKey })
    const sentBody = rig.klarna.sent[0]?.body
    expect(sentBody === null ? null : JSON.parse(sentBody ?? '')).toEqual(body)
    expect(rig.klarna.readCount).toBe(readCount)
    expect(await rig.attempts()).toEqual(['done'])
    expect(await rig.phases()).toEqual(['confirmed'])
    expect(await rig.work()).toEqual([])
    expect(await rig.alarms()).toEqual([])

    const order = await rig.order()
    const [capture] = order.captures
    expect(orderWord(order)).toBe(word)
    expect({
      ...order,
      ...orderBooks(order),
      ...capture?.chart.context,
      parcels: capture?.shippingInfo.length,
    }).toMatchObject(after)
    const [, decision] = await rig.store.decisions('order-1')
    expect(decision?.actions).toMatchObject([
      { outcome: 'queued', commandIds: [command.id], rule: `shop.go: ${action.type}` },
    ])
  })
}

test('all six of one decision are done one after the other, in the order decided', async () => {
  const rules = Object.values(ACTIONS).map((action) => ({ on: 'shop.go', action }))
  const rig = await aRegistered({ rules }, expiring)

  await rig.tell(told('go'))
  await rig.play(30 * DAY_MS)

  expect(rig.klarna.done.map((each) => each.operation)).toEqual([
    'refundOrder',
    'releaseRemainingAuthorization',
    'extendDueDate',
    'appendShippingInfo',
    'triggerSendOut',
    'extendAuthorizationTime',
  ])
  expect(new Set(rig.klarna.done.map((each) => each.key)).size).toBe(6)
  expect(new Set(await rig.phases())).toEqual(new Set(['confirmed']))
})

test('an accepted order closes when nothing is open or held back, and a late return opens it again', async () => {
  const rig = await aRegistered({
    rules: [
      { on: 'delivery.accepted', action: ACTIONS.release },
      { on: 'return.received', action: { type: 'refund', params: { basis: 'returned_items' } } },
    ],
  })

  await rig.tell({ id: 'ok', type: 'delivery.accepted', orderId: 'order-1', at: rig.now() })
  expect(orderWord(await rig.order())).toBe('closed')

  await rig.tell(returned())
  expect(orderWord(await rig.order())).toBe('partlyRefunded')
  expect(rig.klarna.observed('order-1')).toMatchObject({
    refundedMinor: 3000,
    remainingAuthorizedMinor: 0,
  })
})

test('a closed order that a rule still does something about is open again', async () => {
  const rig = await aRegistered({
    rules: [
      { on: 'delivery.accepted', action: ACTIONS.release },
      { on: 'shop.late', action: ACTIONS.sendOut },
    ],
  })
  await rig.tell({ id: 'ok', type: 'delivery.accepted', orderId: 'order-1', at: rig.now() })
  await rig.tell(told('nothing'))
  expect(orderWord(await rig.order())).toBe('closed')

  await rig.tell(told('late'))

  expect(orderWord(await rig.order())).toBe('released')
})

test('one return under two event ids is paid back once', async () => {
  const rig = await aRegistered({
    rules: [
      { on: 'return.received', action: { type: 'refund', params: { basis: 'returned_items' } } },
    ],
  })

  await rig.tell(returned())
  await rig.tell(returned({ id: 'erp-1' }))

  expect(rig.klarna.observed('order-1').refundedMinor).toBe(3000)
  const [, , second] = await rig.store.decisions('order-1')
  expect(second?.actions).toMatchObject([
    { outcome: 'refused', refusal: { code: 'already_refunded' } },
  ])
})

test('what a person asks for goes the same way', async () => {
  const rig = await aRegistered()

  await rig.tell(asked('refund', { basis: 'amount', amountMinor: 500 }))

  expect(await rig.command()).toMatchObject({ rule: null, requestedBy: 'agent@shop.example' })
  expect(rig.klarna.observed('order-1').refundedMinor).toBe(500)
})
