/** Writes what was measured, with the goals. */
import type { BenchReport, ModeReport } from './run.ts'

const FULL = { orderCount: 1_000_000, ruleCount: 50 } as const

export function formatReport(report: BenchReport): string {
  const { orderCount, ruleCount, workerCount, modes, jsonRulesEngineSeconds, isEqual } = report
  const isFull = orderCount === FULL.orderCount && ruleCount === FULL.ruleCount
  return [
    `${orderCount} orders x ${ruleCount} rules, two versions, ${workerCount} workers`,
    ...modes.flatMap((mode) => formatMode(mode, isFull)),
    `json-rules-engine, one decision an order, reckoned from a sample: ${jsonRulesEngineSeconds.toFixed(0)} s`,
    isEqual
      ? 'the same rules fired in json-rules-engine for the whole sample, and every order was counted'
      : 'WRONG: other rules fired in json-rules-engine, or orders were left out',
  ].join('\n')
}

function formatMode(mode: ModeReport, isFull: boolean): readonly string[] {
  const { seconds, goalSeconds, cpuSeconds, ordersPerSecond, timesJsonRulesEngine } = mode
  const name = mode.mode === 'once' ? 'one decision an order' : 'carried through the lifecycle'
  const goal = `goal ${goalSeconds} s ${seconds <= goalSeconds ? 'met' : 'MISSED'}`
  return [
    `${name}: ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of processor time)${isFull ? `, ${goal}` : ''}`,
    `  ${Math.round(ordersPerSecond)} orders a second, ${timesJsonRulesEngine.toFixed(0)}x json-rules-engine`,
    `  ${mode.decisionCount} decisions in which a rule fired, ${mode.changedDecisionCount} changed`,
  ]
}
