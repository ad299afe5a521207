/**
 * The other side: a loop by hand that makes the same calls and writes the same rows.
 *
 * It decides nothing, reads nothing and checks nothing: every row is made before the clock starts. It keeps the
 * order of things: the event is durable before anything is done about it, the request before it is sent, the
 * attempt before its call, and the outcome after it. Transactions are committed in groups, as the engine's are.
 */
import { DatabaseSync } from 'node:sqlite'
import { requestHash } from '@postdelivery/adapters/klarna'
import type { Change, InboxEvent, PaymentGateway, PreparedRequest } from '@postdelivery/core'
import type { BenchOrder, Task } from './bench-order.ts'
import { type CycleRows, cycleRowsOf, type Recording, registrationOf } from './recording.ts'
import type { Side } from './side.ts'

/** The same pragmas as the store's. */
const PRAGMAS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -32768;
`

/** The same rows with the keys and indexes that their readers need; no triggers, no checks, no queue of what is due. */
const TABLES = `
CREATE TABLE orders (
  order_id TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, snapshot TEXT NOT NULL, wake_at TEXT,
  is_sending INTEGER NOT NULL, word TEXT NOT NULL, currency TEXT NOT NULL, has_open_command INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_by_word ON orders (word, order_id);
CREATE INDEX orders_due ON orders (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX orders_sending ON orders (order_id) WHERE is_sending = 1;
CREATE TABLE events (
  arrival INTEGER NOT NULL PRIMARY KEY, order_id TEXT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL,
  body TEXT NOT NULL, body_hash TEXT NOT NULL, accepted_at TEXT NOT NULL, status TEXT NOT NULL,
  UNIQUE (order_id, event_id)
) STRICT;
CREATE INDEX events_open ON events (order_id, arrival) WHERE status = 'accepted';
CREATE TABLE decisions (
  arrival INTEGER NOT NULL PRIMARY KEY, decided_at TEXT NOT NULL, seq INTEGER NOT NULL, decision TEXT NOT NULL
) STRICT;
CREATE TABLE requests (
  command_id TEXT NOT NULL, generation INTEGER NOT NULL, order_id TEXT NOT NULL, idempotency_key TEXT NOT NULL UNIQUE,
  method TEXT NOT NULL, path TEXT NOT NULL, body TEXT, hash TEXT NOT NULL, PRIMARY KEY (command_id, generation)
) STRICT;
CREATE INDEX requests_by_order ON requests (order_id);
CREATE TABLE attempts (
  command_id TEXT NOT NULL, generation INTEGER NOT NULL, attempt INTEGER NOT NULL, started_at TEXT NOT NULL,
  answered_at TEXT, outcome TEXT, correlation_id TEXT, PRIMARY KEY (command_id, generation, attempt)
) STRICT, WITHOUT ROWID;
CREATE TABLE buckets (bucket TEXT NOT NULL PRIMARY KEY, total INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE claims (
  command_id TEXT NOT NULL, bucket TEXT NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (command_id, bucket)
) STRICT, WITHOUT ROWID;
`

/** The rows of one cycle, ready to be written, and its call, ready to be made. */
export interface BareCycle {
  readonly task: Task
  readonly rows: CycleRows
  readonly request: PreparedRequest
  readonly key: string
}

/** Makes the rows of a cycle, before anything is measured. */
export function prepareBareCycle(recording: Recording, task: Task): BareCycle {
  const rows = cycleRowsOf(recording, task)
  const command = rows.decided.commands[0]
  if (command === undefined) throw new Error('the cycle makes one command')
  const { method, path, body } = command.request
  const request = { method, path, body, hash: requestHash({ method, path, body }) }
  return { task, rows, request, key: command.idempotencyKey }
}

/** Opens a database for the loop. */
export function startBareSide(
  path: string,
  gateway: PaymentGateway,
  cycles: readonly BareCycle[],
): Side {
  const database = new DatabaseSync(path)
  database.exec(PRAGMAS)
  const statements = prepareStatements(database)
  const commit = createGroups(database)
  const cyclesByTask = new Map(cycles.map((cycle) => [cycle.task, cycle]))
  return {
    async cycle(task) {
      const cycle = cyclesByTask.get(task)
      if (cycle === undefined) throw new Error('the cycle is prepared')
      const { rows, request, key } = cycle
      const arrival = await commit(() => statements.accept(rows.accepted))
      await commit(() => statements.decide(rows.decided, arrival))
      await commit(() => statements.step(rows.started))
      const answer = await gateway.perform(request, key)
      if (answer.type !== 'answered' || answer.status >= 300)
        throw new Error(JSON.stringify(answer))
      await commit(() => statements.step(rows.answered))
    },
    close: async () => database.close(),
  }
}

/** Registers orders in a new database. */
export function seedBareStore(
  path: string,
  recording: Recording,
  orders: readonly BenchOrder[],
): void {
  const database = new DatabaseSync(path)
  database.exec(PRAGMAS)
  database.exec(TABLES)
  const statements = prepareStatements(database)
  for (let start = 0; start < orders.length; start += 1_000) {
    database.exec('BEGIN IMMEDIATE')
    for (const order of orders.slice(start, start + 1_000)) {
      statements.register(registrationOf(recording, order))
    }
    database.exec('COMMIT')
  }
  database.close()
}

/** Collects transactions until the loop turns and commits them as one. */
function createGroups(database: DatabaseSync) {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const end = database.prepare('COMMIT')
  let queue: (() => () => void)[] = []
  const flush = (): void => {
    const writes = queue
    queue = []
    begin.run()
    const tellings = writes.map((write) => write())
    end.run()
    for (const tell of tellings) tell()
  }
  return <Value>(write: () => Value): Promise<Value> =>
    new Promise((resolve) => {
      if (queue.length === 0) setImmediate(flush)
      queue.push(() => {
        const value = write()
        return () => resolve(value)
      })
    })
}

function prepareStatements(database: DatabaseSync) {
  const insertEvent = database.prepare(
    `INSERT INTO events (order_id, event_id, type, body, body_hash, accepted_at, status) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const endEvent = database.prepare('UPDATE events SET status = ? WHERE arrival = ?')
  const insertOrder = database.prepare(
    `INSERT INTO orders (seq, snapshot, wake_at, is_sending, word, currency, has_open_command, order_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const updateOrder = database.prepare(
    `UPDATE orders SET seq = ?, snapshot = ?, wake_at = ?, is_sending = ?, word = ?, currency = ?, has_open_command = ?
     WHERE order_id = ?`,
  )
  const insertDecision = database.prepare('INSERT INTO decisions VALUES (?, ?, ?, ?)')
  const insertRequest = database.prepare('INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const insertAttempt = database.prepare(
    'INSERT INTO attempts (command_id, generation, attempt, started_at) VALUES (?, ?, ?, ?)',
  )
  const endAttempt = database.prepare(
    `UPDATE attempts SET answered_at = ?, outcome = ?, correlation_id = ?
     WHERE command_id = ? AND generation = ? AND attempt = ?`,
  )
  const addToBucket = database.prepare(
    'INSERT INTO buckets VALUES (?, ?) ON CONFLICT (bucket) DO UPDATE SET total = total + excluded.total',
  )
  const insertClaim = database.prepare('INSERT INTO claims VALUES (?, ?, ?)')

  const writeEvent = (event: InboxEvent, status: string): number => {
    const { orderId, eventId, type, body, bodyHash, acceptedAt } = event
    const { lastInsertRowid } = insertEvent.run(
      orderId,
      eventId,
      type,
      body,
      bodyHash,
      acceptedAt,
      status,
    )
    return Number(lastInsertRowid)
  }
  const orderValues = ({ orderId, expectedSeq, order, listing }: Change) =>
    [
      expectedSeq + 1,
      order?.snapshot ?? '',
      order?.wakeAt ?? null,
      order?.isSending === true ? 1 : 0,
      listing?.word ?? '',
      listing?.currency ?? '',
      listing?.hasOpenCommand === true ? 1 : 0,
      orderId,
    ] as const
  const writeDecision = ({ decision }: Change, arrival: number): void => {
    if (decision === null) return
    insertDecision.run(arrival, decision.decidedAt, decision.seq, JSON.stringify(decision))
  }

  return {
    register(change: Change): void {
      writeDecision(change, writeEvent(change.event, 'decided'))
      insertOrder.run(...orderValues(change))
    },
    accept: (event: InboxEvent): number => writeEvent(event, 'accepted'),
    decide(change: Change, arrival: number): void {
      endEvent.run('decided', arrival)
      updateOrder.run(...orderValues(change))
      writeDecision(change, arrival)
      for (const { command, request, idempotencyKey } of change.commands) {
        const { method, path, body, hash } = request
        insertRequest.run(command.id, 0, command.orderId, idempotencyKey, method, path, body, hash)
      }
      for (const { commandId, bucket, amount } of change.reservations) {
        addToBucket.run(bucket, amount)
        insertClaim.run(commandId, bucket, amount)
      }
    },
    step(change: Change): void {
      writeEvent(change.event, 'decided')
      updateOrder.run(...orderValues(change))
      const { attempt } = change
      if (attempt === null) return
      const { commandId, generation } = attempt
      if (attempt.type === 'started') {
        insertAttempt.run(commandId, generation, attempt.attempt, attempt.at)
        return
      }
      const outcome = JSON.stringify(attempt.outcome)
      endAttempt.run(
        attempt.at,
        outcome,
        attempt.correlationId,
        commandId,
        generation,
        attempt.attempt,
      )
    },
  }
}
