/** The doctor: finds each fault when it is there, and none in a shop that is well. */
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { Finding } from '../../src/command/doctor-checks.ts'
import { openShop, type Shop } from './shop.ts'

vi.setConfig({ testTimeout: 60_000 })

async function look(shop: Shop, ...more: readonly string[]) {
  const { exitCode, stdout } = await shop.run('doctor', '--json', ...more)
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] }
  return {
    exitCode,
    wrong: findings.filter(({ status }) => status === 'wrong').map(({ name }) => name),
    said: findings.map(({ name, says }) => `${name}: ${says}`).join('\n'),
  }
}

describe('a shop that is well', () => {
  test('has no fault, before its first start, while it runs and after', async () => {
    await using shop = await openShop()
    const before = await look(shop)
    const engine = await shop.start()
    const running = await look(shop, '--online')
    await engine.close()
    const after = await look(shop)

    expect([before.exitCode, running.exitCode, after.exitCode]).toEqual([0, 0, 0])
    expect(before.said).toContain('is not there yet')
    expect(running.said).toContain(`runs as pid ${process.pid}`)
    expect(running.said).toContain('answers and takes our credentials')
    expect(after.said).toContain('none runs')
  })
})

const faults: readonly (readonly [string, string, (shop: Shop) => void])[] = [
  [
    'a rule that is misspelt',
    'rules',
    (shop) => writeFileSync(join(shop.folder, 'rules/returns.rules.json'), '{'),
  ],
  ['no rules', 'rules', (shop) => rmSync(join(shop.folder, 'rules'), { recursive: true })],
  [
    'a database that is none',
    'database',
    (shop) =>
      writeFileSync(
        join(shop.folder, 'orders.db'),
        'not a database, but long enough to be looked at',
      ),
  ],
]

test.each(faults)('finds %s', async (_, name, plant) => {
  await using shop = await openShop()
  plant(shop)

  const { exitCode, wrong } = await look(shop)

  expect(exitCode).toBe(3)
  expect(wrong).toContain(name)
})

test('notes rules that the engine does not read', async () => {
  await using shop = await openShop()
  const [name, below] = ['returns.rules.json', 'rules/drafts/new.rules.json']
  cpSync(join(shop.folder, 'rules', name), join(shop.folder, below))

  const { exitCode, said } = await look(shop)

  expect(exitCode).toBe(0)
  expect(said).toContain('rules: `drafts/new.rules.json` is in a folder below and is not read')
})

test('finds a database that cannot be written', async () => {
  await using shop = await openShop()
  await (await shop.start()).close()
  const path = join(shop.folder, 'orders.db')
  chmodSync(path, 0o444)
  chmodSync(shop.folder, 0o555)

  const { wrong } = await look(shop)

  chmodSync(shop.folder, 0o755)
  // The super-user may write everything.
  expect(wrong).toEqual(process.getuid?.() === 0 ? [] : ['database'])
})

test('finds that Klarna does not answer, and credentials that it does not take', async () => {
  await using shop = await openShop({ password: 'another' })
  const refused = await look(shop, '--online')
  await shop.twin.close()
  const silent = await look(shop, '--online')

  expect(refused.wrong).toEqual(['klarna'])
  expect(refused.said).toContain('status 401')
  expect(refused.said).not.toContain('another')
  expect(silent.wrong).toEqual(['klarna'])
  expect(silent.said).toContain('does not answer')
})

test('tells nothing of what a vault says', async () => {
  await using shop = await openShop()
  const path = join(shop.folder, 'postdelivery.config.ts')
  const text = readFileSync(path, 'utf8')
  const throwing = "credentials: () => { throw new TypeError('token s.12345') }"
  writeFileSync(path, text.replace(/credentials: .*,$/m, `${throwing},`))

  const { wrong, said } = await look(shop)

  expect(wrong).toEqual(['credentials'])
  expect(said).toContain('`TypeError`')
  expect(said).not.toContain('12345')
})
