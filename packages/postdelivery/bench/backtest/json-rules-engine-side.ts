/** The same rules in json-rules-engine, asked about the last events of a sample of orders. */
import { simulateOrder } from '@postdelivery/core'
import { simulatedRulesOf } from '@postdelivery/rules'
import { Engine } from 'json-rules-engine'
import { compileVersions } from '../../src/backtest/backtest-plan.ts'
import { readPastOrder } from '../../src/backtest/past-order.ts'
import { unlimitedSettings } from '../../src/backtest/unlimited-settings.ts'
import { madeOrder } from './made-orders.ts'
import { madeRules } from './made-rules.ts'
import type { BenchOptions } from './options.ts'

/** What one decision costs, facts given, and whether it comes to the same. */
export interface EngineMeasured {
  readonly secondsPerDecision: number
  readonly isEqual: boolean
}

interface Decision {
  readonly eventType: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly fired: readonly string[]
}

/** Measures it in one thread. Sample decisions are made once before, so that the engine is warm. */
export async function measureEngine({
  ruleCount,
  sampleCount,
}: BenchOptions): Promise<EngineMeasured> {
  const engines = enginesOf(madeRules(ruleCount, 0))
  const decisions = decisionsOf(ruleCount, sampleCount)
  let isEqual = true
  for (const { eventType, facts, fired } of decisions) {
    const run = await engines.get(eventType)?.run(facts)
    const names = (run?.results ?? []).map(({ name }) => String(name)).toSorted()
    isEqual &&= names.join('\n') === fired.join('\n')
  }
  const startedAtMs = performance.now()
  for (const { eventType, facts } of decisions) await engines.get(eventType)?.run(facts)
  const seconds = (performance.now() - startedAtMs) / 1_000
  return { secondsPerDecision: seconds / sampleCount, isEqual }
}

/** An engine for each type of event, with the rules that it wakes. */
function enginesOf(text: string): ReadonlyMap<string, Engine> {
  const { rules } = JSON.parse(text) as {
    readonly rules: readonly {
      readonly name: string
      readonly on: readonly string[]
      readonly priority: number
      readonly conditions: never
      readonly event: never
    }[]
  }
  const types = [...new Set(rules.flatMap(({ on }) => on))]
  return new Map(
    types.map((type) => {
      const awake = rules
        .filter(({ on }) => on.includes(type))
        .map(({ name, priority, conditions, event }) => ({ name, priority, conditions, event }))
      return [type, new Engine(awake, { allowUndefinedFacts: true })]
    }),
  )
}

/** The last decision of each order, with its facts and what fired. Orders whose events wake nothing have none. */
function decisionsOf(ruleCount: number, sampleCount: number): readonly Decision[] {
  const file = { file: 'bench.rules.json', text: madeRules(ruleCount, 0) }
  const settings = unlimitedSettings()
  const { before } = compileVersions({
    before: [file],
    after: [],
    ownFacts: [],
    settings,
    until: null,
    once: false,
    peopleAgree: false,
    exampleMaxCount: 0,
  })
  const rules = simulatedRulesOf(before)
  return Array.from({ length: sampleCount }, (_, number) => {
    const order = readPastOrder(madeOrder(number))
    if (!order.ok) throw new Error(order.error)
    return simulateOrder(order.value.events, rules, { settings }).steps
  }).flatMap((steps) => {
    const decision = steps.findLast((step) => (step.decision?.rules.length ?? 0) > 0)?.decision
    if (decision === undefined || decision === null) return []
    const { eventType, facts } = decision
    const fired = decision.rules.filter(({ verdict }) => verdict === 'true').map(({ rule }) => rule)
    return [{ eventType, facts, fired: fired.toSorted() }]
  })
}
