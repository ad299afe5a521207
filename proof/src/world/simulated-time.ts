/**
 * Time that only a simulation moves: one thing happens at a time, and the next only when everything that it began has come to rest.
 *
 * The engine's own waits run on it. What runs at the same instant runs in an order that the seed decides.
 */
import type { Timers } from '@postdelivery/adapters/embedded'
import type { Random } from '../random.ts'

export interface SimulatedTime {
  /** Milliseconds since 1970, the true time; a process may believe something else. */
  readonly nowMs: number
  /** How many things have happened. */
  readonly stepCount: number
  readonly timers: Timers
  /** Resolves after a span of simulated time. */
  sleep(spanMs: number): Promise<void>
  /** Work that does not wait for time: nothing else happens until it has ended. */
  busy<Value>(work: () => Promise<Value>): Promise<Value>
  /** Lets everything go on that waits for no time. */
  settle(): Promise<void>
  /** Moves to an instant, letting happen what is due on the way; `afterEach` is called when each has come to rest. */
  runUntil(endMs: number, afterEach: () => void): Promise<void>
}

interface Entry {
  readonly atMs: number
  readonly rank: number
  readonly number: number
  run: (() => void) | null
}

/** Turns of the event loop without any activity after which all is at rest. */
const QUIET_TURNS = 3

/** A step that never comes to rest is a hot loop of the engine's. */
const TURNS_MAX = 200_000

export function createSimulatedTime(startMs: number, random: Random): SimulatedTime {
  const heap: Entry[] = []
  let nowMs = startMs
  let setCount = 0
  let stepCount = 0
  let busyCount = 0
  let activity = 0

  const add = (delayMs: number, run: () => void): Entry => {
    setCount += 1
    const entry: Entry = {
      atMs: nowMs + Math.max(0, Math.ceil(delayMs)),
      rank: random.fraction(`tie ${setCount}`),
      number: setCount,
      run,
    }
    push(heap, entry)
    return entry
  }

  const settle = async (): Promise<void> => {
    let quietTurns = 0
    for (let turn = 0; quietTurns < QUIET_TURNS; turn += 1) {
      if (turn > TURNS_MAX)
        throw new Error(`nothing comes to rest at ${new Date(nowMs).toISOString()}`)
      const before = activity
      await new Promise(setImmediate)
      quietTurns = busyCount === 0 && activity === before ? quietTurns + 1 : 0
    }
  }

  return {
    get nowMs() {
      return nowMs
    },
    get stepCount() {
      return stepCount
    },
    timers: {
      set: add,
      clear(handle) {
        ;(handle as Entry).run = null
      },
    },
    sleep: (spanMs) => new Promise((resolve) => void add(spanMs, resolve)),
    async busy(work) {
      busyCount += 1
      activity += 1
      try {
        return await work()
      } finally {
        busyCount -= 1
        activity += 1
      }
    },
    settle,
    async runUntil(endMs, afterEach) {
      for (;;) {
        const [next] = heap
        if (next === undefined || next.atMs > endMs) break
        pop(heap)
        if (next.run === null) continue
        nowMs = next.atMs
        stepCount += 1
        next.run()
        await settle()
        afterEach()
      }
      nowMs = endMs
    },
  }
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.atMs !== b.atMs ? a.atMs < b.atMs : a.rank !== b.rank ? a.rank < b.rank : a.number < b.number

function push(heap: Entry[], entry: Entry): void {
  heap.push(entry)
  let index = heap.length - 1
  while (index > 0) {
    const parent = (index - 1) >> 1
    if (!swapIfBefore(heap, index, parent)) return
    index = parent
  }
}

function pop(heap: Entry[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  heap[0] = last
  for (let index = 0; ; ) {
    const left = index * 2 + 1
    const right = left + 1
    const [leftEntry, rightEntry] = [heap[left], heap[right]]
    if (leftEntry === undefined) return
    const child = rightEntry !== undefined && isBefore(rightEntry, leftEntry) ? right : left
    if (!swapIfBefore(heap, child, index)) return
    index = child
  }
}

function swapIfBefore(heap: Entry[], child: number, parent: number): boolean {
  const [low, high] = [heap[child], heap[parent]]
  if (low === undefined || high === undefined || !isBefore(low, high)) return false
  heap[child] = high
  heap[parent] = low
  return true
}
