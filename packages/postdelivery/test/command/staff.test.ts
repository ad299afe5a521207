/** One person at a shell agrees or says no, beside a running engine: shown first, bound to what was seen, done once. */
import { expect, test, vi } from 'vitest'
import { anna, openWaiting } from './shop.ts'

vi.setConfig({ testTimeout: 60_000 })

test('one person approves what they have seen, and it happens at Klarna once', async () => {
  const { shop, engine, commandId, hash } = await openWaiting()
  await using _ = shop
  const work = await shop.run('work', '--json')
  const looked = await shop.run('approve', commandId, ...anna)
  const blind = await shop.run('approve', commandId, ...anna, '--execute')
  const other = await shop.run('approve', commandId, ...anna, '--hash', 'f'.repeat(64), '--execute')
  const short = await shop.run(
    'approve',
    commandId,
    ...anna,
    '--hash',
    hash.slice(0, 11),
    '--execute',
  )
  const refundedBefore = shop.twin.books(shop.orderId).refundedMinor
  const agreed = await shop.run(
    'approve',
    commandId,
    ...anna,
    '--hash',
    hash.slice(0, 12),
    '--execute',
  )
  const again = await shop.run(
    'approve',
    commandId,
    ...anna,
    '--hash',
    hash,
    '--order',
    shop.orderId,
    '--execute',
  )
  await engine.idle()

  expect(JSON.parse(work.stdout)).toMatchObject({ schemaVersion: 1, work: [{ commandId }] })
  expect(looked.exitCode).toBe(0)
  for (const text of [
    '30.00 SEK',
    'When a return is inspected: if',
    'returns/Pay back',
    "fired: the return's reason is damaged",
    hash,
    '"refunded_amount":3000',
    'approvals 0 of 1',
  ])
    expect(looked.stdout).toContain(text)
  expect(looked.stderr).toContain(
    `  postdelivery approve ${commandId} --by anna --why 'seen the pictures' --hash ${hash.slice(0, 12)} --execute`,
  )
  expect([blind.exitCode, other.exitCode, short.exitCode, refundedBefore]).toEqual([2, 4, 2, 0])
  expect(agreed).toMatchObject({ exitCode: 0, stderr: '' })
  expect(agreed.stdout).toContain('recorded and decided')
  expect(again.exitCode).toBe(0)
  expect(shop.twin.books(shop.orderId).refundedMinor).toBe(3000)
})

test('who published the rule is refused, with exit code 4, and nothing is sent', async () => {
  const { shop, commandId, hash } = await openWaiting()
  await using _ = shop
  const said = ['--by', 'ops@shop.example', '--why', 'mine', '--hash', hash, '--execute', '--json']

  const { exitCode, stdout } = await shop.run('approve', commandId, ...said)

  expect(exitCode).toBe(4)
  expect(JSON.parse(stdout)).toMatchObject({
    isRecorded: true,
    command: { commandId },
    decision: { refusal: { code: 'approver_not_allowed' } },
  })
  expect(shop.twin.books(shop.orderId).refundedMinor).toBe(0)
})

test('a rejected command frees its money', async () => {
  const { shop, engine, commandId } = await openWaiting()
  await using _ = shop

  const { exitCode } = await shop.run('reject', `approval:${commandId}`, ...anna, '--execute')

  expect(exitCode).toBe(0)
  expect(await engine.order(shop.orderId)).toMatchObject({ reservedMinor: 0, refundedMinor: 0 })
  expect((await shop.run('reject', commandId, ...anna)).exitCode).toBe(1)
})

test('without an engine, what is said counts when one starts', async () => {
  const { shop, engine, commandId, hash } = await openWaiting()
  await using _ = shop
  await engine.close()

  const { exitCode, stdout } = await shop.run(
    'approve',
    commandId,
    ...anna,
    '--hash',
    hash,
    '--execute',
  )
  const next = await shop.start()
  await next.idle()

  expect(exitCode).toBe(0)
  expect(stdout).toContain('no engine runs: it counts as soon as one starts')
  expect(shop.twin.books(shop.orderId).refundedMinor).toBe(3000)
})
