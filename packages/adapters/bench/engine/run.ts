/** The run: for each setting both sides in turn, round by round, on fresh orders. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
import { prepareBareCycle, startBareSide } from './bare-side.ts'
import type { Task } from './bench-order.ts'
import { type EngineSidePorts, startEngineSide } from './engine-side.ts'
import { measure, type Round } from './measure.ts'
import type { BenchOptions } from './options.ts'
import { type Recording, record } from './recording.ts'
import {
  type MemoryReport,
  type Report,
  reportGrowth,
  reportSetting,
  type SettingReport,
} from './report.ts'
import { benchRuleBook } from './rule-set.ts'
import type { Side } from './side.ts'
import { createStock, type SideName, type Stock } from './stock.ts'
import { startTwinThread, type TwinThread } from './twin-thread.ts'

interface Bench {
  readonly options: BenchOptions
  readonly twin: TwinThread
  readonly ports: EngineSidePorts
  readonly recording: Recording
  /** Orders that a round works on, the same in each setting, so that all have the same history. */
  readonly ordersPerRound: number
  readonly folder: string
  readonly say: (line: string) => void
}

interface Setting {
  readonly storedCount: number
  readonly atOnce: number
  readonly cyclesPerRound: number
}

/** Runs everything. `say` hears of progress. */
export async function run(options: BenchOptions, say: (line: string) => void): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'postdelivery-bench-'))
  const twin = await startTwinThread()
  const { username, password } = twin
  const gateway = createKlarnaGateway(
    createKlarnaClient({ baseUrl: twin.url, credentials: () => ({ username, password }) }),
  )
  const ports = { gateway, ruleBook: benchRuleBook() }
  try {
    const cyclesPerRound = Math.max(...options.cycleCounts.values())
    const ordersPerRound = Math.min(cyclesPerRound, ...options.storedCounts)
    const recording = await record(twin, ports, Math.ceil(cyclesPerRound / ordersPerRound))
    return await runAll({ options, twin, ports, recording, ordersPerRound, folder, say })
  } finally {
    await twin.close()
    rmSync(folder, { recursive: true })
  }
}

async function runAll(bench: Bench): Promise<Report> {
  const settings: SettingReport[] = []
  const memory: MemoryReport[] = []
  let booksAgree = true
  for (const storedCount of bench.options.storedCounts) {
    const stock = createStock({ ...bench, storedCount })
    for (const [atOnce, cyclesPerRound] of bench.options.cycleCounts) {
      const setting = { storedCount, atOnce, cyclesPerRound }
      const { report, agrees } = await runSetting(bench, stock, setting)
      settings.push(report)
      booksAgree &&= agrees
    }
    memory.push(await measureMemory(bench, stock, storedCount))
  }
  const growth = reportGrowth(settings)
  return { node: process.versions.node, settings, memory, growth, booksAgree }
}

async function runSetting(
  bench: Bench,
  stock: Stock,
  setting: Setting,
): Promise<{ readonly report: SettingReport; readonly agrees: boolean }> {
  const rounds: Record<SideName, Round[]> = { engine: [], bare: [] }
  let agrees = true
  // The first round of each side warms up and does not count.
  for (let number = 0; number <= bench.options.roundCount; number += 1) {
    // In turn, so that neither side always has the quieter machine.
    const names: readonly SideName[] = number % 2 === 0 ? ['engine', 'bare'] : ['bare', 'engine']
    for (const name of names) {
      const result = await runRound(bench, stock, name, setting)
      agrees &&= result.agrees
      if (number > 0) rounds[name].push(result.round)
      const { storedCount, atOnce } = setting
      const speed = `${result.round.cyclesPerSecond.toFixed(0)} cycles/s`
      const remark = number === 0 ? ' (warming up)' : ''
      bench.say(`${storedCount} stored, ${atOnce} at once, ${name}: ${speed}${remark}`)
    }
  }
  return { report: reportSetting(setting, rounds.engine, rounds.bare), agrees }
}

async function runRound(
  bench: Bench,
  stock: Stock,
  name: SideName,
  setting: Setting,
): Promise<{ readonly round: Round; readonly agrees: boolean }> {
  const { cyclesPerRound, atOnce } = setting
  const count = Math.min(cyclesPerRound, bench.ordersPerRound)
  const { path, orders } = await stock.take(name, count)
  const tasks = Array.from({ length: Math.ceil(cyclesPerRound / count) }, (_, index) =>
    orders.map((order): Task => ({ order, index })),
  )
    .flat()
    .slice(0, cyclesPerRound)
  await bench.twin.addOrders(orders)
  const side = await startSide(bench, name, path, tasks)
  collectGarbage()
  const round = await measure(side, tasks, atOnce)
  await side.close()
  return { round, agrees: (await bench.twin.parcelCount(orders)) === tasks.length }
}

async function startSide(
  { ports, recording }: Bench,
  name: SideName,
  path: string,
  tasks: readonly Task[],
): Promise<Side> {
  if (name === 'engine') return startEngineSide(path, ports)
  const cycles = tasks.map((task) => prepareBareCycle(recording, task))
  return startBareSide(path, ports.gateway, cycles)
}

async function measureMemory(
  bench: Bench,
  stock: Stock,
  storedCount: number,
): Promise<MemoryReport> {
  const { path } = await stock.take('engine', 1)
  stock.clear()
  const side = await startEngineSide(path, bench.ports)
  collectGarbage()
  const { heapUsed, rss } = process.memoryUsage()
  await side.close()
  return { storedCount, heapUsedMb: heapUsed / 1e6, rssMb: rss / 1e6 }
}

/** Collects what earlier rounds left, so that no round pays for another. */
const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
})()
