/** GoRules ZEN: one decision table that collects every row that holds. */
import { ZenEngine } from '@gorules/zen-engine'
import type { Contender } from './contender.ts'
import { FACT_NAMES, flatName, type Test, type Workload } from './workload.ts'

export function zen({ rules, flatOrders }: Workload): Contender {
  const engine = new ZenEngine()
  const decision = engine.createDecision(documentOf(rules))
  return {
    name: 'GoRules ZEN',
    orders: flatOrders,
    decide: (facts) => decision.evaluate(facts),
    firedIn: (answer) =>
      (answer as { readonly result: readonly { readonly rule: number }[] }).result.map(
        ({ rule }) => rule,
      ),
    close: () => engine.dispose(),
  }
}

function documentOf(rules: Workload['rules']): object {
  const names = FACT_NAMES.map(flatName)
  const position = { x: 0, y: 0 }
  return {
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', position },
      {
        id: 'table',
        type: 'decisionTableNode',
        name: 'table',
        position,
        content: {
          hitPolicy: 'collect',
          inputs: names.map((field) => ({ id: field, name: field, field })),
          outputs: [{ id: 'rule', name: 'rule', field: 'rule' }],
          rules: rules.map((tests, index) => ({
            _id: String(index),
            ...Object.fromEntries(names.map((name) => [name, ''])),
            ...Object.fromEntries(tests.map((test) => [flatName(test.fact), cellOf(test)])),
            rule: String(index),
          })),
        },
      },
      { id: 'out', type: 'outputNode', name: 'out', position },
    ],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'b', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  }
}

/** A test in ZEN's language for cells, where `$` is the fact. */
function cellOf({ operator, value }: Test): string {
  const wanted = JSON.stringify(value)
  switch (operator) {
    case 'equal':
      return `$ == ${wanted}`
    case 'notEqual':
      return `$ != ${wanted}`
    case 'in':
      return `$ in ${wanted}`
    case 'notIn':
      return `$ not in ${wanted}`
    case 'lessThan':
      return `< ${wanted}`
    case 'lessThanInclusive':
      return `<= ${wanted}`
    case 'greaterThan':
      return `> ${wanted}`
    case 'greaterThanInclusive':
      return `>= ${wanted}`
    case 'contains':
      return `contains($, ${wanted})`
    case 'doesNotContain':
      return `not contains($, ${wanted})`
  }
}
