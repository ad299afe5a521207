/** A real run, kept as the bytes of its file and of its log, with what was acknowledged at which length of the log. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startTwin, type Twin } from '@postdelivery/adapters/klarna-twin'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { makeInboxEvent, type PublicEvent, type RuleBook } from '@postdelivery/core'
import type { Random } from '../../random.ts'
import type { Acknowledged } from '../checks/check-events.ts'
import { createMovableClock, createShopEngine, type MovableClock } from '../shop/shop-engine.ts'
import { makeShopOrder } from '../shop/shop-order.ts'
import { readLog, type WriteAheadLog } from './write-ahead-log.ts'

/** An event that was acknowledged when the log had this length. */
export interface Promised extends Acknowledged {
  readonly what: 'accepted' | 'decided'
  readonly logBytes: number
}

export interface Recording {
  /** The file as it was when the log began. */
  readonly base: Buffer
  readonly log: Buffer
  readonly parsed: WriteAheadLog
  /** What stood where the log was written, from an earlier one; empty for a new file. */
  readonly stale: Buffer
  readonly promised: readonly Promised[]
  /** Everything that was submitted, in its order. */
  readonly events: readonly PublicEvent[]
  /** Klarna as it is after the run. */
  readonly twin: Twin
  /** As far as time has come. */
  readonly clock: MovableClock
}

export interface RecordOptions {
  readonly folder: string
  readonly draws: Random
  readonly ruleBook: RuleBook
  /** `birth`: the log holds everything since the file was made; `later`: it begins in the middle, over an older log. */
  readonly from: 'birth' | 'later'
}

const ORDER_COUNT = 5
/** Above it, so that an answer that is lost was surely given. */
const CALL_TIMEOUT_MS = 5_000
/** Passes Klarna's first wait before a repeat, lengthened as it may be. */
const REPEAT_WAIT_MS = 8_000

/** Runs an engine on a new file and keeps its bytes. The twin stays open. */
export async function recordRun(options: RecordOptions): Promise<Recording> {
  const { folder, draws, ruleBook, from } = options
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'recorded.db')
  const clock = createMovableClock()
  const twin = await startTwin({ orders: [], settings: { rateLimitPerSecond: null } })
  const store = await openSqliteStore(path)
  const defect = Promise.withResolvers<never>()
  defect.promise.catch(() => {})
  const engine = createShopEngine({
    store,
    ruleBook,
    twin,
    clock,
    timeoutMs: CALL_TIMEOUT_MS,
    onTelemetry: (event) => {
      // An event that cannot be decided would be waited for without end.
      if (event.level === 'error' && event.attributes?.['code'] === 'deciding_failed')
        defect.reject(new Error(`the recorded run fails: ${JSON.stringify(event)}`))
    },
  })
  await engine.start()
  const promised: Promised[] = []
  const logBytes = (): number => statSync(`${path}-wal`).size
  const submit = async (event: PublicEvent): Promise<void> => {
    const acknowledged = acknowledgedOf(event)
    const receipt = await engine.submit(event)
    promised.push({ ...acknowledged, what: 'accepted', logBytes: logBytes() })
    await Promise.race([receipt.decision, defect.promise])
    promised.push({ ...acknowledged, what: 'decided', logBytes: logBytes() })
  }
  const play = async (name: string): Promise<readonly PublicEvent[]> => {
    const events = openOrders(twin, draws.part(name))
    twin.setFaults([{ kind: 'answer_lost', every: 5, times: 6 }])
    await Promise.all(events.map(submit))
    await engine.idle()
    twin.setFaults([])
    for (let round = 0; round < 2; round += 1) {
      twin.advance(REPEAT_WAIT_MS)
      clock.advance(REPEAT_WAIT_MS)
      await engine.idle()
    }
    return events
  }

  const before = from === 'later' ? await play('before') : []
  const stale = from === 'later' ? foldLog(path) : Buffer.alloc(0)
  promised.length = 0
  const base = readFileSync(path)
  const events = await play('recorded')
  const log = readFileSync(`${path}-wal`)
  await engine.stop()
  await store.close()
  return {
    base,
    log,
    parsed: readLog(log),
    stale,
    promised,
    events: [...before, ...events],
    twin,
    clock,
  }
}

function acknowledgedOf(event: PublicEvent): Acknowledged {
  const { orderId, eventId, bodyHash } = makeInboxEvent(event, event.at)
  return { orderId, eventId, bodyHash }
}

/** Orders at Klarna with the events about them, those of different orders mixed. */
function openOrders(twin: Twin, draws: Random): readonly PublicEvent[] {
  const orders = Array.from({ length: ORDER_COUNT }, (_, index) =>
    makeShopOrder(draws, `order ${index}`, Date.parse(twin.now)),
  )
  twin.addOrders(orders.map((order) => order.seed))
  const longest = Math.max(...orders.map(({ events }) => events.length))
  return [
    ...Array.from({ length: longest }, (_, place) =>
      orders.flatMap(({ events }) => events.slice(place, place + 1)),
    ).flat(),
    ...orders.flatMap((order) => order.asked),
  ]
}

/** Copies the log into the file and begins it anew. Returns: the old log, over which the new one is written. */
function foldLog(path: string): Buffer {
  const stale = existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0)
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE)')
  } finally {
    database.close()
  }
  return stale
}
