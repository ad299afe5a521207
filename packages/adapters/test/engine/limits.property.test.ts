import { DatabaseSync } from 'node:sqlite'
import {
  commandPhase,
  isConfirmed,
  isOpen,
  type OrderState,
  type Settings,
} from '@postdelivery/core'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { aPath } from '../sqlite/files.ts'
import { asked, captured, HOUR_MS, SETTINGS, told } from './builders.ts'
import { aRig, type Rig, staff } from './rig.ts'
import { http, lost, vanished } from './scripted-klarna.ts'

// Many engines, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const ORDERS = ['order-1', 'order-2', 'order-3'] as const
const RULE_REFUND_MINOR = 700

/** What each limit of a day allows, by the bucket's name without its day. */
const CEILINGS: Readonly<Record<string, number>> = {
  'merchant:count': 7,
  'merchant:refund:SEK': 4_000,
  'rule:stories/shop.again: refund:count': 3,
  'rule:stories/shop.again: refund:refund:SEK': 1_500,
}

const LIMITS: Settings['limits'] = {
  ...SETTINGS.limits,
  perRuleAndDay: {
    ...SETTINGS.limits.perRuleAndDay,
    commandMaxCount: 3,
    refundMaxMinor: { SEK: 1_500 },
  },
  perMerchantAndDay: {
    ...SETTINGS.limits.perMerchantAndDay,
    commandMaxCount: 7,
    refundMaxMinor: { SEK: 4_000 },
  },
}

type Step = {
  readonly orders: readonly (typeof ORDERS)[number][]
  readonly what: 'rule' | 'ask' | 'approve' | 'reject' | 'happened' | 'dropped' | 'pass'
  readonly amountMinor: number
  readonly klarna: 'well' | 'refuses' | 'loses' | 'vanishes' | 'strange'
}

const step: fc.Arbitrary<Step> = fc.record({
  orders: fc.uniqueArray(fc.constantFrom(...ORDERS), { minLength: 1, maxLength: 3 }),
  what: fc.constantFrom(
    ...(['rule', 'rule', 'ask', 'ask', 'approve', 'approve', 'reject'] as const),
    ...(['happened', 'dropped', 'pass'] as const),
  ),
  amountMinor: fc.integer({ min: 100, max: 1_500 }),
  klarna: fc.constantFrom('well', 'well', 'refuses', 'loses', 'vanishes', 'strange'),
})

const FAULTS = {
  refuses: { answer: http(403, 'REFUND_NOT_ALLOWED') },
  loses: lost,
  vanishes: vanished,
  strange: { answer: http(422, 'X') },
} as const

/** What the database says of claims; checked after every commit. */
function checkBuckets(database: DatabaseSync): { readonly overCount: number } {
  const totals = database
    .prepare(
      `SELECT bucket, total, COALESCE(SUM(amount), 0) AS claimed, COUNT(*) FILTER (WHERE is_over_limit = 1) AS over_count,
              COALESCE(SUM(amount) FILTER (WHERE is_over_limit = 0), 0) AS within
       FROM buckets LEFT JOIN claims USING (bucket) GROUP BY bucket`,
    )
    .all()
  for (const { bucket, total, claimed, within, over_count: overCount } of totals) {
    const ceiling = CEILINGS[String(bucket).slice(0, -11)] ?? Number.NaN
    expect(total, `${bucket}`).toBe(claimed)
    expect(Number(within), `${bucket} without what people approved`).toBeLessThanOrEqual(ceiling)
    if (Number(overCount) === 0) expect(Number(total), `${bucket}`).toBeLessThanOrEqual(ceiling)
  }
  return { overCount: totals.filter((row) => Number(row['over_count']) > 0).length }
}

/** Every command that may still pay or has paid holds its refund on the merchant's day; one that ended otherwise nothing. */
function checkCommands(database: DatabaseSync, orders: readonly OrderState[]): void {
  const claims = database.prepare('SELECT command_id, bucket, amount FROM claims').all()
  for (const each of orders.flatMap((order) => order.commands)) {
    const { id, body } = each.command
    const held = claims.filter((row) => row['command_id'] === id)
    const onMerchant = held.filter((row) => String(row['bucket']).startsWith('merchant:refund:'))
    const amountMinor = body.operation === 'refundOrder' ? body.refundMinor : 0
    const mayWait = commandPhase(each) === 'awaitingApproval' && held.length === 0
    const isSpent = (isOpen(each) || isConfirmed(each)) && !mayWait
    expect(onMerchant.map((row) => row['amount'])).toEqual(isSpent ? [amountMinor] : [])
    if (!isSpent) expect(held).toEqual([])
  }
}

async function act(rig: Rig, drawn: Step, index: number): Promise<void> {
  if (drawn.klarna !== 'well') rig.klarna.script(FAULTS[drawn.klarna])
  if (drawn.what === 'pass') return rig.play(7 * HOUR_MS)
  for (const orderId of drawn.orders) {
    const event = await eventOf(rig, drawn, orderId, index)
    if (event !== null) await rig.submit(event)
  }
  // Each order has a writer of its own, all of them on one store.
  await Promise.all(drawn.orders.map((orderId) => rig.run(orderId)))
}

async function eventOf(rig: Rig, { what, amountMinor }: Step, orderId: string, index: number) {
  const params = { basis: 'amount', amountMinor }
  if (what === 'ask') return asked('refund', params, { orderId, id: `ask-${index}` })
  if (what === 'rule') return { ...told('again', { orderId }), id: `again-${index}` }
  const commands = await rig.commands(orderId)
  const phase = what === 'approve' || what === 'reject' ? 'awaitingApproval' : 'stuck'
  const found = commands.find((each) => commandPhase(each) === phase)
  if (found === undefined) return null
  const { id } = found.command
  const said = {
    approve: { type: 'command.approved', by: 'lead', hash: found.approvalHash },
    reject: { type: 'command.rejected', by: 'lead', why: 'no' },
    happened: { type: 'command.resolved', how: 'happened' },
    dropped: { type: 'command.resolved', how: 'did_not_happen' },
    pass: null,
  } as const
  const event = said[what]
  return event === null ? null : { ...staff(rig, id, event, orderId), id: `resolve:${id}:${index}` }
}

it('claims never pass a ceiling but by what people approved, at every commit, with several writers', async () => {
  const reached = { approvedBeyond: 0, waited: 0, confirmed: 0, ended: 0 }

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const path = aPath()
      const database = { open: null as DatabaseSync | null }
      const check = () => (database.open === null ? { overCount: 0 } : checkBuckets(database.open))
      const rig = await aRig({
        path,
        rules: [
          {
            on: 'shop.again',
            action: { type: 'refund', params: { basis: 'amount', amountMinor: RULE_REFUND_MINOR } },
          },
        ],
        settings: { limits: LIMITS },
        wrap: (ports) => ({
          ...ports,
          store: {
            ...ports.store,
            commit: async (change) => {
              const result = await ports.store.commit(change)
              check()
              return result
            },
          },
        }),
      })
      const reader = new DatabaseSync(path, { readOnly: true })
      database.open = reader
      for (const orderId of ORDERS) await rig.register(captured({ orderId }))

      for (const [index, drawn] of steps.entries()) {
        await act(rig, drawn, index)
        const orders = await Promise.all(ORDERS.map((orderId) => rig.order(orderId)))
        checkCommands(reader, orders)
        const phases = orders.flatMap((order) => order.commands.map(commandPhase))
        if (check().overCount > 0) reached.approvedBeyond += 1
        if (phases.includes('awaitingApproval')) reached.waited += 1
        if (phases.includes('confirmed')) reached.confirmed += 1
        if (phases.includes('refused') || phases.includes('rejected')) reached.ended += 1
      }
      reader.close()
      await rig.store.close()
    }),
    { numRuns: 60 },
  )

  // Every kind of end was met often, or the property says nothing.
  expect(Math.min(...Object.values(reached))).toBeGreaterThan(5)
})
