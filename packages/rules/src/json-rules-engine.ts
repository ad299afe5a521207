/**
 * Runs one rule's conditions through json-rules-engine, with everything taken out that is not plain comparison.
 *
 * The only place that imports it. A fresh engine for every rule and run: a shared one loses rules under concurrency,
 * and one rule that fails would reject all others. No path, reference, decorator or dynamic fact ever reaches it.
 */
import type { FactValue } from '@postdelivery/core'
import { Engine, type TopLevelCondition } from 'json-rules-engine'
import { judge } from './operators.ts'
import type { Positive, PositiveGroup } from './positive.ts'
import type { Comparison } from './rule-set.ts'
import type { Definitions, KnownFacts } from './trace.ts'

/** What evaluates, with its version, as decisions record it. */
export const EVALUATOR = 'json-rules-engine 7.3.1'

/** What the engine saw at one comparison. */
export interface EngineSight {
  readonly seen: unknown
  readonly wanted: unknown
  readonly result: unknown
}

/** What the engine said to one rule. */
export interface EngineRun {
  readonly fired: boolean
  /** Every comparison in order. */
  readonly sights: readonly EngineSight[]
}

const DEFAULT_OPERATORS = [
  'equal',
  'notEqual',
  'in',
  'notIn',
  'contains',
  'doesNotContain',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
]
const DEFAULT_DECORATORS = ['someFact', 'someValue', 'everyFact', 'everyValue', 'swap', 'not']

/** The engine emits this for a rule that fires; the author's own words never become event names. */
const FIRED = 'fired'

/**
 * Asks json-rules-engine whether the conditions hold.
 *
 * Throws (rejects): whatever the engine throws; the caller makes it the failure of this rule alone.
 */
export async function runEngine(
  conditions: PositiveGroup,
  facts: KnownFacts,
  definitions: Definitions,
): Promise<EngineRun> {
  const engine = createEngine()
  for (const comparison of comparisonsIn(conditions)) addOperator(engine, comparison, definitions)
  engine.addRule({ conditions: toGroup(conditions), event: { type: FIRED } })

  const { results, failureResults } = await engine.run(factRecord(facts))
  const [result, ...others] = [...results, ...failureResults]
  if (result === undefined || others.length > 0) throw new Error('json-rules-engine lost the rule')
  return { fired: result.result === true, sights: sightsIn(result.conditions as ResultNode) }
}

/** An engine that knows no operator, no decorator and no path; a fact that is not there is undefined. */
function createEngine(): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true, pathResolver: refusePath })
  for (const name of DEFAULT_OPERATORS) engine.removeOperator(name)
  for (const name of DEFAULT_DECORATORS) engine.removeOperatorDecorator(name)
  return engine
}

/** The default resolver runs code from a path; ours resolves none. */
function refusePath(): never {
  throw new Error('paths are not evaluated')
}

/** One strict operator for each pair of fact and operator, because the types are the fact's. */
function addOperator(engine: Engine, comparison: Comparison, definitions: Definitions): void {
  const { fact, operator } = comparison
  engine.addOperator(operatorName(comparison), (seen: unknown, wanted: unknown) => {
    const definition = definitions.get(fact)
    return (
      definition !== undefined && judge({ operator, value: wanted }, seen, definition) === 'true'
    )
  })
}

const operatorName = ({ fact, operator }: Comparison): string => `${fact} ${operator}`

/** Facts as an object that inherits nothing. Only values that the vocabulary can have come here, never functions. */
function factRecord(facts: KnownFacts): Record<string, FactValue> {
  const record: Record<string, FactValue> = Object.create(null)
  for (const [name, value] of facts) record[name] = value
  return Object.freeze(record)
}

function toGroup(group: PositiveGroup): TopLevelCondition {
  return 'all' in group ? { all: group.all.map(toNode) } : { any: group.any.map(toNode) }
}

/** The engine's own objects, made anew: it writes into what it is given. */
function toNode(condition: Positive): NestedCondition {
  if (!('fact' in condition)) return toGroup(condition)
  return { fact: condition.fact, operator: operatorName(condition), value: condition.value }
}

const comparisonsIn = (condition: Positive): readonly Comparison[] =>
  'fact' in condition
    ? [condition]
    : ('all' in condition ? condition.all : condition.any).flatMap(comparisonsIn)

type NestedCondition = TopLevelCondition | { fact: string; operator: string; value: unknown }

/** A node of the engine's result tree. */
interface ResultNode {
  readonly all?: readonly ResultNode[]
  readonly any?: readonly ResultNode[]
  readonly factResult?: unknown
  readonly valueResult?: unknown
  readonly result?: unknown
}

const sightsIn = (node: ResultNode): readonly EngineSight[] =>
  (node.all ?? node.any)?.flatMap(sightsIn) ?? [
    { seen: node.factResult, wanted: node.valueResult, result: node.result },
  ]
