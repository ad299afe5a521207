import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore, type SqliteStore } from '@postdelivery/adapters/sqlite'
import { expect, it, vi } from 'vitest'
import {
  aChange,
  aCommand,
  aDecision,
  anEvent,
  at,
  aWork,
  commandIdOfName,
  START,
  settled,
} from './builders.ts'
import { aPath } from './files.ts'

/** Partial indexes hold only what is open, so walking through one costs what is open. */
const SCANS_OF_OPEN_ROWS = [
  'SCAN events USING INDEX events_parked',
  'SCAN events USING INDEX events_waiting',
  'SCAN orders USING COVERING INDEX orders_sending',
  'SCAN notices USING INDEX notices_undelivered',
  'SCAN stops USING INDEX stops_standing',
  'SCAN work USING INDEX work_open_by_order',
]

/** Lists of one order's rows, or of what is open, are sorted after they were found; nothing else is. */
const SORTED_AFTERWARDS = [
  'FROM events WHERE order_id = ? ORDER BY arrival',
  'FROM events JOIN decisions USING (arrival) WHERE order_id = ?',
  'FROM requests JOIN attempts USING (command_id, generation)',
  'FROM work INDEXED BY work_open_by_order',
]

it('finds everything through an index, whatever is asked', async () => {
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare')
  const path = aPath()
  const store = await openSqliteStore(path)
  await callEverything(store)
  await store.close()
  const statements = new Set(prepared.mock.calls.map(([sql]) => sql.replace(/\s+/g, ' ')))
  prepared.mockRestore()

  const database = new DatabaseSync(path)
  const plans = [...statements]
    .filter(
      (sql) => /\b(SELECT|UPDATE|DELETE|INSERT)\b/.test(sql) && !/sqlite_schema|holder/.test(sql),
    )
    .map((sql) => ({ sql, steps: stepsOf(database, sql) }))
  database.close()

  expect(plans.length).toBeGreaterThan(50)
  const scans = plans
    .flatMap(({ steps }) => steps)
    .filter((step) => step.startsWith('SCAN') && !/^SCAN (CONSTANT|\(subquery)/.test(step))
  expect([...new Set(scans)].sort()).toEqual(SCANS_OF_OPEN_ROWS.toSorted())
  const sorted = plans.filter(({ steps }) => steps.some((step) => step.includes('TEMP B-TREE')))
  const unexpected = sorted.filter(({ sql }) => !SORTED_AFTERWARDS.some((of) => sql.includes(of)))
  expect(unexpected).toEqual([])
  expect(sorted.length).toBeGreaterThanOrEqual(SORTED_AFTERWARDS.length)
})

/** The steps of a statement's plan: `SEARCH table USING INDEX …` or `SCAN table`. */
const stepsOf = (database: DatabaseSync, sql: string): readonly string[] =>
  database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map((row) => String(row['detail']))

/** Calls every method of a store at least once, in a way that reaches every statement. */
async function callEverything(store: SqliteStore): Promise<void> {
  const called = new Set<string>()
  const watched = new Proxy(store, {
    get: (target, name) => {
      called.add(String(name))
      return Reflect.get(target, name)
    },
  })
  await writeEverything(watched)
  await readEverything(watched)
  await watched.markDelivered('notice-1', START)
  await watched.closeWork('work-2', 'anna', 'done', START)
  const missed = Object.keys(store).filter((name) => !called.has(name))
  expect(missed.sort()).toEqual(['close', 'path'])
}

async function writeEverything(store: SqliteStore): Promise<void> {
  const commandId = commandIdOfName('a')
  const attempt = { commandId, generation: 0, attempt: 1, at: START }
  const claim = { commandId, bucket: 'day', amount: 1, ceiling: 10 }
  const firings = [{ rule: 'r/a', day: '2026-11-24', unusualRate: { factor: 2, minCount: 1 } }]
  await store.accept(anEvent())
  await store.accept(anEvent())
  await store.commit(
    aChange({
      event: settled(anEvent()),
      snapshot: '{}',
      decision: aDecision(),
      commands: [aCommand('a'), aCommand('a')],
      attempt: { type: 'started', ...attempt },
      reservations: [claim, claim],
      firings,
      opensWork: [aWork()],
      notices: [{ id: 'notice-1', orderId: 'order-1', channel: 'ops', message: 'look' }],
    }),
  )
  await store.commit(
    aChange({
      expectedSeq: 1,
      event: settled(anEvent({ eventId: 'event-2' }), { status: 'waiting', retryAt: at(5) }),
      order: { snapshot: '{"v":2}', wakeAt: at(9), isSending: true },
      generations: [{ commandId, generation: 1, idempotencyKey: 'key-1' }],
      attempt: {
        type: 'answered',
        ...attempt,
        outcome: { type: 'unknown', reason: 'timeout' },
        correlationId: null,
      },
      freedCommandIds: [commandId],
      closesWork: ['work-1'],
      reservations: [{ ...claim, isApproved: true }],
      firings: ['25', '26', '27'].map((day) => ({
        rule: 'r/a',
        day: `2026-11-${day}`,
        unusualRate: { factor: 2, minCount: 1 },
      })),
      unparks: true,
    }),
  )
  await store.commit(aChange({ expectedSeq: 2, event: settled(anEvent({ eventId: 'event-2' })) }))
  await store.accept(anEvent({ orderId: 'order-2', acceptedAt: at(-9) }))
  await store.commit(
    aChange({
      event: settled(anEvent({ orderId: 'order-2', acceptedAt: at(-9) }), { status: 'parked' }),
    }),
  )
  await store.deadLetterParked(START, START)
  await store.rearm('order-1', at(7))
  await store.openWork(aWork({ id: 'work-2' }))
  await store.setStop({ scope: 'everything', by: 'anna', why: 'test', at: START })
  await store.clearStop('everything', 'anna', START)
  await store.saveRuleSet({ name: 'r', version: '1', hash: 'h' }, '{}', START)
  await store.saveRuleSet({ name: 'r', version: '1', hash: 'h' }, '{}', START)
}

async function readEverything(store: SqliteStore): Promise<void> {
  await store.firstOpenEvent('order-1')
  await store.firstOpenEvent('order-1', ['command.approved', 'books.confirmed'])
  await store.event('order-1', 'event-1')
  await store.order('order-1')
  await store.request(commandIdOfName('a'), 0)
  await store.stops()
  await store.dueOrders(START, 10)
  await store.nextDueAt()
  await store.waitingOrders({ after: { orderId: '', wakeAt: START }, until: at(9), limit: 10 })
  await store.openOrders('', 10)
  await store.sendingOrders()
  await store.undeliveredNotices(10)
  await store.orders({ limit: 10 })
  await store.orders({ limit: 10, word: 'captured', after: 'a' })
  await store.events('order-1')
  await store.decisions('order-1')
  await store.decision('order-1', 'event-1')
  await store.attempts('order-1')
  await store.requests('order-1')
  await store.work()
  await store.workHistory('order-1')
  await store.putOffEvents('parked', 10)
  await store.putOffEvents('waiting', 10)
  await store.alertedOrders({ now: START, limit: 10 })
  await store.alertedOrders({ now: START, after: { orderId: 'a', alertAt: START }, limit: 10 })
  await store.ruleSet({ name: 'r', version: '1', hash: 'h' })
  await store.work({ orderId: 'order-1' })
  await store.work({ kind: 'review' })
  await store.work({ orderId: 'order-1', kind: 'review' })
}
