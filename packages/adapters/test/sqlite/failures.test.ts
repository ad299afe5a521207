import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  isStoreFailure,
  openSqliteInbox,
  openSqliteReader,
  openSqliteStore,
  STORE_FAILURES,
  StoreFailure,
} from '@postdelivery/adapters/sqlite'
import { expect, it, vi } from 'vitest'
import { toStoreFailure } from '../../src/sqlite/failures.ts'
import { aChange, anEvent, settled } from './builders.ts'
import { startProgram } from './child.ts'
import { aFolder, aPath } from './files.ts'

// Other processes are started, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const openAll = [
  ['the store', openSqliteStore],
  ['a reader', async (path: string) => openSqliteReader(path)],
  ['an inbox', async (path: string) => openSqliteInbox(path)],
] as const

it.each(openAll)('says that a folder is no file to open %s on', async (_, open) => {
  const path = aFolder()

  await expect(open(path)).rejects.toMatchObject({
    code: 'store_unreadable',
    path,
    message: `\`${path}\`: this is a folder, not a file`,
  })
})

it.each(openAll)('says that a file is no database to open %s on', async (_, open) => {
  const path = aPath()
  writeFileSync(path, 'orders,amounts\n'.repeat(500))

  const failure = open(path)

  await expect(failure).rejects.toMatchObject({ code: 'store_unreadable', path })
  await expect(failure).rejects.toThrow('the file is damaged or no database of ours')
  expect(readFileSync(path, 'utf8')).toBe('orders,amounts\n'.repeat(500))
})

it.each(openAll)('leaves the database of another application alone: %s', async (_, open) => {
  const path = aPath()
  const other = new DatabaseSync(path)
  other.exec('CREATE TABLE invoices (id TEXT)')
  other.close()
  const bytes = readFileSync(path)

  await expect(open(path)).rejects.toThrow('this is a database of another application')

  expect(readFileSync(path).equals(bytes)).toBe(true)
})

it('names the folder that does not exist', async () => {
  const path = join(aFolder(), 'missing', 'orders.db')

  await expect(openSqliteStore(path)).rejects.toThrow(
    `\`${path}\`: the folder \`${dirname(path)}\` does not exist`,
  )
})

it('says so when the path leads nowhere', async () => {
  const path = aPath()
  symlinkSync(path, path)

  await expect(openSqliteStore(path)).rejects.toMatchObject({
    code: 'store_unreadable',
    message: `\`${path}\`: \`${path}\` cannot be looked at`,
  })
})

it('says so when a part of the path is a file', async () => {
  const file = aPath()
  writeFileSync(file, '')

  await expect(openSqliteStore(join(file, 'orders.db'))).rejects.toMatchObject({
    code: 'store_unreadable',
  })
})

it.each(['', 'orders\0.db'])('refuses the path `%s`', async (path) => {
  await expect(openSqliteStore(path)).rejects.toThrow('the path of the database')
})

it.each([
  { busyTimeoutMs: -1 },
  { busyTimeoutMs: 60_001 },
  { waitForLockMs: 0.5 },
  { waitForLockMs: Number.NaN },
])('refuses the options %j', async (options) => {
  await expect(openSqliteStore(':memory:', options)).rejects.toThrow(
    'is a whole number of milliseconds',
  )
})

it('does not offer a database in memory to others than its store', () => {
  for (const open of [openSqliteReader, openSqliteInbox]) {
    expect(() => open(':memory:')).toThrow('seen by its own store alone')
  }
})

// As root nothing is forbidden, so there the program becomes nobody once it is loaded: its own files may lie in a folder
// that nobody else may enter.
const uid = process.getuid?.() === 0 ? '65534' : ''

it.skipIf(process.platform === 'win32')('names what it may not write', async () => {
  const folder = join(aFolder(), 'closed')
  mkdirSync(folder)
  chmodSync(dirname(folder), 0o755)
  chmodSync(folder, 0o555)
  const path = join(folder, 'orders.db')

  const program = startProgram('engine', [path, '0', uid])

  await expect(program.line()).rejects.toThrow(`\`${path}.lock\`: the file cannot be opened`)
})

it.skipIf(process.platform === 'win32')('names a database that may be read only', async () => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  chmodSync(dirname(path), 0o777)
  chmodSync(path, 0o444)
  chmodSync(`${path}.lock`, 0o666)

  const program = startProgram('engine', [path, '0', uid])

  await expect(program.line()).rejects.toThrow(`\`${path}\`: the file cannot be written`)
})

it('finds damage inside the file when it meets it, and writes nothing more', async () => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  const { size: emptySize } = statSync(path)
  const store = await openSqliteStore(path)
  for (let order = 0; order < 200; order += 1) {
    const event = anEvent({ orderId: `order-${order}`, body: `{"pad":"${'x'.repeat(500)}"}` })
    await store.commit(aChange({ event: settled(event), snapshot: 's'.repeat(2_000) }))
  }
  await store.close()
  const { size } = statSync(path)
  const file = openSync(path, 'r+')
  for (let at = emptySize; at < size; at += 4_096)
    writeSync(file, Buffer.alloc(4_096, 0xff), 0, 4_096, at)
  closeSync(file)

  const damaged = await openSqliteStore(path)
  const events = Array.from({ length: 50 }, (_, index) =>
    damaged.accept(anEvent({ orderId: `order-${index * 4}`, eventId: 'next' })),
  )
  const results = await Promise.allSettled(events)

  expect(results.map((result) => result.status)).not.toContain('fulfilled')
  expect(results[0]).toMatchObject({ reason: { code: 'store_unreadable', path } })
  await expect(damaged.accept(anEvent({ orderId: 'new' }))).rejects.toMatchObject({
    code: 'store_unreadable',
  })
  await damaged.close()
})

it.skipIf(process.platform === 'win32')(
  'acknowledges nothing that the disk did not take, and then goes on with nothing',
  async () => {
    const path = aPath()
    await (await openSqliteStore(path)).close()
    const blocks512 = '2000'
    const program = startProgram('fill-the-disk', [path], {
      command: ['sh', '-c', `ulimit -f ${blocks512}; exec "$@"`, 'sh'],
    })

    const lines = await program.lines()

    const accepted = lines.filter((line) => line.startsWith('accepted '))
    expect(accepted.length).toBeGreaterThan(20)
    expect(lines.slice(accepted.length)).toEqual(['failed store_io', 'failed store_io'])
    const store = await openSqliteStore(path)
    const kept = (await store.events('order-1')).map((event) => `accepted ${event.eventId}`)
    expect(kept.slice(0, accepted.length)).toEqual(accepted)
    await store.close()
  },
)

it('says what each failure is and what to do', () => {
  const codes = Object.keys(STORE_FAILURES) as (keyof typeof STORE_FAILURES)[]
  for (const code of codes) {
    const failure = new StoreFailure(code, '/data/orders.db', 'why')
    expect(failure).toMatchObject({
      name: 'StoreFailure',
      message: '`/data/orders.db`: why',
      ...STORE_FAILURES[code],
    })
    expect(isStoreFailure(failure)).toBe(true)
    expect(isStoreFailure(Object.assign(new Error('why'), { name: 'StoreFailure', code }))).toBe(
      true,
    )
  }
  expect(isStoreFailure(new Error('why'))).toBe(false)
  expect(isStoreFailure(Object.assign(new Error('why'), { name: 'StoreFailure' }))).toBe(false)
  expect(isStoreFailure('store_io')).toBe(false)
})

it.each([
  [5, 'store_locked'],
  [261, 'store_locked'],
  [8, 'store_io'],
  [3338, 'store_io'],
  [13, 'store_full'],
  [14, 'store_unreadable'],
  [267, 'store_unreadable'],
  [26, 'store_unreadable'],
])('calls result code %i of SQLite %s', (errcode, code) => {
  const thrown = Object.assign(new Error('from sqlite'), { code: 'ERR_SQLITE_ERROR', errcode })

  expect(toStoreFailure(thrown, '/data/orders.db')).toMatchObject({ code, cause: thrown })
})

it('leaves errors that are not of SQLite as they are', () => {
  const thrown = new TypeError('a defect')

  expect(toStoreFailure(thrown, '/data/orders.db')).toBe(thrown)
})
