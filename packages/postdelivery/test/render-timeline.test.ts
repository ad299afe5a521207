/** Every event, outcome and change has its words. */
import type { EngineEvent, Outcome } from '@postdelivery/core'
import { type PostDelivery, renderTimeline, rulesFromText, type TimelineEntry } from 'postdelivery'
import { describe, expect, test } from 'vitest'
import { DUE_ON, openScene, ruleSet, START } from './setup.ts'

const at = START

describe('an event', () => {
  const head = { id: 'e-1', orderId: 'o-1', at }
  const aboutCommand = { ...head, commandId: 'c-1' }
  const lines = [
    { reference: 'A', quantity: 1 },
    { reference: 'B', quantity: 2 },
  ]
  const cases: readonly (readonly [string, object])[] = [
    ['2 captures', { ...head, type: 'order.captured', captures: [{}, {}] }],
    ['return R: 1 x A, 2 x B', { ...head, type: 'return.registered', returnId: 'R', lines }],
    ['one parcel', { ...head, type: 'shipment.dispatched', shippingInfo: [{}] }],
    ['2 parcels', { ...head, type: 'shipment.dispatched', shippingInfo: [{}, {}] }],
    [`delivered ${at}`, { ...head, type: 'shipment.delivered', deliveredAt: at }],
    ['invoice missing', { ...head, type: 'customer.reported', problem: 'invoice_missing' }],
    ['all is well', { ...head, type: 'delivery.accepted' }],
    [
      '3 days to due date on 2026-12-11',
      {
        ...head,
        type: 'deadline.approaching',
        deadline: 'due_date',
        on: '2026-12-11',
        daysLeft: 3,
      },
    ],
    ['a deadline came near', { ...head, type: 'deadline.fired' }],
    [
      'sendOut asked for by anna: no invoice',
      {
        ...head,
        type: 'action.requested',
        by: 'anna',
        why: 'no invoice',
        action: { type: 'sendOut' },
      },
    ],
    ['the order is read at Klarna', { ...head, type: 'order.observed' }],
    [
      'books compared by anna: equal',
      { ...head, type: 'books.confirmed', by: 'anna', why: 'equal' },
    ],
    [
      'approved by anna: seen',
      { ...aboutCommand, type: 'command.approved', by: 'anna', why: 'seen' },
    ],
    ['approved by anna', { ...aboutCommand, type: 'command.approved', by: 'anna' }],
    ['rejected by anna: no', { ...aboutCommand, type: 'command.rejected', by: 'anna', why: 'no' }],
    [
      'did not happen, found out by anna: portal',
      {
        ...aboutCommand,
        type: 'command.resolved',
        how: 'did_not_happen',
        by: 'anna',
        why: 'portal',
      },
    ],
    ['nobody approved in time', { ...aboutCommand, type: 'command.expired' }],
    ['goes on, says anna', { ...aboutCommand, type: 'command.resumed', by: 'anna' }],
    [
      'goes on, says anna: new key',
      { ...aboutCommand, type: 'command.resumed', by: 'anna', why: 'new key' },
    ],
    [
      "Klarna's books were read: no trace",
      { ...aboutCommand, type: 'command.audited', finding: 'no_trace' },
    ],
    ['attempt 2', { ...aboutCommand, type: 'command.started', attempt: 2 }],
    ["the merchant's own", { ...head, type: 'shop.gift.wrapped' }],
  ]
  test.for(cases)('reads `%s`', ([words, event]) => {
    const { type } = event as EngineEvent
    const entry = {
      kind: 'event',
      at,
      eventId: 'e-1',
      type,
      status: 'decided',
      reason: null,
      event,
    }

    const [line] = renderTimeline([entry as TimelineEntry])

    expect(line).toBe(`2026-12-08 08:00:00Z  event     ${type}: ${words} (id e-1)`)
  })

  test('that is not decided says where it is', () => {
    const event = { ...head, type: 'delivery.accepted' }
    const entry = { kind: 'event', at, eventId: 'e-1', type: event.type, event }
    const lines = renderTimeline([
      { ...entry, status: 'accepted', reason: null },
      { ...entry, status: 'waiting', reason: 'fact shop.x: timeout' },
    ] as TimelineEntry[])

    expect(lines.map((line) => line.slice(line.indexOf('(id')))).toEqual([
      '(id e-1) [accepted]',
      '(id e-1) [waiting: fact shop.x: timeout]',
    ])
  })
})

describe('an answer', () => {
  const cases: readonly (readonly [string, Outcome])[] = [
    ['done', { type: 'done', resultId: null, evidence: 'answer' }],
    ["done, as Klarna's books show", { type: 'done', resultId: null, evidence: 'read' }],
    ['refused: NOT_ALLOWED', { type: 'refused', code: 'NOT_ALLOWED' }],
    ['nobody knows whether it was done: timeout', { type: 'unknown', reason: 'timeout' }],
    [
      'surely not done, tried again later: http_429',
      { type: 'not_started', reason: 'http_429', waitMs: 1 },
    ],
    ['our set-up is refused: http_401', { type: 'configuration', reason: 'http_401' }],
    [
      "Klarna's books differ from ours: refunds",
      { type: 'books_differ', reason: 'refunds', oursMinor: 0, klarnasMinor: 1 },
    ],
    ['a person must look: http_400', { type: 'needs_person', reason: 'http_400' }],
  ]
  test.for(cases)('reads `%s`', ([words, outcome]) => {
    const entry = { kind: 'answer', at, commandId: 'c', what: 'w', outcome } as const
    const [sent, unsent] = renderTimeline([
      { ...entry, attempt: 1, correlationId: 'k-1' },
      { ...entry, attempt: 0, correlationId: null },
    ])

    expect(sent).toBe(`2026-12-08 08:00:00Z  answer    ${words} (correlation id k-1)`)
    expect(unsent?.trim()).toBe(`answer    nothing was sent: ${words}`)
  })
})

test('a decision shows refusals, and what became of actions that were not sent', () => {
  const decision = { kind: 'decision', at, eventId: 'e', ruleSets: [], rules: [] } as const
  const action = { ruleSet: 's', rule: 'r', requestedBy: null, commandIds: [] } as const
  const lines = renderTimeline([
    { ...decision, summary: 'a newer report is known', refusal: 'stale_event', actions: [] },
    {
      ...decision,
      summary: 's',
      refusal: null,
      actions: [
        { ...action, type: 'refund', outcome: 'awaiting_approval', sentence: 'refund 30.00 SEK' },
        { ...action, type: 'sendOut', outcome: 'queued', sentence: 'send the invoice again' },
      ],
    },
  ])

  expect(lines.map((line) => line.trim())).toEqual([
    '2026-12-08 08:00:00Z  decision  refused (stale_event): a newer report is known',
    'decision  s',
    'refund awaiting approval: refund 30.00 SEK',
  ])
})

test('a repeated call names the attempt, and one without a body shows none', () => {
  const call = {
    kind: 'call',
    at,
    commandId: 'c',
    what: 'send-out on capture c',
    method: 'POST',
    path: '/x',
    idempotencyKey: 'k',
    generation: 0,
  } as const
  const lines = renderTimeline([{ ...call, body: null, attempt: 2 }])

  expect(lines.map((line) => line.trim())).toEqual([
    '2026-12-08 08:00:00Z  call      send-out on capture c, attempt 2',
    'POST /x',
    'key k',
  ])
})

describe('what changed', () => {
  const always = { all: [{ fact: 'order.capturedMinor', operator: 'greaterThan', value: 0 }] }
  const act = (name: string, on: string, type: string) => ({
    name,
    on: [on],
    mode: 'live',
    conditions: always,
    event: { type, params: {} },
  })
  const rules = rulesFromText({
    'all.rules.json': ruleSet([
      act('Track', 'shipment.dispatched', 'addShippingInfo'),
      act('Send', 'customer.reported', 'sendOut'),
      act('Longer', 'shop.late', 'extendAuthorization'),
      act('Release', 'delivery.accepted', 'releaseAuthorization'),
    ]),
  })
  const statesOf = async (postDelivery: PostDelivery, orderId: string) =>
    (await postDelivery.timeline(orderId)).flatMap((entry) =>
      entry.kind === 'state' ? [`${entry.what} -> ${entry.word}`] : [],
    )

  test('is told for each kind of command, with the word of the order', async () => {
    await using scene = await openScene()
    const { orderId, captureId } = scene
    const postDelivery = await scene.open({ rules })
    await postDelivery.track(orderId, { dueOn: DUE_ON })
    const shippingInfo = [{ shippingCompany: 'DHL', trackingNumber: 'T-1' }]
    const events = [
      { id: '1', type: 'shipment.dispatched', orderId, captureId, at, shippingInfo },
      { id: '2', type: 'customer.reported', orderId, captureId, at, problem: 'invoice_missing' },
      { id: '3', type: 'shop.late', orderId, at },
      { id: '4', type: 'delivery.accepted', orderId, at },
    ] as const
    for (const event of events) await (await postDelivery.submit(event)).settled
    await postDelivery.track(orderId, { dueOn: '2026-12-20' })
    await postDelivery.idle()

    expect(await statesOf(postDelivery, orderId)).toEqual([
      'registered: 60.00 SEK captured, 20.00 SEK still authorized -> captured',
      'parcel known to Klarna -> captured',
      'invoice sent again -> captured',
      'authorization extended -> captured',
      'remaining authorization released -> released',
      'refreshed: 60.00 SEK captured, 0.00 SEK still authorized -> released',
    ])
    expect(scene.twin.books(orderId)).toMatchObject({
      shippingEntryCount: 1,
      sendOutCount: 1,
      released: true,
    })
  })

  test('is told of what only a read of the books showed, and of what a person found out', async () => {
    await using scene = await openScene()
    const { orderId, captureId } = scene
    const postDelivery = await scene.open({ rules })
    await postDelivery.track(orderId, { dueOn: DUE_ON })
    // Done at Klarna, and every answer lost: a send-out leaves no trace there.
    scene.twin.setFaults([{ kind: 'answer_lost', operation: 'triggerSendOut', times: null }])
    const reported = { id: '2', type: 'customer.reported', orderId, captureId, at } as const
    const receipt = await postDelivery.submit({ ...reported, problem: 'invoice_missing' })
    await receipt.decision
    for (let hours = 0; hours < 30 && (await postDelivery.work()).length === 0; hours += 1) {
      await postDelivery.idle()
      scene.clock.advance(3_600_000)
    }
    const [work] = await postDelivery.work()

    const found = { by: 'anna', why: 'the customer has it', how: 'happened' } as const
    await (await postDelivery.resolve(work?.id ?? '', found)).decision

    expect(work).toMatchObject({ kind: 'stuck_command' })
    expect(await statesOf(postDelivery, orderId)).toEqual([
      'registered: 60.00 SEK captured, 20.00 SEK still authorized -> captured',
      'invoice sent again -> captured',
    ])
    expect((await postDelivery.order(orderId))?.commands).toMatchObject([{ phase: 'confirmed' }])
  })
})
