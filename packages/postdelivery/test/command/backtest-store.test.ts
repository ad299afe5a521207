/** A backtest beside a running engine, over the orders in its database. */
import { formatMinor } from '@postdelivery/core'
import { expect, test, vi } from 'vitest'
import { damagedReturn } from '../setup.ts'
import { openShop } from './shop.ts'

vi.setConfig({ testTimeout: 60_000 })

test('replays what was reported to an engine under the limits of its configuration', async () => {
  await using shop = await openShop()
  const engine = await shop.start()
  await engine.track(shop.orderId, { dueOn: '2030-01-14' })
  const returned = damagedReturn(shop, { type: 'return.inspected' })
  const receipt = await engine.submit({ ...returned, at: new Date().toISOString() })
  await receipt.decision
  const live = (await engine.order(shop.orderId))?.commands[0]

  const ran = await shop.run('backtest', 'rules', '--store', 'orders.db', '--json', '--strict')

  expect([ran.exitCode, ran.stderr]).toEqual([0, ''])
  const result = JSON.parse(ran.stdout)
  expect(result).toMatchObject({ orderCount: 1, eventCount: 2, problemCount: 0 })
  expect(result.waits).toEqual([
    { action: 'refund', why: 'above_approval_threshold', count: { before: 0, after: 1 } },
  ])
  expect(live?.what).toContain(formatMinor(result.money[0].refundMinor.after, 'SEK'))
})
