/** Reconciliation against the twin: what is found, that nothing is changed unasked, and how a range is gone through. */
import type { PostDelivery, ReconciledOrder, Reconciliation } from 'postdelivery'
import { guideOrder, sampleOrderId } from 'postdelivery/testing'
import { describe, expect, test, vi } from 'vitest'
import { DUE_ON, damagedReturn, openScene, type Scene } from './setup.ts'

const HOUR_MS = 3_600_000

async function listed(reconciliation: Reconciliation): Promise<readonly ReconciledOrder[]> {
  const orders: ReconciledOrder[] = []
  for await (const order of reconciliation) orders.push(order)
  return orders
}

/** A tracked order of which 30.00 was refunded by a rule, an hour ago. */
async function openRefunded(scene: Scene): Promise<PostDelivery> {
  const postDelivery = await scene.open()
  await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
  await (await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))).settled
  scene.clock.advance(HOUR_MS)
  return postDelivery
}

/** Further orders with our books open; their ids in order. */
async function trackMore(scene: Scene, postDelivery: PostDelivery): Promise<readonly string[]> {
  const names = ['a', 'b', 'c', 'd']
  scene.twin.addOrders(names.map((name) => guideOrder({ nowMs: scene.clock.nowMs(), name })))
  for (const name of names) await postDelivery.track(sampleOrderId(name), { dueOn: DUE_ON })
  return [...names.map(sampleOrderId), scene.orderId].toSorted()
}

describe('of one order', () => {
  test('agrees with what the engine did itself', async () => {
    await using scene = await openScene()
    const postDelivery = await openRefunded(scene)

    const orders = await listed(postDelivery.reconcile({ orderId: scene.orderId }))

    expect(orders).toEqual([
      {
        orderId: scene.orderId,
        outcome: 'agrees',
        breaks: [],
        reason: null,
        isReported: false,
      },
    ])
  })

  test('finds a refund in the portal and changes nothing unasked', async () => {
    await using scene = await openScene()
    const postDelivery = await openRefunded(scene)
    scene.twin.actInPortal(scene.orderId, { action: 'refund', amountMinor: 500 })
    const before = await postDelivery.timeline(scene.orderId)

    const [order] = await listed(postDelivery.reconcile({ orderId: scene.orderId }))

    expect(order).toMatchObject({
      outcome: 'breaks',
      breaks: [{ code: 'refund_unknown', certainty: 'certain', oursMinor: 0, klarnasMinor: 500 }],
    })
    expect(await postDelivery.timeline(scene.orderId)).toEqual(before)
    expect(await postDelivery.work()).toEqual([])
  })

  test('stops refunds and opens work when it is asked to, once', async () => {
    await using scene = await openScene()
    const postDelivery = await openRefunded(scene)
    scene.twin.actInPortal(scene.orderId, { action: 'refund', amountMinor: 500 })

    const first = await postDelivery
      .reconcile({ orderId: scene.orderId, opensWork: true })
      .summary()
    await postDelivery.idle()
    const work = await postDelivery.work()
    const again = await postDelivery
      .reconcile({ orderId: scene.orderId, opensWork: true })
      .summary()
    await postDelivery.idle()

    expect(first).toMatchObject({ reportedCount: 1, breakCounts: { refund_unknown: 1 } })
    expect(work).toMatchObject([{ kind: 'books_differ', orderId: scene.orderId }])
    expect(again).toMatchObject({ reportedCount: 1 })
    expect(await postDelivery.work()).toEqual(work)
    const confirmed = { by: 'anna', why: 'goodwill in the portal', refundedMinor: 3_500 }
    await (await postDelivery.confirmBooks(scene.orderId, confirmed)).decision
    const [after] = await listed(postDelivery.reconcile({ orderId: scene.orderId }))
    expect(after?.breaks).toEqual([])
  })

  test('says that Klarna lacks a refund only when the read cannot merely be old', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    await (await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))).settled
    const stale = { kind: 'stale', operation: 'getOrder', times: null } as const
    scene.twin.setFaults([stale])

    const [soon] = await listed(postDelivery.reconcile({ orderId: scene.orderId, opensWork: true }))
    scene.clock.advance(HOUR_MS)
    const [later] = await listed(
      postDelivery.reconcile({ orderId: scene.orderId, opensWork: true }),
    )
    await postDelivery.idle()

    expect(soon).toMatchObject({
      breaks: [{ code: 'refund_lacking', certainty: 'unsure' }],
      isReported: false,
    })
    expect(later).toMatchObject({
      breaks: [{ code: 'refund_lacking', certainty: 'certain', oursMinor: 3000, klarnasMinor: 0 }],
      isReported: true,
    })
    expect(await postDelivery.work()).toMatchObject([{ kind: 'books_differ' }])
  })

  test('tells a stuck refund that Klarna has done', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    scene.twin.setFaults([
      { kind: 'error', operation: 'refundOrder', status: 403, code: 'NEW', work: 'done' },
    ])
    await (await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))).settled

    const [order] = await listed(postDelivery.reconcile({ orderId: scene.orderId }))

    expect(order?.breaks).toMatchObject([{ code: 'visible_at_klarna', klarnasMinor: 3000 }])
  })

  test('refuses an order that is not registered, and what it cannot read', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()

    await expect(listed(postDelivery.reconcile({ orderId: 'none' }))).rejects.toMatchObject({
      code: 'unknown_order',
    })
    for (const options of [{ limit: 0 }, { ordersPerSecond: 51 }, { word: 'x' }, { onProgress: 1 }])
      expect(() => postDelivery.reconcile(options as never)).toThrow('what is compared is unclear')
  })
})

describe('of a range', () => {
  test('goes through all orders in pages of their ids and counts what it found', async () => {
    await using scene = await openScene()
    const postDelivery = await openRefunded(scene)
    const ids = await trackMore(scene, postDelivery)
    scene.twin.actInPortal(sampleOrderId('b'), { action: 'refund', amountMinor: 500 })
    const progress: number[] = []
    const range = {
      ordersPerSecond: 50,
      onProgress: ({ orderCount }: { readonly orderCount: number }) =>
        void progress.push(orderCount),
    }

    const orders = await listed(postDelivery.reconcile(range))
    const summary = await postDelivery.reconcile({ ordersPerSecond: 50 }).summary()
    const part = await postDelivery
      .reconcile({
        ordersPerSecond: 50,
        limit: 2,
        ...(ids[0] === undefined ? {} : { after: ids[0] }),
      })
      .summary()
    const words = await listed(postDelivery.reconcile({ word: 'partlyRefunded' }))

    expect(orders.map(({ orderId }) => orderId)).toEqual(ids)
    expect(progress).toEqual([1, 2, 3, 4, 5])
    expect(summary).toEqual({
      orderCount: 5,
      agreeingCount: 4,
      unreadableCount: 0,
      reportedCount: 0,
      breakCounts: { refund_unknown: 1 },
      lastOrderId: ids[4],
    })
    expect(part).toMatchObject({ orderCount: 2, lastOrderId: ids[2] })
    expect(words.map(({ orderId }) => orderId)).toEqual([scene.orderId])
  })

  test('reads no faster than it is told, and goes on after what it cannot read', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await trackMore(scene, postDelivery)
    scene.twin.setFaults([
      { kind: 'error', operation: 'getOrder', status: 500, orderId: sampleOrderId('c') },
    ])
    const startMs = performance.now()

    const summary = await postDelivery.reconcile({ ordersPerSecond: 10 }).summary()

    expect(summary).toMatchObject({ orderCount: 4, agreeingCount: 3, unreadableCount: 1 })
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(295)
  })

  test('waits for a quota that is used up', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    scene.twin.setFaults([{ kind: 'rate_limited', operation: 'getOrder', times: 1 }])

    const summary = await postDelivery.reconcile().summary()

    expect(summary).toMatchObject({ orderCount: 1, agreeingCount: 1 })
  })

  test('that nobody listens to any more reads nothing more, and ends with the engine', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await trackMore(scene, postDelivery)
    scene.twin.clearRequests()

    for await (const _ of postDelivery.reconcile({ ordersPerSecond: 50 })) break
    const readCount = scene.twin.requests.length
    const closing = postDelivery.reconcile({ ordersPerSecond: 50 })
    const iterator = closing[Symbol.asyncIterator]()
    await iterator.next()
    await postDelivery.close()

    expect(readCount).toBe(1)
    await expect(iterator.next()).rejects.toMatchObject({ code: 'closed' })
    await vi.waitFor(() => expect(scene.twin.requests.length).toBe(2))
  })
})
