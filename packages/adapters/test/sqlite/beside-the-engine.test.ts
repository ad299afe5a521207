import { DatabaseSync } from 'node:sqlite'
import {
  INBOX_EVENT_TYPES,
  openSqliteInbox,
  openSqliteReader,
  openSqliteStore,
  sqlite,
} from '@postdelivery/adapters/sqlite'
import { INTERNAL_ID_PREFIXES, STAFF_EVENT_TYPES, sha256Hex } from '@postdelivery/core'
import { expect, it } from 'vitest'
import { aChange, aDecision, anEvent, aWork, START, settled } from './builders.ts'
import { aPath } from './files.ts'

it.each([
  ...[...STAFF_EVENT_TYPES, 'action.requested'].map((type) => ({ type, eventId: 'event-1' })),
  { type: 'command.approved', eventId: 'approval:command-1:anna:0' },
  { type: 'command.rejected', eventId: 'approval:command-1:anna:rejected:1' },
  { type: 'command.resolved', eventId: 'resolve:command-1:1:0' },
  { type: 'command.resumed', eventId: 'resolve:command-1:1:resumed' },
  { type: 'books.confirmed', eventId: 'resolve:books:1:0' },
  { type: 'order.observed', eventId: 'reconcile:0' },
])('takes $type with the id $eventId into the inbox', async (about) => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  const inbox = openSqliteInbox(path)

  expect(await inbox.accept(anEvent(about))).toEqual({ type: 'accepted' })
  expect(await inbox.accept(anEvent(about))).toMatchObject({ type: 'repeated' })

  await inbox.close()
  const store = await openSqliteStore(path)
  expect(await store.firstOpenEvent('order-1')).toMatchObject(about)
  await store.close()
})

const OWN_PREFIXES: Readonly<Record<string, readonly string[]>> = {
  'command.approved': ['approval:'],
  'command.rejected': ['approval:'],
  'command.resolved': ['resolve:'],
  'command.resumed': ['resolve:'],
  'books.confirmed': ['resolve:'],
  'order.observed': ['reconcile:'],
}
const approval = anEvent({ type: 'command.approved' })
/** A hint to read an order, with more in it. */
const hint = (more: object) => {
  const head = { id: 'reconcile:0', type: 'order.observed', orderId: 'order-1', at: START }
  const body = JSON.stringify({ ...head, ...more })
  return anEvent({ eventId: head.id, type: head.type, body })
}
/** Every type that comes in beside the engine, with every prefix that is not its own. */
const foreignIds = INBOX_EVENT_TYPES.flatMap((type) =>
  INTERNAL_ID_PREFIXES.filter((prefix) => !OWN_PREFIXES[type]?.includes(prefix)).map((prefix) => ({
    type,
    eventId: `${prefix}1`,
  })),
)
const answer = '{"id":"event-1","type":"command.answered","orderId":"order-1"}'

it.each([
  ['an answer of Klarna', anEvent({ type: 'command.answered' }), 'do not come in beside'],
  ['a public event', anEvent({ type: 'return.received' }), 'do not come in beside'],
  [
    'an answer in the envelope of an approval',
    { ...approval, body: answer, bodyHash: sha256Hex(answer) },
    'something else',
  ],
  ['another order in the text', { ...approval, orderId: 'order-2' }, 'something else'],
  ['another id in the text', { ...approval, eventId: 'event-2' }, 'something else'],
  ['another hash', { ...approval, bodyHash: sha256Hex('') }, 'another hash'],
  [
    'a hint under an id of anybody',
    anEvent({ type: 'order.observed' }),
    'does not begin with `reconcile:`',
  ],
  ['a hint that brings facts', hint({ data: { gold: true } }), 'leave `data` out'],
  ['a hint that names a capture', hint({ captureId: 'capture-1' }), 'leave `captureId` out'],
])('keeps %s out of the inbox', async (_, event, why) => {
  const path = aPath()
  const store = await openSqliteStore(path)
  const inbox = openSqliteInbox(path)

  await expect(inbox.accept(event)).rejects.toThrow(why)

  expect(await store.events(event.orderId)).toEqual([])
  await inbox.close()
  await store.close()
})

it('keeps ids of the engine out of the inbox, whatever type they come with', async () => {
  const path = aPath()
  const store = await openSqliteStore(path)
  const inbox = openSqliteInbox(path)

  for (const about of foreignIds)
    await expect(inbox.accept(anEvent(about)), JSON.stringify(about)).rejects.toThrow(
      'belongs to the engine',
    )

  expect(foreignIds).toHaveLength(INBOX_EVENT_TYPES.length * INTERNAL_ID_PREFIXES.length - 6)
  expect(await store.events('order-1')).toEqual([])
  await inbox.close()
  await store.close()
})

it('lists the stops that stand', async () => {
  const path = aPath()
  const store = await openSqliteStore(path)
  const stop = { scope: 'action:refund', by: 'anna', why: 'looks wrong', at: START }
  const inbox = openSqliteInbox(path)
  const reader = openSqliteReader(path)

  await inbox.setStop(stop)

  expect(await inbox.stops()).toEqual([stop])
  expect(await reader.stops()).toEqual([stop])
  expect(await store.stops()).toEqual([stop])
  await Promise.all([inbox.close(), reader.close(), store.close()])
})

it('shows a reader what the engine has committed, and nothing that it has not', async () => {
  const path = aPath()
  const store = await openSqliteStore(path)
  const reader = openSqliteReader(path)
  const queued = store.commit(
    aChange({ event: settled(anEvent()), snapshot: '{"v":1}', decision: aDecision() }),
  )
  expect(await reader.order('order-1')).toBe(undefined)

  await queued

  expect(await reader.order('order-1')).toEqual({ snapshot: '{"v":1}', seq: 1 })
  expect(await reader.event('order-1', 'event-1')).toMatchObject({ status: 'decided' })
  expect(await reader.decisions('order-1')).toEqual([aDecision()])
  await reader.close()
  await expect(reader.order('order-1')).rejects.toMatchObject({ code: 'store_closed' })
  await store.close()
})

it('opens each half from one description', async () => {
  const path = aPath()
  const description = sqlite(path, { busyTimeoutMs: 1_000 })
  const store = await description.open()
  const [reader, inbox] = [description.openReader(), description.openInbox()]

  await store.accept(anEvent())

  expect(await reader.events('order-1')).toHaveLength(1)
  expect(await inbox.stops()).toEqual([])
  await Promise.all([inbox.close(), reader.close(), store.close()])
})

it('closes work from beside the engine, once, with who and why', async () => {
  const path = aPath()
  const store = await openSqliteStore(path)
  await store.openWork(aWork())
  const inbox = openSqliteInbox(path)

  expect(await inbox.closeWork('work-1', 'anna', 'answered', START)).toBe(true)
  expect(await inbox.closeWork('work-1', 'ben', 'again', START)).toBe(false)

  expect(await store.work()).toEqual([])
  expect(await store.workHistory('order-1')).toMatchObject([
    { closedAt: START, closedBy: 'anna', closedWhy: 'answered' },
  ])
  await Promise.all([inbox.close(), store.close()])
})

it('says how a database keeps its log, and writes nothing by it', async () => {
  const path = aPath()
  const store = await openSqliteStore(path)
  const inbox = openSqliteInbox(path)
  const reader = new DatabaseSync(path, { readOnly: true })
  const version = () => reader.prepare('PRAGMA data_version').get()
  const before = version()

  expect(inbox.inspect()).toEqual({ journalMode: 'wal' })

  expect(version()).toEqual(before)
  reader.close()
  await Promise.all([inbox.close(), store.close()])
})
