/** What a person would write by hand: one `if` a rule, in functions that stay small enough to be optimised. */
import type { Facts } from '@postdelivery/core'
import type { Contender, Fired } from './contender.ts'
import { FACT_NAMES, flatName, type Test, type Workload } from './workload.ts'

const RULES_PER_FUNCTION = 50

type Decide = (facts: Facts) => Fired

/** The source is written here and loaded as a module, as if it had been a file. */
export async function ifChain({ rules, flatOrders }: Workload): Promise<Contender> {
  const source = sourceOf(rules)
  const { decide } = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
    readonly decide: Decide
  }
  return {
    name: 'if-chain by hand',
    orders: flatOrders,
    decide,
    firedIn: (answer) => answer as Fired,
  }
}

function sourceOf(rules: Workload['rules']): string {
  const names = FACT_NAMES.map(flatName)
  const ifs = rules.map(
    (tests, index) => `if (${tests.map(termOf).join(' && ')}) fired.push(${index})`,
  )
  const parts = Array.from({ length: Math.ceil(ifs.length / RULES_PER_FUNCTION) }, (_, part) =>
    ifs.slice(part * RULES_PER_FUNCTION, (part + 1) * RULES_PER_FUNCTION),
  )
  return [
    ...parts.map(
      (lines, part) =>
        `function part${part}(facts, fired) { const { ${names.join(', ')} } = facts\n${lines.join('\n')}\n}`,
    ),
    `export function decide(facts) { const fired = []`,
    ...parts.map((_, part) => `part${part}(facts, fired)`),
    `return fired }`,
  ].join('\n')
}

function termOf({ fact, operator, value }: Test): string {
  const name = flatName(fact)
  const wanted = JSON.stringify(value)
  const anyOf = [value].flat().map((each) => `${name} === ${JSON.stringify(each)}`)
  switch (operator) {
    case 'equal':
      return `${name} === ${wanted}`
    case 'notEqual':
      return `${name} !== ${wanted}`
    case 'in':
      return `(${anyOf.join(' || ')})`
    case 'notIn':
      return `!(${anyOf.join(' || ')})`
    case 'lessThan':
      return `${name} < ${wanted}`
    case 'lessThanInclusive':
      return `${name} <= ${wanted}`
    case 'greaterThan':
      return `${name} > ${wanted}`
    case 'greaterThanInclusive':
      return `${name} >= ${wanted}`
    case 'contains':
      return `${name}.includes(${wanted})`
    case 'doesNotContain':
      return `!${name}.includes(${wanted})`
  }
}
