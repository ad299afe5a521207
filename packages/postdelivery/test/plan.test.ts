/** Planning: what would be done, exactly, and done only as planned. */
import type { PostDelivery } from 'postdelivery'
import { expect, test } from 'vitest'
import { DUE_ON, damagedReturn, openScene, type Scene } from './setup.ts'

async function openTracked(scene: Scene): Promise<PostDelivery<readonly []>> {
  const postDelivery = await scene.open()
  await (await postDelivery.track(scene.orderId, { dueOn: DUE_ON })).settled
  await postDelivery.idle()
  return postDelivery
}

test('says the exact requests, keys, fees and the order afterwards, and writes and sends nothing', async () => {
  await using scene = await openScene()
  const postDelivery = await openTracked(scene)
  const before = await postDelivery.timeline(scene.orderId)

  const extension = await postDelivery.plan(damagedReturn(scene))
  const refund = await postDelivery.plan(
    damagedReturn(scene, { id: 'wms-882', type: 'return.inspected' }),
  )

  expect(extension).toMatchObject({
    feesMinor: 1_000,
    refundMinor: 0,
    requests: [
      {
        method: 'PATCH',
        body: '{"number_of_days":10}',
        path: `/ordermanagement/v1/orders/${scene.orderId}/captures/${scene.captureId}/extend-due-date`,
      },
    ],
  })
  expect(refund).toMatchObject({ feesMinor: 0, refundMinor: 3_000, requests: [{ method: 'POST' }] })
  expect(await postDelivery.timeline(scene.orderId)).toEqual(before)
  expect(scene.twin.requests.every(({ method }) => method === 'GET')).toBe(true)
})

test('sends exactly what was planned, also when the plan went through JSON', async () => {
  await using scene = await openScene()
  const postDelivery = await openTracked(scene)
  const plan = await postDelivery.plan(damagedReturn(scene))

  const receipt = await postDelivery.apply(JSON.parse(JSON.stringify(plan)))
  await receipt.settled

  const sent = scene.twin.requests.filter(({ method }) => method !== 'GET')
  expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
    plan.requests.map((request) => request.idempotencyKey),
  )
  expect(scene.twin.books(scene.orderId).extensionDays).toBe(10)
})

test('does nothing when the order has moved on since', async () => {
  await using scene = await openScene()
  const postDelivery = await openTracked(scene)
  const inspected = damagedReturn(scene, { id: 'wms-882', type: 'return.inspected' })
  const plan = await postDelivery.plan(inspected)
  await (await postDelivery.submit(damagedReturn(scene))).settled

  const decision = await (await postDelivery.apply(plan)).decision
  await postDelivery.idle()

  expect(decision).toMatchObject({ refusal: { code: 'plan_drifted' }, actions: [] })
  expect(scene.twin.books(scene.orderId).refundedMinor).toBe(0)
  await expect(postDelivery.plan(inspected)).rejects.toMatchObject({
    code: 'plan_refused',
    facts: { refusal: { code: 'event_decided' } },
  })
  const again = await postDelivery.plan({ ...inspected, id: 'wms-883' })
  await (await postDelivery.apply(again)).settled
  expect(scene.twin.books(scene.orderId).refundedMinor).toBe(3_000)
})

test('does nothing when Klarna offers something else since', async () => {
  await using scene = await openScene()
  const postDelivery = await openTracked(scene)
  const plan = await postDelivery.plan(damagedReturn(scene))
  scene.twin.offerExtensions(scene.orderId, [{ number_of_days: 10, amount: 900 }])

  const decision = await (await postDelivery.apply(plan)).decision
  await postDelivery.idle()

  expect(decision.refusal?.code).toBe('plan_drifted')
  expect(scene.twin.books(scene.orderId).extensionDays).toBe(0)
})

test('refuses what cannot be planned: an unknown order, a broken event, a source that is down, a foreign hash', async () => {
  await using scene = await openScene()
  const postDelivery = await openTracked(scene)
  const plan = await postDelivery.plan(damagedReturn(scene))

  await expect(
    postDelivery.plan({ ...damagedReturn(scene), orderId: 'none' }),
  ).rejects.toMatchObject({ code: 'plan_refused', facts: { refusal: { code: 'unknown_order' } } })
  await expect(
    postDelivery.plan({ ...damagedReturn(scene), captureId: 'none' }),
  ).rejects.toMatchObject({ facts: { refusal: { code: 'unknown_capture' } } })
  await expect(postDelivery.plan({ type: 'return.received' } as never)).rejects.toMatchObject({
    code: 'event_invalid',
  })
  scene.twin.setFaults([{ kind: 'bare_403', times: null }])
  await expect(postDelivery.plan(damagedReturn(scene, { id: 'x' }))).rejects.toMatchObject({
    code: 'source_down',
    retry: true,
  })
  await expect(postDelivery.apply({ ...plan, hash: 'x' })).rejects.toMatchObject({
    code: 'input_invalid',
  })
})

test('does not pass off an event as planned that was reported before without the plan', async () => {
  await using scene = await openScene()
  const postDelivery = await openTracked(scene)
  const plan = await postDelivery.plan(damagedReturn(scene))
  await (await postDelivery.apply(plan)).settled

  const again = await postDelivery.apply(plan)
  const other = await postDelivery.plan(damagedReturn(scene, { id: 'x', type: 'return.inspected' }))
  await postDelivery.submit(damagedReturn(scene, { id: 'x', type: 'return.inspected' }))

  expect(again.accepted).toBe('repeated')
  await expect(postDelivery.apply(other)).rejects.toMatchObject({ code: 'event_reported' })
})
