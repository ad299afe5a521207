/** Makes up the orders, replays them in both modes, and reckons what json-rules-engine would take. */

import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BacktestPlan } from '../../src/backtest/backtest-plan.ts'
import { readBlocks } from '../../src/backtest/blocks.ts'
import { runBacktest } from '../../src/backtest/run-backtest.ts'
import { unlimitedSettings } from '../../src/backtest/unlimited-settings.ts'
import { measureEngine } from './json-rules-engine-side.ts'
import { madeOrder } from './made-orders.ts'
import { madeRules } from './made-rules.ts'
import type { BenchOptions } from './options.ts'

/** One mode, measured. */
export interface ModeReport {
  readonly mode: 'once' | 'lifecycle'
  readonly seconds: number
  readonly goalSeconds: number
  /** Processor seconds of all threads. */
  readonly cpuSeconds: number
  readonly ordersPerSecond: number
  readonly changedDecisionCount: number
  readonly decisionCount: number
  /** Reckoned seconds of json-rules-engine for one decision an order, divided by ours. */
  readonly timesJsonRulesEngine: number
}

export interface BenchReport {
  readonly orderCount: number
  readonly ruleCount: number
  readonly workerCount: number
  readonly modes: readonly ModeReport[]
  /** Seconds that json-rules-engine would need to decide each order once under both versions, on as many cores. */
  readonly jsonRulesEngineSeconds: number
  /** Whether json-rules-engine fired the same rules for every order of the sample, and nothing was left out. */
  readonly isEqual: boolean
}

/** Goals for a million orders under fifty rules on two cores. */
const GOAL_SECONDS = { once: 10, lifecycle: 30 } as const

/** Runs everything. `say` is told how far it is. */
export async function run(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<BenchReport> {
  const { orderCount, ruleCount, workerCount } = options
  const folder = await mkdtemp(join(tmpdir(), 'postdelivery-bench-'))
  try {
    const file = join(folder, 'orders.ndjson')
    say(`making up ${orderCount} orders`)
    await writeOrders(file, orderCount)
    say('asking json-rules-engine about a sample')
    const engine = await measureEngine(options)
    const jsonRulesEngineSeconds = (engine.secondsPerDecision * orderCount * 2) / workerCount
    const modes: ModeReport[] = []
    let isEqual = engine.isEqual
    for (const mode of ['once', 'lifecycle'] as const) {
      say(`replaying: ${mode}`)
      const measured = await measure(planOf(ruleCount, mode), file, options)
      isEqual &&= measured.orderCount === orderCount
      const timesJsonRulesEngine = jsonRulesEngineSeconds / measured.report.seconds
      modes.push({
        mode,
        ...measured.report,
        timesJsonRulesEngine,
        goalSeconds: GOAL_SECONDS[mode],
      })
    }
    return { orderCount, ruleCount, workerCount, modes, jsonRulesEngineSeconds, isEqual }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const planOf = (ruleCount: number, mode: 'once' | 'lifecycle'): BacktestPlan => ({
  before: [{ file: 'before.rules.json', text: madeRules(ruleCount, 0) }],
  after: [{ file: 'after.rules.json', text: madeRules(ruleCount, 1) }],
  ownFacts: [],
  settings: unlimitedSettings(),
  until: null,
  once: mode === 'once',
  peopleAgree: false,
  exampleMaxCount: 20,
})

async function measure(plan: BacktestPlan, file: string, { workerCount }: BenchOptions) {
  const startedAtMs = performance.now()
  const startedCpu = process.cpuUsage()
  const blocks = readBlocks(createReadStream(file, { highWaterMark: 1_048_576 }))
  const { tally } = await runBacktest(plan, { blocks, workerCount })
  const seconds = (performance.now() - startedAtMs) / 1_000
  const { user, system } = process.cpuUsage(startedCpu)
  const { orderCount, changedDecisionCount, decisionCount } = tally
  return {
    orderCount,
    report: {
      seconds,
      cpuSeconds: (user + system) / 1_000_000,
      ordersPerSecond: orderCount / seconds,
      changedDecisionCount,
      decisionCount: decisionCount.before + decisionCount.after,
    },
  }
}

async function writeOrders(file: string, orderCount: number): Promise<void> {
  const stream = createWriteStream(file, { highWaterMark: 1_048_576 })
  for (let number = 0; number < orderCount; number += 1)
    if (!stream.write(`${madeOrder(number)}\n`)) await once(stream, 'drain')
  stream.end()
  await once(stream, 'finish')
}
