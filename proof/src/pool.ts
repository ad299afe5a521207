/** Work on all cores: tasks go to threads as these become free, results come back in any order. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
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
  const folder = mkdtempSync(join(baseFolder(), 'postdelivery-proof-'))
  const workers: Worker[] = []
  let isOver = false

  const runOne = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(program, {
        workerData,
        execArgv: EXEC_ARGV,
        env: { ...process.env, [FOLDER_VARIABLE]: folder },
      })
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
  const leave = (): void => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  }
  for (const signal of SIGNALS) process.once(signal, leave)
  try {
    await Promise.all(Array.from({ length: workerCount }, runOne))
  } finally {
    isOver = true
    await Promise.all(workers.map((worker) => worker.terminate()))
    for (const signal of SIGNALS) process.off(signal, leave)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Memory that looks like a disk, where there is one: a real disk would only wear. */
export const baseFolder = (): string =>
  process.env[FOLDER_VARIABLE] ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir())

/** Names where files are kept; threads keep theirs below it, and all of it is gone when a run is over, however it ends. */
const FOLDER_VARIABLE = 'POSTDELIVERY_PROOF_FOLDER'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** node:sqlite warns on older Node.js. */
const EXEC_ARGV = ['--disable-warning=ExperimentalWarning']
