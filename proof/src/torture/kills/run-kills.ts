/** Kills: engines under load die by SIGKILL, thousands of times, on several files at once. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../random.ts'
import { warmUp } from '../engine-process.ts'
import type { PartContext } from '../part.ts'
import { startRemoteTwin } from '../remote-twin.ts'
import type { Violation } from '../violation.ts'
import { PHASES, type Phase } from './moments.ts'
import { type Lane, runWorld, type WorldResult } from './world.ts'

export interface KillsReport {
  readonly kills: number
  /** Kills by what the engine was doing. */
  readonly killsByPhase: Readonly<Record<Phase, number>>
  /** Attempts whose engine died before their outcome was on record. */
  readonly attemptsCutOff: number
  readonly files: number
  readonly acknowledgedEvents: number
  readonly commands: number
  /** Commands that wait for a person in the end. */
  readonly withPerson: number
  readonly violations: readonly Violation[]
}

/** Files on which engines are killed at once; starting takes one core of its own. */
const LANE_COUNT = 3
const KILLS_PER_WORLD = 25

/** Kills engines `killCount` times and checks every file and every twin. */
export async function runKills(context: PartContext, killCount: number): Promise<KillsReport> {
  const { draws, folder } = context
  const cacheFolder = join(folder, 'compiled')
  await warmUp(cacheFolder)
  if (context.isOver()) return createTally().report()
  const tally = createTally()
  const worlds = worldsOf(killCount)
  const runLane = async (): Promise<void> => {
    const twin = await startRemoteTwin(cacheFolder)
    const lane: Lane = {
      twin,
      aheadMs: 0,
      cacheFolder,
      onKill: (phase) => {
        tally.kill(phase)
        context.tell(`${tally.report().kills} of ${killCount} kills`)
      },
      isOver: context.isOver,
    }
    try {
      for (let world = worlds.shift(); world !== undefined; world = worlds.shift()) {
        if (context.isOver()) return
        tally.world(await runOne(context, lane, draws, world))
      }
    } finally {
      await twin.close()
    }
  }
  const laneCount = Math.min(LANE_COUNT, worlds.length)
  await Promise.all(Array.from({ length: laneCount }, runLane))
  return tally.report()
}

interface PlannedWorld {
  readonly index: number
  readonly killCount: number
}

function worldsOf(killCount: number): PlannedWorld[] {
  const count = Math.ceil(killCount / KILLS_PER_WORLD)
  return Array.from({ length: count }, (_, index) => ({
    index,
    killCount: Math.min(KILLS_PER_WORLD, killCount - index * KILLS_PER_WORLD),
  }))
}

/** Runs a world; its files stay only when something was found. */
async function runOne(
  context: PartContext,
  lane: Lane,
  draws: Random,
  world: PlannedWorld,
): Promise<WorldResult> {
  const folder = join(context.folder, `kills-${world.index}`)
  const result = await runWorld(lane, {
    folder,
    draws: draws.part(`world ${world.index}`),
    killCount: world.killCount,
  })
  if (result.violations.length === 0) rmSync(folder, { recursive: true })
  return result
}

function createTally() {
  const byPhase = new Map<Phase, number>()
  const results: WorldResult[] = []
  const sum = (read: (result: WorldResult) => number): number =>
    results.reduce((all, result) => all + read(result), 0)
  return {
    kill: (phase: Phase) => {
      byPhase.set(phase, (byPhase.get(phase) ?? 0) + 1)
    },
    world: (result: WorldResult) => {
      results.push(result)
    },
    report: (): KillsReport => ({
      kills: [...byPhase.values()].reduce((all, each) => all + each, 0),
      // Every phase has its key.
      killsByPhase: Object.fromEntries(
        PHASES.map((phase) => [phase, byPhase.get(phase) ?? 0]),
      ) as Record<Phase, number>,
      attemptsCutOff: sum((result) => result.cutOffCount),
      files: results.length,
      acknowledgedEvents: sum((result) => result.acknowledgedCount),
      commands: sum((result) => result.commandCount),
      withPerson: sum((result) => result.withPersonCount),
      violations: results.flatMap((result) => result.violations),
    }),
  }
}
