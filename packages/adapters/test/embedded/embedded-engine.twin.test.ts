import { manyGuideOrders, startTwin, type Twin } from '@postdelivery/adapters/klarna-twin'
import { type EngineEvent, instantToMs } from '@postdelivery/core'
import { afterEach, expect, test } from 'vitest'
import { aRuleBook, captured, dispatched, type OrderRef, returned } from './builders.ts'
import { useRigs } from './rig.ts'
import { createSimulatedTime, type SimulatedTime } from './simulated-time.ts'
import { twinGateway } from './twin-gateway.ts'

const rigs = useRigs()
const twins: Twin[] = []
afterEach(async () => {
  for (const twin of twins.splice(0)) {
    expect(twin.violations).toEqual([])
    await twin.close()
  }
})

/** A twin with copies of the guide's order, on the same clock as the engine. */
async function aTwin(time: SimulatedTime, count: number): Promise<Twin & { refs: OrderRef[] }> {
  const nowMs = instantToMs(time.clock.now())
  const twin = await startTwin({ clock: time.clock, orders: manyGuideOrders(count, nowMs) })
  twins.push(twin)
  const refs = twin.orders.map(({ orderId, captureIds: [captureId = ''] }) => ({
    orderId,
    captureId,
  }))
  return Object.assign(twin, { refs })
}

async function setUp(count = 1) {
  const time = createSimulatedTime()
  const twin = await aTwin(time, count)
  const gateway = twinGateway(twin)
  const rig = await rigs.start({ ...time, gateway })
  const at = time.clock.now()
  for (const order of twin.refs) await rig.decide(captured(order, at))
  const [order = { orderId: '', captureId: '' }] = twin.refs
  const writes = () => twin.requests.filter(({ method }) => method !== 'GET')
  return { time, twin, rig, at, order, writes }
}

test('a return is refunded: once at Klarna, under our reference, and in our books', async () => {
  const { twin, rig, at, order, writes } = await setUp()

  const settled = await rig.settle(returned(order, at))

  const [command] = settled.commands
  const books = twin.books(order.orderId)
  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
  expect(books.refunds).toMatchObject([
    { refundedMinor: 3000, captureId: order.captureId, reference: command?.commandId },
  ])
  expect(writes()).toHaveLength(1)
  const state = await rig.order(order.orderId)
  expect(state.captures[0]?.chart.context.refundedMinor).toBe(3000)
})

test('64 orders at once are each refunded once', async () => {
  const { twin, rig, at, writes } = await setUp(64)

  const settled = await Promise.all(twin.refs.map((each) => rig.settle(returned(each, at))))

  expect(settled.flatMap(({ commands }) => commands.map(({ state }) => state))).toEqual(
    Array(64).fill('confirmed'),
  )
  const refunds = twin.refs.map(({ orderId }) => twin.books(orderId).refunds)
  expect(refunds.map((each) => each.map(({ refundedMinor }) => refundedMinor))).toEqual(
    Array(64).fill([3000]),
  )
  expect(new Set(writes().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(64)
})

test('a refund whose answer got lost is found at Klarna by its reference: one refund, one call', async () => {
  const { time, twin, rig, at, order, writes } = await setUp()
  twin.setFaults([{ kind: 'answer_lost', operation: 'refundOrder' }])

  const receipt = await rig.engine.submit(returned(order, at))
  await rig.engine.idle()
  const doubt = (await rig.order(order.orderId)).commands[0]?.chart.value
  await time.advance(10_000)
  const settled = await receipt.settled

  expect(doubt).toBe('doubtful')
  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
  expect(writes()).toHaveLength(1)
  expect(twin.books(order.orderId).refunds).toHaveLength(1)
})

test('when Klarna shows an older order, the refund is asked for again with its key: one refund', async () => {
  const { time, twin, rig, at, order, writes } = await setUp()
  twin.setFaults([
    { kind: 'answer_lost', operation: 'refundOrder' },
    { kind: 'stale', operation: 'getOrder', skip: 1 },
  ])

  const receipt = await rig.engine.submit(returned(order, at))
  await rig.engine.idle()
  await time.advance(10_000)
  const settled = await receipt.settled

  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
  expect(writes().map(({ replayed }) => replayed)).toEqual([false, true])
  expect(new Set(writes().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
  expect(new Set(writes().map(({ body }) => body)).size).toBe(1)
  expect(twin.books(order.orderId).refunds).toHaveLength(1)
})

test('one return under two event ids is refunded once', async () => {
  const { twin, rig, at, order } = await setUp()

  await rig.settle(returned(order, at, { id: 'wms-1' }))
  const second = await rig.decide(returned(order, at, { id: 'shop-1' }))
  await rig.engine.idle()

  expect(second.actions.map(({ outcome }) => outcome)).toEqual(['refused'])
  expect(twin.books(order.orderId).refundedMinor).toBe(3000)
})

test('wrong credentials pause the command and hold those behind it; resuming sends both once', async () => {
  const time = createSimulatedTime()
  const twin = await aTwin(time, 1)
  let password = 'wrong'
  const address = {
    ...twin,
    get password() {
      return password
    },
  }
  const rig = await rigs.start({ ...time, gateway: twinGateway(address) })
  const [order = { orderId: '', captureId: '' }] = twin.refs
  const at = time.clock.now()
  await rig.decide(captured(order, at))

  const first = await rig.settle(returned(order, at))
  const second = await rig.settle(dispatched(order, at))
  password = twin.password
  const commandId = first.commands[0]?.commandId ?? ''
  const resumed: EngineEvent = {
    id: 'resolve:1',
    type: 'command.resumed',
    by: 'lead@shop.example',
    orderId: order.orderId,
    at,
    commandId,
  }
  await rig.decide(resumed)
  await rig.engine.idle()

  expect(first).toMatchObject({ needsPerson: true, commands: [{ state: 'paused' }] })
  expect(second).toMatchObject({
    needsPerson: true,
    commands: [{ state: 'held', why: `paused:${commandId}` }],
  })
  const books = twin.books(order.orderId)
  expect(books.refundedMinor).toBe(3000)
  expect(books.shippingEntryCount).toBe(1)
})

test('a refund that waits for approval is settled for now, and sent when a person agrees', async () => {
  const time = createSimulatedTime()
  const twin = await aTwin(time, 1)
  const rules = [{ on: 'return.received', type: 'refund' as const, mode: 'approval' as const }]
  const rig = await rigs.start({
    ...time,
    gateway: twinGateway(twin),
    ruleBook: aRuleBook(rules.map((rule) => ({ ...rule, params: { basis: 'returned_items' } }))),
  })
  const [order = { orderId: '', captureId: '' }] = twin.refs
  const at = time.clock.now()
  await rig.decide(captured(order, at))

  const settled = await rig.settle(returned(order, at))
  const before = twin.books(order.orderId).refundedMinor
  const [command] = (await rig.order(order.orderId)).commands
  const approved = await rig.decide({
    id: 'approval:1',
    type: 'command.approved',
    orderId: order.orderId,
    at,
    commandId: command?.command.id ?? '',
    by: 'anna',
    hash: command?.approvalHash ?? '',
  })
  await rig.engine.idle()

  expect(settled).toMatchObject({ needsPerson: true, commands: [{ state: 'awaitingApproval' }] })
  expect(before).toBe(0)
  expect(approved.refusal).toBeUndefined()
  expect(twin.books(order.orderId).refundedMinor).toBe(3000)
})
