/** Runs cycles and says what they cost. */
import type { Task } from './bench-order.ts'
import type { Side } from './side.ts'

/** What one round came to. */
export interface Round {
  readonly cyclesPerSecond: number
  /** CPU of the measured thread, in milliseconds for each cycle; the twin's thread is not in it. */
  readonly cpuMsPerCycle: number
}

/** Does the cycles, `atOnce` of them at a time. */
export async function measure(side: Side, tasks: readonly Task[], atOnce: number): Promise<Round> {
  const rest = tasks[Symbol.iterator]()
  const work = async (): Promise<void> => {
    for (const task of rest) await side.cycle(task)
  }
  const startedMs = performance.now()
  const startedCpuMs = threadCpuMs()
  await Promise.all(Array.from({ length: atOnce }, work))
  const cpuMs = threadCpuMs() - startedCpuMs
  const seconds = (performance.now() - startedMs) / 1000
  return {
    cyclesPerSecond: tasks.length / seconds,
    cpuMsPerCycle: cpuMs / tasks.length,
  }
}

/** CPU that this thread has used. Before Node.js 23.9 only the whole process is counted, the twin with it. */
function threadCpuMs(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)()
  return (user + system) / 1000
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
