import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { afterEach, expect, it } from 'vitest'
import { type Connection, openConnection } from '../../src/sqlite/connection.ts'
import { StoreFailure } from '../../src/sqlite/failures.ts'
import { createGroupCommit } from '../../src/sqlite/group-commit.ts'
import { anEvent } from './builders.ts'
import { aPath } from './files.ts'

const connections: Connection[] = []
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close()
})

function aConnection(path = aPath()): Connection {
  const connection = openConnection({ path, access: 'engine', busyTimeoutMs: 50 })
  connection.script('CREATE TABLE IF NOT EXISTS notes (note TEXT UNIQUE)')
  connections.push(connection)
  return connection
}

const notesOf = (connection: Connection) =>
  connection.all('SELECT note FROM notes ORDER BY rowid').map((row) => row['note'])

const add = (connection: Connection, note: string) => () =>
  connection.run('INSERT INTO notes (note) VALUES (?)', note)

/** A connection that counts its commits, and whose commits fail while `failure` says so. */
function withCommits(connection: Connection) {
  const state: { count: number; failure: Error | undefined } = { count: 0, failure: undefined }
  const run: Connection['run'] = (sql, ...values) => {
    if (sql !== 'COMMIT') return connection.run(sql, ...values)
    state.count += 1
    if (state.failure !== undefined) throw state.failure
    return connection.run(sql, ...values)
  }
  return { state, connection: { ...connection, run } }
}

it('writes all that was asked for in one turn in one transaction, in order', async () => {
  const { state, connection } = withCommits(aConnection())
  const { write } = createGroupCommit(connection, () => {})

  const results = await Promise.all(['a', 'b', 'c'].map((note) => write(add(connection, note))))

  expect(results).toEqual([1, 1, 1])
  expect(notesOf(connection)).toEqual(['a', 'b', 'c'])
  expect(state.count).toBe(1)
})

it('splits a burst into transactions of a bounded size', async () => {
  const { state, connection } = withCommits(aConnection())
  const { write } = createGroupCommit(connection, () => {})

  await Promise.all(Array.from({ length: 600 }, (_, index) => write(add(connection, `${index}`))))

  expect(notesOf(connection)).toHaveLength(600)
  expect(state.count).toBe(3)
})

it('undoes a write that throws or that is not kept, and no other', async () => {
  const connection = aConnection()
  const { write } = createGroupCommit(connection, () => {})

  const results = await Promise.allSettled([
    write(add(connection, 'a')),
    write(() => {
      add(connection, 'thrown')()
      throw new Error('a defect')
    }),
    write(
      () => {
        add(connection, 'not kept')()
        return 'no'
      },
      (result) => result !== 'no',
    ),
    write(add(connection, 'a')),
    write(add(connection, 'b')),
  ])

  expect(results).toMatchObject([
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: { message: 'a defect' } },
    { status: 'fulfilled', value: 'no' },
    { status: 'rejected', reason: { name: 'AssertionError' } },
    { status: 'fulfilled', value: 1 },
  ])
  expect(notesOf(connection)).toEqual(['a', 'b'])
})

it('tells nobody of success before the commit, and everybody of its failure', async () => {
  const { state, connection } = withCommits(aConnection())
  const { write } = createGroupCommit(connection, () => {})
  state.failure = new StoreFailure('store_full', 'orders.db', 'the disk is full')

  const results = await Promise.allSettled([
    write(add(connection, 'a')),
    write(add(connection, 'b')),
  ])

  expect(results).toMatchObject([
    { status: 'rejected', reason: { code: 'store_full' } },
    { status: 'rejected', reason: { code: 'store_full' } },
  ])
  expect(notesOf(connection)).toEqual([])
  state.failure = undefined
  expect(await write(add(connection, 'a'))).toBe(1)
  expect(notesOf(connection)).toEqual(['a'])
})

it('takes an error of a commit for a failure, even when the commit was done', async () => {
  const connection = aConnection()
  const run: Connection['run'] = (sql, ...values) => {
    const result = connection.run(sql, ...values)
    if (sql === 'COMMIT') throw new StoreFailure('store_io', 'orders.db', 'the answer was lost')
    return result
  }
  const { write } = createGroupCommit({ ...connection, run }, () => {})

  await expect(write(add(connection, 'a'))).rejects.toMatchObject({ code: 'store_io' })

  expect(notesOf(connection)).toEqual(['a'])
})

it('writes nothing more after a failure that leaves the disk in doubt', async () => {
  const { state, connection } = withCommits(aConnection())
  const { write } = createGroupCommit(connection, () => {})
  state.failure = new StoreFailure('store_io', 'orders.db', 'the disk failed')
  const first = write(add(connection, 'a'))
  await expect(first).rejects.toMatchObject({ code: 'store_io' })
  state.failure = undefined

  const later = write(add(connection, 'b'))

  await expect(later).rejects.toMatchObject({ code: 'store_io' })
  expect(notesOf(connection)).toEqual([])
})

it('fails a whole transaction when the disk is full in the middle of it, and works when there is room', async () => {
  const connection = aConnection()
  const { write } = createGroupCommit(connection, () => {})
  const pages = Number(connection.get('PRAGMA page_count')?.['page_count'])
  connection.get(`PRAGMA max_page_count = ${pages + 3}`)

  const results = await Promise.allSettled(
    ['a', 'b', 'c'].map((note) => write(add(connection, note.repeat(10_000)))),
  )

  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(results[0]).toMatchObject({ reason: { code: 'store_full', retry: true } })
  expect(notesOf(connection)).toEqual([])
  connection.get('PRAGMA max_page_count = 1000000')
  await Promise.all(['a', 'b'].map((note) => write(add(connection, note))))
  expect(notesOf(connection)).toEqual(['a', 'b'])
})

it('refuses writes while another process keeps the database busy, and takes them afterwards', async () => {
  const path = aPath()
  const connection = aConnection(path)
  const { write } = createGroupCommit(connection, () => {})
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')

  const busy = write(add(connection, 'a'))

  await expect(busy).rejects.toMatchObject({ code: 'store_locked', retry: true })
  other.exec('ROLLBACK')
  other.close()
  expect(await write(add(connection, 'a'))).toBe(1)
})

it('checks before every transaction', async () => {
  const connection = aConnection()
  let isOurs = true
  const { write } = createGroupCommit(connection, () => {
    if (!isOurs) throw new StoreFailure('store_taken_over', 'orders.db', 'another engine')
  })
  await write(add(connection, 'a'))
  isOurs = false

  await expect(write(add(connection, 'b'))).rejects.toMatchObject({ code: 'store_taken_over' })
  isOurs = true

  await expect(write(add(connection, 'c'))).rejects.toMatchObject({ code: 'store_taken_over' })
  expect(notesOf(connection)).toEqual(['a'])
})

it('lets a second connection see a write as soon as its promise resolves', async () => {
  const path = aPath()
  const store = await openSqliteStore(path)
  const other = new DatabaseSync(path, { readOnly: true })

  const seen = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      await store.accept(anEvent({ eventId: `event-${index}` }))
      return other.prepare('SELECT 1 FROM events WHERE event_id = ?').get(`event-${index}`)
    }),
  )

  expect(seen).not.toContain(undefined)
  other.close()
  await store.close()
})
