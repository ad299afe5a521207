/** People at a shell stop, resolve and dismiss beside a running engine. */
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { PAY_BACK } from '../setup.ts'
import { startProcess } from './cli.ts'
import { anna, openShop, openWaiting } from './shop.ts'

vi.setConfig({ testTimeout: 60_000 })

test('a stop holds what is approved until it is resumed', async () => {
  const { shop, engine, commandId, hash } = await openWaiting()
  await using _ = shop
  const stopping = ['stop', 'action:refund', '--by', 'anna', '--why', 'strange']
  await shop.run(...stopping)
  const before = await shop.run('stop', '--json')
  await shop.run(...stopping, '--execute')
  const standing = await shop.run('stop')
  const second = await shop.run('stop', 'action:refund', '--by', 'ben', '--why', 'w')
  await shop.run('approve', commandId, ...anna, '--hash', hash, '--execute')
  await engine.idle()
  const held = shop.twin.books(shop.orderId).refundedMinor
  const resumed = await shop.run('resume', 'action:refund', '--by', 'anna', '--execute')
  await vi.waitFor(() => expect(shop.twin.books(shop.orderId).refundedMinor).toBe(3000), 10_000)

  expect(JSON.parse(before.stdout)).toEqual({ schemaVersion: 1, stops: [] })
  expect(standing.stdout).toMatch(/action:refund .* anna {2}strange/)
  expect(second.stdout).toMatch(/replaces {2}the stop since .* by anna: strange/)
  expect([held, resumed.exitCode]).toEqual([0, 0])
  expect((await shop.run('resume', 'action:refund', '--by', 'anna')).exitCode).toBe(1)
  expect((await shop.run('stop', 'action:refnud', '--by', 'anna', '--why', 'w')).exitCode).toBe(2)
})

test('a stuck command is resolved by what a person found', async () => {
  const { shop, engine } = await openWaiting({
    refundAboveMinor: 100_000,
    // Klarna answers with a code that nobody documented.
    faults: [{ kind: 'error', operation: 'refundOrder', status: 403, code: 'SOMETHING_NEW' }],
  })
  await using _ = shop
  await vi.waitFor(async () => expect((await engine.work())[0]?.kind).toBe('stuck_command'), 10_000)
  const [work] = await engine.work()

  const shown = await shop.run('work', 'show', work?.id ?? '')
  const saying = ['--outcome', 'happened', '--by', 'anna', '--why', 'found']
  const resolve = (...more: readonly string[]) =>
    shop.run('work', 'resolve', work?.id ?? '', ...saying, ...more)
  const dry = await resolve()
  const blind = await resolve('--execute')
  const other = await resolve('--generation', '1', '--execute')
  const reservedMinor = (await engine.order(shop.orderId))?.reservedMinor
  const { exitCode, stdout } = await resolve('--generation', '0', '--execute')

  expect(dry.stdout).toContain('sent      generation 0, attempts: 1')
  expect(dry.stderr).toContain(`${saying.join(' ')} --generation 0 --execute`)
  expect([blind.exitCode, other.exitCode, reservedMinor]).toEqual([2, 4, 3000])
  expect(shown.stdout).toContain('stuck_command')
  expect(stdout).toContain('happened: it counts as done')
  expect(exitCode).toBe(0)
  expect(await engine.order(shop.orderId)).toMatchObject({ refundedMinor: 3000, reservedMinor: 0 })
})

test('a question is dismissed, once, and only work that nothing else ends', async () => {
  const ask = { ...PAY_BACK, event: { type: 'review', params: { question: 'Is it broken?' } } }
  const { shop, engine } = await openWaiting({ rules: [ask] })
  await using _ = shop
  const [work] = await engine.work()
  const dismissing = ['work', 'dismiss', work?.id ?? '', '--by', 'anna', '--why', 'it is not']

  const dry = await shop.run(...dismissing)
  const openCount = (await engine.work()).length
  const done = await shop.run(...dismissing, '--execute')

  expect([dry.exitCode, openCount, done.exitCode, (await engine.work()).length]).toEqual([
    0, 1, 0, 0,
  ])
  expect((await shop.run(...dismissing, '--execute')).exitCode).toBe(1)
})

test('a rule that no file has is stopped all the same, with a word about it', async () => {
  await using shop = await openShop()
  await (await shop.start()).close()
  const reason = ['--by', 'anna', '--why', 'w']

  const misspelt = await shop.run('stop', 'rule:returns/Pay bakc', ...reason)
  const known = await shop.run('stop', 'rule:returns/Pay back', ...reason, '--execute')

  expect(misspelt.stderr).toContain('did you mean `rule:returns/Pay back`?')
  expect(known.stderr).toBe('')
})

test('what is said is recorded although nobody reads what is printed', async () => {
  await using shop = await openShop()
  await (await shop.start()).close()
  const child = startProcess(['stop', 'everything', '--by', 'anna', '--why', 'w', '--execute'], {
    cwd: shop.folder,
  })
  child.stdout.destroy()

  await once(child, 'close')

  expect((await shop.run('stop')).stdout).toContain('everything')
})
