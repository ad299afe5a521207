import { DatabaseSync } from 'node:sqlite'
import { openSqliteInbox, openSqliteReader, openSqliteStore } from '@postdelivery/adapters/sqlite'
import { expect, it, vi } from 'vitest'
import { openConnection, useWriteAheadLog } from '../../src/sqlite/connection.ts'
import { migrate, versionOf } from '../../src/sqlite/migrate.ts'
import { MIGRATIONS } from '../../src/sqlite/migrations.ts'
import { aChange, anEvent, at, settled } from './builders.ts'
import { startProgram } from './child.ts'
import { aPath } from './files.ts'

// Other processes are started, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const connect = (path: string) => openConnection({ path, access: 'engine', busyTimeoutMs: 5_000 })

/** The tables, indexes and triggers of a database. */
const shapeOf = (path: string) => {
  const database = new DatabaseSync(path, { readOnly: true })
  const shape = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all()
  database.close()
  return shape
}

it('creates a database at the newest version and keeps it when it is opened again', async () => {
  const path = aPath()
  const first = await openSqliteStore(path)
  await first.accept(anEvent())
  await first.close()
  const shape = shapeOf(path)

  const second = await openSqliteStore(path)

  expect(await second.events('order-1')).toHaveLength(1)
  await second.close()
  expect(shapeOf(path)).toEqual(shape)
})

it('keeps write-ahead logging and full flushes', async () => {
  const connection = connect(aPath())
  migrate(connection)

  expect(connection.get('PRAGMA journal_mode')).toMatchObject({ journal_mode: 'wal' })
  expect(connection.get('PRAGMA synchronous')).toMatchObject({ synchronous: 2 })
  expect(connection.get('PRAGMA foreign_keys')).toMatchObject({ foreign_keys: 1 })
  connection.close()
})

it('brings a database of the first version to the newest with all that is in it', async () => {
  const path = aPath()
  const old = connect(path)
  migrate(old, MIGRATIONS.slice(0, 1))
  expect(versionOf(old)).toBe(1)
  old.script(`
    INSERT INTO orders VALUES ('wakes', 4, '{"v":4}', '${at(50)}', 0, 'captured', 'SEK', 0),
      ('open', 1, '{"v":1}', NULL, 0, 'captured', 'SEK', 1);
    INSERT INTO events (order_id, event_id, type, body, body_hash, accepted_at, status, try_count, retry_at) VALUES
      ('wakes', 'done', 't', '{}', 'h', '${at(0)}', 'decided', 0, NULL),
      ('waits', 'first', 't', '{}', 'h', '${at(0)}', 'waiting', 1, '${at(30)}'),
      ('waits', 'second', 't', '{}', 'h', '${at(1)}', 'accepted', 0, NULL),
      ('staff', 'first', 't', '{}', 'h', '${at(0)}', 'waiting', 1, '${at(40)}'),
      ('staff', 'second', 'command.approved', '{}', 'h', '${at(1)}', 'accepted', 0, NULL),
      ('ready', 'first', 't', '{}', 'h', '${at(2)}', 'accepted', 0, NULL),
      ('parked', 'first', 't', '{}', 'h', '${at(3)}', 'parked', 0, NULL);
  `)
  old.close()

  const store = await openSqliteStore(path)

  expect(await store.dueOrders(at(10), 10)).toEqual(['staff', 'ready'])
  expect(await store.dueOrders(at(60), 10)).toEqual(['staff', 'ready', 'waits', 'wakes'])
  // An order of before with an open command is looked at until it changes next.
  expect(await store.alertedOrders({ now: at(0), limit: 10 })).toMatchObject([
    { snapshot: '{"v":1}', seq: 1 },
  ])
  expect(await store.order('wakes')).toEqual({ snapshot: '{"v":4}', seq: 4 })
  expect(await store.accept(anEvent({ orderId: 'parked', eventId: 'second' }))).toEqual({
    type: 'accepted',
  })
  expect(
    await store.commit(
      aChange({
        expectedSeq: 4,
        event: settled(anEvent({ orderId: 'wakes', eventId: 'next' })),
        snapshot: '{"v":5}',
      }),
    ),
  ).toEqual({ type: 'committed', seq: 5 })
  await store.close()
  const fresh = aPath()
  await (await openSqliteStore(fresh)).close()
  expect(shapeOf(path)).toEqual(shapeOf(fresh))
})

it('refuses a database that a newer version wrote, and leaves it as it is', async () => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  const newer = connect(path)
  newer.script('PRAGMA user_version = 99; CREATE TABLE of_the_future (a TEXT)')
  newer.close()
  const shape = shapeOf(path)

  const refused = await openSqliteStore(path).catch((error: unknown) => error)

  expect(refused).toMatchObject({ code: 'store_newer', path })
  expect(String(refused)).toContain(
    `version 99, this library works on version ${MIGRATIONS.length}`,
  )
  expect(() => openSqliteReader(path)).toThrow('version 99')
  expect(() => openSqliteInbox(path)).toThrow('version 99')
  expect(shapeOf(path)).toEqual(shape)
})

it('lets nobody but the engine bring a database to a newer version', async () => {
  const path = aPath()
  expect(() => openSqliteReader(path)).toThrow('there is no database here yet')
  expect(() => openSqliteInbox(path)).toThrow('there is no database here yet')
  const old = connect(path)
  expect(() => openSqliteReader(path)).toThrow('the database has version 0')
  migrate(old, MIGRATIONS.slice(0, 1))

  for (const open of [openSqliteReader, openSqliteInbox]) {
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'store_older' }))
  }
  expect(versionOf(old)).toBe(1)
  old.close()
})

it('stops an inbox that a newer version of the database came to', async () => {
  const path = aPath()
  const store = await openSqliteStore(path)
  const inbox = openSqliteInbox(path)
  const newer = connect(path)
  newer.script('PRAGMA user_version = 99')
  newer.close()

  const late = inbox.accept(anEvent({ type: 'command.approved' }))

  await expect(late).rejects.toMatchObject({ code: 'store_newer' })
  expect(await store.events('order-1')).toEqual([])
  await inbox.close()
  await store.close()
})

it('waits for its turn to switch to write-ahead logging, and gives up some time', () => {
  const path = aPath()
  const connection = connect(path)
  const other = new DatabaseSync(path)
  other.exec('BEGIN EXCLUSIVE')
  connection.script('PRAGMA busy_timeout = 0')

  expect(() => useWriteAheadLog(connection, 2)).toThrow(
    expect.objectContaining({ code: 'store_locked' }),
  )
  other.exec('ROLLBACK')
  other.close()
  useWriteAheadLog(connection, 2)

  expect(connection.get('PRAGMA journal_mode')).toMatchObject({ journal_mode: 'wal' })
  connection.close()
})

it('refuses a place where write-ahead logging is not possible', () => {
  const connection = connect(aPath())
  const inMemory = connect(':memory:')

  const elsewhere = { ...connection, get: inMemory.get }

  expect(() => useWriteAheadLog(elsewhere)).toThrow(
    expect.objectContaining({
      code: 'store_io',
      message: expect.stringContaining('stays in mode `memory`'),
    }),
  )
  connection.close()
  inMemory.close()
})

it('takes a step whole or not at all', () => {
  const path = aPath()
  const connection = connect(path)
  const broken = { name: 'broken', sql: 'CREATE TABLE half (a TEXT); CREATE TABLE half (b TEXT);' }

  expect(() => migrate(connection, [...MIGRATIONS, broken])).toThrow('half')

  expect(versionOf(connection)).toBe(MIGRATIONS.length)
  expect(connection.all("SELECT name FROM sqlite_schema WHERE name = 'half'")).toEqual([])
  connection.close()
})

it('does not take a step that another process took while it waited for its turn', () => {
  const path = aPath()
  const [slow, quick] = [connect(path), connect(path)]
  const overtaken = {
    ...slow,
    run: (sql: string) => {
      if (sql === 'BEGIN IMMEDIATE') migrate(quick)
      return slow.run(sql)
    },
  }

  migrate(overtaken)

  expect(versionOf(slow)).toBe(MIGRATIONS.length)
  slow.close()
  quick.close()
})

it('is set up once when 20 processes come at the same moment', async () => {
  const path = aPath()
  const startAtMs = Date.now() + 1_500
  const children = Array.from({ length: 20 }, () =>
    startProgram('migrate', [path, String(startAtMs)]),
  )

  const answers = await Promise.all(children.map((child) => child.line()))

  expect(new Set(answers)).toEqual(new Set([`version ${MIGRATIONS.length}`]))
  const store = await openSqliteStore(path)
  expect(await store.accept(anEvent())).toEqual({ type: 'accepted' })
  await store.close()
})

it('lets several engines that wait for each other work in turn', async () => {
  const path = aPath()
  const engines = Array.from({ length: 4 }, () => startProgram('engine', [path, '20000']))
  const ends = engines.map(async (engine) => {
    const opened = await engine.line()
    engine.send('end')
    return [opened, ...(await engine.lines())].filter((line) => !line.startsWith('due'))
  })

  expect(await Promise.all(ends)).toEqual(Array.from({ length: 4 }, () => ['open', 'closed']))
})
