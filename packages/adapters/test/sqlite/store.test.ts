import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { expect, it } from 'vitest'
import { aChange, anEvent, at, settled } from './builders.ts'
import { aPath } from './files.ts'
import { describeStore } from './store.contract.ts'

describeStore('the SQLite store in a file', () => openSqliteStore(aPath()))
describeStore('the SQLite store in memory', () => openSqliteStore(':memory:'))

it('writes nothing for a wake-up that stays where it is', async () => {
  const path = aPath()
  const store = await openSqliteStore(path)
  await store.commit(aChange({ event: settled(anEvent()), snapshot: '{}', wakeAt: at(5) }))
  const other = new DatabaseSync(path, { readOnly: true })
  const versionSeen = () => other.prepare('PRAGMA data_version').get()
  const before = versionSeen()

  await store.rearm('order-1', at(5))
  await store.rearm('unknown-order', at(5))
  expect(versionSeen()).toEqual(before)

  await store.rearm('order-1', at(6))
  expect(versionSeen()).not.toEqual(before)
  other.close()
  await store.close()
})
