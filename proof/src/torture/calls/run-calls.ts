/** Lost answers: an engine works over a network that loses, delays, cuts and repeats, and both books are compared. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../../random.ts'
import { checkBooks } from '../checks/check-books.ts'
import {
  type EngineProcess,
  finish,
  isDefect,
  settle,
  startEngineProcess,
  warmUp,
} from '../engine-process.ts'
import type { PartContext } from '../part.ts'
import { type RemoteTwin, startRemoteTwin } from '../remote-twin.ts'
import { openShop, type Shop } from '../shop/shop.ts'
import type { Violation } from '../violation.ts'
import { FATE_NAMES, type Fate } from './fates.ts'
import { type Network, startNetwork } from './lossy-network.ts'

export interface CallsReport {
  /** Writes that came to the network, repeats included. */
  readonly proxiedCalls: number
  /** Writes that Klarna did and whose answer never came. */
  readonly lostAnswers: number
  readonly callsByFate: Readonly<Record<Fate, number>>
  readonly acknowledgedEvents: number
  readonly commands: number
  /** Commands that wait for a person in the end. */
  readonly withPerson: number
  readonly violations: readonly Violation[]
}

/** Engines with a network each. */
const LANE_COUNT = 2
/** Few enough that the twin keeps every call, reads and repeats included. */
const CALLS_PER_WORLD = 1_700
const CALL_TIMEOUT_MS = 300
/** Of a world's writes this share comes while its shop is busy; the rest are what that leaves to do. */
const BUSY_SHARE = 0.8

/** Makes `callCount` writes over lossy networks. */
export async function runCalls(context: PartContext, callCount: number): Promise<CallsReport> {
  const cacheFolder = join(context.folder, 'compiled')
  await warmUp(cacheFolder)
  if (context.isOver()) return NOTHING
  const reports: CallsReport[] = []
  const laneCount = Math.min(LANE_COUNT, Math.ceil(callCount / CALLS_PER_WORLD))
  let doneCount = 0
  let worldCount = 0
  const onWrite = (): void => {
    doneCount += 1
    context.tell(`${doneCount} of ${callCount} writes`)
  }
  const runLane = async (): Promise<void> => {
    const lane: Lane = { twin: await startRemoteTwin(cacheFolder), aheadMs: 0, cacheFolder }
    try {
      while (doneCount < callCount && !context.isOver()) {
        const leftCount = Math.ceil(((callCount - doneCount) / laneCount) * BUSY_SHARE)
        const world = {
          index: worldCount,
          callCount: Math.min(CALLS_PER_WORLD, leftCount),
          onWrite,
        }
        worldCount += 1
        const report = await runWorld(context, lane, world)
        reports.push(report)
        // What is broken may never make the calls that are left.
        if (report.violations.length > 0) return
      }
    } finally {
      await lane.twin.close()
    }
  }
  await Promise.all(Array.from({ length: laneCount }, runLane))
  return reports.reduce(together, NOTHING)
}

interface Lane {
  readonly twin: RemoteTwin
  aheadMs: number
  readonly cacheFolder: string
}

interface PlannedWorld {
  readonly index: number
  readonly callCount: number
}

/** One file with its engine, its network and its shop. */
interface World {
  readonly lane: Lane
  readonly path: string
  readonly network: Network
  readonly shop: Shop
  readonly engine: EngineProcess
  readonly alarms: readonly Violation[]
  /** Commands on their way. */
  readonly open: { readonly count: number }
}

/** Runs an engine on a new file until enough writes came by, then lets it settle and compares the books. */
async function runWorld(
  context: PartContext,
  lane: Lane,
  { index, callCount, onWrite }: PlannedWorld & { readonly onWrite: () => void },
): Promise<CallsReport> {
  const folder = join(context.folder, `calls-${index}`)
  mkdirSync(folder, { recursive: true })
  const draws = context.draws.part(`world ${index}`)
  const world = await openWorld(lane, { path: join(folder, 'orders.db'), draws, onWrite })
  try {
    await world.engine.ready
    await play(world, callCount, context.isOver)
    await end(world)
    const report = await compareBooks(world)
    if (report.violations.length === 0) rmSync(folder, { recursive: true })
    return report
  } finally {
    await world.engine.program.kill()
    await world.network.close()
  }
}

async function openWorld(
  lane: Lane,
  { path, draws, onWrite }: { path: string; draws: Random; onWrite: () => void },
): Promise<World> {
  const { twin, aheadMs, cacheFolder } = lane
  const timeoutMs = CALL_TIMEOUT_MS
  await twin.reset()
  const network = await startNetwork({ target: twin.url, draws, timeoutMs, onWrite })
  const shop = openShop({
    draws,
    twin,
    activeCount: 40,
    windowCount: 48,
    staffAsk: 'by_system',
    nowMs: () => Date.now() + lane.aheadMs,
  })
  const alarms: Violation[] = []
  const open = { count: 0 }
  const engine = startEngineProcess({
    path,
    twin: { ...twin, url: network.url },
    aheadMs,
    timeoutMs,
    cacheFolder,
    onLine: (line) => {
      if (isDefect(line)) alarms.push({ law: 'engine_sound', what: line })
      if (line.startsWith('ack')) shop.system.hear(line)
      if (line === 'at command_queued') open.count += 1
      if (line.startsWith('at command_settled')) open.count -= 1
    },
  })
  return { lane, path, network, shop, engine, alarms, open }
}

async function compareBooks(world: World): Promise<CallsReport> {
  const { lane, path, network, shop, alarms } = world
  const { acknowledged } = shop
  const klarnas = await lane.twin.books()
  const checked = await checkBooks({ path, klarnas, acknowledged, network: 'repeats' })
  return {
    proxiedCalls: network.writeCount,
    lostAnswers: network.lostCount,
    callsByFate: network.writesByFate,
    acknowledgedEvents: acknowledged.length,
    commands: checked.commandCount,
    withPerson: checked.withPersonCount,
    violations: [...alarms, ...shop.violations, ...checked.violations],
  }
}

/** Commands on their way at once; with more of them the shop waits, so that a run ends soon after its last event. */
const OPEN_MAX_COUNT = 200
/** How often the clock moves while the shop is busy, and how far: past Klarna's first wait before a repeat. */
const MOVE_EVERY_MS = 150
const MOVE_MS = 8_000

async function play(world: World, callCount: number, isOver: () => boolean): Promise<void> {
  const { lane, network, shop, open, engine, alarms } = world
  let movedMs = performance.now()
  while (network.writeCount < callCount && alarms.length === 0 && !isOver()) {
    if (open.count < OPEN_MAX_COUNT) {
      await shop.restock()
      shop.system.pump(engine.program)
    }
    await Promise.race([wait(5), engine.gone])
    if (performance.now() - movedMs < MOVE_EVERY_MS) continue
    movedMs = performance.now()
    await lane.twin.advance(MOVE_MS)
    engine.program.send({ advanceMs: MOVE_MS })
    lane.aheadMs += MOVE_MS
  }
}

/** What was begun goes on over the same network; only when time alone is left it is healthy, so that there is an end. */
async function end({ engine, lane, network, shop }: World): Promise<void> {
  await finish(shop, engine, null)
  await engine.idle()
  network.setHealthy(true)
  await settle(engine, lane.twin, (spanMs) => {
    lane.aheadMs += spanMs
  })
  // Order matters: what comes late must have come before Klarna's books are read.
  await network.settled()
  await engine.stop()
}

const NOTHING: CallsReport = {
  proxiedCalls: 0,
  lostAnswers: 0,
  // Every fate has its key.
  callsByFate: Object.fromEntries(FATE_NAMES.map((fate) => [fate, 0])) as Record<Fate, number>,
  acknowledgedEvents: 0,
  commands: 0,
  withPerson: 0,
  violations: [],
}

const together = (a: CallsReport, b: CallsReport): CallsReport => ({
  proxiedCalls: a.proxiedCalls + b.proxiedCalls,
  lostAnswers: a.lostAnswers + b.lostAnswers,
  // Every fate has its key.
  callsByFate: Object.fromEntries(
    FATE_NAMES.map((fate) => [fate, a.callsByFate[fate] + b.callsByFate[fate]]),
  ) as Record<Fate, number>,
  acknowledgedEvents: a.acknowledgedEvents + b.acknowledgedEvents,
  commands: a.commands + b.commands,
  withPerson: a.withPerson + b.withPerson,
  violations: [...a.violations, ...b.violations],
})
