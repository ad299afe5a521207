/** People at a shell look at orders and compare books, beside a running engine. */
import { expect, test, vi } from 'vitest'
import { anna, openWaiting } from './shop.ts'

vi.setConfig({ testTimeout: 60_000 })

test('orders are listed, shown, explained and told', async () => {
  const { shop, commandId } = await openWaiting()
  await using _ = shop
  const { orderId } = shop
  const list = await shop.run('orders', 'list', '--format', 'ndjson')
  const show = await shop.run('orders', 'show', orderId, '--json')
  const why = await shop.run('orders', 'why', orderId, 'wms-881', '--json')
  const timeline = await shop.run('orders', 'timeline', orderId)

  expect(JSON.parse(list.stdout)).toMatchObject({ schemaVersion: 1, orderId, word: 'captured' })
  expect(JSON.parse(show.stdout)).toMatchObject({
    order: { orderId, reservedMinor: 3000, commands: [{ commandId }] },
  })
  expect(JSON.parse(why.stdout)).toMatchObject({
    decisions: [{ eventId: 'wms-881', fired: [{ rule: 'Pay back' }] }],
  })
  expect(timeline.stdout).toContain('rule fired: returns/Pay back')
  for (const words of [
    ['show', 'nope'],
    ['why', 'nope'],
    ['why', orderId, 'nope'],
    ['timeline', 'nope'],
  ])
    expect((await shop.run('orders', ...words)).exitCode).toBe(1)
})

test('books are compared, and the engine is told only when it is said', async () => {
  const { shop, engine } = await openWaiting()
  await using _ = shop
  const agrees = await shop.run('reconcile')
  shop.twin.actInPortal(shop.orderId, { action: 'refund', amountMinor: 100 })
  const differs = await shop.run('reconcile', shop.orderId, '--opens-work', '--json')
  const kindsBefore = (await engine.work()).map(({ kind }) => kind)
  await shop.run('reconcile', '--opens-work', '--execute')
  await vi.waitFor(
    async () => expect((await engine.work()).map(({ kind }) => kind)).toContain('books_differ'),
    10_000,
  )
  const confirming = ['work', 'confirm-books', shop.orderId, '--refunded-minor', '100', ...anna]
  const confirmed = await shop.run(...confirming, '--execute')

  expect(agrees).toMatchObject({ exitCode: 0, stdout: '' })
  expect(differs.exitCode).toBe(1)
  expect(JSON.parse(differs.stdout)).toMatchObject({
    isRecorded: false,
    orders: [{ outcome: 'breaks' }],
  })
  expect(kindsBefore).not.toContain('books_differ')
  expect(confirmed.exitCode).toBe(0)
  expect((await engine.order(shop.orderId))?.booksDiffer).toBe(null)
})

test('no credential is printed by any command', async () => {
  const { shop, commandId } = await openWaiting()
  await using _ = shop
  const secret = shop.twin.password
  for (const words of [
    ['orders', 'show', shop.orderId],
    ['orders', 'timeline', shop.orderId, '--json'],
    ['work', '--json'],
    ['approve', commandId, ...anna, '--json'],
    ['doctor', '--online', '--json'],
    ['reconcile', '--json'],
  ]) {
    const { stdout, stderr } = await shop.run(...words)
    expect(`${stdout}${stderr}`).not.toContain(secret)
  }
})
