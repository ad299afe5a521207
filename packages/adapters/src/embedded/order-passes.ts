/** One pass over one order: everything that is due, step by step; an unexpected error stops the order, never the process. */
import {
  type Advanced,
  AssertionError,
  advanceOrder,
  type EnginePorts,
  errorName,
  type IsoInstant,
  isClockFailure,
  makeWork,
  pullForward,
  type RuntimeStore,
  recoverOrder,
  SnapshotError,
  type StoreReader,
} from '@postdelivery/core'
import { isStoreFailure } from '../sqlite/failures.ts'
import { createHolds, type Holds } from './holds.ts'

/** A step that did something. */
export type Step = Exclude<Advanced, { readonly type: 'idle' }>

export interface OrderPassesOptions {
  readonly ports: EnginePorts
  readonly store: RuntimeStore & StoreReader
  /** Whether orders may go on; while not, a pass only recovers. */
  readonly mayAdvance: () => boolean
  /** Whether Klarna answers, so that repeats may come sooner. */
  readonly mayPull: () => boolean
  /** Whether the engine has been stopped for good, so that what still comes back concerns nobody. */
  readonly isOver: () => boolean
  /** Each step that did something. */
  readonly onStep: (orderId: string, step: Step) => void
  /** The order wants to be looked at again then. */
  readonly onWakeAt: (at: IsoInstant) => void
  /** The order wants to be looked at again at once. */
  readonly onAgain: (orderId: string) => void
}

export interface OrderPasses {
  /** Orders that were stopped by an error, with their growing waits. */
  readonly holds: Holds
  /** Learns which orders an earlier process left behind. Returns: those that need a pass now. */
  load(): Promise<{
    readonly sending: readonly string[]
    readonly stopped: readonly string[]
  }>
  /** The next pass looks first whether something of the order may come sooner. */
  pullNext(orderId: string): void
  /** Makes one pass; never rejects. */
  pass(orderId: string): Promise<void>
}

export function createOrderPasses(options: OrderPassesOptions): OrderPasses {
  const { ports, store } = options
  const { clock, telemetry } = ports
  const holds = createHolds(clock)
  /** Orders that may have an attempt without an outcome; it becomes an unknown one before anything else. */
  const unrecovered = new Set<string>()
  /** Orders whose repeats may come sooner. */
  const pulled = new Set<string>()
  /** Orders whose stop is open work. */
  const reported = new Set<string>()

  const recover = async (orderId: string): Promise<void> => {
    if (!unrecovered.has(orderId)) return
    const advanced = await recoverOrder(ports, orderId)
    unrecovered.delete(orderId)
    if (advanced.type !== 'idle') options.onStep(orderId, advanced)
  }

  const pull = async (orderId: string): Promise<void> => {
    if (!pulled.delete(orderId)) return
    while (options.mayAdvance() && options.mayPull()) {
      const advanced = await pullForward(ports, orderId)
      if (advanced.type === 'idle') return
      options.onStep(orderId, advanced)
    }
  }

  const advance = async (orderId: string): Promise<void> => {
    for (let stepCount = 0; options.mayAdvance(); stepCount += 1) {
      const advanced = await advanceOrder(ports, orderId)
      if (advanced.type !== 'idle') {
        options.onStep(orderId, advanced)
        continue
      }
      if (advanced.wakeAt === null) return
      if (advanced.wakeAt > clock.now()) options.onWakeAt(advanced.wakeAt)
      // It became due while the last step ran. After a pass without a step the next poll is soon enough.
      else if (stepCount > 0) options.onAgain(orderId)
      return
    }
  }

  const stopOrder = async (orderId: string, error: unknown): Promise<void> => {
    // The attempt may have been recorded and its outcome not.
    unrecovered.add(orderId)
    if (options.isOver()) return
    const at = clock.now()
    const { failureCount, retryAt } = holds.hold(
      orderId,
      isClockFailure(error) ? error.retryAt : undefined,
    )
    options.onWakeAt(retryAt)
    telemetry.record({
      name: 'alarm',
      level: 'error',
      at,
      orderId,
      attributes: { code: 'order_stopped', failureCount, error: errorName(error) },
    })
    await store.openWork(
      makeWork({
        kind: 'order_stopped',
        id: workIdOf(orderId),
        orderId,
        at,
        about: describe(error),
      }),
    )
    reported.add(orderId)
  }

  const goOn = async (orderId: string): Promise<void> => {
    holds.release(orderId)
    if (!reported.has(orderId) || !options.mayAdvance()) return
    await store.closeWork(workIdOf(orderId), 'engine', 'the order goes on', clock.now())
    reported.delete(orderId)
  }

  return {
    holds,

    async load() {
      const sending = await store.sendingOrders()
      for (const orderId of sending) unrecovered.add(orderId)
      const work = await store.work({ kind: 'order_stopped' })
      for (const { orderId } of work) reported.add(orderId)
      return { sending, stopped: [...reported] }
    },

    pullNext(orderId) {
      pulled.add(orderId)
    },

    async pass(orderId) {
      try {
        await recover(orderId)
        await pull(orderId)
        await advance(orderId)
        await goOn(orderId)
      } catch (error) {
        await stopOrder(orderId, error).catch((second: unknown) => {
          telemetry.record({
            name: 'alarm',
            level: 'error',
            at: clock.now(),
            orderId,
            attributes: { code: 'work_not_opened', error: errorName(second) },
          })
        })
      }
    },
  }
}

const workIdOf = (orderId: string): string => `stopped:${orderId}`

const DESCRIPTION_MAX_LENGTH = 300

/** For the person who looks into it: our own words, and of what somebody else's code has thrown its class alone. */
const describe = (error: unknown): string =>
  isOurs(error)
    ? `${error.name}: ${error.message}`.slice(0, DESCRIPTION_MAX_LENGTH)
    : errorName(error)

/** Not by name alone: Node's own `AssertionError` says what was compared. */
const isOurs = (error: unknown): error is Error =>
  error instanceof AssertionError ||
  error instanceof SnapshotError ||
  isClockFailure(error) ||
  isStoreFailure(error)
