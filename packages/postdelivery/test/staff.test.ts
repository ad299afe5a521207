/** People: approvals bound to what they saw, rejections, findings, the kill switch, and work that only they can close. */
import type { CommandView, PostDelivery } from 'postdelivery'
import { rulesFromText } from 'postdelivery'
import { describe, expect, test, vi } from 'vitest'
import {
  approval,
  DUE_ON,
  damagedReturn,
  openScene,
  PAY_BACK,
  ruleSet,
  type Scene,
  ticking,
} from './setup.ts'

/** An engine in which every refund above 10.00 SEK waits for two people. */
async function openStrict(scene: Scene, changes: Partial<Scene['config']> = {}) {
  const strict = { ...approval, refundAboveMinor: { SEK: 1_000 }, approvers: 2 }
  const postDelivery = await scene.open({ approval: strict, ...changes })
  await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
  const inspected = damagedReturn(scene, { type: 'return.inspected' })
  const receipt = await postDelivery.submit(inspected)
  const decision = await receipt.decision
  return { postDelivery, receipt, decision, command: await onlyCommand(postDelivery, scene) }
}

async function onlyCommand(postDelivery: PostDelivery, scene: Scene): Promise<CommandView> {
  const [command] = (await postDelivery.order(scene.orderId))?.commands ?? []
  if (command === undefined) throw new Error('no command')
  return command
}

const codeOf = async (receipt: {
  readonly decision: Promise<{ readonly refusal?: { readonly code: string } }>
}) => (await receipt.decision).refusal?.code ?? 'counted'

describe('an approval', () => {
  test('sends after two distinct people agreed to exactly these bytes', async () => {
    await using scene = await openScene()
    const { postDelivery, decision, command } = await openStrict(scene)
    const { approvalHash: hash, commandId } = command
    const [work] = await postDelivery.work({ kind: 'awaiting_approval' })
    const waiting = await postDelivery.order(scene.orderId)

    const first = await postDelivery.approve(commandId, { by: 'anna', hash })
    const firstCode = await codeOf(first)
    await postDelivery.idle()
    const afterFirst = scene.twin.books(scene.orderId).refundedMinor
    const second = await postDelivery.approve(work?.id ?? '', { by: 'bo', hash })
    await second.decision
    await postDelivery.idle()

    expect(decision.actions).toMatchObject([{ outcome: 'awaiting_approval' }])
    expect(waiting).toMatchObject({ reservedMinor: 3000, refundableMinor: 3000 })
    expect(work).toMatchObject({ commandId })
    expect(firstCode).toBe('counted')
    expect(afterFirst).toBe(0)
    expect(scene.twin.books(scene.orderId).refundedMinor).toBe(3000)
    expect(await postDelivery.work()).toEqual([])
    expect(await onlyCommand(postDelivery, scene)).toMatchObject({
      phase: 'confirmed',
      approvedBy: ['anna', 'bo'],
    })
  })

  test('counts one person once, however often and however fast they say it', async () => {
    await using scene = await openScene()
    const clock = ticking(scene.clock)
    const { postDelivery, command } = await openStrict(scene, { clock })
    const { approvalHash: hash, commandId } = command

    const said = await Promise.all(
      [1, 2, 3].map(() => postDelivery.approve(commandId, { by: 'anna', hash })),
    )
    scene.clock.advance(1_000)
    const later = await postDelivery.approve(commandId, { by: 'anna', hash })
    await postDelivery.idle()

    expect(said.map(({ accepted }) => accepted)).toEqual(['accepted', 'repeated', 'repeated'])
    expect(later.accepted).toBe('repeated')
    expect((await onlyCommand(postDelivery, scene)).approvedBy).toEqual(['anna'])
    expect(scene.twin.books(scene.orderId).refundedMinor).toBe(0)
    expect(await postDelivery.work({ kind: 'event_id_reused' })).toEqual([])
  })

  test('is refused for other bytes, and the same person can still agree to the right ones', async () => {
    await using scene = await openScene()
    const { postDelivery, command } = await openStrict(scene)
    const { approvalHash: hash, commandId } = command

    const wrong = await postDelivery.approve(commandId, { by: 'anna', hash: 'f'.repeat(64) })
    const right = await postDelivery.approve(commandId, { by: 'anna', hash })

    expect(await codeOf(wrong)).toBe('approval_not_bound')
    expect(await codeOf(right)).toBe('counted')
  })

  test('is refused for who published the rules, and for who asked', async () => {
    await using scene = await openScene()
    const { postDelivery, command } = await openStrict(scene)
    const { approvalHash: hash, commandId } = command
    const publisher = await postDelivery.approve(commandId, { by: 'ops@shop.example', hash })
    await (await postDelivery.reject(commandId, { by: 'anna', why: 'by hand' })).decision

    const asked = await postDelivery.submit({
      id: 'hand-1',
      type: 'action.requested',
      orderId: scene.orderId,
      captureId: scene.captureId,
      at: scene.clock.now(),
      by: 'carl',
      why: 'goodwill',
      action: { type: 'refund', params: { basis: 'amount', amountMinor: 2_000 } },
    })
    const [commandOfCarl] = (await asked.decision).actions.flatMap((each) => each.commandIds)
    const view = (await postDelivery.order(scene.orderId))?.commands.find(
      (each) => each.commandId === commandOfCarl,
    )
    const own = await postDelivery.approve(commandOfCarl ?? '', {
      by: 'carl',
      hash: view?.approvalHash ?? '',
    })

    expect(await codeOf(publisher)).toBe('approver_not_allowed')
    expect(await codeOf(own)).toBe('approver_not_allowed')
    await postDelivery.idle()
    expect(scene.twin.books(scene.orderId).refundedMinor).toBe(0)
  })

  test('is refused for names and work that nothing stands behind', async () => {
    await using scene = await openScene()
    const { postDelivery, command } = await openStrict(scene)
    const { approvalHash: hash, commandId } = command

    await expect(postDelivery.approve('none', { by: 'anna', hash })).rejects.toMatchObject({
      code: 'unknown_work',
    })
    await expect(
      postDelivery.approve({ orderId: scene.orderId, commandId: 'none' }, { by: 'anna', hash }),
    ).rejects.toMatchObject({ code: 'unknown_work' })
    await expect(
      postDelivery.approve({ orderId: 'none', commandId }, { by: 'anna', hash }),
    ).rejects.toMatchObject({ code: 'unknown_order' })
    await expect(postDelivery.approve(commandId, { by: '', hash: 'x' })).rejects.toMatchObject({
      code: 'input_invalid',
      facts: { problems: [{ path: '/by' }, { path: '/hash' }] },
    })
  })

  test('expires, frees the money, and is work', async () => {
    await using scene = await openScene()
    const { postDelivery } = await openStrict(scene)

    scene.clock.advance(25 * 3_600_000)
    await vi.waitFor(async () =>
      expect(await postDelivery.work()).toMatchObject([{ kind: 'approval_expired' }]),
    )
    const [expired] = await postDelivery.work()
    await postDelivery.dismiss(expired?.id ?? '', { by: 'anna', why: 'no longer wanted' })

    expect(await postDelivery.order(scene.orderId)).toMatchObject({ reservedMinor: 0 })
    expect(await postDelivery.work()).toEqual([])
  })
})

describe('a rejection', () => {
  test('sends nothing, frees the money and closes the work', async () => {
    await using scene = await openScene()
    const { postDelivery, command } = await openStrict(scene)

    const receipt = await postDelivery.reject(command.commandId, { by: 'anna', why: 'not damaged' })
    const code = await codeOf(receipt)
    await postDelivery.idle()

    expect(code).toBe('counted')
    expect(await onlyCommand(postDelivery, scene)).toMatchObject({
      phase: 'rejected',
      why: 'not damaged',
    })
    expect(await postDelivery.order(scene.orderId)).toMatchObject({ reservedMinor: 0 })
    expect(scene.twin.books(scene.orderId).refundedMinor).toBe(0)
    expect(await postDelivery.work()).toEqual([])
  })

  test('drops a command that a stop holds back, though no work is open', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    await postDelivery.stop('action:refund', { by: 'anna', why: 'stock count' })
    const inspected = damagedReturn(scene, { type: 'return.inspected' })
    await (await postDelivery.submit(inspected)).decision
    const { commandId } = await onlyCommand(postDelivery, scene)

    const name = { orderId: scene.orderId, commandId }
    const receipt = await postDelivery.reject(name, { by: 'anna', why: 'wrong goods' })
    const code = await codeOf(receipt)
    await postDelivery.unstop('action:refund', { by: 'anna' })
    await postDelivery.idle()

    expect(code).toBe('counted')
    expect(scene.twin.books(scene.orderId).refundedMinor).toBe(0)
  })
})

describe('a command that nobody can settle by machine', () => {
  test('is resolved by a person, and the timeline says by whom', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    // Klarna answers with a code that nobody documented.
    scene.twin.setFaults([
      { kind: 'error', operation: 'refundOrder', status: 403, code: 'SOMETHING_NEW' },
    ])
    const inspected = damagedReturn(scene, { type: 'return.inspected' })
    const settled = await (await postDelivery.submit(inspected)).settled
    const [work] = await postDelivery.work()

    const receipt = await postDelivery.resolve(work?.id ?? '', {
      by: 'anna',
      why: 'looked it up in the portal',
      how: 'did_not_happen',
    })
    await receipt.decision

    expect(settled).toMatchObject({ needsPerson: true, commands: [{ state: 'stuck' }] })
    expect(work).toMatchObject({ kind: 'stuck_command' })
    expect(await onlyCommand(postDelivery, scene)).toMatchObject({ phase: 'refused' })
    expect(await postDelivery.work()).toEqual([])
    const entries = await postDelivery.timeline(scene.orderId)
    expect(entries.findLast(({ kind }) => kind === 'decision')).toMatchObject({
      summary: expect.stringMatching(/^command.resolved by anna: /) as unknown,
    })
  })

  test('is sent again under a new key when a person says so, and the timeline shows both', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    scene.twin.setFaults([
      { kind: 'error', operation: 'refundOrder', status: 403, code: 'SOMETHING_NEW' },
    ])
    const inspected = damagedReturn(scene, { type: 'return.inspected' })
    await (await postDelivery.submit(inspected)).settled
    const { commandId } = await onlyCommand(postDelivery, scene)

    const found = { by: 'anna', why: 'not in the portal', how: 'try_as_new' } as const
    await (await postDelivery.resolve(commandId, found)).decision
    await postDelivery.idle()

    const entries = await postDelivery.timeline(scene.orderId)
    const calls = entries.filter((entry) => entry.kind === 'call')
    const sent = scene.twin.requests.filter(({ method }) => method === 'POST')
    expect(calls.map(({ generation, attempt }) => [generation, attempt])).toEqual([
      [0, 1],
      [1, 1],
    ])
    expect(calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
      sent.map(({ idempotencyKey }) => idempotencyKey),
    )
    expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2)
    expect(entries.findLast((entry) => entry.kind === 'state')).toMatchObject({
      what: 'refunded 30.00 SEK of 60.00 SEK',
      word: 'partlyRefunded',
    })
  })

  test('goes on after the credentials are mended', async () => {
    await using scene = await openScene()
    let password = 'wrong'
    const { twin } = scene
    const postDelivery = await scene.open({
      klarna: { baseUrl: twin.url, credentials: () => ({ username: twin.username, password }) },
    })
    password = twin.password
    await (await postDelivery.track(scene.orderId, { dueOn: DUE_ON })).settled
    const order = await postDelivery.order(scene.orderId)
    password = 'wrong'
    const sendOut = await postDelivery.submit({
      id: 'hand-1',
      type: 'action.requested',
      orderId: scene.orderId,
      captureId: scene.captureId,
      at: scene.clock.now(),
      by: 'carl',
      why: 'no invoice came',
      action: { type: 'sendOut', params: {} },
    })
    const settled = await sendOut.settled
    const [work] = await postDelivery.work()

    password = twin.password
    await (await postDelivery.resume(work?.id ?? '', { by: 'anna' })).decision
    await postDelivery.idle()

    expect(order).toBeDefined()
    expect(settled.commands).toMatchObject([{ state: 'paused' }])
    expect(work).toMatchObject({ kind: 'paused_command' })
    expect(twin.books(scene.orderId).sendOutCount).toBe(1)
    expect(await postDelivery.work()).toEqual([])
  })
})

describe('books that differ', () => {
  test('stop refunds until a person has compared them', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    scene.twin.actInPortal(scene.orderId, { action: 'refund', amountMinor: 1_000 })
    const portal = scene.twin.books(scene.orderId).refundedMinor
    const inspected = damagedReturn(scene, { type: 'return.inspected' })
    const settled = await (await postDelivery.submit(inspected)).settled
    const work = await postDelivery.work()
    const differ = (await postDelivery.order(scene.orderId))?.booksDiffer

    const none = postDelivery.confirmBooks('none', { by: 'a', why: 'w', refundedMinor: 0 })
    await expect(none).rejects.toMatchObject({ code: 'unknown_order' })
    await expect(
      postDelivery.confirmBooks(scene.orderId, { by: 'anna', why: 'w', refundedMinor: -1 }),
    ).rejects.toMatchObject({ code: 'input_invalid' })
    await (
      await postDelivery.confirmBooks(scene.orderId, {
        by: 'anna',
        why: 'a colleague refunded 10.00 in the portal',
        refundedMinor: portal,
      })
    ).decision
    await postDelivery.idle()

    expect(portal).toBe(1_000)
    expect(settled.needsPerson).toBe(true)
    expect(work.map(({ kind }) => kind).toSorted()).toEqual(['books_differ', 'stuck_command'])
    expect(differ).toEqual({ oursMinor: 0, klarnasMinor: 1_000 })
    await expect(
      postDelivery.confirmBooks(scene.orderId, { by: 'anna', why: 'again', refundedMinor: 1 }),
    ).rejects.toMatchObject({ code: 'unknown_work' })
    expect(await postDelivery.order(scene.orderId)).toMatchObject({ booksDiffer: null })
    const { commandId } = await onlyCommand(postDelivery, scene)
    await (
      await postDelivery.resolve(commandId, { by: 'anna', why: 'not sent', how: 'try_as_new' })
    ).decision
    await postDelivery.idle()
    expect(scene.twin.books(scene.orderId).refundedMinor).toBe(4_000)
    expect(await postDelivery.work()).toEqual([])
  })
})

describe('the kill switch', () => {
  test.for(['everything', 'action:refund', 'rule:returns/Pay back'] as const)(
    '`%s` lets nothing be sent until it is ended',
    async (scope) => {
      await using scene = await openScene()
      const postDelivery = await scene.open()
      await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
      await postDelivery.stop(scope, { by: 'anna', why: 'strange refunds' })
      const health = await postDelivery.health()

      const inspected = damagedReturn(scene, { type: 'return.inspected' })
      const receipt = await postDelivery.submit(inspected)
      const decision = await receipt.decision
      await postDelivery.idle()
      const stopped = scene.twin.books(scene.orderId).refundedMinor
      const stood = await postDelivery.unstop(scope, { by: 'bo' })
      const again = await postDelivery.unstop(scope, { by: 'bo' })
      scene.clock.advance(61_000)
      await receipt.settled

      expect(health.stops).toMatchObject([{ scope, by: 'anna', why: 'strange refunds' }])
      expect(decision.actions).toMatchObject([{ outcome: 'queued' }])
      expect(stopped).toBe(0)
      expect([stood, again]).toEqual([true, false])
      expect(scene.twin.books(scene.orderId).refundedMinor).toBe(3000)
    },
  )

  test('names who uses it', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()

    await expect(postDelivery.stop('everything', { by: '', why: 'w' })).rejects.toMatchObject({
      code: 'input_invalid',
      facts: { problems: [{ path: '/by' }] },
    })
    await expect(postDelivery.unstop('everything', {} as never)).rejects.toMatchObject({
      code: 'input_invalid',
    })
    expect((await postDelivery.health()).stops).toEqual([])
  })

  test('of another action or rule stops nothing', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    await postDelivery.stop('action:sendOut', { by: 'anna', why: 'w' })
    await postDelivery.stop('rule:returns/More time', { by: 'anna', why: 'w' })

    await (await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))).settled

    expect(scene.twin.books(scene.orderId).refundedMinor).toBe(3000)
  })

  test.for([
    'refund',
    'action:refunds',
    'action:review',
    'rule:',
    'rule:returns',
    'rule:/x',
    'all',
    7,
  ])('refuses the scope %s, which would stop nothing', async (scope) => {
    await using scene = await openScene()
    const postDelivery = await scene.open()

    await expect(postDelivery.stop(scope as never, { by: 'anna', why: 'w' })).rejects.toMatchObject(
      { code: 'input_invalid', facts: { problems: [{ path: '/scope' }] } },
    )
  })
})

describe('observe mode', () => {
  test('decides and records everything, and sends nothing', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open({ observe: true })
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })

    const decision = await (await postDelivery.submit(damagedReturn(scene))).decision
    await postDelivery.idle()

    expect(decision.actions).toMatchObject([{ type: 'extendDueDate', outcome: 'observed' }])
    expect(scene.twin.requests.every(({ method }) => method === 'GET')).toBe(true)
    expect(scene.twin.books(scene.orderId)).toMatchObject({ extensionDays: 0, refundedMinor: 0 })
    expect(await postDelivery.health()).toMatchObject({ observe: true })
  })
})

describe('work', () => {
  test('that ends with its cause cannot be dismissed; a review can, once', async () => {
    await using scene = await openScene()
    const ask = {
      ...PAY_BACK,
      name: 'Ask',
      event: { type: 'review', params: { question: 'Is it broken?' } },
    }
    const rules = rulesFromText({ 'returns.rules.json': ruleSet([ask, PAY_BACK]) })
    const { postDelivery } = await openStrict(scene, { rules })
    const work = await postDelivery.work({ orderId: scene.orderId })
    const idOf = (kind: string) => work.find((each) => each.kind === kind)?.id ?? ''

    const reason = { by: 'anna', why: 'looked at it' }
    await expect(postDelivery.dismiss(idOf('awaiting_approval'), reason)).rejects.toMatchObject({
      code: 'unknown_work',
    })
    await postDelivery.dismiss(idOf('review'), reason)
    await expect(postDelivery.dismiss(idOf('review'), reason)).rejects.toMatchObject({
      code: 'unknown_work',
    })

    expect(work.map(({ kind }) => kind).toSorted()).toEqual(['awaiting_approval', 'review'])
    expect((await postDelivery.health()).workCounts).toEqual({ awaiting_approval: 1 })
  })
})
