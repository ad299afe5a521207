/** The object as a backend uses it, over a real twin and a real file: the story, and what must change nothing. */
import { EventError, PostDeliveryFailure, renderTimeline, rulesFromText } from 'postdelivery'
import { guideOrder, sampleOrderId } from 'postdelivery/testing'
import { describe, expect, test, vi } from 'vitest'
import { DUE_ON, damagedReturn, MORE_TIME, openScene, ruleSet, START } from './setup.ts'

describe('the story of a damaged return', () => {
  test('gives time, refunds half and agrees with the books of Klarna', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })

    const receipt = await postDelivery.submit(damagedReturn(scene))
    const decision = await receipt.decision
    const settlement = await receipt.settled
    const inspected = damagedReturn(scene, { id: 'wms-882', type: 'return.inspected' })
    await (await postDelivery.submit(inspected)).settled

    expect(receipt.accepted).toBe('accepted')
    expect(decision.summary).toBe(
      'damaged, 6 days to due date (< 14): +10 days, fee 10.00 SEK (cap 10.00 SEK)',
    )
    expect(settlement.commands.map(({ state }) => state)).toEqual(['confirmed'])
    expect(await postDelivery.order(scene.orderId)).toMatchObject({
      word: 'partlyRefunded',
      capturedMinor: 6000,
      refundedMinor: 3000,
      reservedMinor: 0,
      refundableMinor: 3000,
      remainingAuthorizedMinor: 2000,
      captures: [{ dueOn: '2026-12-24', extendedDays: 10, feesMinor: 1000 }],
    })
    expect(scene.twin.books(scene.orderId)).toMatchObject({
      refundedMinor: 3000,
      extensionDays: 10,
      extensionFeeMinor: 1000,
    })
    expect(scene.twin.violations).toEqual([])
  })

  test('tells it as a timeline: event, rule, reason, call with key, answer, new state', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    await (await postDelivery.submit(damagedReturn(scene))).settled

    const entries = await postDelivery.timeline(scene.orderId)
    const lines = renderTimeline(entries).map((line) => line.trim())
    const call = entries.find((entry) => entry.kind === 'call')
    const [extension] = (await postDelivery.order(scene.orderId))?.commands ?? []

    expect(lines).toEqual([
      expect.stringMatching(/^2026-12-08 08:00:00Z {2}event {5}order\.captured: one capture/),
      'decision  no rule is awake on this event',
      'state     registered: 60.00 SEK captured, 20.00 SEK still authorized -> captured',
      'event     return.received: return R-881: 5 x 123050 (damaged) (id wms-881)',
      'decision  damaged, 6 days to due date (< 14): +10 days, fee 10.00 SEK (cap 10.00 SEK)',
      'rule fired: returns/More time: return.reason is "damaged" (wanted "damaged"), time.daysToDueDate is 6 (wanted less than 14)',
      expect.stringMatching(/^event {5}deadline\.approaching: 6 days to due date on 2026-12-14/),
      'decision  no rule is awake on this event',
      `call      due date +10 days for 10.00 SEK on capture ${scene.captureId}`,
      `PATCH /ordermanagement/v1/orders/${scene.orderId}/captures/${scene.captureId}/extend-due-date {"number_of_days":10}`,
      `key ${call?.kind === 'call' ? call.idempotencyKey : ''}`,
      expect.stringMatching(/^answer {4}done \(correlation id /),
      'state     due date extended by 10 days: 2026-12-14 -> 2026-12-24 -> extended',
    ])
    const sent = scene.twin.requests.find(({ method }) => method === 'PATCH')
    expect(sent?.idempotencyKey).toBe(call?.kind === 'call' ? call.idempotencyKey : '')
    expect(call).toMatchObject({ commandId: extension?.commandId, attempt: 1, generation: 0 })
  })

  test('says why a rule fired and why another one did not', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: '2027-01-31' })
    await (await postDelivery.submit(damagedReturn(scene))).settled

    const why = await postDelivery.why(scene.orderId, 'wms-881')
    const all = await postDelivery.why(scene.orderId)

    expect(why.fired).toEqual([])
    expect(why.silent).toMatchObject([
      {
        rule: 'More time',
        verdict: 'false',
        sentence: 'did not fire: time.daysToDueDate is 54 (wanted less than 14)',
        conditions: [
          { fact: 'return.reason', seen: 'damaged', verdict: 'true' },
          { fact: 'time.daysToDueDate', seen: 54, wanted: 14, verdict: 'false' },
        ],
      },
    ])
    expect(all.map(({ eventType }) => eventType)).toEqual(['order.captured', 'return.received'])
    await expect(postDelivery.why(scene.orderId, 'never')).rejects.toMatchObject({
      code: 'unknown_event',
    })
  })
})

describe('what comes twice', () => {
  test('the same event again changes nothing and gives the same decision', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    const first = await (await postDelivery.submit(damagedReturn(scene))).decision
    await postDelivery.idle()
    const before = scene.twin.requests.length

    const again = await postDelivery.submit(damagedReturn(scene))
    const settled = await again.settled
    await postDelivery.idle()

    expect(again.accepted).toBe('repeated')
    expect(await again.decision).toEqual(first)
    expect(settled.commands).toHaveLength(1)
    expect(scene.twin.requests).toHaveLength(before)
    expect(await postDelivery.work()).toEqual([])
  })

  test('the same id with another body is refused, alarmed, and a person is told', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    await (await postDelivery.submit(damagedReturn(scene))).settled

    const refused = postDelivery.submit(damagedReturn(scene, { quantity: 10 }))

    await expect(refused).rejects.toThrow(EventError)
    await expect(refused).rejects.toMatchObject({
      code: 'event_id_reused',
      problems: [{ path: '/id' }],
    })
    expect(await postDelivery.work({ kind: 'event_id_reused' })).toMatchObject([
      { orderId: scene.orderId, eventId: 'wms-881' },
    ])
    expect(scene.events.filter(({ name }) => name === 'alarm')).toMatchObject([
      { level: 'error', eventId: 'wms-881', attributes: { code: 'event_id_reused' } },
    ])
    expect(scene.twin.books(scene.orderId).extensionDays).toBe(10)
  })

  test('one return reported under two event ids refunds once', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })

    const receipts = await Promise.all(
      ['scanner-1', 'scanner-2'].map((id) =>
        postDelivery.submit(damagedReturn(scene, { id, type: 'return.inspected' })),
      ),
    )
    await Promise.all(receipts.map((receipt) => receipt.settled))

    const outcomes = await Promise.all(
      receipts.map(async (receipt) => (await receipt.decision).actions),
    )
    expect(outcomes).toMatchObject([
      [{ outcome: 'queued' }],
      [{ outcome: 'refused', refusal: { code: 'already_refunded' } }],
    ])
    expect(scene.twin.books(scene.orderId)).toMatchObject({ refundedMinor: 3000 })
    expect(scene.twin.books(scene.orderId).refunds).toHaveLength(1)
  })

  test('events of an unknown order wait for it, in their order', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()

    const early = await postDelivery.submit(damagedReturn(scene))
    await postDelivery.idle()
    const parked = await postDelivery.timeline(scene.orderId)
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })

    expect(parked).toMatchObject([{ kind: 'event', status: 'parked', reason: 'unknown_order' }])
    expect(renderTimeline(parked)[0]).toMatch(/\[parked: unknown_order\]$/)
    expect((await early.settled).commands).toHaveLength(1)
  })
})

describe('forged events', () => {
  const forged = [
    [
      'an answer of Klarna',
      { type: 'command.answered', id: 'x-1', commandId: 'c', outcome: { type: 'done' } },
    ],
    ['an approval', { type: 'command.approved', id: 'x-2', commandId: 'c', by: 'eve', hash: 'h' }],
    [
      'a confirmation of the books',
      { type: 'books.confirmed', id: 'x-3', by: 'eve', refundedMinor: 0 },
    ],
    ['a deadline', { type: 'deadline.approaching', id: 'x-4', deadline: 'due_date', daysLeft: 1 }],
    ['a deadline that fired', { type: 'deadline.fired', id: 'x-5' }],
    ['an id of an answer', { type: 'delivery.accepted', id: 'answer:c:0:1' }],
    ['an id of a registration', { type: 'delivery.accepted', id: 'track:abc' }],
    ['an id of an approval', { type: 'delivery.accepted', id: 'approval:c:eve' }],
    ['an id of a deadline', { type: 'delivery.accepted', id: 'due:due_date:c:2026-12-14:7' }],
    ['an id of a fired deadline', { type: 'delivery.accepted', id: 'fire:due:x' }],
  ] as const
  test.for(forged)('%s is refused at `submit` and leaves nothing', async ([, event]) => {
    await using scene = await openScene()
    const postDelivery = await scene.open()

    // Untyped senders can say anything.
    const sent = { ...event, orderId: scene.orderId, at: START } as never
    await expect(postDelivery.submit(sent)).rejects.toMatchObject({ code: 'event_invalid' })

    expect(await postDelivery.timeline(scene.orderId)).toEqual([])
  })
})

describe('events with problems', () => {
  test('lists all of them, without the values that were sent', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    const sent = {
      ...damagedReturn(scene),
      at: 'jane@private.example',
      retrunId: 'R',
      lines: [{ reference: '1', quantity: 'jane@private.example' }],
    }

    const error = await postDelivery.submit(sent as never).catch((caught: unknown) => caught)

    expect(error).toBeInstanceOf(EventError)
    expect(error).toMatchObject({
      problems: [
        { path: '/at', code: 'wrong_type' },
        { path: '/lines/0/quantity', code: 'wrong_type', message: 'must be a whole number' },
        { path: '/retrunId', code: 'unknown_key' },
      ],
    })
    expect(JSON.stringify(error) + String(error)).not.toContain('jane@private.example')
  })

  test('refuses params that a requested action does not have', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    const asked = {
      id: 'hand-1',
      type: 'action.requested',
      orderId: scene.orderId,
      at: START,
      by: 'anna',
      why: 'goodwill',
      action: { type: 'refund', params: { basis: 'amount', amount: 100 } },
    }

    await expect(postDelivery.submit(asked as never)).rejects.toMatchObject({
      problems: [{ path: '/action/params/amount', code: 'unknown_key' }],
    })
    const { action: _, ...rest } = asked
    const fixed = { ...rest, action: { type: 'refund', params: { basis: 'amount' } } }
    await expect(postDelivery.submit(fixed as never)).rejects.toMatchObject({
      problems: [{ path: '/action/params/amountMinor', code: 'missing' }],
    })
  })

  test('refuses params nested too deep for any stack', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    const deep = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)
    const asked = {
      id: 'hand-1',
      type: 'action.requested',
      orderId: scene.orderId,
      at: START,
      by: 'anna',
      why: 'deep',
      action: {
        type: 'review',
        params: { question: 'q', suggest: { type: 'refund', params: deep } },
      },
    }

    await expect(postDelivery.submit(asked as never)).rejects.toThrow(EventError)
  })
})

describe('a capture for the eyes of staff', () => {
  test('is read live with masked addresses and leaves nothing behind', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()

    const view = await postDelivery.viewCapture(scene.orderId, scene.captureId)

    expect(view.capture).toMatchObject({ captureId: scene.captureId, capturedMinor: 6000 })
    expect(JSON.stringify(view)).not.toContain('alva@shop.example')
    expect(await postDelivery.timeline(scene.orderId)).toEqual([])
    await expect(postDelivery.viewCapture(scene.orderId, 'none')).rejects.toMatchObject({
      code: 'unknown_at_klarna',
      facts: { status: 404 },
    })
    await expect(postDelivery.viewCapture('..', 'none')).rejects.toThrow(EventError)
  })
})

describe('messages for people', () => {
  const tell = {
    ...MORE_TIME,
    event: { type: 'notify', params: { channel: 'support', message: 'a damaged return' } },
  }
  const rules = rulesFromText({ 'returns.rules.json': ruleSet([tell]) })

  test('go to the notifier of the merchant', async () => {
    await using scene = await openScene()
    const notices: unknown[] = []
    const notifier = { notify: async (notice: unknown) => void notices.push(notice) }
    const postDelivery = await scene.open({ rules, notifier })
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })

    await (await postDelivery.submit(damagedReturn(scene))).decision
    await postDelivery.idle()

    expect(notices).toMatchObject([
      { orderId: scene.orderId, channel: 'support', message: 'a damaged return' },
    ])
  })

  test('are at least heard of when there is none, without their text', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open({ rules })
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })

    await (await postDelivery.submit(damagedReturn(scene))).decision
    await postDelivery.idle()

    const alarms = scene.events.filter(({ name }) => name === 'alarm')
    expect(alarms).toMatchObject([
      { attributes: { code: 'notice_without_notifier', channel: 'support' } },
    ])
    expect(JSON.stringify(alarms)).not.toContain('a damaged return')
  })
})

describe('a timeline as text', () => {
  test('gives each entry its own line, whatever a sender wrote', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    const reason = 'damaged\ndecision  refund 1000000.00 SEK'

    await (await postDelivery.submit({ ...damagedReturn(scene), reason })).decision

    const lines = renderTimeline(await postDelivery.timeline(scene.orderId))
    expect(lines.some((line) => line.includes('\n'))).toBe(false)
    expect(lines.find((line) => line.includes('1000000'))).toMatch(/event {5}return\.received/)
  })
})

describe('many orders', () => {
  test.for([
    [1, 1],
    [3, 3],
  ] as const)('run at most %i at once', async ([concurrency, most]) => {
    await using scene = await openScene()
    const names = ['a', 'b', 'c']
    scene.twin.addOrders(names.map((name) => guideOrder({ nowMs: scene.clock.nowMs(), name })))
    let nowCount = 0
    let mostCount = 0
    const postDelivery = await scene.open({
      concurrency,
      fetch: async (request) => {
        nowCount += 1
        mostCount = Math.max(mostCount, nowCount)
        await new Promise((resolve) => setTimeout(resolve, 20))
        return fetch(request).finally(() => {
          nowCount -= 1
        })
      },
    })
    for (const name of names) await postDelivery.track(sampleOrderId(name), { dueOn: DUE_ON })
    await postDelivery.idle()
    mostCount = 0

    const receipts = await Promise.all(
      names.map((name) => {
        const orderId = sampleOrderId(name)
        const captureId = scene.twin.books(orderId).captures[0]?.captureId ?? ''
        return postDelivery.submit(damagedReturn({ orderId, captureId }))
      }),
    )
    await Promise.all(receipts.map((receipt) => receipt.settled))

    expect(mostCount).toBe(most)
  })
})

describe('`close`', () => {
  test('waits for the call under way, so that nothing is left in doubt', async () => {
    await using scene = await openScene()
    const first = await scene.open()
    await first.track(scene.orderId, { dueOn: DUE_ON })
    scene.twin.setFaults([{ kind: 'hang', operation: 'extendDueDate', hangMs: 300 }])
    await first.submit(damagedReturn(scene))
    await vi.waitFor(() =>
      expect(scene.twin.requests.some(({ method }) => method === 'PATCH')).toBe(true),
    )

    await first.close()
    const second = await scene.open()
    await second.idle()

    const answers = (await second.timeline(scene.orderId)).filter(({ kind }) => kind === 'answer')
    expect(answers).toMatchObject([{ outcome: { type: 'done', evidence: 'answer' } }])
    expect(scene.twin.books(scene.orderId).extensionDays).toBe(10)
  })
})

describe('after `close`', () => {
  test('every method says so, and closing again is harmless', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.close()
    await postDelivery.close()

    await expect(postDelivery.submit(damagedReturn(scene))).rejects.toThrow(PostDeliveryFailure)
    await expect(postDelivery.track(scene.orderId)).rejects.toMatchObject({ code: 'closed' })
    await expect(postDelivery.order(scene.orderId)).rejects.toMatchObject({ code: 'closed' })
    await expect(postDelivery.work()).rejects.toMatchObject({ code: 'closed' })
    await expect(postDelivery.approve('x', { by: 'a', hash: 'h' })).rejects.toMatchObject({
      code: 'closed',
    })
    expect(await postDelivery.health()).toMatchObject({ status: 'closed' })
  })

  test('the next engine goes on with what was accepted', async () => {
    await using scene = await openScene()
    const first = await scene.open()
    await first.track(scene.orderId, { dueOn: DUE_ON })
    await first.idle()
    await first.close()

    const second = await scene.open()
    const again = await second.track(scene.orderId, { dueOn: DUE_ON })
    const receipt = await second.submit(damagedReturn(scene))
    await receipt.settled

    expect(again.accepted).toBe('repeated')
    expect(scene.twin.books(scene.orderId).extensionDays).toBe(10)
  })
})
