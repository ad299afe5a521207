/** One life of the merchant's backend: the real engine, the real client, the real store, until it dies. */
import { createEmbeddedEngine, type EmbeddedEngine } from '@postdelivery/adapters/embedded'
import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
import type { LocalTwin } from '@postdelivery/adapters/klarna-twin'
import { isStoreFailure, type SqliteStore } from '@postdelivery/adapters/sqlite'
import {
  type Change,
  type EngineEvent,
  type IsoInstant,
  msToInstant,
  type Notice,
  type Settings,
  type TelemetryEvent,
} from '@postdelivery/core'
import type { ReplaceableRuleBook } from '@postdelivery/rules'
import { type Disk, storeFailure, WRITES } from './disk.ts'
import type { Mortality } from './mortality.ts'
import type { Network } from './network.ts'
import { PASSWORD } from './shop.ts'
import type { SimulatedTime } from './simulated-time.ts'

export interface ProcessOptions {
  readonly time: SimulatedTime
  readonly twin: LocalTwin
  readonly network: Network
  readonly disk: Disk
  readonly mortality: Mortality
  readonly settings: Settings
  readonly ruleBook: ReplaceableRuleBook
  /** What the process takes for the time, in milliseconds since 1970. */
  readonly clockMs: () => number
  readonly hasRightPassword: () => boolean
  readonly onDeath: (where: string) => void
  readonly onCommit: (change: Change) => void
  readonly onTelemetry: (event: TelemetryEvent) => void
  readonly onNotice: (notice: Notice) => void
}

export interface Process {
  readonly isAlive: boolean
  /** Whether it has ended as a deploy ends it. */
  readonly hasEnded: boolean
  /** Resolves when it dies or has ended. */
  readonly died: Promise<void>
  readonly engine: EmbeddedEngine
  /** The store as it is, without the dangers of the process. */
  readonly store: SqliteStore
  now(): IsoInstant
  /** Dies at once. */
  kill(where: string): void
  /** Ends as a deploy ends it. */
  end(): Promise<void>
}

/** Begins a life. Resolves when the engine has started, or has died on the way. */
export async function startProcess(options: ProcessOptions): Promise<Process> {
  const { time, disk, mortality } = options
  const store = await disk.open()
  let isAlive = true
  let hasEnded = false
  let isBroken = false
  let tellDeath = (): void => {}
  const died = new Promise<void>((resolve) => {
    tellDeath = resolve
  })
  const kill = (where: string): void => {
    if (!isAlive) return
    isAlive = false
    disk.crash()
    tellDeath()
    // What it had queued may still be written, into a past that nobody reads.
    setImmediate(() => void store.close().catch(() => {}))
    options.onDeath(where)
  }

  /** Passes one place; a process that dies there never hears of anything again. */
  const pass = async (name: string, when: 'before' | 'after'): Promise<void> => {
    if (isAlive && mortality.diesAt(name, when)) kill(`${when} ${name}`)
    if (!isAlive) await forever()
  }

  const call = async (name: string, work: () => Promise<unknown>, given: readonly unknown[]) => {
    await pass(`store.${name}`, 'before')
    const isWrite = WRITES.includes(name)
    if (isBroken && isWrite) throw storeFailure('written_but_failed')
    const { failure } = disk
    if (failure !== null && isWrite && failure !== 'written_but_failed') throw storeFailure(failure)
    const result = await time
      .busy(work)
      .catch((error: unknown) => (isAlive ? Promise.reject(error) : forever()))
    if (!isAlive) await forever()
    if (name === 'commit') {
      const [change] = given
      // `commit` is called with a change and nothing else.
      if ((result as { readonly type: string }).type === 'committed')
        options.onCommit(change as Change)
    }
    if (failure === 'written_but_failed' && isWrite) {
      // A store whose flush failed writes nothing more until it is opened again.
      isBroken = true
      throw storeFailure(failure)
    }
    await pass(`store.${name}`, 'after')
    return result
  }

  const guarded = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...given: readonly unknown[]) =>
        call(String(name), async () => member.apply(target, given), given)
    },
  })

  const timers = {
    set: (delayMs: number, run: () => void) => time.timers.set(delayMs, () => isAlive && run()),
    clear: (handle: unknown) => time.timers.clear(handle),
  }
  const now = (): IsoInstant => msToInstant(Math.floor(options.clockMs()))
  const { twin, network } = options
  const gateway = createKlarnaGateway(
    createKlarnaClient({
      baseUrl: twin.url,
      credentials: () => ({
        username: twin.username,
        password: options.hasRightPassword() ? PASSWORD : 'canary-password-9d1f-old',
      }),
      timers,
      async fetch(request) {
        await pass('fetch', 'before')
        const answer = await network.fetch(request)
        await pass('fetch', 'after')
        return answer
      },
    }),
  )
  const engine = createEmbeddedEngine({
    store: guarded,
    gateway,
    ruleBook: options.ruleBook,
    factSource: { definitions: [], load: async () => ({ type: 'absent' }) },
    clock: { now },
    monotonicMs: () => time.nowMs,
    timers,
    telemetry: { record: (event) => isAlive && options.onTelemetry(event) },
    notifier: {
      async notify(notice) {
        await pass('notify', 'before')
        options.onNotice(notice)
      },
    },
    settings: options.settings,
    concurrency: 8,
    pollMs: POLL_MS,
  })
  return {
    get isAlive() {
      return isAlive
    },
    get hasEnded() {
      return hasEnded
    },
    died,
    engine,
    store,
    now,
    kill,
    async end() {
      await Promise.race([engine.stop(), died])
      if (!isAlive) return
      isAlive = false
      hasEnded = true
      tellDeath()
      await time.busy(() => store.close())
    },
  }
}

/** Submits an event. Returns: what became of it, or why not; never hangs on a process that has died. */
export async function submitTo(
  process: Process,
  event: EngineEvent,
): Promise<'accepted' | 'repeated' | 'reused' | 'failed'> {
  try {
    const submitted = process.engine.submit(event)
    submitted.catch(() => {})
    const receipt = await Promise.race([submitted, process.died])
    return receipt === undefined ? 'failed' : receipt.accepted
  } catch (error) {
    if (isStoreFailure(error) || (error instanceof Error && error.name === 'EngineFailure'))
      return 'failed'
    throw error
  }
}

/** A new one each time: one that is shared would keep everybody who waits for it. */
const forever = (): Promise<never> => new Promise(() => {})

/** The engine's look for what other processes wrote; nobody else writes here, so a rare one will do. */
const POLL_MS = 30 * 60_000
