/** Runs a backtest on several cores: hands out blocks, tells how far it is, adds up what the workers counted. */
import { Worker } from 'node:worker_threads'
import type { BacktestPlan } from './backtest-plan.ts'
import type { Block } from './blocks.ts'
import { type Counted, createBlockCounter, mergeCounted } from './count-blocks.ts'

export type ToWorker = { readonly type: 'block'; readonly block: Block } | { readonly type: 'end' }
export type FromWorker =
  | { readonly type: 'block'; readonly orderCount: number; readonly problemCount: number }
  | { readonly type: 'done'; readonly counted: Counted }

/** How far a backtest is. */
export interface BacktestProgress {
  /** Orders counted so far. */
  readonly orderCount: number
  /** Lines that could not be counted so far. */
  readonly problemCount: number
}

export interface BacktestRun {
  readonly blocks: AsyncIterable<Block>
  /** 1 or more; 0 counts in this thread. The result is the same. */
  readonly workerCount: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: BacktestProgress) => void
}

/** Blocks that a worker has on its desk: one to count, one to go on with. */
const BLOCKS_AT_ONCE = 2

/**
 * Counts all blocks.
 *
 * Throws: the signal's reason when it is aborted; what a worker or the blocks threw.
 */
export async function runBacktest(plan: BacktestPlan, run: BacktestRun): Promise<Counted> {
  if (run.workerCount === 0) return countHere(plan, run)
  const workers = Array.from({ length: run.workerCount }, () => startWorker(plan))
  const stop = new AbortController()
  const report = () => {
    const sum = (read: (worker: BlockWorker) => number) =>
      workers.reduce((all, worker) => all + read(worker), 0)
    run.onProgress?.({
      orderCount: sum(({ progress }) => progress.orderCount),
      problemCount: sum(({ progress }) => progress.problemCount),
    })
  }
  try {
    const aborted = abortion(run.signal, stop.signal)
    const failed = Promise.race([aborted, ...workers.map((worker) => worker.failed)])
    // Whoever fails while nobody waits is heard at the next wait.
    failed.catch(() => {})
    for await (const block of run.blocks) {
      run.signal?.throwIfAborted()
      const worker = await Promise.race([failed, ...workers.map((each) => each.free())])
      worker.send(block)
      report()
    }
    const counted = await Promise.race([failed, Promise.all(workers.map((each) => each.end()))])
    return counted.reduce(mergeCounted)
  } finally {
    stop.abort()
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

async function countHere(plan: BacktestPlan, run: BacktestRun): Promise<Counted> {
  const counter = createBlockCounter(plan)
  for await (const block of run.blocks) {
    run.signal?.throwIfAborted()
    counter.count(block)
    const { tally, problemCount } = counter.counted
    run.onProgress?.({ orderCount: tally.orderCount, problemCount })
  }
  return counter.counted
}

/** Rejects when the first signal is aborted; listens no longer than until the second is. */
const abortion = (signal: AbortSignal | undefined, until: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { signal: until })
  })

interface BlockWorker {
  readonly progress: BacktestProgress
  /** Rejects when the worker fails; never resolves. */
  readonly failed: Promise<never>
  /** Resolves with the worker when it can take another block. */
  free(): Promise<BlockWorker>
  send(block: Block): void
  end(): Promise<Counted>
  terminate(): Promise<unknown>
}

/** As TypeScript in this repository, as JavaScript where it is installed. */
const PROGRAM = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
)

function startWorker(plan: BacktestPlan): BlockWorker {
  const thread = new Worker(PROGRAM, { workerData: plan })
  const fail = deferred<never>()
  const done = deferred<Counted>()
  let free = deferred<BlockWorker>()
  let openCount = 0
  let isDone = false
  const worker: BlockWorker & { progress: BacktestProgress } = {
    progress: { orderCount: 0, problemCount: 0 },
    failed: fail.promise,
    free: () => free.promise,
    send(block) {
      openCount += 1
      if (openCount >= BLOCKS_AT_ONCE) free = deferred()
      thread.postMessage({ type: 'block', block } satisfies ToWorker, [block.bytes.buffer])
    },
    end() {
      thread.postMessage({ type: 'end' } satisfies ToWorker)
      return done.promise
    },
    terminate: () => thread.terminate(),
  }
  free.resolve(worker)
  fail.promise.catch(() => {})
  thread.on('error', fail.reject)
  thread.on('exit', (code) => {
    if (!isDone) fail.reject(new Error(`a worker ended early with ${code}`))
  })
  thread.on('message', (message: FromWorker) => {
    if (message.type === 'done') {
      isDone = true
      return done.resolve(message.counted)
    }
    openCount -= 1
    worker.progress = message
    free.resolve(worker)
  })
  return worker
}

/** A promise that is settled from outside. */
function deferred<Value>() {
  let resolve: (value: Value) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<Value>((onDone, onFail) => {
    resolve = onDone
    reject = onFail
  })
  return { promise, resolve, reject }
}
