import type { FaultKind, OperationId } from '@postdelivery/adapters/klarna-twin'
import { commandPhase, orderBooks } from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTIONS, DAY_MS, HOUR_MS, MINUTE_MS, type RuleSpec } from './builders.ts'
import { aTwinRig, effectCount, type TwinRig } from './twin-rig.ts'

/** Everything that must hold when the dust has settled. */
async function checkSettled(twinRig: TwinRig): Promise<void> {
  const { rig, twin, orderId } = twinRig
  const order = await rig.order(orderId)
  const work = new Set((await rig.store.work()).flatMap((each) => each.commandId ?? []))
  for (const state of order.commands) {
    const { operation } = state.command.body
    const phase = commandPhase(state)
    const count = effectCount(twinRig, operation)
    expect(count, `${operation} ${phase}`).toBeLessThanOrEqual(1)
    if (phase === 'confirmed') expect(count, `${operation} ${phase}`).toBe(1)
    else if (phase === 'refused') expect(count, `${operation} ${phase}`).toBe(0)
    else expect(work.has(state.command.id), `${operation} ${phase}`).toBe(true)
  }
  if (order.commands.every((each) => commandPhase(each) !== 'stuck')) {
    expect(orderBooks(order).refundedMinor).toBe(twin.books(orderId).refundedMinor)
  }
  const bodies = new Map(twin.requests.map((each) => [each.idempotencyKey, each.body]))
  for (const each of twin.requests.filter(({ method }) => method !== 'GET'))
    expect(each.body).toBe(bodies.get(each.idempotencyKey))
}

const OPERATIONS: readonly [OperationId, RuleSpec['action']][] = [
  ['refundOrder', ACTIONS.refund],
  ['releaseRemainingAuthorization', ACTIONS.release],
  ['extendDueDate', ACTIONS.extend],
  ['appendShippingInfo', ACTIONS.ship],
  ['triggerSendOut', ACTIONS.sendOut],
]
const FAULTS: readonly FaultKind[] = [
  'answer_lost',
  'dropped',
  'hang',
  'server_error',
  'error',
  'rate_limited',
  'bare_403',
  'html',
  'redirect',
  'truncated',
  'malformed',
]

/** A 2xx whose body cannot be read is a success: Klarna says so only when it has done the work. */
const worksOf = (kind: FaultKind): readonly ('done' | 'not_done')[] =>
  kind === 'malformed' ? ['done'] : ['done', 'not_done']

describe('every fault at every operation, once and for two days', () => {
  for (const [operation, action] of OPERATIONS) {
    for (const kind of FAULTS) {
      test(`${operation}: ${kind}`, async () => {
        for (const work of worksOf(kind)) {
          for (const times of [1, 5]) {
            const twinRig = await aTwinRig()
            const { twin, rig, ask } = twinRig
            twin.setFaults([{ kind, operation, work, times, hangMs: null }])

            await ask(action)
            await rig.play(2 * DAY_MS)

            await checkSettled(twinRig)
            const [command] = (await rig.order(twinRig.orderId)).commands
            if (times === 1) expect(command && commandPhase(command)).toBe('confirmed')
          }
        }
      })
    }
  }
})

describe('an outage', () => {
  for (const [operation, action] of OPERATIONS) {
    for (const outageHours of [1, 12, 40]) {
      test(`of ${outageHours} hours that begins with a lost answer to ${operation} ends with one effect`, async () => {
        const twinRig = await aTwinRig()
        const { twin, rig, ask } = twinRig
        twin.setFaults([
          { kind: 'answer_lost', operation },
          { kind: 'server_error', times: null, skip: operation === 'triggerSendOut' ? 0 : 1 },
        ])
        // The look or the offers before the first attempt still work.
        await ask(action)
        await rig.play(outageHours * HOUR_MS)
        twin.setFaults([])

        await rig.play(3 * DAY_MS)

        await checkSettled(twinRig)
        const read = ['refundOrder', 'releaseRemainingAuthorization', 'appendShippingInfo']
        const [command] = (await rig.order(twinRig.orderId)).commands
        if (outageHours < 12 || read.includes(operation))
          expect(command && commandPhase(command)).toBe('confirmed')
      })
    }
  }

  test('of reads that lag five minutes behind pays nothing twice', async () => {
    for (const kind of ['answer_lost', 'server_error'] as const) {
      const twinRig = await aTwinRig()
      const { twin, rig, ask } = twinRig
      twin.setSettings({ staleReadMs: 5 * MINUTE_MS })
      twin.setFaults([{ kind, operation: 'refundOrder', times: 3, work: 'done' }])

      await ask(ACTIONS.refund)
      await ask({ type: 'refund', params: { basis: 'amount', amountMinor: 700 } }, 'ask-2')
      await rig.play(2 * DAY_MS)

      expect(twin.books(twinRig.orderId).refunds.map((each) => each.refundedMinor)).toEqual([
        1000, 700,
      ])
      expect(await rig.phases(twinRig.orderId)).toEqual(['confirmed', 'confirmed'])
    }
  })
})

describe('a person in the portal', () => {
  test('who refunds first stops the refund; confirmed books let it go on', async () => {
    const twinRig = await aTwinRig()
    const { twin, rig, ask, orderId } = twinRig
    twin.actInPortal(orderId, { action: 'refund', amountMinor: 1000 })

    await ask(ACTIONS.refund)
    await rig.play(DAY_MS)

    expect(twin.books(orderId).refunds).toHaveLength(1)
    expect(await rig.phases(orderId)).toEqual(['stuck'])
    expect((await rig.order(orderId)).booksDiffer).toMatchObject({ klarnasMinor: 1000 })
  })

  test('who releases first leaves nothing to release: confirmed without a call', async () => {
    const { twin, rig, ask, orderId } = await aTwinRig()
    twin.actInPortal(orderId, { action: 'release' })

    await ask(ACTIONS.release)

    expect(twin.requests.filter(({ method }) => method !== 'GET')).toEqual([])
    expect(await rig.phases(orderId)).toEqual(['confirmed'])
  })

  test('who cancels the rest by a capture changes what is left: a person is asked', async () => {
    const { twin, rig, ask, orderId } = await aTwinRig()
    twin.actInPortal(orderId, { action: 'capture', amountMinor: 500 })

    await ask(ACTIONS.release)

    expect(twin.books(orderId).released).toBe(false)
    expect(await rig.phases(orderId)).toEqual(['stuck'])
  })
})

/** Faults that any call may meet, in any order. */
const faultArbitrary = fc.record({
  kind: fc.constantFrom(
    ...FAULTS.filter((kind) => kind !== 'hang' && kind !== 'malformed'),
    'stale' as const,
  ),
  operation: fc.constantFrom<OperationId>(
    ...OPERATIONS.map(([operation]) => operation),
    'getOrder',
    'getOptionsForExtendDueDate',
  ),
  skip: fc.nat({ max: 3 }),
  times: fc.integer({ min: 1, max: 6 }),
  work: fc.constantFrom('done' as const, 'not_done' as const),
})

test('whatever goes wrong in whatever order: one effect each, or a person is asked', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(faultArbitrary, { maxLength: 6 }),
      fc.shuffledSubarray([...OPERATIONS], { minLength: 1 }),
      fc.constantFrom(0, 2 * MINUTE_MS),
      async (faults, operations, staleReadMs) => {
        const twinRig = await aTwinRig()
        twinRig.twin.setSettings({ staleReadMs })
        twinRig.twin.setFaults(faults)
        for (const [, action] of operations) await twinRig.ask(action)

        await twinRig.rig.play(4 * DAY_MS)

        await checkSettled(twinRig)
        await twinRig.twin.close()
      },
    ),
    { numRuns: Number(process.env['POSTDELIVERY_HISTORIES'] ?? 30) },
  )
}, 600_000)
