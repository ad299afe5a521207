/** The list of work: what waits for too long and what runs out, told at the moment of looking, and gone with its cause. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  defineFact,
  type PostDelivery,
  renderTimeline,
  rulesFromText,
  type Work,
} from 'postdelivery'
import { guideOrder, sampleOrderId } from 'postdelivery/testing'
import { describe, expect, test } from 'vitest'
import {
  approval,
  DUE_ON,
  damagedReturn,
  openScene,
  PAY_BACK,
  ruleSet,
  type Scene,
} from './setup.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const kindsOf = (work: readonly Work[]) => work.map(({ kind }) => kind)

/** An engine whose refunds above 10.00 SEK wait for one person, with one that waits. */
async function openWaiting(scene: Scene): Promise<PostDelivery> {
  const postDelivery = await scene.open({
    approval: { ...approval, refundAboveMinor: { SEK: 1_000 } },
  })
  await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
  await (await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))).decision
  return postDelivery
}

describe('work', () => {
  test('tells of events whose order is unknown, until it is registered', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))
    await postDelivery.submit(damagedReturn(scene, { id: 'wms-882' }))
    await postDelivery.idle()
    const atOnce = await postDelivery.work()
    scene.clock.advance(15 * MINUTE_MS)
    const later = await postDelivery.work()
    const { workCounts } = await postDelivery.health()

    await expect(
      postDelivery.dismiss(later[0]?.id ?? '', { by: 'anna', why: 'w' }),
    ).rejects.toMatchObject({ code: 'unknown_work' })
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    await postDelivery.idle()

    expect(atOnce).toEqual([])
    expect(later).toMatchObject([{ kind: 'event_parked', orderId: scene.orderId }])
    expect(later[0]?.what).toContain('2 events')
    expect(workCounts).toEqual({ event_parked: 1 })
    expect(await postDelivery.work()).toEqual([])
    expect(scene.twin.books(scene.orderId).refundedMinor).toBe(3000)
  })

  test('tells of an event whose source is down for long, until it is back', async () => {
    await using scene = await openScene()
    let isDown = true
    const fact = defineFact({
      name: 'shop.openReturns',
      type: 'integer',
      unit: 'count',
      sentence: 'returns that the warehouse has not looked at',
      load: async () => {
        if (isDown) throw new Error('no connection')
        return 0
      },
    })
    const rule = {
      ...PAY_BACK,
      conditions: { all: [{ fact: 'shop.openReturns', operator: 'equal', value: 0 }] },
    }
    const rules = rulesFromText({ 'returns.rules.json': ruleSet([rule]) })
    const postDelivery = await scene.open({ rules, facts: [fact] as never })
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))
    await postDelivery.idle()
    const counts: number[] = []
    for (const waitMs of [8_000, 45_000, 450_000]) {
      counts.push((await postDelivery.work()).length)
      scene.clock.advance(waitMs)
      await postDelivery.idle()
    }
    const work = await postDelivery.work({ orderId: scene.orderId })
    const all = await postDelivery.work({ kind: 'event_waiting' })

    isDown = false
    scene.clock.advance(HOUR_MS)
    await postDelivery.idle()

    expect(counts).toEqual([0, 0, 0])
    expect(work).toMatchObject([{ kind: 'event_waiting', orderId: scene.orderId }])
    expect(work[0]?.what).toContain('shop.openReturns')
    expect(all).toEqual(work)
    expect(await postDelivery.work()).toEqual([])
  })

  test('tells of an approval that expires soon, by whose id it can be given', async () => {
    await using scene = await openScene()
    const postDelivery = await openWaiting(scene)
    scene.clock.advance(20 * HOUR_MS - 1)
    const before = kindsOf(await postDelivery.work())
    scene.clock.advance(1)
    const work = await postDelivery.work()
    const expiring = work.find(({ kind }) => kind === 'approval_expiring')
    const [command] = (await postDelivery.order(scene.orderId))?.commands ?? []

    const agreed = { by: 'anna', hash: command?.approvalHash ?? '', why: 'seen the pictures' }
    await (await postDelivery.approve(expiring?.id ?? '', agreed)).settled

    expect(before).toEqual(['awaiting_approval'])
    expect(kindsOf(work).toSorted()).toEqual(['approval_expiring', 'awaiting_approval'])
    expect(expiring).toMatchObject({
      until: '2026-12-09T08:00:00.000Z',
      openedAt: '2026-12-09T04:00:00.000Z',
      details: { approvalHash: command?.approvalHash },
    })
    expect(scene.twin.books(scene.orderId).refundedMinor).toBe(3000)
    expect(await postDelivery.work()).toEqual([])
    const text = renderTimeline(await postDelivery.timeline(scene.orderId)).join('\n')
    expect(text).toContain('approved by anna: seen the pictures')
  })

  test('tells of a doubt that a stop keeps from being repeated until its key is too old', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    scene.twin.setFaults([{ kind: 'error', operation: 'refundOrder', status: 500 }])
    await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))
    await postDelivery.idle()
    await postDelivery.stop('action:refund', { by: 'anna', why: 'strange' })
    scene.clock.advance(16 * HOUR_MS)
    const work = await postDelivery.work()

    await postDelivery.unstop('action:refund', { by: 'anna' })
    const unheld = await postDelivery.work()

    expect(kindsOf(work)).toEqual(['repeat_expiring'])
    expect(work[0]).toMatchObject({ until: '2026-12-09T04:00:00.000Z' })
    expect(unheld).toEqual([])
  })

  test('that a person dismissed stands in the timeline with who and why', async () => {
    await using scene = await openScene()
    const ask = { ...PAY_BACK, event: { type: 'review', params: { question: 'Is it broken?' } } }
    const rules = rulesFromText({ 'returns.rules.json': ruleSet([ask]) })
    const postDelivery = await scene.open({ rules })
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    await (await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))).decision
    const [work] = await postDelivery.work()
    scene.clock.advance(MINUTE_MS)

    await postDelivery.dismiss(work?.id ?? '', { by: 'anna', why: 'it is not' })

    const entries = await postDelivery.timeline(scene.orderId)
    expect(entries.filter(({ kind }) => kind === 'work')).toEqual([
      {
        kind: 'work',
        at: '2026-12-08T08:00:00.000Z',
        workId: work?.id,
        workKind: 'review',
        what: 'a rule asks a person: Is it broken?',
        closed: null,
      },
      {
        kind: 'work',
        at: '2026-12-08T08:01:00.000Z',
        workId: work?.id,
        workKind: 'review',
        what: 'a rule asks a person: Is it broken?',
        closed: { by: 'anna', why: 'it is not' },
      },
    ])
    expect(renderTimeline(entries).at(-1)).toBe(
      '2026-12-08 08:01:00Z  work      review closed by anna: it is not',
    )
  })
})

test('an order that cannot be read hides no other one, from the list or from a comparison', async () => {
  await using scene = await openScene()
  const pd = await scene.open({ approval: { ...approval, refundAboveMinor: { SEK: 1_000 } } })
  await pd.track(scene.orderId, { dueOn: DUE_ON })
  await (await pd.submit(damagedReturn(scene, { type: 'return.inspected' }))).decision
  scene.twin.addOrders([guideOrder({ nowMs: scene.clock.nowMs(), name: 'sound' })])
  await pd.track(sampleOrderId('sound'), { dueOn: DUE_ON })
  const database = new DatabaseSync(join(scene.folder, 'orders.db'))
  database.prepare("UPDATE orders SET snapshot = '{broken' WHERE order_id = ?").run(scene.orderId)
  database.close()
  scene.clock.advance(21 * 3_600_000)

  expect((await pd.work()).map((work) => work.orderId)).toContain(scene.orderId)
  expect((await pd.health()).status).toBe('running')
  const compared = []
  for await (const one of pd.reconcile({ ordersPerSecond: 50 })) compared.push(one)
  expect(compared.map(({ orderId, outcome, reason }) => [orderId, outcome, reason])).toEqual(
    [
      [scene.orderId, 'unreadable', 'snapshot_unreadable'],
      [sampleOrderId('sound'), 'agrees', null],
    ].toSorted(),
  )
})
