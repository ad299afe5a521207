/** Stored histories: what was told to the engine and what Klarna said, with what the engine decided, as plain JSON. */
import {
  addMs,
  canonicalJson,
  type Decision,
  type DueDateOptions,
  decodeSnapshot,
  type EngineEvent,
  encodeSnapshot,
  type GatewayAnswer,
  type IsoInstant,
  instantToMs,
  type ObservedOrder,
  type PaymentGateway,
  type ReadResult,
  type RuleBook,
  type Settings,
  SNAPSHOT_VERSION,
} from '@postdelivery/core'
import { builtInVocabulary, createRuleBook, validateRuleSet } from '@postdelivery/rules'
import { type Captured, SETTINGS } from '../builders.ts'
import { aRig, type Rig } from '../rig.ts'

/** Something was submitted, or the engine ran until an instant. */
export type Move =
  | { readonly at: IsoInstant; readonly submits: EngineEvent }
  | { readonly runsUntil: IsoInstant }

interface Heard<Value> {
  readonly at: IsoInstant
  /** An order, or an order and a capture. */
  readonly of: string
  readonly result: ReadResult<Value>
}

/** One history, as it stands in a file. Nothing in it is ever changed once its version was released. */
export interface History {
  /** The snapshot version that wrote it. */
  readonly snapshotVersion: number
  readonly says: string
  readonly settings: Settings
  readonly ruleSets: readonly unknown[]
  readonly moves: readonly Move[]
  readonly klarna: {
    /** Answers by idempotency key, in the order of the attempts. */
    readonly performed: Readonly<Record<string, readonly GatewayAnswer[]>>
    readonly orders: readonly Heard<ObservedOrder>[]
    readonly offers: readonly Heard<DueDateOptions>[]
  }
  readonly orders: readonly OrderRecord[]
}

/** What the engine made of one order. */
interface OrderRecord {
  readonly orderId: string
  readonly events: readonly {
    readonly eventId: string
    readonly status: string
    readonly bodyHash: string
  }[]
  readonly decisions: readonly Decision[]
  /** Hash of the bytes and the key of each command, by command id and generation. */
  readonly requests: readonly { readonly of: string; readonly hash: string; readonly key: string }[]
  /** The stored envelope, parsed; its canonical text is what was stored. */
  readonly snapshot: unknown
}

/** How a history is made: what happens, in words of the rig. */
export interface Story {
  readonly name: string
  readonly says: string
  readonly ruleSets: readonly object[]
  readonly settings?: Partial<Settings>
  readonly orders: readonly Captured[]
  /** Says what happens; `tell` submits and runs, `play` lets time pass. */
  readonly tells: (scene: Scene) => Promise<void>
}

export interface Scene {
  readonly rig: Rig
  tell(event: EngineEvent): Promise<void>
  play(ms: number): Promise<void>
}

/** Plays a story on the real engine and a real store, and records it. */
export async function recordStory(story: Story): Promise<History> {
  const performed: Record<string, GatewayAnswer[]> = {}
  const orders: Heard<ObservedOrder>[] = []
  const offers: Heard<DueDateOptions>[] = []
  const settings = { ...SETTINGS, ...story.settings }
  const rig: Rig = await aRig({
    ruleBook: ruleBookOf(story.ruleSets),
    settings,
    wrap: (ports) => {
      const { gateway, clock } = ports
      const recording: PaymentGateway = {
        prepare: gateway.prepare,
        async perform(request, key) {
          const answer = await gateway.perform(request, key)
          performed[key] = [...(performed[key] ?? []), answer]
          return answer
        },
        async readOrder(orderId) {
          const result = await gateway.readOrder(orderId)
          orders.push({ at: clock.now(), of: orderId, result })
          return result
        },
        async readDueDateOptions(orderId, captureId) {
          const result = await gateway.readDueDateOptions(orderId, captureId)
          offers.push({ at: clock.now(), of: `${orderId} ${captureId}`, result })
          return result
        },
      }
      return { ...ports, gateway: recording }
    },
  })
  const moves: Move[] = []
  for (const order of story.orders) rig.klarna.open(order)
  await story.tells({
    rig,
    async tell(event) {
      moves.push({ at: rig.now(), submits: event })
      await rig.tell(event)
    },
    async play(ms) {
      moves.push({ runsUntil: addMs(rig.now(), ms) })
      await rig.play(ms)
    },
  })
  return {
    snapshotVersion: SNAPSHOT_VERSION,
    says: story.says,
    settings,
    ruleSets: story.ruleSets,
    moves,
    klarna: { performed, orders, offers },
    orders: await recordsOf(
      rig,
      story.orders.map((order) => order.orderId),
    ),
  }
}

/** Tells a stored history to the engine of today. Klarna says what it said then. */
export async function replayHistory(history: History): Promise<readonly OrderRecord[]> {
  const orders = memoryOf(history.klarna.orders)
  const offers = memoryOf(history.klarna.offers)
  const left = new Map(
    Object.entries(history.klarna.performed).map(([key, all]) => [key, [...all]]),
  )
  const rig = await aRig({
    ruleBook: ruleBookOf(history.ruleSets),
    settings: history.settings,
    wrap: (ports) => ({
      ...ports,
      gateway: {
        prepare: ports.gateway.prepare,
        async perform(_, key) {
          const answer = left.get(key)?.shift()
          if (answer === undefined) throw new Error(`the history knows no further call of ${key}`)
          return answer
        },
        readOrder: async (orderId) => orders(orderId, ports.clock.now()),
        readDueDateOptions: async (orderId, captureId) =>
          offers(`${orderId} ${captureId}`, ports.clock.now()),
      },
    }),
  })
  for (const move of history.moves) {
    if ('submits' in move) await rig.tell(move.submits)
    else await rig.play(instantToMs(move.runsUntil) - instantToMs(rig.now()))
  }
  return recordsOf(
    rig,
    history.orders.map((order) => order.orderId),
  )
}

/**
 * What Klarna said at an instant, in turn; at another one what it had said last, or, before it said anything, first: a later
 * version may read once more or once less.
 */
function memoryOf<Value>(
  heard: readonly Heard<Value>[],
): (of: string, now: IsoInstant) => ReadResult<Value> {
  const told = new Set<Heard<Value>>()
  return (of, now) => {
    const own = heard.filter((each) => each.of === of)
    const found =
      own.find((each) => each.at === now && !told.has(each)) ??
      own.findLast((each) => each.at <= now) ??
      own[0]
    if (found === undefined) throw new Error(`the history knows no read of ${of}`)
    told.add(found)
    return found.result
  }
}

async function recordsOf(rig: Rig, orderIds: readonly string[]): Promise<readonly OrderRecord[]> {
  const records: OrderRecord[] = []
  for (const orderId of orderIds) {
    const events = await rig.store.events(orderId)
    const requests = await rig.store.requests(orderId)
    const stored = await rig.store.order(orderId)
    records.push({
      orderId,
      events: events.map(({ eventId, status, bodyHash }) => ({ eventId, status, bodyHash })),
      decisions: await rig.store.decisions(orderId),
      requests: requests.map(({ commandId, generation, hash, idempotencyKey }) => ({
        of: `${commandId} ${generation}`,
        hash,
        key: idempotencyKey,
      })),
      snapshot: stored === undefined ? null : JSON.parse(stored.snapshot),
    })
  }
  return records
}

/**
 * What must be the same for ever, as bytes: every event's end, every decision, every request, the final state.
 *
 * Snapshots of different versions are compared in the newest form. Which evaluator decided is on record, and may be
 * another one today.
 */
export const fingerprintOf = (record: OrderRecord): string =>
  canonicalJson({
    ...record,
    decisions: record.decisions.map((decision) => ({ ...decision, evaluator: '' })),
    snapshot:
      record.snapshot === null
        ? ''
        : encodeSnapshot(decodeSnapshot(canonicalJson(record.snapshot))),
  })

function ruleBookOf(ruleSets: readonly unknown[]): RuleBook {
  const vocabulary = builtInVocabulary()
  const checked = ruleSets.map((each) => {
    const check = validateRuleSet(JSON.stringify(each), vocabulary)
    if (!check.ok) throw new Error(JSON.stringify(check.issues))
    return check.ruleSet
  })
  const book = createRuleBook(vocabulary, checked)
  if (!book.ok) throw new Error(JSON.stringify(book.error))
  return book.value
}
