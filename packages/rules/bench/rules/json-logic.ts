/** JSON Logic: interpreted by json-logic-js, compiled by json-logic-engine. */
import type { Facts } from '@postdelivery/core'
import { LogicEngine } from 'json-logic-engine'
import jsonLogic from 'json-logic-js'
import type { Contender } from './contender.ts'
import { flatName, type Test, type Workload } from './workload.ts'

/** The reference implementation, which interprets. */
export function jsonLogicJs({ rules, flatOrders }: Workload): Contender {
  const logics = rules.map(logicOf)
  return contender('json-logic-js', flatOrders, (facts) =>
    indexesOf(logics, (logic) => jsonLogic.apply(logic, facts)),
  )
}

/** Each rule compiled to a function; one function for all of them is no faster. */
export function jsonLogicEngine({ rules, flatOrders }: Workload): Contender {
  const engine = new LogicEngine()
  const built = rules.map((rule) => engine.build(logicOf(rule)))
  return contender('json-logic-engine', flatOrders, (facts) =>
    indexesOf(built, (holds) => holds(facts)),
  )
}

const contender = (
  name: string,
  orders: readonly Facts[],
  decide: (facts: Facts) => readonly number[],
): Contender => ({ name, orders, decide, firedIn: (answer) => answer as readonly number[] })

function indexesOf<Rule>(rules: readonly Rule[], holds: (rule: Rule) => unknown): number[] {
  const fired: number[] = []
  for (let index = 0; index < rules.length; index += 1) {
    if (holds(rules[index] as Rule) === true) fired.push(index)
  }
  return fired
}

const logicOf = (tests: readonly Test[]): object => ({ and: tests.map(partOf) })

function partOf({ fact, operator, value }: Test): object {
  const seen = { var: flatName(fact) }
  switch (operator) {
    case 'equal':
      return { '===': [seen, value] }
    case 'notEqual':
      return { '!==': [seen, value] }
    case 'in':
      return { in: [seen, value] }
    case 'notIn':
      return { '!': [{ in: [seen, value] }] }
    case 'lessThan':
      return { '<': [seen, value] }
    case 'lessThanInclusive':
      return { '<=': [seen, value] }
    case 'greaterThan':
      return { '>': [seen, value] }
    case 'greaterThanInclusive':
      return { '>=': [seen, value] }
    case 'contains':
      return { in: [value, seen] }
    case 'doesNotContain':
      return { '!': [{ in: [value, seen] }] }
  }
}
