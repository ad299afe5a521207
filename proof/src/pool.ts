/** Work on all cores: tasks go to threads as these become free, results come back in any order. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

export interface PoolOptions<Task> {
  /** The program of a thread; it answers each task by one message. */
  readonly program: URL
  readonly tasks: Iterable<Task>
  /** Given to every thread at its start. */
  readonly workerData?: unknown
  /** Default: one for each core. */
  readonly workerCount?: number
}

/**
 * Runs all tasks; `onResult` may end the rest by returning `stop`.
 *
 * Throws: what a thread throws; then all are ended.
 */
export async function runPool<Task, Result>(
  { program, tasks, workerData, workerCount = availableParallelism() }: PoolOptions<Task>,
  onResult: (result: Result) => 'go on' | 'stop',
): Promise<void> {
  const iterator = tasks[Symbol.iterator]()
  const workers: Worker[] = []
  let isOver = false

  const runOne = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(program, { workerData, execArgv: EXEC_ARGV })
      workers.push(worker)
      const next = (): void => {
        const { value, done } = isOver ? { value: undefined, done: true } : iterator.next()
        if (done === true) resolve()
        else worker.postMessage(value)
      }
      worker.on('message', (result: Result) => {
        if (!isOver && onResult(result) === 'stop') isOver = true
        next()
      })
      worker.on('error', reject)
      next()
    })
  try {
    await Promise.all(Array.from({ length: workerCount }, runOne))
  } finally {
    isOver = true
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

/** node:sqlite warns on older Node.js. */
const EXEC_ARGV = ['--disable-warning=ExperimentalWarning']
