import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  openSqliteInbox,
  openSqliteReader,
  openSqliteStore,
  sqlite,
} from '@postdelivery/adapters/sqlite'
import { expect, it, vi } from 'vitest'
import { isEngine, takeEngineLock } from '../../src/sqlite/engine-lock.ts'
import { anEvent, START } from './builders.ts'
import { startProgram } from './child.ts'
import { aPath } from './files.ts'

// Other processes are started, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

it('refuses a second engine soon and says who has the database and what to do', async () => {
  const path = aPath()
  const engine = startProgram('engine', [path])
  expect(await engine.line()).toBe('open')

  const beganAt = performance.now()
  const refused: unknown = await openSqliteStore(path).catch((error: unknown) => error)

  expect(performance.now() - beganAt).toBeLessThan(2_000)
  expect(refused).toMatchObject({ name: 'StoreFailure', code: 'store_locked', path })
  const { message, hint } = refused as { message: string; hint: string }
  expect(message).toContain(`pid ${engine.pid} on \`${hostname()}\`, since 2`)
  expect(message).toContain('stop it first, or give it time with `waitForLockMs`')
  expect(hint).toContain('openSqliteReader')
})

it('lets other processes read and write to the inbox while an engine runs', async () => {
  const path = aPath()
  const engine = startProgram('engine', [path])
  await engine.line()
  expect(await engine.line()).toBe('due: ; stopped: ')
  const reader = openSqliteReader(path)
  const inbox = openSqliteInbox(path)

  await inbox.accept(anEvent({ eventId: 'approval:1', type: 'command.approved' }))
  expect(await engine.line()).toBe('due: order-1; stopped: ')
  await inbox.setStop({ scope: 'everything', by: 'anna', why: 'looks wrong', at: START })
  expect(await engine.line()).toBe('due: order-1; stopped: everything')
  expect(await reader.events('order-1')).toMatchObject([{ eventId: 'approval:1' }])
  expect(await inbox.clearStop('everything', 'anna', START)).toBe(true)
  expect(await engine.line()).toBe('due: order-1; stopped: ')

  await reader.close()
  await inbox.close()
})

it('frees the database when the engine is killed', async () => {
  const path = aPath()
  const engine = startProgram('engine', [path])
  await engine.line()

  await engine.kill()

  const next = await openSqliteStore(path)
  expect(next.path).toBe(path)
  await next.close()
})

it('waits for the engine before it as long as it is told', async () => {
  const path = aPath()
  const before = await openSqliteStore(path)
  const after = startProgram('engine', [path, '10000'])
  await expect(openSqliteStore(path, { waitForLockMs: 200 })).rejects.toThrow('after 200 ms')

  await before.close()

  expect(await after.line()).toBe('open')
})

it('refuses a second engine in the same process, also by another name of the file', async () => {
  const path = aPath()
  const alias = `${path}-alias`
  const engine = await openSqliteStore(path)
  symlinkSync(path, alias)

  await expect(openSqliteStore(path)).rejects.toMatchObject({ code: 'store_locked' })
  await expect(openSqliteStore(alias)).rejects.toMatchObject({ code: 'store_locked' })

  expect(await engine.accept(anEvent())).toEqual({ type: 'accepted' })
  await engine.close()
  const next = await openSqliteStore(path)
  await next.close()
})

it('still holds the database against other processes after it refused an engine of its own', async () => {
  const path = aPath()
  const engine = await openSqliteStore(path)
  // Closing a file drops all of a process's locks on it, if it is closed carelessly.
  await expect(openSqliteStore(path)).rejects.toThrow('another engine')

  await expect(startProgram('engine', [path]).line()).rejects.toThrow('store_locked')

  await engine.close()
})

it('gives every engine in memory a database of its own', async () => {
  const [one, two] = [await openSqliteStore(':memory:'), await openSqliteStore(':memory:')]
  await one.accept(anEvent())

  expect(await two.event('order-1', 'event-1')).toBe(undefined)
  await one.close()
  await two.close()
})

it('writes nothing more when another engine got in because the lock file was deleted', async () => {
  const path = aPath()
  const first = await openSqliteStore(path)
  rmSync(`${path}.lock`)
  const second = await openSqliteStore(path)

  await expect(first.accept(anEvent({ eventId: 'a' }))).rejects.toMatchObject({
    code: 'store_taken_over',
  })
  await expect(first.accept(anEvent({ eventId: 'b' }))).rejects.toThrow(`pid ${process.pid}`)

  expect(await second.accept(anEvent({ eventId: 'c' }))).toEqual({ type: 'accepted' })
  expect((await second.events('order-1')).map((event) => event.eventId)).toEqual(['c'])
  await first.close()
  await second.close()
})

it('names a lock file that is none', async () => {
  const path = aPath()
  writeFileSync(`${path}.lock`, 'something that somebody put here'.repeat(100))

  await expect(openSqliteStore(path)).rejects.toMatchObject({
    code: 'store_unreadable',
    path: `${path}.lock`,
  })
})

it('refuses without a name when the lock file is held by something else', async () => {
  const path = aPath()
  const other = new DatabaseSync(`${path}.lock`)
  other.exec('BEGIN EXCLUSIVE')

  const refused = openSqliteStore(path)

  await expect(refused).rejects.toMatchObject({ code: 'store_locked' })
  await expect(refused).rejects.toThrow('another engine still works on this database')
  other.close()
})

it('gives the role back when the database cannot be opened', async () => {
  const path = aPath()
  writeFileSync(path, 'no database at all '.repeat(100))
  await expect(openSqliteStore(path)).rejects.toMatchObject({ code: 'store_unreadable' })
  rmSync(path)

  const store = await openSqliteStore(path)

  await store.close()
})

it('tells other processes which engine works on a database, for as long as it does', async () => {
  const path = aPath()
  const store = sqlite(path)
  expect(store.engine()).toBe(null)
  const engine = startProgram('engine', [path])
  await engine.line()

  expect(store.engine()).toMatchObject({ pid: engine.pid, host: hostname() })
  expect(store.engine()).toMatchObject({ pid: engine.pid })
  await engine.kill()
  expect(store.engine()).toBe(null)
})

it('takes a process that lives for no engine when it does not hold the role', async () => {
  const path = aPath()
  const engine = await openSqliteStore(path)
  await engine.close()
  const lock = new DatabaseSync(`${path}.lock`)
  lock.prepare('UPDATE holder SET pid = ?').run(process.ppid)
  const before = lock.prepare('SELECT * FROM holder').all()

  expect(sqlite(path).engine()).toBe(null)

  expect(lock.prepare('SELECT * FROM holder').all()).toEqual(before)
  lock.close()
})

it('believes an engine on another machine while it holds the role', async () => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  const lock = new DatabaseSync(`${path}.lock`)
  lock.prepare("UPDATE holder SET host = 'elsewhere'").run()
  lock.exec('BEGIN IMMEDIATE')

  expect(sqlite(path).engine()).toMatchObject({ host: 'elsewhere' })
  lock.exec('ROLLBACK')
  expect(sqlite(path).engine()).toBe(null)
  lock.close()
})

it('starts although somebody asks for the engine just then', async () => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  const other = new DatabaseSync(`${path}.lock`)
  other.exec('BEGIN IMMEDIATE')

  const opening = openSqliteStore(path)
  other.exec('ROLLBACK')

  await (await opening).close()
  other.close()
})

it('starts as often as it likes beside a program that asks for the engine all the time', async () => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  await startProgram('ask-for-engine', [path]).line()

  for (let count = 0; count < 50; count += 1) {
    const lock = await takeEngineLock(path, 0)
    lock.release()
  }
})

it('is the one that the lock file names, also when another one wrote its name between', async () => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  const lock = new DatabaseSync(`${path}.lock`)
  lock.exec(`CREATE TABLE others (id INTEGER); INSERT INTO others VALUES (1);
    CREATE TRIGGER comes_between AFTER INSERT ON holder WHEN EXISTS (SELECT * FROM others) BEGIN
      UPDATE holder SET pid = 1; DELETE FROM others; END`)
  lock.close()

  const engine = await openSqliteStore(path)

  expect(sqlite(path).engine()).toMatchObject({ pid: process.pid })
  await engine.close()
})

it('does not take its own refused attempt for the holder', async () => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  const other = new DatabaseSync(`${path}.lock`)
  other.exec("UPDATE holder SET started_at = '9999-12-31T00:00:00.000Z'; BEGIN IMMEDIATE")

  const refused = openSqliteStore(path)

  await expect(refused).rejects.toThrow('another engine still works on this database')
  other.close()
})

it.each([
  { isGone: true, role: 'held', expected: false },
  { isGone: true, role: 'unknown', expected: false },
  { isGone: false, role: 'free', expected: false },
  { isGone: false, role: 'held', expected: true },
  // The lock file may only be read: the role cannot be tried.
  { isGone: false, role: 'unknown', expected: true },
] as const)('takes a holder for an engine: %o', ({ isGone, role, expected }) => {
  expect(isEngine(isGone, () => role)).toBe(expected)
})

it.runIf(process.getuid?.() === 0)('tells who may only read which engine works on it', async () => {
  const path = aPath()
  chmodSync(dirname(path), 0o755)
  const engine = await openSqliteStore(path)
  chmodSync(`${path}.lock`, 0o644)

  const asking = startProgram('ask-for-engine', [path, '65534'])

  expect(await asking.line()).toBe(`pid ${process.pid}`)
  await engine.close()
})
