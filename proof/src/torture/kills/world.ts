/** One file's life: an engine on it is killed again and again under load, then it settles and both books are compared. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fault, OperationId } from '@postdelivery/adapters/klarna-twin'
import type { Random } from '../../random.ts'
import { checkBooks } from '../checks/check-books.ts'
import {
  type EngineProcess,
  finish,
  isDefect,
  settle,
  startEngineProcess,
} from '../engine-process.ts'
import { type Program, startProgram } from '../processes.ts'
import type { RemoteTwin } from '../remote-twin.ts'
import { openShop, type Shop } from '../shop/shop.ts'
import type { Violation } from '../violation.ts'
import { drawMoment, drawPauseMs, type Moment, type Phase } from './moments.ts'

/** Where worlds run one after the other. */
export interface Lane {
  readonly twin: RemoteTwin
  /** Milliseconds that the clocks of engine and twin are ahead of the machine's. */
  aheadMs: number
  readonly cacheFolder: string
  readonly onKill: (phase: Phase) => void
  /** Whether the run was broken off. */
  readonly isOver: () => boolean
}

export interface WorldResult {
  readonly acknowledgedCount: number
  readonly commandCount: number
  readonly withPersonCount: number
  /** Attempts of which an engine died. */
  readonly cutOffCount: number
  readonly violations: readonly Violation[]
}

interface World {
  readonly lane: Lane
  readonly path: string
  readonly draws: Random
  readonly shop: Shop
  readonly violations: Violation[]
  staff: Program | null
}

const CALL_TIMEOUT_MS = 400
/** An engine that never comes to the moment is killed then. */
const PATIENCE_MS = 4_000
/** Milliseconds of real time that Klarna takes for each answer. */
const LATENCY_MS = 2

/** Runs one world with a number of kills in a folder of its own. */
export async function runWorld(
  lane: Lane,
  { folder, draws, killCount }: { folder: string; draws: Random; killCount: number },
): Promise<WorldResult> {
  mkdirSync(folder, { recursive: true })
  await lane.twin.reset()
  await lane.twin.setSettings({ latencyMs: LATENCY_MS })
  await lane.twin.setFaults(faultsOf(draws))
  const nowMs = (): number => Date.now() + lane.aheadMs
  const shop = openShop({
    draws,
    twin: lane.twin,
    activeCount: 30,
    windowCount: 24,
    staffAsk: 'by_inbox',
    nowMs,
  })
  const path = join(folder, 'orders.db')
  const world: World = { lane, path, draws, shop, violations: [], staff: null }
  try {
    for (let index = 0; index < killCount && !lane.isOver(); index += 1) {
      await shop.restock()
      lane.onKill(await runAndKill(world, draws.part(`kill ${index}`)))
      const pauseMs = drawPauseMs(draws.part(`kill ${index}`))
      lane.aheadMs += pauseMs
      if (pauseMs > 0) await lane.twin.advance(pauseMs)
    }
    if (lane.isOver()) throw new Error('the run was broken off')
    return await endWorld(world)
  } finally {
    await world.staff?.kill()
  }
}

/** Starts an engine, lets it work, and kills it at the drawn moment. Returns: what it was doing then. */
async function runAndKill(world: World, random: Random): Promise<Phase> {
  const moment = drawMoment(random)
  const strike = Promise.withResolvers<Phase>()
  const seen = { count: 0, ackCount: 0 }
  const engine = startEngine(world, (line) => {
    if (line.startsWith('ack')) seen.ackCount += 1
    if (moment.checkpointAfter === seen.ackCount && (line === 'ready' || line.startsWith('ack')))
      engine.program.send({ checkpoint: true })
    if (isMoment(line, moment, seen))
      void wait(moment.delayMs).then(() => strike.resolve(moment.phase))
  })
  void engine.program.ended.then(() => strike.resolve('working'))
  const patience = setTimeout(strike.resolve, PATIENCE_MS, 'working')
  const phase = await strike.promise
  clearTimeout(patience)
  await killEngine(world, engine)
  return phase
}

/** Whether a line is the one to strike at; true once. */
function isMoment(line: string, moment: Moment, seen: { count: number }): boolean {
  if (!line.startsWith(moment.line)) return false
  seen.count += 1
  return seen.count === moment.count
}

/** Starts an engine on the world's file; the shop sends to it as soon as it works. */
function startEngine(world: World, onLine: (line: string) => void): EngineProcess {
  const { lane, path, shop } = world
  const engine: EngineProcess = startEngineProcess({
    path,
    twin: lane.twin,
    aheadMs: lane.aheadMs,
    timeoutMs: CALL_TIMEOUT_MS,
    cacheFolder: lane.cacheFolder,
    onLine: (line) => {
      onLine(line)
      if (isDefect(line)) world.violations.push({ law: 'engine_sound', what: line })
      if (line.startsWith('ack')) shop.system.hear(line)
      if (line === 'ready') startStaff(world)
      if (line !== 'ready' && !line.startsWith('ack')) return
      shop.system.pump(engine.program)
      if (world.staff !== null) shop.staff.pump(world.staff)
      void shop.restock()
    },
  })
  return engine
}

/** Kills it; an engine that had ended by itself before is a violation. */
async function killEngine(world: World, { program }: EngineProcess): Promise<void> {
  await program.kill()
  const code = await program.ended
  if (code !== null) {
    const what = `the engine ended by itself with ${code}: ${lastLineOf(program.errors())}`
    world.violations.push({ law: 'engine_sound', what })
  }
  world.shop.system.forget()
}

const lastLineOf = (text: string): string => text.trim().split('\n').slice(0, 6).join(' | ')

/** Staff have a process of their own, which outlives the engines. */
function startStaff(world: World): void {
  if (world.staff !== null) return
  world.staff = startProgram('staff', {
    args: [world.path],
    cacheFolder: world.lane.cacheFolder,
    onLine: (line) => world.shop.staff.hear(line),
  })
}

/** Klarna is healthy again: everything that is left is sent, time passes, and both books are compared. */
async function endWorld(world: World): Promise<WorldResult> {
  const { lane, shop, path } = world
  await lane.twin.setFaults([])
  await lane.twin.setSettings({ latencyMs: 0 })
  const engine = startEngine(world, () => {})
  await engine.ready
  await finish(shop, engine, world.staff)
  await settle(engine, lane.twin, (spanMs) => {
    lane.aheadMs += spanMs
  })
  await engine.stop()
  await world.staff?.kill()
  const klarnas = await lane.twin.books()
  const checked = await checkBooks({
    path,
    klarnas,
    acknowledged: shop.acknowledged,
    network: 'repeats_nothing',
  })
  return {
    ...checked,
    acknowledgedCount: shop.acknowledged.length,
    violations: [...world.violations, ...shop.violations, ...checked.violations],
  }
}

const WRITES: readonly OperationId[] = [
  'refundOrder',
  'releaseRemainingAuthorization',
  'extendDueDate',
  'appendShippingInfo',
  'triggerSendOut',
]

/** Klarna on a bad day, a different one for each world, so that kills meet doubt that was there before. */
function faultsOf(draws: Random): readonly Fault[] {
  const often = (name: string, usually: number): number =>
    draws.integer(`fault ${name}`, Math.ceil(usually / 2), usually * 2)
  const on = (fault: Fault, every: number): Fault => ({
    ...fault,
    every: often(`${fault.kind} ${every}`, every),
    times: null,
  })
  return [
    on({ kind: 'answer_lost', operation: WRITES }, 7),
    on(
      { kind: 'server_error', operation: WRITES, work: 'done', code: 'INTERNAL_SERVER_ERROR' },
      11,
    ),
    on({ kind: 'hang', operation: WRITES, hangMs: 600 }, 13),
    on({ kind: 'hang', operation: WRITES, hangMs: 120 }, 12),
    on({ kind: 'dropped', operation: WRITES }, 17),
    on({ kind: 'bare_403', operation: WRITES }, 29),
    on({ kind: 'html', operation: WRITES, work: 'done' }, 23),
    on({ kind: 'truncated', operation: WRITES }, 19),
    on({ kind: 'error', operation: WRITES, status: 403, code: 'NOT_ALLOWED' }, 41),
    on({ kind: 'error', operation: WRITES, work: 'done', status: 409, code: 'CONFLICT' }, 37),
    on({ kind: 'dropped', operation: 'getOrder' }, 31),
    on({ kind: 'stale', operation: 'getOrder', staleMs: 2_000 }, 29),
  ]
}
