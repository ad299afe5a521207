/** The embedded runtime: one process drives all orders of one store. Loops, waits and wake-ups live here, decisions in core. */
import {
  assertNever,
  type Clock,
  type EngineEvent,
  type EnginePorts,
  errorName,
  type FactSource,
  type Notifier,
  type PaymentGateway,
  type RuleBook,
  type RuntimeStore,
  type Settings,
  type StoreReader,
  type Telemetry,
  type TelemetryEvent,
} from '@postdelivery/core'
import { systemTimers, type Timers } from '../timers.ts'
import { type Courier, createCourier } from './courier.ts'
import { EngineFailure } from './failures.ts'
import { guardTelemetry, watchNotices } from './guarded-ports.ts'
import { type Health, watchHealth } from './health.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { createOrderPasses, type OrderPasses, type Step } from './order-passes.ts'
import { createOrderRunner, type OrderRunner } from './order-runner.ts'
import { createPuller, type Puller } from './puller.ts'
import type { Receipt } from './receipt.ts'
import { createReceipts, type Receipts } from './receipts.ts'
import { createSendGate, type SendGate } from './send-gate.ts'
import { createSteadyClock } from './steady-clock.ts'
import { createSweeper, PAGE_COUNT, type Sweeper } from './sweep.ts'
import { type AlarmClock, createAlarmClock } from './timers.ts'

export interface EmbeddedEngineOptions {
  /** The engine is the only one that drives this store; it does not close it. */
  readonly store: RuntimeStore & StoreReader
  readonly gateway: PaymentGateway
  readonly ruleBook: RuleBook
  readonly factSource: FactSource
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly notifier: Notifier
  readonly settings: Settings
  /** Orders that run at once, which bounds the calls to Klarna as well. Default 64. */
  readonly concurrency?: number
  /** Milliseconds between looks for what other processes wrote. Default 500. */
  readonly pollMs?: number
  /** Default: the runtime's own. */
  readonly timers?: Timers
  /** Milliseconds that pass whatever is done to the clock; asked for when the clock is set back. Default: the runtime's own. */
  readonly monotonicMs?: () => number
}

export interface EmbeddedEngine {
  /**
   * Turns what an earlier process left unanswered into unknown outcomes, then begins with what is due. Call once.
   *
   * Throws: `EngineFailure` with `engine_not_running` on a second call, `engine_stopped` when stopped meanwhile; what
   * the store throws.
   */
  start(): Promise<void>
  /**
   * Makes an event durable; deciding and calling follow by themselves.
   *
   * `planHash`: the decision must equal this plan.
   * Throws: `EngineFailure` with `engine_not_running` or `engine_stopped`; what the store throws.
   */
  submit(event: EngineEvent, options?: { readonly planHash?: string }): Promise<Receipt>
  /** Looks at an order at once, also at one that an error has stopped. */
  wake(orderId: string): void
  /**
   * Resolves when nothing is due now; orders that an error has stopped do not count.
   *
   * Throws: `EngineFailure` with `engine_not_running` or `engine_stopped`; what the store throws.
   */
  idle(): Promise<void>
  /**
   * Starts no further call and waits for those under way, at most `graceMs` (default 10,000).
   *
   * A call that is still unanswered then is left to the next start, as an unknown outcome. The store stays open.
   */
  stop(options?: { readonly graceMs?: number }): Promise<void>
}

/**
 * Makes the engine of one store and one Klarna merchant.
 *
 * Many orders run at once, each one at a time. An error in one of them stops that one alone, opens work, and is tried
 * again with growing waits. Nothing runs before `start`, and nothing is left behind after `stop`.
 */
export const createEmbeddedEngine = (options: EmbeddedEngineOptions): EmbeddedEngine =>
  new Engine(options)

type Phase = 'new' | 'recovering' | 'running' | 'stopping' | 'stopped'

const DEFAULT_CONCURRENCY = 64
const DEFAULT_POLL_MS = 500
const DEFAULT_GRACE_MS = 10_000

class Engine implements EmbeddedEngine {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #telemetry: Telemetry
  readonly #alarmClock: AlarmClock
  readonly #health: Health
  readonly #puller: Puller
  readonly #gate: SendGate
  readonly #receipts: Receipts
  readonly #inbox: Inbox
  readonly #courier: Courier
  readonly #passes: OrderPasses
  readonly #runner: OrderRunner
  readonly #sweeper: Sweeper
  #phase: Phase = 'new'
  #stopping: Promise<void> | null = null
  /** Wakes those who wait for `idle` when the engine stops. */
  readonly #onStopped = new Set<() => void>()

  constructor(options: EmbeddedEngineOptions) {
    const { store, notifier } = options
    const timers = options.timers ?? systemTimers
    const telemetry = guardTelemetry(options.telemetry)
    const clock = createSteadyClock({
      clock: options.clock,
      monotonicMs: options.monotonicMs ?? (() => performance.now()),
      onSetBack: (waitMs) => {
        const attributes = { code: 'clock_set_back', waitMs }
        this.#record({ name: 'alarm', level: 'error', attributes })
      },
    })
    this.#clock = clock
    this.#timers = timers
    this.#telemetry = telemetry
    this.#alarmClock = createAlarmClock({ clock, timers, ring: () => this.#ring() })
    this.#health = watchHealth(options.gateway, () => this.#puller.begin())
    this.#gate = createSendGate(this.#health.gateway, {
      clock,
      timers,
      telemetry,
      stops: () => store.stops(),
    })
    this.#receipts = createReceipts()
    this.#courier = createCourier({ store, notifier, clock, timers, telemetry })
    const ports: EnginePorts = {
      store: watchNotices(store, () => this.#deliver()),
      gateway: this.#gate.gateway,
      ruleBook: options.ruleBook,
      factSource: options.factSource,
      clock,
      telemetry,
      settings: options.settings,
    }
    this.#inbox = createInbox({ ports, store, receipts: this.#receipts })
    this.#passes = createOrderPasses({
      ports,
      store,
      mayAdvance: () => this.#phase === 'running',
      mayPull: () => this.#health.isHealthy,
      isOver: () => this.#phase === 'stopped',
      onStep: (orderId, step) => this.#hear(orderId, step),
      onWakeAt: (at) => this.#alarmClock.setAt(at),
      onAgain: (orderId) => this.#runner.enqueue(orderId),
    })
    this.#runner = createOrderRunner({
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      run: (orderId) => this.#passes.pass(orderId),
      onEnded: () => this.#refill(),
    })
    this.#puller = createPuller({
      store,
      clock,
      timers,
      isHealthy: () => this.#health.isHealthy,
      pull: (orderId) => this.#pull(orderId),
      onFailed: this.#failed('store_unreadable'),
    })
    this.#sweeper = createSweeper({
      store,
      clock,
      runner: this.#runner,
      holds: this.#passes.holds,
      alarmClock: this.#alarmClock,
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
      onGivenUp: (events) => this.#inbox.gaveUp(events),
    })
  }

  async start(): Promise<void> {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') throw stoppedFailure()
    if (this.#phase !== 'new') {
      throw new EngineFailure('engine_not_running', 'the engine was started before')
    }
    this.#phase = 'recovering'
    const { sending, stopped } = await this.#passes.load()
    for (const orderId of sending) this.#runner.enqueue(orderId)
    await this.#runner.drained()

    this.#assertPhase('recovering')
    this.#phase = 'running'
    this.#record({
      name: 'engine_started',
      level: 'info',
      attributes: { recoveredCount: sending.length },
    })
    for (const orderId of stopped) this.#runner.enqueue(orderId)
    this.#deliver()
    await this.#sweeper.sweep()
  }

  async submit(event: EngineEvent, options?: { readonly planHash?: string }): Promise<Receipt> {
    if (this.#phase === 'new') throw notRunning()
    if (this.#phase === 'stopping' || this.#phase === 'stopped') throw stoppedFailure()
    const receipt = await this.#inbox.submit(event, options?.planHash)
    const { orderId } = event
    if (this.#phase === 'running' && !this.#passes.holds.isWaiting(orderId)) {
      this.#runner.enqueue(orderId)
    }
    return receipt
  }

  wake(orderId: string): void {
    if (this.#phase !== 'running') return
    this.#passes.holds.hurry(orderId)
    this.#runner.enqueue(orderId)
  }

  async idle(): Promise<void> {
    let foundCount: number
    do {
      this.#assertPhase('running')
      await this.#untilStopped(this.#runner.drained())
      await this.#untilStopped(this.#courier.deliver())
      await this.#untilStopped(this.#puller.settled())
      this.#assertPhase('running')
      foundCount = await this.#sweeper.sweep()
    } while (foundCount > 0 || this.#runner.busyCount > 0)
  }

  stop(options?: { readonly graceMs?: number }): Promise<void> {
    this.#stopping ??= this.#stop(options?.graceMs ?? DEFAULT_GRACE_MS)
    return this.#stopping
  }

  async #stop(graceMs: number): Promise<void> {
    const wasStarted = this.#phase !== 'new'
    this.#phase = 'stopping'
    this.#alarmClock.close()
    this.#runner.close()
    this.#gate.close()
    this.#puller.close()
    this.#courier.close()
    await this.#atMost(graceMs, [
      this.#runner.drained(),
      this.#courier.deliver(),
      this.#sweeper.settled(),
      this.#puller.settled(),
    ])

    this.#phase = 'stopped'
    this.#receipts.close(stoppedFailure())
    for (const wake of this.#onStopped) wake()
    if (!wasStarted) return
    const attributes = { unansweredCount: this.#runner.busyCount }
    this.#record({ name: 'engine_stopped', level: 'info', attributes })
  }

  /** Tells those who wait what a step has brought. */
  #hear(orderId: string, step: Step): void {
    switch (step.type) {
      case 'decided':
        this.#receipts.decided(step.decision, step.order)
        if (step.order !== null) this.#receipts.progressed(step.order)
        return
      case 'stepped':
        this.#receipts.progressed(step.order)
        return
      case 'put_off':
        if (step.status === 'dead_lettered') this.#inbox.gaveUp([{ orderId, ...step }])
        return
      default:
        assertNever(step)
    }
  }

  /** An order that an error has stopped keeps its wait. */
  #pull(orderId: string): void {
    if (this.#phase !== 'running' || this.#passes.holds.isWaiting(orderId)) return
    this.#passes.pullNext(orderId)
    this.#runner.enqueue(orderId)
  }

  #ring(): void {
    if (this.#phase !== 'running') return
    if (this.#courier.isDue()) this.#deliver()
    this.#sweeper.sweep().catch(this.#failed('store_unreadable'))
  }

  /** The last look's page was full: looks again before the runner has nothing to do. */
  #refill(): void {
    if (!this.#sweeper.hasMore || this.#runner.busyCount > PAGE_COUNT / 2) return
    this.#alarmClock.setAt(this.#clock.now())
  }

  #deliver(): void {
    if (this.#phase !== 'running') return
    this.#courier.deliver().then(() => {
      const nextAt = this.#courier.nextAt()
      if (nextAt !== null) this.#alarmClock.setAt(nextAt)
    }, this.#failed('notices_unreadable'))
  }

  #record(event: Omit<TelemetryEvent, 'at'>): void {
    this.#telemetry.record({ ...event, at: this.#clock.now() })
  }

  #failed(code: string): (error: unknown) => void {
    return (error) => {
      if (this.#phase === 'stopped') return
      this.#record({ name: 'alarm', level: 'error', attributes: { code, error: errorName(error) } })
    }
  }

  #assertPhase(phase: 'recovering' | 'running'): void {
    if (this.#phase === phase) return
    throw this.#phase === 'new' || this.#phase === 'recovering' ? notRunning() : stoppedFailure()
  }

  async #untilStopped(work: Promise<void>): Promise<void> {
    let wake = (): void => {}
    const stopped = new Promise<void>((resolve) => {
      wake = resolve
    })
    this.#onStopped.add(wake)
    try {
      await Promise.race([work, stopped])
    } finally {
      this.#onStopped.delete(wake)
    }
  }

  /** Waits for all of these, whether they work or fail, but no longer than the limit. */
  async #atMost(limitMs: number, work: readonly Promise<unknown>[]): Promise<void> {
    let handle: unknown
    const limit = new Promise<void>((resolve) => {
      handle = this.#timers.set(limitMs, resolve)
    })
    await Promise.race([Promise.allSettled(work), limit])
    this.#timers.clear(handle)
  }
}

const notRunning = (): EngineFailure =>
  new EngineFailure('engine_not_running', 'the engine has not been started')

const stoppedFailure = (): EngineFailure =>
  new EngineFailure('engine_stopped', 'the engine was stopped')
