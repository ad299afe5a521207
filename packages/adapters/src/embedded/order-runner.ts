/** Runs orders: many at once, each one at a time, first come first served. Knows nothing of what a run does. */

export interface OrderRunnerOptions {
  /** How many orders run at once. */
  readonly concurrency: number
  /** One run of an order. Must not reject. */
  readonly run: (orderId: string) => Promise<void>
  /** Called when a run has ended and its place was given to the next one. */
  readonly onEnded: () => void
}

export interface OrderRunner {
  /** Orders that run or wait for a place. */
  readonly busyCount: number
  isBusy(orderId: string): boolean
  /** Runs an order as soon as there is a place; one that runs now runs once more afterwards. */
  enqueue(orderId: string): void
  /** Resolves when nothing runs and nothing waits for a place. */
  drained(): Promise<void>
  /** Starts no further run; those under way go on. */
  close(): void
}

/** Makes a runner. Invariant: no two runs of one order overlap. */
export function createOrderRunner(options: OrderRunnerOptions): OrderRunner {
  const waiting = new Set<string>()
  const running = new Set<string>()
  /** Orders that were asked for while they ran. */
  const again = new Set<string>()
  let drainedListeners: (() => void)[] = []
  let isClosed = false

  const fill = (): void => {
    for (const orderId of waiting) {
      if (running.size >= options.concurrency) return
      waiting.delete(orderId)
      running.add(orderId)
      void start(orderId)
    }
  }

  const start = async (orderId: string): Promise<void> => {
    await options.run(orderId)
    running.delete(orderId)
    if (again.delete(orderId) && !isClosed) waiting.add(orderId)
    fill()
    options.onEnded()
    if (running.size > 0 || waiting.size > 0) return
    const listeners = drainedListeners
    drainedListeners = []
    for (const listener of listeners) listener()
  }

  return {
    get busyCount() {
      return running.size + waiting.size
    },
    isBusy: (orderId) => running.has(orderId) || waiting.has(orderId),
    enqueue(orderId) {
      if (isClosed) return
      if (running.has(orderId)) {
        again.add(orderId)
        return
      }
      waiting.add(orderId)
      fill()
    },
    drained: () =>
      running.size === 0 && waiting.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => drainedListeners.push(resolve)),
    close() {
      isClosed = true
      waiting.clear()
      again.clear()
    },
  }
}
