/** Registering orders from what Klarna says: mapped, named after the content, and harmless when repeated. */
import type { OrderSeed } from 'postdelivery/testing'
import { guideOrder, sampleOrderId, sampleOrders } from 'postdelivery/testing'
import { describe, expect, test } from 'vitest'
import { DUE_ON, openScene, START, ticking } from './setup.ts'

test('registers what Klarna says, with the dates of the merchant', async () => {
  await using scene = await openScene()
  const postDelivery = await scene.open()

  const receipt = await postDelivery.track(scene.orderId, {
    dueOn: { [scene.captureId]: DUE_ON },
    returnWindowEndsOn: '2026-12-30',
    customer: { tier: 'gold' },
  })
  await receipt.decision

  expect(receipt).toMatchObject({ accepted: 'accepted' })
  expect(receipt.eventId).toMatch(/^track:[0-9a-f]{64}$/)
  expect(await postDelivery.order(scene.orderId)).toMatchObject({
    word: 'captured',
    currency: 'SEK',
    payLater: true,
    klarnaStatus: 'PART_CAPTURED',
    capturedMinor: 6000,
    remainingAuthorizedMinor: 2000,
    captures: [{ captureId: scene.captureId, dueOn: DUE_ON, returnWindowEndsOn: '2026-12-30' }],
  })
  const [registered] = await postDelivery.timeline(scene.orderId)
  expect(JSON.stringify(registered)).not.toContain('alva@shop.example')
})

test('the same order again is the same event, however late and however often at once', async () => {
  await using scene = await openScene()
  const clock = ticking(scene.clock)
  const postDelivery = await scene.open({ clock, fetch: answerTogether(3) })
  const all = await Promise.all(
    [1, 2, 3].map(() => postDelivery.track(scene.orderId, { dueOn: DUE_ON })),
  )
  scene.clock.advance(3_600_000)

  const later = await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
  await later.decision

  expect(all.map(({ accepted }) => accepted)).toEqual(['accepted', 'repeated', 'repeated'])
  expect(later).toMatchObject({ accepted: 'repeated', eventId: all[0]?.eventId })
  expect(await postDelivery.work()).toEqual([])
})

/** Holds answers back until so many are there, so that calls that may overlap do; or for a moment. */
function answerTogether(count: number): (request: Request) => Promise<Response> {
  let held: (() => void)[] = []
  const releaseAll = () => {
    for (const release of held) release()
    held = []
  }
  return async (request) => {
    const answer = await fetch(request)
    const text = await answer.text()
    await new Promise<void>((resolve) => {
      held.push(resolve)
      if (held.length === count) releaseAll()
      else setTimeout(releaseAll, 50)
    })
    return new Response(text, answer)
  }
}

test('a due date that is moved and moved back counts each time', async () => {
  await using scene = await openScene()
  const postDelivery = await scene.open()
  const dueOns: (string | null | undefined)[] = []
  for (const dueOn of ['2026-12-14', '2026-12-20', '2026-12-14', '2026-12-14']) {
    scene.clock.advance(60_000)
    await (await postDelivery.track(scene.orderId, { dueOn })).decision
    dueOns.push((await postDelivery.order(scene.orderId))?.captures[0]?.dueOn)
  }

  expect(dueOns).toEqual(['2026-12-14', '2026-12-20', '2026-12-14', '2026-12-14'])
  const events = (await postDelivery.timeline(scene.orderId)).filter(
    (entry) => entry.kind === 'event' && entry.type === 'order.captured',
  )
  expect(events).toHaveLength(3)
})

test('says nothing about what was left out: the known due date stays', async () => {
  await using scene = await openScene()
  const postDelivery = await scene.open()
  await postDelivery.track(scene.orderId, { dueOn: DUE_ON })

  await (await postDelivery.track(scene.orderId)).decision

  expect((await postDelivery.order(scene.orderId))?.captures[0]?.dueOn).toBe(DUE_ON)
})

test('takes over several captures and what was refunded before', async () => {
  await using scene = await openScene()
  const seeds = sampleOrders(scene.clock.nowMs()).filter(
    ({ order_id }) => order_id !== scene.orderId,
  )
  scene.twin.addOrders(seeds)
  const postDelivery = await scene.open()
  const orderId = sampleOrderId('several-captures')
  const refunded = sampleOrderId('refunded')

  await (await postDelivery.track(orderId)).decision
  await (await postDelivery.track(refunded)).decision

  expect((await postDelivery.order(orderId))?.captures.map((each) => each.capturedMinor)).toEqual([
    5000, 4000, 3000,
  ])
  expect(await postDelivery.order(refunded)).toMatchObject({
    word: 'refunded',
    refundedMinor: 4500,
  })
  expect((await postDelivery.timeline(refunded)).at(-1)).toMatchObject({
    kind: 'state',
    word: 'refunded',
  })
})

describe('refuses', () => {
  test('an order of which nothing is captured', async () => {
    await using scene = await openScene()
    const seed: OrderSeed = {
      ...guideOrder({ nowMs: scene.clock.nowMs(), name: 'nothing' }),
      captures: [],
    }
    scene.twin.addOrders([seed])
    const postDelivery = await scene.open()

    await expect(postDelivery.track(sampleOrderId('nothing'))).rejects.toMatchObject({
      code: 'nothing_captured',
    })
  })

  test('an order that Klarna does not know, and says how Klarna answered', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    const orderId = '00000000-0000-4000-8000-000000000000'

    const error = await postDelivery.track(orderId).catch((caught: unknown) => caught)

    expect(error).toMatchObject({
      code: 'unknown_at_klarna',
      retry: false,
      facts: { status: 404, errorCode: expect.any(String), correlationId: expect.any(String) },
    })
  })

  test('when Klarna fails, and says that it may work later', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    scene.twin.setFaults([{ kind: 'server_error', status: 503, code: 'DOWN' }])

    await expect(postDelivery.track(scene.orderId)).rejects.toMatchObject({
      code: 'klarna_unreadable',
      retry: true,
      facts: { status: 503, errorCode: 'DOWN' },
    })
  })

  test('when Klarna cannot be reached', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await scene.twin.close()

    await expect(postDelivery.track(scene.orderId)).rejects.toMatchObject({
      code: 'klarna_unreadable',
      message: expect.stringContaining('not connected'),
    })
  })

  test.for(['..', '.', '', 'x'.repeat(300)])(
    'the id `%s`, before anything is asked',
    async (orderId) => {
      await using scene = await openScene()
      const postDelivery = await scene.open()

      await expect(postDelivery.track(orderId)).rejects.toMatchObject({
        code: 'event_invalid',
        problems: [{ path: '/orderId' }],
      })
      expect(scene.twin.requests).toEqual([])
    },
  )

  test('dates that do not exist and captures that the order does not have', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()

    await expect(postDelivery.track(scene.orderId, { dueOn: '2026-02-30' })).rejects.toMatchObject({
      code: 'input_invalid',
      facts: { problems: [{ path: '/captures/0/dueOn' }] },
    })
    await expect(
      postDelivery.track(scene.orderId, {
        dueOn: { none: DUE_ON },
        returnWindowEndsOn: { other: DUE_ON },
      }),
    ).rejects.toMatchObject({
      facts: { problems: [{ path: '/dueOn/none' }, { path: '/returnWindowEndsOn/other' }] },
    })
    expect(await postDelivery.timeline(scene.orderId)).toEqual([])
  })

  test('a capture of which Klarna does not say when it was made', async () => {
    await using scene = await openScene()
    const withoutDate = async (request: Request): Promise<Response> => {
      const answer = await fetch(request)
      const text = (await answer.text()).replaceAll('"captured_at"', '"x_captured_at"')
      return new Response(text, answer)
    }
    const postDelivery = await scene.open({ fetch: withoutDate })

    await expect(postDelivery.track(scene.orderId)).rejects.toMatchObject({
      code: 'order_unusable',
    })
  })
})

test('a registration that was refused can be made again', async () => {
  await using scene = await openScene()
  const postDelivery = await scene.open()
  await (await postDelivery.track(scene.orderId, { dueOn: DUE_ON })).decision
  scene.clock.advance(-3_600_000)
  const stale = await (await postDelivery.track(scene.orderId, { dueOn: '2026-12-20' })).decision

  scene.clock.set(START)
  scene.clock.advance(3_600_000)
  const fresh = await postDelivery.track(scene.orderId, { dueOn: '2026-12-20' })
  const decision = await fresh.decision

  expect(stale.refusal?.code).toBe('stale_event')
  expect(fresh.accepted).toBe('accepted')
  expect(decision.refusal).toBeUndefined()
  expect((await postDelivery.order(scene.orderId))?.captures[0]?.dueOn).toBe('2026-12-20')
})
