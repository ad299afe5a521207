/** The engine's front: checks what comes in, hands it to the engine, and shows what is stored. */
import type { EmbeddedEngine } from '@postdelivery/adapters/embedded'
import { type CaptureView, type KlarnaClient, viewCapture } from '@postdelivery/adapters/klarna'
import {
  decodeSnapshot,
  describeRefusal,
  type EngineEvent,
  type EnginePorts,
  type OrderState,
  type Plan,
  planEvent,
  type ReportedEvent,
  type RuntimeStore,
  type StoreReader,
  type Work,
  type WorkKind,
} from '@postdelivery/core'
import type { Vocabulary } from '@postdelivery/rules'
import { type EventInput, type OwnFacts, readEvent } from './event-input.ts'
import { EventError, PostDeliveryFailure } from './failures.ts'
import { createEventHandler } from './http-handler.ts'
import { createKeyedQueue } from './keyed-queue.ts'
import type { LiveRules } from './live-rules.ts'
import { type OrderView, viewOrder } from './order-view.ts'
import type { Health, PostDelivery, Receipt, StopScope } from './post-delivery.ts'
import { type ReconcileOptions, type Reconciliation, reconcile } from './reconcile.ts'
import {
  type Approval,
  type BooksConfirmation,
  type CommandName,
  makeApproval,
  makeBooksConfirmation,
  makeRejection,
  makeResolution,
  makeResumption,
  type Rejection,
  type Resolution,
  type Resumption,
  readReason,
  type StaffPorts,
} from './staff.ts'
import { quoteRules, readRuleSentences } from './stored-rules.ts'
import { checkScope, isSelfClosing, readBy } from './switches.ts'
import { readTimeline, type TimelineEntry } from './timeline.ts'
import { makeTrackEvent, type TrackOptions, unreadable } from './track.ts'
import { type Explanation, explainDecisions } from './why.ts'
import { listWork, type WorkFilter } from './work-list.ts'

/** What the front stands before. `close` ends all of it. */
export interface FrontParts {
  readonly engine: EmbeddedEngine
  readonly ports: EnginePorts
  readonly store: RuntimeStore & StoreReader
  readonly client: KlarnaClient
  readonly rules: LiveRules
  /** The facts that rules and explanations are read with. */
  readonly vocabulary: Vocabulary
  readonly secrets: () => readonly string[] | Promise<readonly string[]>
  readonly close: () => Promise<void>
}

/** Makes the front of an engine that runs. */
export const createFront = <Facts extends OwnFacts>(parts: FrontParts): PostDelivery<Facts> =>
  new Front<Facts>(parts)

class Front<Facts extends OwnFacts> implements PostDelivery<Facts> {
  readonly #parts: FrontParts
  readonly #inTurn = createKeyedQueue()
  readonly handler: (request: Request) => Promise<Response>
  #closing: Promise<void> | null = null

  constructor(parts: FrontParts) {
    this.#parts = parts
    const { clock, telemetry } = parts.ports
    const submit = (data: unknown): Promise<Receipt> => this.#submitData(data)
    this.handler = createEventHandler({ submit, secrets: parts.secrets, clock, telemetry })
  }

  async track(orderId: string, options: TrackOptions<Facts> = {}): Promise<Receipt> {
    const receipt = await this.#inTurn(`track:${orderId}`, async () => {
      this.#assertOpen()
      const { ports, store } = this.#parts
      this.#checkIds(orderId)
      const from = { gateway: ports.gateway, reader: store }
      return this.#accept(await makeTrackEvent(from, orderId, options, ports.clock.now()))
    })
    await receipt.decision
    return receipt
  }

  submit(event: EventInput<Facts>): Promise<Receipt> {
    return this.#submitData(event)
  }

  async plan(event: EventInput<Facts>): Promise<Plan> {
    this.#assertOpen()
    const planned = await planEvent(this.#parts.ports, this.#read(event))
    if (planned.ok) return planned.value
    if (planned.error.code === 'source_down')
      throw new PostDeliveryFailure('source_down', `a source is down: ${planned.error.reason}`)
    const message = `the event would be refused: ${describeRefusal(planned.error)}`
    throw new PostDeliveryFailure('plan_refused', message, { refusal: planned.error })
  }

  async apply({ event, hash }: Pick<Plan, 'event' | 'hash'>): Promise<Receipt> {
    this.#assertOpen()
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash))
      throw new PostDeliveryFailure('input_invalid', 'the hash is none of a plan')
    const read = this.#read(event)
    const before = await this.#parts.store.event(read.orderId, read.id)
    if (before === undefined || before.planHash === hash) return this.#accept(read, hash)
    const message = `the event \`${read.id}\` was reported before, not on this plan`
    throw new PostDeliveryFailure('event_reported', message)
  }

  async order(orderId: string): Promise<OrderView | undefined> {
    this.#assertOpen()
    const order = await this.#load(orderId)
    if (order === null) return undefined
    const { store, vocabulary } = this.#parts
    return viewOrder(order, await readRuleSentences(store, order, vocabulary))
  }

  async timeline(orderId: string): Promise<readonly TimelineEntry[]> {
    this.#assertOpen()
    const { store, vocabulary } = this.#parts
    return readTimeline(store, orderId, { order: await this.#load(orderId), vocabulary })
  }

  async viewCapture(orderId: string, captureId: string): Promise<CaptureView> {
    this.#assertOpen()
    this.#checkIds(orderId, captureId)
    const read = await viewCapture(this.#parts.client, { orderId, captureId })
    if (read.type === 'read') return read.value
    throw unreadable(`capture \`${captureId}\``, read.answer)
  }

  why(orderId: string): Promise<readonly Explanation[]>
  why(orderId: string, eventId: string): Promise<Explanation>
  async why(orderId: string, eventId?: string): Promise<Explanation | readonly Explanation[]> {
    this.#assertOpen()
    const { ports, store, vocabulary } = this.#parts
    const { settings, clock } = ports
    const context = { vocabulary, order: await this.#load(orderId), settings, now: clock.now() }
    if (eventId === undefined)
      return explainDecisions(store, await store.decisions(orderId), context)
    const decision = await store.decision(orderId, eventId)
    const [explanation] = await explainDecisions(store, decision ? [decision] : [], context)
    if (explanation !== undefined) return explanation
    throw new PostDeliveryFailure('unknown_event', `the order has no decision on \`${eventId}\``)
  }

  async work(filter?: WorkFilter): Promise<readonly Work[]> {
    this.#assertOpen()
    const { store, vocabulary } = this.#parts
    return quoteRules(store, await this.#listWork(filter), vocabulary)
  }

  reconcile(options: ReconcileOptions = {}): Reconciliation {
    this.#assertOpen()
    const { ports, store } = this.#parts
    const assertOpen = (): void => this.#assertOpen()
    const submit = (event: EngineEvent): Promise<Receipt> => this.#accept(event)
    const { gateway, clock } = ports
    return reconcile({ store, gateway, clock, assertOpen, submit }, options)
  }

  approve(id: CommandName, approval: Approval): Promise<Receipt> {
    return this.#acceptStaff(id, () => makeApproval(this.#staffPorts, id, approval))
  }

  reject(id: CommandName, rejection: Rejection): Promise<Receipt> {
    return this.#acceptStaff(id, () => makeRejection(this.#staffPorts, id, rejection))
  }

  resolve(id: CommandName, resolution: Resolution): Promise<Receipt> {
    return this.#acceptStaff(id, () => makeResolution(this.#staffPorts, id, resolution))
  }

  resume(id: CommandName, resumption: Resumption): Promise<Receipt> {
    return this.#acceptStaff(id, () => makeResumption(this.#staffPorts, id, resumption))
  }

  confirmBooks(orderId: string, confirmation: BooksConfirmation): Promise<Receipt> {
    return this.#acceptStaff(orderId, () =>
      makeBooksConfirmation(this.#staffPorts, orderId, confirmation),
    )
  }

  async dismiss(workId: string, reason: Rejection): Promise<void> {
    this.#assertOpen()
    const { ports, store } = this.#parts
    const { by, why } = readReason(reason)
    const work = (await store.work()).find((each) => each.id === workId)
    const isOpen = work !== undefined && !isSelfClosing(work.kind)
    if (isOpen && (await store.closeWork(workId, by, why, ports.clock.now()))) return
    throw new PostDeliveryFailure(
      'unknown_work',
      `nothing of the id \`${workId}\` can be dismissed`,
    )
  }

  async stop(scope: StopScope, reason: Rejection): Promise<void> {
    this.#assertOpen()
    const { ports, store } = this.#parts
    checkScope(scope)
    const { by, why } = readReason(reason)
    const at = ports.clock.now()
    await store.setStop({ scope, by, why, at })
    ports.telemetry.record({ name: 'alarm', level: 'warn', at, attributes: { code: 'stop_set' } })
  }

  async unstop(scope: StopScope, given: { readonly by: string }): Promise<boolean> {
    this.#assertOpen()
    const { ports, store } = this.#parts
    checkScope(scope)
    return store.clearStop(scope, readBy(given).by, ports.clock.now())
  }

  async health(): Promise<Health> {
    const { ports, store, rules, client } = this.#parts
    const isClosed = this.#closing !== null
    const work = isClosed ? [] : await this.#listWork()
    const workCounts: Partial<Record<WorkKind, number>> = {}
    for (const { kind } of work) workCounts[kind] = (workCounts[kind] ?? 0) + 1
    return {
      status: isClosed ? 'closed' : 'running',
      at: ports.clock.now(),
      observe: ports.settings.observe,
      klarnaUrl: client.baseUrl,
      ruleSets: rules
        .inForce()
        .ruleSets.map(({ name, version, hash }) => ({ name, version, hash })),
      rulesWarnings: rules.warnings(),
      rulesRefused: rules.refused(),
      stops: isClosed ? [] : await store.stops(),
      workCounts,
    }
  }

  async idle(): Promise<void> {
    this.#assertOpen()
    await this.#parts.engine.idle()
  }

  close(): Promise<void> {
    this.#closing ??= this.#parts.close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #staffPorts(): StaffPorts {
    const { ports, store } = this.#parts
    return { store, clock: ports.clock, work: () => this.#listWork() }
  }

  #listWork(filter?: WorkFilter): Promise<readonly Work[]> {
    const { ports, store } = this.#parts
    return listWork({ store, settings: ports.settings, now: ports.clock.now() }, filter)
  }

  async #submitData(data: unknown): Promise<Receipt> {
    this.#assertOpen()
    return this.#accept(this.#read(data))
  }

  #read(data: unknown): ReportedEvent {
    const read = readEvent(data)
    if (read.ok) return read.value
    throw new EventError('event_invalid', read.error)
  }

  /** Ids that no path at Klarna can carry are refused before anything is asked there. */
  #checkIds(orderId: string, captureId = 'any'): void {
    const at = this.#parts.ports.clock.now()
    this.#read({ id: 'ids', type: 'shipment.delivered', at, orderId, captureId, deliveredAt: at })
  }

  /** What one person says twice at once comes in one after the other, so that the second finds the first. */
  #acceptStaff(about: CommandName, make: () => Promise<EngineEvent>): Promise<Receipt> {
    return this.#inTurn(`staff:${JSON.stringify(about)}`, async () => {
      this.#assertOpen()
      return this.#accept(await make())
    })
  }

  async #accept(event: EngineEvent, planHash?: string): Promise<Receipt> {
    const { engine } = this.#parts
    const options = planHash === undefined ? {} : { planHash }
    const { accepted, eventId, decision, settled } = await engine.submit(event, options)
    if (accepted !== 'reused') return { accepted, eventId, decision, settled }
    const message = 'this id stands for another event of the order; nothing was done'
    throw new EventError('event_id_reused', [{ code: 'not_listed', path: '/id', message }])
  }

  async #load(orderId: string): Promise<OrderState | null> {
    const stored = await this.#parts.store.order(orderId)
    return stored === undefined ? null : decodeSnapshot(stored.snapshot)
  }

  #assertOpen(): void {
    if (this.#closing === null) return
    throw new PostDeliveryFailure('closed', 'it was closed')
  }
}
