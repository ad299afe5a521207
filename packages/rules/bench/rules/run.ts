/** The run: for each number of rules all engines answer the same orders, then take turns. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Contender, MakeContender } from './contender.ts'
import { ifChain } from './if-chain.ts'
import { jsonLogicEngine, jsonLogicJs } from './json-logic.ts'
import { jsonRulesEngine } from './json-rules-engine.ts'
import type { BenchOptions } from './options.ts'
import { oursChecked, oursWithoutTrace, oursWithTrace } from './ours.ts'
import { type Report, reportGoals, reportSetting, type SettingReport } from './report.ts'
import { makeWorkload } from './workload.ts'
import { zen } from './zen.ts'

const CONTENDERS: readonly MakeContender[] = [
  jsonRulesEngine,
  zen,
  jsonLogicJs,
  jsonLogicEngine,
  ifChain,
  oursChecked,
  oursWithTrace,
  oursWithoutTrace,
]

/** Runs everything. `say` hears of progress. */
export async function run(options: BenchOptions, say: (line: string) => void): Promise<Report> {
  const settings: SettingReport[] = []
  let outcomesAgree = true
  for (const ruleCount of options.ruleCounts) {
    const contenders = await Promise.all(CONTENDERS.map((make) => make(makeWorkload(ruleCount))))
    const { firedPerOrder, differing } = await compareOutcomes(contenders)
    for (const name of differing) say(`${ruleCount} rules: ${name} fires other rules`)
    outcomesAgree &&= differing.length === 0
    const rates = await takeTurns(contenders, options, (line) => say(`${ruleCount} rules, ${line}`))
    settings.push(reportSetting({ ruleCount, firedPerOrder }, rates))
    for (const contender of contenders) contender.close?.()
  }
  return { node: process.versions.node, settings, goals: reportGoals(settings), outcomesAgree }
}

/** Lets every engine answer every order. The first one is the measure. */
async function compareOutcomes(
  contenders: readonly Contender[],
): Promise<{ readonly firedPerOrder: number; readonly differing: readonly string[] }> {
  const outcomes = await Promise.all(
    contenders.map(async ({ name, orders, decide, firedIn }) => {
      const fired: string[] = []
      for (const facts of orders)
        fired.push(
          firedIn(await decide(facts))
            .toSorted((a, b) => a - b)
            .join(','),
        )
      return { name, fired }
    }),
  )
  const wanted = outcomes[0]?.fired ?? []
  const isSame = (fired: readonly string[]) => fired.every((each, index) => each === wanted[index])
  const count = wanted.reduce((sum, each) => sum + (each === '' ? 0 : each.split(',').length), 0)
  return {
    firedPerOrder: count / wanted.length,
    differing: outcomes.flatMap(({ name, fired }) => (isSame(fired) ? [] : [name])),
  }
}

/** Decisions per second of CPU, one number a round, by engine. */
async function takeTurns(
  contenders: readonly Contender[],
  { roundCount, turnMs }: BenchOptions,
  say: (line: string) => void,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  // The first round warms up and does not count.
  for (let round = 0; round <= roundCount; round += 1) {
    // Another one begins each time, so that none always has the quieter machine.
    const first = round % contenders.length
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      collectGarbage()
      const rate = await measure(contender, turnMs)
      if (round > 0) rates.get(contender.name)?.push(rate)
      say(`${contender.name}: ${rate.toFixed(0)} /s${round === 0 ? ' (warming up)' : ''}`)
    }
  }
  return rates
}

/** Decides one order after another until the time is over. */
async function measure({ orders, decide }: Contender, turnMs: number): Promise<number> {
  const startedMs = performance.now()
  const startedCpuMs = processCpuMs()
  let count = 0
  while (performance.now() - startedMs < turnMs) {
    for (const facts of orders) {
      const answer = decide(facts)
      if (answer instanceof Promise) {
        await answer
        // What waits is slow enough to look at the clock each time.
        if (performance.now() - startedMs >= turnMs) break
      }
      count += 1
    }
  }
  return (count * 1000) / (processCpuMs() - startedCpuMs)
}

/** CPU of the whole process: collecting garbage and threads of native code included. */
function processCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Collects what the one before left, so that no engine pays for another. */
const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
})()
