/** What is known of one story so far, from both sides: what the invariants look at. */

import { DatabaseSync } from 'node:sqlite'
import type { LocalTwin } from '@postdelivery/adapters/klarna-twin'
import type { SqliteStore } from '@postdelivery/adapters/sqlite'
import {
  type Change,
  type Command,
  type Decision,
  decodeSnapshot,
  type Notice,
  type OrderState,
  type Settings,
  type StoredAttempt,
  type StoredEvent,
  type TelemetryEvent,
  type Work,
} from '@postdelivery/core'
import type { Arrival } from './books.ts'
import type { History } from './history.ts'
import { type OrderPlan, orderIdOf } from './shop.ts'

/** A key with the command that it stands for. */
export interface KeyOwner {
  readonly command: Command
  readonly generation: number
}

/** A stop that was acknowledged; true time. */
export interface StopSpan {
  readonly scope: string
  readonly fromMs: number
  toMs: number
}

export interface Evidence {
  readonly history: History
  readonly settings: Settings
  readonly twin: LocalTwin
  readonly arrivals: Arrival[]
  /** What is durable on our side: keys, attempts begun. */
  readonly ownerByKey: Map<string, KeyOwner>
  readonly startedCountByKey: Map<string, number>
  /** Each order as our side has it. */
  readonly latest: Map<string, OrderState>
  readonly stops: StopSpan[]
  /** Bodies of acknowledged events by `order/event`. */
  readonly acknowledged: Map<string, string>
  readonly telemetry: TelemetryEvent[]
  readonly notices: Notice[]
  /** When Klarna's offers of an order changed; true time. */
  readonly offersChangedMs: Map<string, number[]>
}

/** One claim on a shared limit. */
export interface Claim {
  readonly commandId: string
  readonly bucket: string
  readonly amount: number
}

/** Everything that our side holds of one order when the story is over. */
export interface OrderRecord {
  readonly plan: OrderPlan
  readonly orderId: string
  readonly state: OrderState | null
  readonly events: readonly StoredEvent[]
  readonly decisions: readonly Decision[]
  readonly attempts: readonly StoredAttempt[]
  readonly work: readonly Work[]
}

export interface EndEvidence extends Evidence {
  readonly orders: readonly OrderRecord[]
  /** Claims on shared limits as they are stored, and the running totals beside them. */
  readonly claims: readonly Claim[]
  readonly totals: ReadonlyMap<string, number>
  /** All that may leave the process and all that is stored, as bytes. */
  readonly traces: readonly Buffer[]
}

/** Nothing is known yet. */
export const newEvidence = (history: History, settings: Settings, twin: LocalTwin): Evidence => ({
  history,
  settings,
  twin,
  arrivals: [],
  ownerByKey: new Map(),
  startedCountByKey: new Map(),
  latest: new Map(),
  stops: [],
  acknowledged: new Map(),
  telemetry: [],
  notices: [],
  offersChangedMs: new Map(),
})

/** Takes over what a commit has made durable. */
export function noteCommit(evidence: Evidence, change: Change): void {
  const { ownerByKey, startedCountByKey } = evidence
  for (const { command, idempotencyKey } of change.commands)
    ownerByKey.set(idempotencyKey, { command, generation: 0 })
  for (const { commandId, generation, idempotencyKey } of change.generations) {
    const first = [...ownerByKey.values()].find((owner) => owner.command.id === commandId)
    if (first !== undefined) ownerByKey.set(idempotencyKey, { command: first.command, generation })
  }
  if (change.attempt?.type === 'started') {
    const { commandId, generation } = change.attempt
    for (const [key, owner] of ownerByKey)
      if (owner.command.id === commandId && owner.generation === generation)
        startedCountByKey.set(key, (startedCountByKey.get(key) ?? 0) + 1)
  }
}

/** Begins anew with what a file really holds: what died with a process was never durable. */
export async function readDurable(evidence: Evidence, store: SqliteStore): Promise<void> {
  evidence.ownerByKey.clear()
  evidence.startedCountByKey.clear()
  evidence.latest.clear()
  for (const plan of evidence.history.orders) {
    const orderId = orderIdOf(plan)
    const stored = await store.order(orderId)
    if (stored === undefined) continue
    const order = decodeSnapshot(stored.snapshot)
    evidence.latest.set(orderId, order)
    const { commands } = order
    const attempts = await store.attempts(orderId)
    for (const { commandId, generation, idempotencyKey } of await store.requests(orderId)) {
      const found = commands.find((each) => each.command.id === commandId)
      if (found === undefined) continue
      evidence.ownerByKey.set(idempotencyKey, { command: found.command, generation })
      const startedCount = attempts.filter(
        (each) => each.commandId === commandId && each.generation === generation,
      ).length
      if (startedCount > 0) evidence.startedCountByKey.set(idempotencyKey, startedCount)
    }
  }
}

/** Reads everything that is stored of the story's orders. */
export async function readOrders(
  history: History,
  store: SqliteStore,
): Promise<readonly OrderRecord[]> {
  const records: OrderRecord[] = []
  for (const plan of history.orders) {
    const orderId = orderIdOf(plan)
    const stored = await store.order(orderId)
    records.push({
      plan,
      orderId,
      state: stored === undefined ? null : decodeSnapshot(stored.snapshot),
      events: await store.events(orderId),
      decisions: await store.decisions(orderId),
      attempts: await store.attempts(orderId),
      work: await store.work({ orderId }),
    })
  }
  return records
}

/** Reads the claims past the store, from the file itself: nobody else shows them. */
export function readClaims(path: string): Pick<EndEvidence, 'claims' | 'totals'> {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const claims = database
      .prepare('SELECT command_id AS commandId, bucket, amount FROM claims')
      .all() as unknown as readonly Claim[]
    const totals = database.prepare('SELECT bucket, total FROM buckets').all()
    return {
      claims,
      totals: new Map(totals.map((row) => [String(row['bucket']), Number(row['total'])])),
    }
  } finally {
    database.close()
  }
}
