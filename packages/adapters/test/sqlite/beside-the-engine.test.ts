import {
  openSqliteInbox,
  openSqliteReader,
  openSqliteStore,
  sqlite,
} from '@postdelivery/adapters/sqlite'
import { STAFF_EVENT_TYPES, sha256Hex } from '@postdelivery/core'
import { expect, it } from 'vitest'
import { aChange, aDecision, anEvent, START, settled } from './builders.ts'
import { aPath } from './files.ts'

it.each([...STAFF_EVENT_TYPES, 'action.requested'])('takes %s into the inbox', async (type) => {
  const path = aPath()
  await (await openSqliteStore(path)).close()
  const inbox = openSqliteInbox(path)

  expect(await inbox.accept(anEvent({ type }))).toEqual({ type: 'accepted' })
  expect(await inbox.accept(anEvent({ type }))).toMatchObject({ type: 'repeated' })

  await inbox.close()
  const store = await openSqliteStore(path)
  expect(await store.firstOpenEvent('order-1')).toMatchObject({ type })
  await store.close()
})

const approval = anEvent({ type: 'command.approved' })
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
])('keeps %s out of the inbox', async (_, event, why) => {
  const path = aPath()
  const store = await openSqliteStore(path)
  const inbox = openSqliteInbox(path)

  await expect(inbox.accept(event)).rejects.toThrow(why)

  expect(await store.events(event.orderId)).toEqual([])
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
