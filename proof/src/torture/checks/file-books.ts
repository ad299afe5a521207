/** Everything that stands in a database file, read past the library: the checks must not share its mistakes. */
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { type Decision, decodeSnapshot, type OrderState } from '@postdelivery/core'

export interface FiledOrder {
  readonly orderId: string
  readonly seq: number
  readonly isSending: boolean
  readonly hasOpenCommand: boolean
  readonly word: string
  readonly state: OrderState
}

export interface FiledEvent {
  readonly arrival: number
  readonly orderId: string
  readonly eventId: string
  readonly type: string
  readonly body: string
  readonly bodyHash: string
  readonly status: string
}

export interface FiledDecision {
  readonly arrival: number
  readonly seq: number
  readonly decision: Decision
}

export interface FiledRequest {
  readonly commandId: string
  readonly generation: number
  readonly orderId: string
  readonly key: string
  readonly method: string
  readonly path: string
  readonly body: string | null
  readonly hash: string
}

export interface FiledAttempt {
  readonly commandId: string
  readonly generation: number
  readonly attempt: number
  readonly isAnswered: boolean
  /** Its outcome as JSON, null while nobody knows it. */
  readonly outcome: string | null
}

export interface FiledClaim {
  readonly commandId: string
  readonly bucket: string
  readonly amount: number
}

/** Work that is open. */
export interface FiledWork {
  readonly orderId: string
  readonly kind: string
  readonly eventId: string | null
  readonly commandId: string | null
}

export interface FileBooks {
  /** What `PRAGMA integrity_check` says; `ok` when all is well. */
  readonly integrity: string
  readonly brokenReferenceCount: number
  readonly orders: readonly FiledOrder[]
  readonly events: readonly FiledEvent[]
  readonly decisions: readonly FiledDecision[]
  readonly requests: readonly FiledRequest[]
  readonly attempts: readonly FiledAttempt[]
  readonly claims: readonly FiledClaim[]
  /** Totals by bucket. */
  readonly totals: ReadonlyMap<string, number>
  readonly work: readonly FiledWork[]
  /** Orders that the file says have an open event. */
  readonly heads: readonly string[]
}

/** Reads a file that has its tables. Throws: what SQLite throws, and for a snapshot that cannot be read. */
export function readFileBooks(path: string): FileBooks {
  return withDatabase(path, (database) => {
    const all = (sql: string): readonly Row[] => database.prepare(sql).all()
    return {
      integrity: String(all('PRAGMA integrity_check')[0]?.['integrity_check']),
      brokenReferenceCount: all('PRAGMA foreign_key_check').length,
      orders: all('SELECT * FROM orders').map(toOrder),
      events: all('SELECT * FROM events ORDER BY arrival').map(toEvent),
      decisions: all('SELECT * FROM decisions ORDER BY arrival').map(toDecision),
      requests: all('SELECT * FROM requests').map(toRequest),
      attempts: all('SELECT * FROM attempts').map(toAttempt),
      claims: all('SELECT * FROM claims').map(toClaim),
      totals: new Map(
        all('SELECT * FROM buckets').map((row) => [String(row['bucket']), Number(row['total'])]),
      ),
      work: all('SELECT * FROM work WHERE closed_at IS NULL').map(toWork),
      heads: all('SELECT order_id FROM heads').map((row) => String(row['order_id'])),
    }
  })
}

/**
 * A hash of every row of every table but the one that counts the engines, and what `PRAGMA integrity_check` says.
 *
 * Two files with the same hash say the same.
 */
export function contentOf(path: string): { readonly hash: string; readonly integrity: string } {
  return withDatabase(path, (database) => {
    const hash = createHash('sha256')
    for (const { name } of database.prepare(TABLES_QUERY).all()) {
      const table = String(name)
      const statement = database.prepare(`SELECT * FROM ${table}`)
      statement.setReturnArrays(true)
      hash.update(JSON.stringify([table, statement.all()]))
    }
    const integrity = database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
    return { hash: hash.digest('hex'), integrity: String(integrity) }
  })
}

/** Every table but the one whose number rises with each opening. */
const TABLES_QUERY =
  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'engine' ORDER BY name"

type Row = Readonly<Record<string, unknown>>

function withDatabase<Value>(path: string, read: (database: DatabaseSync) => Value): Value {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return read(database)
  } finally {
    database.close()
  }
}

const textOrNull = (value: unknown): string | null => (value === null ? null : String(value))

const toOrder = (row: Row): FiledOrder => ({
  orderId: String(row['order_id']),
  seq: Number(row['seq']),
  isSending: row['is_sending'] === 1,
  hasOpenCommand: row['has_open_command'] === 1,
  word: String(row['word']),
  state: decodeSnapshot(String(row['snapshot'])),
})

const toEvent = (row: Row): FiledEvent => ({
  arrival: Number(row['arrival']),
  orderId: String(row['order_id']),
  eventId: String(row['event_id']),
  type: String(row['type']),
  body: String(row['body']),
  bodyHash: String(row['body_hash']),
  status: String(row['status']),
})

const toDecision = (row: Row): FiledDecision => ({
  arrival: Number(row['arrival']),
  seq: Number(row['seq']),
  // It was a decision when it was written; that it still fits is checked.
  decision: JSON.parse(String(row['decision'])) as Decision,
})

const toRequest = (row: Row): FiledRequest => ({
  commandId: String(row['command_id']),
  generation: Number(row['generation']),
  orderId: String(row['order_id']),
  key: String(row['idempotency_key']),
  method: String(row['method']),
  path: String(row['path']),
  body: textOrNull(row['body']),
  hash: String(row['hash']),
})

const toAttempt = (row: Row): FiledAttempt => ({
  commandId: String(row['command_id']),
  generation: Number(row['generation']),
  attempt: Number(row['attempt']),
  isAnswered: row['answered_at'] !== null,
  outcome: textOrNull(row['outcome']),
})

const toClaim = (row: Row): FiledClaim => ({
  commandId: String(row['command_id']),
  bucket: String(row['bucket']),
  amount: Number(row['amount']),
})

const toWork = (row: Row): FiledWork => ({
  orderId: String(row['order_id']),
  kind: String(row['kind']),
  eventId: textOrNull(row['event_id']),
  commandId: textOrNull(row['command_id']),
})
