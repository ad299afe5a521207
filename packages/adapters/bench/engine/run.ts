/** The run: for each setting both sides in turn, round by round, on fresh orders. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
import type { PaymentGateway, RuleBook } from '@postdelivery/core'
import { prepareBareCycle, seedBareStore, startBareSide } from './bare-side.ts'
import { type BenchOrder, benchOrder } from './bench-order.ts'
import { seedEngineStore, startEngineSide } from './engine-side.ts'
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
import { startTwinThread, type TwinThread } from './twin-thread.ts'

interface Bench {
  readonly options: BenchOptions
  readonly twin: TwinThread
  readonly gateway: PaymentGateway
  readonly ruleBook: RuleBook
  readonly recording: Recording
  readonly folder: string
  readonly say: (line: string) => void
}

type SideName = 'engine' | 'bare'

/** Runs everything. `say` hears of progress. */
export async function run(options: BenchOptions, say: (line: string) => void): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'postdelivery-bench-'))
  const twin = await startTwinThread()
  const { username, password } = twin
  const gateway = createKlarnaGateway(
    createKlarnaClient({ baseUrl: twin.url, credentials: () => ({ username, password }) }),
  )
  const ruleBook = benchRuleBook()
  try {
    const recording = await record(twin, gateway, ruleBook)
    return await runAll({ options, twin, gateway, ruleBook, recording, folder, say })
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
    const stock = createStock(bench, storedCount)
    for (const [atOnce, cyclesPerRound] of bench.options.cycleCounts) {
      const rounds: Record<SideName, Round[]> = { engine: [], bare: [] }
      // The first round of each side warms up and does not count.
      for (let round = 0; round <= bench.options.roundCount; round += 1) {
        // In turn, so that neither side always has the quieter machine.
        const names: readonly SideName[] = round % 2 === 0 ? ['engine', 'bare'] : ['bare', 'engine']
        for (const name of names) {
          const { round: result, agrees } = await runRound(bench, stock, name, {
            atOnce,
            cyclesPerRound,
          })
          booksAgree &&= agrees
          if (round > 0) rounds[name].push(result)
          bench.say(
            `${storedCount} stored, ${atOnce} at once, ${name}: ${result.cyclesPerSecond.toFixed(0)} cycles/s${round === 0 ? ' (warming up)' : ''}`,
          )
        }
      }
      const setting = { storedCount, atOnce, cyclesPerRound }
      settings.push(reportSetting(setting, rounds.engine, rounds.bare))
    }
    memory.push(await measureMemory(bench, stock, storedCount))
  }
  const growth = reportGrowth(settings)
  return { node: process.versions.node, settings, memory, growth, booksAgree }
}

/** Databases with so many orders, and orders of them that no cycle has touched. */
interface Stock {
  /** A database of a side in which these orders are registered and untouched, among so many others. */
  take(name: SideName, count: number): Promise<{ path: string; orders: readonly BenchOrder[] }>
}

/**
 * A database is used until its untouched orders run out, then a new one is made: so each cycle meets an order with
 * the same history, however many are stored.
 */
function createStock({ recording, folder, say }: Bench, storedCount: number): Stock {
  const current = new Map<SideName, { path: string; untouched: BenchOrder[] }>()
  let databaseCount = 0

  const make = async (name: SideName) => {
    databaseCount += 1
    const batch = `${storedCount}/${databaseCount}`
    const path = join(folder, `${name}-${storedCount}-${databaseCount}.db`)
    const orders = Array.from({ length: storedCount }, (_, index) =>
      benchOrder(`${batch}/${index}`),
    )
    if (name === 'bare') seedBareStore(path, recording, orders)
    else {
      await seedEngineStore(path, recording, orders, (count) => {
        if (count % 20_000 === 0) say(`${count} of ${storedCount} orders stored for the engine`)
      })
    }
    // Ids are hashes, so orders in the order of their making lie all over the indexes.
    return { path, untouched: orders }
  }

  return {
    async take(name, count) {
      let database = current.get(name)
      if (database === undefined || database.untouched.length < count) {
        database = await make(name)
        current.set(name, database)
      }
      return { path: database.path, orders: database.untouched.splice(0, count) }
    },
  }
}

async function runRound(
  bench: Bench,
  stock: Stock,
  name: SideName,
  setting: { readonly atOnce: number; readonly cyclesPerRound: number },
): Promise<{ readonly round: Round; readonly agrees: boolean }> {
  const { path, orders } = await stock.take(name, setting.cyclesPerRound)
  await bench.twin.addOrders(orders)
  const side = await startSide(bench, name, path, orders)
  collectGarbage()
  const round = await measure(side, orders, setting.atOnce)
  await side.close()
  const { min, max } = await bench.twin.parcelCounts(orders)
  return { round, agrees: min === 1 && max === 1 }
}

async function startSide(
  { gateway, ruleBook, recording }: Bench,
  name: SideName,
  path: string,
  orders: readonly BenchOrder[],
): Promise<Side> {
  if (name === 'engine') return startEngineSide(path, gateway, ruleBook)
  const cycles = orders.map((order) => prepareBareCycle(recording, order))
  return startBareSide(path, gateway, cycles)
}

async function measureMemory(
  bench: Bench,
  stock: Stock,
  storedCount: number,
): Promise<MemoryReport> {
  const { path } = await stock.take('engine', 1)
  collectGarbage()
  const { heapUsed: withoutBytes } = process.memoryUsage()
  const side = await startEngineSide(path, bench.gateway, bench.ruleBook)
  collectGarbage()
  const { heapUsed, rss } = process.memoryUsage()
  await side.close()
  return { storedCount, heapUsedMb: (heapUsed - withoutBytes) / 1e6, rssMb: rss / 1e6 }
}

/** Collects what earlier rounds left, so that no round pays for another. */
const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
})()
