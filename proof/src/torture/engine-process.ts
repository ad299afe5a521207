/** An engine in a process of its own, on a file, against a twin. */
import { setTimeout as wait } from 'node:timers/promises'
import { type Program, startProgram } from './processes.ts'
import type { RemoteTwin } from './remote-twin.ts'
import type { Shop } from './shop/shop.ts'
import type { TwinAddress } from './shop/shop-engine.ts'

export interface EngineProcess {
  readonly program: Program
  /** Resolves when it has recovered and works. */
  readonly ready: Promise<void>
  /** Rejects when it is gone, with what it wrote to stderr. */
  readonly gone: Promise<never>
  /** Resolves when nothing is due, with milliseconds until something will be; null when nothing ever will. */
  idle(): Promise<number | null>
  /** Lets it finish and end. Throws: when it ends otherwise. */
  stop(): Promise<void>
}

export interface EngineProcessOptions {
  readonly path: string
  readonly twin: TwinAddress
  readonly aheadMs: number
  readonly timeoutMs: number
  readonly cacheFolder: string
  /** Hears every line but the answers to `idle`. */
  readonly onLine: (line: string) => void
}

/** Starts an engine. */
export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  const { path, twin, aheadMs, timeoutMs, cacheFolder } = options
  const ready = Promise.withResolvers<void>()
  // It may be killed before; then nobody waits for it.
  ready.promise.catch(() => {})
  const idles: PromiseWithResolvers<number | null>[] = []
  const program = startProgram('engine', {
    args: [path, twin.url, twin.username, twin.password, String(aheadMs), String(timeoutMs)],
    cacheFolder,
    onLine: (line) => {
      if (line.startsWith('idle ')) return idles.shift()?.resolve(waitOf(line))
      if (line === 'ready') ready.resolve()
      options.onLine(line)
    },
  })
  const gone = program.ended.then((code): never => {
    const error = new Error(`the engine ended with ${code}: ${program.errors()}`)
    ready.reject(error)
    for (const idle of idles) idle.reject(error)
    throw error
  })
  // It is meant to be killed; only those who need it alive listen.
  gone.catch(() => {})
  return {
    program,
    ready: ready.promise,
    gone,
    idle: () => {
      const idle = Promise.withResolvers<number | null>()
      idles.push(idle)
      program.send({ idle: true })
      return idle.promise
    },
    stop: async () => {
      program.send({ stop: true })
      const code = await program.ended
      if (code !== 0) throw new Error(`the engine ended with ${code}: ${program.errors()}`)
    },
  }
}

/** Whether a line tells of an alarm that only a defect of the engine raises. */
export const isDefect = (line: string): boolean =>
  line.startsWith('at alarm order_stopped') || line.startsWith('at alarm deciding_failed')

/** Reads `idle NEXT NOW`. */
function waitOf(line: string): number | null {
  const [, next = '', now = ''] = line.split(' ')
  return next === 'null' ? null : Math.max(0, Date.parse(next) - Date.parse(now))
}

/** Loads an engine's code once, so that the following starts find it compiled: what is killed keeps no cache. */
export async function warmUp(cacheFolder: string): Promise<void> {
  for (const name of ['engine', 'staff']) {
    const program = startProgram(name, { cacheFolder, onLine: () => {} })
    await program.ended
  }
}

/** How often the clock is moved at most: books that differ are looked at again for ever, and that is as it should be. */
const ROUND_MAX_COUNT = 80
/** Each wait is passed by this much, so that those of the same kind end together. */
const PASS_SHARE = 1.6
const PASS_MIN_MS = 1_000

/**
 * Lets time pass at the engine and at Klarna until nothing is due any more, or it makes no difference.
 *
 * `onMoved` hears of each move in milliseconds.
 */
export async function settle(
  engine: EngineProcess,
  twin: Pick<RemoteTwin, 'advance'>,
  onMoved: (spanMs: number) => void,
): Promise<void> {
  for (let round = 0; round < ROUND_MAX_COUNT; round += 1) {
    const waitMs = await engine.idle()
    if (waitMs === null) return
    const spanMs = Math.ceil(Math.max(PASS_MIN_MS, waitMs * PASS_SHARE))
    await twin.advance(spanMs)
    engine.program.send({ advanceMs: spanMs })
    onMoved(spanMs)
  }
}

/** Lets a shop send what is left until all of it is acknowledged. Throws: when the engine ends before. */
export async function finish(
  shop: Shop,
  engine: EngineProcess,
  staff: Program | null,
): Promise<void> {
  shop.closeDoors()
  while (!shop.isDone) {
    shop.system.pump(engine.program)
    if (staff !== null) shop.staff.pump(staff)
    await Promise.race([wait(10), engine.gone])
  }
}
