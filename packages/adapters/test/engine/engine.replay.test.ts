import {
  type CommandState,
  canonicalJson,
  decodeSnapshot,
  type EngineEvent,
  encodeSnapshot,
  idempotencyKeyOf,
  instantToMs,
  SAME_KEY_STOP_MS,
} from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  aCapture,
  asked,
  captured,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  ORDER_ID,
  type RuleSpec,
  returned,
  T0,
  told,
} from './builders.ts'
import { aRig, type Rig } from './rig.ts'
import { type Fault, http, lost, notConnected, old, timeout, vanished } from './scripted-klarna.ts'

const RULES: readonly RuleSpec[] = [
  { on: 'return.received', action: { type: 'refund', params: { basis: 'returned_items' } } },
  { on: 'return.received', action: ACTIONS.extend },
  { on: 'deadline.approaching', action: ACTIONS.sendOut },
  { on: 'shop.again', action: ACTIONS.refund, mode: 'approval' },
  { on: 'delivery.accepted', action: ACTIONS.release },
]

const ORDER = captured({
  captures: [aCapture({ dueOn: '2026-12-14' as never })],
  order: { authorizationExpiresAt: '2026-12-20T08:00:00.000Z' as typeof T0 },
})

/** One thing that happens to the order. */
type Move =
  | { readonly type: 'event'; readonly event: EngineEvent }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'read'; readonly read: 'old' | 'down' }
  | { readonly type: 'portal' }
  | { readonly type: 'stop' | 'lift' }
  | { readonly type: 'approve' | 'resume' | 'try_as_new' | 'happened' | 'did_not_happen' }

const actOnFirst = async (rig: Rig, move: Move['type'], index: number): Promise<void> => {
  const commands: readonly CommandState[] = await rig.commands().catch(() => [])
  const wanted = { approve: 'awaitingApproval', resume: 'paused' }[move as string] ?? 'stuck'
  const command = commands.find((each) => each.chart.value === wanted)
  if (command === undefined) return
  const head = {
    id: `resolve:${index}`,
    orderId: ORDER_ID,
    at: rig.now(),
    commandId: command.command.id,
    by: 'lead@shop.example',
  }
  if (move === 'approve')
    await rig.tell({ ...head, type: 'command.approved', hash: command.approvalHash })
  else if (move === 'resume') await rig.tell({ ...head, type: 'command.resumed' } as EngineEvent)
  else await rig.tell({ ...head, type: 'command.resolved', how: move as 'happened', why: 'seen' })
}

/** Plays moves on a fresh store; the rig is closed with the test. */
async function playMoves(moves: readonly Move[]): Promise<Rig> {
  const rig = await aRig({ rules: RULES })
  rig.klarna.open(ORDER)
  await rig.tell(ORDER)
  for (const [index, move] of moves.entries()) {
    if (move.type === 'event') await rig.tell({ ...move.event, id: `${move.event.id}-${index}` })
    else if (move.type === 'wait') await rig.play(move.ms)
    else if (move.type === 'fault') rig.klarna.script(move.fault)
    else if (move.type === 'read') rig.klarna.scriptReads(move.read === 'old' ? old : http(503))
    else if (move.type === 'portal') rig.klarna.refundInPortal(ORDER_ID, 100)
    else if (move.type === 'stop')
      await rig.store.setStop({ scope: 'everything', by: 'x', why: 'x', at: rig.now() })
    else if (move.type === 'lift') await rig.store.clearStop('everything', 'x', rig.now())
    else await actOnFirst(rig, move.type, index)
  }
  return rig
}

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom<EngineEvent>(
        returned({ id: 'wms', returnId: 'R-1' }),
        returned({ id: 'wms', returnId: 'R-2', lines: [{ reference: '123050', quantity: 2 }] }),
        told('again'),
        asked('refund', { basis: 'percent', percent: 10 }, { id: 'ask' }),
        asked('addShippingInfo', ACTIONS.ship.params, { id: 'ship' }),
        { id: 'ok', type: 'delivery.accepted', orderId: ORDER_ID, at: T0 },
        { id: 'push', type: 'order.observed', orderId: ORDER_ID, at: T0 },
      )
      .map((event) => ({ type: 'event' as const, event })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(1_000, 10_000, 6 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS)
      .map((ms) => ({ type: 'wait' as const, ms })),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom<Fault>(
        lost,
        vanished,
        { answer: http(429) },
        { answer: http(401) },
        { answer: http(500, 'INTERNAL_SERVER_ERROR'), does: true },
        { answer: http(403, 'NOT_ALLOWED') },
        { answer: http(422, 'X') },
        { answer: notConnected },
        { answer: timeout },
      )
      .map((fault) => ({ type: 'fault' as const, fault })),
  },
  fc.constantFrom('old', 'down').map((read) => ({ type: 'read' as const, read: read as 'old' })),
  fc
    .constantFrom(
      'portal',
      'stop',
      'lift',
      'approve',
      'resume',
      'try_as_new',
      'happened',
      'did_not_happen',
    )
    .map((type) => ({ type }) as Move),
)
/** More of them for a release: `POSTDELIVERY_HISTORIES=10000`. */
const runCount = Number(process.env['POSTDELIVERY_HISTORIES'] ?? 80)
const histories = fc.array(moves, { minLength: 3, maxLength: 25 })

/** Everything that was stored of the order, as text. */
const recordOf = async (rig: Rig): Promise<string> =>
  JSON.stringify([
    await rig.store.order(ORDER_ID),
    await rig.store.events(ORDER_ID),
    await rig.store.decisions(ORDER_ID),
    await rig.store.requests(ORDER_ID),
    await rig.store.attempts(ORDER_ID),
    await rig.store.work(),
    rig.klarna.sent,
  ])

describe('random histories', () => {
  test('give the same bytes when they are played again', { timeout: 1000 * runCount }, async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const first = await recordOf(await playMoves(history))

        expect(await recordOf(await playMoves(history))).toBe(first)
      }),
      { numRuns: runCount / 2 },
    )
  })

  test('never break the books, send twice, or leave a command unheard', {
    timeout: 1000 * runCount,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rig = await playMoves(history)
        await rig.store.clearStop('everything', 'x', rig.now())
        await rig.play(5 * DAY_MS)

        await checkHistory(rig)
      }),
      { numRuns: runCount },
    )
  })
})

async function checkHistory(rig: Rig): Promise<void> {
  const order = await rig.order()
  const { refunds, refundedMinor } = rig.klarna.observed(ORDER_ID)

  // I1: never more than was captured, at Klarna; the fake itself refuses what is above.
  expect(refundedMinor).toBeLessThanOrEqual(6000 + 100 * 25)
  // I2: each key works once, each command once per key that a person opened.
  const keys = rig.klarna.done.map((each) => each.key)
  expect(new Set(keys).size).toBe(keys.length)
  const references = refunds.flatMap((each) => each.reference ?? [])
  for (const reference of references) {
    const command = order.commands.find((each) => each.command.id === reference)
    expect(command, 'every refund was decided').toBeDefined()
  }
  // I9: one key, one body, and no same-key send later than 20 hours after the first that could have reached Klarna.
  const bodies = new Map(rig.klarna.sent.map((each) => [each.key, each.body]))
  for (const { key, body } of rig.klarna.sent) expect(body).toBe(bodies.get(key))
  const firsts = new Map<string, number>()
  for (const { commandId, generation, startedAt, outcome } of await rig.store.attempts(ORDER_ID)) {
    const key = idempotencyKeyOf(commandId, generation)
    const first = firsts.get(key)
    if (first !== undefined)
      expect(instantToMs(startedAt) - first).toBeLessThanOrEqual(SAME_KEY_STOP_MS)
    const isUnreached =
      outcome?.type === 'configuration' ||
      (outcome?.type === 'not_started' && outcome.reason === 'not_connected')
    if (!isUnreached && first === undefined) firsts.set(key, instantToMs(startedAt))
  }
  // Every key is one that a decided command owns.
  const owned = new Set(
    order.commands.flatMap(({ command, chart }) =>
      Array.from({ length: chart.context.generation + 1 }, (_, generation) =>
        idempotencyKeyOf(command.id, generation),
      ),
    ),
  )
  for (const { key } of rig.klarna.sent) expect(owned.has(key)).toBe(true)
  // Nothing hangs unheard: after days of a healthy Klarna all is settled, or a person was told.
  const work = new Set((await rig.store.work()).flatMap((each) => each.commandId ?? []))
  const isBooksWork = order.booksDiffer !== null
  for (const { command, chart } of order.commands) {
    const isSettled = ['confirmed', 'refused', 'rejected'].includes(String(chart.value))
    const isHeldByBooks = isBooksWork && command.body.operation === 'refundOrder'
    const isHeldByPaused = order.commands.some((each) => each.chart.value === 'paused')
    expect(
      isSettled || work.has(command.id) || isHeldByBooks || isHeldByPaused,
      `${command.body.operation} is ${JSON.stringify(chart.value)}`,
    ).toBe(true)
  }
  // The snapshot is canonical, and reads back as it was written.
  const stored = await rig.store.order(ORDER_ID)
  const text = stored?.snapshot ?? ''
  expect(encodeSnapshot(decodeSnapshot(text))).toBe(text)
  expect(canonicalJson(JSON.parse(text))).toBe(text)
}
