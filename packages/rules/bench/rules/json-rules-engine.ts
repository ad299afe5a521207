/** json-rules-engine with its own operators, all rules in one engine. */
import { Engine, type EngineResult } from 'json-rules-engine'
import type { Contender } from './contender.ts'
import type { Test, Workload } from './workload.ts'

export function jsonRulesEngine({ rules, orders }: Workload): Contender {
  const engine = new Engine()
  rules.forEach((tests, index) => {
    engine.addRule({
      conditions: {
        all: tests.map(({ fact, operator, value }: Test) => ({ fact, operator, value })),
      },
      event: { type: 'fired', params: { index } },
    })
  })
  return {
    name: 'json-rules-engine',
    orders,
    decide: (facts) => engine.run(facts),
    firedIn: (answer) =>
      (answer as EngineResult).events.map(({ params }) => Number(params?.['index'])),
  }
}
